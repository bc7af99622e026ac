"""Several orders in one parcel (合并发货): which of them can still go together, and which are gone.

Only what waits here unsent can be put together. That another order has left already is said; people are asked for what
can be.
"""

from xiaoer.kernel.commerce import Order
from xiaoer.slices.policies.rules.matters.moves import done, new_matter, say, todo
from xiaoer.slices.policies.rules.picking import pointed_at
from xiaoer.slices.policies.types import Ask, Move

_APART = ("分开", "拆", "分两", "先发")
_SENT = ("shipped", "delivered", "completed")
_MOST = 4


def wish_in(words: str) -> str:
    """Whether parcels are to be put together or parted."""
    return "分开发货" if any(word in words for word in _APART) else "合并发货"


def start(ask: Ask) -> Move | None:
    """Have the unsent orders sent together, or say which one has left; None where one parcel is to be parted, or no
    order bears on it."""
    orders = ask.facts.orders or ()
    unsent = tuple(order for order in orders if order.status == "paid")
    if wish_in(ask.said) == "分开发货" or not unsent:
        return None
    named = pointed_at(orders, ask.segment, None, ask.situation.now)
    meant = tuple(order for order in named if order in unsent) or unsent
    left = next((order for order in named if order.status in _SENT), None) or _sent_with(orders, unsent)
    if len(unsent) == 1 or (left is not None and len(meant) == 1):
        if left is None:
            return Move(say(ask, "combine.only", unsent[0]))
        return Move(say(ask, "combine.left", left, goods=[_title(left)]))
    together = (meant if len(meant) > 1 else unsent)[:_MOST]
    numbers = "、".join(order.id for order in together)
    matter = new_matter(ask, "combine", together[0].id)
    wanted = todo(matter, "ticket", "change_order", wish=f"合并发货：{numbers}")
    goods = [_title(order) for order in together]
    return done(ask, matter, wanted, together[0], "combine", wish="合并发货", goods=goods)


def _sent_with(orders: tuple[Order, ...], unsent: tuple[Order, ...]) -> Order | None:
    """The order that left last, where only one is unsent: it is the other of the two."""
    if len(unsent) != 1:
        return None
    return next((order for order in orders if order.status == "shipped"), None)


def _title(order: Order) -> str:
    return order.items[0].title if order.items else ""
