"""Figures for questions about money: what did not count and why, price protection, what to add, what goes back.

Everything is priced with the promotions of the instant that matters: when the order was placed for what it should have
cost, now for what it would cost today. Carts come from the caller, who knows goods and orders.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec.structs import replace

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.shop_facts import Cause, Claim, Deposit, Diagnosis, HeldCoupon, Priced, Stacking, TopUp
from xiaoer.kernel.shop_facts import Protection as ProtectionFact
from xiaoer.kernel.terms import Terms
from xiaoer.slices.promotions.rules.advice import (
    rank_candidates,
    refund_recomputed,
    refund_share,
)
from xiaoer.slices.promotions.rules.channels import rules_of
from xiaoer.slices.promotions.rules.combining import stackings
from xiaoer.slices.promotions.rules.eligibility import is_meant
from xiaoer.slices.promotions.rules.price_protection import ProtectionTerms, Purchase, current_price, protect_price
from xiaoer.slices.promotions.rules.quoting import payable, quote
from xiaoer.slices.promotions.rules.wording import bill, tier_told
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.promotions.types import (
    Applied,
    Benefit,
    BuyerFacts,
    Cart,
    CartLine,
    Coupon,
    Level,
    NotApplied,
    PresalePlan,
    Promotion,
    Quote,
)

_PICKS = 3  # goods named for 凑单
# Reasons that a buyer asks about, the likeliest to be meant first; the rest is of no interest to him.
_TOLD = ("below_threshold", "not_started", "ended", "not_held", "coupon_expired", "coupon_not_started", "coupon_used",
         "line_taken", "audience", "user_limit", "budget_exhausted", "channel", "lower_price_exists", "not_best",
         "out_of_scope")  # fmt: skip


class PromotionAnswers:
    """Computes the figures; reads promotions and coupons through `Promotions`."""

    def __init__(self, promotions: Promotions) -> None:
        self._promotions = promotions

    async def _pricer(
        self, shop: ShopId, channel: str, buyer: BuyerFacts | None, at: datetime, coupons: Sequence[Coupon] = ()
    ) -> Callable[[Cart], Quote]:
        return partial(quote, **await self._terms(shop, channel, buyer, at), coupons=coupons)

    async def _terms(self, shop: ShopId, channel: str, buyer: BuyerFacts | None, at: datetime) -> dict[str, Any]:
        """What a cart is priced by, besides coupons."""
        promotions, rules = await self._promotions.all(shop), rules_of(channel, None)
        return {"promotions": promotions, "now": at, "rules": rules, "channel": channel, "buyer": buyer}

    async def _usable(self, shop: ShopId, buyer: BuyerFacts | None) -> tuple[Coupon, ...]:
        if buyer is None or not buyer.id:
            return ()
        return tuple(c for c in await self._promotions.held(shop, BuyerId(buyer.id)) if c.state == "claimed")

    async def priced(self, shop: ShopId, cart: Cart, *, channel: str, buyer: BuyerFacts | None, at: datetime) -> Priced:
        """A cart's price with its calculation, and what its lines cost bought apart."""
        mine = await self._usable(shop, buyer)
        price = await self._pricer(shop, channel, buyer, at, mine)
        whole = price(cart)
        claim = await self._claim(shop, cart, whole.payable, channel, buyer, at, mine)
        alone = None
        if len(cart.lines) > 1:
            alone = Money(sum(price(replace(cart, lines=(line,))).payable.fen for line in cart.lines))
        kinds = {p.id: p for p in await self._promotions.all(shop)}
        freight_known = any(p.level is Level.FREIGHT for p in kinds.values())
        return Priced(
            whole.payable,
            Money(sum(line.base.fen for line in whole.lines if not line.gift)),
            whole.freight,
            tuple(_counted(replace(entry, title=tier_told(entry)), kinds) for entry in whole.applied),
            bill(whole, SHOP_ZONE, at, freight_known=freight_known),
            tuple(line.title for line in cart.lines),
            alone,
            whole.valid_until,
            whole.source,
            claim,
            _deposit(whole.presale),
        )

    async def _claim(
        self,
        shop: ShopId,
        cart: Cart,
        payable: Money,
        channel: str,
        buyer: BuyerFacts | None,
        at: datetime,
        mine: Sequence[Coupon],
    ) -> Claim | None:
        """The coupon with a public code that lowers the bill most, if it is taken now; None where none does."""
        best: Claim | None = None
        for held in await self.coupons(shop, buyer or BuyerFacts(), at):
            if held.state != "claimable":
                continue
            as_taken = (*mine, Coupon(held.id, held.id, code=held.code))
            less = (await self._pricer(shop, channel, buyer, at, as_taken))(cart).payable
            if less < (best.payable if best else payable):
                best = Claim(held.id, held.title, held.code, less, held.for_new)
        return best

    async def top_up(
        self,
        shop: ShopId,
        cart: Cart,
        candidates: Sequence[CartLine],
        *,
        channel: str,
        buyer: BuyerFacts | None,
        at: datetime,
    ) -> TopUp:
        """The nearest step and the goods whose adding lowers the bill, or raises it least."""
        terms, coupons = await self._terms(shop, channel, buyer, at), await self._usable(shop, buyer)
        whole = quote(cart, coupons=coupons, **terms)
        steps = [step for step in whole.next_steps if step.gap is not None or step.gap_pieces is not None]
        if not steps:
            return TopUp(whole.payable, titles=tuple(entry.title for entry in whole.applied))
        step = steps[0]
        ranked = rank_candidates(cart, candidates, partial(payable, coupons=coupons, **terms))
        reach = [c for c in ranked if c.payable < whole.payable + c.line.price]
        chosen = (reach or list(ranked))[:_PICKS]
        picks = tuple((c.line.product_id, c.line.title, c.net, c.payable) for c in chosen)
        return TopUp(whole.payable, step.title, step.gap, step.gap_pieces, step.saving, picks)

    async def diagnose(
        self,
        shop: ShopId,
        order_id: str,
        bought: Cart,
        today: Cart | None,
        paid: Money,
        *,
        channel: str,
        buyer: BuyerFacts,
        ordered_at: datetime,
        at: datetime,
    ) -> Diagnosis:
        """Why an offer did not count on an order; `bought` has the prices of then, `today` those of now."""
        promotions = {p.id: p for p in await self._promotions.all(shop)}
        coupons = await self._promotions.held(shop, BuyerId(buyer.id)) if buyer.id else ()
        used = [replace(c, state="claimed") for c in coupons if c.order_id == order_id]
        then = (await self._pricer(shop, channel, buyer, ordered_at, used))(bought)
        now = None
        if today is not None:
            now = (await self._pricer(shop, channel, buyer, at, await self._usable(shop, buyer)))(today).payable
        counted = tuple(_counted(entry, promotions) for entry in then.applied)
        refused = [
            _refused(miss, promotions)
            for miss in then.not_applied
            if miss.reason in _TOLD and (miss.promotion_id in promotions)
        ]
        refused.sort(key=lambda cause: (_TOLD.index(cause.reason), cause.id))
        return Diagnosis(order_id, paid, then.payable, now, counted, tuple(refused[:8]))

    async def protect(
        self,
        shop: ShopId,
        order_id: str,
        purchases: Sequence[Purchase],
        terms: Terms,
        *,
        channel: str,
        at: datetime,
    ) -> ProtectionFact:
        """Price protection of an order, line by line, by the shop's promise."""
        promise = ProtectionTerms(terms.price_protect_days, terms.price_protect_starts)
        promotions, rules = await self._promotions.all(shop), rules_of(channel, None)
        decided = [
            protect_price(p, current_price(p.line, promotions, at, rules, channel), promise, at) for p in purchases
        ]
        granted = [entry for entry in decided if entry.granted]
        if not decided:
            return ProtectionFact(order_id, "no_promise", words="这单没有可以价保的商品")
        if not granted:
            first = decided[0]
            return ProtectionFact(order_id, first.reason, days=promise.days, ends_at=first.ends_at, words=first.words)
        total = Money(sum(entry.difference.fen for entry in granted))
        words = "；".join(entry.words for entry in granted)
        return ProtectionFact(order_id, "granted", total, days=promise.days, ends_at=granted[0].ends_at, words=words)

    async def refundable(
        self,
        shop: ShopId,
        bought: Cart,
        paid: dict[str, Money],
        returned: dict[str, int],
        terms: Terms,
        *,
        channel: str,
        buyer: BuyerFacts,
        ordered_at: datetime,
    ) -> Money:
        """What goes back for returned pieces, by the shop's refund rule, never more than was paid for the goods.

        `paid` is what was paid for each line, as the order says; the engine's own shares are not used for it.
        """
        price = await self._pricer(shop, channel, buyer, ordered_at)
        whole = price(bought)
        lines = tuple(replace(line, paid=paid.get(line.variant_id, line.paid)) for line in whole.lines)
        total = Money(sum(line.paid.fen for line in lines if not line.gift))
        as_paid = replace(whole, lines=lines, goods_payable=total)
        everything = all(returned.get(line.variant_id, 0) >= line.quantity for line in bought.lines)
        if everything:
            return total
        as_priced = abs(whole.goods_payable.fen - total.fen) <= len(lines)  # else the shop priced it by other rules
        if terms.refund_mode == "share" or not as_priced:
            return refund_share(as_paid, returned).amount
        return refund_recomputed(as_paid, bought, returned, price).amount

    async def coupons(self, shop: ShopId, buyer: BuyerFacts, at: datetime) -> tuple[HeldCoupon, ...]:
        """What the buyer holds, then what may be claimed with a public code and is meant for this buyer."""
        promotions = {p.id: p for p in await self._promotions.all(shop)}
        found: list[HeldCoupon] = []
        owned: set[str] = set()
        for coupon in await self._promotions.held(shop, BuyerId(buyer.id)) if buyer.id else ():
            promotion = promotions.get(coupon.promotion_id)
            if promotion is None:
                continue
            owned.add(promotion.id)
            until = coupon.valid_to or promotion.ends_at
            begins = coupon.valid_from or promotion.starts_at
            if coupon.state == "used":
                found.append(HeldCoupon(coupon.id, promotion.shown, "used", until))
            elif until <= at or coupon.state == "expired":
                found.append(HeldCoupon(coupon.id, promotion.shown, "expired", until))
            else:
                found.append(HeldCoupon(coupon.id, promotion.shown, "not_yet" if begins > at else "usable", until))
        for promotion in promotions.values():
            code = promotion.coupon.code if promotion.coupon else ""
            live = promotion.enabled and promotion.starts_at <= at < promotion.ends_at
            left = promotion.budget_left is None or promotion.budget_left > ZERO
            if code and live and left and promotion.id not in owned and is_meant(promotion, buyer):
                for_new = promotion.audience.kind == "new_customer"
                found.append(HeldCoupon(promotion.id, promotion.shown, "claimable", promotion.ends_at, code, for_new))
        return tuple(found)

    async def stackings(self, shop: ShopId, channel: str, at: datetime) -> tuple[Stacking, ...]:
        """Which kinds of the shop's offers go together on one order."""
        return stackings(await self._promotions.all(shop), at, channel)


def _deposit(plan: PresalePlan | None) -> Deposit | None:
    return Deposit(plan.deposit, plan.balance, plan.balance_starts_at, plan.balance_ends_at) if plan else None


def _counted(entry: Applied, promotions: dict[str, Promotion]) -> Cause:
    kind = _kind(promotions, entry.promotion_id)
    return Cause(entry.promotion_id, entry.title, entry.amount, at=entry.ends_at, kind=kind)


def _refused(miss: NotApplied, promotions: dict[str, Promotion]) -> Cause:
    kind = _kind(promotions, miss.promotion_id)
    return Cause(miss.promotion_id, miss.title, ZERO, miss.reason, miss.words, miss.at, kind)


def _kind(promotions: dict[str, Promotion], promotion_id: str) -> str:
    """The buyer's word for an offer: coupon, gift, member, percent, full (满减), freight, activity."""
    promotion = promotions.get(promotion_id)
    if promotion is None:
        return "activity"
    if promotion.level is Level.FREIGHT:
        return "freight"
    if promotion.needs_coupon:
        return "coupon"
    if promotion.benefit in (Benefit.GIFT, Benefit.ADD_ON):
        return "gift"
    if promotion.audience.kind == "member_tier":
        return "member"
    if promotion.benefit in (Benefit.PERCENT_OFF, Benefit.NTH_PIECE_RATE):
        return "percent"
    return "full" if promotion.level is Level.SHOP_ACTIVITY else "activity"
