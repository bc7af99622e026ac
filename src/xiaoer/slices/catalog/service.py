"""The shop's own catalogue (商品): products and stock read from the tables, titles searched in memory."""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from xiaoer.infra.db import Database
from xiaoer.kernel.asking import thing_asked_for
from xiaoer.kernel.commerce import Product, Taste, Variant
from xiaoer.kernel.decision import Wanted
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog import store
from xiaoer.slices.catalog.begun import begun_with
from xiaoer.slices.catalog.by_spec import SpecIndex
from xiaoer.slices.catalog.mentions import MentionIndex
from xiaoer.slices.catalog.needs import NeedIndex, kinds_in
from xiaoer.slices.catalog.rules import TitleIndex
from xiaoer.slices.catalog.shop_kinds import ShopKinds
from xiaoer.slices.catalog.store import VariantSink
from xiaoer.slices.catalog.types import FoundProduct

_CHECK_EVERY_S = 0.5  # a changed price, stock or title is seen in every worker within this time
_SHOPS = 64  # title indexes kept in memory
_RECOMMENDABLE = 5_000  # products of one shop that are ranked for a need
_BY_SPEC = 4_000  # variants of one shop among which a spec may lead to its product; read in about 0.1 s
_SPECS_STAY_S = 5.0
_PRODUCTS = 20_000  # products kept in memory over all shops

_ANY = Taste()
_USED_ON = re.compile(r"给[\u4e00-\u9fff]{2,4}?(?=充|供电|降温|洗|除|喂)")  # 能给手机充电的: no wish for a 手机


class EmbeddedCatalog:
    """`ProductSource` and `StockSource` over the shop's own rows."""

    kinds: frozenset[str] = frozenset()  # words of the trade that name a kind of thing (大米, 保温杯)
    direct: Callable[[ShopId, Product, Sequence[Variant]], Awaitable[tuple[Variant, ...]]] | None = None  # 直降价
    sound: Callable[[str], str] | None = None  # the syllables of Han characters; None: names are read, not heard

    def __init__(self, db: Database) -> None:
        self._db = db
        self._indexes: dict[ShopId, tuple[int, TitleIndex]] = {}
        self._need_indexes: dict[ShopId, tuple[int, NeedIndex, MentionIndex, ShopKinds]] = {}
        self._spec_indexes: dict[ShopId, tuple[int, float, SpecIndex]] = {}
        self._revisions: dict[ShopId, tuple[float, int]] = {}
        self._products: dict[tuple[ShopId, str], tuple[int, Product | None, tuple[Variant, ...]]] = {}

    async def product(self, shop: ShopId, product_id: str) -> Product | None:
        return (await self._held(shop, product_id))[0]

    async def products(self, shop: ShopId, product_ids: Sequence[str]) -> tuple[Product, ...]:
        return await self._db.read(lambda c: store.get_products(c, shop, product_ids))

    async def page(self, shop: ShopId, words: str = "", offset: int = 0, limit: int = 50) -> tuple[list[Product], int]:
        return await self._db.read(lambda c: store.page_products(c, shop, words, offset, limit))

    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]:
        return await self._as_sold(shop, *await self._held(shop, product_id))

    async def _as_sold(
        self, shop: ShopId, product: Product | None, variants: tuple[Variant, ...]
    ) -> tuple[Variant, ...]:
        """The variants with what they cost now."""
        return await self.direct(shop, product, variants) if self.direct and product and variants else variants

    async def _held(self, shop: ShopId, product_id: str) -> tuple[Product | None, tuple[Variant, ...]]:
        """A product with its variants; what was read stays good until the catalogue changes (seen in half a second)."""
        revision = await self.revision(shop)
        held = self._products.get((shop, product_id))
        if held is None or held[0] != revision:
            product, variants = await self._db.read(
                lambda c: (store.get_product(c, shop, product_id), store.variants_of(c, shop, product_id))
            )
            if len(self._products) >= _PRODUCTS:
                self._products.clear()
            held = self._products[shop, product_id] = (revision, product, variants)
        return held[1], held[2]

    async def revision(self, shop: ShopId) -> int:
        """The catalogue's revision, looked up at most twice a second."""
        seen = self._revisions.get(shop)
        if seen is None or seen[0] < time.monotonic():
            revision = await self._db.read(lambda c: store.revision(c, shop))
            seen = self._revisions[shop] = (time.monotonic() + _CHECK_EVERY_S, revision)
        return seen[1]

    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None:
        return await self._db.read(lambda c: store.get_variant(c, shop, variant_id))

    async def find(self, shop: ShopId, words: str, limit: int = 5) -> tuple[FoundProduct, ...]:
        found = (await self.titles(shop)).find(words, limit)
        products = {product.id: product for product in await self.products(shop, [id for id, _ in found])}
        return tuple(FoundProduct(products[id], score) for id, score in found if id in products)

    async def names(self, shop: ShopId) -> list[tuple[str, str]]:
        """Id and title of every product."""
        texts = await self._db.read(lambda c: store.search_texts(c, shop))
        return [(product_id, title) for product_id, title, _, _ in texts]

    async def recommend(
        self, shop: ShopId, need: str, max_yuan: float | None, limit: int, taste: Taste = _ANY
    ) -> tuple[Product, ...]:
        """Products for a need in the buyer's words, in stock and within the budget, best first. Who names a kind of
        thing (键盘) is shown such things only."""
        picks: list[Product] = []
        index = (await self._by_words(shop))[1]
        if (
            not taste.things
            and not index.names_thing(taste.said or need)
            and (kinds := kinds_in(wanted := _USED_ON.sub(" ", need), self.kinds) or kinds_in(wanted, index.sorts))
        ):
            taste = replace(
                taste, things=tuple(_bare(k) for k in kinds if not any(k != other and k in other for other in kinds))
            )
        for product_id in index.rank(need, 8 * limit, taste):
            product = (await self._held(shop, product_id))[0]
            if product is not None and await self._may_be_had(shop, product_id, max_yuan):
                picks.append(product)
                if len(picks) == limit:
                    break
        return tuple(picks)

    async def shelf(
        self, shop: ShopId, need: str, max_yuan: float | None, limit: int, taste: Taste
    ) -> tuple[tuple[Product, bool], ...]:
        """Goods in stock and within the budget, those first that hold most of the need's words, of at most `limit` that
        are looked at; with each, whether nothing of the taste rules it out."""
        found = []
        for product_id, may in (await self._by_words(shop))[1].shelf(need, limit, taste).items():
            product = (await self._held(shop, product_id))[0]
            if product is not None and await self._may_be_had(shop, product_id, max_yuan):
                found.append((product, may))
        return tuple(found)

    async def _may_be_had(self, shop: ShopId, product_id: str, max_yuan: float | None) -> bool:
        """Whether some variant is in stock, and within the budget where there is one."""
        product, variants = await self._held(shop, product_id)
        ready = tuple(variant for variant in variants if variant.stock > 0)
        if max_yuan is None or not ready:
            return bool(ready)
        return any(variant.pays.fen <= max_yuan * 100 for variant in await self._as_sold(shop, product, ready))

    def is_named(self, shop: ShopId, words: str) -> bool:
        """Whether the words name a kind of the shop's goods, as far as its shelf was read."""
        cached = self._need_indexes.get(shop)
        return cached is not None and cached[1].names_thing(words)

    async def named(self, shop: ShopId, text: str, limit: int, beside: str = "") -> tuple[Product, ...]:
        """Products that a question may mean by the kind of thing it names (保温杯多少钱), at most `limit`.

        With a product in sight (`beside`) only another kind of thing counts: on the page of a coat 「大米多少钱」 is
        about rice, 「纯棉的吗」 about the coat; so does the name of other goods that a clause begins with.
        """
        kinds = kinds_in(text, self.kinds)
        index = (await self._by_words(shop))[1]
        asked = thing_asked_for(text)  # 有竹笛吗, whatever is in sight; 有纯棉的吗 is about what is
        is_goods = bool(asked) and index.is_title_word(asked)
        if beside and is_goods:  # 有没有独立包装, which titles of other goods praise too
            is_goods = (await self._by_words(shop))[2].is_called(asked)
        kinds = kinds or ([asked] if is_goods else [])
        if beside:
            held = (await self._held(shop, beside))[0]
            if not kinds and held is not None:
                begun = begun_with(text, held, index.fronts, limit)
                others = [(await self._held(shop, one))[0] for one in begun]
                return tuple(product for product in others if product is not None)
            if not kinds or (held is not None and any(kind in held.title for kind in kinds)):
                return ()
        ids = index.named(text, limit, kinds) or (await self._by_words(shop))[2].of_kind(text)[:limit]
        ids = ids or ([] if beside else (await self._by_spec(shop)).named(text, limit))
        ids = ids or ([] if beside else (await self._by_words(shop))[2].surely(text)[:limit])
        found = [(await self._held(shop, one))[0] for one in ids]
        return tuple(p for p in found if p is not None and (not beside or any(kind in p.title for kind in kinds)))

    async def unsold(self, shop: ShopId, text: str) -> str:
        """What the words ask for, where the shop has nothing of the kind (有没有空气炸锅); empty when it may have."""
        return (await self._by_words(shop))[3].unsold(text)

    async def alike(self, shop: ShopId, product_id: str, limit: int) -> tuple[Product, ...]:
        """At most `limit` goods of the same kind as a product, those first that share most with it."""
        ids = (await self._by_words(shop))[3].alike(product_id)[:limit]
        goods = [(await self._held(shop, one))[0] for one in ids]
        return tuple(product for product in goods if product is not None)

    async def of_asked(self, shop: ShopId, text: str) -> frozenset[str] | None:
        """The ids of the goods of the kinds that the words ask for; None when they ask for no kind."""
        return (await self._by_words(shop))[3].of_asked(text)

    async def together(self, shop: ShopId, text: str, in_sight: str = "") -> tuple[Wanted, ...]:
        """The goods that are named in one breath (A 和 B 一起买), two or more; empty when the words name no several."""
        found = (await self._by_words(shop))[2].goods(text, in_sight)
        goods = [((await self._held(shop, one))[0], count) for one, count in found] if len(found) > 1 else []
        return tuple(Wanted(product, count) for product, count in goods if product is not None)

    async def spoken_of(self, shop: ShopId, texts: Sequence[str], in_sight: Sequence[str]) -> tuple[Wanted, ...]:
        """The last two products that a talk (`texts`, newest first) surely named, with those in sight; empty when
        it named no two."""
        index = (await self._by_words(shop))[2]
        named = dict.fromkeys(in_sight)
        for text in texts:
            if len(named) > 1:
                break
            named |= dict.fromkeys(index.surely(text))
        goods = [(await self._held(shop, one))[0] for one in list(named)[:2]]
        return tuple(Wanted(product) for product in goods if product) if len(goods) > 1 else ()

    async def _by_words(self, shop: ShopId) -> tuple[int, NeedIndex, MentionIndex, ShopKinds]:
        revision = await self.revision(shop)
        cached = self._need_indexes.get(shop)
        if cached is None or cached[0] != revision:
            products, total = await self.page(shop, "", 0, _RECOMMENDABLE)
            kinds = ShopKinds(products, total <= len(products))
            mentions = MentionIndex(products, self.sound)
            cached = self._need_indexes[shop] = (revision, NeedIndex(products), mentions, kinds)
            if len(self._need_indexes) > _SHOPS:
                self._need_indexes.pop(next(iter(self._need_indexes)))
        return cached

    async def _by_spec(self, shop: ShopId) -> SpecIndex:
        """What the shop's variants are called by; read when words named no goods. Stock changes all the time and specs
        hardly ever, so it is made anew after some seconds only; a shop of very many variants has none."""
        revision, now = await self.revision(shop), time.monotonic()
        cached = self._spec_indexes.get(shop)
        if cached is None or (cached[0] != revision and cached[1] < now):
            rows = await self._db.read(lambda c: store.all_variants(c, shop, _BY_SPEC + 1))
            products, _ = await self.page(shop, "", 0, _RECOMMENDABLE)
            index = SpecIndex(rows, products) if len(rows) <= _BY_SPEC else SpecIndex(())
            cached = self._spec_indexes[shop] = (revision, now + _SPECS_STAY_S, index)
            if len(self._spec_indexes) > _SHOPS:
                self._spec_indexes.pop(next(iter(self._spec_indexes)))
        return cached[2]

    async def titles(self, shop: ShopId) -> TitleIndex:
        """The title index of the shop, renewed when the catalogue has changed."""
        cached, revision = self._indexes.get(shop), await self.revision(shop)
        if cached is None or cached[0] != revision:
            cached = revision, TitleIndex(await self._db.read(lambda c: store.search_texts(c, shop)))
            self._indexes.pop(shop, None)
            self._indexes[shop] = cached
            if len(self._indexes) > _SHOPS:
                self._indexes.pop(next(iter(self._indexes)))
        return cached[1]

    async def keep_variants(self, shop: ShopId, variants: Sequence[Variant], now: datetime) -> int:
        """Store price and stock as another system tells them now; return how many differed from what was known."""
        products = {variant.product_id for variant in variants}
        known = {variant.id: variant for one in products for variant in (await self._held(shop, one))[1]}
        changed = [variant for variant in variants if variant != known.get(variant.id)]
        if changed:
            await self._db.write(lambda c: VariantSink().upsert(c, shop, [(variant, "") for variant in changed], now))
            for product_id in products:
                self._products.pop((shop, product_id), None)
        return len(changed)


def _bare(kind: str) -> str:
    """茶叶 is sold as 龙井茶."""
    return kind[:-1] if len(kind) == 2 and kind[-1] in "叶子类" else kind
