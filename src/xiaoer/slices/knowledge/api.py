"""Asking the shop's knowledge (检索): the indexes in memory, and how they keep up with changes.

Every change of an entry counts the shop's revision up. Each worker compares that number with its own
(`refresh`) and takes over what changed, so an edit is live everywhere within the polling interval. Many changes
at once make a new index, built in a thread and swapped in; questions are answered from the old one until then.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import structs

from xiaoer.infra.db import Database
from xiaoer.kernel.asking import telling_letters
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.kernel.heard import TextAnalyser, TextForms
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.regions import region_in
from xiaoer.kernel.variables import variables_in
from xiaoer.slices.knowledge import rules, store
from xiaoer.slices.knowledge.ports import IntentOf
from xiaoer.slices.knowledge.retrieval.blocks import Asked, is_for_goods
from xiaoer.slices.knowledge.retrieval.index import FOLD_AT, ShopIndex
from xiaoer.slices.knowledge.retrieval.ranking import raised
from xiaoer.slices.knowledge.types import Entry, SearchResult

_AHEAD = 1.5  # times as near as the next
_READ_CHUNK = 500  # about 20 ms of the event loop


class Knowledge:
    """Retrieval for all shops. `shops_held` indexes stay in memory; the one not asked for longest goes first."""

    def __init__(
        self, database: Database, analyser: TextAnalyser, intent_of: IntentOf | None = None, shops_held: int = 200
    ) -> None:
        self._db = database
        self._analyser = analyser
        self._intent_of = intent_of
        self._shops_held = shops_held
        self._indexes: OrderedDict[ShopId, ShopIndex] = OrderedDict()
        self._variables: dict[ShopId, dict[str, str]] = {}
        self._loading: dict[ShopId, asyncio.Lock] = {}

    def search(
        self,
        shop: ShopId,
        text: str,
        *,
        now: datetime,
        forms: TextForms | None = None,
        intent: str = "",
        product_id: str = "",
        channel: str = "",
        audience: Sequence[str] = (),
        order_state: str = "",
        top_k: int = 5,
        product_category: str = "",
    ) -> SearchResult:
        """The live entries nearest to `text`, best first, in the words of `channel`. What is not told about the
        buyer and the order restricts nothing. The shop must be loaded (`ensure_loaded`)."""
        index = self._indexes.get(shop)
        if index is None:
            raise LookupError(f"The knowledge of shop {shop} is not loaded. Await ensure_loaded(shop) first.")
        self._indexes.move_to_end(shop)
        asked = Asked(
            forms or self._analyser.forms(text),
            now,
            intent,
            product_id or "",
            channel or "",
            tuple(audience),
            order_state or "",
            max(1, top_k),
            product_category or "",
        )
        found = self._of_province(index, asked, text, index.search(asked))
        own = self._variables.get(shop)
        if own and any("{" in hit.answer or "｛" in hit.answer for hit in found.hits):
            found = structs.replace(found, hits=tuple(_written_out(hit, own) for hit in found.hits))
        return found

    def _of_province(self, index: ShopIndex, asked: Asked, text: str, found: SearchResult) -> SearchResult:
        """What a shop says of a province holds in its cities (乌鲁木齐能发吗: 新疆不发), where it does
        not speak of the city itself."""
        region = region_in(text)
        first = found.hits[0] if found.hits else None
        if region is None or region.name == region.province or (first and region.name in _words(first)):
            return found
        forms = self._analyser.forms(text.replace(region.name, region.province))
        wide = index.search(structs.replace(asked, forms=forms))
        if not wide.hits or region.province not in _words(wide.hits[0]):
            return found
        return found if first and first.score > wide.hits[0].score else wide

    def of_named(self, found: SearchResult, question: str, product: Product) -> SearchResult:
        """What was found with no product in focus, where the words name `product`: the first entry is the surer when it
        is near already, of that product, and shares more with the question than the name. It overtakes none, and those
        for other goods go."""
        fit = tuple(hit for hit in found.hits if is_for_goods(hit.product_category, product.category))
        found = SearchResult(found.answerable and fit[:1] == found.hits[:1], fit)
        first = found.hits[0] if found.hits else None
        rest = max((hit.score for hit in found.hits[1:]), default=0.0)
        if first is None or first.product_id != product.id or not found.answerable or first.score < rest * _AHEAD:
            return found
        told = set(f"{first.matched}{first.question}{first.answer}") - set(product.title)
        if not told & telling_letters(question):
            return found
        score = round(raised(first.score), 4)
        return SearchResult(True, (structs.replace(first, score=score), *found.hits[1:]))

    def asks_about(self, shop: ShopId) -> frozenset[str]:
        """What some entries are made for, so that asking should tell it; see `ShopIndex.asks_about`."""
        index = self._indexes.get(shop)
        return index.asks_about if index is not None else frozenset()

    async def ensure_loaded(self, shop: ShopId) -> None:
        """Load the shop's index when it is not in memory; otherwise return at once."""
        if shop in self._indexes:
            return
        async with self._loading.setdefault(shop, asyncio.Lock()):
            if shop not in self._indexes:
                self._hold(shop, await self._build(shop))

    async def preview(self, shop: ShopId, changed: Sequence[Entry]) -> "Knowledge":
        """The shop's knowledge as it would be with these entries changed, for trials; this one stays as it is.

        It is made the way that publishing makes it (see `refresh`), so scores are those that would hold.
        """
        await self.ensure_loaded(shop)
        other = Knowledge(self._db, self._analyser, self._intent_of, 1)
        index = self._indexes[shop].branch()
        if changed and index.has_room(len(changed)):
            index.apply(changed, index.revision)
        elif changed:
            rows = index.live() | {str(entry.id): entry for entry in changed}
            kept = [entry for entry in rows.values() if entry.draft.status == "published"]
            index = await asyncio.to_thread(ShopIndex, kept, index.revision, self._analyser, self._intent_of)
        other._hold(shop, index)
        other._variables[shop] = self._variables.get(shop, {})
        return other

    async def refresh(self, shop: ShopId) -> bool:
        """Take over what changed since the last look; True when something had. Costs one small read when not."""
        index = self._indexes.get(shop)
        if index is None:
            return False
        async with self._loading.setdefault(shop, asyncio.Lock()):
            revision = await self._db.read(lambda c: store.revision_of(c, shop))
            if revision == index.revision:
                return False
            known = index.revision
            self._variables[shop] = await self._db.read(lambda c: store.variables_of(c, shop))
            # One row more than fits is asked for: then a new index is cheaper.
            changed = await self._db.read(lambda c: store.changed_since(c, shop, known, FOLD_AT + 1))
            if not index.has_room(len(changed)):
                self._hold(shop, await self._build(shop))
            else:
                index.apply(changed, revision)
            return True

    async def refresh_all(self) -> int:
        """Refresh every loaded shop; return how many had changed. To be called twice a second by each worker."""
        changed = 0
        for shop in list(self._indexes):
            changed += await self.refresh(shop)
        return changed

    def read_ahead(self, count: int) -> None:
        """Read intents of `count` entries of each loaded shop beforehand (`ShopIndex.read_ahead`)."""
        for index in list(self._indexes.values()):
            index.read_ahead(count)

    def forget(self, shop: ShopId) -> None:
        """Drop the shop's index; the next `ensure_loaded` builds it anew."""
        self._indexes.pop(shop, None)
        self._variables.pop(shop, None)

    def loaded(self) -> Mapping[ShopId, int]:
        """Shops in memory and their live entries."""
        return {shop: index.size for shop, index in self._indexes.items()}

    async def _build(self, shop: ShopId) -> ShopIndex:
        revision = await self._db.read(lambda c: store.revision_of(c, shop))
        self._variables[shop] = await self._db.read(lambda c: store.variables_of(c, shop))
        rows: list[Entry] = []
        while True:
            after = rows[-1].id if rows else ""
            chunk = await self._db.read(lambda c, after=after: store.published(c, shop, after, _READ_CHUNK))  # type: ignore[misc]
            rows += chunk
            if len(chunk) < _READ_CHUNK:
                break
            await asyncio.sleep(0)
        return await asyncio.to_thread(ShopIndex, rows, revision, self._analyser, self._intent_of)

    def _hold(self, shop: ShopId, index: ShopIndex) -> None:
        self._indexes[shop] = index
        self._indexes.move_to_end(shop)
        while len(self._indexes) > self._shops_held:
            self._variables.pop(self._indexes.popitem(last=False)[0], None)


def _words(hit: KnowledgeHit) -> str:
    return f"{hit.matched}{hit.question}{hit.answer}"


def _written_out(hit: KnowledgeHit, own: Mapping[str, str]) -> KnowledgeHit:
    """The hit with the shop's own variables in its answer, and what it says for live ones that have no fact."""
    answer = rules.expand(hit.answer, own)
    defaults = {name: rules.expand(own[name], own) for name in variables_in(answer) if name in own}
    return structs.replace(hit, answer=answer, defaults=defaults)
