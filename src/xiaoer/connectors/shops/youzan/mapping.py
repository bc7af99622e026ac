"""有赞 payloads → orders, products, variants. Orders in yuan, goods in fen; times in Beijing time or milliseconds."""

import json

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
    yuan,
)
from xiaoer.kernel.commerce import Order, OrderItem, Product, Refund, Shipment, Variant

_STATUS = {
    "WAIT_BUYER_PAY": "unpaid",
    "TRADE_PAID": "paid",
    "WAIT_SELLER_SEND_GOODS": "paid",
    "WAIT_BUYER_CONFIRM_GOODS": "shipped",
    "TRADE_SUCCESS": "completed",
    "TRADE_CLOSED": "closed",
}
_REFUND = {
    "1": "待商家处理",
    "10": "商家已拒绝",
    "20": "待买家退货",
    "30": "待商家收货",
    "50": "退款关闭",
    "60": "退款成功",
}


def to_order(full: Json) -> Order:
    """Read a `full_order_info` with the refunds and parcels that stand beside or inside it."""
    info, buyer, address = mapping(full, "order_info"), mapping(full, "buyer_info"), mapping(full, "address_info")
    order_id, raw = text(info, "tid"), text(info, "status")
    place = "".join(text(address, f"delivery_{part}") for part in ("province", "city", "district", "address"))
    parcels = [
        mapping(parcel, "express_info") for group in rows(full, "delivery_order") for parcel in rows(group, "dists")
    ]
    return Order(
        order_id,
        text(buyer, "yz_open_id", "buyer_id"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(info.get("created")),
        yuan(mapping(full, "pay_info").get("payment")),
        tuple(_to_item(line) for line in rows(full, "orders")),
        tuple(
            Shipment(text(parcel, "express_no"), order_id, text(parcel, "express_company_name"))
            for parcel in parcels
            if text(parcel, "express_no")
        ),
        tuple(_to_refund(row, order_id) for row in rows(full, "refund_order")),
        paid_at=instant(info.get("pay_time")),
        shipped_at=instant(info.get("consign_time")),
        delivered_at=instant(info.get("success_time")),
        address=place,
        receiver=text(address, "receiver_name"),
        phone=text(address, "receiver_tel"),
        raw_status=raw,
    )


def _to_item(line: Json) -> OrderItem:
    return OrderItem(
        text(line, "sku_id", "item_id"), text(line, "title"), whole(line.get("num")),
        yuan(line.get("price")), yuan(line.get("payment")),
    )  # fmt: skip


def _to_refund(row: Json, order_id: str) -> Refund:
    raw = text(row, "refund_state")
    kind = "return_refund" if text(row, "refund_type") == "2" else "refund_only"
    amount, created = yuan(row.get("refund_fee")), instant(row.get("created"))
    return Refund(text(row, "refund_id"), order_id, kind, _REFUND.get(raw, raw), amount, text(row, "reason"), created)


def to_product(item: Json) -> Product:
    return Product(
        needed(item, "item_id"), text(item, "title"), url=text(item, "detail_url"), image=text(item, "pic_url", "image")
    )


def to_variants(item: Json) -> tuple[Variant, ...]:
    """Read the SKUs of an item; an item without any is its own single variant."""
    product_id = needed(item, "item_id")
    skus = rows(item, "skus")
    if not skus:
        return (Variant(product_id, product_id, fen(item.get("price")), stock=pieces(item.get("quantity"))),)
    return tuple(
        Variant(
            text(sku, "sku_id"), product_id, fen(sku.get("price")), _spec(text(sku, "properties_name_json")),
            pieces(sku.get("quantity")),
        )
        for sku in skus
    )  # fmt: skip


def _spec(properties: str) -> dict[str, str]:
    axes = json.loads(properties) if properties else []
    return {text(axis, "k"): text(axis, "v") for axis in axes}
