"""Sounds (拼音): how a text reads aloud, for words typed wrong by ear.

Each Han character has one toneless syllable (its most usual reading); heteronyms do not matter because
both sides of every comparison read the same way. The fuzzy key also joins sounds that many speakers and
voice input mix up: zh/z, ch/c, sh/s, n/l at the start, ng/n at the end, f/h before u.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("r", "n"), ("hu", "fu"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def readings() -> dict[int, str]:
    """Character code → syllable with a leading space, ready for `str.translate`."""
    table: dict[int, str] = {}
    text = (files("xiaoer.slices.understanding") / "pinyin.txt").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            syllable, characters = line.split(" ", 1)
            for character in characters:
                table[ord(character)] = syllable
    return table


def fuzzy(syllable: str) -> str:
    """The syllable with the sounds joined that ears and voice input confuse."""
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    for long, short in _FINALS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


@cache
def fuzzy_readings() -> dict[int, str]:
    """As `readings`, with the fuzzy syllable."""
    keys: dict[str, str] = {}
    return {code: keys.setdefault(s, fuzzy(s)) for code, s in readings().items()}


def syllables(text: str, table: Mapping[int, str] | None = None) -> list[str]:
    """One syllable per Han character; everything else is left out."""
    table = readings() if table is None else table
    get = table.get
    return list(filter(None, map(get, map(ord, text))))


def pinyin(text: str) -> str:
    """The sound of a text: syllables of its Han characters, space-separated."""
    return " ".join(syllables(text))
