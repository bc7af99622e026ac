"""Every source gives back the same shop: the shop's own rows and each connector over its fake platform."""

from collections.abc import AsyncIterator

import pytest
from tests.connectors.contract import (
    CustomerSourceContract,
    OrderActionsContract,
    OrderSourceContract,
    ProductSourceContract,
    ShipmentSourceContract,
    StockSourceContract,
    Subject,
)
from tests.connectors.subjects import open_subject, with_port


@pytest.fixture
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    name, port = request.param
    async with open_subject(name, port) as opened:
        yield opened


def _all(port: str) -> pytest.MarkDecorator:
    names = with_port(port)  # type: ignore[arg-type]
    return pytest.mark.parametrize("subject", [(name, port) for name in names], ids=names, indirect=True)


@_all("orders")
class TestOrders(OrderSourceContract):
    pass


@_all("products")
class TestProducts(ProductSourceContract):
    pass


@_all("stock")
class TestStock(StockSourceContract):
    pass


@_all("parcels")
class TestParcels(ShipmentSourceContract):
    pass


@_all("buyers")
class TestBuyers(CustomerSourceContract):
    pass


@_all("actions")
class TestActions(OrderActionsContract):
    pass
