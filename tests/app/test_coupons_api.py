"""Coupons over HTTP: within budgets and roles, one for one request, each step of its life once."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.test_staff_api import log_in

from xiaoer.kernel.ids import DEFAULT_SHOP

BASE = "/api/v1/selling/coupons"


@pytest.fixture(scope="module")
def owner(server: TestClient) -> dict[str, str]:
    return log_in(server, "owner")


@pytest.fixture
def kind(server: TestClient, owner: dict[str, str]) -> str:
    """A coupon promotion of 20 yuan with a budget for two, one for each buyer."""
    id_ = f"T-{uuid4().hex[:8]}"
    promotion = {
        "id": id_, "name": "满199减20", "level": "shop_coupon", "benefit": "amount_off", "budget_left": "40.00",
        "starts_at": "2026-01-01T00:00:00+08:00", "ends_at": "2036-01-01T00:00:00+08:00",
        "tiers": [{"threshold": "199.00", "benefit": "20.00"}], "per_user_limit": 1, "coupon": {"code": id_},
    }  # fmt: skip
    product = server.app.state.wiring  # type: ignore[attr-defined]
    assert server.portal is not None
    server.portal.call(product.promotions.save, DEFAULT_SHOP, promotion)
    return id_


def issue(server: TestClient, who: dict[str, str], kind: str, buyer: str, request: str = "") -> Any:
    body = {"promotion_id": kind, "buyer_id": buyer, "request_id": request or uuid4().hex}
    return server.post(f"{BASE}/issue", json=body, headers=who)


def left(server: TestClient, who: dict[str, str], kind: str) -> str:
    found = server.get(BASE, headers=who).json()["items"]
    return str(next(one["budget_left"] for one in found if one["promotion_id"] == kind))


def move(server: TestClient, who: dict[str, str], coupon: str, action: str, buyer: str, order: str = "") -> int:
    body = {"action": action, "buyer_id": buyer, "order_id": order}
    return int(server.post(f"{BASE}/{coupon}/move", json=body, headers=who).status_code)


def test_one_request_gives_one_coupon_however_often_it_is_sent(
    server: TestClient, owner: dict[str, str], kind: str
) -> None:
    first, again = (issue(server, owner, kind, "c-a", f"r-{kind}") for _ in range(2))
    assert first.status_code == again.status_code == 200, first.text
    assert first.json() == again.json()
    assert first.json()["state"] == "claimed" and first.json()["in_shop"] and len(first.json()["code"]) == 12
    assert left(server, owner, kind) == "20.00"


def test_the_budget_and_the_share_of_a_buyer_are_never_exceeded(
    server: TestClient, owner: dict[str, str], kind: str
) -> None:
    given = [issue(server, owner, kind, buyer).status_code for buyer in ("c-1", "c-1", "c-2", "c-3")]
    assert given == [200, 409, 200, 409]
    assert left(server, owner, kind) == "0.00"


def test_a_coupon_is_used_once_by_its_buyer_and_comes_back_once(
    server: TestClient, owner: dict[str, str], kind: str
) -> None:
    id_ = issue(server, owner, kind, "c-5").json()["id"]
    assert move(server, owner, id_, "use", "another", "o-1") == 409
    assert move(server, owner, id_, "use", "c-5") == 422
    assert [move(server, owner, id_, "use", "c-5", "o-1"), move(server, owner, id_, "use", "c-5", "o-2")] == [204, 409]
    assert [move(server, owner, id_, "return", "c-5"), move(server, owner, id_, "return", "c-5")] == [204, 409]
    (held,) = [c for c in server.get(f"{BASE}/of/c-5", headers=owner).json()["items"] if c["id"] == id_]
    assert (held["state"], held["order_id"]) == ("claimed", "")


def test_agents_issue_but_do_not_say_what_was_used(server: TestClient, owner: dict[str, str], kind: str) -> None:
    agent = log_in(server, "agent")
    id_ = issue(server, agent, kind, "c-6").json()["id"]
    assert move(server, agent, id_, "use", "c-6", "o-3") == 403


def test_unknown_promotions_and_strangers_are_turned_away(server: TestClient, owner: dict[str, str]) -> None:
    assert issue(server, owner, "no-such", "c-7").status_code == 404
    assert issue(server, {"Authorization": "Bearer wrong"}, "no-such", "c-7").status_code == 401


def test_what_is_past_its_end_expires_by_the_regular_job_and_gives_its_budget_back(
    server: TestClient, owner: dict[str, str], kind: str
) -> None:
    product = server.app.state.wiring  # type: ignore[attr-defined]
    body = {"promotion_id": kind, "buyer_id": "c-8", "request_id": kind, "valid_to": "2026-01-02T00:00:00+08:00"}
    assert server.post(f"{BASE}/issue", json=body, headers=owner).status_code == 200
    assert left(server, owner, kind) == "20.00"
    assert server.portal is not None
    server.portal.call(product.selling.expire, DEFAULT_SHOP)
    assert left(server, owner, kind) == "40.00"
    assert [c["state"] for c in server.get(f"{BASE}/of/c-8", headers=owner).json()["items"]] == ["expired"]
