"""售后归因: why goods come back, by product, variant, batch, courier and page claim; and what to change."""

from collections import defaultdict
from typing import Any

from xiaoer.flows.show_insights.causes import causes, most_frequent
from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.said import HOW_SAID, table_of_words
from xiaoer.flows.show_insights.view import FEW, View, by_day, day_name, moved, ratio, share, week_name
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.insights.rules.reasons import DETAILS, reason_name

_HOW = (
    How("refund@1", "退款数和金额", "按申请时间归入的退款、退货、换货单；金额是申请的金额。"),
    How("reason@1", "原因", "先看买家在会话里怎么说，再看会话的意图，最后看退款单上选的原因；十一类原因见售后分类。"),
    HOW_SAID,
    How("done@1", "处理时长", "从申请到退款成功的平均小时数，按申请的那天归入；店铺事件里有退款成功时间的才算。"),
    How("few@1", "占比", f"不足 {FEW} 单时只写单数，不算占比和涨跌：一两单说明不了什么。"),
    How("batch@1", "批次", "按发货的那一周分批。"),
    How(
        "rate@1",
        "退货率",
        "这段时间的退款单 ÷ 同一时间付款的件数；卖出不到 10 件，或退的比卖的多（退的是以前卖的）时不算。",
    ),
)
_ALL = Drill("refund", kind="refund")
_ENOUGH_SOLD = 10  # pieces


def show_after_sales(view: View) -> Page:
    """The page."""
    now, old = view.pairs("refund", b=view.product), view.pairs("refund", days=view.before, b=view.product)
    count, cost = sum(n for n, _ in now.values()), sum(v for _, v in now.values())
    old_count, old_cost = sum(n for n, _ in old.values()), sum(v for _, v in old.values())
    sold = sum(n for _, n, _ in view.sums("sold", ("a",), a=view.product))
    advice = [cause.sentence for cause in causes(view)]
    cards = (
        Card("refunds", "退款申请", count, "number", old_count, "down", "单", None, "refund@1", _ALL),
        Card("cost", "涉及金额", cost / 100, "yuan", old_cost / 100, "down", "", None, "refund@1", _ALL),
        Card("rate", "退货率", _rate(count, sold), "ratio", None, "down", f"卖出 {sold} 件", None, "rate@1", _ALL),
        *_done(view),
    )
    tables = (
        _reasons(view, now, old, count),
        table_of_words(view),
        _products(view),
        _group(view, "refund.v", "variants", "按规格"),
        _group(view, "refund.c", "couriers", "按快递"),
        _group(view, "refund.b", "batches", "按批次"),
        _group(view, "refund.p", "claims", "按页面说法"),
    )
    finding = advice[0] if advice else "这段时间没有退款申请"
    if now and not advice:
        finding = f"退款原因最多的是{most_frequent(now)}"
    empty = "" if count else "有退款单之后，这里会说清退货集中在哪款、哪个规格、什么原因、花了多少钱、该改什么。"
    return Page(
        "after-sales", "售后归因", finding, view.period, cards, _charts(view, now), tables, _HOW, tuple(advice), empty
    )


def _rate(refunds: int, sold: int) -> float | None:
    """Refunds of what was sold; None where so little was sold that it would tell about earlier sales."""
    return ratio(refunds, sold) if sold >= max(_ENOUGH_SOLD, refunds) else None


def _done_by(kind: str) -> Drill:
    return Drill("refund.t", kind, kind="refund")


def _done(view: View) -> tuple[Card, ...]:
    names = {"refund_only": "仅退款处理时长", "return_refund": "退货退款处理时长"}
    pairs = view.pairs("refund.t")
    return tuple(
        Card(kind, title, ratio(v / 3_600_000, n, 1), "hours", None, "down", f"{n} 单", None, "done@1", _done_by(kind))
        for kind, title in names.items()
        for n, v in (pairs.get(kind, (0, 0)),)
        if n
    )


def _reasons(view: View, now: dict[str, Any], old: dict[str, Any], count: int) -> Table:
    details: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for a, n, _ in view.sums("refund.d", ("a",), b=view.product):
        reason, _, detail = a.partition("/")
        if detail:
            details[reason].append((n, detail))
    rows = []
    for code, (n, v) in sorted(now.items(), key=lambda item: (-item[1][0], -item[1][1])):
        parts = "、".join(f"{DETAILS.get(d, d)} {c}" for c, d in sorted(details[code], reverse=True)[:4])
        before = old.get(code, (0, 0))[0]
        rows.append(
            {
                "id": code,
                "reason": reason_name(code),
                "count": n,
                "share": share(n, count),
                "cost": v / 100,
                "before": before,
                "change": moved(n, before),
                "details": parts,
                "drill": Drill("refund", code, view.product, "refund"),
            }
        )
    columns = (
        Column("reason", "原因"),
        Column("count", "单数", "number"),
        Column("share", "占比", "ratio"),
        Column("cost", "金额", "yuan"),
        Column("change", "与上期比", "change"),
        Column("details", "细分"),
    )
    return Table("reasons", "原因分布", columns, tuple(rows), empty="没有退款单。")


def _products(view: View) -> Table:
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for a, b, n, v in view.sums("refund.d", ("a", "b"), b=view.product):
        found[b][a] = (n, v)
    sold = {a: n for a, n, _ in view.sums("sold", ("a",))}
    rows: list[dict[str, Any]] = []
    for product, reasons in found.items():
        total, cost = sum(n for n, _ in reasons.values()), sum(v for _, v in reasons.values())
        top = max(reasons, key=lambda a: reasons[a][0])
        rows.append(
            {
                "id": product,
                "product": view.product_title(product),
                "count": total,
                "rate": _rate(total, sold.get(product, 0)),
                "cost": cost / 100,
                "top": reason_name(top),
                "share": share(reasons[top][0], total),
                "drill": Drill("refund", "", product, "refund"),
            }
        )
    rows.sort(key=lambda row: -row["count"])
    columns = (
        Column("product", "商品"),
        Column("count", "单数", "number"),
        Column("rate", "退货率", "ratio"),
        Column("cost", "金额", "yuan"),
        Column("top", "第一原因"),
        Column("share", "占比", "ratio"),
    )
    return Table("products", "按商品", columns, tuple(rows[:50]), empty="没有退款单。")


def _group(view: View, family: str, id_: str, title: str) -> Table:
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for a, b, n, v in view.sums(family, ("a", "b")):
        found[b][a] = (n, v)
    rows: list[dict[str, Any]] = []
    for place, reasons in found.items():
        product, _, rest = place.rpartition("|")
        if not (rest or place):
            continue
        if view.product and product and product != view.product:
            continue
        total = sum(n for n, _ in reasons.values())
        top = max(reasons, key=lambda a: reasons[a][0])
        shown = week_name(rest) if family == "refund.b" else rest
        name = f"{view.product_title(product)} · {shown}" if "|" in place else place
        rows.append(
            {
                "id": place,
                "name": _variant_name(view, name) if family == "refund.v" else name,
                "count": total,
                "cost": sum(v for _, v in reasons.values()) / 100,
                "top": reason_name(top),
                "share": share(reasons[top][0], total),
                "drill": Drill(family, "", place, "refund"),
            }
        )
    rows.sort(key=lambda row: (-row["count"], row["id"]))
    columns = (
        Column("name", title[1:]),
        Column("count", "单数", "number"),
        Column("cost", "金额", "yuan"),
        Column("top", "第一原因"),
        Column("share", "占比", "ratio"),
    )
    return Table(id_, title, columns, tuple(rows[:30]), empty="没有数据。")


def _variant_name(view: View, variant_id: str) -> str:
    variant = catalog.get_variant(view.connection, view.shop, variant_id)
    if variant is None:
        return variant_id
    return f"{view.product_title(variant.product_id)} · {' '.join(variant.spec.values())}"


def _charts(view: View, now: dict[str, tuple[int, int]]) -> tuple[Chart, ...]:
    days = view.every_day()
    ranked = sorted(now, key=lambda a: -now[a][0])
    share = Chart(
        "reasons",
        f"退款最多因为{most_frequent(now)}" if now else "没有退款单",
        "bar",
        tuple(reason_name(a) for a in ranked),
        (Series("单数", tuple(float(now[a][0]) for a in ranked), "bad"),),
        unit="单",
        drills=tuple(Drill("refund", a, view.product, "refund") for a in ranked),
    )
    rows = view.sums("refund", ("day",), b=view.product)
    counts = by_day(rows, days, lambda n, _: n)
    most = max(range(len(days)), key=counts.__getitem__) if days else 0
    trend = Chart(
        "trend",
        f"退款最多的一天是 {day_name(days[most])}：{counts[most]:.0f} 单" if now else "没有退款单",
        "line",
        tuple(day_name(day) for day in days),
        (Series("退款单", tuple(counts), "bad"),),
        unit="单",
        drills=view.day_by_day(Drill("refund", "", view.product, "refund")),
    )
    return share, trend
