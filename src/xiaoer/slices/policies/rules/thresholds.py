"""How much is missing to the next step of a running offer, for an amount that the buyer tells (买了个299的还差多少).

Which goods take part is not known from an amount, so the figures are told as holding for goods that do.
"""

import re

from xiaoer.kernel.decision import Act, Need, Source
from xiaoer.kernel.digits import plain_digits
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.shop_facts import Offer
from xiaoer.slices.policies.rules.conditions import value_of
from xiaoer.slices.policies.types import Ask, Move

_MISSING = re.compile(
    r"还?差(?:多少|几)|(?:还|再|要)(?:要|需要|得|买|加|凑|拍|补)+(?:多少|几块|几元)|够不够|能不能(?:到|够|用)|下一档"
)
# 28的和32的差多少钱: one held against the other, nothing that was put together
_APART = re.compile(r"[和跟与比][^，。]{1,10}(?:差|贵|便宜)(?:了)?(?:多少|几|价)")
_SUM = r"(?:\d+(?:\.\d{1,2})?|[一二两三四五六七八九十百千]+)"
_TOLD = re.compile(
    rf"(?P<count>[两二三四五六七八九2-9])[件个条双套](?P<each>{_SUM})(?:元|块|的)|(?<![满够到差第减])(?<![\d.])(?P<sum>{_SUM})\s*(?:元|块钱?|的)"
    rf"|(?:买了?|凑了?|加了?|有|合计|一共|总共|花了?)\s*(?P<bare>{_SUM})(?!\s*[件个条双套次天折])"
)
_COUNTS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_LEAST_YUAN = 5
_SHOWN = 4


def answer_told_amount(ask: Ask) -> Move | None:
    """What is missing to the next step of every running offer; None when no amount is told or nothing is asked."""
    text = plain_digits(ask.segment.text)
    told = _told(text) if _MISSING.search(text) and not _APART.search(text) else None
    if told is None:
        return None
    if ask.facts.offers is None:
        need = Need("offers", ask.index, "")
        return None if need in ask.facts.asked else Move(needs=(need,))
    stepped = [offer for offer in ask.facts.offers if offer.steps][:_SHOWN]
    if not stepped:
        return None
    lines = [[offer.title, _line(offer, told)] for offer in stepped]
    sources = tuple(Source("promotion", offer.id, offer.title) for offer in stepped)
    slots = {"amount": told, "offers": lines}
    return Move(Act("quote", ask.index, "top_up.told", slots, sources, "quote.told_amount"))


def _told(text: str) -> Money | None:
    """The sum of the amounts that are told as bought or put together."""
    total = ZERO
    for found in _TOLD.finditer(text):
        count = found["count"]
        times = (_COUNTS.get(count) or int(count)) if count else 1
        value = value_of(found["each"] or found["sum"] or found["bare"] or "")
        if value is not None and value >= _LEAST_YUAN:
            total += Money(round(value * 100) * times)
    return total if total > ZERO else None


def _line(offer: Offer, told: Money) -> str:
    reached = [step for step in offer.steps if step[0] <= told]
    missing = [step for step in offer.steps if step[0] > told]
    got = f"已经够{_said(*reached[-1])}" if reached else ""
    more = f"再买 {(missing[0][0] - told).spoken} 元就{_said(*missing[0])}" if missing else ""
    return "，".join(part for part in (got, more, f"限{offer.who}" if offer.who else "") if part)


def _said(least: Money, off: Money) -> str:
    return f"满 {least.spoken} 减 {off.spoken}" if off > ZERO else f"满 {least.spoken} 包邮"
