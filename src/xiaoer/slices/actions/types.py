"""What the bot did in a shop's system (自动操作), row by row: the audit of actions."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from xiaoer.kernel.shop_facts import Outcome


class ActionRow(Struct, frozen=True):
    """One action. `state` is `started` until its outcome is known; `data` holds no personal data in the open."""

    id: str
    kind: str
    order_id: str
    buyer_id: str
    conversation_id: str
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None
