"""Figures that wait for the orders or the goods in sight (算出来的事实): quotes, 凑单, diagnosis, 价保, refunds."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from xiaoer.flows.gather_facts.ports import AnswersPrices, ReadsCatalogue, ReadsOrders
from xiaoer.kernel.decision import Facts, Need
from xiaoer.kernel.turn import Turn

_ORDERS = 10  # newest orders that tell a new customer
_TO_TRY = 40  # products looked at for 凑单


class Figures:
    """Reads one figure of the engine."""

    def __init__(self, catalogue: ReadsCatalogue, orders: ReadsOrders, prices: AnswersPrices) -> None:
        self._catalogue = catalogue
        self._orders = orders
        self._prices = prices

    async def __call__(self, turn: Turn, need: Need, now: datetime, known: Facts) -> Any:
        """A figure of the engine; None when the order or the goods are not there any more."""
        shop, channel = turn.shop, turn.channel
        orders = (
            known.orders if known.orders is not None else await self._orders.orders_of(shop, turn.buyer_id, _ORDERS)
        )
        order_id, _, variant_id = need.key.partition("|")
        order = next((o for o in orders if o.id == order_id), None)
        buyer = await self._prices.buyer(shop, order.buyer_id if order else turn.buyer_id, orders)
        match need.kind:
            case "coupons":
                return await self._prices.coupons(shop, buyer, now)
            case "priced":
                cart, _, level = need.key.partition("@")  # as if the buyer had reached this level
                as_told = replace(buyer, level=level) if level else buyer
                return await self._prices.priced(shop, cart, as_told, channel, now)
            case "top_up":
                return await self._prices.top_up(shop, need.key, await self._to_add(turn, known), buyer, channel, now)
            case "diagnosis" if order is not None:
                earlier = [o for o in orders if o.created_at < order.created_at]
                then = await self._prices.buyer(shop, order.buyer_id, earlier)
                return await self._prices.diagnose(shop, order, then, channel, now)
            case "protection" if order is not None:
                return await self._prices.protect(shop, order, known.terms, channel, now)
            case "refundable" if order is not None:
                return await self._prices.refundable(shop, order, variant_id, buyer, known.terms, channel)
            case _:
                return None

    async def _to_add(self, turn: Turn, known: Facts) -> list[str]:
        """Products to try for 凑单: what goes with the ones in sight, then the rest of the shop."""
        related = [other for product in known.products.values() for other in product.related]
        names = await self._catalogue.names(turn.shop)
        return [*related, *(product_id for product_id, _ in names[:_TO_TRY])]
