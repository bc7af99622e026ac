"""How long a message waits for the rest of its burst."""

import pytest

from xiaoer.kernel.turn import State
from xiaoer.slices.conversations.turns import wait_s


@pytest.mark.parametrize(
    ("text", "state", "since_first_s", "expected"),
    [
        ("你们发什么快递", "bot", 0.0, 0.7),
        ("170能穿吗", "bot", 0.0, 0.25),
        ("还有", "bot", 2.9, 0.1),
        ("还有", "bot", 9.0, 0.0),
        ("你们发什么快递", "queued", 0.0, 0.7),
        ("你们发什么快递", "agent", 0.0, 0.0),
    ],
    ids=["more-may-come", "reads-complete", "burst-nearly-over", "burst-over", "nobody-looks-yet", "agent-at-work"],
)
def test_a_person_at_work_has_his_draft_at_once(text: str, state: State, since_first_s: float, expected: float) -> None:
    assert wait_s(text, state, 0.7, since_first_s) == pytest.approx(expected)
