"""售后归因: why goods come back, by product, variant, batch, courier and page claim; and what to change."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.said import HOW_SAID, table_of_words
from xiaoer.flows.show_insights.view import FEW, View, by_day, day_name, moved, percent, ratio, share, week_name
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
_TWO = 2  # reasons that are equally frequent and both named
_FEWEST = 3  # refunds of one reason below which nothing is concluded about a product
ACTIONS = {
    "too_small": "把尺码表改大一档说明，或在详情页写「偏小，建议拍大一码」",
    "too_big": "在详情页写「偏大，建议拍小一码」",
    "too_short": "在尺码表补衣长、裤长",
    "too_long": "在尺码表补衣长、裤长",
    "color": "换实拍图，写明光线造成的差别",
    "material": "把面料成分和厚薄写清楚",
    "function": "核对参数，改掉做不到的说法",
    "short_life": "在详情页写明实测续航小时数",
    "smell": "出货前散味，联系供应商查这一批",
    "pilling": "联系供应商查面料，写明洗护办法",
    "fading": "写明首次洗涤会浮色，联系供应商查固色",
    "seam": "加一道出货质检",
    "not_working": "加一道通电质检，附上使用说明",
    "noise": "写明正常声音大小，查这一批",
    "leak": "换封口和缓冲包装",
    "wrong_item": "查拣货和面单核对",
    "missing_part": "按清单复核出库，包装里放清单",
    "crushed": "加固包装，和快递谈破损赔付",
    "lost": "和快递核对丢件，换一家试",
    "stuck": "和快递核对滞留线路，换一家试",
    "attitude": "和快递反映派送问题",
    "cheaper": "活动前后说明价保规则",
    "coupon": "在商品页写明优惠怎么用",
    "size": "改尺码表",
    "quality": "查这一批的质检",
    "late": "核对发货承诺，缺货的先下架",
    "fake": "放上授权和防伪查询办法，转主管处理",
    "damaged": "加固包装",
    "not_as_described": "核对详情页的说法",
    "price": "说明价保规则",
    "missing": "复核出库",
    "courier": "和快递核对，换一家试",
    "unwanted": "看看主图和标题是不是让人误会",
    "other": "抽几段会话看看",
}


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


def _part(n: int, total: int) -> str:
    """How much of it that is: 占 62%, of few refunds 5 单里有 3 单."""
    return f"占 {percent(n / total)}" if total >= FEW else f"{total} 单里有 {n} 单"


def most_frequent(reasons: Mapping[str, tuple[int, int]]) -> str:
    """The reason of most refunds with its part: 「质量，占 31%」; of two that are equal both, of more their number."""
    total, most = sum(n for n, _ in reasons.values()), max(n for n, _ in reasons.values())
    first = [reason_name(code) for code, (n, _) in reasons.items() if n == most]
    if len(first) > _TWO:
        return f"{'、'.join(first[:_TWO])}等 {len(first)} 种，各 {most} 单"
    return f"{first[0]}，{_part(most, total)}" if len(first) == 1 else f"{'和'.join(first)}，各 {most} 单"


def _rate(refunds: int, sold: int) -> float | None:
    """Refunds of what was sold; None where so little was sold that it would tell about earlier sales."""
    return ratio(refunds, sold) if sold >= max(_ENOUGH_SOLD, refunds) else None


class Cause(NamedTuple):
    """Why a product comes back, and what to do: `fen` were asked back for this reason."""

    fen: int
    refunds: int
    what: str
    action: str

    @property
    def sentence(self) -> str:
        return f"{self.what}：{self.action}"


def causes(view: View, most: int = 5) -> list[Cause]:
    """The causes that stand out in a product's refunds, the costliest first."""
    by_product: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for a, b, n, v in view.sums("refund.d", ("a", "b"), b=view.product):
        by_product[b].append((n, v, a))
    sizes: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for a, b, n, _ in view.sums("refund.s", ("a", "b")):
        product, _, size = b.rpartition("|")
        sizes[(product, a)].append((n, size))
    found = []
    for product, rows in by_product.items():
        total = sum(n for n, _, _ in rows)
        n, v, code = max(rows, key=lambda row: (row[0], row[1]))
        if n < _FEWEST or n / total < 0.3:
            continue
        detail, where = code.partition("/")[2] or code, ""
        spread = sorted(sizes.get((product, code), ()), reverse=True)
        if spread and spread[0][0] / sum(c for c, _ in spread) >= 0.5 and detail.startswith("too_"):
            where = f"，主要是 {spread[0][1]}"
        of = f"{n}/{total} 单，" if total >= FEW else ""
        few = f" {total} 单里有 {n} 单是{reason_name(code)}"
        part = f"里{reason_name(code)}{_part(n, total)}" if total >= FEW else few
        what = f"「{view.product_name(product)}」的退货{part}（{of}{v / 100:,.0f} 元）{where}"
        found.append(Cause(v, n, what, ACTIONS.get(detail, "抽几段会话看看")))
    return sorted(found, reverse=True)[:most]


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
