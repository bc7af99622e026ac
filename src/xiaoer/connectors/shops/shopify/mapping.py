"""Shopify GraphQL nodes → orders, products, variants, buyers. Ids lose their `gid://` prefix; times are ISO 8601."""

from xiaoer.connectors.payload import (
    Json,
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
from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, Variant
from xiaoer.kernel.money import ZERO, Money, foreign


def plain_id(gid: str) -> str:
    """`gid://shopify/Order/450789469` → `450789469`."""
    return gid.rsplit("/", 1)[-1].split("?", 1)[0]


def _amount(node: Json, name: str) -> Money:
    return yuan(mapping(node, name, "shopMoney").get("amount"))


def _status(node: Json, delivered: bool) -> str:
    """Shopify keeps payment and delivery apart; the order's word is the furthest step that both allow."""
    paid, sent = text(node, "displayFinancialStatus"), text(node, "displayFulfillmentStatus")
    if text(node, "cancelledAt"):
        return "closed"
    if paid == "REFUNDED":
        return "refunded"
    if delivered:
        return "delivered"
    if sent in ("FULFILLED", "PARTIALLY_FULFILLED"):
        return "shipped"
    if paid in ("PAID", "PARTIALLY_REFUNDED"):
        return "paid"
    return "unpaid" if paid in ("PENDING", "AUTHORIZED", "PARTIALLY_PAID", "EXPIRED") else "unknown"


def to_order(node: Json) -> Order:
    """Read an order; its id is the number that the buyer sees, without `#`."""
    order_id = needed(node, "name").lstrip("#")
    fulfillments = rows(node, "fulfillments")
    arrived = [instant(one.get("deliveredAt")) for one in fulfillments]
    delivered = bool(fulfillments) and all(arrived)
    address = mapping(node, "shippingAddress")
    sent = [at for at in (instant(one.get("createdAt")) for one in fulfillments) if at]
    return Order(
        order_id,
        plain_id(text(mapping(node, "customer"), "id")),
        _status(node, delivered),
        needed_instant(node.get("createdAt")),
        _amount(node, "totalPriceSet"),
        tuple(_to_item(line) for line in rows(node, "lineItems", "nodes")),
        tuple(
            Shipment(text(track, "number"), order_id, text(track, "company"))
            for one in fulfillments
            for track in rows(one, "trackingInfo")
            if text(track, "number")
        ),
        (
            *(_to_refund(refund, order_id) for refund in rows(node, "refunds")),
            *(_to_return(row, order_id) for row in rows(node, "returns", "nodes")),
        ),
        paid_at=instant(node.get("processedAt")) if text(node, "displayFinancialStatus") == "PAID" else None,
        shipped_at=min(sent, default=None),
        delivered_at=max((at for at in arrived if at), default=None) if delivered else None,
        currency=foreign(mapping(node, "totalPriceSet", "shopMoney").get("currencyCode")),
        address="".join(text(address, part) for part in ("province", "city", "address1", "address2")),
        receiver=text(address, "name"),
        phone=text(address, "phone").replace(" ", ""),
        raw_status="/".join((text(node, "displayFinancialStatus"), text(node, "displayFulfillmentStatus"))),
        note=text(node, "note"),
    )


def _to_item(line: Json) -> OrderItem:
    return OrderItem(
        plain_id(text(mapping(line, "variant"), "id")),
        text(line, "title"),
        whole(line.get("quantity")),
        _amount(line, "originalUnitPriceSet"),
        _amount(line, "discountedTotalSet"),
    )


def _to_refund(refund: Json, order_id: str) -> Refund:
    """A refund exists only once it was made."""
    amount, note = _amount(refund, "totalRefundedSet"), text(refund, "note")
    return Refund(
        plain_id(text(refund, "id")),
        order_id,
        "refund_only",
        "退款成功",
        amount,
        note,
        instant(refund.get("createdAt")),
    )


_RETURN = {
    "REQUESTED": "pending_review", "OPEN": "waiting_return", "CLOSED": "completed", "DECLINED": "rejected",
    "CANCELED": "withdrawn",
}  # fmt: skip


def _to_return(row: Json, order_id: str) -> Refund:
    """A return request; its money comes as a refund of its own once it is paid back."""
    raw = text(row, "status")
    return Refund(
        text(row, "name") or plain_id(text(row, "id")), order_id, "return_refund", _RETURN.get(raw, raw), ZERO
    )


def to_product(node: Json) -> Product:
    return Product(
        plain_id(needed(node, "id")),
        text(node, "title"),
        category=text(node, "productType"),
        url=text(node, "onlineStoreUrl"),
        image=text(mapping(node, "featuredMedia", "preview", "image"), "url"),
        tags=tuple(str(tag) for tag in node.get("tags") or ()),
    )


def to_variant(node: Json) -> Variant:
    return Variant(
        plain_id(needed(node, "id")),
        plain_id(text(mapping(node, "product"), "id")),
        yuan(node.get("price")),
        {text(axis, "name"): text(axis, "value") for axis in rows(node, "selectedOptions")},
        pieces(node.get("inventoryQuantity")),
    )


def to_buyer(node: Json) -> Buyer:
    return Buyer(
        plain_id(needed(node, "id")),
        text(node, "displayName"),
        tags=tuple(str(tag) for tag in node.get("tags") or ()),
        phone=text(mapping(node, "defaultPhoneNumber"), "phoneNumber"),
        created_at=instant(node.get("createdAt")),
    )
