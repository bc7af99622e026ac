"""The order of the queue and the honest wait."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xiaoer.kernel.ids import ConversationId, ShopId
from xiaoer.slices.desk.rules.queue import expected_wait_min, in_order, positions, priority
from xiaoer.slices.desk.types import Agent, Case

NOW = datetime(2026, 6, 16, 7, tzinfo=UTC)


def case(name: str, waited_s: float = 0, **values: Any) -> Case:
    queued = NOW - timedelta(seconds=waited_s)
    return Case(ShopId("s"), ConversationId(name), values.pop("reason", "requested"), queued_at=queued, **values)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (case("x", 60), case("y", 0)),
        (case("x", urgency="high"), case("y", urgency="normal")),
        (case("x", anger=0.9), case("y", urgency="high")),
        (case("x", vip=True), case("y")),
        (case("x", value_fen=1_000_000), case("y", value_fen=5_000)),
        (case("x", reason="sensitive"), case("y", vip=True)),
        (case("x", 600), case("y", anger=0.9, urgency="high")),
        (case("x", 300, urgency="low"), case("y", vip=True)),
        (case("x", anger=0.8, vip=True), case("y", 120)),
        (case("a"), case("b")),
    ],
    ids=[
        "who-waits-longer",
        "urgent",
        "angry-over-urgent",
        "vip",
        "worth",
        "sensitive-over-vip",
        "ten-minutes-beat-rage",
        "nobody-starves",
        "angry-vip-over-two-minutes",
        "stable",
    ],
)
def test_who_is_next(first: Case, second: Case) -> None:
    assert [c.conversation_id for c in in_order([second, first], NOW)] == [
        first.conversation_id,
        second.conversation_id,
    ]


def test_waiting_never_lowers_the_priority() -> None:
    points = [priority(case("x", waited), NOW) for waited in range(0, 3600, 60)]
    assert points == sorted(points)


def test_positions_count_from_one_without_gaps() -> None:
    waiting = [case(str(number), number * 30) for number in range(20)]
    assert sorted(positions(waiting, NOW).values()) == list(range(1, 21))


@pytest.mark.parametrize(
    ("position", "agents", "minutes"),
    [
        (1, [("online", 4)], 1),
        (8, [("online", 4)], 8),
        (8, [("online", 4), ("online", 4)], 4),
        (3, [("paused", 4)], None),
        (3, [], None),
        (10, [("online", 1)], 40),
    ],
)
def test_the_wait_is_honest(position: int, agents: list[tuple[Any, int]], minutes: int | None) -> None:
    people = [Agent(str(i), "", "agent", status, room, seen_at=NOW) for i, (status, room) in enumerate(agents)]
    assert expected_wait_min(position, "general", people, 240, NOW, 90) == minutes
