"""Products are found by id and by the buyer's words; a renamed product is found at once."""

from datetime import UTC, datetime

import pytest

from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog import store
from xiaoer.slices.catalog.ports import ProductSource, StockSource
from xiaoer.slices.catalog.rules import TitleIndex
from xiaoer.slices.catalog.service import EmbeddedCatalog

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
TITLES = TitleIndex(
    [
        ("P1", "云隙轻薄防晒外套女夏季新款连帽UPF50+", "服装", ("通勤", "热卖")),
        ("P2", "南枝法式碎花连衣裙女夏收腰", "服装", ("度假",)),
        ("P3", "轻羽防晒帽遮阳渔夫帽", "服装", ()),
        ("P4", "有机燕麦片500g", "食品", ("早餐",)),
    ]
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("防晒外套", ["P1"]),
        ("防嗮外套", ["P1"]),
        ("upf50+", ["P1"]),
        ("P2", ["P2"]),
        ("碎花 连衣裙", ["P2"]),
        ("通勤 外套", ["P1"]),
        ("燕麦片 食品", ["P4"]),
        ("帽", ["P3", "P1"]),
        ("冰箱", []),
        ("", []),
        ("？？！", []),
    ],
)
def test_words_find_the_products_they_mean(words: str, expected: list[str]) -> None:
    found = [product_id for product_id, _ in TITLES.find(words, 5)]
    assert found[: len(expected) or None] == expected


def test_exact_words_score_above_near_ones() -> None:
    exact, near = TITLES.find("防晒外套", 1)[0][1], TITLES.find("防嗮外套", 1)[0][1]
    assert exact == 1.0
    assert 0.6 < near < 0.95


async def test_products_and_stock_come_from_the_tables(db: Database, shop: ShopId) -> None:
    one = Product("P1", "外套", "服装", attributes={"材质": "棉"}, size_chart=({"size": "M", "cm": [1, 2]},))
    two = Product("P2", "帽子")
    skus = [Variant(f"V{n}", "P1", Money(9900 + n), {"尺码": "M"}, n, NOW) for n in (2, 1)]
    await db.write(lambda c: store.ProductSink().upsert(c, shop, [(one, "h"), (two, "h")], NOW))
    await db.write(lambda c: store.VariantSink().upsert(c, shop, [(sku, "h") for sku in skus], NOW))
    catalog = EmbeddedCatalog(db)
    source: ProductSource = catalog
    stock: StockSource = catalog
    assert await source.product(shop, "P1") == one
    assert await source.product(ShopId("other"), "P1") is None
    assert await source.products(shop, ["P2", "nothing", "P1"]) == (two, one)
    assert await stock.variants(shop, "P1") == (skus[1], skus[0])
    assert await stock.variant(shop, "V2") == skus[0]
    assert await stock.variant(shop, "V9") is None
    assert await catalog.page(shop, "帽") == ([two], 1)


async def test_a_changed_title_is_found(db: Database, shop: ShopId) -> None:
    sink = store.ProductSink()
    await db.write(lambda c: sink.upsert(c, shop, [(Product("P1", "外套"), "a")], NOW))
    assert [found.product.title for found in await EmbeddedCatalog(db).find(shop, "外套")] == ["外套"]
    before = await db.read(lambda c: store.revision(c, shop))
    await db.write(lambda c: sink.upsert(c, shop, [(Product("P1", "风衣"), "b")], NOW))
    assert await db.read(lambda c: store.revision(c, shop)) == before + 1
    assert [found.product.title for found in await EmbeddedCatalog(db).find(shop, "风衣")] == ["风衣"]
    assert await EmbeddedCatalog(db).find(shop, "外套") == ()
