"""今日: one screen for the owner's phone and for the big screen: the day so far, by the hour, and what to do now."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from xiaoer.flows.show_insights.page import Card, Chart, Drill, Series
from xiaoer.flows.show_insights.same_hours import share_by
from xiaoer.flows.show_insights.view import View, percent, ratio
from xiaoer.slices.conversations import owners
from xiaoer.slices.insights import alerts
from xiaoer.slices.insights.rules.days import as_date, day_of, hour_of, micros, second_of_day
from xiaoer.slices.insights.types import Alert

_ALONE = Drill("flag", "bot_only")
_ALERTS = 8
_TOP = 6


class Overview(Struct, frozen=True):
    """`waiting` talks wait for a person, `held` are with people. Comparisons are with the same hours of yesterday."""

    at: datetime
    day: str
    finding: str
    cards: tuple[Card, ...]
    charts: tuple[Chart, ...]
    alerts: tuple[Alert, ...]
    questions: tuple[dict[str, Any], ...]
    waiting: int
    held: int


def show_overview(view: View, now: datetime) -> Overview:
    """The screen at `now`."""
    today, hour = day_of(micros(now)), hour_of(micros(now))
    loads: dict[tuple[int, int, str], int] = {
        (d, h, a): n for d, h, a, n, _ in view.sums("load", ("day", "hour", "a"), days=(today - 1, today))
    }

    def so_far(name: str) -> int:
        return sum(n for (d, _, a), n in loads.items() if d == today and a == name)

    def by_now(name: str) -> int:
        """Of yesterday what had come by the same time of day; of the running hour a part."""
        hours: dict[int, int] = {h: n for (d, h, a), n in loads.items() if d == today - 1 and a == name}
        return round(sum(hours.values()) * share_by(hours, second_of_day(micros(now)) / 3_600))

    marks, old = view.flags((today, today)), view.flags((today - 1, today - 1))
    talks, before = so_far("talks"), by_now("talks")
    alone = ratio(so_far("bot_only"), talks)
    waiting = owners.count_of_state(view.connection, view.shop, "queued")
    held = owners.count_of_state(view.connection, view.shop, "agent")
    cards = (
        Card("talks", "咨询会话", talks, before=before, note="和昨天同一时刻比", drill=Drill("flag", "talks")),
        Card("alone", "机器人独立解决", alone, "ratio", ratio(by_now("bot_only"), before), "up", drill=_ALONE),
        Card("angry", "生气的买家", so_far("angry"), before=by_now("angry"), good="down", drill=Drill("trigger")),
        Card("waiting", "在等人工", waiting, good="down"),
        Card(
            "sales",
            "客服成交",
            marks["sales_net_fen"] / 100,
            "yuan",
            note=f"昨天全天 ¥{old['sales_net_fen'] / 100:,.0f}",
            drill=Drill("flag", "sales_net_fen"),
        ),
        Card("risk", "差评风险", marks["at_risk"], note=f"昨天全天 {old['at_risk']}", drill=Drill("flag", "at_risk")),
    )
    hours = tuple(range(24))
    lines = tuple(
        Series(name, tuple(float(loads.get((day, h, "talks"), 0)) if h <= last else None for h in hours), tone)
        for name, day, last, tone in (("今天", today, hour, "now"), ("昨天", today - 1, 23, "before"))
    )
    peak = max(hours, key=lambda h: loads.get((today, h, "talks"), 0))
    most = loads.get((today, peak, "talks"), 0)
    title = f"今天 {peak} 点最忙：{most} 个会话" if most else "今天还没有会话"
    chart = Chart("hours", title, "line", tuple(f"{h}点" for h in hours), lines, unit="个会话")
    rows = view.sums("ask.t", ("a",), days=(today, today), limit=_TOP)
    questions = tuple({"id": a, "name": view.intent_name(a), "count": n, "drill": Drill("ask", a)} for a, n, _ in rows)
    found = alerts.listed(view.connection, view.shop, ("open", "taken"), "", _ALERTS)
    finding = f"今天 {talks} 个会话，机器人独立解决 {percent(alone)}" if talks else "今天还没有买家来问"
    if waiting:
        finding += f"，{waiting} 个在等人工"
    return Overview(now, as_date(today).isoformat(), finding, cards, (chart,), tuple(found), questions, waiting, held)
