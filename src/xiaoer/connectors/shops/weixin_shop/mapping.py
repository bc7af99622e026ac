"""微信小店 payloads → orders, products, variants. Amounts in fen, times in epoch seconds."""

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

_STATUS = {
    "10": "unpaid",
    "20": "paid",
    "21": "shipped",
    "30": "shipped",
    "100": "completed",
    "200": "closed",
    "250": "closed",
}
_KINDS = {"RETURN": "return_refund", "EXCHANGE": "exchange"}
_REFUND = {
    "USER_CANCELD": "已撤销",
    "MERCHANT_PROCESSING": "待商家处理",
    "MERCHANT_REJECT_REFUND": "商家已拒绝",
    "MERCHANT_REJECT_RETURN": "商家已拒绝",
    "USER_WAIT_RETURN": "待买家退货",
    "MERCHANT_WAIT_RECEIPT": "待商家收货",
    "MERCHANT_REFUND_SUCCESS": "退款成功",
    "MERCHANT_RETURN_SUCCESS": "退款成功",
    "PLATFORM_REFUNDING": "平台退款中",
    "RETURN_CLOSED": "退款关闭",
}


def to_order(order: Json, refunds: tuple[Refund, ...] = ()) -> Order:
    """Read an order; parcels are told by the deliveries of its goods."""
    detail = mapping(order, "order_detail")
    delivery, address = mapping(detail, "delivery_info"), mapping(detail, "delivery_info", "address_info")
    order_id, raw = text(order, "order_id"), text(order, "status")
    place = "".join(text(address, f"{part}_name") for part in ("province", "city", "county"))
    parcels = [row for row in rows(delivery, "delivery_product_info") if text(row, "waybill_id")]
    sent = [at for at in (instant(row.get("delivery_time")) for row in parcels) if at is not None]
    return Order(
        order_id,
        text(order, "openid"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(order.get("create_time")),
        fen(mapping(detail, "price_info").get("order_price")),
        tuple(_to_item(line) for line in rows(detail, "product_infos")),
        tuple(Shipment(text(row, "waybill_id"), order_id, text(row, "delivery_name")) for row in parcels),
        refunds,
        paid_at=instant(mapping(detail, "pay_info").get("pay_time")),
        shipped_at=min(sent, default=None),
        address=place + text(address, "detail_info"),
        receiver=text(address, "user_name"),
        phone=text(address, "tel_number"),
        raw_status=raw,
    )


def _to_item(line: Json) -> OrderItem:
    """`real_price` is what the whole line was paid."""
    return OrderItem(
        text(line, "sku_id", "product_id"),
        text(line, "title"),
        whole(line.get("sku_cnt")),
        fen(line.get("sale_price")),
        fen(line.get("real_price")),
    )


def refund_ids(order: Json) -> tuple[str, ...]:
    found = rows(order, "order_detail", "aftersale_detail", "aftersale_order_list") or rows(
        order, "aftersale_detail", "aftersale_order_list"
    )
    return tuple(text(row, "aftersale_order_id") for row in found if text(row, "aftersale_order_id"))


def to_refund(row: Json) -> Refund:
    raw = text(row, "status")
    return Refund(
        text(row, "after_sale_order_id"),
        text(row, "order_id"),
        _KINDS.get(text(row, "type"), "refund_only"),
        _REFUND.get(raw, raw),
        fen(mapping(row, "refund_info").get("amount")),
        text(row, "reason_text", "reason"),
        instant(row.get("create_time")),
    )


def to_product(product: Json) -> Product:
    pictures = product.get("head_imgs") or []
    attributes = {text(row, "attr_key"): text(row, "attr_value") for row in rows(product, "attrs")}
    image = str(pictures[0]) if pictures else ""
    return Product(needed(product, "product_id"), text(product, "title"), image=image, attributes=attributes)


def to_variants(product: Json) -> tuple[Variant, ...]:
    product_id = needed(product, "product_id")
    return tuple(
        Variant(
            text(sku, "sku_id"),
            product_id,
            fen(sku.get("sale_price")),
            {text(axis, "attr_key"): text(axis, "attr_value") for axis in rows(sku, "sku_attrs")},
            pieces(sku.get("stock_num")),
        )
        for sku in rows(product, "skus")
    )
