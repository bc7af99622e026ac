"""Reviews of talks over HTTP: a supervisor scores, the agent objects once, the supervisor rules; all of it in the audit."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import reviews
from xiaoer.slices.insights.reviews import Review
from xiaoer.slices.insights.rules.quality import SHEET

ROOT, SHOP = "/api/v1/insights/reviews", ShopId("default")
FULL = {item.name: item.points for item in SHEET}


def bearer(client: TestClient, name: str) -> dict[str, str]:
    body = {"username": name, "password": f"xiaoer-{name}", "shop": "default"}
    found = client.post("/api/v1/auth/login", json=body).json()
    return {"Authorization": f"Bearer {found['access_token']}", "X-Staff": found["staff"]["id"]}


@pytest.fixture
def agent(client: TestClient) -> dict[str, str]:
    return bearer(client, "agent")


@pytest.fixture
def picked(client: TestClient, agent: dict[str, str]) -> str:
    """A talk of the agent that was picked for review."""
    product = client.app.state.wiring  # type: ignore[attr-defined]
    row = Review("rev-1", agent["X-Staff"], product.clock.now(), "low_score", "waiting", 70)
    assert client.portal is not None
    client.portal.call(product.db.write, lambda c: reviews.save(c, SHOP, [row]))
    return row.conversation_id


def one(client: TestClient, id_: str, **more: Any) -> dict[str, Any] | None:
    found = client.get(ROOT, **more).json()
    return next((dict(item) for item in found["items"] if item["conversation_id"] == id_), None)


def test_an_agent_sees_his_review_objects_once_and_hears_the_ruling(
    client: TestClient, agent: dict[str, str], picked: str
) -> None:
    assert one(client, picked, headers=agent) is None  # not before it is scored
    scored = client.put(f"{ROOT}/{picked}", json={"sheet": FULL | {"response": 5}, "remark": "第一句等了四分钟"})
    assert scored.json()["score"] == 80
    mine = one(client, picked, headers=agent)
    assert mine is not None
    assert (mine["state"], mine["sheet"]["response"], mine["remark"]) == ("done", 5, "第一句等了四分钟")
    path, text = f"{ROOT}/{picked}/appeal", {"text": "买家当时在等快递公司回复"}
    assert client.post(path, json=text, headers=agent).json()["state"] == "appealed"
    assert client.post(path, json=text, headers=agent).status_code == 409
    assert client.post(f"{ROOT}/{picked}/ruling", json={"text": "自己裁"}, headers=agent).status_code == 403
    owner, verdict = bearer(client, "owner"), {"text": "同意", "sheet": FULL | {"response": 17}}
    assert (
        client.post(f"{ROOT}/{picked}/ruling", json={"text": "同意", "sheet": {"x": 1}}, headers=owner).status_code
        == 422
    )
    ruled = client.post(f"{ROOT}/{picked}/ruling", json=verdict, headers=owner).json()
    assert (ruled["state"], ruled["score"]) == ("ruled", 92)
    after = one(client, picked, headers=agent)
    assert after is not None
    assert after["ruling"].endswith("：同意")
    assert after["sheet"]["response"] == 17
    page = client.get(ROOT).json()
    assert page["agreement"]["count"] >= 1
    assert page["names"][agent["X-Staff"]] == "小林"
    lines = client.get("/api/v1/audit", params={"action": "insight.review"}, headers=owner).json()["items"]
    told = [line["action"] for line in lines]
    assert told[:3] == ["insight.review_ruling", "insight.review_appeal", "insight.review"]


def test_others_reviews_are_not_shown_and_not_objected_to(client: TestClient, agent: dict[str, str]) -> None:
    product = client.app.state.wiring  # type: ignore[attr-defined]
    row = Review("rev-2", "somebody", product.clock.now(), "chance", "done", 90, 90)
    assert client.portal is not None
    client.portal.call(product.db.write, lambda c: reviews.save(c, SHOP, [row]))
    assert one(client, "rev-2", headers=agent) is None
    assert client.post(f"{ROOT}/rev-2/appeal", json={"text": "不服"}, headers=agent).status_code == 409


@pytest.mark.parametrize(
    ("sheet", "status"), [({}, 422), (FULL | {"response": 99}, 422), (FULL | {"charm": 1}, 422), (FULL, 200)]
)
def test_the_sheet_is_filled_exactly(client: TestClient, picked: str, sheet: dict[str, int], status: int) -> None:
    assert client.put(f"{ROOT}/{picked}", json={"sheet": sheet}).status_code == status
