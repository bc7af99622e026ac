"""What is behind a figure (下钻): the talks or refunds that gave to a cell, newest first."""

from typing import Any

from msgspec import Struct

from xiaoer.flows.show_insights import narrowed
from xiaoer.flows.show_insights.value import PURPOSES
from xiaoer.flows.show_insights.view import HANDLED, View, week_name
from xiaoer.slices.insights import look_up
from xiaoer.slices.insights.rules.blockers import BLOCKERS, STAGE_NAMES
from xiaoer.slices.insights.rules.measures import gifts_of, read_from_flags
from xiaoer.slices.insights.rules.reasons import reason_name
from xiaoer.slices.insights.types import ModelCall, RefundFacts, Row, Talk

_STEP = 500
_MOST = 2_000  # units looked at for one page: under two seconds on one core at worst
IN_A_FILE = 2_000
FILE_COLUMNS = {
    "at": "时间",
    "id": "编号",
    "product": "商品",
    "said": "内容",
    "amount": "金额（元）",
    "handled": "谁接待",
    "agent": "客服",
    "stage": "走到哪一步",
    "blocker": "卡点",
    "mood": "离开时的情绪（-1 到 1）",
    "score": "质检分",
    "courier": "快递",
    "batch": "批次",
}
_OF_ITS_PRODUCT = ("blocker", "trigger", "refund", "refund.d", "refund.w")  # `b` is the product of the unit itself
_DIRECT = {"refund": "stage", "blocker": "mark"}


class Behind(Struct, frozen=True):
    """One page; `next` continues after it, empty at the end. `seen` is how many units were looked at."""

    items: tuple[dict[str, Any], ...]
    next: str
    seen: int


def list_behind(
    view: View, kind: str, family: str, a: str, b: str, after: int, limit: int, *, some: bool = False
) -> Behind:
    """Units that gave to the family at `a` · `b` (empty: anything), from the `after`th unit of the period on; `a`, and
    with `some` `b` too, may be several names, joined by `|`."""
    formulas = [f for f in view.formulas if not read_from_flags(f)]
    items: list[dict[str, Any]] = []
    place = after
    below = 100 if family == "finding" else None
    direct, wanted = {_DIRECT[family]: a} if family in _DIRECT and a else {}, frozenset(a.split("|"))
    direct |= {"product": view.product} if family not in narrowed.BY_PRODUCT else {}
    direct |= {"agent": view.agent} if family not in narrowed.BY_AGENT else {}
    direct |= {"product": b} if b and not some and family in _OF_ITS_PRODUCT else {}
    b = b or (view.product if family in narrowed.BY_PRODUCT else view.agent if family in narrowed.BY_AGENT else "")
    among = frozenset(b.split("|") if some else (b,))
    while place - after < _MOST:
        rows = look_up.list_units(
            view.connection,
            view.shop,
            kind,
            (view.days[0] - 1, view.days[1]),
            limit=_STEP,
            offset=place,
            score_below=below,
            channel=view.channel,
            **direct,
        )
        for row in rows:
            place += 1
            gifts = [g for g in gifts_of(row, formulas) if g.key.family == family]
            fitting = [
                g
                for g in gifts
                if view.days[0] <= g.key.day <= view.days[1]
                and (not a or g.key.a in wanted)
                and (not b or g.key.b in among)
                and (g.n or g.v)
            ]
            if family == "flag" and a:
                fitting = [g for g in fitting if g.v]
            if fitting:
                items.append(_item(view, row, sum(g.n for g in fitting), sum(g.v for g in fitting)))
                if len(items) == limit:
                    return Behind(tuple(items), str(place), place - after)
        if len(rows) < _STEP:
            return Behind(tuple(items), "", place - after)
    return Behind(tuple(items), str(place), place - after)


def all_behind(view: View, kind: str, family: str, a: str, b: str, *, some: bool = False) -> list[dict[str, Any]]:
    """The newest of what is behind a figure, as many as a file holds."""
    items: list[dict[str, Any]] = []
    after = 0
    while len(items) < IN_A_FILE:
        found = list_behind(view, kind, family, a, b, after, IN_A_FILE - len(items), some=some)
        items += found.items
        if not found.next:
            break
        after = int(found.next)
    return items


def _item(view: View, row: Row, n: int, v: int) -> dict[str, Any]:
    item: dict[str, Any] = {"id": row.id, "at": row.at, "channel": row.channel, "n": n, "v": v}
    facts = row.facts
    if isinstance(facts, Talk):
        item |= {
            "conversation_id": row.id,
            "product": view.product_title(row.product) if row.product else "",
            "agent": view.agent_name(row.agent) if row.agent else "",
            "handled": HANDLED.get(row.handled, row.handled),
            "stage": STAGE_NAMES.get(row.stage, row.stage),
            "blocker": BLOCKERS.get(row.mark, row.mark),
            "mood": row.mood / 100,
            "score": row.score,
            "asks": "、".join(dict.fromkeys(view.intent_name(i) for ask in facts.asks for i in ask.intents)),
        }
    elif isinstance(facts, RefundFacts):
        item |= {
            "conversation_id": facts.conversation_id,
            "order_id": f"****{facts.order_id[-6:]}",
            "product": view.product_title(row.product) if row.product else "",
            "amount": row.value_fen / 100,
            "said": facts.words or reason_name(f"{facts.reason}/{facts.detail}".rstrip("/")),
            "courier": facts.courier,
            "batch": week_name(facts.batch),
        }
    elif isinstance(facts, ModelCall):
        spent = f"输入 {facts.tokens_in:,}、输出 {facts.tokens_out:,} 词元" if facts.ok else "没有成功"
        item |= {
            "conversation_id": facts.conversation_id,
            "said": PURPOSES.get(facts.purpose, facts.purpose),
            "amount": round(facts.microyuan / 1_000_000, 4),
            "stage": facts.model,
            "blocker": spent,
        }
    return item
