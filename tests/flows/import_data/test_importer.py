"""An import is checked whole, written once, and told in a report."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.catalog.tables import products
from xiaoer.slices.imports import store as runs
from xiaoer.slices.imports.types import ImportRun
from xiaoer.slices.orders.service import EmbeddedOrders


@pytest.fixture
def importer(db: Database, clock: ManualClock) -> Importer:
    return Importer(db, clock)


def counts(run: ImportRun) -> tuple[str, int, int, int, int]:
    return run.status, run.added, run.changed, run.unchanged, run.refused


async def put(importer: Importer, shop: ShopId, name: str, *lines: str, **options: Any) -> ImportRun:
    return await importer.import_file(shop, "\n".join(lines).encode(), name=name, **options)


async def test_rows_are_added_then_unchanged_then_changed(importer: Importer, shop: ShopId, db: Database) -> None:
    first = await put(importer, shop, "商品.csv", "商品ID,标题", "P1,外套", "P2,帽子")
    again = await put(importer, shop, "products.csv", "title,id", "外套,P1", "帽子,P2")
    third = await put(importer, shop, "products.csv", "id,title", "P1,外套 新款", "P2,帽子", "P3,袜子")
    assert counts(first) == ("done", 2, 0, 0, 0)
    assert counts(again) == ("done", 0, 0, 2, 0)
    assert counts(third) == ("done", 1, 1, 1, 0)
    found = await EmbeddedCatalog(db).product(shop, "P1")
    assert found is not None
    assert found.title == "外套 新款"


async def test_a_missing_column_leaves_what_is_stored(importer: Importer, shop: ShopId, db: Database) -> None:
    await put(importer, shop, "products.csv", "id,title", "P1,外套")
    await put(importer, shop, "variants.csv", "SKU,商品ID,规格,价格,库存", "V1,P1,颜色:白,99,1")
    run = await put(importer, shop, "variants.csv", "SKU,商品ID,价格,库存", "V1,P1,99,0")
    again = await put(importer, shop, "variants.csv", "SKU,商品ID,价格,库存", "V1,P1,99,0")
    variant = await EmbeddedCatalog(db).variant(shop, "V1")
    assert variant is not None
    assert (variant.spec, variant.stock) == ({"颜色": "白"}, 0)
    assert (run.changed, again.unchanged) == (1, 1)


async def test_the_report_names_the_refused_rows_and_the_rest_is_kept(
    importer: Importer, shop: ShopId, db: Database
) -> None:
    await put(importer, shop, "products.csv", "id,title", "P1,外套")
    run = await put(importer, shop, "variants.csv", "SKU,商品ID,价格", "V1,P1,99", "V2,P1,九块九", "V3,P9,5", "V1,P1,1")
    assert counts(run) == ("done", 1, 0, 0, 3)
    assert {refusal.code: refusal.text for refusal in run.refusals} == {
        "not_a_number": "第 3 行：价格『九块九』不是数字，已跳过",
        "duplicate_id": "第 5 行：SKU『V1』和第 2 行重复，已跳过",
        "unknown_product": "第 4 行：商品ID『P9』不在已导入的商品里，已跳过",
    }
    kept = await EmbeddedCatalog(db).variants(shop, "P1")
    assert [variant.price.yuan for variant in kept] == ["99.00"]


@pytest.mark.parametrize("bad", ["V2,P1,x", "V2,P9,5"], ids=["cell", "reference"])
async def test_strict_refuses_the_file_at_the_first_bad_row(
    importer: Importer, shop: ShopId, db: Database, bad: str
) -> None:
    await put(importer, shop, "products.csv", "id,title", "P1,外套")
    run = await put(importer, shop, "variants.csv", "SKU,商品ID,价格", "V1,P1,99", bad, strict=True)
    assert counts(run) == ("refused", 0, 0, 0, 1)
    assert run.error_code == "strict"
    assert "第 3 行" in run.error
    assert await EmbeddedCatalog(db).variants(shop, "P1") == ()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("products.csv", b"", "empty_file"),
        ("products.csv", b"id,title\nP1,a\nP2,\xff\xfe\xff", "bad_encoding"),
        ("products.csv", b'id,title\nP1,a\nP2,"b\n', "broken_csv"),
        ("products.csv", b"id,name_of_it\nP1,a\n", "missing_column"),
        ("products.xlsx", b"PK\x03\x04rest is lost", "broken_workbook"),
        ("stuff.csv", b"id,title\nP1,a\n", "unknown_kind"),
        ("promotions.toml", b"[[promotions]]\nid = 'A'\n", "kind_not_kept"),
    ],
)
async def test_a_broken_file_changes_nothing(
    importer: Importer, shop: ShopId, db: Database, name: str, data: bytes, code: str
) -> None:
    run = await importer.import_file(shop, data, name=name)
    assert counts(run) == ("refused", 0, 0, 0, 0)
    assert run.error_code == code
    assert run.error.endswith("。")
    assert await EmbeddedCatalog(db).page(shop) == ([], 0)


async def test_a_file_that_is_too_large_is_not_read(db: Database, clock: ManualClock, shop: ShopId) -> None:
    run = await put(Importer(db, clock, max_bytes=10), shop, "products.csv", "id,title", "P1,外套")
    assert (run.status, run.error_code) == ("refused", "too_large")


async def test_a_folder_is_imported_in_the_order_of_references(
    importer: Importer, shop: ShopId, db: Database, tmp_path: Path
) -> None:
    files = {
        "variants.csv": "SKU,商品ID,价格\nV1,P1,99\n",
        "products.csv": "id,title\nP1,外套\n",
        "shipments.jsonl": '{"waybill_no":"SF1","order_id":"O1","carrier":"顺丰",'
        '"traces":[{"at":"2026-06-02","text":"到达"},{"at":"2026-06-01","text":"揽收"}]}\n',
        "订单.csv": "订单号,买家ID,状态,下单时间,实付\nO1,b1,已发货,2026-06-01,99\n",
        "order_items.csv": "order_id,variant_id,title,quantity,price,pay_amount\nO1,V1,外套,1,99,99\n",
        "refunds.csv": "id,order_id,kind,status,amount\nR1,O1,仅退款,处理中,9.9\n",
        "buyers.csv": "id,nick,phone\nb1,小鱼,13800008000\n",
        ".hidden.csv": "id\n1\n",
        "readme.md": "# not a file of rows",
    }
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = await importer.import_folder(shop, folder)
    assert [run.kind for run in done] == [
        "buyers",
        "products",
        "variants",
        "orders",
        "order_items",
        "shipments",
        "refunds",
    ]
    assert {counts(run) for run in done} == {("done", 1, 0, 0, 0)}
    (order,) = await EmbeddedOrders(db).orders_of(shop, "b1")
    assert (order.status, order.items[0].title, order.refunds[0].kind) == ("shipped", "外套", "refund_only")
    assert [step.text for step in order.shipments[0].traces] == ["揽收", "到达"]
    assert [buyer.id for buyer in await EmbeddedBuyers(db).buyers_by_phone_ending(shop, "8000")] == ["b1"]


async def test_a_run_is_kept_with_its_report(importer: Importer, shop: ShopId, db: Database) -> None:
    heard: list[tuple[int, int]] = []
    rows = [f"P{number},商品{number}" for number in range(1200)]
    begun = await importer.begin(shop, "products.csv", by="老板")
    assert (await db.read(lambda c: runs.get(c, shop, begun.id))) == begun, "it can be watched before it began"
    run = await put(
        importer,
        shop,
        "products.csv",
        "id,title",
        *rows,
        "P0,",
        begun=begun,
        progress=lambda done, total: heard.append((done, total)),
    )
    kept, total = await db.read(lambda c: runs.page(c, shop))
    assert (kept, total) == ([run], 1)
    assert (run.id, run.by, run.done, run.total, run.file_name) == (begun.id, "老板", 1201, 1201, "products.csv")
    assert heard == sorted(heard)
    assert heard[-1] == (1201, 1201)


async def test_shops_do_not_see_each_other(importer: Importer, db: Database) -> None:
    await put(importer, ShopId("a"), "products.csv", "id,title", "P1,外套")
    run = await put(importer, ShopId("b"), "variants.csv", "SKU,商品ID,价格", "V1,P1,99")
    assert run.refused == 1
    assert await EmbeddedCatalog(db).product(ShopId("b"), "P1") is None


class _Kept:
    """A sink of a test's own: keeps rows in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Any, str]] = {}
        self.fails = False

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Any) -> dict[str, str]:
        return {id: self.rows[id][1] for id in ids if id in self.rows}

    def upsert(self, connection: Connection, shop: ShopId, rows: Any, now: Any, keep: Any = ()) -> None:
        if self.fails:
            raise OSError("disk full")
        self.rows.update({row.id: (row, hashed) for row, hashed in rows})


async def test_other_slices_plug_in_sinks_and_checks(db: Database, clock: ManualClock, shop: ShopId) -> None:
    sink = _Kept()
    checks = {"knowledge": lambda row: "答案里的{价格表}没有定义" if "{价格表}" in row.answer else None}
    importer = Importer(db, clock, {"knowledge": sink}, checks)
    lines = ("id,question,answer,product_id", "K1,怎么退,七天内可退,", "K2,多少钱,看{价格表},", "K3,尺码,看表,P1")
    run = await put(importer, shop, "knowledge.csv", *lines)
    assert counts(run) == ("done", 2, 0, 0, 1)
    assert run.refusals[0].text == "第 3 行：答案里的{价格表}没有定义，已跳过"
    assert run.warnings == ("有 1 行写的商品还没有导入，等商品导入后才会用上。",)
    assert set(sink.rows) == {"K1", "K3"}


async def test_a_write_that_fails_is_told_and_can_be_repeated(db: Database, clock: ManualClock, shop: ShopId) -> None:
    sink = _Kept()
    sink.fails = True
    importer = Importer(db, clock, {"knowledge": sink})
    begun = await importer.begin(shop, "knowledge.csv")
    with pytest.raises(OSError, match="disk full"):
        await put(importer, shop, "knowledge.csv", "id,question,answer", "K1,问,答", begun=begun)
    run = await db.read(lambda c: runs.get(c, shop, begun.id))
    assert run is not None
    assert (run.status, run.error_code) == ("failed", "write_failed")
    sink.fails = False
    assert counts(await put(importer, shop, "knowledge.csv", "id,question,answer", "K1,问,答")) == ("done", 1, 0, 0, 0)


_CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_TABLE = st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=_TABLE)
async def test_the_same_file_twice_changes_nothing(
    table: list[tuple[str, str, str]], importer: Importer, db: Database
) -> None:
    shop, text = ShopId(new_id()), io.StringIO()
    csv.writer(text).writerows([("id", "title", "tags"), *table])
    data = text.getvalue().encode()
    first = await importer.import_file(shop, data, name="products.csv")
    again = await importer.import_file(shop, data, name="products.csv")
    assert (again.added, again.changed) == (0, 0)
    assert (again.status, again.unchanged, again.refused) == (first.status, first.added, first.refused)
    stored = await db.read(lambda c: c.scalar(select(func.count()).where(products.c.shop == shop)))
    assert stored == first.added
