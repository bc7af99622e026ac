"""到手价: a cart, the shop's promotions and the buyer's coupons in, the exact amount to pay out.

The same cart, rules and instant give the same fen. Levels are applied in their order (item, activity,
coupon, cross-shop, asset), coupons are chosen so that the buyer pays least, freight comes beside them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions.rules.basket import Basket
from xiaoer.slices.promotions.rules.coupons import Choice, Held, Priced, Tools, choose_coupons
from xiaoer.slices.promotions.rules.diagnosis import Screened, explain_misses, screen
from xiaoer.slices.promotions.rules.eligibility import coupon_end
from xiaoer.slices.promotions.rules.item_prices import ItemOutcome, price_items
from xiaoer.slices.promotions.rules.levels import Record, Working, apply_in_order
from xiaoer.slices.promotions.rules.steps import find_steps
from xiaoer.slices.promotions.rules.wording import explain
from xiaoer.slices.promotions.types import (
    Applied,
    BuyerFacts,
    Cart,
    ChannelRules,
    Coupon,
    Level,
    NextStep,
    NotApplied,
    PresalePlan,
    Promotion,
    Quote,
    QuoteLine,
    RunnerUp,
)

_OWN_SITE = ChannelRules()
_MAX_LINES = 1_000
_MAX_PIECES = 100_000


def quote(
    cart: Cart,
    promotions: Sequence[Promotion],
    coupons: Sequence[Coupon] = (),
    *,
    now: datetime,
    rules: ChannelRules = _OWN_SITE,
    channel: str = "",
    buyer: BuyerFacts | None = None,
    named: bool = False,
    with_payment: bool = False,
    zone: ZoneInfo = SHOP_ZONE,
) -> Quote:
    """Price `cart` at `now`. `coupons` are those in the buyer's hand; the best allowed set of them is used, or
    with `named` as many of them as go together.

    Raises:
        InvalidBody: a line has no pieces, a negative price, or the cart is absurdly large.
    """
    settled = _settle(cart, promotions, coupons, now, rules, channel, buyer, named=named, with_payment=with_payment)
    screened, basket, items, start, choice = settled
    automatic = [p for p in screened.live if not p.needs_coupon]
    spent = {record.coupon.id for record in choice.best.working.records if record.coupon}
    unused = [pair for pair in _choosable(screened) if pair[0].id not in spent]
    not_applied = explain_misses(screened, choice.best, start, items.beaten, unused, zone)
    steps = find_steps(choice.best, automatic, unused)
    built = _assemble(basket, items, choice.best, not_applied, steps, rules, screened)
    if choice.runner_up:
        second = choice.runner_up
        extra = built.payable.fen - choice.best.payable
        ids = tuple(sorted(coupon.id for coupon, _ in second.coupons))
        built = replace(built, runner_up=RunnerUp(ids, Money(second.payable + extra)))
    freight_known = cart.freight is not None or any(p.level is Level.FREIGHT for p in promotions)
    return replace(built, explanation=explain(built, zone, now, freight_known=freight_known))


def payable(
    cart: Cart,
    promotions: Sequence[Promotion],
    coupons: Sequence[Coupon] = (),
    *,
    now: datetime,
    rules: ChannelRules = _OWN_SITE,
    channel: str = "",
    buyer: BuyerFacts | None = None,
) -> Money:
    """What `quote` says is to be paid, without the explanation: half the time, for comparing many carts.

    Raises:
        InvalidBody: as `quote`.
    """
    best = _settle(cart, promotions, coupons, now, rules, channel, buyer).choice.best
    gifts = (line for record in best.working.records if (line := _gift_line(record)))
    return Money(best.payable + sum(line.paid.fen for line in gifts))


class _Settled(NamedTuple):
    """A cart with the promotions and coupons that count."""

    screened: Screened
    basket: Basket
    items: ItemOutcome
    start: Working
    choice: Choice


def _settle(
    cart: Cart,
    promotions: Sequence[Promotion],
    coupons: Sequence[Coupon],
    now: datetime,
    rules: ChannelRules,
    channel: str,
    buyer: BuyerFacts | None,
    *,
    named: bool = False,
    with_payment: bool = False,
) -> _Settled:
    _refuse_nonsense(cart)
    screened = screen(promotions, coupons, now, channel, buyer)
    basket = Basket(cart, screened.live)
    items = price_items(basket, [p for p in screened.live if p.level is Level.ITEM], now)
    start = Working(basket, rules, cart.add_ons)
    automatic = [p for p in screened.live if not p.needs_coupon]
    apply_in_order(start, [p for p in automatic if p.level is Level.SHOP_ACTIVITY])
    tools = Tools(
        cart,
        tuple(p for p in automatic if p.level not in (Level.ITEM, Level.SHOP_ACTIVITY, Level.FREIGHT)),
        tuple(pair for pair in screened.held if pair[1].level is Level.ASSET),
        tuple(p for p in automatic if p.level is Level.FREIGHT),
        tuple(pair for pair in screened.held if pair[1].level is Level.FREIGHT),
        with_payment,
    )
    return _Settled(screened, basket, items, start, choose_coupons(start, tools, _choosable(screened), named=named))


def _choosable(screened: Screened) -> list[Held]:
    return [pair for pair in screened.held if pair[1].level in (Level.SHOP_COUPON, Level.PLATFORM)]


def _refuse_nonsense(cart: Cart) -> None:
    if len(cart.lines) > _MAX_LINES:
        raise InvalidBody(f"A cart holds at most {_MAX_LINES} lines.")
    if sum(line.quantity for line in cart.lines) > _MAX_PIECES:
        raise InvalidBody(f"A cart holds at most {_MAX_PIECES} pieces.")
    for line in cart.lines:
        if line.quantity < 1 or line.price.fen < 0:
            raise InvalidBody(f"Line {line.variant_id[:80]} needs a quantity from 1 and a price from 0.")
    if cart.freight is not None and cart.freight.fen < 0:
        raise InvalidBody("Freight cannot be negative.")


def _assemble(
    basket: Basket,
    items: ItemOutcome,
    priced: Priced,
    not_applied: tuple[NotApplied, ...],
    steps: tuple[NextStep, ...],
    rules: ChannelRules,
    screened: Screened,
) -> Quote:
    working = priced.working
    place = sorted(range(len(basket.lines)), key=lambda i: basket.lines[i].cart_index)
    lines = [
        QuoteLine(
            basket.lines[i].source.variant_id,
            basket.lines[i].quantity,
            Money(basket.lines[i].list_total),
            Money(basket.lines[i].item_total),
            Money(working.left[i]),
            basket.lines[i].source.title,
        )
        for i in place
    ]
    lines += [line for record in working.records if (line := _gift_line(record))]
    extra = sum(line.paid.fen for line in lines[len(place) :])
    padding = (ZERO,) * (len(lines) - len(place))
    applied = []
    for promotion in screened.live:
        if offs := items.offs.get(promotion.id):
            shares = (*(Money(offs.get(i, 0)) for i in place), *padding)
            base = Money(sum(basket.lines[i].list_total for i in offs))
            amount = Money(sum(offs.values()))
            applied.append(
                Applied(promotion.id, promotion.shown, amount, promotion.level, shares, base, promotion.ends_at)
            )
    for record in working.records:
        parts = dict(zip(record.lines, record.shares, strict=True))
        shares = (*(Money(parts.get(i, 0)) for i in place), *padding)
        applied.append(_applied(record.promotion, record.coupon, record.amount, shares, record.base))
    applied += [_applied(promotion, coupon, off, (), 0) for promotion, coupon, off in priced.freight.used]
    ends = [entry.ends_at for entry in applied if entry.ends_at]
    goods = Money(working.total + extra)
    freight = Money(priced.freight.payable)
    return Quote(
        goods + freight,
        goods,
        freight,
        tuple(lines),
        tuple(applied),
        not_applied,
        steps,
        min(ends, default=None),
        rules.mode,
        presale=_presale(working, screened, items),
    )


def _applied(promotion: Promotion, coupon: Coupon | None, amount: int, shares: tuple[Money, ...], base: int) -> Applied:
    ends_at = coupon_end(coupon, promotion) if coupon else promotion.ends_at
    return Applied(
        promotion.id,
        promotion.shown,
        Money(amount),
        promotion.level,
        shares,
        Money(base),
        ends_at,
        coupon.id if coupon else "",
    )


def _gift_line(record: Record) -> QuoteLine | None:
    gift = record.promotion.gift
    if gift is None or not record.gifts:
        return None
    count = gift.quantity if gift.price.fen else record.gifts
    price = gift.price * count
    return QuoteLine(gift.variant_id or record.promotion.id, count, price, price, price, gift.title, gift=True)


def _presale(working: Working, screened: Screened, items: ItemOutcome) -> PresalePlan | None:
    lines = [i for i, line in enumerate(working.basket.lines) if line.deposit]
    if not lines:
        return None
    terms = next(p.presale for p in screened.live if p.presale and p.id in items.offs)
    deposit = sum(working.basket.lines[i].deposit for i in lines)
    total = sum(working.left[i] for i in lines)
    tested = sum(working.basket.lines[i].item_total for i in lines)
    return PresalePlan(
        Money(deposit),
        Money(total - deposit),
        Money(total),
        Money(tested),
        terms.balance_starts_at if terms else None,
        terms.balance_ends_at if terms else None,
    )
