"""Passing signs between a buyer's window and the workbenches: typing, read, who looks."""

from uuid import uuid4

from starlette.testclient import TestClient
from tests.app.desk.conftest import Call
from tests.app.test_widget_ws import from_bot, send, until, visit


def test_the_agent_sees_the_buyer_type_and_read(server: TestClient, call: Call, tokens: dict[str, str]) -> None:
    token = visit(server, entry="product", product_id="P1001")["token"]
    address = f"/api/v1/desk/ws?token={tokens['agent']}"
    with (
        server.websocket_connect(f"/api/v1/widget/ws?token={token}") as buyer,
        server.websocket_connect(address) as line,
    ):
        until(buyer, from_bot)
        words = f"暗号{uuid4().hex[:8]}"
        send(buyer, "c1", words)
        until(buyer, lambda frame: from_bot(frame) and frame["seq"] > 0)
        found = call("GET", f"/desk/conversations?q={words}")["groups"]
        (talk,) = {row["id"] for rows in found.values() for row in rows}
        call("POST", f"/desk/conversations/{talk}/take", {})
        line.send_json({"type": "watch", "conversation_id": talk})
        seen = until(line, lambda frame: frame["type"] == "presence")[-1]
        assert [viewer["id"] for viewer in seen["viewers"]] == [
            viewer["id"] for viewer in _opened(call, talk)["viewers"]
        ]
        buyer.send_json({"type": "typing"})
        typing = until(line, lambda frame: frame["type"] == "typing")[-1]
        assert typing == {"type": "typing", "conversation_id": talk, "on": True, "author": "buyer"}
        said = call("POST", f"/desk/conversations/{talk}/messages", _text("有的，今天能发"))["message"]["seq"]
        assert _opened(call, talk)["read_seq"] < said
        buyer.send_json({"type": "read", "seq": said + 99})  # never further than there is
        assert until(line, lambda frame: frame["type"] == "read")[-1]["seq"] >= said
        assert said <= _opened(call, talk)["read_seq"] < said + 99


def test_the_buyers_window_shows_who_has_the_talk_what_is_answered_and_what_was_taken_back(
    server: TestClient, call: Call, tokens: dict[str, str]
) -> None:
    token = visit(server, entry="product", product_id="P1001")["token"]
    names = [call("GET", "/desk/me", None, who)["name"] for who in ("agent", "supervisor")]
    boss = call("GET", "/desk/me", None, "supervisor")["id"]
    call("PUT", "/desk/me", {"status": "online"}, "supervisor")
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as buyer:
        until(buyer, from_bot)
        words = f"暗号{uuid4().hex[:8]}"
        send(buyer, "c1", words)
        asked = until(buyer, lambda frame: frame["type"] == "ack")[-1]["id"]
        found = call("GET", f"/desk/conversations?q={words}")["groups"]
        (talk,) = {row["id"] for rows in found.values() for row in rows}
        path = f"/desk/conversations/{talk}"
        call("POST", f"{path}/take", {})
        state = until(buyer, lambda frame: frame["type"] == "state" and frame["state"] == "agent")[-1]
        assert state["agent_name"] == names[0]
        kept = call("POST", f"{path}/messages", {**_text("这个有"), "quote": asked})["message"]
        heard = until(buyer, lambda frame: frame["type"] == "message" and frame["message"]["id"] == kept["id"])[-1]
        assert heard["message"]["quote"] == words
        call("POST", f"{path}/recall", {"message_id": kept["id"]})
        call("POST", f"{path}/transfer", {"to": boss, "reason": "换人"})
        state = until(buyer, lambda frame: frame["type"] == "state")[-1]
        assert (state["state"], state["agent_name"]) == ("agent", names[1])
    with server.websocket_connect(f"/api/v1/widget/ws?token={token}") as again:
        frames = until(again, lambda frame: frame["type"] == "message" and frame["message"]["id"] == kept["id"])
        assert (frames[0]["type"], frames[0]["agent_name"]) == ("hello", names[1])
        assert frames[-1]["message"]["recalled"] is True


def _opened(call: Call, talk: str) -> dict[str, list[dict[str, str]]]:
    return call("GET", f"/desk/conversations/{talk}")  # type: ignore[no-any-return]


def _text(words: str) -> dict[str, object]:
    return {"client_id": words, "content": {"type": "text", "text": words}}
