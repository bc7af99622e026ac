"""Talks of one buyer seen together (同一买家): who came first that day, who came again, which talk won the order."""

from collections.abc import Sequence

from msgspec import structs

from xiaoer.slices.insights.rules.days import day_of, second_of_day
from xiaoer.slices.insights.rules.figures import is_inquiry
from xiaoer.slices.insights.rules.rounds import find_rounds
from xiaoer.slices.insights.types import AGENT, ASSIST, BOT, Around, Deal, Talk

_WON_WITHIN_US = 3 * 86_400_000_000
_OWNED_US = 30 * 86_400_000_000  # orders of so long ago still tell that the buyer has the goods he asks about
_SECOND = 1_000_000


def end_of(talk: Talk) -> int:
    """Microsecond of the last message."""
    return talk.opened + 1000 * max((beat.at for beat in talk.beats), default=0)


def place_talks(talks: Sequence[Talk], deals: Sequence[Deal]) -> list[Talk]:
    """The same talks, oldest first, each with what the others say about it and the buyer's orders near it."""
    ordered = [
        structs.replace(talk, deals=tuple(d for d in deals if max(d.created, d.paid) >= talk.opened - _OWNED_US))
        for talk in sorted(talks, key=lambda talk: (talk.opened, talk.id))
    ]
    winners = _winners(ordered, deals)
    placed = []
    for place, talk in enumerate(ordered):
        day = day_of(talk.opened)
        today = [t for t in ordered if day_of(t.opened) == day]
        first = today[0].id == talk.id
        inquiries = [t for t in today if is_inquiry(t)]
        later = ordered[place + 1] if place + 1 < len(ordered) else None
        before = ordered[place - 1] if place else None
        around = Around(
            first,
            bool(inquiries) and inquiries[0].id == talk.id,
            max(0, (later.opened - end_of(talk)) // _SECOND) if later else -1,
            max(0, (talk.opened - end_of(before)) // _SECOND) if before else -1,
            _rounds(today[1:], "asr", "all") if first else (),
            _rounds(today[1:], "as", "people") if first else (),
            winners.get(talk.id, ()),
        )
        placed.append(structs.replace(talk, around=around))
    return placed


def _rounds(talks: Sequence[Talk], counts: str, scope: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        (second_of_day(talk.opened + r.start * 1000), r.took // 1000 if r.end >= 0 else -1)
        for talk in talks
        for r in find_rounds(talk.beats, counts, talk.steps, scope)
    )


def _winners(talks: Sequence[Talk], deals: Sequence[Deal]) -> dict[str, tuple[str, ...]]:
    """The last talk with an effective contact (somebody answered) before each payment."""
    won: dict[str, tuple[str, ...]] = {}
    for deal in deals:
        if not deal.paid:
            continue
        near = [
            talk
            for talk in talks
            if talk.opened <= deal.paid <= talk.opened + _WON_WITHIN_US
            and any(b.who in (BOT, ASSIST, AGENT) and talk.opened + b.at * 1000 <= deal.paid for b in talk.beats)
        ]
        if near:
            won[near[-1].id] = (*won.get(near[-1].id, ()), deal.id)
    return won
