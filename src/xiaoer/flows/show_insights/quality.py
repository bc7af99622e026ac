"""服务复盘: automatic scores of every talk, what was found, who needs coaching, and whether people agree."""

from collections import defaultdict
from collections.abc import Iterator

from xiaoer.flows.show_insights.page import Card, Chart, Column, Drill, How, Page, Series, Table
from xiaoer.flows.show_insights.view import View, day_name, most_telling, percent, ratio
from xiaoer.slices.conversations import told
from xiaoer.slices.conversations.types import Message
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import look_up, reviews
from xiaoer.slices.insights.rules.days import instant, start_of
from xiaoer.slices.insights.rules.quality import FINDINGS, SHEET
from xiaoer.slices.knowledge import store as knowledge
from xiaoer.slices.privacy import api as privacy

_HOW = (
    How(
        "auto@1",
        "自动质检分",
        "八项共 100 分：" + "、".join(f"{item.title} {item.points}" for item in SHEET) + "。每个会话都评。",
    ),
    How(
        "agreement@1",
        "人机一致",
        "人工复核过的会话里，自动分与人工分平均差几分、排序是否一致（秩相关，最高 1），及格（≥80）判断一致的比例。",
    ),
)
_SCORED = Drill("score", "auto")
_EXAMPLES = 5
_SHOWN = 50  # contradicting answers that are listed


def show_quality(view: View) -> Page:
    """The page."""
    now, old = view.pairs("score", b=view.agent), view.pairs("score", days=view.before, b=view.agent)
    n, v = now.get("auto", (0, 0))
    old_n, old_v = old.get("auto", (0, 0))
    mean = ratio(v, n, 1)
    agreement = reviews.agreement(view.connection, view.shop)
    findings = sorted(view.pairs("finding", b=view.agent).items(), key=lambda item: -item[1][0])
    cards = (
        Card("score", "平均质检分", mean, "score", ratio(old_v, old_n, 1), "up", "", None, "auto@1", _SCORED),
        Card("count", "已自动质检", n, note="个会话", how="auto@1", drill=_SCORED),
        Card("reviewed", "人工复核", agreement.count, note="累计，见下面的清单", how="agreement@1"),
        *_agreed(agreement),
    )
    top = FINDINGS.get(findings[0][0], "") if findings else ""
    finding = (
        f"平均 {mean} 分" + (f"，扣分最多的是：{top}（{findings[0][1][0]} 个会话）" if top else "")
        if n
        else "还没有会话"
    )
    rows = tuple(
        {
            "id": code,
            "finding": FINDINGS.get(code, code),
            "count": count,
            "share": ratio(count, n),
            "drill": Drill("finding", code, view.agent),
        }
        for code, (count, _) in findings
    )
    columns = (Column("finding", "扣分项"), Column("count", "会话", "number"), Column("share", "占比", "ratio"))
    tables = (
        Table("findings", "扣在哪里", columns, rows, empty="没有扣分。"),
        _left_out(view),
        _denied(view),
        _coaching(view),
    )
    chart = _trend(view)
    empty = "" if n else "有会话之后，这里会给每个会话打分，列出扣分原因和每位客服要练什么。"
    return Page("quality", "服务复盘", finding, view.period, cards, (chart,), tables, _HOW, (), empty)


def _trend(view: View) -> Chart:
    """Mean points of every day; the title names the lowest of those that count."""
    found = {day: (n, v) for day, n, v in view.sums("score", ("day",), b=view.agent)}
    days = view.every_day()
    counts = [found.get(day, (0, 0))[0] for day in days]
    means = [ratio(v, n, 1) for n, v in (found.get(day, (0, 0)) for day in days)]
    worst = most_telling(means, counts, least=True)
    title = "每天的平均质检分" if worst is None else f"{day_name(days[worst])} 分数最低：平均 {means[worst]:.0f} 分"
    names = tuple(day_name(day) for day in days)
    series = (Series("平均分", tuple(means), "people"),)
    return Chart("trend", title, "line", names, series, "score", "分", drills=view.day_by_day(_SCORED))


def _agreed(agreement: reviews.Agreement) -> tuple[Card, ...]:
    """How far people and the automatic score agree, as far as that can be told yet."""
    cards = (
        Card("agree", "及格判断一致", agreement.same_verdict, "ratio", good="up", how="agreement@1"),
        Card("gap", "自动分和人工分平均差", agreement.mean_gap, "score", good="down", how="agreement@1"),
        Card("rank", "排序一致度", agreement.rank, good="up", note="最高 1", how="agreement@1"),
    )
    return tuple(card for card in cards if card.value is not None)


def _denied(view: View) -> Table:
    """What agents said that the knowledge or the shop's data contradict, with both texts, newest first."""
    facts = _facts(view, insights.DENIED)
    shown, texts = _newest(view, facts)
    named = list({fact["entry_id"] for fact in shown} - {""})
    answers = {id_: e.draft.answer for id_, e in knowledge.get_many(view.connection, view.shop, named).items()}
    rows = tuple(
        {
            "id": fact["message_id"],
            "agent": view.agent_name(fact["agent_id"]),
            "said": privacy.mask_text(texts.get(fact["message_id"], "（原话已删除）")),
            "about": fact["about"],
            "known": answers.get(fact["entry_id"], "（这条知识已删除）") if fact["entry_id"] else fact["about"],
            "talk": [fact["conversation_id"]],
        }
        for fact in shown
    )
    columns = (
        Column("agent", "客服"),
        Column("said", "客服这样说"),
        Column("known", "知识或店铺数据"),
        Column("about", "哪里不一样"),
        Column("talk", "会话", "talks"),
    )
    counted = f"共 {len(facts)} 句，列最近 {len(shown)} 句。" if facts else ""
    note = f"{counted}按核对时的知识判断；说的是某一单、某个包裹的不算。"
    return Table("denied", "和知识说得不一样", columns, rows, note, "没有发现客服的话和知识、店铺数据对不上。")


def _facts(view: View, type_: str) -> list[dict[str, str]]:
    """The facts of a type about agents' words, as far as the filters go; oldest first."""
    span = instant(start_of(view.days[0])), instant(start_of(view.days[1] + 1))
    wanted = {"channel": view.channel, "product_id": view.product, "agent_id": view.agent}
    found = insights.of_type(view.connection, view.shop, type_, *span)
    return [fact for fact in found if all(value in ("", fact[name]) for name, value in wanted.items())]


def _newest(view: View, facts: list[dict[str, str]]) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Those that are listed, newest first, and the texts of the messages of their talks."""
    shown = facts[: -_SHOWN - 1 : -1]
    lines = told.messages_of(view.connection, view.shop, list({fact["conversation_id"] for fact in shown}))
    return shown, {str(line.id): text for part in lines.values() for line, text in _in_one_go(part)}


def _in_one_go(lines: list[Message]) -> Iterator[tuple[Message, str]]:
    """Each message; one of the buyer with what he had said right before it."""
    before: list[str] = []
    for line in lines:
        before = [*before, line.text] if line.author == "buyer" else []
        yield line, " ".join(before) or line.text


def _left_out(view: View) -> Table:
    """Questions that were asked together with others, which alone were answered; newest first."""
    facts = _facts(view, insights.LEFT_OUT)
    shown, texts = _newest(view, facts)
    rows = tuple(
        {
            "id": fact["message_id"],
            "agent": view.agent_name(fact["agent_id"]),
            "asked": privacy.mask_text(texts.get(fact["message_id"], "（原话已删除）")),
            "about": view.intent_name(fact["about"]),
            "talk": [fact["conversation_id"]],
        }
        for fact in shown
    )
    columns = (
        Column("agent", "客服"),
        Column("asked", "买家一口气问的"),
        Column("about", "没答的"),
        Column("talk", "会话", "talks"),
    )
    counted = f"共 {len(facts)} 次，列最近 {len(shown)} 次。" if facts else ""
    note = f"{counted}会话歇下十分钟后才看；回了「稍等」「我查一下」的不算漏答。"
    return Table("left_out", "几个问题只答了一部分", columns, rows, note, "没有发现漏答。")


def _coaching(view: View) -> Table:
    """One line per agent: score, what to practise, good and bad examples."""
    scores = {b: (n, v) for b, n, v in view.sums("score", ("b",)) if b}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for a, b, n, _ in view.sums("finding", ("a", "b")):
        found[b].append((n, a))
    rows = []
    for agent, (n, v) in sorted(scores.items(), key=lambda item: item[1][1] / item[1][0]):
        worst = sorted(found.get(agent, ()), reverse=True)[:3]
        picked = look_up.examples(view.connection, view.shop, view.days, agent, _EXAMPLES, view.product)
        rows.append(
            {
                "id": agent,
                "agent": view.agent_name(agent),
                "talks": n,
                "score": round(v / n, 1),
                "practise": "；".join(f"{FINDINGS[a]}（{percent(c / n)}）" for c, a in worst) or "保持",
                "good": [row.id for row in picked[0]],
                "bad": [row.id for row in picked[1]],
                "drill": Drill("score", "auto", agent),
            }
        )
    columns = (
        Column("agent", "客服"),
        Column("talks", "会话", "number"),
        Column("score", "平均分", "score"),
        Column("practise", "要练什么"),
        Column("good", "好例子", "talks"),
        Column("bad", "要改的例子", "talks"),
    )
    return Table("coaching", "辅导清单", columns, tuple(rows), "分数低的在前。", "这段时间没有人工接待。")
