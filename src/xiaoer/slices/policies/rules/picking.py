"""Which order a buyer means (是哪一单): the number that was said, the card that is open, the day that was
named, then the newest order in a state that the question fits."""

from datetime import datetime, timedelta

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.heard import Segment

_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2, "大前天": 3}

# intent -> order states that it can be about, best first; others are about any order
_STATES: dict[str, tuple[str, ...]] = {
    "ship.when": ("paid", "unpaid"),
    "ship.urge": ("paid",),
    "ship.eta": ("shipped", "paid"),
    "ship.track": ("shipped", "paid", "delivered"),
    "ship.deliver": ("shipped",),
    "ship.stuck": ("shipped",),
    "ship.lost": ("delivered", "shipped", "completed"),
    "ship.redirect": ("shipped", "paid"),
    "order.cancel": ("paid", "unpaid"),
    "order.pay": ("unpaid", "paid"),
    "order.change_address": ("paid", "unpaid", "shipped"),
    "order.change_item": ("paid", "unpaid"),
    "order.note": ("paid", "unpaid"),
    "order.combine": ("paid",),
    "after.progress": ("refunding", "refunded"),
    "after.refund_progress": ("refunding", "refunded"),
    "after.cancel": ("refunding",),
    "after.return": ("delivered", "completed", "shipped"),
    "after.exchange": ("delivered", "completed"),
    "after.defect": ("delivered", "completed"),
    "after.missing": ("delivered", "completed"),
    "after.wrong_item": ("delivered", "completed"),
    "after.size_wrong": ("delivered", "completed"),
    "after.color_diff": ("delivered", "completed"),
    "after.repair": ("completed", "delivered"),
    "promo.price_protect": ("delivered", "shipped", "paid", "completed"),
    "promo.not_applied": ("unpaid", "paid"),
}


def pick_order(orders: tuple[Order, ...], segment: Segment, focus: str | None, now: datetime) -> Order | None:
    """Pick the order that `segment` is about; `orders` are the buyer's own, newest first."""
    wanted = segment.entities.order_no
    if wanted:
        return next((order for order in orders if order.id == wanted), None)
    if segment.entities.waybill_no:
        number = segment.entities.waybill_no
        return next((o for o in orders if any(s.waybill_no == number for s in o.shipments)), None)
    if focus:
        found = next((order for order in orders if order.id == focus), None)
        if found:
            return found
    pool = _of_day(orders, segment.entities.date, now) or orders
    for state in _STATES.get(segment.intent, ()):
        for order in pool:
            if order.status == state:
                return order
    return pool[0] if pool else None


def _of_day(orders: tuple[Order, ...], day: str | None, now: datetime) -> tuple[Order, ...]:
    if day not in _DAYS_BACK:
        return ()
    wanted = (now.astimezone(SHOP_ZONE) - timedelta(days=_DAYS_BACK[day])).date()
    return tuple(order for order in orders if order.created_at.astimezone(SHOP_ZONE).date() == wanted)
