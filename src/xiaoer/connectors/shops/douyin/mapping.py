"""抖店 payloads → orders, products, variants. Amounts in fen, times in epoch seconds, contact data masked."""

from xiaoer.connectors.payload import (
    UNKNOWN,
    Json,
    fen,
    instant,
    mapping,
    needed,
    needed_instant,
    pieces,
    rows,
    text,
    whole,
)
from xiaoer.kernel.commerce import Order, OrderItem, Product, Refund, Shipment, Variant

_STATUS = {"1": "unpaid", "105": "paid", "2": "paid", "101": "shipped", "3": "shipped", "4": "closed", "5": "completed"}
_REFUND = {"1": "退款处理中", "2": "退款处理中", "3": "退款成功", "4": "退款失败"}
_KINDS = {"0": "return_refund", "3": "exchange"}  # 1 and 2 are 仅退款, after and before sending
_NO_REFUND = ("", "0")


def to_order(detail: Json) -> Order:
    """Read an order (父单) with its lines (子单)."""
    order_id, raw = text(detail, "order_id"), text(detail, "order_status")
    address = mapping(detail, "mask_post_addr")
    place = "".join(text(mapping(address, part), "name") for part in ("province", "city", "town", "street"))
    lines = rows(detail, "sku_order_list")
    refunds = (_to_refund(line, order_id) for line in lines)
    return Order(
        order_id,
        text(detail, "doudian_open_id", "open_id"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(detail.get("create_time")),
        fen(detail.get("pay_amount")),
        tuple(_to_item(line) for line in lines),
        tuple(
            Shipment(text(parcel, "tracking_no"), order_id, text(parcel, "company_name", "company"))
            for parcel in rows(detail, "logistics_info")
            if text(parcel, "tracking_no")
        ),
        tuple(refund for refund in refunds if refund is not None),
        paid_at=instant(detail.get("pay_time")),
        shipped_at=instant(detail.get("ship_time")),
        delivered_at=instant(detail.get("finish_time")),
        promise_ship_at=instant(detail.get("exp_ship_time")),
        address=place + text(address, "detail"),
        receiver=text(detail, "mask_post_receiver"),
        phone=text(detail, "mask_post_tel"),
        raw_status=raw,
    )


def _to_item(line: Json) -> OrderItem:
    price = line.get("goods_price") or line.get("origin_amount")
    return OrderItem(
        text(line, "sku_id", "product_id_str", "product_id"),
        text(line, "product_name"),
        whole(line.get("item_num")),
        fen(price),
        fen(line.get("pay_amount")),
    )


def _to_refund(line: Json, order_id: str) -> Refund | None:
    claim = mapping(line, "after_sale_info")
    raw = text(claim, "refund_status")
    if raw in _NO_REFUND:
        return None
    kind = _KINDS.get(text(claim, "after_sale_type"), "refund_only")
    amount = claim.get("refund_amount") or line.get("pay_amount")
    return Refund(
        text(claim, "after_sale_id") or text(line, "order_id"), order_id, kind, _REFUND.get(raw, raw), fen(amount)
    )


def to_product(data: Json) -> Product:
    pictures = data.get("pic") or []
    image = str(pictures[0]) if pictures else text(data, "img")
    return Product(needed(data, "product_id_str", "product_id"), text(data, "name"), image=image)


def to_variants(data: Json) -> tuple[Variant, ...]:
    product_id = needed(data, "product_id_str", "product_id")
    return tuple(
        Variant(
            text(sku, "sku_id"),
            product_id,
            fen(sku.get("price")),
            {text(axis, "property_name"): text(axis, "value_name") for axis in rows(sku, "sell_properties")},
            pieces(sku.get("stock_num")),
        )
        for sku in rows(data, "spec_prices")
    )
