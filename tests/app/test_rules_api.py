"""A shop's own red lines: they stop the bot in any spelling, can be tried on the past, and never weaken safety."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.test_staff_api import log_in

RULE = {"title": "内部词", "words": ["刷单返现"], "unless": ["不做"], "reason": "sensitive", "skill": "complaints"}


def ask(client: TestClient, text: str) -> dict[str, object]:
    body = {"channel": "api", "buyer_id": uuid4().hex, "content": {"type": "text", "text": text}}
    answer: dict[str, object] = client.post("/api/v1/messages", json=body).json()
    return answer


@pytest.fixture(scope="module")
def own_rule(client: TestClient, server: TestClient) -> Iterator[dict[str, str]]:
    supervisor = log_in(server, "supervisor")
    saved = client.put("/api/v1/rules/red-lines", json={"own": [RULE]}, headers=supervisor)
    assert saved.status_code == 200, saved.text
    yield supervisor
    client.put("/api/v1/rules/red-lines", json={}, headers=supervisor)


@pytest.mark.parametrize("text", ["你们搞刷单返现吗", "刷 单 返 现 有没有", "刷dan返现", "刷_单_返_现"])
def test_an_own_word_stops_the_bot_in_any_spelling(client: TestClient, own_rule: dict[str, str], text: str) -> None:
    turn = ask(client, text)["turn"]
    assert turn["handoff"]["rule_id"].startswith("own."), text  # type: ignore[index]


def test_an_excuse_lets_the_clause_pass(client: TestClient, own_rule: dict[str, str]) -> None:
    assert ask(client, "我们不做刷单返现，这件衣服什么料子")["turn"]["handoff"] is None  # type: ignore[index]


def test_a_rule_is_tried_on_the_past_before_it_holds(client: TestClient, own_rule: dict[str, str]) -> None:
    word = f"测试词{uuid4().hex[:6]}"
    for text in (f"问一下{word}是什么", f"{word}{word}", "今天发货吗"):
        ask(client, text)
    found = client.post(
        "/api/v1/rules/red-lines/preview", json={"rule": {"words": [word]}, "days": 1}, headers=own_rule
    ).json()
    assert (found["hits"], found["conversations"]) == (2, 2)
    assert all(word in example["text"] for example in found["examples"])


def test_rules_that_protect_people_cannot_be_switched_off(client: TestClient, own_rule: dict[str, str]) -> None:
    for off in ("human", "injury"):
        refused = client.put("/api/v1/rules/red-lines", json={"off": [off]}, headers=own_rule)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_body")


@pytest.mark.parametrize("words", [[], ["退"], ["  "], ["a" * 41]], ids=["none", "one character", "blank", "too long"])
def test_words_that_cannot_be_a_rule_are_refused(
    client: TestClient, own_rule: dict[str, str], words: list[str]
) -> None:
    refused = client.put("/api/v1/rules/red-lines", json={"own": [{"words": words}]}, headers=own_rule)
    assert refused.status_code == 422


def test_an_agent_may_not_change_rules(server: TestClient) -> None:
    agent = log_in(server, "agent")
    assert server.put("/api/v1/rules/red-lines", json={}, headers=agent).status_code == 403
