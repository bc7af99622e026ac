"""Tickets: the clock in duty time, states, forms filled from talks, one ticket a matter."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order, OrderItem, Shipment
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.heard import Entities, Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.worktime import BusinessHours, after_open_time, is_open, next_opening, open_time_between
from xiaoer.slices.tickets import api
from xiaoer.slices.tickets.rules import filling, flow
from xiaoer.slices.tickets.types import Draft, Filter, OtherBuyer, Ticket

FORMS = api.load_forms(Path(api.__file__).parents[2] / "packs" / "ecommerce" / "tickets.toml")
WORK = BusinessHours()  # 9:00 to 23:00
BY = ("lin", "小林")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHOP_ZONE)


NOW = at("2026-06-16T15:00")


@pytest.mark.parametrize(
    ("start", "hours", "work", "end"),
    [
        ("2026-06-16T10:00", 2, WORK, "2026-06-16T12:00"),
        ("2026-06-16T22:00", 2, WORK, "2026-06-17T10:00"),
        ("2026-06-16T03:00", 2, WORK, "2026-06-16T11:00"),
        ("2026-06-16T23:00", 1, WORK, "2026-06-17T10:00"),
        ("2026-06-16T22:00", 1, WORK, "2026-06-16T23:00"),
        ("2026-06-16T10:00", 14, WORK, "2026-06-17T10:00"),
        ("2026-06-16T10:00", 28, WORK, "2026-06-18T10:00"),
        ("2026-06-19T22:00", 2, BusinessHours(weekly={5: None, 6: None}), "2026-06-22T10:00"),
        ("2026-10-01T12:00", 1, BusinessHours(special={"2026-10-01": None}), "2026-10-02T10:00"),
        ("2026-06-16T01:00", 2, BusinessHours(weekly={0: (1200, 120)}), "2026-06-16T10:00"),
        ("2026-06-16T10:00", 30, BusinessHours(weekly=dict.fromkeys(range(7), (0, 0))), "2026-06-17T16:00"),
    ],
)
def test_the_clock_runs_in_duty_time(start: str, hours: int, work: BusinessHours, end: str) -> None:
    found = after_open_time(work, at(start), timedelta(hours=hours))
    assert found == at(end)
    assert found.utcoffset() == timedelta(0)
    assert open_time_between(work, at(start), at(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("now", "work", "opens"),
    [
        ("2026-06-16T10:00", WORK, "2026-06-16T10:00"),
        ("2026-06-16T08:59", WORK, "2026-06-16T09:00"),
        ("2026-06-16T23:00", WORK, "2026-06-17T09:00"),
        ("2026-06-20T10:00", BusinessHours(weekly={5: None, 6: None}), "2026-06-22T09:00"),
        ("2026-06-16T01:30", BusinessHours(weekly={0: (1200, 120)}), "2026-06-16T01:30"),
    ],
)
def test_the_next_opening(now: str, work: BusinessHours, opens: str) -> None:
    found = next_opening(work, at(now))
    assert found == at(opens)
    assert is_open(work, at(now)) is (now == opens)


def test_a_shop_that_never_opens_has_no_opening() -> None:
    work = BusinessHours(weekly=dict.fromkeys(range(7)))
    assert next_opening(work, NOW) is None
    assert after_open_time(work, NOW, timedelta(hours=2)) == NOW + timedelta(hours=2)


def ticket(**values: Any) -> Ticket:
    base: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "state": "open", "priority": "normal"}
    return Ticket("t", "T1", "return", "退货", group="after_sales", **{**base, **values})


@pytest.mark.parametrize(
    ("current", "target", "allowed"),
    [
        ("open", "doing", True),
        ("open", "done", True),
        ("doing", "open", True),
        ("doing", "waiting_buyer", True),
        ("waiting_buyer", "doing", True),
        ("waiting_buyer", "open", False),
        ("done", "doing", True),
        ("done", "waiting_buyer", False),
        ("done", "closed", True),
        ("closed", "open", False),
        ("closed", "doing", False),
        ("closed", "closed", True),
    ],
)
def test_states(current: Any, target: Any, allowed: bool) -> None:
    if allowed:
        flow.check_move("T1", current, target)
    else:
        with pytest.raises(Conflict):
            flow.check_move("T1", current, target)


@pytest.mark.parametrize(("priority", "hours"), [("low", 16), ("normal", 8), ("high", 4), ("urgent", 2)])
def test_urgent_matters_have_less_time(priority: Any, hours: int) -> None:
    assert flow.due_at(FORMS["return"], priority, at("2026-06-16T09:00"), WORK) == after_open_time(
        WORK, at("2026-06-16T09:00"), timedelta(hours=hours)
    )


@pytest.mark.parametrize(
    ("before", "after", "due", "moved"),
    [
        ("normal", "urgent", "2026-06-16T23:00", "2026-06-16T17:00"),  # 8 hours become 2
        ("urgent", "normal", "2026-06-16T17:00", "2026-06-16T23:00"),
        ("normal", "high", "2026-06-17T11:00", "2026-06-16T21:00"),  # two hours that it stood stay given
        ("normal", "low", "2026-06-16T23:00", "2026-06-17T17:00"),  # 16 hours, the night left out
        ("normal", "normal", "2026-06-16T23:00", "2026-06-16T23:00"),
    ],
)
def test_another_priority_moves_the_due_time(before: Any, after: Any, due: str, moved: str) -> None:
    one = ticket(priority=before, due_at=at(due))
    assert flow.repriced_due(one, FORMS["return"], after, WORK) == at(moved)


def test_what_is_over_keeps_its_due_time() -> None:
    over = ticket(state="done", due_at=at("2026-06-16T23:00"))
    assert flow.repriced_due(over, FORMS["return"], "urgent", WORK) == over.due_at


def test_the_clock_stands_still_while_the_buyer_has_to_act() -> None:
    one = ticket(due_at=at("2026-06-16T18:00"))
    due, paused = flow.moved_due(one, "waiting_buyer", at("2026-06-16T16:00"), WORK)
    assert (due, paused) == (one.due_at, at("2026-06-16T16:00"))
    waiting = msgspec.structs.replace(one, state="waiting_buyer", paused_at=paused)
    assert not flow.is_overdue(waiting, at("2026-06-17T12:00"))
    due, paused = flow.moved_due(waiting, "doing", at("2026-06-17T12:00"), WORK)
    assert (due, paused) == (at("2026-06-17T14:00"), None)


@pytest.mark.parametrize(
    ("known", "type_", "buyer", "order", "talk", "same"),
    [
        ({"buyer_id": "b", "order_id": "1"}, "return", "b", "1", "c", True),
        ({"buyer_id": "b", "order_id": "1"}, "return", "b", "2", "c", False),
        ({"buyer_id": "b", "order_id": "1"}, "refund", "b", "1", "c", False),
        ({"buyer_id": "b", "order_id": "1"}, "return", "x", "1", "c", False),
        ({"buyer_id": "b"}, "return", "b", "", "c", True),
        ({"buyer_id": "b", "order_id": "1", "conversation_id": "c"}, "return", "b", "", "c", True),
        ({"buyer_id": "b", "order_id": "1", "conversation_id": "d"}, "return", "b", "", "c", False),
        ({"buyer_id": "b", "order_id": "1", "state": "done"}, "return", "b", "1", "c", False),
        ({"buyer_id": "b", "order_id": "1", "state": "waiting_buyer"}, "return", "b", "1", "c", True),
        ({"buyer_id": "b", "order_id": "1", "merged_into": "z"}, "return", "b", "1", "c", False),
    ],
)
def test_what_is_the_same_matter(
    known: dict[str, str], type_: str, buyer: str, order: str, talk: str, same: bool
) -> None:
    assert flow.is_same_matter(ticket(**known), type_, buyer, order, talk) is same


ORDER = Order(
    "20260615001",
    "b",
    "delivered",
    NOW,
    Money(9_900),
    (OrderItem("V1", "短袖", 1, Money(9_900), Money(9_900)),),
    (Shipment("YT100", "20260615001", "圆通"),),
)


@pytest.mark.parametrize(
    ("type_", "text", "entities", "fields", "missing"),
    [
        ("return", "穿着太紧了想退", {}, {"order_id": ORDER.id, "reason": "尺码", "waybill_no": "YT100"}, ()),
        ("return", "想退", {}, {"order_id": ORDER.id, "waybill_no": "YT100"}, ("reason",)),
        ("exchange", "换成黑色L", {"color": "黑色", "size": "L"}, {"order_id": ORDER.id, "wish": "黑色 L"}, ()),
        ("refund", "一直不发货退款吧", {}, {"order_id": ORDER.id, "reason": "未按时发货"}, ()),
        (
            "change_address",
            "改到杭州西湖区",
            {"place": "杭州西湖区"},
            {"order_id": ORDER.id, "address": "杭州西湖区"},
            (),
        ),
        ("invoice", "开发票", {}, {"order_id": ORDER.id}, ("title",)),
        ("repair", "充不进电", {"defect": "充不进电"}, {"order_id": ORDER.id, "fault": "充不进电"}, ()),
        ("complaint", "我要投诉你们", {}, {"order_id": ORDER.id, "about": "我要投诉你们"}, ()),
        ("install", "明天上门装", {"date": "2026-06-17"}, {"order_id": ORDER.id, "date": "2026-06-17"}, ()),
    ],
)
def test_forms_are_filled_from_what_is_known(
    type_: str, text: str, entities: dict[str, Any], fields: dict[str, str], missing: tuple[str, ...]
) -> None:
    segment = Segment(text, "oos.unclear", 0.9, Entities(**entities))
    found = filling.prefill(FORMS[type_], [segment], text, ORDER)
    assert found == fields
    assert filling.missing(FORMS[type_], found) == missing


def test_what_was_missing_is_told_by_the_parts_that_say_so() -> None:
    said = [Segment("少了一只袜子", "after.missing", 0.9), Segment("你们态度太差", "service.complaint", 0.9)]
    assert filling.prefill(FORMS["resend"], said, "少了一只袜子；你们态度太差", ORDER)["missing"] == "少了一只袜子"
    assert "missing" not in filling.prefill(FORMS["resend"], said[1:], "你们态度太差", ORDER)


@pytest.mark.parametrize(
    ("intents", "type_"),
    [
        (["after.return"], "return"),
        (["chat.greeting", "ship.stuck"], "parcel"),
        (["order.invoice"], "invoice"),
        (["promo.price_protect"], "price_protect"),
        (["service.complaint"], "complaint"),
        (["product.stock"], "callback"),
        ([], "callback"),
    ],
)
def test_the_type_for_what_is_talked_about(intents: list[str], type_: str) -> None:
    assert filling.form_for(FORMS, intents) == type_


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("码数偏小", "尺码"),
        ("收到是碎的", "破损"),
        ("少发了一件", "少件错件"),
        ("洗了一次就掉色", "质量"),
        ("跟图片差太多", "描述不符"),
        ("不想要了", "不想要"),
        ("你好", ""),
    ],
)
def test_the_refund_reason_is_told_by_the_words(text: str, reason: str) -> None:
    assert filling.refund_reason(text) == reason


async def test_two_buyers_tickets_become_one_when_they_are_said_to_be_one_person(db: Database, shop: ShopId) -> None:
    def change(connection: Any) -> None:
        def opened(buyer: str) -> Ticket:
            return api.open_ticket(connection, shop, FORMS, Draft("return", buyer_id=buyer), WORK, NOW, BY).ticket

        member, visitor = opened("b"), opened("visitor")
        with pytest.raises(OtherBuyer):
            api.merge(connection, shop, visitor.id, member.id, NOW, BY)
        assert api.merge(connection, shop, visitor.id, member.id, NOW, BY, is_same_person=True).buyer_id == "b"

    await db.write(change)


async def test_open_append_change_merge_and_count(db: Database, shop: ShopId) -> None:
    def change(connection: Any) -> Any:
        def opened(**values: Any) -> Any:
            return api.open_ticket(connection, shop, FORMS, Draft(**values), WORK, NOW, BY)

        first = opened(type="return", buyer_id="b", order_id="1").ticket
        again = opened(type="return", buyer_id="b", order_id="1", fields={"reason": "尺码"})
        other = opened(type="repair", buyer_id="b", order_id="1").ticket
        assert (again.appended, again.ticket.id, again.ticket.fields) == (
            True,
            first.id,
            {"order_id": "1", "reason": "尺码"},
        )
        assert (first.no, other.no) == ("T20260616-0001", "T20260616-0002")
        _, taken = api.change(
            connection, shop, FORMS, first.id, {"assignee": "mei", "assignee_name": "小梅"}, WORK, NOW, BY
        )
        assert (taken.state, taken.assignee_name) == ("doing", "小梅")
        _, urgent = api.change(connection, shop, FORMS, first.id, {"priority": "urgent"}, WORK, NOW, BY)
        assert (urgent.priority, urgent.due_at) == ("urgent", NOW + timedelta(hours=2))
        kept = api.merge(connection, shop, other.id, first.id, NOW, BY)
        assert kept.id == first.id
        with pytest.raises(Conflict):
            api.merge(connection, shop, other.id, first.id, NOW, BY)
        return first

    first = await db.write(change)
    found, total, counts = await db.read(lambda c: api.page(c, shop, Filter(), 0, 10))
    assert ([one.id for one in found], total, counts) == ([first.id], 1, {"doing": 1})
    log = await db.read(lambda c: api.log_of_ticket(c, shop, first.id))
    assert sorted(line.kind for line in log) == ["appended", "assigned", "merged", "opened", "priority", "state"]
    late = Filter(overdue_at=NOW + timedelta(days=2))
    assert (await db.read(lambda c: api.page(c, shop, late, 0, 10)))[1] == 1


def test_the_address_of_a_picture_is_never_cut_short() -> None:
    url = "https://img.example.com/" + "a" * 400 + ".jpg"
    assert filling.prefill(FORMS["return"], [], "", None, url)["photo"] == url
