"""The floor over HTTP: only the people who set it see it or come near it; no id that buyers are told holds it."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.conftest import KEY
from tests.app.test_staff_api import log_in

BASE = "/api/v1/selling"
PROGRAM = {"Authorization": f"Bearer {KEY}"}
REHEARSAL = {"product_id": "P1017", "lines": ["便宜点", "再便宜点", "再便宜点"]}


def rule(server: TestClient, who: dict[str, str]) -> dict[str, Any]:
    found = server.get(f"{BASE}/bargaining", headers=who)
    assert found.status_code == 200, found.text
    return dict(next(one["rule"] for one in found.json()["items"] if one["id"] == "demo-clothes"))


def test_the_owner_sees_the_floor_and_rehearses(server: TestClient) -> None:
    owner = log_in(server, "owner")
    assert rule(server, owner)["floor_ratio"] == 9_200
    assert server.post(f"{BASE}/bargaining/rehearse", json=REHEARSAL, headers=owner).status_code == 200


@pytest.mark.parametrize("name", ["program", "supervisor"])
def test_others_who_may_look_neither_see_it_nor_come_near_it(server: TestClient, name: str) -> None:
    who = PROGRAM if name == "program" else log_in(server, name)
    shown = rule(server, who)
    assert (shown["floor"], shown["floor_ratio"], shown["max_off"]) == (None, 0, None)
    refused = server.post(f"{BASE}/bargaining/rehearse", json=REHEARSAL, headers=who)
    assert refused.status_code == 403
    # what was read hidden cannot be written back as a floor of nothing
    body = {"rule": shown, "version": 1}
    assert server.put(f"{BASE}/bargaining/demo-clothes", json=body, headers=who).status_code in (403, 422)


def test_no_id_told_to_a_buyer_can_be_computed_from_product_and_floor(server: TestClient) -> None:
    told = ""
    for buyer in range(9):  # one in ten is held out of bargaining
        body = {"buyer_id": f"floor-{buyer}", "channel": "api", "context": {"entry": "product", "product_id": "P1017"}}
        for text in ("便宜5元行吗", "好，就这个价"):
            content = {"type": "text", "text": text}
            answer = server.post("/api/v1/messages", json=body | {"message_id": uuid4().hex, "content": content},
                                 headers=PROGRAM)  # fmt: skip
            told += json.dumps(answer.json(), ensure_ascii=False)
    assert "bargain-" in told
    for fen in range(1, 15_901):
        for kind in (hashlib.blake2b, hashlib.sha1, hashlib.md5):
            assert kind(f"P1017|{fen}".encode()).hexdigest()[:20] not in told
        assert hashlib.blake2b(f"P1017|{fen}".encode(), digest_size=10).hexdigest() not in told
