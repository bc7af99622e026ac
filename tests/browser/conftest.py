"""A running sample shop and a real browser: the tests see what a buyer and a shop owner see.

The server is the command `xiaoer demo` in its own process and its own home folder. Chromium is the system's
(`XIAOER_CHROMIUM` names another). Pages must have been built: `make web`.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

_PHONE = ViewportSize(width=390, height=844)
_DESKTOP = ViewportSize(width=1280, height=720)
_CHROMIUM = os.environ.get("XIAOER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
# Each retry waits twice as long as the one before, 0.5 s at first: together about two minutes for a cold start.
_CONNECT_RETRIES = 8

Open = Callable[..., Page]


class SampleShop:
    """The sample shop's server, to stop and start again as an operator would."""

    def __init__(self, home: Path) -> None:
        self._home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start the server and return when it is ready."""
        environment = {**os.environ, "XIAOER_HOME": str(self._home), "XIAOER_API_KEY": "browser-tests"}
        environment["XIAOER_DEMO_HOURS"] = "00:00-00:00"  # people are on duty whenever the tests run
        with (self._home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from xiaoer.app.cli import main; main()", "demo", "--port", str(self._port)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        transport = httpx2.HTTPTransport(retries=_CONNECT_RETRIES)
        with httpx2.Client(transport=transport, timeout=30) as client:
            try:
                client.get(f"{self.url}/readyz").raise_for_status()
            except httpx2.HTTPError as error:
                raise AssertionError(f"The server did not start:\n{self.log()}") from error

    def stop(self) -> None:
        """Stop the server as a restart does, and wait for its end."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._process = None

    def log(self) -> str:
        return (self._home / "server.log").read_text("utf-8", "replace")[-4000:]


@pytest.fixture(scope="session")
def sample_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleShop]:
    """The sample shop, served for the whole run."""
    shop = SampleShop(tmp_path_factory.mktemp("home"))
    shop.start()
    yield shop
    shop.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(sample_shop: SampleShop, chromium: Browser) -> Iterator[Open]:
    """Open an address of the shop as a new visitor; page errors fail the test."""
    expect.set_options(timeout=15_000)
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_(path: str, *, phone: bool = False) -> Page:
        context = chromium.new_context(
            viewport=_PHONE if phone else _DESKTOP,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=phone,
            is_mobile=phone,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(sample_shop.url + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def call(shop: SampleShop, method: str, path: str, body: Any, token: str = "") -> Any:
    request = urllib.request.Request(
        shop.url + path,
        data=json.dumps(body).encode(),
        method=method,
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def tokens(sample_shop: SampleShop) -> dict[str, Any]:
    """The agent's log-in, kept by the browser as after the form; online, with room for all buyers of these tests."""
    found: dict[str, Any] = call(
        sample_shop, "POST", "/api/v1/auth/login", {"username": "agent", "password": "xiaoer-agent"}
    )
    call(sample_shop, "PUT", "/api/v1/desk/me", {"status": "online", "capacity": 50}, found["access_token"])
    return found


@pytest.fixture
def desk(open_page: Open, tokens: dict[str, Any]) -> Callable[..., Page]:
    """Open the workbench as the agent."""

    def open_(path: str = "/workbench/", *, phone: bool = False) -> Page:
        page = open_page("/workbench/login", phone=phone)
        page.evaluate("kept => localStorage.setItem('xiaoer.staff', kept)", json.dumps(tokens))
        page.goto(page.url.replace("/workbench/login", path))
        expect(page.get_by_role("region", name="会话列表")).to_be_visible()
        return page

    return open_
