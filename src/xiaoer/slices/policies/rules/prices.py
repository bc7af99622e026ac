"""Answers about money (到手价, 一起买, 凑单, 优惠没生效, 价保, 券): the engine's figures, with the rules behind them.

Nothing is estimated here. What the engine did not compute is not said.
"""

import re
from typing import Any

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, Need, Source
from xiaoer.kernel.money import ZERO
from xiaoer.kernel.shop_facts import Cause, Diagnosis, HeldCoupon
from xiaoer.slices.policies.rules import cheaper_packs, deposits, offers, quotes, thresholds
from xiaoer.slices.policies.rules.matters import choosing, compensation, small
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, say, todo
from xiaoer.slices.policies.rules.needs import tells_own
from xiaoer.slices.policies.rules.sources import order_source
from xiaoer.slices.policies.types import Ask, Move

_MONEY = ("promo.", "price.", "oos.")


def answer_prices(ask: Ask) -> Move | None:
    """Answer one of these questions; None when it is another, or no figure bears on it."""
    if ask.segment.intent.startswith(_MONEY) and (told := thresholds.answer_told_amount(ask)) is not None:
        return told
    if ask.segment.intent.startswith(_MONEY) and (parts := deposits.answer(ask)) is not None:
        return parts
    match ask.segment.intent:
        case "promo.not_applied" if not compensation.is_of_cashback(ask.segment.text):
            return _not_applied(ask)
        case "promo.price_protect":
            return _protection(ask)
        case "promo.bundle":
            return cheaper_packs.answer(ask) or quotes.bundle(ask)
        case "promo.coupon":
            return _coupons(ask)
        case "promo.gift":
            gift = offers.given(ask)
            return Move(gift) if gift is not None else None
        case "price.query":
            return cheaper_packs.answer(ask) or quotes.price(ask)
        case _:
            return None


_OF_RULES = re.compile(
    r"(?:怎么|咋|如何|上?哪(?:里|儿)?(?:能|可以)?|去哪(?:里|儿)?)领|一起用|同时用|叠|过期|补发|怎么用|咋用|能不能用|用不了|用不上|退.{0,4}券|券.{0,6}退|转(?:赠|送|给)|门槛|规则|限制"
)


def _coupons(ask: Ask) -> Move | None:
    """The coupons that the buyer holds, and those that may still be claimed."""
    if ask.facts.answerable.get(ask.index) and _OF_RULES.search(ask.segment.text):
        return None  # the shop's own words on how coupons go
    if ask.facts.coupons is None:
        return quotes.want(ask, "coupons")
    held = [c for c in ask.facts.coupons if c.state in ("usable", "not_yet")]
    open_ = [c for c in ask.facts.coupons if c.state == "claimable"]
    if not held and not open_:
        return None
    sources = tuple(Source("promotion", c.id, c.title) for c in (*held, *open_))
    template = "coupons.held" if held else "coupons.claimable"
    lists: dict[str, Any] = {
        "held": [[c.title, c.until, c.state] for c in held],
        "claimable": [[_with_whom(c), c.until, c.code] for c in open_],
        "may_give": ask.facts.terms.auto.coupon,
    }
    return Move(say(ask, template, sources=sources, rule="coupons.list", **lists))


def _with_whom(coupon: HeldCoupon) -> str:
    return f"{coupon.title}（头一次下单用）" if coupon.for_new else coupon.title


def _not_applied(ask: Ask) -> Move | None:
    """Which offer did not count on the order, why not, since when, and what can be done now."""
    order = choosing.order_of(ask)
    if order is None and ask.facts.orders == () and tells_own(ask.segment.text):
        return small.ask_order_no(ask)
    if order is None:
        return quotes.bundle(ask) if ask.facts.orders is not None and ask.product_id else None
    if order.id not in ask.facts.diagnoses:
        wanted = quotes.want(ask, "diagnosis", order.id)
        if wanted is None:
            return None
        more = (Need("protection", ask.index, order.id),) if ask.facts.terms.price_protect_days else ()
        return Move(needs=(*wanted.needs, *more))
    found = ask.facts.diagnoses[order.id]
    if found.expected is not None and found.expected < found.paid and order.status != "unpaid":
        matter = new_matter(ask, "mismatch", order.id)
        gap = found.paid - found.expected
        wanted_ticket = todo(matter, "ticket", "price_protect", gap=gap.yuan, about=ask.segment.text[:200])
        causes = {"expected": found.expected, "paid": found.paid, "gap": gap}
        return done(ask, matter, wanted_ticket, order, "diagnosis_mismatch", **causes)
    sources = (*quotes.causes(found.refused[:1]), *quotes.causes(found.counted))
    slots: dict[str, Any] = {
        "paid": found.paid,
        "counted": [[c.title, c.amount] for c in found.counted if c.kind != "freight" and order.status != "unpaid"],
    }
    slots |= _now(ask, order, found)
    about = _asked_for(ask.segment.text, found)
    if about is None:
        template = "diagnosis.counted" if slots["counted"] else "diagnosis.none"
        return Move(say(ask, template, order, type_="quote", rule="promo.diagnosis", sources=sources, **slots))
    slots |= {"offer": about.title, "why": about.words, "since": about.at}
    sources = (Source("promotion", about.id, about.title), *quotes.causes(found.counted))
    rule = f"promo.{about.reason}"
    return Move(say(ask, "diagnosis.refused", order, type_="quote", rule=rule, sources=sources, **slots))


_FIGURES = re.compile(r"满\s*(\d+)\s*(?:元|块)?[，,]?\s*减\s*(\d+)")
_NEWCOMER = re.compile(r"新[人客]|首单")
_WHETHER = re.compile(
    r"^(?:请问|你们?家?|店里|这单|这个|那)*(?:有没有|有|支持|提供|能不能|能)(?:价保|保价)(?:服务)?[吗么没不嘛呢的\W]*$"
)
_KIND_WORDS = (
    ("coupon", ("券", "红包")),
    ("gift", ("赠", "送的", "礼品")),
    ("member", ("会员",)),
    ("full", ("满减", "满", "立减")),
    ("percent", ("折",)),
    ("freight", ("包邮", "运费")),
)


def _asked_for(text: str, found: Diagnosis) -> Cause | None:
    """The refused offer that the words mean; None when the one they mean did count, or there was none."""
    if (figures := _FIGURES.search(text)) is not None:
        told = f"满{figures[1]}减{figures[2]}"
        if any(told in cause.title for cause in found.counted):
            return None
        if (one := next((cause for cause in found.refused if told in cause.title), None)) is not None:
            return one
    kinds = [kind for kind, words in _KIND_WORDS if any(word in text for word in words)]
    if not kinds:
        return None if found.counted else next(iter(found.refused), None)
    if any(cause.kind in kinds for cause in found.counted):
        return None
    meant = (cause for cause in found.refused if cause.kind in kinds)
    return next((cause for cause in meant if not _NEWCOMER.search(text) or _NEWCOMER.search(cause.title)), None)


def _now(ask: Ask, order: Order, found: Diagnosis) -> dict[str, Any]:
    """What can be done now, by the order's state and the price of the same goods now."""
    cheaper = found.now is not None and found.now < found.paid
    shield = ask.facts.protections.get(order.id) if order.status != "unpaid" else None
    if shield is not None and shield.reason == "granted":
        what = "protect_unsent" if order.status == "paid" else "protect"
        return {"now_what": what, "now_price": found.now, "now_gap": shield.difference}
    if order.status in ("unpaid", "paid"):
        what = f"{order.status}_{'cheaper' if cheaper else 'same'}" if found.now is not None else "unknown"
        gap = found.paid - found.now if found.now is not None else ZERO
        return {"now_what": what, "now_price": found.now, "now_gap": gap}
    return {"now_what": "sent"}


def _protection(ask: Ask) -> Move | None:
    """价保 by the shop's promise, with the figures; none was promised: say so and claim nothing."""
    order = choosing.order_of(ask)
    if order is None:
        return None
    if order.status == "unpaid":
        return Move(say(ask, "protect.unpaid", order, type_="quote", rule="protect.unpaid"))
    if order.id not in ask.facts.protections:
        return quotes.want(ask, "protection", order.id)
    found = ask.facts.protections[order.id]
    if found.reason == "granted" and _WHETHER.match(ask.segment.text):
        return Move(say(ask, "protect.may", order, type_="quote", rule="protect.granted", why=found.words))
    if found.reason == "granted":
        matter = new_matter(ask, "protect", order.id)
        wanted = todo(matter, "ticket", "price_protect", gap=found.difference.yuan, about=found.words)
        return done(
            ask, matter, wanted, order, "protect", why=found.words, difference=found.difference, days=found.days
        )
    act: Act = say(ask, f"protect.{found.reason}" if found.reason == "no_promise" else "protect.refused", order,
                   type_="quote", rule=f"protect.{found.reason}", why=found.words, days=found.days, until=found.ends_at,
                   sources=(order_source(order),))  # fmt: skip
    return Move(act)
