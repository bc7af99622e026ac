"""The team and the settings of the desk, over HTTP, and what they change at once."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.desk.conftest import Call

NEW = {"password": "at-least-8", "name": "小美", "skills": ["after_sales"], "team": "晚班"}


@pytest.fixture
def owner(server: TestClient, tokens: dict[str, str]) -> str:
    """The owner can be a caller too."""
    body = {"username": "owner", "password": "xiaoer-owner"}
    tokens["owner"] = server.post("/api/v1/auth/login", json=body).json()["access_token"]
    return "owner"


@pytest.fixture
def hired(call: Call, owner: str) -> dict[str, Any]:
    """Somebody new, with an account of her own."""
    member: dict[str, Any] = call("POST", "/team", {**NEW, "username": f"mei-{uuid4().hex[:6]}"}, owner, 201)
    return member


def log_in(server: TestClient, member: dict[str, Any], password: str = "at-least-8") -> Any:
    return server.post("/api/v1/auth/login", json={"username": member["username"], "password": password})


def test_a_new_member_logs_in_and_finds_the_seat_made(server: TestClient, call: Call, hired: dict[str, Any]) -> None:
    token = log_in(server, hired).json()["access_token"]
    me = server.get("/api/v1/desk/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["name"], me["role"], me["skills"], me["team"]) == ("小美", "agent", ["after_sales"], "晚班")
    assert "晚班" in call("GET", "/team", who="supervisor")["teams"]


def test_who_leads_changes_seats_and_only_the_owner_accounts(call: Call, hired: dict[str, Any]) -> None:
    path = f"/team/{hired['id']}"
    changed = call("PATCH", path, {"capacity": 12, "skills": []}, "supervisor")
    assert (changed["capacity"], changed["skills"], changed["team"]) == (12, [], "晚班")
    call("PATCH", path, {"role": "owner"}, "supervisor", 403)
    call("PATCH", path, {"capacity": 3}, "agent", 403)
    call("GET", "/team", who="agent", status=403)
    assert call("PATCH", path, {"role": "operator"}, "owner")["role"] == "operator"


def test_who_leaves_is_logged_out_and_the_talks_go_on(
    server: TestClient, call: Call, hired: dict[str, Any], buyer: Any
) -> None:
    access = log_in(server, hired).json()["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    server.put("/api/v1/desk/me", json={"status": "online"}, headers=headers)
    talk = buyer("在吗")["conversation_id"]
    assert server.post(f"/api/v1/desk/conversations/{talk}/take", json={}, headers=headers).status_code == 200
    call("PATCH", f"/team/{hired['id']}", {"active": False}, "owner")
    assert server.get("/api/v1/desk/me", headers=headers).status_code == 401
    assert log_in(server, hired).status_code == 401
    assert call("GET", f"/desk/conversations/{talk}")["row"]["state"] == "queued"
    assert hired["id"] not in [agent["id"] for agent in call("GET", "/desk/agents")["items"]]
    back = call("PATCH", f"/team/{hired['id']}", {"active": True}, "owner")
    assert (back["active"], back["skills"]) == (True, ["after_sales"])


def test_an_open_workbench_closes_when_its_person_leaves(server: TestClient, call: Call, hired: dict[str, Any]) -> None:
    access = log_in(server, hired).json()["access_token"]
    with server.websocket_connect(f"/api/v1/desk/ws?token={access}") as line:
        assert line.receive_json()["type"] == "snapshot"
        call("PATCH", f"/team/{hired['id']}", {"active": False}, "owner")
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1].get("type") != "websocket.close":
            assert len(seen) < 50
            seen.append(line.receive())
    assert seen[-1]["code"] == 4401


def test_a_new_password_holds_and_ends_the_old_sessions(server: TestClient, call: Call, hired: dict[str, Any]) -> None:
    access = log_in(server, hired).json()["access_token"]
    call("PATCH", f"/team/{hired['id']}", {"password": "another-one"}, "owner")
    assert server.get("/api/v1/desk/me", headers={"Authorization": f"Bearer {access}"}).status_code == 401
    assert log_in(server, hired).status_code == 401
    assert log_in(server, hired, "another-one").status_code == 200


def test_a_shop_keeps_an_owner(call: Call, owner: str) -> None:
    boss = next(one for one in call("GET", "/team", who=owner)["items"] if one["role"] == "owner")
    call("PATCH", f"/team/{boss['id']}", {"active": False}, owner, 409)
    call("PATCH", f"/team/{boss['id']}", {"role": "agent"}, owner, 409)


def test_what_was_changed_is_in_the_audit_without_the_password(call: Call, hired: dict[str, Any]) -> None:
    call("PATCH", f"/team/{hired['id']}", {"password": "another-one", "team": "早班"}, "owner")
    line = call("GET", f"/audit?thing={hired['id']}", who="supervisor")["items"][0]
    assert (line["action"], line["detail"]) == ("team.change", {"password": "***", "team": "早班"})


def test_settings_of_the_desk_are_changed_by_who_leads(call: Call) -> None:
    before = call("GET", "/desk/settings")
    call("PATCH", "/desk/settings", {"alarm_s": 60}, "agent", 403)
    changed = call("PATCH", "/desk/settings", {"alarm_s": 60, "alarm_by_channel": {"api": 30}}, "supervisor")
    assert changed == {**before, "alarm_s": 60, "alarm_by_channel": {"api": 30}, "opens_at": changed["opens_at"]}
    call("PATCH", "/desk/settings", {"alarm_s": before["alarm_s"], "alarm_by_channel": {}}, "supervisor")


def _hello(server: TestClient) -> dict[str, Any]:
    token = server.post("/api/v1/widget/sessions", json={"shop": "default"}).json()["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        return dict(line.receive_json())


def test_a_holiday_closes_the_desk_and_the_buyer_hears_when_it_opens(
    call: Call, buyer: Any, server: TestClient
) -> None:
    before = call("GET", "/desk/settings")["hours"]
    closed = {**before, "weekly": dict.fromkeys("0123456")}
    try:
        shut = call("PATCH", "/desk/settings", {"hours": closed}, "supervisor")
        assert (shut["open_now"], shut["opens_at"]) == (False, None)
        assert "人工这会儿都不在" in str(buyer("转人工"))
        hello = _hello(server)
        assert (hello["people_on"], hello["people_at"]) == (False, None)
    finally:
        call("PATCH", "/desk/settings", {"hours": before}, "supervisor")
    assert call("GET", "/desk/settings")["open_now"]
    assert _hello(server)["people_on"]


@pytest.mark.parametrize(
    "hours",
    [{"opens": "9:00"}, {"opens": "25:00"}, {"weekly": {"7": None}}, {"special": {"2026-13-01": None}},
     {"special": {"国庆": None}}],
    ids=["short", "late", "weekday", "month", "word"],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(call: Call, hours: dict[str, Any]) -> None:
    call("PATCH", "/desk/settings", {"hours": hours}, "supervisor", 422)
