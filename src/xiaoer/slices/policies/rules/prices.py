"""Answers about money (到手价, 一起买, 凑单, 优惠没生效, 价保, 券): the engine's figures, with the rules behind them.

Nothing is estimated here. What the engine did not compute is not said.
"""

import re
from typing import Any

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, Need, Source
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.shop_facts import Cause, Diagnosis
from xiaoer.slices.policies.rules import carts, thresholds
from xiaoer.slices.policies.rules.matters import choosing, small
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, say, todo
from xiaoer.slices.policies.rules.sources import order_source
from xiaoer.slices.policies.types import Ask, Move

_MONEY = ("promo.", "price.", "oos.")
_CALCULATE = (
    "到手",
    "怎么算",
    "算一下",
    "算下",
    "一共",
    "总共",
    "算下来",
    "拍下来",
    "实付",
    "最后多少",
    "折后",
    "券后",
    "用券",
    "用了券",
    "用完券",
    "领券",
)
_BOTH = re.compile(r"一起|一块儿?|合起来|[两俩](?:个|样|件)?都")
_GAP = ("差多少", "凑", "还差", "差几")


def answer_prices(ask: Ask) -> Move | None:
    """Answer one of these questions; None when it is another, or no figure bears on it."""
    if ask.segment.intent.startswith(_MONEY) and (told := thresholds.answer_told_amount(ask)) is not None:
        return told
    match ask.segment.intent:
        case "promo.not_applied" if not small.is_of_cashback(ask.segment.text):
            return _not_applied(ask)
        case "promo.price_protect":
            return _protection(ask)
        case "promo.bundle":
            return _bundle(ask)
        case "promo.coupon":
            return _coupons(ask)
        case "price.query":
            return _price(ask)
        case _:
            return None


def _want(ask: Ask, kind: str, key: str = "") -> Move | None:
    """The need, when it was not read yet."""
    need = Need(kind, ask.index, key)  # type: ignore[arg-type]
    return None if need in ask.facts.asked else Move(needs=(need,))


def _causes(causes: tuple[Cause, ...]) -> tuple[Source, ...]:
    return tuple(Source("promotion", cause.id, cause.title) for cause in causes)


def _price(ask: Ask) -> Move | None:
    """到手价 with the calculation, when it was asked how much all in all; one piece's list price is the catalogue's."""
    entities = ask.segment.entities
    several = len(entities.product_ids) > 1 or (entities.quantity or 1) > 1 or ask.facts.together.get(ask.index)
    found = ask.facts.together.get(ask.index) or carts.adds(ask)
    if carts.sums_up(ask.segment.text) and not found:
        return Move(say(ask, "quote.which_goods", type_="ask", rule="quote.which_goods"))
    if not several and not carts.adds(ask) and not any(word in ask.segment.text for word in _CALCULATE):
        return None
    if carts.counts_several(ask.segment.text) and not found and not carts.names_one_variant(ask):
        return Move(say(ask, "quote.which_goods", type_="ask", rule="quote.which_goods"))
    key = carts.named_now(ask)
    if not key:
        return None
    if key not in ask.facts.priced:
        return _want(ask, "priced", key)
    priced = ask.facts.priced[key]
    act = say(ask, "quote.total", type_="quote", sources=_causes(priced.causes), rule=f"quote.{priced.source}",
              payable=priced.payable, explanation=priced.explanation, until=priced.valid_until, cart=key)  # fmt: skip
    return Move(act)


def _bundle(ask: Ask) -> Move | None:
    """A and B together, or how much is missing for the next step and what lowers the bill."""
    key = carts.named_now(ask)
    key = key if carts.adds(ask) else carts.counted_before(ask, key) or key
    if not key:
        return _which_goods(ask)
    bare = carts.adds(ask) and key == ask.memory.cart  # one more of what? what is worth adding is told
    gap_asked = bare or any(word in ask.segment.text for word in _GAP)
    if "," in key and not gap_asked:
        if key not in ask.facts.priced:
            return _want(ask, "priced", key)
        priced = ask.facts.priced[key]
        alone = priced.alone or priced.payable
        saving = alone - priced.payable
        sources = _causes(priced.causes)
        # a shop may run offers that it told in words only
        same = "bundle.same" if ask.facts.offers else "bundle.sum"
        template = "bundle.saves" if saving > ZERO else same
        slots: dict[str, Any] = {"payable": priced.payable, "saving": saving, "alone": alone, "cart": key}
        slots["explanation"] = priced.explanation
        names = [cause.title for cause in priced.causes if cause.amount > ZERO]
        return Move(say(ask, template, type_="quote", sources=sources, rule="quote.together", titles=names,
                        until=priced.valid_until, **slots))  # fmt: skip
    one = (ask.segment.entities.quantity or 1) < 2
    if one and "," not in key and key.endswith("*1") and not gap_asked and _BOTH.search(ask.segment.text):
        return Move(say(ask, "quote.which_goods", type_="ask", rule="quote.which_goods"))
    if key not in ask.facts.top_ups:
        return _want(ask, "top_up", key)
    top = ask.facts.top_ups[key]
    if top.gap is None and top.gap_pieces is None and not ask.facts.offers and ask.facts.answerable.get(ask.index):
        return None  # the shop told of its offers in words only
    if top.gap is None and top.gap_pieces is None:
        return Move(
            say(
                ask,
                "top_up.none",
                type_="quote",
                rule="quote.top_up",
                payable=top.payable,
                titles=list(top.titles),
                cart=key,
            )
        )
    picks = [[title, _bill(net, total)] for _, title, net, total in top.picks]
    sources = tuple(Source("product", id_, title) for id_, title, _, _ in top.picks)
    missing = f"{top.gap.spoken} 元" if top.gap is not None else f"{top.gap_pieces} 件"
    lower = any(net < ZERO for _, _, net, _ in top.picks)
    template = "top_up.lower" if lower else "top_up.near" if picks else "top_up.gap"
    return Move(say(ask, template, type_="quote", sources=sources, rule="quote.top_up", payable=top.payable,
                    offer=top.title, gap=missing, saving=top.saving, offers=picks, cart=key))  # fmt: skip


def _which_goods(ask: Ask) -> Move | None:
    """A和B一起买, where a word fits several goods of the shop: these are shown, and nothing is reckoned."""
    named = ask.facts.recommended.get(ask.index, ())
    if not named or any(word in ask.segment.text for word in _GAP):
        return None
    sources = tuple(Source("product", one.id, one.title) for one in named)
    shown = [[one.id, one.title] for one in named]
    return Move(say(ask, "bundle.which_of", type_="ask", rule="quote.which_goods", sources=sources, products=shown))


def _bill(net: Money, total: Money) -> str:
    """What the bill becomes with one more product."""
    change = f"反而少付 {(-net).spoken} 元" if net < ZERO else f"多付 {net.spoken} 元"
    return f"加拍后一共 {total.spoken} 元，{change}"


_OF_RULES = re.compile(
    r"(?:怎么|咋|如何|上?哪(?:里|儿)?(?:能|可以)?|去哪(?:里|儿)?)领|一起用|同时用|叠|过期|补发|怎么用|咋用|能不能用|用不了|用不上|退.{0,4}券|券.{0,6}退|转(?:赠|送|给)|门槛|规则|限制"
)


def _coupons(ask: Ask) -> Move | None:
    """The coupons that the buyer holds, and those that may still be claimed."""
    if ask.facts.answerable.get(ask.index) and _OF_RULES.search(ask.segment.text):
        return None  # the shop's own words on how coupons go
    if ask.facts.coupons is None:
        return _want(ask, "coupons")
    held = [c for c in ask.facts.coupons if c.state in ("usable", "not_yet")]
    open_ = [c for c in ask.facts.coupons if c.state == "claimable"]
    if not held and not open_:
        return None
    sources = tuple(Source("promotion", c.id, c.title) for c in (*held, *open_))
    template = "coupons.held" if held else "coupons.claimable"
    lists: dict[str, Any] = {
        "held": [[c.title, c.until, c.state] for c in held],
        "claimable": [[c.title, c.until, c.code] for c in open_],
        "may_give": ask.facts.terms.auto.coupon,
    }
    return Move(say(ask, template, sources=sources, rule="coupons.list", **lists))


def _not_applied(ask: Ask) -> Move | None:
    """Which offer did not count on the order, why not, since when, and what can be done now."""
    order = choosing.order_of(ask)
    if order is None:
        return _bundle(ask) if ask.facts.orders is not None and ask.product_id else None
    if order.id not in ask.facts.diagnoses:
        wanted = _want(ask, "diagnosis", order.id)
        if wanted is None:
            return None
        more = (Need("protection", ask.index, order.id),) if ask.facts.terms.price_protect_days else ()
        return Move(needs=(*wanted.needs, *more))
    found = ask.facts.diagnoses[order.id]
    if found.expected is not None and found.expected < found.paid:
        matter = new_matter(ask, "mismatch", order.id)
        gap = found.paid - found.expected
        wanted_ticket = todo(matter, "ticket", "price_protect", gap=gap.yuan, about=ask.segment.text[:200])
        causes = {"expected": found.expected, "paid": found.paid, "gap": gap}
        return done(ask, matter, wanted_ticket, order, "diagnosis_mismatch", **causes)
    sources = (*_causes(found.refused[:1]), *_causes(found.counted))
    slots: dict[str, Any] = {
        "paid": found.paid,
        "counted": [[c.title, c.amount] for c in found.counted if c.kind != "freight"],
    }
    slots |= _now(ask, order, found)
    about = _asked_for(ask.segment.text, found)
    if about is None:
        template = "diagnosis.counted" if slots["counted"] else "diagnosis.none"
        return Move(say(ask, template, order, type_="quote", rule="promo.diagnosis", sources=sources, **slots))
    slots |= {"offer": about.title, "why": about.words, "since": about.at}
    sources = (Source("promotion", about.id, about.title), *_causes(found.counted))
    rule = f"promo.{about.reason}"
    return Move(say(ask, "diagnosis.refused", order, type_="quote", rule=rule, sources=sources, **slots))


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
    kinds = [kind for kind, words in _KIND_WORDS if any(word in text for word in words)]
    if not kinds:
        return None if found.counted else next(iter(found.refused), None)
    if any(cause.kind in kinds for cause in found.counted):
        return None
    return next((cause for cause in found.refused if cause.kind in kinds), None)


def _now(ask: Ask, order: Order, found: Diagnosis) -> dict[str, Any]:
    """What can be done now, by the order's state and the price of the same goods now."""
    cheaper = found.now is not None and found.now < found.paid
    shield = ask.facts.protections.get(order.id)
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
    if order.id not in ask.facts.protections:
        return _want(ask, "protection", order.id)
    found = ask.facts.protections[order.id]
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
