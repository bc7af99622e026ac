"""A turn answered for trial (预演): what would be decided and said. Nothing of it is kept, sent or done."""

from typing import Protocol

from msgspec import Struct

from xiaoer.kernel.decision import Decision
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.reply import Reply
from xiaoer.kernel.turn import Turn


class Rehearsal(Struct, frozen=True):
    """The outcome of a trial."""

    heard: Heard
    decision: Decision
    reply: Reply


class Rehearses(Protocol):
    """Answers a turn for trial. `unsatisfied` and `unsure` count earlier tries of the conversation; `heard` is given
    when the turn was understood before. Never writes."""

    async def rehearse(
        self, turn: Turn, unsatisfied: int = 0, unsure: int = 0, heard: Heard | None = None
    ) -> Rehearsal: ...
