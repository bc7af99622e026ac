"""What answering a turn needs from others (回答的依赖)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from xiaoer.kernel.decision import Decision, Facts, Handoff, Need, Todo, Trial
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.types import Limits, RedLineHit


class Understands(Protocol):
    """Understanding, as this flow needs it."""

    def understand(self, turn: Turn) -> Heard: ...


class WatchesRedLines(Protocol):
    """Tells the red lines that a turn crosses."""

    def __call__(self, turn: Turn, heard: Heard) -> tuple[RedLineHit, ...]: ...

    def limits(self, shop: ShopId) -> Limits:
        """How patient the shop's bot is."""
        ...


class GathersFacts(Protocol):
    """Reads the facts that a decision needs, in parallel, each within its time limit."""

    async def __call__(
        self, turn: Turn, heard: Heard, needs: tuple[Need, ...], now: datetime, known: Facts | None = None
    ) -> Facts: ...


class PerformsTodos(Protocol):
    """Does what the buyer confirmed, and tells the outcome of each todo by its id."""

    async def __call__(self, turn: Turn, todos: tuple[Todo, ...], facts: Facts) -> dict[str, Outcome]: ...


class KeepsEffects(Protocol):
    """Keeps what the acts promise, in the change that stores their words."""

    def keep(self, connection: Connection, turn: Turn, effect: Any, now: datetime) -> bool:
        """Return False when a promise no longer holds: the turn is decided anew."""
        ...

    async def noting(
        self, turn: Turn, heard: Heard, decision: Decision, trials: Sequence[Trial], now: datetime
    ) -> Callable[[Connection], None]:
        """Return what selling remembers of a turn, to be run in the change that stores it."""
        ...


class MindsTheDesk(Protocol):
    """The people behind the bot: who sends, and what the one who takes over is told."""

    def prepare(self, turn: Turn, heard: Heard, handoff: Handoff) -> Handoff:
        """Give a hand-over the skill that it asks for and its summary (前情提要)."""
        ...

    async def mode(self, shop: ShopId, intents: tuple[str, ...]) -> str:
        """Who sends for these intents: auto the bot, assist a person with its draft, shadow a person."""
        ...

    async def has_people(self, shop: ShopId) -> bool:
        """Whether somebody is online at the desk just now, whatever the business hours say."""
        ...

    async def auto_send_s(self, shop: ShopId) -> int | None:
        """Seconds after which a draft of the assist mode goes out by itself; None for never."""
        ...
