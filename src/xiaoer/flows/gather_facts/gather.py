"""Facts are gathered (取数): every need of a decision, in parallel, each within its time limit.

A source that cannot be asked is named in `Facts.missing`, so that the reply says so instead of guessing. Contact data
of orders are masked here, before any rule or wording sees them. What is computed from an order (diagnosis, refund)
waits for the buyer's orders, which are read once a turn.
"""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from xiaoer.flows.gather_facts.ask_knowledge import AskKnowledge, with_earlier
from xiaoer.flows.gather_facts.compare import compare
from xiaoer.flows.gather_facts.figures import Figures
from xiaoer.flows.gather_facts.masking import masked
from xiaoer.flows.gather_facts.ports import (
    AnswersPrices,
    PricesNow,
    ProvesOrders,
    ReadsBuyers,
    ReadsCatalogue,
    ReadsOrders,
    ReadsTerms,
    ReadsTickets,
    ReadsTransit,
    SearchesKnowledge,
    Sells,
)
from xiaoer.flows.gather_facts.within import within
from xiaoer.kernel.commerce import Order, Product, Variant
from xiaoer.kernel.decision import Facts, Need
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.shop_facts import Offer, PriceNow
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules.bargaining import is_only_context, price_words
from xiaoer.slices.policies.rules.picking import goods_pointed_at
from xiaoer.slices.promotions.service import Promotions

_ORDERS = 10  # newest orders read per turn
# Where the facts keep what a kind of need brings: by the key of the need, by its segment, or as a whole.
_BY_SEGMENT = {
    "named": "recommended",
    "sold": "unsold",
    "together": "together",
    "spoken": "together",
    "bargain": "bargains",
    "recommend": "picks",
    "similar": "picks",
}
_WHOLE = ("offers", "shop_offers", "coupons", "stackings", "tickets", "buyer")
_PICKS = 3  # products recommended at once
_BY_KEY = {"product": "products", "variants": "variants", "price": "prices", "diagnosis": "diagnoses",
           "protection": "protections", "priced": "priced", "top_up": "top_ups", "refundable": "refundable",
           "transit": "transits"}  # fmt: skip


class GatherFacts:
    """Reads what a decision needs."""

    def __init__(
        self,
        knowledge: SearchesKnowledge,
        catalogue: ReadsCatalogue,
        orders: ReadsOrders,
        promotions: Promotions,
        price_now: PricesNow,
        prices: AnswersPrices,
        prove: ProvesOrders,
        tickets: ReadsTickets,
        terms: ReadsTerms,
        buyers: ReadsBuyers,
        transit: ReadsTransit,
        sells: Sells,
        timeout_s: float,
    ) -> None:
        self._knowledge = AskKnowledge(knowledge, catalogue, orders, buyers, timeout_s)
        self._catalogue = catalogue
        self._orders = orders
        self._promotions = promotions
        self._price_now = price_now
        self._prices = prices
        self._figures = Figures(catalogue, orders, prices)
        self._prove = prove
        self._tickets = tickets
        self._terms = terms
        self._buyers = buyers
        self._transit = transit
        self._bargain = sells.bargain
        self._picks = sells.picks
        self._trials = sells.trials
        self._timeout_s = timeout_s

    async def __call__(
        self, turn: Turn, heard: Heard, needs: tuple[Need, ...], now: datetime, known: Facts | None = None
    ) -> Facts:
        """Return `known` with the facts of `needs` added; never raises because a source is down."""
        before = known or Facts(terms=await self._terms.of(turn.shop))
        reads: dict[tuple[str, str], Awaitable[Any]] = {}
        for need in needs:
            key = (need.kind, need.key)
            if key == ("orders", "") and before.orders is not None:
                continue  # once a turn
            if key not in reads and (read := self._read(turn, heard, need, now, before)) is not None:
                reads[key] = read
        outcomes = await self._outcomes(reads)
        found = {key: value for key, (ok, value) in outcomes.items() if ok}
        scene = before.scene if known else await self._picks.scene(turn, heard, now)
        trials, scene = await compare(self._trials, turn, before, found, scene)
        missing = tuple(key for key, (ok, _) in outcomes.items() if not ok)
        named = {need.segment: found.get((need.kind, need.key), ()) for need in needs if need.kind == "named"}
        about = {segment: goods[0] for segment, goods in named.items() if len(goods) == 1}
        knowledge, answerable = await self._knowledge(turn, heard, needs, now, about)
        earlier, answers = self._knowledge.once_named(turn, heard, before, about)
        values: dict[str, Any] = {
            "knowledge": earlier | with_earlier(earlier, knowledge, answerable),
            "answerable": answers | answerable,
            "scene": scene,
            "trials": before.trials + trials,
            "asked": before.asked + needs,
            "missing": before.missing + missing,
        }
        for (kind, of), value in found.items():
            if kind in _WHOLE:
                values[kind] = value
            elif kind in _BY_KEY and value is not None:
                _among(values, before, _BY_KEY[kind])[of] = value
        for need in needs:
            name, answer = _BY_SEGMENT.get(need.kind), found.get((need.kind, need.key))
            if name and answer is not None:
                _among(values, before, name)[need.segment] = answer
        values |= self._own_orders(turn, before, found)
        return replace(before, **values)

    def _own_orders(self, turn: Turn, before: Facts, found: dict[tuple[str, str], Any]) -> dict[str, Any]:
        """The buyer's own orders and the ones proven now, contact data masked."""
        orders = before.orders
        if ("orders", "") in found:
            orders = tuple(masked(order, turn.buyer_id) for order in found[("orders", "")])
        verified = dict(before.verified)
        for (kind, key), value in found.items():
            if kind == "verify":
                word, order = value
                verified[key.partition("|")[0]] = word
                if order is not None and all(o.id != order.id for o in orders or ()):
                    orders = (masked(order, turn.buyer_id), *(orders or ()))
        return {"orders": orders, "verified": verified}

    def _read(self, turn: Turn, heard: Heard, need: Need, now: datetime, known: Facts) -> Awaitable[Any] | None:
        shop = turn.shop
        match need.kind:
            case "product":
                return self._product(shop, need.key)
            case "variants":
                return self._variants(shop, need.key)
            case "orders":
                return self._all_orders(shop, turn.buyer_id, turn.memory)
            case "offers" | "shop_offers":
                return self._offers(turn, need.kind == "shop_offers", need.key, now)
            case "price":
                return self._price(turn, need.key)
            case "recommend":
                return self._picks.for_need(turn, heard.segments[need.segment], now)
            case "similar":
                return self._picks.similar(turn, heard.segments[need.segment], need.key, now)
            case "named":
                return self._named(turn, need.key)
            case "sold":
                return self._catalogue.unsold(shop, need.key)
            case "together":
                return self._catalogue.together(shop, need.key, turn.product_in_focus or "")
            case "spoken":
                in_sight, *texts = need.key.split("\n")
                return self._catalogue.spoken_of(shop, texts, [one for one in in_sight.split(",") if one])
            case "verify":
                order_id, _, ending = need.key.partition("|")
                return self._prove(shop, f"{turn.channel}:{turn.buyer_id}", order_id, ending)
            case "bargain":
                by = "context" if is_only_context(heard.segments, turn) else "price"
                words = replace(heard.segments[need.segment], text=price_words(heard.segments, turn), by=by)
                return self._bargain(turn, words, need.key, now)
            case "transit":
                return self._transit(shop, need.key)
            case "buyer":
                return self._buyers.buyer(shop, turn.buyer_id)
            case "tickets":
                return self._tickets(shop, turn.buyer_id)
            case "stackings":
                return self._prices.stackings(shop, turn.channel, now)
            case "coupons" | "priced" | "top_up" | "diagnosis" | "protection" | "refundable":
                return self._figures(turn, need, now, known)
            case _:
                return None

    async def _named(self, turn: Turn, text: str) -> tuple[Product, ...]:
        """The goods that the words name; else those of the order talked about that they point at (这个会缩水吗)."""
        if turn.product_in_focus or not turn.memory.order_id:
            return await self._catalogue.named(turn.shop, text, _PICKS, turn.product_in_focus or "")
        orders = await self._all_orders(turn.shop, turn.buyer_id, turn.memory)
        order = next((one for one in orders if one.id == turn.memory.order_id), None)
        line, is_called_so = goods_pointed_at(text, order) if order else (None, False)
        bought = await self._product(turn.shop, f"of:{line.variant_id}") if line else None
        if bought and is_called_so:
            return (bought,)
        found = await self._catalogue.named(turn.shop, text, _PICKS, bought.id if bought else "")
        return found or ((bought,) if bought else ())

    async def _product(self, shop: ShopId, key: str) -> Product | None:
        """By id, or `of:VARIANT`."""
        if key.startswith("of:"):
            variant = await self._catalogue.variant(shop, key[3:])
            return await self._catalogue.product(shop, variant.product_id) if variant else None
        return await self._catalogue.product(shop, key)

    async def _variants(self, shop: ShopId, key: str) -> tuple[Variant, ...]:
        if key.startswith("of:"):
            variant = await self._catalogue.variant(shop, key[3:])
            return await self._catalogue.variants(shop, variant.product_id) if variant else ()
        return await self._catalogue.variants(shop, key)

    async def _all_orders(self, shop: ShopId, buyer_id: str, memory: Memory) -> tuple[Order, ...]:
        """The buyer's orders, and those that were proven in this talk."""
        own = await self._orders.orders_of(shop, buyer_id, _ORDERS)
        ids = {order.id for order in own}
        proven = [await self._orders.order(shop, id_) for id_ in memory.verified if id_ not in ids]
        return (*own, *(order for order in proven if order is not None))

    async def _price(self, turn: Turn, product_id: str) -> PriceNow | None:
        """The price now of the cheapest piece in stock."""
        ready = [v for v in await self._catalogue.variants(turn.shop, product_id) if v.stock > 0]
        if not ready:
            return None
        cheapest = min(ready, key=lambda variant: variant.price)
        return await self._price_now.price_now(turn.shop, cheapest.id, turn.buyer_id, turn.channel)

    async def _offers(self, turn: Turn, every: bool, about: str, now: datetime) -> tuple[Offer, ...]:
        """Promotions that run now, of the product talked `about`, else of the one in focus when there is one; or
        `every` one, with whether it is for that product."""
        product_id = about or turn.product_in_focus or ""
        product = await self._catalogue.product(turn.shop, product_id) if product_id else None
        variants = await self._catalogue.variants(turn.shop, product_id) if product else ()
        return await self._promotions.offers(
            turn.shop,
            product_id=product.id if product else "",
            category=product.category if product else "",
            variant_ids=[variant.id for variant in variants],
            channel=turn.channel,
            every=every,
            at=now,
        )

    async def _outcomes(self, reads: dict[tuple[str, str], Awaitable[Any]]) -> dict[tuple[str, str], tuple[bool, Any]]:
        if len(reads) == 1:  # the usual turn; a task of its own would cost more than the read
            return {key: await within(self._timeout_s, read) for key, read in reads.items()}
        return dict(
            zip(reads, await asyncio.gather(*(within(self._timeout_s, r) for r in reads.values())), strict=True)
        )


def _among(values: dict[str, Any], before: Facts, name: str) -> dict[Any, Any]:
    """A field of the new facts that is a table, begun with what was known."""
    if name not in values:
        values[name] = dict(getattr(before, name))
    table: dict[Any, Any] = values[name]
    return table
