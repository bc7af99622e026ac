"""Calling the desk as its people, with a buyer of each test's own."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

LOG_IN = {"agent": "xiaoer-agent", "supervisor": "xiaoer-supervisor", "owner": "xiaoer-owner"}
Call = Callable[..., Any]


def _token(server: TestClient, name: str) -> str:
    body = {"username": name, "password": LOG_IN[name]}
    return str(server.post("/api/v1/auth/login", json=body).json()["access_token"])


@pytest.fixture(scope="module")
def tokens(server: TestClient) -> dict[str, str]:
    """Access tokens of an agent and of his supervisor."""
    return {name: _token(server, name) for name in ("agent", "supervisor")}


@pytest.fixture
def call(server: TestClient, tokens: dict[str, str]) -> Call:
    """Call the API as somebody of the staff."""

    def send(method: str, path: str, body: Any = None, who: str = "agent", status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {tokens[who]}"}
        response = server.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert response.status_code == status, response.text
        return response.json() if response.content else None

    return send


@pytest.fixture(autouse=True)
def at_the_desk(call: Call) -> Iterator[None]:
    """Everybody is offline unless the test says otherwise."""
    yield
    for who in ("agent", "supervisor"):
        call("PUT", "/desk/me", {"status": "offline", "skills": [], "capacity": 8}, who)


@pytest.fixture
def buyer(client: TestClient) -> Callable[[str], dict[str, Any]]:
    """A buyer of his own, writing over the API."""
    buyer_id = f"desk-{uuid4().hex[:8]}"

    def write(text: str) -> dict[str, Any]:
        body = {"channel": "api", "buyer_id": buyer_id, "content": {"type": "text", "text": text}}
        response = client.post("/api/v1/messages", json=body)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return write
