"""Rounds (对话轮次): from a buyer's first unanswered message to the first reply that counts.

Further buyer messages before the reply do not restart the clock. Who counts as replying is a parameter, because
platforms differ: a bot's own reply never counts as a person's, a bot's reply in assist mode does on Taobao.
"""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from xiaoer.slices.insights.types import AGENT, BOT, BUYER, Beat, Step, Talk


class Round(Struct, frozen=True):
    """Milliseconds since the opening; `end` is -1 while unanswered. `agent` answered, or was in charge at the end."""

    start: int
    end: int
    who: str = ""
    agent: str = ""

    @property
    def took(self) -> int:
        """Milliseconds to the answer; -1 while unanswered."""
        return self.end - self.start if self.end >= 0 else -1


@lru_cache(maxsize=256)  # every metric of a talk asks for the same few
def find_rounds(
    beats: tuple[Beat, ...], counts: str, steps: tuple[Step, ...] = (), scope: str = "all"
) -> tuple[Round, ...]:
    """All rounds, oldest first; `counts` are the repliers that end one.

    With `scope` "people" only those that a person had to answer: the talk was with people or waited for them when
    the round began, or it was handed over before the answer. What the bot settled alone is not among them.
    """
    people = scope == "people"
    found: list[Round] = []
    start, wanted, agent = -1, False, ""
    for at, kind, item in _timeline(beats, steps):
        if kind == "step":
            assert isinstance(item, Step)
            if item.what == "handoff" and start >= 0:
                wanted = True
            elif item.what == "assigned":
                agent = item.by
            continue
        assert isinstance(item, Beat)
        if item.who == BUYER:
            if start < 0:
                start, wanted = at, item.owner not in ("", "bot")
        elif start >= 0 and item.who in counts:
            if not people or wanted or item.who == AGENT:
                found.append(Round(start, at, item.who, item.agent))
            start = -1
        elif start >= 0 and people and item.who == BOT and not wanted:
            start = -1
    if start >= 0 and (not people or wanted):
        found.append(Round(start, -1, "", agent))
    return tuple(found)


def human_wait(talk: Talk) -> tuple[int, int, str] | None:
    """(start, first human reply or -1, agent) of what people had to serve; None when nobody had to."""
    start = next((s.at for s in talk.steps if s.what == "handoff"), -1)
    direct = next((b.at for b in talk.beats if b.who == BUYER and b.owner not in ("", "bot")), -1)
    if start < 0 or 0 <= direct < start:
        start = direct
    reply = next((b for b in talk.beats if b.who == AGENT and (start < 0 or b.at >= start)), None)
    if start < 0:
        first = next((b.at for b in talk.beats if b.who == BUYER), -1)
        if reply is None or first < 0:
            return None
        start = first
    agent = reply.agent if reply else next((s.by for s in reversed(talk.steps) if s.what == "assigned"), "")
    return start, reply.at if reply else -1, agent


def _timeline(beats: Sequence[Beat], steps: Sequence[Step]) -> list[tuple[int, str, Beat | Step]]:
    # A hand-over is told in the same instant as the bot's goodbye and must be seen first.
    items: list[tuple[int, int, str, Beat | Step]] = [
        *((s.at, 1, "step", s) for s in steps),
        *((b.at, 0 if b.who == BUYER else 2, "beat", b) for b in beats),
    ]
    return [(at, kind, item) for at, _, kind, item in sorted(items, key=lambda i: (i[0], i[1]))]
