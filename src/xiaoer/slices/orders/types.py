"""Rows of orders that are stored on their own: lines and parcels name the order they belong to."""

from msgspec import Struct

from xiaoer.kernel.commerce import TraceStep
from xiaoer.kernel.money import Money


class OrderLine(Struct, frozen=True):
    """One line of an order (订单明细). `id` is unique per shop; `price` is per piece, `pay_amount` for the line."""

    id: str
    order_id: str
    variant_id: str
    title: str
    quantity: int
    price: Money
    pay_amount: Money


class Parcel(Struct, frozen=True):
    """One parcel of one order. Orders sent together share a waybill, so `id` names both."""

    id: str
    waybill_no: str
    order_id: str
    carrier: str = ""
    status: str = ""
    traces: tuple[TraceStep, ...] = ()
