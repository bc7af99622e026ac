"""Canned replies over HTTP: out as a spreadsheet and in again, and those of a group."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.testclient import TestClient
from tests.app.desk.conftest import Call


def _headers(tokens: dict[str, str], who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens[who]}"}


def test_an_export_is_imported_again_without_a_change(server: TestClient, tokens: dict[str, str]) -> None:
    headers = _headers(tokens, "supervisor")
    for kind in ("xlsx", "csv"):
        out = server.get(f"/api/v1/desk/canned/export?format={kind}", headers=headers)
        assert out.headers["content-disposition"] == f'attachment; filename="canned.{kind}"'
        file = {"file": (f"canned.{kind}", out.content)}
        taken = server.post("/api/v1/desk/canned/import", files=file, headers=headers).json()
        assert (taken["added"], taken["changed"], taken["problems"]) == (0, 0, [])
        assert taken["unchanged"] > 5
    assert server.get("/api/v1/desk/canned/export?format=pdf", headers=headers).status_code == 422


def test_an_agent_imports_own_replies_only(server: TestClient, tokens: dict[str, str], call: Call) -> None:
    title = f"我的话{uuid4().hex[:6]}"
    data = f"范围,标题,内容\n我的,{title},好的呀\n店铺,{title},不行的\n".encode()
    taken = server.post(
        "/api/v1/desk/canned/import", files={"file": ("a.csv", data)}, headers=_headers(tokens, "agent")
    ).json()
    assert (taken["added"], [problem["line"] for problem in taken["problems"]]) == (1, [3])
    assert [item["scope"] for item in call("GET", f"/desk/canned?q={title}")["items"]] == ["own"]
    broken = server.post(
        "/api/v1/desk/canned/import", files={"file": ("a.csv", b"")}, headers=_headers(tokens, "agent")
    )
    assert broken.status_code == 422


def test_a_reply_of_a_group_is_its_members_to_use(call: Call) -> None:
    team, title = f"组{uuid4().hex[:4]}", f"组里的话{uuid4().hex[:6]}"
    me = call("GET", "/desk/me")["id"]
    body = {"scope": "team", "team": team, "title": title, "text": "我们组说"}
    call("POST", "/desk/canned", body, "agent", 403)
    call("POST", "/desk/canned", {**body, "team": ""}, "supervisor", 422)
    made = call("POST", "/desk/canned", body, "supervisor")
    assert call("GET", f"/desk/canned?q={title}")["items"] == []
    call("PATCH", f"/team/{me}", {"team": team}, "supervisor")
    assert [item["owner"] for item in call("GET", f"/desk/canned?q={title}")["items"]] == [team]
    call("DELETE", f"/desk/canned/{made['id']}", None, "agent", 403)
    call("PATCH", f"/team/{me}", {"team": ""}, "supervisor")
    call("DELETE", f"/desk/canned/{made['id']}", None, "supervisor", 204)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501"
    "0127bfd10a0000000049454e44ae426082"
)


def test_a_reply_with_pictures_brings_them_along(
    server: TestClient, tokens: dict[str, str], call: Call, buyer: Callable[[str], dict[str, Any]]
) -> None:
    file = {"file": ("a.png", PNG, "image/png")}
    url = server.post("/api/v1/desk/uploads", files=file, headers=_headers(tokens, "agent")).json()["url"]
    title = f"尺码表{uuid4().hex[:6]}"
    made = call("POST", "/desk/canned", {"title": title, "images": [url]})
    assert (made["text"], made["images"]) == ("", [url])
    talk = buyer("在吗")["conversation_id"]
    used = call("POST", f"/desk/canned/{made['id']}/use", {"conversation_id": talk})
    assert (used["text"], used["images"]) == ("", [url])
    call("POST", f"/desk/conversations/{talk}/take", {})
    said = call(
        "POST",
        f"/desk/conversations/{talk}/messages",
        {"client_id": uuid4().hex, "content": {"type": "image", "url": url}},
    )
    assert said["message"]["content"] == {"type": "image", "url": url}


def test_a_reply_needs_words_or_pictures_of_this_shop(call: Call) -> None:
    call("POST", "/desk/canned", {"title": "空的"}, "agent", 422)
    for strange in ("/uploads/another/a.png", "javascript:alert(1)", "https://x.cn/a b.png", "/uploads/../a.png"):
        refused = call("POST", "/desk/canned", {"title": "图", "images": [strange]}, "agent", 422)
        assert strange[:20] in refused["detail"]
    call("POST", "/desk/canned", {"title": "图", "images": ["https://x.cn/a.png"] * 4}, "agent", 422)


def test_changing_the_words_leaves_it_where_it_was(call: Call) -> None:
    title = f"顺序{uuid4().hex[:6]}"
    made = call("POST", "/desk/canned", {"title": title, "text": "一", "position": 7})
    changed = call("PUT", f"/desk/canned/{made['id']}", {"title": title, "text": "二"})
    assert (changed["text"], changed["position"]) == ("二", 7)
    assert call("PUT", f"/desk/canned/{made['id']}", {"title": title, "text": "二", "position": 0})["position"] == 0
