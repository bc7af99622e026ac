"""聚水潭 payloads → orders, refunds, products, variants. Yuan as numbers; times in Beijing time.

Sellable stock (可售) is on hand less what orders hold, plus virtual stock when the shop keeps some.
"""

from collections.abc import Mapping

from xiaoer.connectors.claims import TAOBAO_CLAIMS
from xiaoer.connectors.payload import UNKNOWN, Json, instant, needed, needed_instant, rows, text, whole, yuan
from xiaoer.kernel.commerce import Order, OrderItem, Product, Refund, Shipment, Variant

_STATUS = {
    "WaitPay": "unpaid",
    "WaitConfirm": "paid",
    "WaitFConfirm": "paid",
    "WaitDeliver": "paid",
    "Delivering": "paid",  # 发货中: the warehouse works on it
    "WaitOuterSent": "paid",
    "Question": "paid",  # 异常: held for a check, still to be sent
    "Sent": "shipped",
    "Cancelled": "closed",
}
# the platform's word for a claim (`shop_status`) tells where the money is; the ERP's own only what its staff did
_REFUND = {
    **TAOBAO_CLAIMS,
    "WaitConfirm": "待商家处理",
    "Confirmed": "商家已确认，退款处理中",
    "Cancelled": "退款关闭",
    "Merged": "已合并",
}


def to_order(order: Json, refunds: tuple[Refund, ...] = ()) -> Order:
    """Read an order; its id is the platform's number (`so_id`), which the buyer knows."""
    order_id, raw = text(order, "so_id"), text(order, "status")
    number = text(order, "l_id")
    place = "".join(text(order, f"receiver_{part}") for part in ("state", "city", "district", "address"))
    return Order(
        order_id,
        text(order, "shop_buyer_id"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(order.get("order_date")),
        yuan(order.get("pay_amount")),
        tuple(_to_item(line) for line in rows(order, "items")),
        (Shipment(number, order_id, text(order, "logistics_company")),) if number else (),
        refunds,
        paid_at=instant(order.get("pay_date")),
        shipped_at=instant(order.get("send_date")),
        delivered_at=instant(order.get("sign_time")),
        promise_ship_at=instant(order.get("plan_delivery_date")),
        address=place,
        receiver=text(order, "receiver_name"),
        phone=text(order, "receiver_mobile", "receiver_phone"),
        raw_status=raw,
    )


def _to_item(line: Json) -> OrderItem:
    price, quantity = yuan(line.get("price")), whole(line.get("qty"))
    paid = yuan(line["amount"]) if line.get("amount") not in (None, "") else price * quantity
    return OrderItem(text(line, "sku_id"), text(line, "name"), quantity, price, paid)


def to_refund(row: Json) -> Refund:
    kind, told = text(row, "type"), text(row, "shop_status")
    raw = told if told in _REFUND else text(row, "status")
    return Refund(
        text(row, "as_id"),
        text(row, "so_id"),
        {"仅退款": "refund_only", "换货": "exchange", "普通退货": "return_refund"}.get(kind, kind),
        _REFUND.get(raw, raw),
        yuan(row.get("refund")),
        text(row, "question_type"),
        instant(row.get("created")),
    )


def to_product(goods: Json) -> Product:
    return Product(needed(goods, "i_id"), text(goods, "name"), text(goods, "category"), image=text(goods, "pic"))


def to_variant(sku: Json, stock: Mapping[str, int]) -> Variant:
    """Read a SKU; `stock` is what `sellable` says of each."""
    sku_id, spec = text(sku, "sku_id"), text(sku, "properties_value")
    named = {"规格": spec} if spec else {}
    return Variant(sku_id, text(sku, "i_id"), yuan(sku.get("sale_price")), named, stock.get(sku_id, 0))


def sellable(inventory: Json) -> tuple[str, int]:
    """Return a SKU and its sellable pieces, never below zero."""
    held = whole(inventory.get("order_lock"))
    return text(inventory, "sku_id"), max(0, whole(inventory.get("qty")) + whole(inventory.get("virtual_qty")) - held)
