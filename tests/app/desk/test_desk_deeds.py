"""Beside the talk: the buyer's card, products, orders, files, pictures, thresholds."""

import io
from collections.abc import Callable
from typing import Any

from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

Call = Callable[..., Any]


def test_products_are_found_by_title_and_by_number(call: Call) -> None:
    # Other tests of this process may have added products without variants to the shop.
    items = call("GET", "/desk/products?page_size=50")["items"]
    first = next(item for item in items if item["variants"])
    by_variant = call("GET", f"/desk/products?q={first['variants'][0]['id']}")
    assert [item["id"] for item in by_variant["items"]] == [first["id"]]
    assert call("GET", "/desk/products?q=没有这种商品")["total"] == 0


def test_the_buyers_card_is_kept_for_colleagues(call: Call, buyer: Any) -> None:
    answer = buyer("在吗")
    buyer_id = call("GET", f"/desk/conversations/{answer['conversation_id']}")["row"]["buyer_id"]
    call("PUT", f"/desk/buyers/{buyer_id}/card", {"tags": ["爱比价"], "note": "要粉色"})
    card = call("GET", f"/desk/conversations/{answer['conversation_id']}/side", who="supervisor")["card"]
    assert (card["tags"], card["note"]) == (["爱比价"], "要粉色")
    call("PUT", f"/desk/buyers/{buyer_id}/card", {"note": "字" * 501}, status=422)
    call("PUT", "/desk/buyers/nobody-knows/card", {"note": "x"}, status=404)


def test_an_unknown_order_has_no_actions(call: Call, buyer: Any) -> None:
    talk = buyer("在吗")["conversation_id"]
    call("GET", f"/desk/conversations/{talk}/orders/none/actions", status=404)


def _send_file(server: TestClient, tokens: dict[str, str], path: str, name: str, data: bytes) -> Any:
    headers = {"Authorization": f"Bearer {tokens['agent']}"}
    return server.post(f"/api/v1{path}", files={"file": (name, data)}, headers=headers)


def test_tickets_carry_files_that_only_staff_may_open(
    call: Call, buyer: Any, server: TestClient, tokens: dict[str, str]
) -> None:
    talk = buyer("我要退货")["conversation_id"]
    one = call("POST", "/tickets", {"type": "return", "conversation_id": talk, "fields": {}})
    two = call("POST", "/tickets", {"type": "invoice", "conversation_id": talk, "fields": {}})
    at = f"/tickets/{one['id']}/attachments"
    kept = _send_file(server, tokens, at, "快递/面单.pdf", b"%PDF-1.7 rest")
    assert (kept.status_code, kept.json()["name"], kept.json()["size"]) == (200, "快递面单.pdf", 13)
    assert _send_file(server, tokens, at, "a.png", b"MZ not a picture").status_code == 422
    assert _send_file(server, tokens, at, "a.html", b"<script>alert(1)</script>").status_code == 422
    assert _send_file(server, tokens, at, "big.pdf", b"%PDF-" + b"0" * 10_485_760).status_code == 413
    file_id = kept.json()["id"]
    headers = {"Authorization": f"Bearer {tokens['agent']}"}
    got = server.get(f"/api/v1{at}/{file_id}", headers=headers)
    assert (got.content, got.headers["x-content-type-options"]) == (b"%PDF-1.7 rest", "nosniff")
    assert got.headers["content-disposition"].startswith("attachment")
    assert server.get(f"/api/v1{at}/{file_id}", headers={"Authorization": "Bearer no"}).status_code == 401
    assert server.get(f"/uploads/default/{kept.json()['stored']}").status_code == 404
    call("POST", f"/tickets/{one['id']}/merge", {"into": two["id"]})
    assert [file["id"] for file in call("GET", f"/tickets/{two['id']}/attachments")["items"]] == [file_id]


def test_tickets_are_exported_to_a_workbook_with_their_fields(
    call: Call, buyer: Any, server: TestClient, tokens: dict[str, str]
) -> None:
    talk = buyer("我要退货")["conversation_id"]
    call("POST", "/tickets", {"type": "return", "title": "=1+1", "conversation_id": talk, "fields": {"reason": "尺码"}})
    headers = {"Authorization": f"Bearer {tokens['agent']}"}
    got = server.get(f"/api/v1/tickets/export?format=xlsx&conversation_id={talk}", headers=headers)
    assert got.status_code == 200, got.text
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(got.content)).get_sheet_by_index(0).to_python()
    assert [dict(zip(head, row, strict=True))["标题"] for row in rows] == ["=1+1"]
    assert "尺码" in dict(zip(head, rows[0], strict=True))["资料"]
    plain = server.get(f"/api/v1/tickets/export?conversation_id={talk}", headers=headers).content.decode("utf-8-sig")
    assert "'=1+1" in plain
    assert server.get("/api/v1/tickets/export?format=pdf", headers=headers).status_code == 422


def test_an_agent_sends_a_picture(call: Call, server: TestClient, tokens: dict[str, str]) -> None:
    kept = _send_file(server, tokens, "/desk/uploads", "a.png", b"\x89PNG\r\n\x1a\n rest")
    assert server.get(kept.json()["url"]).content.startswith(b"\x89PNG")
    assert _send_file(server, tokens, "/desk/uploads", "a.png", b"%PDF-1.7").status_code == 422


def test_thresholds_that_would_make_a_mode_swing_are_refused(call: Call) -> None:
    call("PUT", "/desk/modes/terms", {"demote_ratio": 0.8, "to_assist_ratio": 0.8}, "supervisor", 422)
    call("PUT", "/desk/modes/terms", {"to_auto_ratio": 1.2}, "supervisor", 422)
    call("PUT", "/desk/modes/terms", {"to_auto_ratio": 0.95}, "agent", 403)
    call("PUT", "/desk/modes/terms", {"to_auto_ratio": 0.95}, "supervisor")
    assert call("GET", "/desk/modes/evidence", who="supervisor")["terms"]["to_auto_ratio"] == 0.95
    call("PUT", "/desk/modes/terms", {}, "supervisor")
