"""情绪: how buyers felt over days and through talks, what set anger off, who may write a bad review."""

from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.view import Pair, View, day_name, enough_of, most_telling, percent, ratio
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.slices.insights import look_up
from xiaoer.slices.insights.rules.feelings import MOODS, TRIGGERS

_HOW = (
    How("mood@1", "情绪", "买家每一轮的情绪分（-1 到 1）：≤ -0.2 不满，≥ 0.25 满意，其余平静。"),
    How("course@1", "情绪走向", "同一会话第一轮和最后一轮的情绪对照。"),
    How(
        "trigger@1",
        "触发原因",
        "第一次明显生气时，刚刚发生了什么：等了 3 分钟以上、没答上来、答得不满意，否则算事情本身。",
    ),
    How("risk@1", "差评风险", "投诉，或怒气到 0.75 以上的会话。"),
    How("settled@1", "已化解", "最后一句有人答、情绪回升、道谢或评 4 星以上。"),
)
_RISKS = 30
_RISKY, _SETTLED = Drill("flag", "at_risk"), Drill("flag", "at_risk_settled")
_VERY = -50


def show_sentiment(view: View) -> Page:
    """The page."""
    mood, old = view.pairs("mood"), view.pairs("mood", days=view.before)
    total, bad = sum(n for n, _ in mood.values()), _share_of_bad(mood)
    flags, before = view.flags(), view.flags(view.before)
    risk, settled = flags["at_risk"], flags["at_risk_settled"]
    triggers = _trigger_rows(view)
    cards = (
        Card("bad", "不满的轮次", bad, "ratio", _share_of_bad(old), "down", how="mood@1", drill=Drill("mood", "neg")),
        Card("risk", "差评风险会话", risk, "number", before["at_risk"], "down", "", None, "risk@1", _RISKY),
        Card("settled", "其中已化解", ratio(settled, risk), "ratio", good="up", how="settled@1", drill=_SETTLED),
    )
    first = triggers[0]["trigger"] if triggers else ""
    finding = f"不满占 {percent(bad)}" + (f"，生气多半因为：{first}" if first else "，没有明显生气的买家")
    finding = finding if total else "这段时间没有会话"
    columns = (
        Column("trigger", "生气前发生了什么"),
        Column("count", "会话", "number"),
        Column("settled", "已化解", "ratio"),
        Column("product", "主要商品"),
    )
    tables = (
        Table("triggers", "触发原因", columns, tuple(triggers), empty="这段时间没有明显生气的买家。"),
        _course(view),
        _risky(view),
    )
    empty = "" if total else "有会话之后，这里会画出情绪走向、生气的原因和需要马上看的会话。"
    return Page("sentiment", "情绪", finding, view.period, cards, _charts(view), tables, _HOW, (), empty)


def _share_of_bad(moods: dict[str, Pair]) -> float | None:
    return ratio(moods.get("neg", (0, 0))[0], sum(n for n, _ in moods.values()))


def trigger_name(view: View, code: str) -> str:
    """A trigger in words."""
    if code.startswith("matter:"):
        return f"{view.intent_name(code.partition(':')[2])}（事情本身）"
    return TRIGGERS.get(code, code)


def _trigger_rows(view: View) -> list[dict[str, object]]:
    products: dict[str, tuple[str, int]] = {}
    for a, b, n, _ in view.sums("trigger", ("a", "b")):
        if b and n > products.get(a, ("", 0))[1]:
            products[a] = (b, n)
    ranked = sorted(view.pairs("trigger", b=view.product).items(), key=lambda item: -item[1][0])
    return [
        {
            "id": code,
            "trigger": trigger_name(view, code),
            "count": n,
            "settled": ratio(v, n),
            "product": view.product_title(products[code][0]) if code in products else "",
            "drill": Drill("trigger", code, view.product),
        }
        for code, (n, v) in ranked
    ]


def _course(view: View) -> Table:
    rows = []
    for code, (n, _) in sorted(view.pairs("course").items(), key=lambda item: -item[1][0]):
        first, _, last = code.partition(">")
        name = f"{MOODS.get(first, first)} → {MOODS.get(last, last)}"
        rows.append({"id": code, "course": name, "count": n, "drill": Drill("course", code)})
    columns = (Column("course", "从 → 到"), Column("count", "会话", "number"))
    return Table("courses", "会话里的情绪走向", columns, tuple(rows), empty="还没有两轮以上的会话。")


def _risky(view: View) -> Table:
    """The unhappiest talks of the period, to be replayed."""
    found = look_up.unhappiest(view.connection, view.shop, view.days, _RISKS, view.channel, view.product, view.agent)
    rows = tuple(
        {
            "id": row.id,
            "conversation_id": row.id,
            "at": row.at.astimezone(SHOP_ZONE).isoformat(timespec="minutes"),
            "mood": left_name(row.mood),
            "product": view.product_title(row.product) if row.product else "",
            "agent": view.agent_name(row.agent) if row.agent else "机器人",
        }
        for row in found
    )
    columns = (
        Column("at", "时间", "time"),
        Column("product", "商品"),
        Column("agent", "谁接待"),
        Column("mood", "离开时"),
    )
    return Table("risky", "最不满意的会话", columns, rows, "点开回放。", "没有不满意的会话。")


def left_name(mood: int) -> str:
    """How the buyer left, of the estimate in hundredths."""
    return "很不满意" if mood <= _VERY else "不满意" if mood < -20 else "一般" if mood < 25 else "满意"


def _charts(view: View) -> tuple[Chart, ...]:
    days = view.every_day()
    counts = {(day, a): n for day, a, n, _ in view.sums("mood", ("day", "a"))}
    whole = [sum(counts.get((day, a), 0) for a in MOODS) for day in days]
    share = [ratio(counts.get((day, "neg"), 0), n) for day, n in zip(days, whole, strict=True)]
    worst = most_telling(share, whole)
    title = "还没有情绪数据" if not any(whole) else "每天不满的占比"
    if worst is not None and share[worst]:
        title = f"{day_name(days[worst])} 不满最多：{percent(share[worst])}"
        share = [one if n >= enough_of(whole) else None for one, n in zip(share, whole, strict=True)]
    names = tuple(day_name(day) for day in days)
    drills = view.day_by_day(Drill("mood", "neg"))
    trend = Chart("trend", title, "line", names, (Series("不满占比", tuple(share), "bad"),), "ratio", drills=drills)
    rows = _trigger_rows(view)[:8]
    causes = Chart(
        "triggers",
        f"生气最多因为：{rows[0]['trigger']}" if rows else "没有明显生气的买家",
        "bar",
        tuple(str(row["trigger"]) for row in rows),
        (Series("会话", tuple(float(str(row["count"])) for row in rows), "bad"),),
        unit="个会话",
        drills=tuple(Drill("trigger", str(row["id"])) for row in rows),
    )
    return trend, causes
