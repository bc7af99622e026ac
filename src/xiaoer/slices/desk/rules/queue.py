"""The order of the queue (排队): urgency, feeling and value count, and waiting counts more the longer it lasts.

Points: see the constants. A minute of waiting is worth six, so that after ten minutes the mildest question
overtakes everything but rage, and nobody starves.
"""

import math
from collections.abc import Sequence
from datetime import datetime

from xiaoer.slices.desk.rules.routing import has_skill, is_reachable
from xiaoer.slices.desk.types import Agent, Case

_URGENCY = {"low": 0.0, "normal": 8.0, "high": 25.0}
_ANGER = 30.0
_SENSITIVE = 25.0
_VIP = 15.0
_VALUE = 5.0  # per power of ten above 100 yuan of paid orders, at most three
_PER_MINUTE = 6.0


def priority(case: Case, now: datetime) -> float:
    """Points of one waiting conversation; more is sooner."""
    waited_min = max(0.0, (now - case.queued_at).total_seconds() / 60) if case.queued_at else 0.0
    value = min(3.0, max(0.0, math.log10(max(1, case.value_fen) / 10_000))) * _VALUE
    return (
        _URGENCY.get(case.urgency, 8.0)
        + _ANGER * case.anger
        + (_SENSITIVE if case.reason == "sensitive" else 0.0)
        + (_VIP if case.vip else 0.0)
        + value
        + _PER_MINUTE * waited_min
    )


def in_order(cases: Sequence[Case], now: datetime) -> list[Case]:
    """The queue, next one first; equal points go by time, then by id."""
    return sorted(cases, key=lambda case: (-priority(case, now), case.queued_at or now, case.conversation_id))


def positions(cases: Sequence[Case], now: datetime) -> dict[str, int]:
    """Place of every waiting conversation, counted from 1."""
    return {case.conversation_id: place for place, case in enumerate(in_order(cases, now), start=1)}


def expected_wait_min(
    position: int, skill: str, agents: Sequence[Agent], handle_s: int, now: datetime, lost_after_s: int
) -> int | None:
    """Honest minutes until somebody comes, rounded up; None when nobody who could come is online.

    Every agent works on `capacity` talks at once, so one place frees up every `handle_s / capacity` seconds.
    """
    slots = sum(
        agent.capacity
        for agent in agents
        if agent.status == "online" and is_reachable(agent, now, lost_after_s) and has_skill(agent, skill)
    )
    if slots == 0:
        return None
    return max(1, math.ceil(position * handle_s / slots / 60))
