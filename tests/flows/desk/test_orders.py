"""An agent changes the buyer's order: allowed by state, once per click, with his name on it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from xiaoer.flows.act_on_order import ActOnOrder
from xiaoer.flows.show_desk.detail import ShowDetail
from xiaoer.flows.show_desk.side import ShowSide
from xiaoer.infra import audit
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.money import Money
from xiaoer.slices.buyers import card as cards
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.orders.acting import EmbeddedOrderActions
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.orders.tables import orders

PHONE = "13800001111"


async def add_order(world: Any, order_id: str, buyer: str, status: str, **more: Any) -> None:
    now = world.clock.now()
    values = {
        "shop": world.shop, "id": order_id, "buyer_id": buyer, "status": status, "created_at": now, "pay_amount": Money(10_000),
        "address": "浙江省杭州市西湖区文三路 1 号", "receiver": "张三", "phone": PHONE, "hash": "", "updated_at": now, **more,
    }  # fmt: skip
    names = {column.name for column in orders.columns}
    blank = {c.name: "" for c in orders.columns if not c.nullable and c.name not in values}
    await world.db.write(
        lambda c: c.execute(insert(orders).values(**blank, **{k: v for k, v in values.items() if k in names}))
    )


@pytest.fixture
async def desk(world: Any) -> Any:
    """Lin holds the talk of buyer b, who has an unsent order O1; O2 is somebody else's."""
    lin = await world.comes("lin")
    talk = await world.asks_for_a_person("b")
    await world.hand_off(world.shop, talk)
    await add_order(world, "O1", "b", "paid")
    await add_order(world, "O2", "other", "paid")
    act = ActOnOrder(world.db, world.clock, EmbeddedOrders(world.db), EmbeddedOrderActions(world.db, world.clock))
    return world, act, lin, talk


async def test_the_state_says_what_can_be_done(desk: Any) -> None:
    world, act, _, talk = desk
    found = await act.offered(world.shop, talk, "O1")
    assert found.kinds == ("cancel", "change_address", "change_note", "open_after_sale")
    assert found.done == ()


async def test_a_note_is_changed_once_and_the_audit_names_the_agent(desk: Any) -> None:
    world, act, lin, talk = desk
    first = await act(lin, talk, "O1", "change_note", {"note": "送货前电话"}, "click-1")
    again = await act(lin, talk, "O1", "change_note", {"note": "别的"}, "click-1")
    assert first.outcome.state == "done"
    assert again.outcome == first.outcome
    assert (await EmbeddedOrders(world.db).order(world.shop, "O1")).note == "送货前电话"
    lines = await world.db.read(lambda c: audit.page(c, world.shop, thing="O1"))
    assert [(line.who, line.action) for line in lines] == [("lin (lin)", "order.change_note")]
    assert [fact["by"] for fact in await world.facts("action.ended")] == ["agent"]


async def test_the_kept_row_holds_no_contact_data(desk: Any) -> None:
    world, act, lin, talk = desk
    await act(lin, talk, "O1", "change_address", {"address": "上海市徐汇区漕溪路 9 号", "phone": PHONE}, "c")
    (row,) = (await act.offered(world.shop, talk, "O1")).done
    assert row.data == {"address": "上海市****", "phone": "138****1111", "by": "lin"}
    assert (await EmbeddedOrders(world.db).order(world.shop, "O1")).address == "上海市徐汇区漕溪路 9 号"


async def test_a_paid_order_is_cancelled_and_the_words_name_the_refund(desk: Any) -> None:
    _, act, lin, talk = desk
    acted = await act(lin, talk, "O1", "cancel", {}, "c")
    assert acted.outcome.state == "done"
    assert "100 元" in acted.words
    with pytest.raises(Conflict):
        await act(lin, talk, "O1", "cancel", {}, "c2")


async def test_another_buyers_order_is_not_there(desk: Any) -> None:
    world, act, lin, talk = desk
    with pytest.raises(NotFound):
        await act(lin, talk, "O2", "cancel", {}, "c")
    with pytest.raises(NotFound):
        await act.offered(world.shop, talk, "O2")


async def test_only_who_holds_the_talk_may_act(desk: Any) -> None:
    world, act, _, talk = desk
    mei = await world.comes("mei")
    with pytest.raises(Conflict):
        await act(mei, talk, "O1", "cancel", {}, "c")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("change_note", {"note": "  "}),
        ("change_address", {}),
        ("open_after_sale", {"kind": "return_refund"}),
        ("open_after_sale", {"kind": "refund_only", "amount": "100.01"}),
        ("open_after_sale", {"kind": "refund_only", "amount": "-1"}),
    ],
    ids=["empty-note", "no-address", "return-before-sent", "more-than-paid", "negative"],
)
async def test_values_that_make_no_sense_are_refused(desk: Any, kind: str, data: dict[str, str]) -> None:
    _, act, lin, talk = desk
    with pytest.raises(InvalidBody):
        await act(lin, talk, "O1", kind, data, "c")


async def test_an_after_sale_is_opened_and_withdrawn(desk: Any) -> None:
    world, act, lin, talk = desk
    await add_order(world, "O3", "b", "delivered", delivered_at=world.clock.now())
    opened = await act(
        lin, talk, "O3", "open_after_sale", {"kind": "return_refund", "reason": "尺码", "amount": "60"}, "c"
    )
    assert (opened.outcome.state, str(opened.outcome.amount)) == ("done", "60.00")
    assert (await act.offered(world.shop, talk, "O3")).kinds == ("withdraw_after_sale",)
    assert (await act(lin, talk, "O3", "withdraw_after_sale", {}, "d")).outcome.status == "delivered"


async def test_the_side_pane_tells_worth_memory_card_and_complaints(desk: Any) -> None:
    world, _, lin, talk = desk
    sources = EmbeddedBuyers(world.db), EmbeddedOrders(world.db), EmbeddedCatalog(world.db)
    detail = ShowDetail(world.db, world.clock, *sources[1:], {}, {})
    side = ShowSide(world.db, world.clock, sources, sources, detail, {"ship.when": "何时发货"})
    angry = await world.buyer("我要投诉", "b2")
    heard = {"segments": [{"text": "", "intent": "ship.when", "entities": {"height_cm": 170, "relation": ""}}]}
    handoff = {"reason": "sensitive", "rule_id": "r", "skill": "complaints", "summary": ""}
    await world.bot_turn(angry.conversation, "转", trace={"heard": heard}, state="queued", handoff=handoff)
    await world.db.write(
        lambda c: cards.save_card(c, world.shop, "b2", ["爱比价", "爱比价", " "], "要粉色", "lin", world.clock.now())
    )
    await world.take.take(lin, str(angry.conversation.id), force=False)
    await world.closing.close(lin, str(angry.conversation.id), "solved", "", invite=False)
    world.clock.advance(timedelta(hours=2))
    later = await world.buyer("在吗", "b2")
    found = await side(world.shop, str(later.conversation.id))
    assert later.conversation.id != angry.conversation.id
    assert [(line.label, line.value) for line in found.memory] == [("身高", "170 cm")]
    assert (found.card.tags, found.card.note, found.card.by_name) == (("爱比价",), "要粉色", "lin")
    assert [one["kind"] for one in found.complaints] == ["talk"]
    assert found.buyer["complaints"] == 1
    mine = await side(world.shop, talk)
    assert (mine.buyer["spent"], mine.buyer["mean"], mine.complaints) == ("100.00", "100.00", ())
