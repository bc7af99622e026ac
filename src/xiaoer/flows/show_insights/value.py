"""成本与价值: what the bot took off people's hands, what it sold when nobody was there, and what a talk costs."""

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.view import View, day_name, percent, ratio
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import store

SETTING = "costs"
PURPOSES = {"gap.draft": "润色知识草稿"}
_ALONE, _TALKS, _NIGHT = (Drill("flag", mark) for mark in ("bot_only", "talks", "night_fen"))
_HOW = (
    How("alone@1", "机器人独立接待", "从头到尾没有人工说过话的会话 ÷ 会话。"),
    How(
        "hours@1", "省下的工时", "机器人独立接待的会话 × 人工接待一个会话的平均用时（没有人工数据时按设置里的分钟数）。"
    ),
    How("handle@1", "人工用时", "每条人工回复之前的时间相加，每条最多算 2 分钟。"),
    How(
        "night@2",
        "夜里和假日成交",
        "22 点到次日 9 点、周末或法定节假日付款，付款前最后接待的只有机器人的订单，减去退款。调休上班的周末只算夜里。",
    ),
    How("model@1", "大模型费用", "每次按当时的单价：输入词元 × 输入单价 + 输出词元 × 输出单价；没成功的不计。"),
    How(
        "cost@1",
        "每会话成本",
        "（人工用时 × 时薪 + 大模型费用 + 固定月费按天摊）÷ 会话。只看一个渠道、商品或客服时不摊大模型费用和月费。",
    ),
)


class Costs(Struct, frozen=True):
    """What the shop says about its costs; yuan. Of the language model yuan for a million tokens in and out."""

    hourly_yuan: float = 28.0
    minutes_per_talk: float = 6.0
    monthly_yuan: float = 0.0
    model_in_yuan: float = 0.0
    model_out_yuan: float = 0.0


def costs_of_shop(connection: Connection, shop: ShopId) -> Costs:
    """The shop's costs, or the defaults."""
    kept = store.setting(connection, shop, SETTING)
    return Costs(**kept) if kept else Costs()


def show_value(view: View) -> Page:
    """The page."""
    costs = costs_of_shop(view.connection, view.shop)
    now, old = _sum(view, view.days, costs), _sum(view, view.before, costs)
    holidays = _missing_years(view)
    cards = (
        Card("share", "机器人独立接待", now.share, "ratio", old.share, "up", "", None, "alone@1", _ALONE),
        Card("hours", "省下工时", now.hours, "hours", old.hours, "up", "", None, "hours@1", _ALONE),
        Card("saved", "约省人工费", now.saved, "yuan", old.saved, "up", "", None, "hours@1", _ALONE),
        Card("night", "夜里和假日成交", now.night, "yuan", old.night, "up", holidays, None, "night@2", _NIGHT),
        Card("cost", "每会话成本", now.per_talk, "yuan", old.per_talk, "down", how="cost@1", drill=_TALKS),
        Card(
            "llm", "大模型费用", now.llm, "yuan", old.llm, "down", _note(now, costs), how="model@1", drill=_calls(now)
        ),
    )
    bot_was_there = view.flags()["bot_talks"] or view.agent
    finding = (
        "这段时间都是人工接待，机器人还没上岗"
        if now.share is not None and not bot_was_there
        else f"机器人独立接待 {percent(now.share)}，省下约 {now.hours:.0f} 小时，夜里和假日成交 {now.night:,.0f} 元"
        if now.share is not None
        else "还没有会话"
    )
    rows = (
        {"id": "hourly", "name": "客服时薪", "value": costs.hourly_yuan, "unit": "元/小时"},
        {"id": "minutes", "name": "没有数据时每会话用时", "value": costs.minutes_per_talk, "unit": "分钟"},
        {"id": "monthly", "name": "固定月费（服务器等）", "value": costs.monthly_yuan, "unit": "元/月"},
        {"id": "model_in", "name": "大模型输入单价", "value": costs.model_in_yuan, "unit": "元/百万词元"},
        {"id": "model_out", "name": "大模型输出单价", "value": costs.model_out_yuan, "unit": "元/百万词元"},
    )
    columns = (Column("name", "设置"), Column("value", "值", "number"), Column("unit", "单位"))
    tables = (
        _models(view),
        Table("costs", "计算用到的设置", columns, rows, "在右上角「成本设置」里改。"),
    )
    empty = (
        ""
        if now.share is not None
        else "有会话之后，这里会算出机器人省了多少工时、夜里和假日救了多少单、每个会话花多少钱。"
    )
    return Page("value", "成本与价值", finding, view.period, cards, (_chart(view),), tables, _HOW, (), empty)


class _Sum(Struct, frozen=True):
    share: float | None
    hours: float
    saved: float
    night: float
    per_talk: float | None
    llm: float
    calls: int


def _sum(view: View, days: tuple[int, int], costs: Costs) -> _Sum:
    flags = view.flags(days)
    talks, people = flags["talks"], flags["replied"]
    minutes = flags["handle_ms"] / 60_000 / people if people else costs.minutes_per_talk
    hours = flags["bot_only"] * minutes / 60
    called = view.sums("llm", (), days=days)
    calls, llm = (called[0][0], called[0][1] / 1_000_000) if called else (0, 0.0)
    whole = not (view.channel or view.product or view.agent)  # fixed costs belong to no part
    fixed = costs.monthly_yuan / 30 * (days[1] - days[0] + 1) if whole else 0.0
    spent = flags["handle_ms"] / 3_600_000 * costs.hourly_yuan + llm + fixed
    return _Sum(
        ratio(flags["bot_only"], talks),
        round(hours, 1),
        round(hours * costs.hourly_yuan, 2),
        flags["night_fen"] / 100,
        ratio(spent, talks),
        round(llm, 2),
        calls,
    )


def _missing_years(view: View) -> str:
    """Says that holidays are not counted where the table of holidays lacks a year of the page."""
    years = view.calendar.unknown_years(view.days, *(() if view.begins else (view.before,)))
    return f"还没有 {'、'.join(map(str, years))} 年的放假安排，只算了夜里和周末" if years else ""


def _note(now: _Sum, costs: Costs) -> str:
    if not now.calls:
        return "没有调用大模型"
    return f"调用 {now.calls} 次" + ("" if costs.model_in_yuan or costs.model_out_yuan else "，还没填单价")


def _calls(now: _Sum) -> Drill | None:
    return Drill("llm", kind="call") if now.calls else None


def _models(view: View) -> Table:
    """Calls of language models by use and model."""
    tokens = {(a, b): n for a, b, n, _ in view.sums("llm.t", ("a", "b"))}
    rows = tuple(
        {
            "id": f"{purpose}/{model}",
            "purpose": PURPOSES.get(purpose, purpose),
            "model": model,
            "count": n,
            "yuan": v / 1_000_000,
            "each": ratio(v / 1_000_000, n),
            "drill": Drill("llm", purpose, model, "call"),
        }
        for purpose, model, n, v in view.sums("llm", ("a", "b"))
    )
    models = sorted({model for _, model in tokens})
    said = "；".join(
        f"{model} 输入 {tokens.get(('in', model), 0):,}、输出 {tokens.get(('out', model), 0):,} 词元"
        + (f"，{failed} 次没成功" if (failed := tokens.get(("failed", model), 0)) else "")
        for model in models
    )
    columns = (
        Column("purpose", "用来做什么"),
        Column("count", "调用", "number"),
        Column("yuan", "费用", "yuan"),
        Column("each", "每次", "yuan"),
        Column("model", "模型"),
    )
    empty = "这段时间没有调用大模型：回答都来自规则、知识和店铺数据，不花模型费用。接入后，这里按用途列出调用和费用。"
    return Table("models", "大模型", columns, rows, said, empty)


def _chart(view: View) -> Chart:
    days = view.every_day()
    marks = {(day, a): v for day, a, _, v in view.sums("flag", ("day", "a"), a=("bot_only", "night_fen"))}
    night = [marks.get((day, "night_fen"), 0) / 100 for day in days]
    best = max(range(len(days)), key=night.__getitem__) if days else 0
    title = (
        f"夜里和假日成交最多的是 {day_name(days[best])}：{night[best]:,.0f} 元"
        if any(night)
        else "夜里和假日还没有成交"
    )
    names = tuple(day_name(day) for day in days)
    series = (Series("夜里和假日成交", tuple(night), "good"),)
    drills = view.day_by_day(_NIGHT)
    return Chart("night", title, "bar", names, series, "yuan", "元", drills=drills)
