"""The work behind the figures (算数): counting facts and looking for spikes, in the server or beside it."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from xiaoer.flows.roll_up.roll_up import RollUp, Understands
from xiaoer.flows.stream_facts import StreamFacts
from xiaoer.flows.watch_insights import Answers, WatchInsights
from xiaoer.infra.clickhouse import Run
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.formulas import load_formulas
from xiaoer.slices.insights.rules.free_days import Calendar, load_calendar
from xiaoer.slices.insights.types import Formula

PACK = Path(__file__).resolve().parents[1] / "packs" / "ecommerce"
_METRICS, _HOLIDAYS = "metrics.toml", "holidays.toml"
T = TypeVar("T")


def formulas_of(home: Path) -> tuple[Formula, ...]:
    """The pack's metrics with what the owner of this installation changed in `metrics.toml` of its folder.

    Raises:
        InvalidBody: that file cannot be read, or changes something that is not there.
    """
    return _with_own(home, _METRICS, load_formulas)


def calendar_of(home: Path) -> Calendar:
    """The pack's holidays with the years that `holidays.toml` in the installation's folder adds or replaces.

    Raises:
        InvalidBody: that file cannot be read, or names a day that there is not.
    """
    return _with_own(home, _HOLIDAYS, load_calendar)


def _with_own(home: Path, name: str, load: Callable[[str, str], T]) -> T:
    own = home / name
    try:
        changed = own.read_text(encoding="utf-8") if own.exists() else ""
        return load((PACK / name).read_text(encoding="utf-8"), changed)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidBody(f"{own} cannot be used: {error}. See docs/insight.md, Metrics.") from error


class Figures:
    """The roll-up and the watch of every shop."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: Understands,
        answers: Answers,
        formulas: tuple[Formula, ...],
        calendar: Calendar,
        clickhouse: Run | None = None,
    ) -> None:
        self.formulas = formulas
        self.intents = _titles(PACK)
        self.roll_up = RollUp(db, clock, understanding, self.formulas, calendar)
        self.roll_up.streams = clickhouse is not None
        self.stream = StreamFacts(db, clock, clickhouse) if clickhouse else None
        self.watch = WatchInsights(db, clock, self.intents, answers)

    async def do(self, what: str, shop: ShopId, within_s: float | None = None) -> Any:
        """Do it in this process: roll_up returns talks counted, watch ids of new alerts, stream rows sent."""
        if what == "roll_up":
            return await self.roll_up(shop, float("inf") if within_s is None else within_s)
        if what == "watch":
            return [alert.id for alert in await self.watch.find_spikes(shop)]
        if what == "stream":
            return await self.stream(shop) if self.stream else 0
        raise ValueError(f"There is no work called {what!r}.")


def _titles(pack: Path) -> dict[str, str]:
    groups = tomllib.loads((pack / "intents.toml").read_text(encoding="utf-8"))
    return {f"{group}.{name}": str(row["title"]) for group, rows in groups.items() for name, row in rows.items()}
