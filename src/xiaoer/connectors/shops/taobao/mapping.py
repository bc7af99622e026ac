"""Taobao payloads → orders, refunds, products, variants. Yuan as text; times in Beijing time."""

from xiaoer.connectors.claims import TAOBAO_CLAIMS
from xiaoer.connectors.payload import UNKNOWN, Json, instant, needed, needed_instant, pieces, rows, text, whole, yuan
from xiaoer.kernel.commerce import Order, OrderItem, Product, Refund, Shipment, Variant

_STATUS = {
    "WAIT_BUYER_PAY": "unpaid",
    "WAIT_SELLER_SEND_GOODS": "paid",
    "SELLER_CONSIGNED_PART": "shipped",
    "WAIT_BUYER_CONFIRM_GOODS": "shipped",
    "TRADE_BUYER_SIGNED": "delivered",
    "TRADE_FINISHED": "completed",
    "TRADE_CLOSED": "closed",
    "TRADE_CLOSED_BY_TAOBAO": "closed",
}
NO_REFUND = "NO_REFUND"


def to_order(trade: Json, refunds: tuple[Refund, ...] = ()) -> Order:
    """Read a trade. Parcels are told by the waybill numbers of the lines."""
    lines = rows(trade, "orders", "order")
    raw = text(trade, "status")
    order_id = text(trade, "tid_str", "tid")
    parcels = {text(line, "invoice_no"): text(line, "logistics_company") for line in lines if text(line, "invoice_no")}
    place = "".join(text(trade, f"receiver_{part}") for part in ("state", "city", "district", "address"))
    return Order(
        order_id,
        text(trade, "buyer_open_uid"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(trade.get("created")),
        yuan(trade.get("payment")),
        tuple(_to_item(line) for line in lines),
        tuple(Shipment(number, order_id, carrier) for number, carrier in parcels.items()),
        refunds,
        paid_at=instant(trade.get("pay_time")),
        shipped_at=instant(trade.get("consign_time")),
        delivered_at=instant(trade.get("sign_time")),
        address=place,
        receiver=text(trade, "receiver_name"),
        phone=text(trade, "receiver_mobile", "receiver_phone"),
        raw_status=raw,
    )


def _to_item(line: Json) -> OrderItem:
    paid = line.get("divide_order_fee") or line.get("payment")
    return OrderItem(
        text(line, "sku_id", "num_iid"),
        text(line, "title"),
        whole(line.get("num")),
        yuan(line.get("price")),
        yuan(paid),
    )


def refund_ids(trade: Json) -> tuple[str, ...]:
    """The refunds that the lines of a trade name, each once."""
    found = (text(line, "refund_id") for line in rows(trade, "orders", "order"))
    return tuple(dict.fromkeys(id for id in found if id and id != "0"))


def to_refund(refund: Json) -> Refund:
    raw = text(refund, "status")
    returns = text(refund, "has_good_return").lower() == "true"
    return Refund(
        text(refund, "refund_id"),
        text(refund, "tid"),
        "return_refund" if returns else "refund_only",
        TAOBAO_CLAIMS.get(raw, raw),
        yuan(refund.get("refund_fee")),
        text(refund, "reason"),
        instant(refund.get("created")),
    )


def to_product(item: Json) -> Product:
    """Read an item; `props_name` is `pid:vid:name:value;…`."""
    return Product(
        needed(item, "num_iid"),
        text(item, "title"),
        url=text(item, "detail_url"),
        image=text(item, "pic_url"),
        attributes=_named(text(item, "props_name")),
    )


def to_variants(item: Json) -> tuple[Variant, ...]:
    """Read the SKUs of an item; an item without any is its own single variant."""
    product_id = needed(item, "num_iid")
    skus = rows(item, "skus", "sku")
    if not skus:
        return (Variant(product_id, product_id, yuan(item.get("price")), stock=pieces(item.get("num"))),)
    return tuple(to_variant(sku, product_id) for sku in skus)


def to_variant(sku: Json, product_id: str = "") -> Variant:
    return Variant(
        text(sku, "sku_id"),
        text(sku, "num_iid") or product_id,
        yuan(sku.get("price")),
        _named(text(sku, "properties_name")),
        pieces(sku.get("quantity")),
    )


def _named(properties: str) -> dict[str, str]:
    parts = (piece.split(":", 3) for piece in properties.split(";") if piece)
    return {part[2]: part[3] for part in parts if len(part) == 4}
