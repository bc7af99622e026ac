"""The widget's live line: greeting, bursts, reconnect with resume, nothing doubled, nothing lost."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

_MANY = 1_000  # frames after which what is waited for does not come


def visit(server: TestClient, **context: str) -> dict[str, Any]:
    response = server.post("/api/v1/widget/sessions", json={"shop": "default", "context": context or None})
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


def until(line: WebSocketTestSession, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Read frames up to the first that is wanted; the talks of other tests on this server change meanwhile."""
    frames: list[dict[str, Any]] = []
    while not frames or not wanted(frames[-1]):
        assert len(frames) < _MANY, frames[-10:]
        frames.append(line.receive_json())
    return frames


def from_bot(frame: dict[str, Any]) -> bool:
    return frame["type"] == "message" and frame["message"]["author"] == "bot"


def send(line: WebSocketTestSession, client_id: str, text: str) -> None:
    line.send_json({"type": "send", "client_id": client_id, "content": {"type": "text", "text": text}})


def test_a_newcomer_is_greeted_by_the_page_and_a_returning_one_is_not(server: TestClient) -> None:
    token = visit(server, entry="product", product_id="P1001")["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        frames = until(line, from_bot)
        assert frames[0]["type"] == "hello"
        assert "people_at" in frames[0]
        assert "防晒" in frames[-1]["message"]["text"]
        send(line, "c1", "有货吗")
        last = until(line, lambda f: from_bot(f) and f["seq"] > 1)[-1]["seq"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}&after={last}") as line:
        assert line.receive_json()["type"] == "hello"
        send(line, "c2", "多少钱")
        messages = [f for f in until(line, from_bot) if f["type"] == "message"]
        assert [m["message"].get("client_id") for m in messages[:1]] == ["c2"]


def test_a_burst_is_answered_once(server: TestClient) -> None:
    token = visit(server, entry="product", product_id="P1001")["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        until(line, from_bot)
        for number, text in enumerate(("你好", "这件", "170能穿吗")):
            send(line, f"c{number}", text)
        frames = until(line, lambda f: from_bot(f) and f["seq"] > 0)
    bought = [f for f in frames if f["type"] == "message" and f["message"]["author"] == "buyer"]
    assert [f["message"]["client_id"] for f in bought] == ["c0", "c1", "c2"]
    assert "L" in frames[-1]["message"]["text"]


def test_after_a_lost_connection_everything_newer_is_sent_again_and_nothing_twice(server: TestClient) -> None:
    token = visit(server)["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        until(line, from_bot)
        send(line, "c1", "发什么快递")
        frames = until(line, lambda f: from_bot(f) and f["seq"] > 0)
    seqs = [f["seq"] for f in frames if f["type"] == "message" and f["seq"] > 0]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}&after=1") as line:
        send(line, "c1", "发什么快递")
        again = until(line, lambda f: f["type"] == "ack")
    assert [f["seq"] for f in again if f["type"] == "message"] == [seq for seq in seqs if seq > 1]
    assert again[-1]["seq"] == 1


def test_one_tap_calls_a_person(server: TestClient) -> None:
    token = visit(server)["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        until(line, from_bot)
        line.send_json({"type": "human", "client_id": "h1"})
        frames = until(line, lambda f: f["type"] == "state")
        assert frames[-1]["state"] == "queued"


def test_the_third_thumb_down_brings_a_person_and_each_answer_counts_once(server: TestClient) -> None:
    token = visit(server)["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        until(line, from_bot)
        send(line, "c1", "你们发什么快递")
        judged = until(line, lambda f: from_bot(f) and f["seq"] > 0)[-1]["message"]
        assert judged["votable"]
        line.send_json({"type": "vote", "message_id": judged["id"], "good": False})
        frames = until(line, lambda f: from_bot(f) and f["message"]["id"] != judged["id"])
        assert "👎" in [f["message"]["text"] for f in frames if f["type"] == "message"]
        line.send_json({"type": "vote", "message_id": judged["id"], "good": False})  # pressed again
        until(line, lambda f: f["type"] == "ack")
        said = []
        for thumbs in ("👎👎", "👎👎👎"):
            send(line, thumbs, thumbs)
            said.append(until(line, from_bot)[-1]["message"]["text"])
    assert "说「转人工」" in said[0]
    assert said[1].startswith("抱歉，我没能帮您解决好")


def test_a_thumb_is_kept_and_only_for_what_the_bot_told_this_buyer(server: TestClient) -> None:
    token = visit(server)["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        until(line, from_bot)
        send(line, "c1", "你们发什么快递")
        judged = until(line, lambda f: from_bot(f) and f["seq"] > 0)[-1]
        line.send_json({"type": "vote", "message_id": judged["message"]["id"], "good": True})
        assert until(line, lambda f: f["type"] == "voted")[-1]["good"] is True
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}&after={judged['seq'] - 1}") as line:
        assert until(line, from_bot)[-1]["message"]["voted"] == "up"
    with server.websocket_connect(f"/api/v1/widget/ws?token={visit(server)['token']}") as line:
        line.send_json({"type": "vote", "message_id": judged["message"]["id"], "good": False})
        assert until(line, lambda f: f["type"] == "error")[-1]["code"] == "not_found"


@pytest.mark.parametrize(
    "frame",
    [
        "{",
        '{"type":"dance"}',
        '{"type":"send"}',
        '{"type":"csat","score":9}',
        '{"type":"send","client_id":"x","content":{"type":"text","text":""}}',
    ],
)
def test_a_bad_frame_is_told_and_the_line_stays(server: TestClient, frame: str) -> None:
    token = visit(server)["token"]
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        until(line, from_bot)
        line.send_text(frame)
        assert until(line, lambda f: f["type"] == "error")[-1]["detail"]
        send(line, "ok", "你好")
        assert until(line, lambda f: f["type"] == "ack")


def test_a_forged_token_is_turned_away(server: TestClient) -> None:
    with server.websocket_connect("/api/v1/widget/ws?token=nope") as line:
        assert line.receive_json()["code"] == "unauthorised"


PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def test_a_picture_is_kept_and_anything_else_is_refused(server: TestClient) -> None:
    head = {"Authorization": f"Bearer {visit(server)['token']}"}

    def upload(data: bytes) -> Any:
        return server.post("/api/v1/widget/uploads", files={"file": ("a.png", data)}, headers=head)

    kept = upload(PNG)
    assert kept.status_code == 200
    served = server.get(kept.json()["url"])
    assert (served.status_code, served.content) == (200, PNG)
    assert upload(b"<svg onload=alert(1)>").status_code == 422
    assert upload(PNG + b"0" * 6_000_000).status_code == 413
    assert server.get("/uploads/default/..%2F..%2Fsecret.key").status_code == 404


def test_the_widget_may_be_embedded_on_another_origin(server: TestClient) -> None:
    head = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    asked = server.options("/api/v1/widget/sessions", headers=head)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "*")
