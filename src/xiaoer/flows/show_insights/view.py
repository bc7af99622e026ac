"""What every page of insight is made with: the period and its comparison, the filters, names, and sums of cells."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from xiaoer.flows.show_insights import narrowed, same_hours
from xiaoer.flows.show_insights.page import Drill, Period
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.days import as_date, day_of, micros, second_of_day
from xiaoer.slices.insights.rules.free_days import NO_YEARS, Calendar
from xiaoer.slices.insights.types import Formula
from xiaoer.slices.shops.store import list_staff

_SILENT = 30  # days
FEW = 10  # refunds below which a share would be of false precision

Days = tuple[int, int]
Pair = tuple[int, int]
_WEEK = "一二三四五六日"
ENTRIES = {
    "product": "商品页",
    "campaign": "活动页",
    "order": "订单页",
    "search": "搜索",
    "live": "直播间",
    "after_sales": "售后入口",
    "home": "首页",
    "none": "其他",
}
HANDLED = {"bot": "机器人", "people": "人工", "both": "先机器人后人工", "none": "没人接待"}


@dataclass
class View:
    """One look at one shop. `days` and `before` are numbers of the shop's days, both ends included.

    Where the last of `days` is the day of `now`, the last day of `before` counts only as far (`unfinished`).
    """

    connection: Connection
    shop: ShopId
    days: Days
    before: Days
    intents: Mapping[str, str]
    formulas: Sequence[Formula]
    channel: str = ""
    product: str = ""
    agent: str = ""
    now: datetime | None = None
    calendar: Calendar = NO_YEARS
    _titles: dict[str, str] = field(default_factory=dict)
    _agents: dict[str, str] | None = None
    _gifts: dict[tuple[str, Days], narrowed.Measured] = field(default_factory=dict)
    _cubes: dict[tuple[str, Days], list[tuple[str, str, str, int, int]]] = field(default_factory=dict)

    @property
    def period(self) -> Period:
        """The days as dates."""
        return Period(*(as_date(day).isoformat() for day in (*self.days, *self.before)))

    def sums(
        self,
        family: str,
        by: Sequence[str],
        *,
        days: Days | None = None,
        a: Sequence[str] | str = (),
        b: str = "",
        limit: int = 0,
    ) -> list[tuple[Any, ...]]:
        """Sums of a family, narrowed by the page's channel, product and agent.

        Of visitors and calls of models, which belong to neither, nothing is left but what was sold of a product.
        """
        span = days or self.days
        if span != self.before or self.unfinished is None:
            return self._sums(family, by, span, a, b, limit)
        rows = self._sums(family, by, span, a, b, 0)
        rest = self._sums(family, by, (span[1], span[1]), a, b, 0)
        rows = same_hours.without(rows, rest, 1 - self.unfinished)
        return sorted(rows, key=lambda row: -row[-2])[:limit] if limit else rows

    def _sums(
        self, family: str, by: Sequence[str], span: Days, a: Sequence[str] | str, b: str, limit: int
    ) -> list[tuple[Any, ...]]:
        if narrowed.keeps(family, self.product, self.agent) or (family == "sold" and not self.agent):
            b = b or (
                self.product if family in narrowed.BY_PRODUCT else self.agent if family in narrowed.BY_AGENT else ""
            )
            return store.sums(self.connection, self.shop, family, span, by, channel=self.channel, a=a, b=b, limit=limit)
        if family in narrowed.OF_SHOP:
            return []
        return narrowed.sums_of(self._measured(family, span), family, by, a, b, limit)

    def _measured(self, family: str, days: Days) -> narrowed.Measured:
        kind = narrowed.kind_of(family)
        if kind == "talk" and ("kpi", days) in self._gifts:  # measured with the formulas, so with all else
            return self._gifts["kpi", days]
        key = ("kpi" if family == "kpi" else kind, days)
        if key not in self._gifts:
            only = (self.channel, self.product, self.agent)
            self._gifts[key] = narrowed.measure_units(self.connection, self.shop, family, days, self.formulas, *only)
        return self._gifts[key]

    @cached_property
    def unfinished(self) -> float | None:
        """How much of the last day of the period before is compared with today so far (0 to 1); None: all of it.

        It is the share of that day's talks that had begun by the same time of day.
        """
        if self.now is None or self.days[1] != day_of(us := micros(self.now)):
            return None
        rows = store.sums(self.connection, self.shop, "load", (self.before[1],) * 2, ("hour",), a="talks")
        return same_hours.share_by({hour: n for hour, n, _ in rows}, second_of_day(us) / 3_600)

    @cached_property
    def begins(self) -> str:
        """The first day with records (ISO) when it lies so late that the period before is not whole; else empty.

        A shop that was silent for a month before counts as one that began. A day in seven may be missing.
        """
        first, last = self.before
        rows = store.sums(self.connection, self.shop, "flag", (first - _SILENT, self.days[1]), ("day",), a="talks")
        begun = min((day for day, n, _ in rows if n), default=None)
        if begun is None or begun <= first + (last - first + 1) // 7:
            return ""
        return as_date(begun).isoformat()

    def change(self, now: float, before: float) -> str:
        """How a count moved, as `change` says it; empty where there is no whole period before."""
        return "" if self.begins else change(now, before)

    @property
    def sampled(self) -> int:
        """Of how many units the narrowed figures are estimated; 0 when all were measured."""
        return max((m.units for m in self._gifts.values() if m.weight > 1), default=0)

    def cube(self, family: str, days: Days) -> list[tuple[str, str, str, int, int]]:
        """(a, b, channel, n, v) of a small family, read once; what a page asks in several ways is summed from it."""
        key = (family, days)
        if key not in self._cubes:
            self._cubes[key] = self.sums(family, ("a", "b", "channel"), days=days)
        return self._cubes[key]

    def pairs(self, family: str, *, days: Days | None = None, b: str = "") -> dict[str, Pair]:
        """(n, v) by `a`."""
        return {a: (n, v) for a, n, v in self.sums(family, ("a",), days=days, b=b)}

    def flags(self, days: Days | None = None, *, agent: str = "") -> dict[str, int]:
        """The marks of talks as amounts."""
        found: dict[str, int] = defaultdict(int)
        only = agent or self.agent
        for a, b, _, _, v in self.cube("flag", days or self.days):
            if only in ("", b):
                found[a] += v
        return found

    def titles(self, ids: Sequence[str]) -> dict[str, str]:
        """Product titles by id; an unknown id is its own title."""
        missing = [id_ for id_ in dict.fromkeys(ids) if id_ and id_ not in self._titles]
        for start in range(0, len(missing), 400):
            part = missing[start : start + 400]
            self._titles |= {id_: id_ for id_ in part}
            self._titles |= {p.id: p.title for p in catalog.get_products(self.connection, self.shop, part)}
        return self._titles

    def product_title(self, id_: str) -> str:
        """A product's whole title, as tables and files have it."""
        if not id_:
            return "没说哪款"
        title = self.titles([id_])[id_]
        return f"商品 {id_}" if title == id_ else title  # told of, but not in the catalogue

    def product_name(self, id_: str) -> str:
        """A product's title, shortened so that it can stand in a sentence."""
        title = self.product_title(id_)
        return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"

    def intent_name(self, code: str) -> str:
        return self.intents.get(code, code)

    def agent_name(self, id_: str) -> str:
        """An agent's name; the bot's share has none."""
        if self._agents is None:
            self._agents = {member.id: member.name for member in list_staff(self.connection, self.shop)}
        return self._agents.get(id_, id_) if id_ else "无人（含机器人）"

    def team_of(self, id_: str) -> str:
        """An agent's team: the first of his skills."""
        found = next((a for a in desk.agents(self.connection, self.shop, {}) if a.id == id_), None)
        return (found.skills[0] if found and found.skills else "general") if id_ else ""

    def every_day(self) -> list[int]:
        return list(range(self.days[0], self.days[1] + 1))

    def day_by_day(self, drill: Drill) -> tuple[Drill, ...]:
        """What is behind each day of a chart."""
        return tuple(structs.replace(drill, day=as_date(day).isoformat()) for day in self.every_day())


_TITLE = 13


def day_name(day: int) -> str:
    """`6/18 周四`."""
    at = as_date(day)
    return f"{at.month}/{at.day} 周{_WEEK[at.weekday()]}"


def week_name(batch: str) -> str:
    """`11/16–11/22 发货` of the batch `2026-W47`; goods that never left have none."""
    if not batch:
        return "没发货"
    first = date.fromisocalendar(int(batch[:4]), int(batch[6:]), 1)
    last = first + timedelta(days=6)
    return f"{first.month}/{first.day}–{last.month}/{last.day} 发货"


def by_day(rows: Sequence[tuple[Any, ...]], days: Sequence[int], pick: Callable[[int, int], float]) -> list[float]:
    """Values of (day, n, v) rows for every day, 0 where nothing was."""
    found = {row[0]: pick(row[-2], row[-1]) for row in rows}
    return [found.get(day, 0.0) for day in days]


def ratio(part: float, whole: float, digits: int = 4) -> float | None:
    """A share; None when there is nothing to share."""
    return round(part / whole, digits) if whole else None


def share(part: float, whole: float) -> float | None:
    """A share of so many that it tells something; of fewer the count alone is shown."""
    return ratio(part, whole) if whole >= FEW else None


def moved(now: float, before: float) -> str:
    """How a count changed; of few the counts themselves."""
    if 0 < max(now, before) < FEW:
        return f"上期 {before:.0f}，本期 {now:.0f}"
    return change(now, before)


def most_telling(shares: Sequence[float | None], of: Sequence[int], *, least: bool = False) -> int | None:
    """The place of the highest (or lowest) share among days that count: half a usual day's number, at least five.

    None when the whole lies beyond it: what is left of days with few is no extreme.
    """
    enough = enough_of(of)
    some = [(share, at) for at, share in enumerate(shares) if share is not None and of[at]]
    known = [(share, at) for share, at in some if of[at] >= enough]
    if not known:
        return None
    found, place = min(known) if least else max(known)
    mean = sum(share * of[at] for share, at in some) / sum(of[at] for _, at in some)
    return None if (found > mean if least else found < mean) else place


def enough_of(of: Sequence[int]) -> int:
    """How many a day needs so that its share tells something: half a usual day's number, at least five."""
    usual = sorted(n for n in of if n)
    return max(5, usual[len(usual) // 2] // 2) if usual else 5


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}%"


def change(now: float, before: float) -> str:
    """「多了 20%」, 「涨到 3.2 倍」, 「少了 15%」, 「新出现」, 「差不多」."""
    if not before:
        return "新出现" if now else "没有"
    times = now / before
    if times >= 2:
        return f"涨到 {times:.1f} 倍"
    moved = round(100 * (times - 1))
    if abs(moved) < 5:
        return "和上期差不多"
    return f"比上期{'多' if moved > 0 else '少'} {abs(moved)}%"
