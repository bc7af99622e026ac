"""转化漏斗: from consulted to kept; where lost inquiries stopped; what they were worth; and those who never asked."""

from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.view import HANDLED, View, change, percent, ratio, share
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.blockers import BLOCKERS, STAGE_NAMES, STAGES

_HOW = (
    How(
        "funnel@1",
        "转化漏斗",
        "会话走到的最远一步；后一步包含前一步。下单、付款按咨询后 7 天内的订单算，没退指没有退款。",
    ),
    How(
        "blocker@1",
        "最后卡点",
        "没付款的询单会话里，买家走之前最后提到的顾虑；没人答上的算「没得到答复」。这是标签，不是因果。",
    ),
    How("lost@1", "流失估值", "卡住的会话数 × 所问商品的现价（最低规格价），没说商品的不计。"),
    How(
        "silent@1",
        "静默转化率",
        "没咨询就付款的访客 ÷ 没咨询的访客。和询单转化率并排看，不能当作咨询的效果：会咨询的人本来就更想买。",
    ),
)
_NO_ORDERS, _NO_PRICE = "还没有订单数据", "所问的商品没有价格"
_ASKED = Drill("funnel", "product")
_PAID, _BLOCKED = Drill("funnel", "paid"), Drill("blocker")
SUGGESTIONS = {
    "no_answer": "先补上没答到的问题，晚上和高峰让机器人先接",
    "price": "看看要不要给询单券，或把到手价写清楚",
    "stock": "补货，或在商品页写到货时间、推荐相近款",
    "delivery": "把发货时间和到货时间写进商品页",
    "size": "完善尺码表，让机器人按身高体重推荐",
    "after_sales": "在商品页写明质保、退换和运费险",
    "info": "把常问的参数补进详情页",
    "unknown": "抽几段会话看看他们为什么走",
}


def show_funnel(view: View) -> Page:
    """The page."""
    now, old = view.pairs("funnel"), view.pairs("funnel", days=view.before)
    steps = [now.get(stage, (0, 0))[0] for stage in STAGES]
    asked, paid = steps[1], steps[4]
    sells = _has_orders(view)
    rate = ratio(paid, asked) if sells else None
    before = ratio(old.get("paid", (0, 0))[0], old.get("product", (0, 0))[0])
    lost, blockers = _lost(view)
    silent, silent_old = _silent(view, view.days), _silent(view, view.before)
    cards = (
        Card("asked", "询单会话", asked, "number", old.get("product", (0, 0))[0], "none", "", None, "funnel@1", _ASKED),
        Card("rate", "询单付款率", rate, "ratio", before, "up", _NO_ORDERS * (not sells), None, "funnel@1", _PAID),
        Card("silent", "静默转化率", silent, "ratio", silent_old, note=_visitors(view, silent), how="silent@1"),
        Card("lost", "流失估值", _yuan(lost), "yuan", None, "down", _NO_PRICE * (not lost), None, "lost@1", _BLOCKED),
    )
    finding = _finding(asked, rate, blockers)
    empty = "" if steps[0] else "有买家咨询之后，这里会说清从咨询到付款每一步少了多少人、卡在哪里、值多少钱。"
    advice = tuple(
        f"{BLOCKERS[a]}卡住 {n} 个会话{about_worth(v / 100)}：{SUGGESTIONS[a]}" for a, (n, v) in blockers[:3] if n
    )
    charts = (_chart(steps, sells), _blocker_chart(blockers))
    tables = (_handled(view, sells), _blockers(view, blockers), _products(view))
    return Page("funnel", "转化漏斗", finding, view.period, cards, charts, tables, _HOW, advice, empty)


def about_worth(yuan: float | None) -> str:
    """「，约值 320 元」; nothing where no price is known."""
    return f"，约值 {yuan:,.0f} 元" if yuan else ""


def _yuan(fen: int) -> float | None:
    return fen / 100 if fen else None


def _has_orders(view: View) -> bool:
    """Whether anybody bought anything in the period: without orders nothing can be said of who paid."""
    return bool(store.sums(view.connection, view.shop, "shop", view.days, ("a",), a="paid"))


def _finding(asked: int, rate: float | None, blockers: list[tuple[str, tuple[int, int]]]) -> str:
    if not asked:
        return "这段时间没有人询单"
    paid = f"{asked} 个询单会话，" + (_NO_ORDERS if rate is None else f"付款 {percent(rate)}")
    if not blockers:
        return paid
    total = sum(n for _, (n, _) in blockers)
    name, (n, _) = blockers[0]
    return f"{paid}；没买的最多卡在{BLOCKERS[name]}（{percent(n / total)}）"


def prices_of(view: View) -> dict[str, int]:
    """The lowest price in fen of every product, now."""
    found: dict[str, int] = {}
    for variant in catalog.all_variants(view.connection, view.shop):
        if variant.product_id not in found or variant.price.fen < found[variant.product_id]:
            found[variant.product_id] = variant.price.fen
    return found


def _lost(view: View) -> tuple[int, list[tuple[str, tuple[int, int]]]]:
    prices = prices_of(view)
    found: dict[str, list[int]] = {}
    for a, b, n, _ in view.sums("blocker", ("a", "b"), b=view.product):
        kept = found.setdefault(a, [0, 0])
        kept[0] += n
        kept[1] += n * prices.get(b, 0)
    ranked = sorted(((a, (n, v)) for a, (n, v) in found.items()), key=lambda item: -item[1][0])
    return sum(v for _, (_, v) in ranked), ranked


def _visitors(view: View, silent: float | None) -> str:
    if silent is not None:
        return "没咨询的访客"
    return "按商品、客服看时没有" if view.product or view.agent else "还没有店铺的浏览记录"


def _silent(view: View, days: tuple[int, int]) -> float | None:
    shop = view.pairs("shop", days=days)
    return ratio(shop.get("paid_silent_seen", (0, 0))[0], shop.get("visited_silent", (0, 0))[0])


def _chart(steps: list[int], sells: bool) -> Chart:
    """The steps; without orders nothing is said of those that need one."""
    worst, drop = "", 0.0
    for place in range(1, len(STAGES) if sells else STAGES.index("ordered")):
        gone = 1 - steps[place] / steps[place - 1] if steps[place - 1] else 0.0
        if place >= 2 and gone > drop:
            worst, drop = f"{STAGE_NAMES[STAGES[place - 1]]} → {STAGE_NAMES[STAGES[place]]}", gone
    title = f"流失最多的一步：{worst}，少了 {percent(drop)}" if worst else "还看不出哪一步流失最多"
    return Chart(
        "funnel",
        title,
        "funnel",
        tuple(STAGE_NAMES[stage] for stage in STAGES),
        (Series("会话", tuple(float(step) for step in steps), "buyer"),),
        unit="个会话",
        drills=tuple(Drill("funnel", stage) for stage in STAGES),
    )


def _blocker_chart(blockers: list[tuple[str, tuple[int, int]]]) -> Chart:
    total = sum(n for _, (n, _) in blockers)
    title = (
        f"没买的会话里 {percent(blockers[0][1][0] / total)} 卡在{BLOCKERS[blockers[0][0]]}"
        if blockers
        else "没有卡住的会话"
    )
    return Chart(
        "blockers",
        title,
        "bar",
        tuple(BLOCKERS[a] for a, _ in blockers),
        (Series("会话", tuple(float(n) for _, (n, _) in blockers), "bad"),),
        unit="个会话",
        drills=tuple(Drill("blocker", a) for a, _ in blockers),
    )


def _handled(view: View, sells: bool) -> Table:
    found: dict[str, dict[str, int]] = {}
    for a, b, n, _ in view.sums("funnel", ("a", "b")):
        found.setdefault(b, {})[a] = n
    rows = tuple(
        {
            "id": handled,
            "name": HANDLED.get(handled, handled),
            **{stage: steps.get(stage, 0) for stage in STAGES},
            "rate": ratio(steps.get("paid", 0), steps.get("product", 0)) if sells else None,
            "drill": Drill("funnel", "product", handled),
        }
        for handled, steps in sorted(found.items(), key=lambda item: -item[1].get("consulted", 0))
    )
    columns = (
        Column("name", "谁接待"),
        *(Column(stage, STAGE_NAMES[stage], "number") for stage in STAGES),
        Column("rate", "询单付款率", "ratio"),
    )
    note = "几种接待方式面对的买家不同，差别不等于效果。"
    return Table("handled", "机器人、人工和两者都有", columns, rows, note, "没有会话。")


def _blockers(view: View, blockers: list[tuple[str, tuple[int, int]]]) -> Table:
    before = view.pairs("blocker", days=view.before, b=view.product)
    total = sum(n for _, (n, _) in blockers)
    rows = tuple(
        {
            "id": a,
            "blocker": BLOCKERS[a],
            "count": n,
            "share": share(n, total),
            "value": _yuan(v),
            "change": change(n, before.get(a, (0, 0))[0]),
            "suggestion": SUGGESTIONS[a],
            "drill": Drill("blocker", a, view.product),
        }
        for a, (n, v) in blockers
    )
    columns = (
        Column("blocker", "最后卡点"),
        Column("count", "会话", "number"),
        Column("share", "占比", "ratio"),
        Column("value", "约值", "yuan"),
        Column("change", "与上期比", "change"),
        Column("suggestion", "建议"),
    )
    return Table("blockers", "没买的卡在哪里", columns, rows, empty="没有卡住的询单。")


def _products(view: View) -> Table:
    prices = prices_of(view)
    found: dict[str, dict[str, int]] = {}
    for a, b, n, _ in view.sums("blocker", ("a", "b"), b=view.product):
        if b:
            found.setdefault(b, {})[a] = n
    rows = []
    for product, reasons in sorted(found.items(), key=lambda item: -sum(item[1].values()) * prices.get(item[0], 0)):
        top, total = max(reasons, key=lambda a: reasons[a]), sum(reasons.values())
        rows.append(
            {
                "id": product,
                "product": view.product_title(product),
                "count": total,
                "value": _yuan(total * prices.get(product, 0)),
                "top": BLOCKERS[top],
                "share": share(reasons[top], total),
                "drill": Drill("blocker", "", product),
            }
        )
    columns = (
        Column("product", "商品"),
        Column("count", "没买的会话", "number"),
        Column("value", "约值", "yuan"),
        Column("top", "主要卡点"),
        Column("share", "占比", "ratio"),
    )
    return Table("products", "流失最多的商品", columns, tuple(rows[:30]), empty="没有指明商品的流失。")
