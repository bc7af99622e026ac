"""The figures above the workbench (今日数据), counted from event facts; definitions as in the service metrics.

A round starts at the buyer's first unanswered message while a person has the talk, and ends at the person's
first reply; further messages before the reply do not restart the clock.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

_WITHIN_S = 180.0


class Strip(Struct, frozen=True):
    """Ratios are null when there is nothing to divide."""

    received: int
    mine: int
    queued: int
    longest_wait_s: int
    answered_3min_ratio: float | None
    mean_answer_s: float | None
    satisfied_ratio: float | None
    rated: int


def count(
    asked: Sequence[dict[str, Any]],
    sent: Sequence[dict[str, Any]],
    assigned: Sequence[dict[str, Any]],
    scores: Sequence[int],
    mine: int,
    queued: int,
    queued_at: Sequence[datetime],
    now: datetime,
) -> Strip:
    """Count the day. Facts carry `at` and `conversation_id`."""
    waits = rounds(asked, sent, now)
    done = [wait for wait in waits if wait is not None]
    return Strip(
        len({fact["conversation_id"] for fact in assigned}),
        mine,
        queued,
        round(max(((now - at).total_seconds() for at in queued_at), default=0)),
        round(sum(wait <= _WITHIN_S for wait in done) / len(waits), 4) if waits else None,
        round(sum(done) / len(done), 1) if done else None,
        round(sum(score >= 4 for score in scores) / len(scores), 4) if scores else None,
        len(scores),
    )


def rounds(asked: Sequence[dict[str, Any]], sent: Sequence[dict[str, Any]], now: datetime) -> list[float | None]:
    """Seconds to the person's answer of every round; None for one that is late already. Younger ones are still open."""
    events: defaultdict[str, list[tuple[datetime, bool]]] = defaultdict(list)
    for fact in asked:
        if fact.get("state") in ("queued", "agent"):
            events[fact["conversation_id"]].append((fact["at"], True))
    for fact in sent:
        if fact.get("author") == "agent":
            events[fact["conversation_id"]].append((fact["at"], False))
    waits: list[float | None] = []
    for happened in events.values():
        since: datetime | None = None
        for at, is_buyer in sorted(happened):
            if is_buyer:
                since = since or at
            elif since is not None:
                waits.append((at - since).total_seconds())
                since = None
        if since is not None and (now - since).total_seconds() > _WITHIN_S:
            waits.append(None)
    return waits
