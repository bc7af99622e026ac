"""Facts are gathered (取数): every need of a decision, in parallel, each within its time limit.

A source that cannot be asked is named in `Facts.missing`, so that the reply says so instead of guessing.
"""

import asyncio
import copy
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, Protocol

import structlog
from msgspec.structs import replace

from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.decision import BargainAnswer, Facts, Need, Offer, PriceNow
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.policies.rules.bargaining import price_words
from xiaoer.slices.promotions.service import Promotions

_log = structlog.get_logger(__name__)


class ReadsCatalogue(Protocol):
    """Products and stock of the shop."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...
    async def recommend(self, shop: ShopId, text: str, max_yuan: float | None, limit: int) -> tuple[Product, ...]: ...
    async def named(self, shop: ShopId, text: str, limit: int) -> tuple[Product, ...]: ...


class PricesNow(Protocol):
    """What one piece of a variant costs a buyer now."""

    async def price_now(self, shop: ShopId, variant_id: str, buyer_id: str, channel: str) -> PriceNow: ...


class BargainsPrices(Protocol):
    """Decides the answer to a price request; None when the shop does not bargain about the product."""

    async def __call__(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> BargainAnswer | None: ...


class ReadsOrders(Protocol):
    """Orders of one buyer with items, parcels and refunds, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsBuyers(Protocol):
    """One buyer's level and tags."""

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...


_NOT_KNOWN = "?"  # meets no entry that is for certain buyers or order states
_ORDERS = 10  # newest orders read per turn
_PICKING = ("recommend", "named")  # kinds of needs that bring products to choose from
_PICKS = 3  # products recommended at once


class GatherFacts:
    """Reads what a decision needs."""

    def __init__(
        self,
        knowledge: Knowledge,
        catalogue: ReadsCatalogue,
        orders: ReadsOrders,
        promotions: Promotions,
        price_now: PricesNow,
        buyers: ReadsBuyers,
        bargain: BargainsPrices,
        timeout_s: float,
    ) -> None:
        self._knowledge = knowledge
        self._catalogue = catalogue
        self._orders = orders
        self._promotions = promotions
        self._price_now = price_now
        self._buyers = buyers
        self._bargain = bargain
        self._timeout_s = timeout_s

    def over(
        self,
        knowledge: Knowledge,
        catalogue: ReadsCatalogue,
        orders: ReadsOrders,
        buyers: ReadsBuyers,
        timeout_s: float,
    ) -> "GatherFacts":
        """The same reading with other sources, for rehearsals."""
        other = copy.copy(self)
        other._knowledge, other._catalogue, other._orders, other._buyers = knowledge, catalogue, orders, buyers
        other._timeout_s = timeout_s
        return other

    async def __call__(self, turn: Turn, heard: Heard, needs: tuple[Need, ...], now: datetime) -> Facts:
        """Return the facts; never raises because a source is down."""
        shop = turn.shop
        searches = [need for need in needs if need.kind == "knowledge"]
        surroundings: dict[str, Any] = {}
        if searches:
            await self._knowledge.ensure_loaded(shop)
            surroundings = await self._surroundings(turn)
        reads: dict[tuple[str, str], Awaitable[Any]] = {}
        for need in needs:
            key = (need.kind, need.key)
            if key not in reads:
                read = self._read(turn, heard, need, now)
                if read is not None:
                    reads[key] = read
        outcomes = await self._outcomes(reads)
        found = {key: value for key, (ok, value) in outcomes.items() if ok}
        knowledge, answerable = {}, {}
        for need in searches:
            segment = heard.segments[need.segment]
            result = self._knowledge.search(
                shop,
                need.key,
                now=now,
                intent=segment.intent,
                product_id=(segment.entities.product_ids or (turn.product_in_focus or "",))[0],
                channel=turn.channel,
                top_k=3,
                product_category=await self._category(turn, segment),
                **surroundings,
            )
            knowledge[need.segment], answerable[need.segment] = result.hits, result.answerable
        return Facts(
            knowledge,
            answerable,
            {key: value for (kind, key), value in found.items() if kind == "product" and value is not None},
            {key: value for (kind, key), value in found.items() if kind == "variants"},
            found.get(("orders", "")),
            {n.segment: found[n.kind, n.key] for n in needs if n.kind in _PICKING and (n.kind, n.key) in found},
            offers=found.get(("offers", "")),
            prices={key: value for (kind, key), value in found.items() if kind == "price" and value is not None},
            buyer=found.get(("buyer", "")),
            bargains={
                n.segment: answer
                for n in needs
                if n.kind == "bargain" and (answer := found.get(("bargain", n.key))) is not None
            },
            missing=tuple(key for key, (ok, _) in outcomes.items() if not ok),
            asked=needs,
        )

    def _read(self, turn: Turn, heard: Heard, need: Need, now: datetime) -> Awaitable[Any] | None:
        match need.kind:
            case "product":
                return self._catalogue.product(turn.shop, need.key)
            case "variants":
                return self._catalogue.variants(turn.shop, need.key)
            case "orders":
                return self._orders.orders_of(turn.shop, turn.buyer_id, _ORDERS)
            case "offers":
                return self._offers(turn, now)
            case "price":
                return self._price(turn, need.key)
            case "buyer":
                return self._buyers.buyer(turn.shop, turn.buyer_id)
            case "bargain":
                words = replace(heard.segments[need.segment], text=price_words(heard.segments, turn))
                return self._bargain(turn, words, need.key, now)
            case "recommend":
                budget = heard.segments[need.segment].entities.money_yuan
                return self._catalogue.recommend(turn.shop, need.key, budget, _PICKS)
            case "named":
                return self._catalogue.named(turn.shop, need.key, _PICKS)
            case _:
                return None

    async def _surroundings(self, turn: Turn) -> dict[str, Any]:
        """Who asks and how the order in focus stands, when some entry depends on it; what cannot be told fits none."""
        if not self._knowledge.asks_about_buyer(turn.shop):
            return {}
        ok, orders = await self._limited(self._orders.orders_of(turn.shop, turn.buyer_id, _ORDERS))
        known, buyer = await self._limited(self._buyers.buyer(turn.shop, turn.buyer_id))
        if not ok or not known:
            return {"audience": (_NOT_KNOWN,), "order_state": _NOT_KNOWN}
        focus = next((order for order in orders if order.id == turn.order_in_focus), orders[0] if orders else None)
        bought = any(order.status not in ("unpaid", "closed") for order in orders)
        own = (buyer.level, *buyer.tags) if buyer else ()
        return {
            "audience": (*filter(None, own), "老客" if bought else "新客"),
            "order_state": focus.status if focus else "none",
        }

    async def _category(self, turn: Turn, segment: Segment) -> str:
        product_id = (segment.entities.product_ids or (turn.product_in_focus or "",))[0]
        ok, product = (
            await self._limited(self._catalogue.product(turn.shop, product_id)) if product_id else (True, None)
        )
        return product.category if ok and product else ""

    async def _price(self, turn: Turn, product_id: str) -> PriceNow | None:
        """The price now of the cheapest piece in stock."""
        ready = [v for v in await self._catalogue.variants(turn.shop, product_id) if v.stock > 0]
        if not ready:
            return None
        cheapest = min(ready, key=lambda variant: variant.price)
        return await self._price_now.price_now(turn.shop, cheapest.id, turn.buyer_id, turn.channel)

    async def _offers(self, turn: Turn, now: datetime) -> tuple[Offer, ...]:
        """Promotions that run now, of the product in focus when there is one."""
        product_id = turn.product_in_focus or ""
        product = await self._catalogue.product(turn.shop, product_id) if product_id else None
        variants = await self._catalogue.variants(turn.shop, product_id) if product else ()
        return await self._promotions.offers(
            turn.shop,
            product_id=product.id if product else "",
            category=product.category if product else "",
            variant_ids=[variant.id for variant in variants],
            channel=turn.channel,
            at=now,
        )

    async def _outcomes(self, reads: dict[tuple[str, str], Awaitable[Any]]) -> dict[tuple[str, str], tuple[bool, Any]]:
        if len(reads) == 1:  # the usual turn; a task of its own would cost more than the read
            return {key: await self._limited(read) for key, read in reads.items()}
        return dict(zip(reads, await asyncio.gather(*(self._limited(r) for r in reads.values())), strict=True))

    async def _limited(self, read: Awaitable[Any]) -> tuple[bool, Any]:
        try:
            async with asyncio.timeout(self._timeout_s):
                return True, await read
        except (TimeoutError, XiaoerError) as error:
            _log.warning("source_failed", error=type(error).__name__)
            return False, None
