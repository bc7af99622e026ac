"""A source that cannot be asked says so with one error, names no secret, and never invents an answer."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
import structlog
from tests.connectors.subjects import PLATFORMS, WorldHints, fresh_world, web_over
from tests.connectors.world import NOW, SHOP, WORLD

from xiaoer.connectors.registry import CONNECTORS, build
from xiaoer.connectors.spec import Around
from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.slices.orders.types import OrderAction


def _down(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


def _slow(_: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("slow")


_BREAKAGES: dict[str, Callable[[httpx2.Request], httpx2.Response]] = {
    "refused": _down,
    "slow": _slow,
    "500": lambda _: httpx2.Response(500, text="oops"),
    "429": lambda _: httpx2.Response(429),
    "401": lambda _: httpx2.Response(401, json={"error": "who are you"}),
    "redirect": lambda _: httpx2.Response(302, headers={"Location": "http://elsewhere/"}),
    "html": lambda _: httpx2.Response(200, html="<h1>系统维护中</h1>"),
    "nothing": lambda _: httpx2.Response(200, content=b""),
    "null": lambda _: httpx2.Response(200, json=None),
    "list": lambda _: httpx2.Response(200, json=[]),
    "empty object": lambda _: httpx2.Response(200, json={}),
    "endless": lambda _: httpx2.Response(200, content=b" " * 5_000_000),
    "deep": lambda _: httpx2.Response(200, content=b'{"a":' * 100_000),
}
_CALLS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "orders": ("order", ("5003",)),
    "products": ("product", ("1001",)),
    "stock": ("variants", ("1001",)),
    "parcels": ("track", ("YT1234567890123",)),
    "buyers": ("buyer", ("2001",)),
    "actions": ("act", (OrderAction("a1", "cancel", "5002", {"reason": "不想要"}),)),
}
_LOGIN = {"base_url": "http://shop", "user": "service", "password": "the-password"}
# connectors that are proved against the real software have no fake platform
_REAL = {"vendure": _LOGIN, "oscar": _LOGIN, "tryton": {**_LOGIN, "database": "shop"}}
_PAIRS = [(name, port) for name in CONNECTORS for port in CONNECTORS[name].ports]


def _settings(name: str) -> dict[str, str]:
    return _REAL[name] if name in _REAL else PLATFORMS[name](WORLD).settings


@pytest.mark.parametrize("breakage", _BREAKAGES)
@pytest.mark.parametrize(("name", "port"), _PAIRS, ids=[f"{name}-{port}" for name, port in _PAIRS])
async def test_whatever_breaks_ends_in_one_error(name: str, port: str, breakage: str) -> None:
    settings = _settings(name)
    web = web_over(httpx2.MockTransport(_BREAKAGES[breakage]))
    source = build(name, settings, Around(web, ManualClock(NOW), WorldHints()))
    method, args = _CALLS[port]
    with structlog.testing.capture_logs() as logs, pytest.raises(SourceUnavailable) as caught:
        await getattr(source, method)(SHOP, *args)
    written = str(caught.value) + json.dumps(logs, default=str)
    secrets = [settings[s.name] for s in CONNECTORS[name].settings if s.secret and s.name in settings]
    assert secrets
    assert not [secret for secret in secrets if len(secret) > 4 and secret in written]


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_wrong_secret_is_refused_by_the_platform_and_said_so(name: str) -> None:
    platform = PLATFORMS[name](fresh_world())
    settings = {**platform.settings, platform.secret: "some other secret"}
    web = web_over(httpx2.ASGITransport(platform.app))
    source = build(name, settings, Around(web, ManualClock(NOW), WorldHints()))
    method, args = _CALLS[CONNECTORS[name].ports[0]]
    with pytest.raises(SourceUnavailable) as caught:
        await getattr(source, method)(SHOP, *args)
    assert "some other secret" not in str(caught.value)


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_refusal_is_not_remembered_as_an_answer(name: str) -> None:
    platform = PLATFORMS[name](fresh_world())
    web = web_over(httpx2.ASGITransport(platform.app))
    around = Around(web, ManualClock(NOW), WorldHints())
    wrong = build(name, {**platform.settings, platform.secret: "some other secret"}, around)
    method, args = _CALLS[CONNECTORS[name].ports[-1]]
    with pytest.raises(SourceUnavailable):
        await getattr(wrong, method)(SHOP, *args)
    assert await getattr(build(name, platform.settings, around), method)(SHOP, *args)
