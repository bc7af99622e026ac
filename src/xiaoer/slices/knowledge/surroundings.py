"""Who asks (谁在问): what entries with a scope want told of the buyer and of the order in focus.

新客 and 老客 are told by orders that were paid. Who cannot be read fits no entry that is for some only.
"""

from collections.abc import Sequence
from typing import Any

from xiaoer.kernel.commerce import Buyer, Order

NOT_KNOWN = "?"  # meets no entry that is for certain buyers, order states or categories of goods
NOT_READ: dict[str, Any] = {"audience": (NOT_KNOWN,), "order_state": NOT_KNOWN}


def who_asks(buyer: Buyer | None, orders: Sequence[Order], in_focus: str | None) -> dict[str, Any]:
    """A buyer with his newest orders, as `Knowledge.search` takes them."""
    focus = next((order for order in orders if order.id == in_focus), orders[0] if orders else None)
    bought = any(order.status not in ("unpaid", "closed") for order in orders)
    own = (buyer.level, *buyer.tags) if buyer else ()
    return {
        "audience": (*filter(None, own), "老客" if bought else "新客"),
        "order_state": focus.status if focus else "none",
    }
