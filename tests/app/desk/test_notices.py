"""What concerns somebody who does not look: tickets that he follows or has, notes that name him."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.desk.conftest import Call
from tests.app.test_widget_ws import until


@pytest.mark.parametrize("with_talk", [True, False], ids=["of a talk", "of no talk"])
def test_who_follows_a_ticket_hears_of_changes_and_who_made_them_does_not(
    server: TestClient, call: Call, tokens: dict[str, str], buyer: Any, with_talk: bool
) -> None:
    me = call("GET", "/desk/me")["id"]
    where = {"conversation_id": buyer("在吗")["conversation_id"]} if with_talk else {"buyer_id": f"b-{uuid4().hex}"}
    ticket = call("POST", "/tickets", {"type": "callback", "fields": {}, **where}, "agent")["id"]

    def wanted(frame: dict[str, Any]) -> bool:
        return frame["type"] == "ticket" and frame["item"]["id"] == ticket and frame["item"]["kind"] != "opened"

    lines = [server.websocket_connect(f"/api/v1/desk/ws?token={tokens[who]}") for who in ("agent", "supervisor")]
    with lines[0] as follower, lines[1] as doer:
        for line in (follower, doer):
            until(line, lambda frame: frame["type"] == "snapshot")
        call("PATCH", f"/tickets/{ticket}", {"state": "doing"}, "supervisor")
        told, own = until(follower, wanted)[-1], until(doer, wanted)[-1]
        assert (told["item"]["kind"], told["item"]["state_label"], told["mine"]) == ("state", "处理中", True)
        assert own["mine"] is False
        call("PATCH", f"/tickets/{ticket}", {"watch": False}, "agent")
        call("PATCH", f"/tickets/{ticket}", {"state": "done"}, "supervisor")
        assert until(follower, wanted)[-1]["mine"] is False
        call("PATCH", f"/tickets/{ticket}", {"state": "doing", "assignee": me}, "supervisor")
        given = until(follower, lambda frame: wanted(frame) and frame["item"]["kind"] == "assigned")[-1]
        assert (given["item"]["assignee"], given["mine"]) == (me, True)


def test_a_note_that_names_somebody_reaches_him_wherever_he_is(
    server: TestClient, call: Call, tokens: dict[str, str], buyer: Any
) -> None:
    talk = buyer("在吗")["conversation_id"]
    name = call("GET", "/desk/me")["name"]
    with server.websocket_connect(f"/api/v1/desk/ws?token={tokens['agent']}") as line:
        until(line, lambda frame: frame["type"] == "snapshot")
        call("POST", f"/desk/conversations/{talk}/note", {"text": f"@{name} 帮看下尺码"}, "supervisor")
        told = until(line, lambda frame: frame["type"] == "mention")[-1]
        assert (told["conversation_id"], told["text"]) == (talk, f"@{name} 帮看下尺码")


def test_who_is_asked_in_or_gets_a_talk_is_told_by_whom_and_why(
    server: TestClient, call: Call, tokens: dict[str, str], buyer: Any
) -> None:
    call("PUT", "/desk/me", {"status": "online"}, "agent")
    me = call("GET", "/desk/me")
    talk = buyer("在吗")["conversation_id"]
    path = f"/desk/conversations/{talk}"
    call("POST", f"{path}/take", {}, "supervisor")

    def wanted(frame: dict[str, Any]) -> bool:
        return frame["type"] == "mention" and frame["conversation_id"] == talk

    with server.websocket_connect(f"/api/v1/desk/ws?token={tokens['agent']}") as line:
        until(line, lambda frame: frame["type"] == "snapshot")
        call("POST", f"{path}/invite", {"to": me["id"], "reason": "看下尺码"}, "supervisor")
        told = until(line, wanted)[-1]
        assert told["text"] == f"邀请 @{me['name']} 一起接待：看下尺码"
        call("POST", f"{path}/transfer", {"to": me["id"]}, "supervisor")
        told = until(line, lambda frame: wanted(frame) and "邀请" not in frame["text"])[-1]
        assert told["text"] == f"转接给 @{me['name']}"
