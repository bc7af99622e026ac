"""`POST /api/v1/messages` and its neighbours, as outside programs use them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import xiaoer


def say(client: TestClient, text: str, buyer: str, **fields: Any) -> dict[str, Any]:
    body = {"channel": "api", "buyer_id": buyer, "content": {"type": "text", "text": text}, **fields}
    response = client.post("/api/v1/messages", json=body)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


def test_two_questions_are_answered_one_by_one_with_their_sources(client: TestClient) -> None:
    answer = say(client, "这件170能穿吗？什么时候发货", "b-two", context={"entry": "product", "product_id": "P1001"})
    intents = [segment["intent"] for segment in answer["turn"]["segments"]]
    assert intents == ["product.size_advice", "ship.when"]
    assert answer["turn"]["segments"][0]["entities"]["height_cm"] == 170
    assert {act["segment"] for act in answer["turn"]["acts"]} == {0, 1}
    assert {source["kind"] for source in answer["turn"]["sources"]} == {"product", "policy"}
    text = answer["replies"][0]["text"]
    assert "L" in text
    assert "发出" in text
    assert answer["state"] == "bot"
    assert answer["turn"]["handoff"] is None


def test_the_same_message_id_gives_the_same_answer_and_changes_nothing(client: TestClient) -> None:
    first = say(client, "发什么快递", "b-again", message_id="m-1")
    again = say(client, "发什么快递", "b-again", message_id="m-1")
    assert again == first
    conversation = client.get(f"/api/v1/conversations/{first['conversation_id']}").json()
    assert [message["author"] for message in conversation["messages"]].count("buyer") == 1


def test_the_message_id_of_another_buyer_is_another_message(client: TestClient) -> None:
    first, other = (say(client, "你好", buyer, message_id="m-same") for buyer in ("b-x1", "b-x2"))
    assert first["conversation_id"] != other["conversation_id"]


def test_an_order_is_told_to_its_buyer_only(client: TestClient) -> None:
    own = say(client, "我的快递到哪了", "b-demo")
    assert {"order", "shipment"} <= {source["kind"] for source in own["turn"]["sources"]}
    asked = "帮我查下订单880010010004到哪了"
    other = say(client, asked, "b-stranger")
    unknown = say(client, asked.replace("880010010004", "990010019999"), "b-stranger-2")
    assert other["turn"]["sources"] == unknown["turn"]["sources"] == []
    assert other["replies"][0]["text"].replace("010004", "") == unknown["replies"][0]["text"].replace("019999", "")


def test_a_person_is_called_at_the_first_word(client: TestClient) -> None:
    answer = say(client, "转人工", "b-human")
    assert answer["state"] == "queued"
    assert answer["turn"]["handoff"]["reason"] == "requested"
    assert answer["turn"]["handoff"]["rule_id"]
    assert "人工" in answer["replies"][0]["text"] or "同事" in answer["replies"][0]["text"]
    after = say(client, "有人吗", "b-human")
    assert (after["state"], after["replies"]) == ("queued", [])


@pytest.mark.parametrize(
    ("content", "context"),
    [
        ({"type": "product", "product_id": "P1001"}, {}),
        ({"type": "order", "order_id": "880010010004"}, {}),
        ({"type": "image", "url": "/uploads/default/x.png"}, {}),
        ({"type": "product", "product_id": "nope"}, {}),
        ({"type": "text", "text": "😂😂😂"}, {}),
        ({"type": "text", "text": "？？？"}, {}),
        ({"type": "text", "text": "a" * 10_000}, {}),
        ({"type": "text", "text": "你好\x00\x07\u200b世界"}, {}),
        ({"type": "text", "text": "Is 这个 OK 吗 ですか"}, {"entry": "search"}),
    ],
)
def test_every_kind_of_message_gets_an_answer(
    client: TestClient, content: dict[str, str], context: dict[str, str]
) -> None:
    buyer = f"b-kind-{abs(hash(str(content)))}"
    body = {"channel": "api", "buyer_id": buyer, "content": content, "context": context}
    response = client.post("/api/v1/messages", json=body)
    assert response.status_code == 200, response.text
    assert response.json()["replies"][0]["text"]


_GOOD = {"channel": "api", "buyer_id": "b-bad", "content": {"type": "text", "text": "你好"}}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"content": {"type": "text", "text": ""}}, 422, "invalid_body"),
        ({"content": {"type": "text", "text": "  \n "}}, 422, "invalid_body"),
        ({"content": {"type": "text", "text": "长" * 10_001}}, 422, "invalid_body"),
        ({"content": {"type": "video", "url": "x"}}, 422, "invalid_body"),
        ({"content": "你好"}, 422, "invalid_body"),
        ({"buyer_id": ""}, 422, "invalid_body"),
        ({"buyer_id": "b\n1"}, 422, "invalid_body"),
        ({"buyer_id": 7}, 422, "invalid_body"),
        ({"context": {"entry": "moon"}}, 422, "invalid_body"),
        ({"conversation_id": "01ABC"}, 404, "not_found"),
    ],
)
def test_a_bad_message_is_refused_with_a_reason(
    client: TestClient, change: dict[str, Any], status: int, code: str
) -> None:
    response = client.post("/api/v1/messages", json={**_GOOD, **change})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_broken_json_a_wrong_key_and_a_huge_body_are_clear_errors(client: TestClient) -> None:
    assert client.post("/api/v1/messages", content=b"{").status_code == 422
    assert client.post("/api/v1/messages", content=b'"\xff"').status_code == 422
    assert client.post("/api/v1/messages", content=b"[" * 100_000).status_code == 422
    assert client.post("/api/v1/messages", content=b" " * 2_000_000).status_code == 413
    for header in ("Bearer wrong", "Basic x", "Bearer xk.default.bad", "Bearer a.b.c"):
        response = client.post("/api/v1/messages", json=_GOOD, headers={"Authorization": header})
        assert (response.status_code, response.json()["code"]) == (401, "unauthorised")


def test_another_buyers_conversation_is_not_found(client: TestClient) -> None:
    mine = say(client, "你好", "b-mine")
    body = {**_GOOD, "buyer_id": "b-thief", "conversation_id": mine["conversation_id"]}
    assert client.post("/api/v1/messages", json=body).status_code == 404


def test_understanding_takes_a_batch_and_changes_nothing(client: TestClient) -> None:
    items = [{"text": "多久能到"}, {"text": "那M呢", "previous": ["L码还有吗"]}, {"text": ""}]
    answer = client.post("/api/v1/understand", json={"items": items}).json()["items"]
    assert [item["segments"][0]["intent"] for item in answer[:2]] == ["ship.eta", "product.stock"]
    assert len(answer) == 3
    too_many = client.post("/api/v1/understand", json={"items": [{"text": "你好"}] * 1001})
    assert too_many.status_code == 422


def test_the_trace_explains_the_answer_in_words(client: TestClient) -> None:
    answer = say(client, "可以开发票吗", "b-why")
    for id_ in (answer["message_id"], answer["replies"][0]["id"]):
        explained = client.get(f"/api/v1/messages/{id_}/explain").json()
        assert "order.invoice" in explained["text"]
        assert "依据" in explained["text"]
    assert client.get("/api/v1/messages/nope/explain").status_code == 404


def test_the_trace_shows_no_phone_and_no_address(client: TestClient) -> None:
    answer = say(client, "地址改成上海市浦东新区世纪大道100号2楼，电话13812345678", "b-hidden")
    explained = client.get(f"/api/v1/messages/{answer['message_id']}/explain")
    assert "138****5678" in explained.text
    assert "13812345678" not in explained.text and "世纪大道" not in explained.text


def test_knowledge_search_answers_and_refuses(client: TestClient) -> None:
    body = {"queries": ["多久能发货", "明天股市开盘吗"], "top_k": 3}
    known, unknown = client.post("/api/v1/knowledge/search", json=body).json()["results"]
    assert known["answerable"] is True
    assert len(known["hits"]) == 3
    assert [hit["score"] for hit in known["hits"]] == sorted((hit["score"] for hit in known["hits"]), reverse=True)
    assert unknown["answerable"] is False


def test_events_are_kept_once(client: TestClient) -> None:
    event = {"id": "e-1", "type": "order.paid", "at": "2026-06-18T20:01:00+08:00", "data": {"order_id": "1"}}
    body = {"events": [event, event]}
    assert client.post("/api/v1/events", json=body).json() == {"accepted": 1, "duplicates": 1}
    assert client.post("/api/v1/events", json=body).json() == {"accepted": 0, "duplicates": 2}
    bad = {"events": [{**event, "type": "order.exploded"}]}
    assert client.post("/api/v1/events", json=bad).status_code == 422


def test_a_cart_is_priced_with_the_promotions_that_run(client: TestClient) -> None:
    quote = _quote(client, _variant_of("P1001"), 3).json()
    assert quote["source"] == "engine"
    lines, off = quote["lines"], [a for a in quote["applied"] if a["level"] != "freight"]
    paid = sum(Decimal(line["paid"]) for line in lines)
    assert Decimal(quote["payable"]) == paid + Decimal(quote["freight"])
    assert sum(Decimal(line["base"]) for line in lines) - paid == sum(Decimal(a["amount"]) for a in off)
    assert off
    assert quote["explanation"]


def _quote(client: TestClient, variant_id: str, quantity: int = 1) -> Any:
    return client.post("/api/v1/quotes", json={"items": [{"variant_id": variant_id, "quantity": quantity}]})


def _variant_of(product_id: str) -> str:
    rows = (Path(xiaoer.__file__).parent / "app" / "demo" / "data" / "variants.jsonl").read_text(encoding="utf-8")
    return str(next(row["id"] for row in map(json.loads, rows.splitlines()) if row["product_id"] == product_id))


def test_a_quote_names_an_unknown_variant(client: TestClient) -> None:
    missing = client.post("/api/v1/quotes", json={"items": [{"variant_id": "nope", "quantity": 1}]})
    assert missing.status_code == 404
    assert client.post("/api/v1/quotes", json={"items": []}).status_code == 422


def test_health_readiness_and_metrics(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    assert "xiaoer_messages_total" in client.get("/metrics").text
