"""The weekly or monthly report (周报、月报): the five findings that matter, what to do, who, and by when.

It is composed from the same pages that the console shows. Each page offers findings with a weight, the weight being
money where money is known and people affected otherwise; the five heaviest of different kinds are told.
"""

from collections import Counter
from datetime import date, timedelta

from msgspec import Struct

from xiaoer.flows.show_insights.causes import ACTIONS, causes
from xiaoer.flows.show_insights.funnel import about_worth
from xiaoer.flows.show_insights.page import Chart, Page
from xiaoer.flows.show_insights.pages import PAGES, show_page
from xiaoer.flows.show_insights.service import WORST
from xiaoer.flows.show_insights.view import View, change
from xiaoer.slices.insights import alerts
from xiaoer.slices.insights.rules.days import as_date, micros, start_of
from xiaoer.slices.insights.types import Alert

_SHOWN_CHARTS = ("funnel", "blockers", "reasons", "rate", "split", "trend")
_MOST = 5
_STANDS_OUT = 3  # from so many on a product is named
_FILL_FIRST = 3  # open questions that are named
_PEOPLE_FEN = 2_000  # what one more buyer with the same trouble is taken to weigh against money: 20 yuan
_OWNERS = {
    "question": "运营",
    "returns": "商品",
    "lost": "运营",
    "service": "客服主管",
    "anger": "客服主管",
    "gap": "运营",
    "quality": "客服主管",
    "value": "店主",
}


class ReportFinding(Struct, frozen=True):
    """One finding with its action."""

    kind: str
    text: str
    action: str
    owner: str
    due: str
    weight: float
    page: str


class Report(Struct, frozen=True):
    """A report: `pages` are whole, for the workbook and for drilling."""

    title: str
    shop: str
    first: str
    last: str
    summary: str
    findings: tuple[ReportFinding, ...]
    charts: tuple[Chart, ...]
    pages: tuple[Page, ...]
    made_at: str


def write_report(view: View, shop_name: str, kind: str, made_at: str) -> Report:
    """The report of the view's days; `kind` week or month."""
    pages = {name: show_page(view, name) for name in PAGES}
    due = as_date(view.days[1]) + timedelta(days=7 if kind == "week" else 14)
    found = sorted(_candidates(view, pages, due), key=lambda finding: -finding.weight)
    told: list[ReportFinding] = []
    for finding in found:
        if sum(other.kind == finding.kind for other in told) < 2 and len(told) < _MOST:
            told.append(finding)
    charts = [chart for page in pages.values() for chart in page.charts if chart.id in _SHOWN_CHARTS and _has(chart)]
    name = "周报" if kind == "week" else "月报"
    return Report(
        f"{shop_name} 客服{name}",
        shop_name,
        view.period.first,
        view.period.last,
        _summary(view, pages),
        tuple(told),
        tuple(charts[:8]),
        tuple(pages.values()),
        made_at,
    )


def _has(chart: Chart) -> bool:
    return chart.show != "score" and any(value for series in chart.series for value in series.values)


def _summary(view: View, pages: dict[str, Page]) -> str:
    flags, old = view.flags(), view.flags(view.before)
    talks, before = flags["talks"], old["talks"]
    if not talks:
        return "这段时间没有会话。接入渠道或导入历史会话后，这里会写清大家在问什么、为什么退、卡在哪里。"
    moved = f"，上一期 {before:,} 个（{change(talks, before)}）" if before and not view.begins else ""
    figures = {card.id: card for name in ("value", "service") for card in pages[name].cards}
    said = [f"共接待 {talks:,} 个会话{moved}", pages["value"].finding]
    rate, solved = figures.get("taobao.reply_3min"), figures.get("bot_solved_strict")
    if rate is not None and rate.value is not None:
        said.append(f"转到人工的，3 分钟内回复 {rate.value:.0%}")
    if solved is not None and solved.value is not None:
        said.append(f"机器人接的，{solved.value:.0%} 一次说清：没转人工、没差评，24 小时内也没再来问")
    return "。".join(said) + "。"


def _candidates(view: View, pages: dict[str, Page], due: date) -> list[ReportFinding]:
    found: list[ReportFinding] = []

    def add(kind: str, text: str, action: str, weight: float, page: str, days: int = 0) -> None:
        when = (due + timedelta(days=days)).isoformat()
        found.append(ReportFinding(kind, text, action, _OWNERS[kind], when, weight, page))

    for alert in _spikes(view):
        times = float(alert.facts.get("times", 1))
        add(
            "question",
            alert.title,
            alert.advice,
            _PEOPLE_FEN * float(alert.facts.get("count", 1)) * min(times, 5),
            "alerts",
        )
    causes_ = causes(view, 3)
    for cause in causes_:
        add("returns", cause.what, cause.action, 2.0 * cause.fen, "after-sales")
    for row in pages["after-sales"].tables[0].rows[:1] if not causes_ else ():
        part = "" if row["share"] is None else f"（占 {row['share']:.0%}）"
        equal = sum(other["count"] == row["count"] for other in pages["after-sales"].tables[0].rows)
        which = f"并列最多的 {equal} 种原因里花钱最多的" if equal > 1 else "最多的原因"
        text = f"退款{which}是{row['reason']}：{row['count']} 单，{row['cost']:,.0f} 元{part}"
        text += _most_of(view, "refund.d", row["id"], "单")
        add("returns", text, ACTIONS[row["id"]], 100 * float(row["cost"]) * 2, "after-sales")
    for row in pages["funnel"].tables[1].rows[:3]:
        text = f"{row['count']} 个询单没买，卡在{row['blocker']}{about_worth(row['value'])}"
        text += _most_of(view, "blocker", row["id"], "个")
        weight = 100 * float(row["value"] or 0) * 0.3 or _PEOPLE_FEN * float(row["count"])
        add("lost", text, str(row["suggestion"]), weight, "funnel")
    rising = next((table.rows for table in pages["hot-questions"].tables if table.id == "rising"), ())
    for row in rising[:2]:
        text = f"「{row['question']}」问了 {row['count']} 次，{row['change']}"
        where = f"「{view.product_name(row['product_id'])}」的商品页" if row["product_id"] else "相关商品页"
        add("question", text, f"把答案写进{where}", _PEOPLE_FEN * float(row["count"]), "hot-questions")
    if open_asks := pages["gaps"].tables[0].rows[:_FILL_FIRST]:
        missed = next((card.value or 0 for card in pages["gaps"].cards if card.id == "missed"), 0)
        asked = "、".join(f"「{row['question']}」" for row in open_asks)
        add("gap", pages["gaps"].finding, f"先在「知识」里补{asked}", _PEOPLE_FEN * missed, "gaps")
    risk = next((card for card in pages["sentiment"].cards if card.id == "risk"), None)
    if risk is not None and risk.value:
        rows = pages["sentiment"].tables[0].rows
        why = f"，多半因为{rows[0]['trigger']}" if rows else ""
        text = f"{risk.value:.0f} 个会话有差评风险{why}"
        add("anger", text, "逐个回放没化解的会话，主动联系买家", 3 * _PEOPLE_FEN * risk.value, "sentiment", -4)
    rate = next((c for c in pages["service"].cards if c.id == "taobao.reply_3min"), None)
    if rate is not None and rate.value is not None and rate.target and rate.value < rate.target:
        text = f"转到人工的买家只有 {rate.value:.0%} 在 3 分钟内等到回复，参考线 {rate.target:.0%}"
        worst = next(
            (f"{c.title}；" for c in pages["service"].charts if c.id == "rate" and c.title.startswith(WORST)), ""
        )
        missed = float((rate.note or "0").split()[0]) * (rate.target - rate.value)
        add("service", text, f"{worst}{_busiest(view)}", 5 * _PEOPLE_FEN * max(1.0, missed), "service")
    # What was not answered is told as a gap already.
    lost = [row for row in pages["quality"].tables[0].rows if row["id"] not in ("missed", "no_source")]
    if lost:
        text = f"质检扣分最多的是：{lost[0]['finding']}（{lost[0]['count']} 个会话）"
        add(
            "quality",
            text,
            "按「辅导清单」和对应客服过一遍例子",
            _PEOPLE_FEN * float(lost[0]["count"]) * 0.5,
            "quality",
        )
    night = next(card for card in pages["value"].cards if card.id == "night")
    if night.value:
        text = f"夜里、周末和节假日机器人接待成交 {night.value:,.0f} 元" + (f"（{night.note}）" if night.note else "")
        add("value", text, "保持机器人夜里全自动，周末和节假日前更新知识", 100 * night.value * 0.1, "value")
    return found


def _busiest(view: View) -> str:
    """At which hour most want a person: there somebody is missing first."""
    hours = {hour: n for hour, n, _ in view.sums("load", ("hour",), a="wanted_people")}
    if not hours:
        return "看看谁在值班、同时接了几个会话"
    busiest = max(hours, key=lambda hour: (hours[hour], -hour))
    return f"要人工最多的是 {busiest} 点到 {busiest + 1} 点（{hours[busiest]} 个会话），先在这个时段加人"


def _most_of(view: View, family: str, code: str, unit: str) -> str:
    """Which product stands out in a count by (code, product): 「最多的是…」; nothing where none does."""
    by_product: Counter[str] = Counter()
    for a, b, n, _ in view.sums(family, ("a", "b"), b=view.product):
        if b and a.partition("/")[0] == code:
            by_product[b] += n
    if not by_product:
        return ""
    product, count = by_product.most_common(1)[0]
    return f"，最多的是「{view.product_name(product)}」（{count} {unit}）" if count >= _STANDS_OUT else ""


def _spikes(view: View) -> list[Alert]:
    first, last = start_of(view.days[0]), start_of(view.days[1] + 1)
    listed = alerts.listed(view.connection, view.shop, (), "spike", 50)
    return [alert for alert in listed if first <= micros(alert.at) < last and alert.state != "ignored"][:3]
