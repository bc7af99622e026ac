"""Rows of orders that are stored on their own: lines and parcels name the order they belong to."""

from typing import Literal

from msgspec import Struct, field

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


ActionKind = Literal[
    "cancel", "change_address", "change_note", "open_after_sale", "withdraw_after_sale", "issue_coupon"
]


class OrderAction(Struct, frozen=True):
    """Something that a buyer confirmed. `id` makes it idempotent; `data` by kind: address, receiver, phone · note ·
    kind, reason, amount_fen (after-sale) · buyer_id, code, title, off_fen, least_fen, valid_to (coupon).
    """

    id: str
    kind: ActionKind
    order_id: str
    data: dict[str, str] = field(default_factory=dict)
