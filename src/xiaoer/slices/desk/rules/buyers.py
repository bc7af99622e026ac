"""What a buyer's record means at the desk: level, worth, the order-state chip (订单状态)."""

from collections.abc import Iterable
from typing import Literal

from xiaoer.kernel.commerce import Buyer, Order

OrderState = Literal["none", "unpaid", "paid", "after_sale"]
_VIP = ("vip", "plus", "黑金", "白金", "铂金", "钻石", "黄金", "金卡", "至尊")
_SPENT = frozenset({"paid", "shipped", "delivered", "completed"})


def is_vip(buyer: Buyer | None) -> bool:
    """Whether level or tags say so, in the words that shops use."""
    if buyer is None:
        return False
    words = f"{buyer.level} {' '.join(buyer.tags)}".lower()
    return any(word in words for word in _VIP)


def paid_fen(orders: Iterable[Order]) -> int:
    """What the buyer has paid and kept, in fen; yuan only."""
    return sum(order.yuan_paid.fen for order in orders if order.status in _SPENT)


def order_state(statuses: Iterable[str]) -> OrderState:
    """The chip of a conversation from the buyer's order statuses: 售后中 before 未付款 before 已付款."""
    seen = set(statuses)
    if "refunding" in seen:
        return "after_sale"
    if "unpaid" in seen:
        return "unpaid"
    return "paid" if seen & (_SPENT | {"refunded"}) else "none"
