"""An offer that the words name (新人减10是吗, 3件8折是真的吗, 能用199-20的券不): whether the shop has it, for whom,
until when, whether the goods in sight take part, and what they cost with it. An offer is named by its figures or by
who it is for.
"""

import re
from typing import Any

from xiaoer.kernel.decision import Act, Source
from xiaoer.kernel.money import Money
from xiaoer.kernel.numerals import arabic
from xiaoer.kernel.shop_facts import Offer
from xiaoer.slices.policies.rules import carts, offer_words, quotes
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.types import Ask, Move

_GROUPS = ("promo.", "price.", "oos.", "product.", "chat.")
_OTHER = re.compile(
    r"叠|一起用|同时用|同享|没[减用打折生]|不能用|用不[了上]|没有?减|少减|退|怎么领|咋领|哪里?领|还差|凑单|凑什么|为[什啥]|补发|换成"
)
_PIECE = r"[件个条双套盒包瓶支只袋份]"
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("full", re.compile(r"满?\s*(\d+)\s*(?:元|块)?\s*(?:立?减|[-—－])\s*(\d+)")),
    ("pieces", re.compile(rf"(\d+){_PIECE}(?:是|打|就|能|可以)*\s*(\d+(?:\.\d)?)折")),
    ("pick", re.compile(rf"(\d+)(?:元|块)?(?:任选|任意|随便|选)(\d+){_PIECE}")),
    ("second", re.compile(rf"第2{_PIECE}(?:是不是|是|打|能)*(半价)")),
    ("gift", re.compile(r"满\s*(\d+)\s*(?:元|块)?\s*[就能]?送")),
)
_OFF = re.compile(
    r"(?:减|直降|便宜|优惠|抵扣?|省)(?:了|个)?\s*(\d+)(?!\s*[折件个斤])|(\d+)\s*(?:元|块)(?:钱)?的?(?:优惠)?券"
)
_RATE = re.compile(r"(?:打|是|卡|员|享|有)\s*(\d{1,2}(?:\.\d)?)折")
_WHO = (("新客", re.compile(r"新[人客]|首[单次购]|第一[次单]")), ("会员", re.compile(r"会员|金卡|黑金")))
_LEVEL = re.compile(r"黑金|金卡|银卡|钻石|铂金")
_EXACT = frozenset(name for name, _ in _MARKS) - {"gift"}  # figures that no offer has are denied
_CALLED = {"full": "满{}减{}", "pieces": "{}件{}折", "pick": "{}元任选{}件", "second": "第二件{}"}
_SHOWN = 3


def answer(ask: Ask) -> Move | None:
    """What the named offer is; None where the words name none by figures or people, or ask another thing of it."""
    text = arabic(ask.segment.text)
    if (
        not ask.segment.intent.startswith(_GROUPS)
        or not offer_words.asks_of_offer(ask.segment.text)
        or _OTHER.search(text)
    ):
        return None
    marks = _marks(text)
    if not marks:
        return None
    if ask.facts.shop_offers is None:
        return quotes.want(ask, "shop_offers", ask.product_id or "")
    told = [offer for offer in ask.facts.shop_offers if offer.kind != "freight"]
    held = {offer.id: len(marks & _of(offer)) for offer in told}
    best = max(held.values(), default=0)
    named = [offer for offer in told if best and held[offer.id] == best]
    if {name for name, *_ in marks} <= {"off", "rate"} and not named:
        return None
    if not named or (_EXACT & {name for name, *_ in marks} and not _EXACT & _names(marks, named)):
        return _no_such(ask, marks, told)
    return _of_goods(ask, named) if ask.product_id in ask.facts.products else Move(_told(ask, named))


def _of_goods(ask: Ask, named: list[Offer]) -> Move | None:
    """The same for the goods in sight: what they cost with it, or that they do not take part."""
    fitting = [offer for offer in named if offer.fits]
    if not fitting:
        mine = [offer for offer in ask.facts.shop_offers or () if offer.fits and offer.kind != "freight"]
        return Move(_told(ask, mine, "offer.not_for_it" if mine else "offer.not_for_it_none", offer=named[0].title))
    key = carts.counted_before(ask, carts.named_now(ask)) or carts.named_now(ask)
    if not key:
        return Move(_told(ask, fitting))
    if key not in ask.facts.priced:
        return quotes.want(ask, "priced", key) or Move(_told(ask, fitting))
    priced, called = ask.facts.priced[key], quotes.count_of(ask, key)
    rows = [[called, priced.payable.spoken, quotes.with_claim(priced)]]
    level = _LEVEL.search(ask.segment.text)
    if level and any(level.group() in offer.who for offer in fitting):
        as_member = f"{key}@{level.group()}"
        if (unread := quotes.want(ask, "priced", as_member)) is not None:
            return unread
        if (of_level := ask.facts.priced.get(as_member)) is not None and of_level.payable < priced.payable:
            rows.append([f"账号是{level.group()}的话", of_level.payable.spoken, quotes.with_claim(of_level)])
    missing = min((least - priced.list_total for offer in fitting for least, _ in offer.steps[:1]), default=Money(0))
    slots = {"amounts": rows, "cart": key}
    if missing.fen > 0:
        return Move(_told(ask, fitting, "offer.named_gap", gap=missing, **slots))
    return Move(_told(ask, fitting, "offer.named_sum", **slots))


def _no_such(ask: Ask, marks: set[tuple[str, ...]], told: list[Offer]) -> Move | None:
    """Figures that no offer has are denied, with those that run; who is meant without an offer is left to others."""
    exact = sorted(mark for mark in marks if mark[0] in _EXACT)
    fitting = [offer for offer in told if offer.fits]
    if not exact or not fitting:
        return None
    name, *figures = exact[0]
    fitting.sort(key=lambda offer: name not in {mark[0] for mark in _of(offer)})
    called = _CALLED[name].format(*figures)
    return Move(_told(ask, fitting, "offers.no_such", kind=called))


def _told(ask: Ask, offers: list[Offer], template: str = "offer.named", **slots: Any) -> Act:
    shown = offers[:_SHOWN]
    lines = [[one.title, "，".join((*([f"券码 {one.code}"] if one.code else ()), one.detail))] for one in shown]
    sources = tuple(Source("promotion", one.id, one.title) for one in shown)
    return say(ask, template, type_="quote", rule="offer.named", sources=sources, offers=lines, **slots)


def _marks(text: str) -> set[tuple[str, ...]]:
    """What an offer is told by: its figures, and for whom it is."""
    found = {(name, *one) for name, pattern in _MARKS for one in _groups(pattern, text)}
    rest = _MARKS[0][1].sub(" ", text)
    found |= {("off", one[1] or one[2]) for one in _OFF.finditer(rest)}
    found |= {("rate", one[1]) for one in _RATE.finditer(text)}
    return found | {("who", who) for who, words in _WHO if words.search(text)}


def _groups(pattern: re.Pattern[str], text: str) -> list[tuple[str, ...]]:
    return [one.groups() for one in pattern.finditer(text)]


def _of(offer: Offer) -> set[tuple[str, ...]]:
    """The marks of an offer; one with several steps has those of each."""
    title = arabic(offer.title)
    marks = {mark for mark in _marks(title) if mark[0] != "who"}
    marks |= {("off", off.spoken) for _, off in offer.steps if off.fen}
    marks |= {("full", least.spoken, off.spoken) for least, off in offer.steps if off.fen}
    marks |= {("rate", one) for one in re.findall(r"(\d+(?:\.\d)?)折", title)}
    return marks | {("who", who) for who, _ in _WHO if who in offer.who}


def _names(marks: set[tuple[str, ...]], offers: list[Offer]) -> set[str]:
    return {name for offer in offers for name, *_ in marks & _of(offer)}
