"""What the shop's rules, promotions and goods say now (店铺现在的数据), for the health check."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.terms import Terms
from xiaoer.kernel.worktime import BusinessHours, minutes_of
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.knowledge.health.facts import ShopFacts
from xiaoer.slices.knowledge.health.goods import ProductFacts, VariantFacts
from xiaoer.slices.promotions.types import Benefit, Level, Promotion

_MINUS = re.compile(r"满\s*(\d+)\D{0,3}减\s*(\d+)")
_INSTANT = timedelta(seconds=1)
_WHOLE = 10_000  # a rate of 10,000 basis points is the full price


def shop_facts(terms: Terms, hours: BusinessHours, promotions: Sequence[Promotion], now: datetime) -> ShopFacts:
    """The shop's settings and running promotions. A shop that keeps no promotions at all has none to deny with."""
    running = [p for p in promotions if p.enabled and p.starts_at <= now < p.ends_at]
    minus = {(int(a), int(b)) for p in running for a, b in _MINUS.findall(f"{p.name}{p.title}")}
    off = [(p, tier) for p in running if p.benefit is Benefit.AMOUNT_OFF for tier in p.tiers]
    minus |= {(tier.threshold // 100, tier.value // 100) for _, tier in off}
    coupons = {tier.value // 100 for p, tier in off if p.needs_coupon or p.level is not Level.SHOP_ACTIVITY}
    rates = {tier.value / 1000 for p in running if p.benefit is Benefit.PERCENT_OFF for tier in p.tiers}
    free = {tier.threshold // 100 for p in running if p.level is Level.FREIGHT for tier in p.tiers}
    known = bool(promotions)
    return ShopFacts(
        terms.days,
        terms.price_protect_days,
        terms.freight_insurance,
        (hours.opens_min, hours.closes_min),
        frozenset(minus) if known else None,
        frozenset(free) if free else None,
        frozenset(coupons) if known else None,
        frozenset(rates) if known else None,
        frozenset(p.benefit.value for p in running) if known else None,
        terms.ship_within_hours,
        minutes_of(terms.ship_cutoff) if terms.ship_cutoff else -1,
        terms.refund_within_days,
        terms.invoice_within_hours,
        terms.return_address,
        terms.never_returned,
        frozenset(day for p in running for day in _days_of(p.ends_at)) if known else None,
    )


def _days_of(end: datetime) -> tuple[tuple[int, int], ...]:
    """The day in whose course an offer ends, at the shop: one that ends at midnight ends with the day before."""
    return tuple((at.month, at.day) for at in (end.astimezone(SHOP_ZONE), (end - _INSTANT).astimezone(SHOP_ZONE)))


def products_of(connection: Connection, shop: ShopId) -> dict[str, tuple[str, bool, ProductFacts]]:
    """Title, whether it has a size chart, and live figures of every product."""
    sold: dict[str, list[VariantFacts]] = {}
    for one in catalog.all_variants(connection, shop):
        spec = tuple(str(value) for value in one.spec.values() if str(value))
        sold.setdefault(one.product_id, []).append(VariantFacts(spec, one.price.fen / 100, one.stock))
    return {
        product.id: (product.title, bool(product.size_chart), _figures(sold.get(product.id), product.attributes, at))
        for product, at in catalog.all_products(connection, shop)
    }


def _figures(variants: list[VariantFacts] | None, attributes: dict[str, str], changed_at: datetime) -> ProductFacts:
    sold = variants or []
    stock = sum(variant.stock for variant in sold) if variants else None
    told = {str(name): str(value) for name, value in attributes.items()}
    return ProductFacts(frozenset(v.price for v in sold), stock, changed_at, tuple(sold), told)
