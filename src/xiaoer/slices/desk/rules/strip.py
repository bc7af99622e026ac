"""The figures above the workbench (今日数据), counted from event facts; definitions as in the service metrics.

A round starts at the buyer's first unanswered message while a person has the talk, and ends at the person's
first reply; further messages before the reply do not restart the clock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from xiaoer.slices.desk.rules.buyers import order_state

_WITHIN_S = 180.0
_GOOD = 4  # stars


class Speed(Struct, frozen=True):
    """How fast and how well people answered on one day; null when there is nothing to divide."""

    answered_3min_ratio: float | None
    mean_answer_s: float | None
    satisfied_ratio: float | None
    rated: int


class Strip(Speed, frozen=True):
    """Today so far. `not_ordered`, `unpaid` and `paid` are the buyers whom people received, by their orders."""

    received: int
    not_ordered: int
    unpaid: int
    paid: int
    mine: int
    queued: int
    longest_wait_s: int
    inquiry_paid_ratio: float | None
    yesterday: Speed


def speed(
    asked: Sequence[dict[str, Any]], sent: Sequence[dict[str, Any]], scores: Sequence[int], now: datetime
) -> Speed:
    """Count one day's answers and stars. Facts carry `at` and `conversation_id`."""
    waits = rounds(asked, sent, now)
    done = [wait for wait in waits if wait is not None]
    return Speed(
        round(sum(wait <= _WITHIN_S for wait in done) / len(waits), 4) if waits else None,
        round(sum(done) / len(done), 1) if done else None,
        round(sum(score >= _GOOD for score in scores) / len(scores), 4) if scores else None,
        len(scores),
    )


def by_orders(statuses: Iterable[Iterable[str]]) -> tuple[int, int, int]:
    """Buyers without an order, with one to be paid, with a paid one (未下单, 未付款, 已付款); each counts once."""
    states = Counter(order_state(of_buyer) for of_buyer in statuses)
    return states["none"], states["unpaid"], states["paid"] + states["after_sale"]


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
