"""Shop events keep the read models fresh, in whatever order and however often they come."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.orders.happening import take_event
from xiaoer.slices.orders.service import EmbeddedOrders

LIFE = (
    ("order.created", 0, {"buyer_id": "b", "pay_amount": "129.00", "items": [{"variant_id": "V1", "title": "外套", "quantity": 1, "price": "129.00"}]}),
    ("order.paid", 5, {}),
    ("order.shipped", 600, {"waybill_no": "YT1", "carrier": "圆通"}),
    ("shipment.updated", 700, {"waybill_no": "YT1", "text": "【嘉兴】已揽收"}),
    ("order.delivered", 3000, {}),
)  # fmt: skip


async def take(db: Database, shop: ShopId, clock: ManualClock, *events: tuple[str, int, dict[str, Any]]) -> Order:
    start = clock.now() - timedelta(days=5)
    for type_, minutes, data in events:
        fact = Event(
            shop, f"{type_}{minutes}", type_, start + timedelta(minutes=minutes), "", "b", {"order_id": "O1", **data}
        )
        await db.write(lambda c, fact=fact: take_event(c, shop, fact, clock.now()))
    order = await EmbeddedOrders(db).order(shop, "O1")
    assert order is not None
    return order


async def test_a_life_of_an_order_is_followed(db: Database, shop: ShopId, clock: ManualClock) -> None:
    order = await take(db, shop, clock, *LIFE)
    assert (order.status, order.pay_amount, order.buyer_id) == ("delivered", Money(12_900), "b")
    assert [item.title for item in order.items] == ["外套"]
    assert [(p.waybill_no, [step.text for step in p.traces]) for p in order.shipments] == [("YT1", ["【嘉兴】已揽收"])]
    assert order.paid_at and order.shipped_at and order.delivered_at


@pytest.mark.parametrize("seed", range(8))
async def test_order_and_number_of_times_do_not_matter(
    db: Database, shop: ShopId, clock: ManualClock, seed: int
) -> None:
    middle = list(permutations(LIFE[1:]))[seed * 3]
    shuffled = [LIFE[0], *middle, *middle[:2], LIFE[0]]
    order = await take(db, shop, clock, *shuffled)
    assert order.status == "delivered"
    assert (order.paid_at, order.shipped_at) != (None, None)
    assert [step.text for step in order.shipments[0].traces] == ["【嘉兴】已揽收"]
    assert order.shipments[0].carrier == "圆通"


async def test_a_late_event_does_not_bring_an_old_state_back(db: Database, shop: ShopId, clock: ManualClock) -> None:
    events = (LIFE[0], LIFE[1], ("order.closed", 60, {}), ("order.refund_requested", 30, {"amount": "129.00"}))
    assert (await take(db, shop, clock, *events)).status == "closed"


async def test_a_refund_goes_to_its_end_and_stays_there(db: Database, shop: ShopId, clock: ManualClock) -> None:
    events = (
        *LIFE,
        ("order.refunded", 5000, {"refund_id": "R1", "amount": "129.00"}),
        ("order.refund_requested", 4000, {"refund_id": "R1", "amount": "129.00", "kind": "return_refund"}),
    )
    order = await take(db, shop, clock, *events)
    assert order.status == "refunded"
    assert [(refund.status, refund.amount) for refund in order.refunds] == [("refunded", Money(12_900))]


@pytest.mark.parametrize(
    ("value", "fen"),
    [("129.00", 12_900), (129, 12_900), (129.9, 12_990), (0.1 + 0.2, 0), ("12.345", 0), (True, 0), (None, 0), ("-5", 0),
     ("NaN", 0), ([], 0), (float("inf"), 0)],
)  # fmt: skip
async def test_an_amount_that_is_not_exact_to_the_fen_is_not_taken(
    db: Database, shop: ShopId, clock: ManualClock, value: Any, fen: int
) -> None:
    order = await take(db, shop, clock, ("order.created", 0, {"buyer_id": "b", "pay_amount": value}))
    assert order.pay_amount == Money(fen)


async def test_an_unknown_state_is_kept_raw_and_guessed_from_never(
    db: Database, shop: ShopId, clock: ManualClock
) -> None:
    order = await take(db, shop, clock, LIFE[0], ("order.paid", 5, {"status": "WAIT_PRE_AUTH"}))
    assert (order.status, order.raw_status) == ("paid", "WAIT_PRE_AUTH")


async def test_a_clock_that_runs_ahead_does_not_shut_out_what_follows(
    db: Database, shop: ShopId, clock: ManualClock
) -> None:
    far = 60 * 24 * 300
    order = await take(db, shop, clock, LIFE[0], ("order.paid", far, {}))
    assert order.paid_at == clock.now()
    clock.advance(timedelta(minutes=1))
    fact = Event(shop, "x", "order.closed", clock.now(), "", "b", {"order_id": "O1"})
    await db.write(lambda c: take_event(c, shop, fact, clock.now()))
    assert (await EmbeddedOrders(db).order(shop, "O1")).status == "closed"  # type: ignore[union-attr]


async def test_a_payment_that_overtakes_its_order_is_kept_and_the_buyer_is_added(
    db: Database, shop: ShopId, clock: ManualClock
) -> None:
    early = Event(shop, "p", "order.paid", clock.now(), "", "", {"order_id": "O1", "pay_amount": "119.00"})
    await db.write(lambda c: take_event(c, shop, early, clock.now()))
    assert await EmbeddedOrders(db).orders_of(shop, "") == ()
    order = await take(db, shop, clock, LIFE[0])
    assert (order.buyer_id, order.status, order.pay_amount) == ("b", "paid", Money(11_900)), "the older amount is over"
    assert [item.title for item in order.items] == ["外套"]


@pytest.mark.parametrize(
    ("told", "later", "currency", "fen"),
    [
        ({"currency": "USD", "pay_amount": "25.00"}, {}, "USD", 2_500),
        ({"currency": "CNY", "pay_amount": "25.00"}, {}, "", 2_500),
        ({"pay_amount": "25.00"}, {"currency": "USD", "pay_amount": "4.00"}, "", 2_500),
        ({"currency": "USD", "pay_amount": "25.00"}, {"pay_amount": "26.00"}, "USD", 2_600),
        ({"currency": "USD", "pay_amount": "25.00"}, {"currency": "人民币", "pay_amount": "180"}, "USD", 2_500),
        ({"currency": {"code": "USD"}, "pay_amount": "25.00"}, {}, "", 0),
        ({}, {"currency": "usd", "pay_amount": "25.00"}, "USD", 2_500),
    ],
)
async def test_amounts_in_another_currency_are_never_taken_for_yuan(
    db: Database, shop: ShopId, clock: ManualClock, told: dict[str, Any], later: dict[str, Any], currency: str, fen: int
) -> None:
    created = {"items": [{"title": "外套", "price": "25.00"}], **told} if told else {}
    order = await take(db, shop, clock, ("order.created", 0, created), ("order.paid", 5, later))
    assert (order.currency, order.pay_amount) == (currency, Money(fen))
    assert len(order.items) == (fen > 0 and bool(told)), "a line whose price is in who knows what is no line"


async def test_a_parcel_without_a_number_is_the_only_one_of_its_order(
    db: Database, shop: ShopId, clock: ManualClock
) -> None:
    order = await take(db, shop, clock, *LIFE, ("shipment.updated", 900, {"text": "【杭州】派送中"}))
    assert [step.text for step in order.shipments[0].traces] == ["【嘉兴】已揽收", "【杭州】派送中"]


@pytest.mark.parametrize("data", [{}, {"order_id": 7}, {"order_id": ""}, {"order_id": ["x"]}])
async def test_an_event_that_cannot_be_used_changes_nothing(
    db: Database, shop: ShopId, clock: ManualClock, data: dict[str, Any]
) -> None:
    fact = Event(shop, "x", "order.paid", clock.now(), "", "", data)
    assert not await db.write(lambda c: take_event(c, shop, fact, clock.now()))
