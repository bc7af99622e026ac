# ruff: noqa: E501  patterns read better unbroken
"""What a piece of a wish tells (送妈妈的, 她六十了, 两百以内): for whom, for how much, which colour and size, what not."""

import re

from msgspec.structs import replace

from xiaoer.kernel.audiences import age_at_school, audiences_in
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules.conditions import Budget, read_avoids, read_budget
from xiaoer.slices.policies.rules.wish_words import is_only_a_no

TERM = 12  # the same within one message
_AMOUNTS = re.compile(
    r"^(?:预算|价位|大概|差不多|就|也就|顶多|最多|在|[\d一二两三四五六七八九十百千到至~\-—元块钱多左右上下以内之间吧呗的 ])+[。.!！]*$"
)
_ROUND = re.compile(r"([一二两三四五六七八九]|\d+)([百千]?)")
_SPAN = re.compile(r"到|至|-|~|—")
_UNITS = {"": 1, "百": 100, "千": 1000}
_AGED = re.compile(r"(?:[五六七八九]十|(?<!\d)[5-9]\d)(?:多|来|几|[一二三四五六七八九])?(?:岁|了)")
_OLD = 55
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_LEAST_YUAN = 20
NOT_LONG = 3  # messages of the buyer after which a no to what was shown is still one
_PHRASES = 6  # phrases of a wish that are remembered


def told(segment: Segment, turn: Turn) -> Wish:
    """The wish with what this segment says of it; a new one when another person is named or none is open."""
    named = segment.entities
    before = turn.memory.wish if is_open(turn, NOT_LONG) else None
    if before is None or (named.relation and before.relation and named.relation != before.relation):
        before = Wish()
    aged = _AGED.search(segment.text) or (named.age_years or 0) >= _OLD
    audience = ("老人",) if aged else ()
    age = named.age_years if named.age_months is None else named.age_months / 12
    age = age_at_school(segment.text) if age is None else age
    limits, (bad, unliked) = _budget(segment), read_avoids(segment.text)
    return replace(
        before,
        words=before.words if is_only_a_no(segment.text) else (*before.words, segment.text)[-_PHRASES:],
        asked=(turn.memory.wish.asked if turn.memory.wish else 0) + (segment.by != "wish"),
        relation=named.relation or before.relation,
        audience=tuple(dict.fromkeys((*before.audience, *named.audience, *audience))),
        budget_yuan=limits.most if limits else before.budget_yuan,
        least_yuan=limits.least if limits else before.least_yuan,
        color=named.color or before.color,
        size=named.size or before.size,
        is_total=limits.total if limits else before.is_total,
        is_about=limits.about if limits else before.is_about,
        pieces=(limits.pieces if limits else 0) or before.pieces,
        age_years=before.age_years if age is None else age,
        bad=tuple(dict.fromkeys((*before.bad, *bad))),
        unliked=tuple(dict.fromkeys((*before.unliked, *unliked))),
    )


def is_open(turn: Turn, back: int = 1) -> bool:
    """Whether one of the buyer's last `back` messages was about a recommendation."""
    said = [past for past in reversed(turn.history) if past.author == "buyer"][:back]
    return turn.memory.wish is not None and any("product.recommend" in past.intents for past in said)


def is_term(segment: Segment) -> bool:
    """Whether the segment says for whom, or what it may cost."""
    named = segment.entities
    told = bool(named.audience or named.relation or named.size or named.color)
    told = told or named.money_yuan is not None or named.age_years is not None or named.age_months is not None
    told = (
        told
        or bool(audiences_in(segment.text))
        or any(read_avoids(segment.text))
        or read_budget(segment.text) is not None
    )
    return told or _AGED.search(segment.text) is not None or _yuan(segment.text) is not None


def _budget(segment: Segment) -> Budget | None:
    """What the segment says it may cost: in words for a bound, as an amount that stands alone, as the amount heard."""
    if (said := read_budget(segment.text)) is not None:
        return said
    if (alone := _yuan(segment.text)) is not None:
        return Budget(*alone)
    amount = segment.entities.money_yuan
    return None if amount is None else Budget(None, amount)


def _yuan(text: str) -> tuple[float | None, float] | None:
    """The least and the most of amounts that stand alone (三百到五百, 两三百吧); None when the text says more."""
    if len(text) > TERM or not _AMOUNTS.match(text.strip()):
        return None
    said = [float((_DIGITS.get(n) or int(n)) * _UNITS[unit]) for n, unit in _ROUND.findall(text)]
    if not said or max(said) < _LEAST_YUAN:
        return None
    return (min(said) if len(said) > 1 and _SPAN.search(text) else None), max(said)
