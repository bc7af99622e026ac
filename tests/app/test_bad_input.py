"""Input that no honest client sends gets a problem document, never a 500 and never a silent hang-up."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.shops.types import Role

PROBLEM = "application/problem+json"
TEXT = {"channel": "api", "buyer_id": "bad-1", "content": {"type": "text", "text": "在吗"}}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/messages", 405),
        ("GET", "/api/v1/conversations/a%00b", 404),
        ("GET", "/api/v1/conversations/%ED%A0%80", 404),
        ("GET", "/api/v1/knowledge/" + "x" * 3000, 404),
        ("GET", "/api/v1/knowledge?q=%00", 422),
        ("GET", "/api/v1/knowledge?page=many", 422),
        ("GET", "/api/v1/knowledge?page=" + "9" * 5000, 422),
        ("GET", "/api/v1/messages/%00/explain", 404),
    ],
    ids=["path", "method", "nul", "surrogate", "long-id", "nul-query", "word-page", "endless-page", "nul-message"],
)
def test_a_bad_address_is_a_problem(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["code"]


@pytest.mark.parametrize("query", ["page=-5", "page=" + "9" * 30, "page_size=0", "page_size=-99999999999999999999"])
@pytest.mark.parametrize("path", ["knowledge", "conversations", "imports", "tickets"])
def test_a_page_outside_the_list_is_the_nearest_one(client: TestClient, path: str, query: str) -> None:
    assert client.get(f"/api/v1/{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"[" * 100_000,
        json.dumps({**TEXT, "buyer_id": "a\x00b"}).encode(),
        json.dumps({**TEXT, "buyer_id": "a\ud800"}).encode(),
        json.dumps({**TEXT, "context": {"product_id": "a\x00b"}}).encode(),
        json.dumps({**TEXT, "content": {"type": "text", "text": "\udfff"}}).encode(),
        json.dumps({**TEXT, "content": {"type": "text", "text": "\x00\x01"}}).encode(),
        json.dumps({**TEXT, "content": {"type": "text", "text": 10**400}}).encode(),
    ],
    ids=[
        "empty",
        "not-utf8",
        "null",
        "list",
        "deep",
        "nul-id",
        "surrogate-id",
        "nul-context",
        "surrogate-text",
        "only-control",
        "number",
    ],
)
def test_a_bad_body_is_a_problem(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/messages", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("events", {"events": [{"id": "e", "type": "order.paid", "at": "0001-01-01T00:00:00+14:00"}]}),
        ("events", {"events": [{"id": "e", "type": "order.paid", "at": "9999-12-31T23:59:59-12:00"}]}),
        ("events", {"events": [{"id": "e", "type": "order.paid", "at": "2026-01-01T00:00:00Z", "data": {"\x00": 1}}]}),
        ("quotes", {"items": [{"variant_id": "V"}], "at": "0001-01-01T00:00:00+14:00"}),
        ("knowledge", {"question": "问", "answer": "答", "valid_from": "0001-01-01T00:00:00"}),
        ("knowledge", {"question": "a\x00b", "answer": "答"}),
        ("auth/login", {"username": "a\x00b", "password": "x"}),
    ],
    ids=["year-1", "year-9999", "nul-key", "quote-year-1", "entry-year-1", "nul-question", "nul-name"],
)
def test_what_no_database_keeps_is_refused(client: TestClient, path: str, body: dict[str, Any]) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


def test_nul_inside_a_text_is_left_out(client: TestClient) -> None:
    said = {**TEXT, "buyer_id": "bad-2", "content": {"type": "text", "text": "在\x00吗"}}
    conversation = client.post("/api/v1/messages", json=said).json()["conversation_id"]
    assert client.get(f"/api/v1/conversations/{conversation}").json()["messages"][0]["text"] == "在吗"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"not a form", "multipart/form-data; boundary=x"),
        (b"file=abc", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ],
    ids=["no-boundary", "empty", "no-parts", "torn", "text", "url-encoded", "json"],
)
def test_a_form_without_a_file_is_a_problem(client: TestClient, content: bytes, kind: str) -> None:
    answer = client.post("/api/v1/imports", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer é", "Bearer a.b.c", "Bearer ..", "Bearer xk.é.x", "Basic eDp5"]
)
def test_a_token_of_another_kind_is_not_authorised(client: TestClient, token: str) -> None:
    answer = client.get("/api/v1/today", headers={"Authorization": token.encode("latin-1")})
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)


ODD_FRAMES = [
    "",
    "{",
    "null",
    "[]",
    "1e999",
    '"send"',
    "[" * 30_000,
    "{}",
    '{"type": null}',
    '{"type": "nothing"}',
    '{"type": "send"}',
    '{"type": "send", "client_id": "", "content": {"type": "text", "text": "x"}}',
    '{"type": "send", "client_id": "a\\u0000", "content": {"type": "text", "text": "x"}}',
    '{"type": "send", "client_id": "a", "content": {"type": "text", "text": "\\ud800"}}',
    '{"type": "send", "client_id": "a", "content": {"type": "spell", "text": "x"}}',
    '{"type": "send", "client_id": "a", "content": {"type": "text", "text": "x"}, "context": {"entry": "\\u0000"}}',
    '{"type": "csat", "score": 99999999999999999999999}',
    '{"type": "csat", "score": 1.5}',
    '{"type": "watch", "conversation_id": "nothing", "after_seq": 99999999999999999999999}',
    '{"type": "read", "conversation_id": "a\\u0000", "seq": 1}',
    "x" * 100_000,
    b"\xff\xfe\x00",
]


def test_the_widget_answers_odd_frames_and_stays(client: TestClient) -> None:
    token = client.post("/api/v1/widget/sessions", json={}).json()["token"]
    with client.websocket_connect(f"/api/v1/widget/ws?token={token}") as line:
        _answers_each(line)


def test_the_workbench_answers_odd_frames_and_stays(client: TestClient) -> None:
    shops = client.app.state.wiring.shops  # type: ignore[attr-defined]

    async def log_in() -> str:
        await shops.add_staff(DEFAULT_SHOP, "odd", "试手", Role.AGENT, "odd-odd-odd")
        return str((await shops.log_in(DEFAULT_SHOP, "odd", "odd-odd-odd")).access_token)

    assert client.portal
    with client.websocket_connect(f"/api/v1/desk/ws?token={client.portal.call(log_in)}") as line:
        _answers_each(line)


def _answers_each(line: Any) -> None:
    for frame in ODD_FRAMES:
        if isinstance(frame, bytes):
            line.send_bytes(frame)
        else:
            line.send_text(frame)
        while (found := line.receive_json())["type"] != "error":
            pass
        assert found["code"]
        assert found["detail"]


@pytest.mark.parametrize("path", ["widget", "desk"])
@pytest.mark.parametrize("query", ["", "token=%00", "token=a.b.c", "token=%FF&after=%00"])
def test_a_live_line_needs_a_token(client: TestClient, path: str, query: str) -> None:
    if path == "widget" and "after" in query:
        query = "token=%FF&after=-1"
    with client.websocket_connect(f"/api/v1/{path}/ws?{query}") as line:
        assert line.receive_json()["code"] == "unauthorised"
