"""Coupons over HTTP: within budgets and roles, one for one request, each step of its life once."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.test_staff_api import log_in

from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId
from xiaoer.slices.promotions.service import Promotions

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
    assert server.portal is not None
    earlier = Promotions(product.db, ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    ends = datetime(2026, 1, 2, tzinfo=UTC)
    server.portal.call(partial(earlier.issue, DEFAULT_SHOP, kind, BuyerId("c-8"), valid_to=ends))
    assert left(server, owner, kind) == "20.00"
    server.portal.call(product.selling.expire, DEFAULT_SHOP)
    assert left(server, owner, kind) == "40.00"
    assert [c["state"] for c in server.get(f"{BASE}/of/c-8", headers=owner).json()["items"]] == ["expired"]


DRAFT = {
    "title": "满99减10", "off": "10.00", "least": "99.00", "budget": "30.00", "per_user_limit": 1,
    "starts_at": "2026-01-01T00:00:00+08:00", "ends_at": "2036-01-01T00:00:00+08:00",
}  # fmt: skip


def make(server: TestClient, who: dict[str, str], **changes: Any) -> Any:
    return server.post(BASE, json=DRAFT | changes, headers=who)


def kind_of(server: TestClient, who: dict[str, str], id_: str) -> dict[str, Any]:
    found = server.get(BASE, headers=who).json()["items"]
    return next(one for one in found if one["promotion_id"] == id_)


def change(server: TestClient, who: dict[str, str], id_: str, **changes: Any) -> Any:
    return server.put(f"{BASE}/{id_}", json=DRAFT | changes, headers=who)


def test_a_coupon_made_here_is_issued_within_its_budget_and_counted(server: TestClient, owner: dict[str, str]) -> None:
    id_ = make(server, owner).json()["promotion_id"]
    first = issue(server, owner, id_, "m-a").json()
    for buyer in ("m-b", "m-c"):
        assert issue(server, owner, id_, buyer).status_code == 200
    assert issue(server, owner, id_, "m-d").status_code == 409
    assert move(server, owner, first["id"], "use", "m-a", "O-1") == 204
    kind = kind_of(server, owner, id_)
    assert (kind["budget"], kind["budget_left"], kind["issued"], kind["open"], kind["used"]) == (
        "30.00", "0.00", 3, 2, 1
    )  # fmt: skip
    given = server.get(f"{BASE}/{id_}/given", headers=owner).json()["items"]
    assert {(one["buyer_id"], one["state"], one["order_id"]) for one in given} == {
        ("m-a", "used", "O-1"), ("m-b", "claimed", ""), ("m-c", "claimed", "")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"least": "5.00"}, "白送"),
        ({"off": "0"}, "大于 0"),
        ({"budget": "9.99"}, "一张都不够"),
        ({"ends_at": "2025-01-01T00:00:00+08:00"}, "结束"),
    ],
    ids=["gives-goods-away", "nothing-off", "budget-too-small", "over-already"],
)
def test_terms_that_cannot_hold_are_refused_in_words(
    server: TestClient, owner: dict[str, str], changes: dict[str, str], told: str
) -> None:
    answer = make(server, owner, **changes)
    assert answer.status_code == 422 and told in answer.json()["detail"]


def test_what_buyers_hold_is_kept_when_terms_change(server: TestClient, owner: dict[str, str]) -> None:
    id_ = make(server, owner).json()["promotion_id"]
    assert change(server, owner, id_, off="12.00", budget="50.00").status_code == 200
    issue(server, owner, id_, "k-a")
    refused = [
        change(server, owner, id_, off="8.00", budget="50.00"),
        change(server, owner, id_, off="12.00", budget="11.00"),
        change(server, owner, id_, off="12.00", total=0),
        change(server, owner, id_, off="12.00", ends_at="2030-01-01T00:00:00+08:00"),
    ]
    assert [answer.status_code for answer in refused] == [422] * 4
    assert (
        change(server, owner, id_, off="12.00", budget="12.00", ends_at="2037-01-01T00:00:00+08:00").status_code == 200
    )
    assert kind_of(server, owner, id_)["budget_left"] == "0.00"


def test_no_coupon_outlives_its_promotion_or_is_over_when_it_is_issued(
    server: TestClient, owner: dict[str, str], kind: str
) -> None:
    def until(buyer: str, day: str) -> Any:
        body = {"promotion_id": kind, "buyer_id": buyer, "request_id": uuid4().hex, "valid_to": f"{day}T00:00:00+08:00"}
        return server.post(f"{BASE}/issue", json=body, headers=owner)

    assert until("u-a", "2099-01-01").json()["valid_to"] == "2035-12-31T16:00:00Z"
    assert until("u-b", "2020-01-01").status_code == 409


def test_a_buyer_nobody_knows_is_refused_where_people_type_the_id(
    server: TestClient, owner: dict[str, str], kind: str
) -> None:
    body = {"promotion_id": kind, "buyer_id": f"slip-{kind}", "request_id": uuid4().hex, "known": True}
    assert server.post(f"{BASE}/issue", json=body, headers=owner).status_code == 404
    assert left(server, owner, kind) == "40.00"


def test_agents_look_at_coupons_and_change_none(server: TestClient, kind: str) -> None:
    agent = log_in(server, "agent")
    assert server.get(BASE, headers=agent).status_code == 200
    assert make(server, agent).status_code == change(server, agent, kind).status_code == 403
