"""Questions about offers (优惠) that no knowledge entry answers: only campaigns that run now are named."""

import re
from typing import Any

from xiaoer.kernel.decision import Act, Source
from xiaoer.kernel.shop_facts import Offer
from xiaoer.slices.policies.rules.bargaining import HAGGLES
from xiaoer.slices.policies.types import Ask

_ABOUT_OFFERS = frozenset(
    {"promo.discount", "promo.coupon", "promo.bundle", "promo.gift", "promo.bargain", "promo.presale", "promo.member"}
)

_WHAT = re.compile(r"送(?:些|点|了)?(?:什么|啥|东西|哪些)|有(?:什么|啥)送")
_PARTS = re.compile(r"配件|赠品|送什么|包装清单")
_THING = r"(?P<thing>[\u4e00-\u9fff]{1,5}?)"
_WANTED = re.compile(
    rf"(?:送|附赠|赠送?|给|带|搭)(?:我|咱|俺)?(?:(?:一|两|几)?[个点双条只瓶张把副套支包盒块件份](?:小)?|小){_THING}"
    r"(?:总|都|也)?(?:呗|吧|不|吗|嘛|么|行|可以|成|好|没|啊|呀|[,，。？?！!~\s]|$)"
)
_KIND = re.compile(
    r"买[一二两三四\d]送[一二两三\d]|第[二2]件半价|第[二2]件[^，。]{0,3}折|拼团|秒杀|百亿补贴|满[\d一二三四五六七八九百千]+送"
)


def answer_from_offers(ask: Ask) -> Act | None:
    """Name the campaigns that run now; None when the question is about something else."""
    intent = ask.segment.intent
    if intent not in _ABOUT_OFFERS or ask.facts.offers is None:
        return None
    shown = ask.facts.offers[:3]
    sources = tuple(Source("promotion", offer.id, offer.title) for offer in shown)
    titles = [[offer.title, offer.detail] for offer in shown]
    if intent == "promo.gift" and (told := _comes_with(ask) or given(ask) or _not_given(ask, shown)) is not None:
        return told
    if intent == "promo.gift" and not shown:
        return None  # whether one thing comes with it (送不送刮刀) is not told by there being no offer
    kind = _KIND.search(ask.segment.text)
    if kind and shown and not any(kind.group() in offer.title + offer.detail for offer in ask.facts.offers):
        slots = {"offers": titles, "kind": kind.group()}
        return Act("answer", ask.index, "offers.no_such", slots, sources, "offers.no_such")
    if intent == "promo.bargain" and ask.segment.confidence < HAGGLES:
        return None
    if intent == "promo.bargain":
        template = "bargain.offers" if shown else "bargain.firm"
        return Act("answer", ask.index, template, {"offers": titles}, sources, "bargain.no_discount")
    return Act("answer", ask.index, "offers.list" if shown else "offers.none", {"offers": titles}, sources)


def given(ask: Ask) -> Act | None:
    """One thing that is wanted for nothing (送个铲子吧) and is in the parcel, or given by an offer."""
    if (thing := _wanted(ask)) is None:
        return None
    product = ask.facts.products.get(ask.product_id or "")
    lines = product.attributes.items() if product else ()
    bare = thing.rstrip("子儿") or thing  # 铲子: the sheet says 木铲
    parcel = next((value for key, value in lines if _PARTS.search(key) and bare in value), None)
    if product and parcel:
        slots: dict[str, Any] = {"parcel": parcel.rstrip("。")}
        source = Source("product", product.id, product.title)
        return Act("answer", ask.index, "offers.in_parcel", slots, (source,), "offers.gift")
    offer = next((offer for offer in ask.facts.offers or () if bare in offer.title), None)
    if offer is None:
        return None
    slots = {"offers": [[offer.title, offer.detail]]}
    return Act("answer", ask.index, "offers.list", slots, (Source("promotion", offer.id, offer.title),), "offers.gift")


def _not_given(ask: Ask, shown: tuple[Offer, ...]) -> Act | None:
    """That one thing is not given, with what may be saved instead."""
    if (thing := _wanted(ask)) is None or not shown:
        return None
    slots = {"offers": [[offer.title, offer.detail] for offer in shown], "thing": thing}
    sources = tuple(Source("promotion", offer.id, offer.title) for offer in shown)
    return Act("answer", ask.index, "offers.no_gift", slots, sources, "offers.no_gift")


def _wanted(ask: Ask) -> str | None:
    found = _WANTED.search(ask.segment.text) if ask.segment.intent == "promo.gift" else None
    return found["thing"] if found else None


def _comes_with(ask: Ask) -> Act | None:
    """What is in the parcel of the product in sight (送啥东西), where the shop tells it."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None or not _WHAT.search(ask.segment.text):
        return None
    found = [(key, value) for key, value in product.attributes.items() if _PARTS.search(key)][:2]
    if not found:
        return None
    slots = {"title": product.title, "facts": [list(pair) for pair in found]}
    return Act("answer", ask.index, "product.facts", slots, (Source("product", product.id, product.title),))
