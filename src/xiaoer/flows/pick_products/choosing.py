"""Candidates become picks: stock and orders are read; the rules of `slices/selling` drop, order and give reasons."""

import re
from collections.abc import Iterable, Sequence

from xiaoer.flows.pick_products.ports import ReadsGoods, ReadsOrders
from xiaoer.kernel.audiences import audiences_in
from xiaoer.kernel.commerce import Product, Taste, Variant
from xiaoer.kernel.decision import Pick
from xiaoer.kernel.money import ZERO
from xiaoer.kernel.turn import Turn
from xiaoer.slices.selling.rules.narrowing import denies
from xiaoer.slices.selling.rules.picking import choose_picks, reason_for
from xiaoer.slices.selling.service import SellingRules
from xiaoer.slices.selling.types import Candidate, Limits

ORDERS = 10  # as many as the answer reads, so that a shop system is asked once
OWNED = frozenset({"paid", "shipped", "delivered", "completed"})
_COLORS = 4  # that are told of one product
_ANY = Taste()
_MODEL = re.compile(r"(\d+(?:\.\d+)?)\s*(寸|pro|plus|mini|ultra|代)")


class Choosing:
    """What is left of goods that were found, at most so many at once."""

    def __init__(self, rules: SellingRules, goods: ReadsGoods, orders: ReadsOrders) -> None:
        self._rules = rules
        self._goods = goods
        self._orders = orders

    async def __call__(
        self,
        turn: Turn,
        need: str,
        found: Iterable[tuple[Product, str]],
        limits: Limits,
        without: Iterable[str] = (),
        taste: Taste = _ANY,
        most: int = 0,
        cheapest: bool = False,
    ) -> tuple[Pick, ...]:
        """The picks of `found` (product, why it came up or nothing); `most` 0: as many as the shop shows at once.
        `cheapest`: what costs least comes first."""
        rules = await self._rules.pick_rules(turn.shop)
        offered = [(product, why, await self._goods.variants(turn.shop, product.id)) for product, why in found]
        if not offered:
            return ()
        mine, candidates = await self._owned(turn), []
        for product, why, variants in offered:
            ready = [v for v in variants if v.stock > 0 and _is_within(product, v, limits)]
            owned = any(variant.id in mine for variant in variants)
            if ready and not owned and not denies(product, need) and _fits_model(need, product, ready):
                stock = sum(v.stock for v in ready)
                reason = why or _left(variants, ready, limits)
                candidates.append(Candidate(product, min(v.pays for v in ready), stock, reason))
        if cheapest:
            candidates.sort(key=lambda one: one.price)
        count = min(most or rules.at_once, rules.at_once)
        chosen = choose_picks(candidates, rules, limits, {*without}, count, bool(taste.fits), taste)
        return tuple(Pick(c.product, c.price, reason_for(c, need, limits, taste)) for c in chosen)

    async def _owned(self, turn: Turn) -> set[str]:
        """The variants that the buyer has."""
        orders = await self._orders.orders_of(turn.shop, turn.buyer_id, ORDERS)
        return {item.variant_id for order in orders if order.status in OWNED for item in order.items}


def _fits_model(need: str, product: Product, variants: Iterable[Variant]) -> bool:
    """Whether a product comes in a model or the inches that are told (16pro, 16寸): by what is in stock, else by its
    sheet; what tells of none may."""
    asked = set(_MODEL.findall(need.lower()))
    units = {unit for _, unit in asked}
    sheet = (product.title, *product.tags, *product.attributes.values())
    for told in ([value for variant in variants for value in variant.spec.values()], sheet):
        own = {one for one in _MODEL.findall(" ".join(told).lower()) if one[1] in units}
        if own:
            return bool(own & asked)
    return True


def _is_within(product: Product, variant: Variant, limits: Limits) -> bool:
    """Whether this very variant has the colour and the size that are wanted, and a price between the bounds. What comes
    in one size only suits whoever asks for one."""
    sizes = [value.upper().removesuffix("码") for axis, value in variant.spec.items() if "码" in axis]
    if limits.size and sizes and limits.size not in sizes:
        return False
    named = any(limits.color in value for value in variant.spec.values()) or f"{limits.color}色" in product.title
    if limits.color and not named:
        return False
    if any(word in value for word in _refused(limits) for value in variant.spec.values()):
        return False
    return (limits.least or ZERO) <= variant.pays and (limits.most is None or variant.pays <= limits.most)


def _refused(limits: Limits) -> tuple[str, ...]:
    return (*limits.not_colors, *(word for words in limits.unliked for word in words if len(word) > 1))


def _left(variants: Iterable[Variant], ready: Iterable[Variant], limits: Limits) -> str:
    """What goods come in (颜色, 口味), where some of it is refused; empty where nothing of them is."""
    refused = _refused(limits)
    axes = {axis for v in variants for axis, value in v.spec.items() if any(word in value for word in refused)}
    left = dict.fromkeys(value for v in ready for axis, value in v.spec.items() if axis in axes)
    return f"有{'、'.join(list(left)[:_COLORS])}" if left else ""


def audiences_of(turn: Turn, named: Sequence[str], age_years: float | None) -> tuple[str, ...]:
    """Whom the talk names that needs care, and whom the wish is for."""
    said = [past.text for past in turn.history if past.author == "buyer"]
    return audiences_in(" ".join([*said, *(message.text for message in turn.messages)]), named, age_years)
