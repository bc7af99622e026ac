"""The gap loop and the regression set over HTTP, on the sample shop."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import owners
from xiaoer.slices.insights import api as insights

ROOT = "/api/v1/learning"
_ASKED = iter(
    (
        ("你们能刻字吗", "可以帮忙刻字吗"),
        ("能代写贺卡吗", "能不能代写一张贺卡"),
        ("帐篷能租吗", "帐篷可以出租吗"),
        ("旧鞋你们回收吗", "你们回收旧鞋吗"),
    )
)


def say(client: TestClient, text: str) -> dict[str, Any]:
    body = {"channel": "api", "buyer_id": uuid4().hex, "content": {"type": "text", "text": text}}
    return dict(client.post("/api/v1/messages", json=body).json())


def correct(client: TestClient, conversation_id: str, text: str) -> None:
    """Say what the bot should have said, as an agent does in the workbench."""
    product = client.app.state.wiring  # type: ignore[attr-defined]
    shop = ShopId("default")

    def change(connection: Any) -> None:
        turn = owners.last_turn(connection, shop, conversation_id)
        assert turn is not None
        data = {"turn_id": turn.id, "text": text}
        fact = Event(shop, new_id(), "answer.corrected", product.clock.now(), conversation_id, "", data)
        insights.append(connection, shop, [fact])

    async def write() -> None:
        await product.db.write(change)

    assert client.portal is not None
    client.portal.call(write)


@pytest.fixture
def gap(client: TestClient) -> dict[str, Any]:
    """A gap that two buyers opened; every test gets one of its own."""
    texts = next(_ASKED)
    for text in texts:
        correct(client, say(client, text)["conversation_id"], "这个要问店长")
    assert client.post(f"{ROOT}/gaps/refresh").status_code == 200
    items = client.get(f"{ROOT}/gaps").json()["items"]
    return next(dict(row) for row in items if row["gap"]["question"] in texts)


def test_a_gap_shows_counts_examples_and_a_proposal(client: TestClient, gap: dict[str, Any]) -> None:
    assert gap["count"]["conversations"] == 2
    shown = client.get(f"{ROOT}/gaps/{gap['gap']['id']}").json()
    assert len(shown["examples"]) == 2
    assert shown["draft"]["question"] == gap["gap"]["question"]
    assert shown["row"]["trend"][-1] >= 1


def test_gaps_are_on_the_insights_page_too(client: TestClient, gap: dict[str, Any]) -> None:
    page = client.get("/api/v1/insights/gaps").json()
    table = next(table for table in page["tables"] if table["id"] == "to-fill")
    assert gap["gap"]["id"] in [row["id"] for row in table["rows"]]


def test_an_approved_gap_answers_the_next_buyer(client: TestClient, gap: dict[str, Any]) -> None:
    id_, question = gap["gap"]["id"], gap["gap"]["question"]
    made = client.post(
        f"{ROOT}/gaps/{id_}/approve", json={"entry": {"question": question, "answer": "可以的，三天做好。"}}
    )
    assert made.status_code == 200, made.text
    assert "三天做好" in say(client, question)["replies"][0]["text"]
    assert id_ not in [row["gap"]["id"] for row in client.get(f"{ROOT}/gaps").json()["items"]]


def test_a_dismissed_gap_can_be_reopened(client: TestClient, gap: dict[str, Any]) -> None:
    id_ = gap["gap"]["id"]
    assert client.post(f"{ROOT}/gaps/{id_}/dismiss", json={"reason": "不做"}).status_code == 200
    assert id_ in [row["gap"]["id"] for row in client.get(f"{ROOT}/gaps?status=dismissed").json()["items"]]
    assert client.post(f"{ROOT}/gaps/{id_}/reopen").status_code == 200
    assert id_ in [row["gap"]["id"] for row in client.get(f"{ROOT}/gaps").json()["items"]]


def test_publishing_against_a_golden_question_takes_a_reason(client: TestClient) -> None:
    thing = uuid4().hex[:6]
    made = client.post("/api/v1/knowledge", json={"question": f"{thing}怎么用", "answer": "按一下开关。"}).json()
    body = {"question": f"{thing}怎么用", "must_contain": ["按一下"]}
    golden = client.post(f"{ROOT}/golden", json=body)
    assert golden.status_code == 201 and golden.json()["passed"] is True
    change = {"version": made["version"], "answer": "拧两圈。"}
    refused = client.patch(f"/api/v1/knowledge/{made['id']}", json=change)
    assert (refused.status_code, refused.json()["code"]) == (409, "golden_broken")
    done = client.patch(f"/api/v1/knowledge/{made['id']}?override=换了新款", json=change)
    assert done.status_code == 200
    assert client.delete(f"{ROOT}/golden/{golden.json()['id']}").status_code == 204


def test_new_words_for_an_approved_answer_are_shown_beside_it_and_taken_with_one_click(client: TestClient) -> None:
    thing, old, new = uuid4().hex[:6], "按一下开关。", "按住开关三秒。"
    made = client.post("/api/v1/knowledge", json={"question": f"{thing}怎么用", "answer": old}).json()
    body = {"question": f"{thing}怎么用", "entry_id": made["id"], "answer": old}
    golden = client.post(f"{ROOT}/golden", json=body).json()
    change = {"version": made["version"], "answer": new}
    refused = client.patch(f"/api/v1/knowledge/{made['id']}", json=change).json()
    assert [(one["id"], one["before"], one["after"]) for one in refused["against"]] == [(golden["id"], old, new)]
    assert client.patch(f"/api/v1/knowledge/{made['id']}?override=就按新的", json=change).status_code == 200
    kept = {one["id"]: one for one in client.get(f"{ROOT}/golden").json()["items"]}[golden["id"]]
    assert (kept["answer"], kept["passed"]) == (new, True)
    assert client.delete(f"{ROOT}/golden/{golden['id']}").status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/gaps?from=昨天", None, 422),
        ("GET", "/gaps?from=2026-06-19&to=2026-06-18", None, 422),
        ("GET", "/gaps?status=lost", None, 422),
        ("GET", "/gaps/nothing", None, 404),
        ("POST", "/gaps/nothing/dismiss", {"reason": "不做"}, 404),
        ("POST", "/gaps/nothing/dismiss", {"reason": ""}, 422),
        ("POST", "/golden", {"question": "没有期望"}, 422),
        ("POST", "/golden", {"question": "问", "answer": "哪条知识的？"}, 422),
        ("PUT", "/golden/nothing", {"question": "问", "handoff": True}, 404),
        ("DELETE", "/golden/nothing", None, 404),
        ("PUT", "/settings", {"min_conversations": 0}, 422),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_problem(
    client: TestClient, method: str, path: str, body: Any, status: int
) -> None:
    answer = client.request(method, ROOT + path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["code"]
