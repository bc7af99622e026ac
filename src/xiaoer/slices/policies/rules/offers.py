"""Questions about offers (优惠) that no knowledge entry answers: only campaigns that run now are named."""

import re

from xiaoer.kernel.decision import Act, Source
from xiaoer.slices.policies.types import Ask

_ABOUT_OFFERS = frozenset(
    {"promo.discount", "promo.coupon", "promo.bundle", "promo.gift", "promo.bargain", "promo.presale", "promo.member"}
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
    kind = _KIND.search(ask.segment.text)
    if kind and shown and not any(kind.group() in offer.title + offer.detail for offer in ask.facts.offers):
        slots = {"offers": titles, "kind": kind.group()}
        return Act("answer", ask.index, "offers.no_such", slots, sources, "offers.no_such")
    if intent == "promo.bargain":
        template = "bargain.offers" if shown else "bargain.firm"
        return Act("answer", ask.index, template, {"offers": titles}, sources, "bargain.no_discount")
    return Act("answer", ask.index, "offers.list" if shown else "offers.none", {"offers": titles}, sources)
