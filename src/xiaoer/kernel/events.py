"""Event facts (事件): append-only records from which every metric is computed later.

`type` is dotted: `message.received`, `message.sent`, `turn.decided`, `handoff.requested`,
`conversation.assigned`, `conversation.closed`, `agent.state`, `order.paid`, … `at` is server time, UTC;
`data` is small, flat and free of personal data.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from xiaoer.kernel.ids import ShopId

MODEL_CALLED = "model.called"  # one call of a language model: purpose, model, ok, tokens_in, tokens_out, microyuan
SHOP_EVENT_TYPES = frozenset(
    {
        "order.created",
        "order.paid",
        "order.shipped",
        "order.delivered",
        "order.refund_requested",
        "order.refunded",
        "order.closed",
        "cart.updated",
        "page.viewed",
        "shipment.updated",
    }
)

_OF_BUYERS = frozenset({"cart.updated", "page.viewed"})


def lacks(type_: str, data: Mapping[str, Any]) -> str:
    """What a shop event must name and does not, as `order_id`; empty when there is something to look it up by."""
    wanted = ["buyer_id" if type_ in _OF_BUYERS else "order_id"]
    wanted += ["waybill_no"] if type_ == "shipment.updated" else []
    named = any(isinstance(data.get(name), str) and data[name].strip() for name in wanted)
    return "" if named else " or ".join(wanted)


class Event(Struct, frozen=True):
    """One fact. `id` makes it idempotent per shop."""

    shop: ShopId
    id: str
    type: str
    at: datetime
    conversation_id: str = ""
    buyer_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
