"""The whole product on the sample shop, served in this process."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from starlette.testclient import TestClient

from xiaoer.app.demo.start import prepare_demo
from xiaoer.app.server import create_app
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings

KEY = "test-key"


@pytest.fixture(scope="session")
def shop_settings(tmp_path_factory: pytest.TempPathFactory, product_url: str) -> Settings:
    """A product with the sample shop in it."""
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(
        home=home, database_url=product_url, api_key=KEY, demo=True, demo_hours="00:00-00:00", burst_wait_ms=150
    )
    upgrade(settings.url)
    asyncio.run(prepare_demo(settings, Console(quiet=True)))
    return settings


@pytest.fixture(scope="session")
def server(shop_settings: Settings) -> Iterator[TestClient]:
    """The running product; every test uses buyers of its own."""
    with TestClient(create_app(shop_settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def client(server: TestClient) -> TestClient:
    """The same, calling with an API key."""
    server.headers["Authorization"] = f"Bearer {KEY}"
    return server
