"""The work behind the figures (算数): counting facts and looking for spikes, in the server or beside it."""

import tomllib
from pathlib import Path
from typing import Any

from xiaoer.flows.roll_up.roll_up import RollUp, Understands
from xiaoer.flows.stream_facts import StreamFacts
from xiaoer.flows.watch_insights import Answers, WatchInsights
from xiaoer.infra.clickhouse import Run
from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.formulas import load_formulas
from xiaoer.slices.insights.types import Formula

PACK = Path(__file__).resolve().parents[1] / "packs" / "ecommerce"


class Figures:
    """The roll-up and the watch of every shop."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: Understands,
        answers: Answers,
        pack: Path,
        clickhouse: Run | None = None,
    ) -> None:
        self.formulas: tuple[Formula, ...] = load_formulas((pack / "metrics.toml").read_text(encoding="utf-8"))
        self.intents = _titles(pack)
        self.roll_up = RollUp(db, clock, understanding, self.formulas)
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
