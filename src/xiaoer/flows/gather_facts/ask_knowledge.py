"""The knowledge is asked (查知识): every question of a turn, for the goods, the buyer and the order that it is about.

Which goods the words name may be known only after the first search; what was found before is then looked at again.
"""

from datetime import datetime
from typing import Any

from xiaoer.flows.gather_facts.ports import ReadsBuyers, ReadsCatalogue, ReadsOrders, SearchesKnowledge
from xiaoer.flows.gather_facts.within import within
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import Facts, KnowledgeHit, Need
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.knowledge.surroundings import NOT_KNOWN, NOT_READ, who_asks
from xiaoer.slices.knowledge.types import SearchResult

_ORDERS = 10  # newest orders that tell who asks


def with_earlier(
    earlier: dict[int, tuple[KnowledgeHit, ...]], found: dict[int, tuple[KnowledgeHit, ...]], answers: dict[int, bool]
) -> dict[int, tuple[KnowledgeHit, ...]]:
    """What a second search found beside what the first did; where the second answers, what it found stands first."""
    both = {}
    for segment, hits in found.items():
        first, then = (hits, earlier.get(segment, ())) if answers[segment] else (earlier.get(segment, ()), hits)
        known = {hit.id for hit in first}
        both[segment] = (*first, *(hit for hit in then if hit.id not in known))
    return both


class AskKnowledge:
    """Searches the shop's entries for the questions of a turn."""

    def __init__(
        self,
        knowledge: SearchesKnowledge,
        catalogue: ReadsCatalogue,
        orders: ReadsOrders,
        buyers: ReadsBuyers,
        timeout_s: float,
    ) -> None:
        self._knowledge = knowledge
        self._catalogue = catalogue
        self._orders = orders
        self._buyers = buyers
        self._timeout_s = timeout_s

    async def __call__(
        self, turn: Turn, heard: Heard, needs: tuple[Need, ...], now: datetime, named: dict[int, Product]
    ) -> tuple[dict[int, Any], dict[int, bool]]:
        """The entries near to each question; `named` are the only goods that a segment's words name."""
        searches = [need for need in needs if need.kind == "knowledge"]
        surroundings: dict[str, Any] = {}
        about: frozenset[str] = frozenset()
        if searches:
            await self._knowledge.ensure_loaded(turn.shop)
            about = self._knowledge.asks_about(turn.shop)
            surroundings = await self._surroundings(turn) if "buyer" in about else {}
        knowledge: dict[int, Any] = {}
        answerable: dict[int, bool] = {}
        for need in searches:
            segment, goods = heard.segments[need.segment], named.get(need.segment)
            product_id = (segment.entities.product_ids or (turn.product_in_focus or "",))[0]
            result = self._knowledge.search(
                turn.shop,
                need.key,
                now=now,
                intent=segment.intent,
                product_id=product_id,
                channel=turn.channel,
                top_k=3,
                product_category=await self._category(turn.shop, product_id, goods) if "category" in about else "",
                **surroundings,
            )
            if goods is not None and not product_id:
                result = self._knowledge.of_named(result, segment.text, goods)
            knowledge[need.segment], answerable[need.segment] = result.hits, result.answerable
        return knowledge, answerable

    def once_named(
        self, turn: Turn, heard: Heard, before: Facts, named: dict[int, Product]
    ) -> tuple[dict[int, tuple[KnowledgeHit, ...]], dict[int, bool]]:
        """What was found before it was known which goods the words name, and whether it answers."""
        hits, answerable = dict(before.knowledge), dict(before.answerable)
        for n, product in named.items():
            segment = heard.segments[n]
            if n in before.knowledge and not segment.entities.product_ids and not turn.product_in_focus:
                found = SearchResult(before.answerable[n], before.knowledge[n])
                found = self._knowledge.of_named(found, segment.text, product)
                hits[n], answerable[n] = found.hits, found.answerable
        return hits, answerable

    async def _surroundings(self, turn: Turn) -> dict[str, Any]:
        """Who asks and how the order in focus stands; what cannot be told fits none."""
        ok, orders = await within(self._timeout_s, self._orders.orders_of(turn.shop, turn.buyer_id, _ORDERS))
        known, buyer = await within(self._timeout_s, self._buyers.buyer(turn.shop, turn.buyer_id))
        if not ok or not known:
            return NOT_READ
        return who_asks(buyer, orders, turn.order_in_focus)

    async def _category(self, shop: ShopId, product_id: str, named: Product | None) -> str:
        if not product_id:
            return named.category if named else ""
        ok, product = await within(self._timeout_s, self._catalogue.product(shop, product_id))
        if not ok:
            return NOT_KNOWN
        return product.category if product else ""
