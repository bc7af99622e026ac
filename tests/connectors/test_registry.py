"""What the registry promises is true: ports are implemented as declared, secrets are marked, settings are checked."""

import inspect
from typing import Any

import httpx2
import pytest
from tests.connectors.subjects import NOW, PLATFORMS, WORLD, WorldHints, web_over

from xiaoer.connectors.push import Push
from xiaoer.connectors.registry import CONNECTORS, build, connector_spec, read_push
from xiaoer.connectors.spec import Around
from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.buyers.ports import CustomerSource
from xiaoer.slices.catalog.ports import ProductSource, StockSource
from xiaoer.slices.orders.ports import OrderActions, OrderSource, ShipmentSource

_PROTOCOLS: dict[str, Any] = {
    "orders": OrderSource,
    "parcels": ShipmentSource,
    "products": ProductSource,
    "stock": StockSource,
    "buyers": CustomerSource,
    "actions": OrderActions,
}


def _methods(protocol: Any) -> dict[str, inspect.Signature]:
    return {
        name: inspect.signature(member)
        for name, member in vars(protocol).items()
        if inspect.iscoroutinefunction(member) and not name.startswith("_")
    }


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_declared_port_is_implemented_as_its_protocol_says(name: str) -> None:
    spec = CONNECTORS[name]
    settings = {s.name: s.default or "x" for s in spec.settings}
    web = web_over(httpx2.MockTransport(lambda _: httpx2.Response(500)))
    source = build(name, settings, Around(web, ManualClock(NOW), WorldHints()))
    assert spec.ports
    for port in spec.ports:
        for method, signature in _methods(_PROTOCOLS[port]).items():
            mine = inspect.signature(getattr(type(source), method))
            assert mine == signature, f"{name}.{method}"


@pytest.mark.parametrize("name", CONNECTORS)
def test_keys_and_tokens_are_marked_as_secret(name: str) -> None:
    spec = CONNECTORS[name]
    telling = ("secret", "token", "session", "salt", "password", "aes")
    assert [s.name for s in spec.settings if any(word in s.name for word in telling) and not s.secret] == []
    assert any(s.secret for s in spec.settings)
    assert all(s.title for s in spec.settings)


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_missing_setting_is_named(name: str) -> None:
    settings = PLATFORMS[name](WORLD).settings
    needed = [s.name for s in CONNECTORS[name].settings if s.default is None]
    for missing in needed:
        with pytest.raises(InvalidBody, match=missing):
            connector_spec(name).complete({**settings, missing: "  "})


def test_an_unknown_connector_and_one_without_pushes_are_not_found() -> None:
    with pytest.raises(NotFound):
        connector_spec("nobody")
    with pytest.raises(NotFound):
        read_push("jd", {}, Push(DEFAULT_SHOP, b"", NOW))
