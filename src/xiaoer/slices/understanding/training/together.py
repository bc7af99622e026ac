"""Lines put together (合句): messages that nobody wrote, of lines that somebody did.

Two or three matters in one breath, a story before or after its ask, an outburst (气死我了) beside any of them. The
judge of seams learns from the first two where to cut, the classifier what a whole message holds.
"""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xiaoer.slices.understanding import split
from xiaoer.slices.understanding.pack import Utterance

# What people say beside their ask as a point of its own.
_ASIDE = ("chat.praise", "chat.smalltalk", "oos.platform", "oos.other")
# People who ask several things at once ask each in few words.
_PART_CHARS = 20
# How often a part of a compound is told, not asked; the rest ask or want something by their wording.
_TOLD = 0.15


class Parts:
    """Lines by the ways in which they stand beside others; `outbursts` stand beside all of them."""

    def __init__(
        self, lines: Sequence[Utterance], takes: Mapping[str, Sequence[str]], outbursts: Sequence[str] = ()
    ) -> None:
        parts = [line for line in lines if len(line.text) <= _PART_CHARS and _has_a_point(line)]
        self.takes = takes
        self.outbursts = outbursts
        self.asked = [line for line in parts if split.is_asking(line.text)]
        self.told = [line for line in parts if not split.is_asking(line.text)]
        self.near: dict[str, list[Utterance]] = {}
        self.stories: dict[str, list[Utterance]] = {}
        for line in self.asked:
            self.near.setdefault(_group(line), []).append(line)
        for line in self.told:
            self.stories.setdefault(line.intent, []).append(line)


class Together(NamedTuple):
    """Lines in their order, and whether each is a matter of its own; if not, all tell of the matter of `ask`."""

    parts: tuple[Utterance, ...]
    apart: bool
    ask: str = ""


def several(parts: Parts, rng: random.Random) -> Together | None:
    """Two or three matters in one message; None when this draw gave one matter twice, or a story and its ask."""
    first = rng.choice(parts.told if rng.random() < _TOLD else parts.asked)
    chosen = [first]
    for _ in range(1 if rng.random() < 0.75 else 2):
        # Half of what people ask in one breath is about the same business: a return and its postage.
        near = parts.near.get(_group(first), parts.asked)
        chosen.append(
            rng.choice(parts.told if rng.random() < _TOLD / 2 else near if rng.random() < 0.5 else parts.asked)
        )
    codes = [line.intent for line in chosen]
    if len(set(codes)) < len(codes) or any(a in parts.takes.get(b, ()) for a in codes for b in codes):
        return None
    return Together(tuple(chosen), True)


def told_beside(line: Utterance, parts: Parts, rng: random.Random) -> Together | None:
    """A line that asks, with a story of its matter, mostly before it; None when its matter takes no story."""
    stories = [code for code in parts.takes.get(line.intent, ()) if code in parts.stories]
    if not stories:
        return None
    pair = (rng.choice([story for code in stories for story in parts.stories[code]]), line)
    return Together(pair if rng.random() < 0.8 else pair[::-1], False, line.intent)


def with_outburst(parts: Parts, rng: random.Random) -> Together:
    """A matter with an outburst, mostly before it."""
    line = rng.choice(parts.asked if rng.random() < 0.5 else parts.told)
    pair = (Utterance(rng.choice(parts.outbursts), line.intent), line)
    return Together(pair if rng.random() < 0.75 else pair[::-1], False, line.intent)


def _has_a_point(line: Utterance) -> bool:
    return _group(line) not in ("chat", "oos") or (line.intent in _ASIDE and len(line.text) > 4)


def _group(line: Utterance) -> str:
    return line.intent.split(".")[0]
