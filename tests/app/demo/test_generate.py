"""The drawn half of the sample shop: orders, parcels and claims that hang together and on `now`."""

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xiaoer.app.demo.dates import SHOP_ZONE
from xiaoer.app.demo.generate import KINDS, DemoShop, generate, write_folder
from xiaoer.app.demo.shelf import Row, read_fen
from xiaoer.app.demo.showcase import (
    ARRIVING,
    DELIVERED,
    OVERDUE,
    PAID,
    REFUNDING,
    STUCK,
    UNPAID,
)

NOW = datetime(2026, 6, 18, 6, 30, tzinfo=UTC)
STATUSES = {
    "unpaid", "paid", "shipped", "delivered", "completed", "closed", "refunding", "refunded",
}  # fmt: skip
COLUMNS = {
    "products": "id title category url attributes tags size_chart related image",
    "variants": "id product_id spec price stock restock_at",
    "knowledge": "id question answer similar product_id category valid_from valid_to",
    "buyers": "id nick level tags phone created_at",
    "orders": "id buyer_id status created_at paid_at shipped_at delivered_at address receiver "
    "phone pay_amount promise_ship_at",
    "order_items": "order_id variant_id title quantity price pay_amount",
    "shipments": "waybill_no order_id carrier traces",
    "refunds": "id order_id kind status reason amount created_at",
}


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return generate(NOW)


@pytest.fixture(scope="module")
def orders(shop: DemoShop) -> dict[str, Row]:
    return {order["id"]: order for order in shop.orders}


def group_by_order(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["order_id"]].append(row)
    return grouped


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


def last_scan(shipment: Row) -> datetime:
    return time_of(shipment["traces"][-1]["at"])


@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_the_columns_of_the_import_format(shop: DemoShop, kind: str) -> None:
    expected = set(COLUMNS[kind].split())
    assert all(set(row) == expected for row in getattr(shop, kind))


def test_the_shop_has_four_hundred_orders_in_every_status(shop: DemoShop) -> None:
    counts = Counter(order["status"] for order in shop.orders)
    assert len(shop.orders) == 400
    assert set(counts) == STATUSES
    assert min(counts.values()) >= 20
    assert len(shop.buyers) == 150


def test_the_same_now_and_seed_give_the_same_shop() -> None:
    assert generate(NOW, seed=3) == generate(NOW, seed=3)
    assert generate(NOW, seed=3).orders != generate(NOW, seed=4).orders


def test_ten_days_later_everything_is_ten_days_later(shop: DemoShop) -> None:
    later = generate(NOW + timedelta(days=10))
    for before, after in zip(shop.orders, later.orders, strict=True):
        moved = time_of(after["created_at"]) - time_of(before["created_at"])
        assert (after["id"], moved) == (before["id"], timedelta(days=10))
        assert after["pay_amount"] == before["pay_amount"]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_nothing_has_happened_in_the_future_whatever_the_hour(hour: int) -> None:
    now = datetime(2026, 3, 1, hour, 5, tzinfo=SHOP_ZONE)
    shop = generate(now)
    for order in shop.orders:
        steps = [order[key] for key in ("created_at", "paid_at", "shipped_at", "delivered_at")]
        times = [time_of(step) for step in steps if step]
        assert times == sorted(times), order["id"]
        assert times[-1] <= now, order["id"]
    for shipment in shop.shipments:
        scans = [time_of(trace["at"]) for trace in shipment["traces"]]
        assert scans == sorted(scans) and all(scan <= now for scan in scans)
    assert all(time_of(refund["created_at"]) <= now for refund in shop.refunds)


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware datetime"):
        generate(datetime(2026, 6, 18))


def test_references_of_orders_resolve(shop: DemoShop, orders: dict[str, Row]) -> None:
    buyers = {buyer["id"] for buyer in shop.buyers}
    variants = {variant["id"] for variant in shop.variants}
    assert {order["buyer_id"] for order in shop.orders} <= buyers
    assert {item["variant_id"] for item in shop.order_items} <= variants
    assert {item["order_id"] for item in shop.order_items} == set(orders)
    assert {row["order_id"] for row in shop.shipments + shop.refunds} <= set(orders)
    waybills = [shipment["waybill_no"] for shipment in shop.shipments]
    assert len(orders) == len(shop.orders) and len(waybills) == len(set(waybills))


def test_what_was_paid_is_the_lines_plus_freight(shop: DemoShop, orders: dict[str, Row]) -> None:
    for order_id, items in group_by_order(shop.order_items).items():
        goods = sum(read_fen(item["pay_amount"]) for item in items)
        freight = 0 if goods >= 5900 else 800
        assert read_fen(orders[order_id]["pay_amount"]) == goods + freight, order_id
        for item in items:
            assert 0 < read_fen(item["pay_amount"]) <= read_fen(item["price"]) * item["quantity"]


def test_older_orders_got_the_full_reduction(shop: DemoShop, orders: dict[str, Row]) -> None:
    # One garment line of 169.00 × 2 = 338.00 and the like must have had 30.00 off, and so on.
    products = {p["id"]: p["category"] for p in shop.products}
    plain = {b["id"] for b in shop.buyers if b["level"] in ("普通", "银卡")}
    checked = 0
    for order_id, items in group_by_order(shop.order_items).items():
        if len(items) != 1 or orders[order_id]["buyer_id"] not in plain:
            continue
        variant = next(v for v in shop.variants if v["id"] == items[0]["variant_id"])
        if products[variant["product_id"]] not in ("服装", "家居"):
            continue
        if variant["product_id"] in ("P1001", "P1003", "P1011", "P1012", "P1016"):
            continue
        base = read_fen(items[0]["price"]) * items[0]["quantity"]
        off = 6000 if base >= 49900 else 3000 if base >= 29900 else 1500 if base >= 19900 else 0
        coupon = base - off - read_fen(items[0]["pay_amount"])
        assert coupon in (0, 2000), order_id
        assert coupon == 0 or base >= 19900, order_id
        checked += 1
    assert checked >= 20


def test_nobody_used_the_shop_coupon_twice(shop: DemoShop, orders: dict[str, Row]) -> None:
    # Outside clothes, home, food and today's direct cut only the coupon lowers a price.
    products = {p["id"]: p["category"] for p in shop.products}
    variants = {v["id"]: v["product_id"] for v in shop.variants}
    users: Counter[str] = Counter()
    for order_id, items in group_by_order(shop.order_items).items():
        ids = {variants[item["variant_id"]] for item in items}
        if {products[i] for i in ids} & {"服装", "家居", "食品"} or "P1501" in ids:
            continue
        list_price = sum(read_fen(item["price"]) * item["quantity"] for item in items)
        off = list_price - sum(read_fen(item["pay_amount"]) for item in items)
        assert off in (0, 2000), order_id
        users[orders[order_id]["buyer_id"]] += off == 2000
    assert sum(users.values()) >= 1
    assert max(users.values()) == 1


def test_status_and_times_agree(shop: DemoShop) -> None:
    parcels = group_by_order(shop.shipments)
    for order in shop.orders:
        status, order_id = order["status"], order["id"]
        if status in ("unpaid", "closed"):
            assert order["paid_at"] is None and not parcels[order_id]
        if status == "unpaid":
            assert NOW - time_of(order["created_at"]) < timedelta(hours=24)
        if status == "paid":
            assert order["paid_at"] and not order["shipped_at"]
        if status == "shipped":
            assert order["shipped_at"] and not order["delivered_at"] and parcels[order_id]
        if status in ("delivered", "completed"):
            assert order["delivered_at"] and parcels[order_id]
        if order["paid_at"]:
            promise = time_of(order["promise_ship_at"]) - time_of(order["paid_at"])
            assert promise == timedelta(hours=48)


def test_some_paid_orders_are_overdue_and_most_are_not(shop: DemoShop) -> None:
    paid = [order for order in shop.orders if order["status"] == "paid"]
    overdue = [order for order in paid if time_of(order["promise_ship_at"]) < NOW]
    assert len(overdue) == 8
    assert len(paid) - len(overdue) >= 30


def test_parcels_are_stuck_out_today_or_signed_by_a_stranger(shop: DemoShop, orders: dict[str, Row]) -> None:
    moving = [s for s in shop.shipments if orders[s["order_id"]]["status"] == "shipped"]
    scanned = [s for s in moving if s["traces"]]
    stuck = [s for s in scanned if NOW - last_scan(s) >= timedelta(days=3)]
    today = NOW.astimezone(SHOP_ZONE).date()
    out = [s for s in scanned if "正在派送" in s["traces"][-1]["text"]]
    doubtful = [s for s in shop.shipments if s["traces"] and re.search("快递柜|他人代收", s["traces"][-1]["text"])]
    returned = [s for s in scanned if "退回" in s["traces"][-1]["text"]]
    assert len(stuck) >= 10
    assert len(out) >= 14
    assert {last_scan(s).astimezone(SHOP_ZONE).date() for s in out} == {today}
    assert len(doubtful) >= 6
    assert len(returned) >= 2
    assert len(moving) - len(scanned) >= 6


def test_orders_from_two_depots_have_two_parcels(shop: DemoShop) -> None:
    assert max(len(rows) for rows in group_by_order(shop.shipments).values()) >= 2


def test_refunds_cover_kinds_and_never_exceed_what_was_paid(shop: DemoShop, orders: dict[str, Row]) -> None:
    assert {refund["kind"] for refund in shop.refunds} == {
        "refund_only", "return_refund", "exchange",
    }  # fmt: skip
    assert len({refund["status"] for refund in shop.refunds}) >= 9
    assert len({refund["reason"] for refund in shop.refunds}) >= 9
    for refund in shop.refunds:
        order = orders[refund["order_id"]]
        assert read_fen(refund["amount"]) <= read_fen(order["pay_amount"])
        assert (refund["kind"] == "exchange") == (refund["amount"] == "0.00")
        opened_at = time_of(refund["created_at"])
        assert opened_at >= time_of(order["delivered_at"] or order["paid_at"])
        if order["status"] == "refunded":
            assert refund["status"] == "refunded"
    open_orders = {r["order_id"] for r in shop.refunds}
    assert all(order["id"] in open_orders for order in shop.orders if order["status"] in ("refunding", "refunded"))


def test_the_demo_buyer_has_one_order_for_each_question(shop: DemoShop, orders: dict[str, Row]) -> None:
    mine = {order["id"] for order in shop.orders if order["buyer_id"] == "b-demo"}
    parcels = group_by_order(shop.shipments)
    assert mine == {UNPAID, PAID, OVERDUE, ARRIVING, STUCK, DELIVERED, REFUNDING}
    assert orders[UNPAID]["status"] == "unpaid"
    assert orders[PAID]["status"] == orders[OVERDUE]["status"] == "paid"
    assert time_of(orders[PAID]["promise_ship_at"]) > NOW > time_of(orders[OVERDUE]["promise_ship_at"])
    assert "预计6月19日送达" in parcels[ARRIVING][0]["traces"][-1]["text"]
    assert NOW - last_scan(parcels[STUCK][0]) > timedelta(days=3)
    assert NOW - time_of(orders[DELIVERED]["delivered_at"]) == timedelta(days=2)
    claim = next(refund for refund in shop.refunds if refund["order_id"] == REFUNDING)
    assert (claim["kind"], claim["status"]) == ("return_refund", "waiting_receipt")


def test_a_gold_card_paid_the_member_price_for_home_goods(orders: dict[str, Row]) -> None:
    # (399.00 + 85.00) × 0.95 = 459.80, then 满299减30.
    assert orders[PAID]["pay_amount"] == "429.80"


def test_the_folder_holds_what_was_generated(shop: DemoShop, tmp_path: Path) -> None:
    write_folder(shop, tmp_path / "shop")
    for kind in KINDS:
        text = (tmp_path / "shop" / f"{kind}.jsonl").read_text(encoding="utf-8")
        assert [json.loads(line) for line in text.splitlines()] == getattr(shop, kind)
    promotions = (tmp_path / "shop" / "promotions.toml").read_text(encoding="utf-8")
    assert promotions == shop.promotions
