"""Helpers that keep entries, import files and ask questions of the running sample shop."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

Ask = Callable[..., dict[str, Any]]
Keep = Callable[..., dict[str, Any]]
Import = Callable[[str, str | bytes], Any]


@pytest.fixture
def keep(client: TestClient) -> Keep:
    """Keep an entry and return it."""

    def keep_entry(question: str, answer: str, **fields: Any) -> dict[str, Any]:
        made = client.post("/api/v1/knowledge", json={"question": question, "answer": answer, **fields})
        assert made.status_code == 201, made.text
        return dict(made.json())

    return keep_entry


@pytest.fixture
def ask(client: TestClient) -> Ask:
    """Say something as a buyer and return the answer."""

    def say(text: str, buyer: str = "", **context: Any) -> dict[str, Any]:
        body = {
            "channel": context.pop("channel", "api"),
            "buyer_id": buyer or uuid4().hex,
            "message_id": uuid4().hex,
            "content": {"type": "text", "text": text},
            "context": context,
        }
        answer = client.post("/api/v1/messages", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return say


@pytest.fixture
def take_file(client: TestClient) -> Import:
    """Import a file and return the finished run."""

    def take(name: str, content: str | bytes) -> Any:
        data = content.encode() if isinstance(content, str) else content
        product = client.app.state.wiring  # type: ignore[attr-defined]

        async def run() -> Any:
            return await product.importer.import_file("default", data, name=name)

        assert client.portal is not None
        return client.portal.call(run)

    return take


def log_in(server: TestClient, name: str) -> dict[str, str]:
    """The header of a member of the sample shop's staff."""
    body = {"username": name, "password": f"xiaoer-{name}"}
    return {"Authorization": f"Bearer {server.post('/api/v1/auth/login', json=body).json()['access_token']}"}
