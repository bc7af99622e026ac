"""What is not in yuan is never read as yuan: orders keep their currency, prices are refused."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.connectors.fakes import generic, shopify
from tests.connectors.world import WORLD

from xiaoer.connectors.erp.tryton.mapping import to_order as from_tryton
from xiaoer.connectors.shops.generic import mapping as of_bridge
from xiaoer.connectors.shops.oscar import mapping as of_oscar
from xiaoer.connectors.shops.shopify.mapping import to_order as from_shopify
from xiaoer.connectors.shops.vendure import mapping as of_vendure
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.money import foreign

_ORDER = WORLD.orders["5002"]


def _shopify(code: str) -> Order:
    payload: dict[str, Any] = shopify.order_payload(_ORDER)
    payload["totalPriceSet"]["shopMoney"]["currencyCode"] = code
    return from_shopify(payload)


def _vendure(code: str) -> Order:
    return of_vendure.to_order(
        {
            "code": "A1",
            "state": "Delivered",
            "createdAt": "2026-03-01T00:00:00Z",
            "totalWithTax": 2500,
            "currencyCode": code,
        }
    )


def _oscar(code: str) -> Order:
    return of_oscar.to_order(
        {
            "number": "1",
            "status": "待发货",
            "date_placed": "2026-03-01T00:00:00Z",
            "total_incl_tax": "25",
            "currency": code,
        }
    )


def _tryton(code: str) -> Order:
    sale = {
        "number": "S1", "party": 1, "state": "confirmed", "total_amount": "25",
        "create_date": {"year": 2026, "month": 3, "day": 1, "hour": 0, "minute": 0, "second": 0},
        "currency.": {"code": code},
    }  # fmt: skip
    return from_tryton(sale, (), "")


_READ: dict[str, Callable[[str], Order]] = {
    "generic": lambda code: of_bridge.to_order({**generic.order_payload(_ORDER), "currency": code}),
    "shopify": _shopify,
    "vendure": _vendure,
    "oscar": _oscar,
    "tryton": _tryton,
}


@pytest.mark.parametrize("name", _READ)
@pytest.mark.parametrize(("code", "kept"), [("USD", "USD"), ("hkd", "HKD"), ("CNY", ""), ("RMB", ""), ("", "")])
def test_an_order_keeps_its_currency_and_its_raw_amounts(name: str, code: str, kept: str) -> None:
    order = _READ[name](code)
    assert order.currency == kept
    assert order.paid_as_told == (f"{kept} {order.pay_amount.yuan}" if kept else order.pay_amount.yuan)


@pytest.mark.parametrize(
    "read",
    [
        lambda code: of_bridge.to_variant({"id": "1", "price": "25", "currency": code}),
        lambda code: of_vendure.to_variant({"sku": "1", "priceWithTax": 2500, "currencyCode": code}),
        lambda code: of_vendure.to_price({"subTotalWithTax": 2500, "currencyCode": code}, ()),
        lambda code: of_oscar.to_variant({"sku": "1", "price": "25", "currency": code}),
        lambda code: of_oscar.to_price({"total": "25", "applied": [], "currency": code}),
    ],
    ids=["generic", "vendure", "vendure-cart", "oscar", "oscar-cart"],
)
def test_a_price_in_another_currency_is_an_outage_of_that_source(read: Callable[[str], Any]) -> None:
    assert read("CNY") and read("")
    with pytest.raises(SourceUnavailable, match="USD"):
        read("USD")


def test_no_code_is_yuan() -> None:
    assert (foreign(None), foreign(" usd ")) == ("", "USD")
