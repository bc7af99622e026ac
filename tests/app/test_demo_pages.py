"""The demo's pages: looked at as a visitor or as a sample buyer, whose chat then knows the orders."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient


def signed_in(server: TestClient, buyer_id: str) -> str | None:
    """The token in the demo page's script tag."""
    page = server.get("/demo", params={"as": buyer_id})
    assert page.status_code == 200
    found = re.search(r'data-visitor="([^"]+)"', page.text)
    return found[1] if found else None


@pytest.mark.parametrize("buyer_id", ["", "v-somebody", "b-9999", "b-demo' or 1=1"])
def test_only_buyers_of_the_sample_data_can_be_played(server: TestClient, buyer_id: str) -> None:
    assert signed_in(server, buyer_id) is None


def test_a_sample_buyer_sees_the_parcel_and_what_the_answer_rests_on(server: TestClient) -> None:
    token = signed_in(server, "b-demo")
    session = server.post("/api/v1/widget/sessions", json={"visitor": token}).json()
    assert session["buyer_id"] == "b-demo"
    with server.websocket_connect(f"/api/v1/widget/ws?token={session['token']}") as line:
        line.send_json({"type": "send", "client_id": "as-1", "content": {"type": "text", "text": "我的快递到哪了"}})
        said: list[dict[str, Any]] = []
        while not any(m["content"]["type"] == "shipment_card" for m in said):
            frame = line.receive_json()
            if frame["type"] == "message" and frame["seq"] > 0 and frame["message"]["author"] == "bot":
                said.append(frame["message"])
            assert len(said) < 5
    sources = next(message["sources"] for message in said if message["sources"])
    assert {source["kind"] for source in sources} >= {"order", "shipment"}
    assert all(source["title"] for source in sources)
    assert not any(re.search(r"\d{6}", source["title"]) for source in sources)  # no number of a person, order or parcel


def test_the_item_page_keeps_the_sample_buyer(server: TestClient) -> None:
    page = server.get("/item/P1001", params={"as": "b-demo"})
    assert 'data-account="b-demo"' in page.text and "/demo?as=b-demo" in page.text
    assert page.headers["cache-control"] == "no-store"
