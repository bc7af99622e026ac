"""Cards and chips (卡片与快捷回复) that go with an act."""

from datetime import datetime
from typing import Any

from xiaoer.kernel.commerce import Order, Product, Shipment
from xiaoer.kernel.decision import Act, CouponGiven, Decision
from xiaoer.kernel.money import Money
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.kernel.reply import CHIPS_SAY, CouponCard, OrderCard, ProductCard, QuickReplies, ReplyPart, ShipmentCard
from xiaoer.kernel.turn import ImageContent
from xiaoer.slices.replies.rules import wording

_CHIPS = {
    "greet.home": ("查订单", "查物流", "有什么优惠", "转人工"),
    "greet.order": ("我的快递到哪了", "怎么退货", "怎么开发票", "转人工"),
    "greet.campaign": ("有什么优惠", "优惠券怎么领", "活动到什么时候"),
    "greet.product": ("有现货吗", "什么时候发货", "有什么优惠"),
    "bargain.counter": ("好，就这个价", "再便宜点"),
    "bargain.last_offer": ("好，就这个价", "我再想想"),
    "bargain.stand": ("好，就这个价", "我再想想"),
    "bargain.agreed": ("怎么下单", "什么时候发货"),
    "recommend.picks": ("有便宜点的吗", "换一批"),
    "recommend.still": ("有便宜点的吗", "换一批"),
    "recommend.picks_first": ("100 元以内", "200 元以内", "换一批"),
    "product.card": ("有现货吗", "什么时候发货", "有什么优惠"),
    "not_found": ("转人工",),
    "product.nearest": ("转人工",),
    "source.down": ("转人工",),
    "order.other_money": ("转人工",),
    "cancel.confirm": ("确认取消", "先不取消"),
    "cancel.confirm_unpaid": ("确认取消", "先不取消"),
    "cancel.shipped": ("确认", "先不用"),
    "change_address.confirm": ("确认", "再改一下"),
    "change_address.shipped": ("确认", "先不用"),
    "note.confirm": ("确认", "先不用"),
    "urge.in_time": ("要", "不用了"),
    "urge.no_promise": ("要", "不用了"),
    "lost.look": ("都没有", "找到了"),
    "redirect.one_parcel": ("确认", "先不用"),
    "redirect.ask": ("改送新地址", "改时间", "放驿站自提", "拦截退回"),
    "after_sale.reason": ("不喜欢", "尺码不合适", "质量问题", "和描述不符"),
    "after_sale.reason_late": ("质量问题", "发错少发"),
    "after_sale.goal": ("换货", "退货退款"),
    "after_sale.sealed": ("没拆", "拆开了"),
    "after_sale.photo": ("没有照片",),
    "after_sale.confirm_return": ("确认", "先不退"),
    "after_sale.confirm_exchange": ("确认", "先不换"),
    "after_sale.confirm_refund_only": ("确认", "先不退"),
    "invoice.title": ("个人",),
    "withdraw.confirm": ("确认", "先不撤"),
    "claim.confirm": ("确认", "先不领"),
    "restock.back_at": ("要", "不用了"),
    "restock.unknown": ("要", "不用了"),
    "verify.locked": ("转人工",),
    "action.failed": ("转人工",),
    "refund.rejected": ("转人工",),
    "ship.stuck": ("转人工",),
    "ship.signed_disputed": ("转人工",),
    "ship.redirect": ("转人工",),
    "unclear": ("问商品", "查订单", "查物流", "转人工"),
    "talk.haste": ("问商品", "查订单", "查物流", "转人工"),
}


_WITH_ORDER = ("order.", "ship.", "refund.", "diagnosis.", "cancel.confirm")


def cards_for(act: Act, now: datetime) -> list[ReplyPart]:
    """The cards that show what the sentence says: at most one per act, but all that a knowledge entry brings."""
    if "cards" in act.slots:
        return [part for card in act.slots["cards"] if (part := _attached(card))]
    coupon = act.slots.get("coupon")
    if isinstance(coupon, CouponGiven):
        return [_coupon(coupon, now)]
    shipment, order, product = (act.slots.get(name) for name in ("shipment", "order", "product"))
    if isinstance(shipment, Shipment):
        return [_shipment(shipment, now)]
    if isinstance(order, Order) and act.template.startswith(_WITH_ORDER):
        return [_order(order)]
    if isinstance(product, Product):
        price = act.slots.get("price")
        return [_product(product, price if isinstance(price, Money) else None)]
    return []


def chips_for(decision: Decision) -> list[ReplyPart]:
    """One row of chips under the last message, from the acts in order, at most four."""
    options = [chip for act in decision.acts for chip in (act.slots.get("chips") or _CHIPS.get(act.template, ()))]
    chosen = tuple(dict.fromkeys(options))[:4]
    return [ReplyPart(QuickReplies(chosen), CHIPS_SAY + "、".join(chosen))] if chosen else []


def _coupon(coupon: CouponGiven, now: datetime) -> ReplyPart:
    until = wording.say_instant(coupon.valid_until, now)
    card = CouponCard(coupon.promotion_id, coupon.title, coupon.amount.yuan, until, coupon.code)
    return ReplyPart(card, f"{coupon.title}，券码 {coupon.code}，{until}前有效")


def _attached(card: dict[str, Any]) -> ReplyPart | None:
    """A picture or a product card; links and files are part of the text."""
    match card["type"]:
        case "image":
            return ReplyPart(ImageContent(card["url"]), "[图片]")
        case "product":
            return _product(card["product"], card["price"])
    return None


_STAGE = {
    Stage.NO_SCAN: "待揽收",
    Stage.PICKED_UP: "已揽收",
    Stage.MOVING: "运输中",
    Stage.DELIVERING: "派送中",
    Stage.STATION: "待取件",
    Stage.SIGNED: "已签收",
    Stage.RETURNING: "退回中",
    Stage.TROUBLE: "派送异常",
}


def _shipment(shipment: Shipment, now: datetime) -> ReplyPart:
    last = shipment.traces[-1] if shipment.traces else None
    at = wording.say_instant(last.at, now) if last else ""
    text = last.text if last else "暂无揽收记录"
    card = ShipmentCard(shipment.waybill_no, shipment.carrier, _STAGE[stage_of(shipment)], text, at)
    return ReplyPart(card, f"{shipment.carrier} {shipment.waybill_no}：{text}")


def _order(order: Order) -> ReplyPart:
    title = order.items[0].title if order.items else ""
    status = wording.say_order_status(order.status, order.raw_status)
    card = OrderCard(order.id, status, title, order.paid_as_told)
    paid = f"付了 {order.paid_as_told}" if order.currency else f"{order.pay_amount.spoken} 元"
    return ReplyPart(card, f"订单尾号 {order.id[-6:]}，{status}，{paid}")


def _product(product: Product, price: Money | None) -> ReplyPart:
    card = ProductCard(product.id, product.title, price.yuan if price else "", product.url, product.image)
    return ReplyPart(card, f"{product.title}{f'，{price.spoken} 元起' if price else ''}")
