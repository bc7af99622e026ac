"""服务指标: how fast and how well buyers are served, each platform by its own formula."""

from typing import Any

from xiaoer.flows.show_insights.metrics import buckets_from, cards_of, flag_sums, kept_sums, percentile, value_of
from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, Page, Series, Table, how_of
from xiaoer.flows.show_insights.view import View, day_name, enough_of, most_telling, percent, ratio
from xiaoer.kernel.channels import CHANNELS
from xiaoer.slices.insights.types import Formula

_FIRST = ("taobao.reply_3min", "first_response", "avg_response", "satisfied", "bot_solved_strict", "to_people")
_BY_AGENT = (
    "taobao.reply_3min",
    "first_response",
    "avg_response",
    "satisfied",
    "answer_ask",
    "agent_chars",
    "sales_net",
)
_WITH_FIGURES = ("taobao", "jd", "douyin", "pdd", "xhs", "kuaishou")
PLATFORMS = {code: CHANNELS[code] for code in _WITH_FIGURES} | {"general": "通用"}


def show_service(view: View) -> Page:
    """The page."""
    by_id = {f.id: f for f in view.formulas}
    all_cards = {card.id: card for card in cards_of(view, view.formulas)}
    cards = [all_cards[id_] for id_ in _FIRST if id_ in all_cards]
    for who, name in (("human", "人工"), ("bot", "机器人")):
        for share, word in ((0.5, "中位"), (0.95, "95 分位")):
            now = percentile(view, who, share)
            old = percentile(view, who, share, view.before)
            title = f"{name}响应{word}"
            slow = Drill("wait", "|".join(buckets_from(view, who, share)))
            id_ = f"{who}_p{share * 100:.0f}"
            cards.append(Card(id_, title, now, "seconds", old, "down", "点开看更慢的", None, "wait@1", slow))
    rows = [_metric_row(f, all_cards[f.id]) for f in view.formulas]
    columns = (
        Column("platform", "平台"),
        Column("title", "指标"),
        Column("value", "本期", "auto"),
        Column("before", "上期", "auto"),
        Column("count", "分母"),
        Column("target", "参考线", "auto"),
        Column("window", "时段"),
        Column("how", "口径"),
    )
    tables = [
        Table("metrics", "各平台口径的指标", columns, tuple(rows), "同一批会话按每个平台自己的口径各算一遍。"),
        _by(view, "b", "agents", "每位客服", by_id),
        _teams(view, by_id),
        _by(view, "channel", "channels", "各渠道", by_id),
    ]
    rate = all_cards["taobao.reply_3min"]
    alone = all_cards["bot_solved_strict"].value
    solved = "" if alone is None else f"，机器人独立解决 {percent(alone)}（严口径）"
    served = "这段时间没有需要人工的会话" if rate.value is None else f"3 分钟人工响应率 {percent(rate.value)}"
    talks = view.flags()["talks"]
    finding = f"{served}{solved}" if talks else "这段时间没有会话"
    empty = "" if talks else "有会话之后，这里会按各平台的口径算出响应率、响应时长、满意率和解决率。"
    how = tuple(how_of(f) for f in view.formulas)
    return Page("service", "服务指标", finding, view.period, tuple(cards), _charts(view), tuple(tables), how, (), empty)


def _metric_row(formula: Formula, card: Card) -> dict[str, Any]:
    first, last = formula.window
    return {
        "id": formula.name,
        "platform": PLATFORMS.get(formula.platform, formula.platform),
        "title": formula.title,
        "value": card.value,
        "before": card.before,
        "show": formula.show,
        "good": formula.good,
        "count": card.note,
        "target": formula.target,
        "window": "全天"
        if formula.window == (0, 1440)
        else f"{first // 60}:{first % 60:02d}–{last // 60}:{last % 60:02d}",
        "how": formula.how,
        "drill": card.drill,
    }


def _columns(by_id: dict[str, Formula], first: str) -> tuple[Column, ...]:
    shown = [by_id[id_] for id_ in _BY_AGENT if id_ in by_id]
    return (
        Column("name", first),
        Column("talks", "接待会话", "number"),
        *(Column(f.id, f.title, f.show) for f in shown),
        Column("p95", "响应 95 分位", "seconds"),
    )


def _by(view: View, by: str, id_: str, title: str, by_id: dict[str, Formula]) -> Table:
    kept, flags = kept_sums(view, view.days, by), flag_sums(view, view.days, by)
    rows = []
    for key in sorted({*kept, *flags}):
        if by == "b" and not key:
            continue
        values = {f: value_of(by_id[f], kept.get(key, {}), flags.get(key, {}))[0] for f in _BY_AGENT if f in by_id}
        name = view.agent_name(key) if by == "b" else CHANNELS.get(key, key or "未注明")
        p95 = percentile(view, "human", 0.95, agents=key if by == "b" else "", channel=None if by == "b" else key)
        place = Drill("flag", "replied", key) if by == "b" else Drill("flag", "talks", channel=key) if key else None
        talks = flags.get(key, {}).get("replied" if by == "b" else "talks", 0)
        rows.append((talks, {"name": name, "talks": talks, **values, "p95": p95, "drill": place, "id": key}))
    rows.sort(key=lambda row: -row[0])
    first = "客服" if by == "b" else "渠道"
    return Table(id_, title, _columns(by_id, first), tuple(row for _, row in rows), empty="这段时间没有人工接待。")


def _teams(view: View, by_id: dict[str, Formula]) -> Table:
    kept, flags = kept_sums(view, view.days, "b"), flag_sums(view, view.days, "b")
    teams: dict[str, list[str]] = {}
    for agent in sorted({*kept, *flags} - {""}):
        teams.setdefault(view.team_of(agent), []).append(agent)
    rows = []
    for team, agents in teams.items():
        pairs: dict[str, tuple[int, int]] = {}
        marks: dict[str, int] = {}
        for agent in agents:
            for name, (n, v) in kept.get(agent, {}).items():
                old = pairs.get(name, (0, 0))
                pairs[name] = (old[0] + n, old[1] + v)
            for name, v in flags.get(agent, {}).items():
                marks[name] = marks.get(name, 0) + v
        values = {f: value_of(by_id[f], pairs, marks)[0] for f in _BY_AGENT if f in by_id}
        p95 = percentile(view, "human", 0.95, agents="|".join(agents))
        place = Drill("flag", "replied", "|".join(agents), some=True)
        row = {"name": _TEAMS.get(team, team), "talks": marks.get("replied", 0), **values, "p95": p95}
        rows.append({**row, "drill": place, "id": team})
    return Table("teams", "各组", _columns(by_id, "组"), tuple(rows), empty="还没有分组接待的数据。")


WORST = "3 分钟响应率最低是"
_TEAMS = {"general": "综合", "presales": "售前", "aftersales": "售后", "complaints": "投诉", "logistics": "物流"}


def _rate(pair: tuple[int, int]) -> float | None:
    return ratio(pair[1], pair[0])


def _charts(view: View) -> tuple[Chart, ...]:
    days = view.every_day()
    names = tuple(day_name(day) for day in days)
    marks = {(day, a): v for day, a, _, v in view.sums("flag", ("day", "a"), a=("bot_only", "talks"), b=view.agent)}
    kpi = {
        (day, a): (n, v) for day, a, n, v in view.sums("kpi", ("day", "a"), a=("taobao.reply_3min@1",), b=view.agent)
    }
    rate = [_rate(kpi.get((day, "taobao.reply_3min@1"), (0, 0))) for day in days]
    rounds = [kpi.get((day, "taobao.reply_3min@1"), (0, 0))[0] for day in days]
    worst = most_telling(rate, rounds, least=True)
    title = "每天要人工的轮次太少，按天看说明不了什么" if any(rounds) else "还没有需要人工回复的轮次"
    enough = enough_of(rounds)
    rate = [one if n >= enough else None for one, n in zip(rate, rounds, strict=True)]
    line = Chart(
        "rate",
        f"{WORST} {names[worst]}：{percent(rate[worst])}" if worst is not None else title,
        "line",
        names,
        (Series("3 分钟人工响应率", tuple(rate), "people"),),
        "ratio",
        note="taobao.reply_3min@1",
        drills=view.day_by_day(Drill("kpi", "taobao.reply_3min@1")),
    )
    bot = [float(marks.get((day, "bot_only"), 0)) for day in days]
    talks = [float(marks.get((day, "talks"), 0)) for day in days]
    share = percent(ratio(sum(bot), sum(talks)))
    split = Chart(
        "split",
        f"机器人独立接待 {share} 的会话",
        "stack",
        names,
        (
            Series("机器人独立", tuple(bot), "bot"),
            Series("有人工参与", tuple(t - b for t, b in zip(talks, bot, strict=True)), "people"),
        ),
        unit="个会话",
        drills=view.day_by_day(Drill("flag", "talks")),
    )
    return line, split
