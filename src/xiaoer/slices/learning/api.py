"""Gaps as other rooms see them (待补知识)."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.learning.rules.worth import is_reopened, is_worth_showing
from xiaoer.slices.learning.store import gaps, settings
from xiaoer.slices.learning.types import Ask, Gap, GapCount, GapSettings

_TREND_DAYS = 14
_DAY = timedelta(days=1)
_NEVER = GapCount()


class GapRow(Struct, frozen=True):
    """A gap with its counts of the period and of the same length before; `trend` counts the last days, oldest first.

    `reopened`: an entry was made for it, and buyers still get no answer.
    """

    gap: Gap
    count: GapCount
    before: GapCount
    trend: tuple[int, ...] = ()
    reopened: bool = False

    @classmethod
    def of(cls, gap: Gap) -> "GapRow":
        """A gap that nobody asked in the period."""
        return cls(gap, _NEVER, _NEVER)


def get_settings(connection: Connection, shop: ShopId) -> GapSettings:
    """The shop's settings of the gap loop."""
    return msgspec.convert(settings.get_value(connection, shop, "gaps") or {}, GapSettings)


def set_settings(connection: Connection, shop: ShopId, value: GapSettings) -> None:
    """Keep the settings of the gap loop."""
    settings.set_value(connection, shop, "gaps", msgspec.to_builtins(value))


def list_gaps(
    connection: Connection, shop: ShopId, since: datetime, until: datetime, status: str = "open", limit: int = 200
) -> list[GapRow]:
    """Gaps that were asked in the half-open window and are worth a look, asked in most conversations first."""
    wanted = get_settings(connection, shop)
    now = gaps.counts(connection, shop, since, until)
    before = gaps.counts(connection, shop, since - (until - since), since)
    found = []
    for gap in gaps.all_gaps(connection, shop):
        count = now.get(gap.id, _NEVER)
        again = False
        if gap.status in ("approved", "merged") and gap.decided_at and count.last_at and count.last_at > gap.decided_at:
            later = gaps.counts(connection, shop, gap.decided_at, until, [gap.id]).get(gap.id, _NEVER)
            again = is_reopened(gap, later, wanted)
        shown = "open" if again else gap.status
        if status and shown != status:
            continue
        if shown == "open" and not is_worth_showing(gap, count, wanted):
            continue
        found.append(GapRow(gap, count, before.get(gap.id, _NEVER), reopened=again))
    found.sort(key=lambda row: (-row.count.conversations, -row.count.buyers, -row.count.asks, row.gap.question))
    found = found[:limit]
    return _with_trends(connection, shop, found, until)


def _with_trends(connection: Connection, shop: ShopId, found: list[GapRow], until: datetime) -> list[GapRow]:
    first = until - _TREND_DAYS * _DAY
    days: dict[str, list[int]] = {row.gap.id: [0] * _TREND_DAYS for row in found}
    for gap_id, at in gaps.moments(connection, shop, list(days), first):
        place = (at - first) // _DAY
        if 0 <= place < _TREND_DAYS:
            days[gap_id][place] += 1
    return [msgspec.structs.replace(row, trend=tuple(days[row.gap.id])) for row in found]


def examples(connection: Connection, shop: ShopId, gap_id: str, since: datetime, until: datetime) -> list[Ask]:
    """The newest questions of a gap in the window, one a conversation."""
    found: dict[str, Ask] = {}
    for ask in gaps.asks_of(connection, shop, gap_id, since, until, 100):
        found.setdefault(ask.conversation_id, ask)
    return list(found.values())[:10]


def totals(connection: Connection, shop: ShopId) -> dict[str, Any]:
    """When the talks were read last."""
    return {"read_at": settings.get_value(connection, shop, "read_at")}
