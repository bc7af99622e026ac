"""知识缺口: questions that were asked and not answered, the most asked first."""

from datetime import datetime, time, timedelta
from typing import Any

from xiaoer.flows.show_insights.page import Card, Column, Drill, How, Page, Table
from xiaoer.flows.show_insights.view import View, change, percent, ratio
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.days import as_date
from xiaoer.slices.learning import api as learning

_HOW = (How("gap@1", "没答上的问题", "机器人接待时没有给出回答、也没有转人工的提问，按问法归并计数。"),)
_TOP = 50
_FIRST = 10
_EXAMPLES = 5


def show_gaps(view: View) -> Page:
    """The page."""
    rows = view.sums("gap", ("a",), b=view.product, limit=_TOP)
    before = {a: n for a, n, _ in view.sums("gap", ("a",), days=view.before, b=view.product)}
    asked = sum(n for n, _ in view.pairs("ask.d", b=view.product).values())
    missed = sum(n for n, _ in view.pairs("gap", b=view.product).values())
    texts = store.texts_of(view.connection, view.shop, [row[0] for row in rows])
    products: dict[str, tuple[str, int]] = {}
    for a, b, n, _ in view.sums("gap", ("a", "b")):
        if b and n > products.get(a, ("", 0))[1]:
            products[a] = (b, n)
    listed = tuple(
        {
            "id": id_,
            "question": texts.get(id_, ("", "（原文已按留存期限删除）"))[1],
            "intent_name": view.intent_name(texts.get(id_, ("", ""))[0]),
            "product_id": products.get(id_, ("", 0))[0],
            "product": view.product_title(products[id_][0]) if id_ in products else "",
            "count": n,
            "change": change(n, before.get(id_, 0)),
            "drill": Drill("gap", id_, view.product),
        }
        for id_, n, _ in rows
    )
    behind = Drill("gap", "", view.product)
    cards = (
        Card("missed", "没答上的提问", missed, before=sum(before.values()), good="down", how="gap@1", drill=behind),
        Card("share", "占全部提问", ratio(missed, asked), "ratio", good="down", how="gap@1", drill=behind),
        Card("kinds", "不同的问题", len(rows), note=_of_kinds(rows), how="gap@1", drill=behind),
    )
    finding = f"{missed} 次没答上，{_filling(rows, missed)}" if missed else _nothing_missed(view, asked)
    columns = (
        Column("question", "买家怎么问"),
        Column("intent_name", "意图"),
        Column("product", "主要商品"),
        Column("count", "次数", "number"),
        Column("change", "与上期比", "change"),
    )
    advice = ("到「知识 > 待补知识」里补上排在前面的问题，补完的第二天这里就会少下去。",) if missed else ()
    tables: tuple[Table, ...] = (Table("gaps", "没答上的问题", columns, listed, empty="都答上了。"),)
    if not (view.channel or view.product or view.agent):  # the gap loop works for the whole shop
        tables += (_to_fill(view),)
    empty = "" if asked else "有买家提问之后，这里会列出没答上的问题，按问的人多少排。"
    return Page("gaps", "知识缺口", finding, view.period, cards, (), tables, _HOW, advice, empty)


def _of_kinds(rows: list[Any]) -> str:
    return "" if len(rows) < _TOP else f"只列最多的 {_TOP} 个"


def _filling(rows: list[Any], missed: int) -> str:
    """How much the first ten questions would settle; without a share where these are all."""
    if len(rows) <= _FIRST:
        return f"都出在 {len(rows)} 个问题上"
    return f"补上前 {_FIRST} 个问题能解决 {percent(ratio(sum(row[1] for row in rows[:_FIRST]), missed))}"


def _nothing_missed(view: View, asked: int) -> str:
    if not asked:
        return "这段时间没有人提问"
    return "机器人接的问题都答上了" if view.flags()["bot_talks"] else "这段时间都是人工接待，没有机器人要答的问题"


def _to_fill(view: View) -> Table:
    """The clusters of the gap loop: not answered, guessed, corrected, asked again or handed over."""
    first, last = (datetime.combine(as_date(day), time(), SHOP_ZONE) for day in view.days)
    span = first, last + timedelta(days=1)
    found = learning.list_gaps(view.connection, view.shop, *span, limit=_TOP)
    rows = tuple(
        {
            "id": row.gap.id,
            "question": row.gap.question,
            "intent_name": view.intent_name(row.gap.intent),
            "conversations": row.count.conversations,
            "buyers": row.count.buyers,
            "change": change(row.count.conversations, row.before.conversations),
            "trend": list(row.trend),
            "answer": row.gap.answers[0].text if row.gap.answers else "",
            "talks": [
                ask.conversation_id
                for ask in learning.examples(view.connection, view.shop, row.gap.id, *span)[:_EXAMPLES]
            ],
        }
        for row in found
    )
    columns = (
        Column("question", "买家怎么问"),
        Column("intent_name", "意图"),
        Column("conversations", "会话", "number"),
        Column("buyers", "买家", "number"),
        Column("change", "与上期比", "change"),
        Column("trend", "近 14 天", "trend"),
        Column("answer", "同事怎么答"),
        Column("talks", "例子", "talks"),
    )
    note = "没答上、答得没把握、被纠正、追问和因此转人工的都算；每天夜里归并一次。"
    return Table("to-fill", "值得补的知识", columns, rows, note, "没有值得补的。")
