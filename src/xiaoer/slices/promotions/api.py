"""Coupons inside another change: what promises a coupon and the coupon itself are on disk together."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions import store
from xiaoer.slices.promotions.service import CouponRefused
from xiaoer.slices.promotions.types import Benefit, Coupon, CouponTerms, Level, Promotion, Scope, Tier

_LONG = timedelta(days=3_650)  # a private promotion outlives every coupon of it
AGREED, FREIGHT = "bargain", "bargain-freight"


def agreed_price(known: Iterable[Promotion], product_id: str, least_unit: Money, now: datetime) -> Promotion:
    """The private promotion whose coupons carry prices agreed on for one product; one per product and floor.

    The one of `known`, else a new one. Its id is told to buyers with their coupon, so nothing of the floor is in it.
    """
    scope = Scope(items=frozenset({product_id}))
    same = (p for p in known if p.private and p.scope == scope and p.least_unit == least_unit)
    if (found := next(same, None)) is not None:
        return found
    return Promotion(
        f"{AGREED}-{new_id()}",
        "专享优惠",
        Level.SHOP_COUPON,
        Benefit.AMOUNT_OFF,
        now - timedelta(minutes=1),
        now + _LONG,
        tiers=(Tier(0, 1),),
        threshold="none",
        scope=scope,
        stack_group=AGREED,
        max_per_order=1,
        coupon=CouponTerms(),
        price_protected=False,
        private=True,
        least_unit=least_unit,
    )


def free_freight(now: datetime) -> Promotion:
    """The private promotion whose coupons pay the freight of one order."""
    return Promotion(
        FREIGHT,
        "运费券",
        Level.FREIGHT,
        Benefit.FREIGHT_OFF,
        now - timedelta(minutes=1),
        now + _LONG,
        tiers=(Tier(0, 0),),
        threshold="none",
        coupon=CouponTerms(),
        price_protected=False,
        private=True,
    )


def ensure(connection: Connection, shop: ShopId, promotion: Promotion, now: datetime) -> None:
    """Save a promotion unless it is there."""
    if store.get(connection, shop, promotion.id) is None:
        store.save(connection, shop, promotion, now)


def issue(connection: Connection, shop: ShopId, coupon: Coupon, now: datetime) -> Coupon:
    """Issue one coupon inside its promotion's budget; the same id again returns the same coupon.

    Raises:
        CouponRefused: budget, number or the buyer's share is used up, or the promotion is over or unknown.
    """
    issued = store.issue(connection, shop, coupon, now)
    if issued.coupon is None:
        raise CouponRefused(coupon.promotion_id, issued.refusal)
    return issued.coupon


def ending(
    connection: Connection, shop: ShopId, since: datetime, until: datetime, after: Coupon | None = None
) -> list[tuple[Coupon, str]]:
    """Claimed coupons that end within the window, with the title of their promotion; a page of them, `after` the last
    one of the page before."""
    titles = {promotion.id: promotion.shown for promotion in store.load(connection, shop)}
    found = store.ending(connection, shop, since, until, after)
    return [(coupon, titles.get(coupon.promotion_id, "优惠券")) for coupon in found]
