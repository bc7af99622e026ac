"""Questions about offers (优惠) that no knowledge entry answers: only campaigns that run now are named."""

from xiaoer.kernel.decision import Act, Source
from xiaoer.slices.policies.types import Ask

_ABOUT_OFFERS = frozenset(
    {"promo.discount", "promo.coupon", "promo.bundle", "promo.gift", "promo.bargain", "promo.presale", "promo.member"}
)


def answer_from_offers(ask: Ask) -> Act | None:
    """Name the campaigns that run now; None when the question is about something else."""
    intent = ask.segment.intent
    if intent not in _ABOUT_OFFERS or ask.facts.offers is None:
        return None
    shown = ask.facts.offers[:3]
    sources = tuple(Source("promotion", offer.id, offer.title) for offer in shown)
    titles = [[offer.title, offer.detail] for offer in shown]
    if intent == "promo.bargain":
        template = "bargain.offers" if shown else "bargain.firm"
        return Act("answer", ask.index, template, {"offers": titles}, sources, "bargain.no_discount")
    return Act("answer", ask.index, "offers.list" if shown else "offers.none", {"offers": titles}, sources)
