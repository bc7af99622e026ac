"""Pinduoduo payloads → orders, products, variants. Orders in yuan (floats), goods in fen; times in Beijing time."""

from xiaoer.connectors.payload import (
    UNKNOWN,
    Json,
    fen,
    instant,
    needed,
    needed_instant,
    pieces,
    rows,
    text,
    whole,
    yuan,
)
from xiaoer.kernel.commerce import Order, OrderItem, Product, Shipment, Variant

_STATUS = {"1": "paid", "2": "shipped", "3": "completed"}
_REFUND = {"2": "refunding", "3": "refunding", "4": "refunded"}


def to_order(info: Json) -> Order:
    """Read an order. The after-sales state, when there is one, is the order's state: no more is known of it here.

    Buyers have no id in this API. Contact data are the masked ones when they come, else the ciphertext.
    """
    order_id, raw, claim = text(info, "order_sn"), text(info, "order_status"), text(info, "refund_status")
    number = text(info, "tracking_number")
    carrier = text(info, "logistics_name")  # the numeric id would mean nothing to a buyer
    lines = rows(info, "item_list")
    return Order(
        order_id,
        "",
        _REFUND.get(claim) or _STATUS.get(raw, UNKNOWN),
        needed_instant(info.get("created_time")),
        yuan(info.get("pay_amount")),
        tuple(_to_item(line, info, only=len(lines) == 1) for line in lines),
        (Shipment(number, order_id, carrier),) if number else (),
        paid_at=instant(info.get("pay_time")),
        shipped_at=instant(info.get("shipping_time")),
        delivered_at=instant(info.get("receive_time")),
        promise_ship_at=instant(info.get("last_ship_time")),
        address=text(info, "address_mask", "address"),
        receiver=text(info, "receiver_name_mask", "receiver_name"),
        phone=text(info, "receiver_phone_mask", "receiver_phone"),
        raw_status=f"{raw}/{claim}" if claim not in ("", "1") else raw,
    )


def _to_item(line: Json, order: Json, *, only: bool) -> OrderItem:
    """An order has one line in this market, so the line was paid what the order was, less postage."""
    price, quantity = yuan(line.get("goods_price")), whole(line.get("goods_count"))
    paid = yuan(order.get("pay_amount")) - yuan(order.get("postage")) if only else price * quantity
    return OrderItem(text(line, "sku_id", "goods_id"), text(line, "goods_name"), quantity, price, paid)


def to_product(goods: Json) -> Product:
    return Product(needed(goods, "goods_id"), text(goods, "goods_name"), image=text(goods, "image_url", "thumb_url"))


def to_variants(goods: Json) -> tuple[Variant, ...]:
    """Read the SKUs on sale with their group price (拼单价)."""
    return tuple(
        Variant(
            text(sku, "sku_id"),
            needed(goods, "goods_id"),
            fen(sku.get("multi_price") or sku.get("price")),
            {text(axis, "parent_name"): text(axis, "spec_name") for axis in rows(sku, "spec")},
            pieces(sku.get("quantity")),
        )
        for sku in rows(goods, "sku_list")
    )
