"""问题热点: what buyers ask, in their own words; what grows, what is new, what faded, and where."""

from typing import Any

from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.view import ENTRIES, Days, View, by_day, change, day_name
from xiaoer.kernel.channels import CHANNELS
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.days import weekday_of

_TOP = 30
_MOST = 400  # questions that are ranked
_HEAT = 12
_TREND = 30  # last days that a row's small line, its main product and a product's hours are taken from
_LINES = 5
_WEEK = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_ENOUGH = 3
_BEHIND = 80  # new questions that a drill names
_HOW = (
    How("ask@1", "问题数", "买家每一轮里听懂的每个诉求算一个；打招呼、道谢不算。按发生的小时归入。"),
    How("q@1", "问法归并", "同一意图下字面相近的真实问法归成一个问题，用最先出现的问法命名；归入后不再改动。"),
    How("trend@1", "升降", "本期数量与上一个等长时期相比；上期没有、本期至少 3 次的是新问题。"),
)


def show_questions(view: View) -> Page:
    """The page."""
    family = "ask.d" if view.product else "ask.t"
    asks = view.sums(family, ("a", "channel"), b=view.product)
    asked = _added(asks, 0)
    before = {a: n for a, n, _ in view.sums(family, ("a",), days=view.before, b=view.product)}
    total, old_total = sum(n for _, n in asked), sum(before.values())
    ranked = _rank(view)
    fresh = [row for row in ranked if row["before"] == 0 and row["count"] >= _ENOUGH]
    cards: tuple[Card, ...] = (
        Card("asked", "问题数", total, before=old_total, how="ask@1", drill=Drill("ask")),
        Card("kinds", "不同的问题", len(ranked), note=_of_kinds(ranked), how="q@1", drill=Drill("q")),
    )
    top = asked[0] if asked else None
    finding = "这段时间没有人提问"
    if top:
        grown = view.change(top[1], before.get(top[0], 0))
        said = f"问得最多的是「{view.intent_name(top[0])}」{top[1]} 次，占 {100 * top[1] / total:.0f}%"
        finding = f"{said}，{grown}" if grown else said
    asked_most: tuple[Table, ...] = (
        _table("ranking", "问题排行", ranked[:_TOP], "按真实问法归并，点开看对话；走势和主要商品看最后 30 天。"),
    )
    if not view.begins:
        keys = "|".join(row["id"] for row in fresh[:_BEHIND])
        cards += (Card("new", "新出现", len(fresh), note="上期没有", how="trend@1", drill=Drill("q", keys)),)
        asked_most += (
            _table("rising", "涨得最快", _movers(ranked, up=True)[:10], ""),
            _table("new", "新出现的问题", fresh[:10], ""),
            _table("falling", "少下去的", _movers(ranked, up=False)[:10], ""),
        )
    _complete(view, asked_most)
    tables = (
        *asked_most,
        _intents(view, asked, before),
        _by(view, "campaign", "campaigns", "按活动", {}),
        _by(view, "page", "pages", "按进入页面", ENTRIES),
        _channels(asks),
    )
    empty = "" if total else "有买家提问之后，这里会列出大家在问什么、哪些在涨、集中在哪些商品和时段。"
    return Page("hot-questions", "问题热点", finding, view.period, cards, _charts(view, asked), tables, _HOW, (), empty)


def _of_kinds(ranked: list[dict[str, Any]]) -> str:
    return "归并后" if len(ranked) < _MOST else f"只数最多的 {_MOST} 个"


def _added(asks: list[tuple[Any, ...]], place: int) -> list[tuple[str, int]]:
    """(name, count) by one of the names of (intent, channel, n, v) rows, most first."""
    found: dict[str, int] = {}
    for row in asks:
        found[row[place]] = found.get(row[place], 0) + row[2]
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _rank(view: View) -> list[dict[str, Any]]:
    """Questions by count with their comparison; `_complete` adds trend and main product to those that are shown."""
    family = "q" if view.product else "q.d"
    rows = view.sums(family, ("a",), b=view.product, limit=_MOST)
    ids = [row[0] for row in rows]
    texts = store.texts_of(view.connection, view.shop, ids)
    before = {a: n for a, n, _ in view.sums(family, ("a",), days=view.before, b=view.product, a=ids)} if ids else {}
    found = []
    for id_, n, _ in rows:
        intent, text = texts.get(id_, ("", "（原文已按留存期限删除）"))
        old = before.get(id_, 0)
        found.append(
            {
                "id": id_,
                "question": text,
                "intent": intent,
                "intent_name": view.intent_name(intent),
                "product_id": "",
                "product": "",
                "count": n,
                "before": old,
                "change": change(n, old),
                "trend": [],
                "drill": Drill("q", id_, view.product),
            }
        )
    return found


def _complete(view: View, tables: tuple[Table, ...]) -> None:
    """Add the course of the last days and the main product to the rows of these tables."""
    rows = {row["id"]: row for table in tables for row in table.rows}
    if not rows:
        return
    last, days, trends = _last(view), view.every_day()[-_TREND:], dict[str, dict[int, int]]()
    for a, day, n, _ in view.sums(
        "q" if view.product else "q.d", ("a", "day"), days=last, a=list(rows), b=view.product
    ):
        trends.setdefault(a, {})[day] = n
    products = {} if view.product else _main_products(view, list(rows), last)
    for id_, row in rows.items():
        product = view.product or products.get(id_, ("", 0))[0]
        row["product_id"], row["product"] = product, view.product_title(product) if product else ""
        row["trend"] = [trends[id_].get(day, 0) for day in days] if id_ in trends else []


def _last(view: View) -> Days:
    return max(view.days[0], view.days[1] - _TREND + 1), view.days[1]


def _main_products(view: View, questions: list[str], days: Days) -> dict[str, tuple[str, int]]:
    """The product that each question is asked about most, with how often."""
    found: dict[str, tuple[str, int]] = {}
    for a, b, n, _ in view.sums("q", ("a", "b"), days=days, a=questions):
        if b and n > found.get(a, ("", 0))[1]:
            found[a] = (b, n)
    return found


def _movers(ranked: list[dict[str, Any]], *, up: bool) -> list[dict[str, Any]]:
    """Those that grew or fell by more than chance: at least two standard deviations of a count."""
    found = []
    for row in ranked:
        now, old = row["count"], row["before"]
        moved = now - old if up else old - now
        if old and moved > 2 * (now + old) ** 0.5:
            found.append((moved, row))
    return [row for _, row in sorted(found, key=lambda pair: -pair[0])]


def _table(id_: str, title: str, rows: list[dict[str, Any]], note: str) -> Table:
    columns = (
        Column("question", "买家怎么问"),
        Column("intent_name", "意图"),
        Column("product", "主要商品"),
        Column("count", "次数", "number"),
        Column("change", "与上期比", "change"),
        Column("trend", "走势", "trend"),
    )
    return Table(id_, title, columns, tuple(rows), note, "没有这样的问题。")


def _intents(view: View, asked: list[tuple[str, int]], before: dict[str, int]) -> Table:
    rows = tuple(
        {
            "id": a,
            "intent_name": view.intent_name(a),
            "count": n,
            "before": before.get(a, 0),
            "change": change(n, before.get(a, 0)),
            "drill": Drill("ask", a, view.product),
        }
        for a, n in asked
    )
    columns = (
        Column("intent_name", "意图"),
        Column("count", "次数", "number"),
        Column("before", "上期", "number"),
        Column("change", "与上期比", "change"),
    )
    return Table("intents", "按意图", columns, rows)


def _by(view: View, family: str, id_: str, title: str, names: dict[str, str]) -> Table:
    """Where the questions came from: pages or campaigns, with what is asked most there."""
    places: dict[str, list[tuple[int, str]]] = {}
    for a, b, n, _ in view.sums(family, ("a", "b")):
        places.setdefault(b, []).append((n, a))
    rows = []
    for place, found in sorted(places.items(), key=lambda item: -sum(n for n, _ in item[1])):
        found.sort(reverse=True)
        said = "、".join(f"{view.intent_name(a)} {n}" for n, a in found[:3])
        count, name = sum(n for n, _ in found), names.get(place, place)
        rows.append({"name": name, "count": count, "top": said, "id": place, "drill": Drill(family, "", place)})
    columns = (Column("name", title[1:]), Column("count", "次数", "number"), Column("top", "问得最多"))
    return Table(id_, title, columns, tuple(rows[:_TOP]), empty=f"没有带{title[1:]}的会话。")


def _channels(asks: list[tuple[Any, ...]]) -> Table:
    named = tuple(
        {"name": CHANNELS.get(c, c or "未注明"), "count": n, "id": c, "drill": Drill("ask", channel=c) if c else None}
        for c, n in _added(asks, 1)[:20]
    )
    return Table("channels", "按渠道", (Column("name", "渠道"), Column("count", "次数", "number")), named)


def _charts(view: View, asked: list[tuple[str, int]]) -> tuple[Chart, ...]:
    days = view.every_day()
    names = tuple(day_name(day) for day in days)
    top = [a for a, _ in asked[:_LINES]]
    tones = ("now", "bot", "people", "buyer", "other")
    lines = []
    family = "ask.d" if view.product else "ask.t"
    daily = view.sums(family, ("a", "day"), a=top, b=view.product) if top else []
    for a, tone in zip(top, tones, strict=False):
        rows = [(day, n, v) for name, day, n, v in daily if name == a]
        lines.append(Series(view.intent_name(a), tuple(by_day(rows, days, lambda n, _: n)), tone))
    peak = ""
    if lines:
        values = [v or 0 for v in lines[0].values]
        best = max(range(len(values)), key=values.__getitem__)
        peak = f"「{lines[0].name}」在 {names[best]} 问得最多：{values[best]:.0f} 次"
    drills = view.day_by_day(Drill("ask", "|".join(top), view.product))
    trend = Chart("trend", peak or "还没有走势", "line", names, tuple(lines), unit="次", drills=drills)
    return trend, _product_heat(view, [a for a, _ in asked[:_HEAT]]), _time_heat(view)


def _product_heat(view: View, asked: list[str]) -> Chart:
    """Products by the intents that are asked most."""
    rows = [row[:3] for row in view.sums("ask.d", ("a", "b"), a=asked, b=view.product)] if asked else []
    by_product: dict[str, int] = {}
    by_intent: dict[str, int] = {}
    for a, b, n in rows:
        if b:
            by_product[b] = by_product.get(b, 0) + n
            by_intent[a] = by_intent.get(a, 0) + n
    products = sorted(by_product, key=lambda b: -by_product[b])[:_HEAT]
    intents = sorted(by_intent, key=lambda a: -by_intent[a])[:_HEAT]
    view.titles(products)
    spots = [(intents.index(a), products.index(b), float(n)) for a, b, n in rows if a in intents and b in products]
    hottest = max(spots, key=lambda spot: spot[2], default=None)
    title = "还没有指明商品的提问"
    if hottest:
        product, intent = view.product_name(products[hottest[1]]), view.intent_name(intents[hottest[0]])
        title = f"最集中的是「{product}」的{intent}：{hottest[2]:.0f} 次"
    drills = tuple(Drill("ask", intents[x], products[y]) for x, y, _ in spots)
    return Chart(
        "product-intent",
        title,
        "heat",
        tuple(view.intent_name(a) for a in intents),
        y=tuple(view.product_name(b) for b in products),
        cells=tuple(spots),
        unit="次",
        drills=drills,
    )


def _time_heat(view: View) -> Chart:
    """Hours by weekdays, as the mean of a day."""
    counts: dict[tuple[int, int], int] = {}
    days = _last(view) if view.product else view.days
    if view.product:
        for day, hour, n, _ in view.sums("ask", ("day", "hour"), days=days, b=view.product):
            place = (hour, weekday_of(day))
            counts[place] = counts.get(place, 0) + n
    else:
        counts = {(int(a[2:]), int(a[0])): n for a, n, _ in view.sums("clock", ("a",))}
    shown = [weekday_of(day) for day in range(days[0], days[1] + 1)]
    means = {place: n / max(1, shown.count(place[1])) for place, n in counts.items()}
    busiest = max(means, key=lambda place: means[place], default=None)
    title = f"{_WEEK[busiest[1]]} {busiest[0]} 点最忙" if busiest else "还没有时段数据"
    cells = tuple((hour, week, round(value, 1)) for (hour, week), value in sorted(means.items()))
    drills = tuple(Drill("clock", f"{week}:{hour:02d}") for hour, week, _ in cells)
    hours = tuple(f"{hour}点" for hour in range(24))
    return Chart("hour-weekday", title, "heat", hours, y=_WEEK, cells=cells, unit="次/天", drills=drills)
