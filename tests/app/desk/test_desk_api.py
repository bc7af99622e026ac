"""The desk over HTTP and its live line, on the sample shop: a buyer here, an agent there."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

Call = Callable[..., Any]


def test_the_whole_round(call: Call, buyer: Any) -> None:
    call("PUT", "/desk/me", {"status": "online", "capacity": 50})
    answer = buyer("转人工")
    talk = answer["conversation_id"]
    assert answer["state"] == "queued"
    assert answer["turn"]["handoff"]["summary"]
    opened = call("GET", f"/desk/conversations/{talk}")
    assert opened["row"]["state"] == "agent"
    assert len(opened["summary"]) <= 6
    silent = buyer("什么时候发货")
    assert (silent["replies"], silent["state"]) == ([], "agent")
    row = next(r for r in call("GET", "/desk/conversations")["groups"]["mine"] if r["id"] == talk)
    assert row["unread"] >= 1
    assert row["waiting_since"] is not None
    body = {"client_id": "x1", "content": {"type": "text", "text": "您好，今天 18 点前发出"}}
    sent = call("POST", f"/desk/conversations/{talk}/messages", body)["message"]
    assert (sent["author"], sent["client_id"]) == ("agent", "x1")
    assert call("POST", f"/desk/conversations/{talk}/messages", body)["message"]["id"] == sent["id"]
    assert call("GET", f"/desk/conversations/{talk}")["row"]["waiting_since"] is None
    closed = call("POST", f"/desk/conversations/{talk}/close", {"wrap_up": "info_given"})
    assert closed["state"] == "closed"
    assert buyer("你好")["conversation_id"] != talk


def test_the_bot_speaks_again_after_return(call: Call, buyer: Any) -> None:
    talk = buyer("你好")["conversation_id"]
    call("POST", f"/desk/conversations/{talk}/take", {})
    assert buyer("在吗")["replies"] == []
    call("POST", f"/desk/conversations/{talk}/return", {})
    back = buyer("你好")
    assert back["state"] == "bot"
    assert back["replies"]


def test_suggestions_rest_on_the_draft_of_the_bot(call: Call, buyer: Any) -> None:
    talk = buyer("你好")["conversation_id"]
    call("POST", f"/desk/conversations/{talk}/take", {})
    buyer("怎么退货")
    began = time.perf_counter()
    found = call("GET", f"/desk/conversations/{talk}/suggestions")
    assert time.perf_counter() - began < 2.0
    assert 1 <= len(found["items"]) <= 3
    assert found["items"][0]["text"]
    call("POST", f"/desk/conversations/{talk}/close", {"wrap_up": "solved"})


def test_people_are_offered_what_this_buyer_may_be_told_without_open_variables(
    call: Call, client: TestClient, buyer: Any
) -> None:
    def keep(answer: str, **scope: str) -> str:
        made = client.post("/api/v1/knowledge", json={"question": "松烟墨锭怎么开封", "answer": answer, **scope})
        return str(made.json()["id"])

    kept = [
        keep("送您开墨刀一把，金卡专享。", audience="金卡"),
        keep("下一单再开。", order_state="completed"),
        keep("撕开封条就行。您这单{发货时间}发出。"),
    ]
    talk = buyer("你好")["conversation_id"]
    call("POST", f"/desk/conversations/{talk}/take", {})
    buyer("松烟墨锭怎么开封")
    found = call("GET", f"/desk/conversations/{talk}/suggestions")["items"]
    offered = "\n".join(one["text"] for one in found)
    assert "撕开封条就行。" in offered
    assert not any(words in offered for words in ("金卡专享", "下一单再开", "{"))
    call("POST", f"/desk/conversations/{talk}/close", {"wrap_up": "solved"})
    for id_ in kept:
        client.delete(f"/api/v1/knowledge/{id_}")


def test_the_side_pane_masks_contact_data(call: Call, client: TestClient) -> None:
    order = {"channel": "api", "buyer_id": "buyer-0001", "content": {"type": "text", "text": "你好"}}
    talk = client.post("/api/v1/messages", json=order).json()["conversation_id"]
    side = call("GET", f"/desk/conversations/{talk}/side")
    assert {"buyer", "orders", "tickets", "past", "product"} <= set(side)
    for shown in side["orders"]:
        assert "*" in shown["phone"] or not shown["phone"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/desk/conversations/nope", None, 404),
        ("POST", "/desk/conversations/nope/take", {}, 404),
        (
            "POST",
            "/desk/conversations/nope/messages",
            {"client_id": "a", "content": {"type": "text", "text": "x"}},
            404,
        ),
        ("POST", "/desk/conversations/nope/close", {"wrap_up": "solved"}, 404),
        ("POST", "/desk/conversations/nope/close", {"wrap_up": "zzz"}, 422),
        ("PUT", "/desk/me", {"status": "asleep"}, 422),
        ("PUT", "/desk/me", {"capacity": 0}, 422),
        ("PUT", "/desk/modes", {"default": "shadow"}, 403),
        ("GET", "/tickets/nope", None, 404),
        ("POST", "/tickets", {"type": "zzz"}, 422),
        ("PUT", "/desk/canned/nope", {"title": "a", "text": "b"}, 404),
        ("POST", "/desk/canned", {"title": "a", "text": "b", "scope": "shop"}, 403),
    ],
)
def test_refusals_are_problem_documents(call: Call, method: str, path: str, body: Any, status: int) -> None:
    assert call(method, path, body, status=status)["status"] == status


def test_a_program_cannot_sit_at_the_desk(client: TestClient) -> None:
    assert client.get("/api/v1/desk/me").status_code == 403
    assert client.get("/api/v1/tickets").status_code == 200


def test_a_colleagues_talk_is_taken_by_force_only(call: Call, buyer: Any) -> None:
    talk = buyer("你好")["conversation_id"]
    call("POST", f"/desk/conversations/{talk}/take", {})
    call("POST", f"/desk/conversations/{talk}/take", {}, "supervisor", 409)
    assert call("POST", f"/desk/conversations/{talk}/take", {"force": True}, "supervisor")["assigned_name"] == "陈姐"
    call("POST", f"/desk/conversations/{talk}/close", {"wrap_up": "solved"}, "supervisor")


def test_canned_replies_are_found_by_pinyin_and_filled(call: Call, buyer: Any) -> None:
    talk = buyer("你好")["conversation_id"]
    body = {
        "title": "退货地址",
        "text": "{买家昵称}您好，寄到{店铺}仓库，{客服}为您登记",
        "folder": "售后",
        "code": "thdz",
    }
    kept = call("POST", "/desk/canned", body)
    for words in ("thdz", "tuihuo", "退货", "/thd", "仓库"):
        assert kept["id"] in [item["id"] for item in call("GET", f"/desk/canned?q={words}")["items"]], words
    filled = call("POST", f"/desk/canned/{kept['id']}/use", {"conversation_id": talk})
    assert "小满生活馆" in filled["text"]
    assert filled["missing"] == ["买家昵称"]
    call("DELETE", f"/desk/canned/{kept['id']}", status=204)
    assert kept["id"] not in [item["id"] for item in call("GET", "/desk/canned")["items"]]


def test_a_ticket_from_a_talk_is_told_about(call: Call, buyer: Any, client: TestClient) -> None:
    talk = buyer("尺码小了想退货")["conversation_id"]
    form = call("GET", f"/tickets/prefill?conversation_id={talk}")
    assert (form["type"], form["fields"]["reason"]) == ("return", "尺码")
    call("GET", f"/tickets/prefill?type=nothing&conversation_id={talk}", status=404)
    opened = call("POST", "/tickets", {"type": "return", "conversation_id": talk, "fields": form["fields"]})
    again = call("POST", "/tickets", {"type": "return", "conversation_id": talk, "fields": {}})
    assert (again["id"], again["appended"]) == (opened["id"], True)
    call("PATCH", f"/tickets/{opened['id']}", {"state": "doing"})
    assert call("PATCH", f"/tickets/{opened['id']}", {"state": "done", "note": "已寄出新的"})["state"] == "done"
    call("PATCH", f"/tickets/{opened['id']}", {"state": "waiting_buyer"}, status=409)
    whole = client.get(f"/api/v1/conversations/{talk}").json()
    assert [ticket["no"] for ticket in whole["tickets"]] == [opened["no"]]
    assert "已寄出新的" in whole["messages"][-1]["text"]
    kinds = [line["kind"] for line in call("GET", f"/tickets/{opened['id']}")["log"]]
    assert kinds == ["opened", "appended", "state", "told", "state", "told"]
    listed = call("GET", f"/tickets?conversation_id={talk}")
    assert (listed["total"], listed["counts"]) == (1, {"done": 1})


def test_a_talk_about_nothing_suggests_no_ticket(call: Call, buyer: Any) -> None:
    talk = buyer("你好")["conversation_id"]
    form = call("GET", f"/tickets/prefill?conversation_id={talk}")
    assert (form["type"], form["fields"], form["missing"]) == ("", {}, [])


def test_the_list_shows_the_words_of_an_answer_not_the_questions_to_choose_from(call: Call, buyer: Any) -> None:
    answer = buyer("你好")
    assert answer["replies"][-1]["content"]["type"] == "quick_replies"
    row = call("GET", f"/desk/conversations/{answer['conversation_id']}")["row"]
    assert row["last_text"] == answer["replies"][0]["text"]


def test_why_a_buyer_is_not_asked_for_stars_is_told_before_closing(call: Call, buyer: Any) -> None:
    talk = buyer("尺码小了想退货")["conversation_id"]
    path = f"/desk/conversations/{talk}"
    call("POST", f"{path}/take", {})
    said = {"client_id": talk, "content": {"type": "text", "text": "好的，已经给您登记"}}
    call("POST", f"{path}/messages", said)
    assert call("GET", f"{path}/wrap-up")["no_invite"] is None
    call("POST", "/tickets", {"type": "return", "conversation_id": talk, "fields": {}})
    assert call("GET", f"{path}/wrap-up") == {"code": "ticket", "label": "已建工单跟进", "no_invite": "not_solved"}


def test_the_list_shows_what_was_said_last_not_the_question_for_stars(call: Call, buyer: Any) -> None:
    talk = buyer("用什么快递")["conversation_id"]
    path = f"/desk/conversations/{talk}"
    call("POST", f"{path}/take", {})
    call("POST", f"{path}/messages", {"client_id": talk, "content": {"type": "text", "text": "发顺丰的"}})
    closed = call("POST", f"{path}/close", {"wrap_up": "solved"})
    assert (closed["last_text"], closed["last_author"]) == ("发顺丰的", "agent")
    assert call("GET", path)["messages"][-1]["content"]["type"] == "csat"
    buyer("再问一下")
    again = buyer("在吗")["conversation_id"]
    past = call("GET", f"/desk/conversations/{again}/side")["past"]
    assert [one["last_text"] for one in past if one["id"] == talk] == ["发顺丰的"]


def _until(line: Any, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(200):
        frame: dict[str, Any] = json.loads(line.receive_text())
        if wanted(frame):
            return frame
    raise AssertionError("the frame did not come")


def test_the_live_line_shows_what_happens_and_resumes(server: TestClient, tokens: Any, call: Call, buyer: Any) -> None:
    talk = buyer("你好")["conversation_id"]
    with server.websocket_connect(f"/api/v1/desk/ws?token={tokens['agent']}") as line:
        snapshot = _until(line, lambda frame: frame["type"] == "snapshot")
        assert talk in [row["id"] for row in snapshot["groups"]["bot"]]
        line.send_text(json.dumps({"type": "watch", "conversation_id": talk}))
        _until(line, lambda frame: frame["type"] == "presence")
        call("POST", f"/desk/conversations/{talk}/take", {})
        changed = _until(line, lambda f: f["type"] == "conversation.changed" and f["row"]["state"] == "agent")
        assert changed["row"]["id"] == talk
        buyer("还在吗")
        shown = _until(line, lambda f: f["type"] == "message" and f["message"]["text"] == "还在吗")
        assert shown["conversation_id"] == talk
        call("POST", f"/desk/conversations/{talk}/note", {"text": "老客户"})
        assert _until(line, lambda f: f["type"] == "message" and f["message"]["author"] == "note")
    buyer("有人吗")
    with server.websocket_connect(f"/api/v1/desk/ws?token={tokens['agent']}&after={shown['revision']}") as line:
        assert json.loads(line.receive_text())["type"] == "resumed"
        line.send_text(json.dumps({"type": "watch", "conversation_id": talk, "after_seq": shown["message"]["seq"]}))
        _until(line, lambda f: f["type"] == "message" and f["message"]["text"] == "有人吗")
    call("POST", f"/desk/conversations/{talk}/close", {"wrap_up": "solved"})


def test_a_forged_token_is_hung_up_on(server: TestClient) -> None:
    with server.websocket_connect("/api/v1/desk/ws?token=zzz") as line:
        assert json.loads(line.receive_text())["type"] == "error"


def test_in_assist_mode_a_person_sends(call: Call, buyer: Any) -> None:
    call("PUT", "/desk/modes", {"default": "auto", "intents": {"chat.greeting": "assist"}}, "supervisor")
    try:
        held = buyer("你好")
        assert (held["state"], held["replies"]) == ("queued", [])
        call("POST", f"/desk/conversations/{held['conversation_id']}/take", {})
        found = call("GET", f"/desk/conversations/{held['conversation_id']}/suggestions")
        assert found["items"][0]["kind"] == "draft"
    finally:
        call("PUT", "/desk/modes", {"default": "auto"}, "supervisor")


def test_a_colleague_is_asked_in_and_a_promise_becomes_a_task(call: Call, buyer: Any) -> None:
    call("PUT", "/desk/me", {"status": "online"})
    call("PUT", "/desk/me", {"status": "paused"}, "supervisor")
    talk = buyer("转人工")["conversation_id"]
    boss = call("GET", "/desk/me", who="supervisor")["id"]
    row = call("POST", f"/desk/conversations/{talk}/invite", {"to": boss}, "supervisor")
    assert row["helpers"] == [boss]
    text = {"client_id": uuid4().hex, "content": {"type": "text", "text": "我帮您问仓库，明天上午给您回复"}}
    call("POST", f"/desk/conversations/{talk}/messages", text, "supervisor")
    (kept,) = [p for p in call("GET", "/desk/promises", who="supervisor")["items"] if p["conversation_id"] == talk]
    assert kept["text"] == "我帮您问仓库，明天上午给您回复"
    assert not kept["overdue"]
    assert talk not in [p["conversation_id"] for p in call("GET", "/desk/promises")["items"]]
    call("POST", f"/desk/promises/{kept['id']}/done", who="supervisor", status=204)
    call("POST", f"/desk/promises/{kept['id']}/done", who="supervisor", status=404)


def test_what_the_bot_should_have_said_is_kept_and_counts(call: Call, buyer: Any) -> None:
    answer = buyer("用什么快递")
    path = f"/desk/conversations/{answer['conversation_id']}/correct"
    call("POST", path, {"message_id": answer["replies"][0]["id"], "text": "默认发顺丰"}, status=204)
    call("POST", path, {"message_id": "nothing", "text": "默认发顺丰"}, status=404)
    call("POST", path, {"message_id": "nothing", "text": ""}, status=422)
    items = call("GET", "/desk/modes/evidence", who="supervisor")["items"]
    assert any(item["intent"] == "ship.carrier" and item["agreed"] < item["cases"] for item in items)
    call("GET", "/desk/modes/evidence", status=403)
    call("POST", "/desk/modes/approve", {"intent": "ship.carrier", "to": "assist"}, "supervisor", 409)
    call("POST", "/desk/modes/approve", {"intent": "ship.carrier", "to": "best"}, "supervisor", 422)
