"""Who comes to the shop (买家画像): what each kind of buyer tends to do, and how they talk. Pure but for the dice.

Shares and chances are judgement, made so that a simulated shop has some of everything; they are no market research.
"""

import tomllib
from importlib.resources import files
from random import Random
from typing import Any

from msgspec import Struct


class Persona(Struct, frozen=True):
    """One kind of buyer. Chances from 0 to 1; `questions` is the range of what is asked before deciding."""

    name: str
    share: float
    questions: tuple[int, int]
    haggles: float
    buys: float
    carts: float
    leaves_unpaid: float
    agrees: float
    returns: float
    complains: float


PERSONAS = (
    Persona("爽快", 0.22, (0, 1), 0.05, 0.55, 0.1, 0.15, 0.4, 0.05, 0.02),
    Persona("爱问", 0.24, (2, 5), 0.15, 0.30, 0.3, 0.35, 0.35, 0.10, 0.05),
    Persona("砍价", 0.18, (1, 3), 0.95, 0.28, 0.3, 0.40, 0.30, 0.08, 0.06),
    Persona("犹豫", 0.20, (1, 4), 0.25, 0.15, 0.6, 0.60, 0.30, 0.10, 0.04),
    Persona("爱退", 0.08, (1, 2), 0.10, 0.45, 0.2, 0.20, 0.25, 0.45, 0.15),
    Persona("挑剔", 0.08, (2, 4), 0.30, 0.25, 0.2, 0.30, 0.15, 0.20, 0.50),
)


class Words:
    """What buyers say, by topic, product and voice."""

    def __init__(self) -> None:
        self._book: dict[str, Any] = tomllib.loads(
            (files("xiaoer.app.simulation") / "words.toml").read_text(encoding="utf-8")
        )
        self.voices = tuple(self._book["voice"])

    def ask(self, dice: Random, voice: str, category: str, title: str) -> str:
        """A question before buying, of the kind that fits the product."""
        special = self._book["ask"].get(category.split("/", maxsplit=1)[0], [])
        lines = special if special and dice.random() < 0.55 else self._book["ask"]["common"]
        return self._spoken(dice, voice, dice.choice(lines), title)

    def talk(self, dice: Random, voice: str, topic: str, title: str = "") -> str:
        """What is said at a turn of the story."""
        return self._spoken(dice, voice, dice.choice(self._book["talk"][topic]), title)

    def back(self, dice: Random, voice: str, category: str) -> tuple[str, str]:
        """(reason picked in the form, what is said) of somebody who sends something back."""
        book = self._book["back"]
        reason, lines = dice.choice(book.get(category.split("/", maxsplit=1)[0], book["其他"]))
        return str(reason), self._spoken(dice, voice, dice.choice(lines), "")

    def agent(self, dice: Random, part: str) -> str:
        """What a person at the desk writes."""
        return str(dice.choice(self._book["agent"][part]))

    def _spoken(self, dice: Random, voice: str, line: str, title: str) -> str:
        called = dice.choice(("这个", "这件", "它", title[:6] or "这个"))
        around = self._book["voice"][voice]
        return f"{dice.choice(around['before'])}{line.replace('{件}', called)}{dice.choice(around['after'])}"


def draw_persona(dice: Random) -> Persona:
    """One of the kinds, by its share."""
    return dice.choices(PERSONAS, [persona.share for persona in PERSONAS])[0]
