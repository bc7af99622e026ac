"""Own words and intents over HTTP: taught, in force at once, forgotten at once."""

import io
import zlib

import numpy as np
from starlette.testclient import TestClient
from tests.app.test_staff_api import log_in

from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.understanding.model import FORMAT, write_model
from xiaoer.slices.understanding.pack import shipped_model


def _heard(server: TestClient, who: dict[str, str], text: str) -> dict[str, str]:
    answer = server.post("/api/v1/wording/try", json={"text": text}, headers=who)
    assert answer.status_code == 200
    part: dict[str, str] = answer.json()["parts"][0]
    return part


def test_a_new_campaign_word_is_understood_as_soon_as_it_is_saved(server: TestClient) -> None:
    owner = log_in(server, "owner")
    assert _heard(server, owner, "咚咚周几时发")["intent"] != "promo.discount"
    word = {"kind": "word", "text": "咚咚周", "means": "优惠活动"}
    made = server.post("/api/v1/wording", json=word, headers=owner)
    assert made.status_code == 201
    assert _heard(server, owner, "咚咚周什么时候开始")["intent"] == "promo.discount"
    again = server.post("/api/v1/wording", json=word, headers=owner)
    assert (again.status_code, again.json()["code"]) == (422, "wording_refused")
    assert again.json()["told"] == "「咚咚周」已经教过，改那一条"
    assert server.delete(f"/api/v1/wording/{made.json()['id']}", headers=owner).status_code == 204
    tried = server.post("/api/v1/wording/try", json={"text": "咚咚周什么时候开始"}, headers=owner).json()
    assert "咚咚周" in tried["normal"]


def test_an_intent_of_the_shops_own_reaches_the_conversation(server: TestClient) -> None:
    owner = log_in(server, "owner")
    lesson = {
        "kind": "intent",
        "text": "试吃官",
        "intent": "shop.taster",
        "examples": ["试吃官怎么报名", "想当试吃官", "试吃官名额还有吗"],
    }
    made = server.post("/api/v1/wording", json=lesson, headers=owner).json()
    part = _heard(server, owner, "我想当试吃官")
    assert (part["intent"], part["title"], part["by"]) == ("shop.taster", "试吃官", "example")
    wrong = server.put(f"/api/v1/wording/{made['id']}", json={**lesson, "intent": "taster"}, headers=owner)
    assert wrong.status_code == 422
    listed = server.get("/api/v1/wording", headers=owner).json()
    assert [item["intent"] for item in listed["items"] if item["kind"] == "intent"] == ["shop.taster"]
    assert len(listed["intents"]) > 70
    assert server.put("/api/v1/wording/none", json=lesson, headers=owner).status_code == 404


def test_an_agent_may_not_teach(server: TestClient) -> None:
    agent = log_in(server, "agent")
    assert (
        server.post(
            "/api/v1/wording", json={"kind": "word", "text": "嘎嘎", "means": "活动"}, headers=agent
        ).status_code
        == 403
    )


def test_a_model_made_by_an_older_program_gives_way_to_the_one_that_came_with_this_one(
    server: TestClient, shop_settings: Settings
) -> None:
    models, shop = server.app.state.wiring.models, ShopId("older")  # type: ignore[attr-defined]
    models.use(shop, 1)
    raw = io.BytesIO()
    np.savez(raw, format=np.array([FORMAT - 1]))
    (shop_settings.home / "models" / shop / "1.bin").write_bytes(zlib.compress(raw.getvalue()))
    assert models.model(shop).labels == shipped_model().labels


def test_words_and_models_are_rehearsed_over_the_api_and_bad_ones_are_refused(server: TestClient) -> None:
    owner = log_in(server, "owner")

    def begin(**body: object) -> tuple[int, dict[str, str]]:
        answer = server.post("/api/v1/learning/replays", json=body, headers=owner)
        return answer.status_code, answer.json()

    status, begun = begin(words=[{"lesson": {"kind": "word", "text": "嘟嘟券", "means": "优惠券"}}])
    assert (status, begun["status"]) == (202, "waiting")
    for bad, code in (
        ({"words": [{"lesson": {"kind": "word", "text": "嘟", "means": "优惠券"}}]}, "wording_refused"),
        ({"forget": ["nowhere"]}, "not_found"),
        ({"model": 77}, "not_found"),
        ({"model": -1}, "invalid_body"),
        ({}, "invalid_body"),
    ):
        status, problem = begin(**bad)
        assert (status in (404, 422), problem["code"]) == (True, code)


def test_versions_of_the_model_are_listed_and_put_in_force(server: TestClient, shop_settings: Settings) -> None:
    owner = log_in(server, "owner")
    listed = server.get("/api/v1/wording/models", headers=owner).json()
    assert (listed["items"], listed["current"], listed["training"]) == ([], 0, False)
    folder = shop_settings.home / "models" / "default"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1.bin").write_bytes(write_model(shipped_model()))
    used = server.post("/api/v1/wording/models/1/use", headers=owner).json()
    assert (used["current"], [one["in_use"] for one in used["items"]]) == (1, [True])
    assert server.post("/api/v1/wording/models/9/use", headers=owner).status_code == 404
    assert server.post("/api/v1/wording/models/x/use", headers=owner).status_code == 422
    assert server.post("/api/v1/wording/models/0/use", headers=owner).json()["current"] == 0
    assert server.post("/api/v1/wording/learn", json={"hold": "maybe"}, headers=owner).status_code == 422
    agent = log_in(server, "agent")
    assert server.get("/api/v1/wording/models", headers=agent).status_code == 403
    assert server.post("/api/v1/wording/models/0/use", headers=agent).status_code == 403
