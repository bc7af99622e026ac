"""Whose measures they are (谁的身材): 男朋友180 150，我165 100 tells of two, each with his own.

A person is named before his measures, or right after them. Reads text whose numerals are digits already.
"""

import re
from typing import Any

from xiaoer.kernel.heard import Body
from xiaoer.slices.understanding.entities.body import may_measure, read_body, read_girths
from xiaoer.slices.understanding.phrases import PhraseTable

_SELF = re.compile(r"我(?!们|家|想|要|买|看|能|应|该|就|是不|觉)|本人|自己")
_CHILD = re.compile(r"宝宝|娃|孩子|小孩")
_NUMBER = re.compile(r"\d")
# Who only speaks of the goods does not wear them: 我老公说不好看.
_SPEAKS = re.compile(r"\W*(?:说|觉得|嫌|会?喜欢|同意|让|叫|问|要我|送|买给)")


def read_bodies(text: str, relations: PhraseTable) -> tuple[Body, ...]:
    """The measures that are told, of each who is told of; of who is only named (我男朋友呢) none."""
    named = _named(text, relations)
    if len(named) > 1:
        each = tuple(one for who, part in _parts(text, named) if (one := _body(part, who)[0]) != Body(wearer=who))
        if len(each) > 1:
            return each
    who = next((one for _, one in named if one != "我"), "我" if named else "")
    body, rest = _body(text, who)
    if body == Body(wearer=who):
        return (body,) if who not in ("", "我") else ()
    if body.height_cm and not named:
        other, _ = _body(rest, "")
        if other.height_cm and other.weight_kg:  # 165 100和180 150分别穿多大
            return body, other
    return (body,)


def _body(text: str, who: str) -> tuple[Body, str]:
    """The measures in the words, and the words without them."""
    if not may_measure(text):
        return Body(wearer=who), text
    found: dict[str, Any] = {}
    rest = read_body(read_girths(text, found), found)
    return Body(**found, wearer=who), rest


def _named(text: str, relations: PhraseTable) -> list[tuple[int, str]]:
    """Where each person is named, and who; 我男朋友 names one."""
    hits = [(hit.start, hit.value) for hit in relations.find(text) if not _SPEAKS.match(text, hit.end)]
    hits += [(one.start(), "宝宝") for one in _CHILD.finditer(text)]
    own = [one.start() for one in _SELF.finditer(text) if not any(0 <= at - one.start() <= 2 for at, _ in hits)]
    return sorted([*hits, *((at, "我") for at in own)])


def _parts(text: str, named: list[tuple[int, str]]) -> list[tuple[str, str]]:
    """The words of each person: from his name to the next, or up to his name where the measures stand first."""
    before = _NUMBER.search(text[: named[0][0]]) is not None
    starts = [at for at, _ in named]
    cuts = [0, *(at + 1 for at in starts[:-1]), len(text)] if before else [*starts, len(text)]
    return [(who, text[cuts[n] : cuts[n + 1]]) for n, (_, who) in enumerate(named)]
