"""JD payloads → orders. Yuan as text; times in Beijing time; contact data are ciphertext."""

from collections import defaultdict

from msgspec.structs import replace

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
    """Read an order. What a line was paid is its price less the coupons that JD books on its SKU, and less its share
    of those that are booked on the whole order."""
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
        _items(rows(info, "itemInfoList"), discounts),
        parcels,
        paid_at=instant(info.get("paymentConfirmTime")),
        delivered_at=instant(info.get("orderEndTime")) if raw == "FINISHED_L" else None,
        address=text(receiver, "fullAddress"),
        receiver=text(receiver, "fullname"),
        phone=text(receiver, "mobile", "telephone"),
        raw_status=raw,
    )


def _items(lines: tuple[Json, ...], discounts: dict[str, Money]) -> tuple[OrderItem, ...]:
    """The lines; a discount without a SKU is shared in proportion to what each line is after its own coupons."""
    items = [_to_item(line, discounts) for line in lines]
    total = sum(item.pay_amount.fen for item in items)
    whole = min(discounts[""].fen, total)
    shared, so_far = [], 0
    for item in items:
        before = whole * so_far // total if total else 0
        so_far += item.pay_amount.fen
        part = Money(whole * so_far // total - before) if total else Money(0)
        shared.append(replace(item, pay_amount=item.pay_amount - part))
    return tuple(shared)


def _to_item(line: Json, discounts: dict[str, Money]) -> OrderItem:
    sku, price, quantity = text(line, "skuId"), yuan(line.get("jdPrice")), whole(line.get("itemTotal"))
    return OrderItem(sku, text(line, "skuName"), quantity, price, price * quantity - discounts[sku])
