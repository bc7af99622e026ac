"""The shop's rules and the bot's actions over HTTP; events reach the read models; reminders are told once."""

from typing import Any

import pytest
from starlette.testclient import TestClient


@pytest.fixture
def usual_terms(client: TestClient) -> Any:
    before = client.get("/api/v1/terms").json()
    yield before
    client.put("/api/v1/terms", json=before)


def test_rules_are_changed_whole_and_hold_at_once(client: TestClient, usual_terms: dict[str, Any]) -> None:
    wanted = {**usual_terms, "price_protect_days": 30, "auto": {"cancel": False, "refund_limit": "99.00"}}
    answer = client.put("/api/v1/terms", json=wanted)
    assert answer.status_code == 200, answer.text
    now = client.get("/api/v1/terms").json()
    assert (now["price_protect_days"], now["auto"]["cancel"], now["auto"]["change_address"]) == (30, False, True)


@pytest.mark.parametrize(
    "change",
    [
        {"return_days": -1},
        {"refund_within_days": 30},
        {"refund_only_limit": "12.345"},
        {"refund_only_limit": "viel"},
        {"auto": {"refund_limit": "-1.00"}},
        {"auto": {"cancel": "yes"}},
        {"refund_mode": "never"},
        {"never_returned": "定制"},
    ],
)
def test_rules_that_cannot_be_meant_are_refused(client: TestClient, change: dict[str, Any]) -> None:
    answer = client.put("/api/v1/terms", json=change)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_an_order_told_by_events_can_be_asked_about_and_cancelled(client: TestClient) -> None:
    buyer = "b-events"
    order = {"order_id": "77001122334455", "buyer_id": buyer, "pay_amount": "139.00"}
    items = [{"variant_id": "V100702", "title": "加绒连帽卫衣", "quantity": 1, "price": "139.00"}]
    events = [
        {"id": "ev-2", "type": "order.paid", "at": "2026-01-02T10:05:00+08:00", "data": order},
        {"id": "ev-1", "type": "order.created", "at": "2026-01-02T10:00:00+08:00", "data": {**order, "items": items}},
    ]
    told = client.post("/api/v1/events", json={"events": events}).json()
    assert told == {"accepted": 2, "duplicates": 0}
    again = client.post("/api/v1/events", json={"events": events}).json()
    assert again == {"accepted": 0, "duplicates": 2}
    say = {"channel": "api", "buyer_id": buyer}
    first = client.post("/api/v1/messages", json={**say, "content": {"type": "text", "text": "取消订单"}}).json()
    assert first["turn"]["acts"][0]["template"] == "cancel.confirm"
    assert "139" in first["replies"][0]["text"]
    done = client.post("/api/v1/messages", json={**say, "content": {"type": "text", "text": "确认取消"}}).json()
    assert done["turn"]["acts"][0]["template"] == "cancel.done"
    actions = client.get("/api/v1/actions", params={"order_id": "77001122334455"}).json()["actions"]
    assert [(a["kind"], a["state"]) for a in actions] == [("cancel", "done")]


def test_bad_event_data_never_ends_in_500(client: TestClient) -> None:
    for number, data in enumerate(
        ({}, {"order_id": {"a": 1}}, {"order_id": "1", "buyer_id": "b", "pay_amount": 0.1 + 0.2, "items": "x"},
         {"order_id": "1", "buyer_id": "b", "items": [{"quantity": -3}, 7, None], "promise_ship_at": "soon"},
         {"waybill_no": "W", "order_id": "1", "traces": [{"at": "?", "text": 5}, "x"]})
    ):  # fmt: skip
        for type_ in ("order.created", "order.shipped", "order.refunded", "shipment.updated"):
            event = {"id": f"bad-{number}-{type_}", "type": type_, "at": "2026-01-02T10:00:00+08:00", "data": data}
            wanted = 200 if isinstance(data.get("order_id"), str) else 422
            assert client.post("/api/v1/events", json={"events": [event]}).status_code == wanted


@pytest.mark.parametrize(
    ("type_", "data", "missing"),
    [
        ("order.paid", {"buyer_id": "b"}, "order_id"),
        ("order.paid", {"order_id": 7}, "order_id"),
        ("shipment.updated", {"text": "已揽收"}, "order_id or waybill_no"),
        ("page.viewed", {"product_id": "P1001"}, "buyer_id"),
        ("cart.updated", {"items": [], "buyer_id": " "}, "buyer_id"),
    ],
)
def test_an_event_that_belongs_to_nothing_is_refused_with_what_it_lacks(
    client: TestClient, type_: str, data: dict[str, Any], missing: str
) -> None:
    good = {
        "id": f"good-{type_}-{data}",
        "type": "order.paid",
        "at": "2026-01-02T10:00:00+08:00",
        "data": {"order_id": "9"},
    }
    bad = {**good, "id": "ev-bad", "type": type_, "data": data}
    answer = client.post("/api/v1/events", json={"events": [good, bad]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")
    assert "ev-bad" in answer.json()["detail"] and f"no {missing} as text" in answer.json()["detail"]
    assert client.post("/api/v1/events", json={"events": [good]}).json() == {"accepted": 1, "duplicates": 0}


def test_actions_and_rules_are_for_staff(server: TestClient) -> None:
    for method, path in (("GET", "/api/v1/terms"), ("PUT", "/api/v1/terms"), ("GET", "/api/v1/actions")):
        assert server.request(method, path, json={}, headers={"Authorization": "Bearer nope"}).status_code == 401
