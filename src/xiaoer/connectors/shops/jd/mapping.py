"""JD payloads → orders. Yuan as text; times in Beijing time; contact data are ciphertext."""

from collections import defaultdict

from xiaoer.connectors.payload import UNKNOWN, Json, instant, mapping, needed_instant, rows, text, whole, yuan
from xiaoer.kernel.commerce import Order, OrderItem, Shipment
from xiaoer.kernel.money import Money

_STATUS = {
    "NOT_PAY": "unpaid",
    "WAIT_SELLER_STOCK_OUT": "paid",
    "WAIT_GOODS_RECEIVE_CONFIRM": "shipped",
    "FINISHED_L": "completed",
    "TRADE_CANCELED": "closed",
}  # LOCKED (锁定) is no step of an order: it stays raw


def to_order(info: Json) -> Order:
    """Read an order. What a line was paid is its price less the coupons that JD books on its SKU."""
    raw, order_id = text(info, "orderState"), text(info, "orderId")
    receiver = mapping(info, "consigneeInfo")
    discounts: defaultdict[str, Money] = defaultdict(lambda: Money(0))
    for coupon in rows(info, "couponDetailList"):
        discounts[text(coupon, "skuId")] += yuan(coupon.get("couponPrice"))
    number = text(info, "waybill")
    parcels = (Shipment(number, order_id, text(info, "logisticsName")),) if number else ()
    return Order(
        order_id,
        text(info, "open_id_buyer", "pin"),
        _STATUS.get(raw, UNKNOWN),
        needed_instant(info.get("orderStartTime")),
        yuan(info.get("orderPayment")),
        tuple(_to_item(line, discounts) for line in rows(info, "itemInfoList")),
        parcels,
        paid_at=instant(info.get("paymentConfirmTime")),
        delivered_at=instant(info.get("orderEndTime")) if raw == "FINISHED_L" else None,
        address=text(receiver, "fullAddress"),
        receiver=text(receiver, "fullname"),
        phone=text(receiver, "mobile", "telephone"),
        raw_status=raw,
    )


def _to_item(line: Json, discounts: dict[str, Money]) -> OrderItem:
    sku, price, quantity = text(line, "skuId"), yuan(line.get("jdPrice")), whole(line.get("itemTotal"))
    return OrderItem(sku, text(line, "skuName"), quantity, price, price * quantity - discounts[sku])
