"""A conversation has one owner at a time: bot, queue or agent."""

from datetime import UTC, datetime, timedelta

import pytest

from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.turn import State
from xiaoer.slices.conversations.rules import MOVES, check_move, is_idle

_NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
_IDLE = timedelta(minutes=30)


@pytest.mark.parametrize("current", list(MOVES))
@pytest.mark.parametrize("target", list(MOVES))
def test_only_moves_of_the_table_are_allowed(current: State, target: State) -> None:
    if target in MOVES[current]:
        check_move("c1", current, target)
        return
    with pytest.raises(Conflict, match=f"c1 is {current} and cannot become {target}"):
        check_move("c1", current, target)


def test_a_closed_conversation_stays_closed() -> None:
    assert MOVES["closed"] == frozenset()


@pytest.mark.parametrize(
    ("state", "silent_for", "idle"),
    [
        ("bot", timedelta(minutes=31), True),
        ("bot", timedelta(minutes=30), False),
        ("queued", timedelta(days=2), False),
        ("agent", timedelta(days=2), False),
    ],
)
def test_only_the_bot_s_conversations_go_idle(state: State, silent_for: timedelta, idle: bool) -> None:
    assert is_idle(state, _NOW - silent_for, _NOW, _IDLE) is idle
