"""A buyer who may write a bad review is shown to supervisors at once, and to nobody else."""

import json
from typing import Any

from starlette.testclient import TestClient


def log_in(client: TestClient, name: str) -> str:
    body = {"username": name, "password": f"xiaoer-{name}", "shop": "default"}
    return str(client.post("/api/v1/auth/login", json=body).json()["access_token"])


def say(client: TestClient, text: str) -> str:
    body = {"channel": "web", "buyer_id": "risky", "content": {"type": "text", "text": text}}
    return str(client.post("/api/v1/messages", json=body).json()["conversation_id"])


def frames_until(line: Any, wanted: str) -> list[dict[str, Any]]:
    """Frames up to the first of a type, which is the last of them."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["type"] != wanted:
        assert len(found) < 300, f"no {wanted} came"
        found.append(json.loads(line.receive_text()))
    return found


def test_supervisors_hear_at_once_of_a_buyer_who_may_write_a_bad_review(client: TestClient) -> None:
    tokens = [log_in(client, name) for name in ("supervisor", "agent")]
    above, other = (client.websocket_connect(f"/api/v1/desk/ws?token={token}") for token in tokens)
    with above as supervisor, other as agent:
        frames_until(supervisor, "snapshot")
        frames_until(agent, "snapshot")
        talk = say(client, "你们太过分了，我要投诉你们，给差评")
        risk = frames_until(supervisor, "risk")[-1]["item"]
        assert risk["conversation_id"] == talk
        assert "差评" in risk["title"] and risk["advice"]
        say(client, "人呢")
        assert "risk" not in [frame["type"] for frame in frames_until(agent, "conversation.changed")]
