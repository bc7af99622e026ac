"""原话细分: the sub-reasons of every reason, made from what buyers said about their refunds."""

from collections import Counter, defaultdict
from typing import Any

from xiaoer.flows.show_insights.page import Column, Drill, How, Table
from xiaoer.flows.show_insights.view import View, share
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.reasons import REASONS
from xiaoer.slices.insights.rules.themes import Said, count_pieces, find_themes, reason_of

_MOST = 600  # questions of the period that are looked at, the most frequent first
_ROWS = 40
_BEHIND = 80  # questions that a drill names; the rest of a sub-reason is said by one buyer each
HOW_SAID = How(
    "said@1",
    "原话细分",
    "每个退款原因下，把买家的原话按最能说明问题的词归到一起，用这个词命名；只算说了话的退款，少于 2 单的不列。",
)
_COLUMNS = (
    Column("name", "买家的说法"),
    Column("reason", "原因"),
    Column("count", "单数", "number"),
    Column("share", "占该原因", "ratio"),
    Column("example", "原话"),
)


def table_of_words(view: View) -> Table:
    """Sub-reasons with counts, shares, examples and what is behind them."""
    rows = view.sums("refund.w", ("a",), b=view.product, limit=_MOST)
    texts = store.texts_of(view.connection, view.shop, [key for key, _, _ in rows])
    said: dict[str, list[Said]] = defaultdict(list)
    for key, count, _ in rows:
        intent, text = texts.get(key, ("", ""))
        if reason := reason_of(intent):
            said[reason].append(Said(key, count, text))
    pieces = {reason: count_pieces(found) for reason, found in said.items()}
    everywhere = sum(pieces.values(), Counter[str]())
    found: list[dict[str, Any]] = []
    for reason, wordings in said.items():
        whole = pieces[reason][""]
        for theme in find_themes(wordings, everywhere - pieces[reason]):
            found.append(
                {
                    "id": f"{reason}/{theme.keys[0]}",
                    "name": f"「{theme.name}」",
                    "reason": REASONS.get(reason, reason),
                    "count": theme.count,
                    "share": share(theme.count, whole),
                    "example": "；".join(theme.examples[:2]),
                    "drill": Drill("refund.w", "|".join(theme.keys[:_BEHIND]), view.product, "refund"),
                }
            )
    found.sort(key=lambda row: (-row["count"], row["id"]))
    empty = "买家在会话里说清为什么退之后，这里会用他们自己的话分出细的原因。"
    return Table("said", "买家自己怎么说", _COLUMNS, tuple(found[:_ROWS]), "同一原因下按原话归类，点开看会话。", empty)
