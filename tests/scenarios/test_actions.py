"""Actions: once per id, guarded by the order's state, by the shop's rules; races end in one deed and true words."""

import asyncio
from datetime import datetime, timedelta

import pytest
from tests.scenarios.shop import Stage

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Order, OrderItem
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.terms import AutoActions
from xiaoer.slices.actions.rules import decide_by_whom
from xiaoer.slices.orders.acting import EmbeddedOrderActions, ProveOrder
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.orders.store.sinks import order_sink
from xiaoer.slices.orders.types import OrderAction

ALL = frozenset({"cancel", "change_address", "change_note", "open_after_sale"})


async def put(db: Database, shop: ShopId, status: str, now: datetime) -> None:
    item = OrderItem("V1", "外套", 1, Money(12_900), Money(12_900))
    order = Order("O1", "b", status, now - timedelta(hours=5), Money(12_900), (item,), phone="13900001234")
    await db.write(lambda c: order_sink.upsert(c, shop, [(order, "")], now))


@pytest.mark.parametrize(
    ("kind", "status", "outcome", "after"),
    [
        ("cancel", "unpaid", "done", "closed"),
        ("cancel", "paid", "done", "refunding"),
        ("cancel", "shipped", "too_late", "shipped"),
        ("cancel", "closed", "already", "closed"),
        ("cancel", "refunding", "already", "refunding"),
        ("change_address", "paid", "done", "paid"),
        ("change_address", "shipped", "too_late", "shipped"),
        ("change_address", "closed", "refused", "closed"),
        ("change_note", "unpaid", "done", "unpaid"),
        ("open_after_sale", "delivered", "done", "refunding"),
        ("open_after_sale", "unpaid", "refused", "unpaid"),
        ("withdraw_after_sale", "delivered", "already", "delivered"),
    ],
)
async def test_an_action_starts_only_from_its_own_states(
    db: Database, shop: ShopId, clock: ManualClock, kind: str, status: str, outcome: str, after: str
) -> None:
    await put(db, shop, status, clock.now())
    data = {"address": "杭州市西湖区 1 号", "note": "放门口", "kind": "return_refund", "amount_fen": "12900"}
    found = await EmbeddedOrderActions(db, clock).act(shop, OrderAction("a1", kind, "O1", data))  # type: ignore[arg-type]
    assert found.state == outcome
    order = await EmbeddedOrders(db).order(shop, "O1")
    assert order is not None
    assert order.status == after


async def test_two_tabs_cancel_one_order_once(db: Database, shop: ShopId, clock: ManualClock) -> None:
    await put(db, shop, "paid", clock.now())
    actions = EmbeddedOrderActions(db, clock)
    outcomes = await asyncio.gather(
        *(actions.act(shop, OrderAction(f"tab-{n}", "cancel", "O1", {"reason": "不想要"})) for n in range(6))
    )
    assert sorted(outcome.state for outcome in outcomes) == ["already"] * 5 + ["done"]
    order = await EmbeddedOrders(db).order(shop, "O1")
    assert order is not None
    assert [refund.amount for refund in order.refunds] == [Money(12_900)]


@pytest.mark.parametrize(
    ("auto", "kind", "amount", "supported", "whom"),
    [
        (AutoActions(), "cancel", 10_000, ALL, ("bot", "")),
        (AutoActions(cancel=False), "cancel", 10_000, ALL, ("people", "switched_off")),
        (AutoActions(refund_limit="99.99"), "cancel", 10_000, ALL, ("people", "above_limit")),
        (AutoActions(refund_limit="100.00"), "cancel", 10_000, ALL, ("bot", "")),
        (AutoActions(), "cancel", 10_000, frozenset(), ("people", "unsupported")),
        (AutoActions(), "issue_coupon", 0, ALL | {"issue_coupon"}, ("people", "switched_off")),
        (AutoActions(), "unheard_of", 0, ALL | {"unheard_of"}, ("people", "switched_off")),
        (AutoActions(refund_limit="1.00"), "change_address", 10_000, ALL, ("bot", "")),
    ],
)
def test_who_does_it(
    auto: AutoActions, kind: str, amount: int, supported: frozenset[str], whom: tuple[str, str]
) -> None:
    assert decide_by_whom(auto, kind, Money(amount), supported) == whom


async def test_a_proof_is_limited_per_visitor_and_per_order(db: Database, shop: ShopId, clock: ManualClock) -> None:
    await put(db, shop, "paid", clock.now())
    prove = ProveOrder(db, clock, EmbeddedOrders(db))
    assert [(await prove(shop, "web:v1", "O1", "0000"))[0] for _ in range(6)] == ["no"] * 5 + ["locked"]
    assert (await prove(shop, "web:v1", "O2", "1234"))[0] == "locked"  # this visitor tries other orders
    assert (await prove(shop, "web:v2", "O1", "1234"))[0] == "locked"  # others try this order
    clock.advance(timedelta(minutes=15, seconds=1))
    word, order = await prove(shop, "web:v1", "O1", "1234")
    assert (word, order is not None) == ("ok", True)


@pytest.mark.parametrize("ending", ["", "123", "12345", "١٢٣٤", "    ", "0000"])
async def test_nothing_but_the_four_digits_proves_an_order(
    db: Database, shop: ShopId, clock: ManualClock, ending: str
) -> None:
    await put(db, shop, "paid", clock.now())
    assert (await ProveOrder(db, clock, EmbeddedOrders(db))(shop, "v", "O1", ending))[0] == "no"


@pytest.mark.asyncio(loop_scope="session")
async def test_a_message_that_comes_twice_acts_once_and_the_audit_says_so(product: Wiring) -> None:
    stage = Stage(product, {"orders": [{"id": "A", "status": "paid"}]})
    await stage.set_up()
    await stage.say("取消订单")
    first, second = await asyncio.gather(stage.say("确认取消"), stage.say("确认取消"))
    assert "已经帮您取消" in str(first) + str(second)
    rows = await product.answering.actions(DEFAULT_SHOP, 10, stage.id_of("A"))
    assert [(row.kind, row.state) for row in rows] == [("cancel", "done")]
    assert len((await stage.order("A")).refunds) == 1


@pytest.mark.asyncio(loop_scope="session")
async def test_the_audit_keeps_no_contact_data(product: Wiring) -> None:
    stage = Stage(product, {"orders": [{"id": "A", "status": "paid"}]})
    await stage.set_up()
    await stage.say("帮我改地址，改成浙江省杭州市西湖区文三路 100 号 2 单元 501，收件人李明，电话 13712345678")
    await stage.say("确认")
    (row,) = await product.answering.actions(DEFAULT_SHOP, 10, stage.id_of("A"))
    assert (row.kind, row.state) == ("change_address", "done")
    assert all(word not in str(row.data) for word in ("文三路", "13712345678", "李明"))
    assert (await stage.order("A")).phone == "13712345678"
