"""Part of an order that is not sent yet (只去掉一样, 少要一件): no shop system cancels a line safely, so people do it.

An order is often called by one of its goods (牛仔裤取消), so what else is in it is named and asked about, unless the
words leave the rest alone (锅不要了，外套照发).
"""

import re
from typing import Any

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.memory import Matter
from xiaoer.slices.policies.rules.matters import several
from xiaoer.slices.policies.rules.matters.after_sale_words import HOW_MANY
from xiaoer.slices.policies.rules.matters.moves import done, question, todo
from xiaoer.slices.policies.types import Ask, Move

_WHOLE = re.compile(r"整单|全部|全都|都(?:取消|不要|退|别发)|一起(?:取消|退)|[那这]个?单|订单|[一二三四]单")
_ONLY_IT = re.compile(r"只|就|光|去掉|其[他它余]|别的|剩下|照|这[件个样]|单独")
_PIECES = re.compile(rf"(?:取消|退|去|减|不要|少[要发拿])(?:掉|了)?(?:其中)?的?([一二两三四五六七八九1-9]){PIECE}")


def told(ask: Ask, matter: Matter, order: Order) -> dict[str, str]:
    """What the words tell of the part: `line` by its ids, `count` of pieces, `extent` once it is sure how far it
    goes."""
    text = ask.segment.text
    if matter.asks == "extent":
        if _WHOLE.search(text) or _ONLY_IT.search(text) or several.lines_named(text, order):
            return {"extent": "all" if _WHOLE.search(text) else "part"}
        return {}
    spares = several.spares(text)
    if (_WHOLE.search(text) and not spares) or "line" in matter.slots:
        return {}
    lines = several.lines_named(text, order) or (list(order.items) if len(order.items) == 1 else [])
    found = _PIECES.search(text)
    count = HOW_MANY[found[1]] if found and len(lines) == 1 else 0
    fewer = bool(lines) and 0 < count < lines[0].quantity
    if not lines or (len(lines) == len(order.items) and not fewer):
        return {}
    line = {"line": several.as_one(lines, order).variant_id}
    if fewer:
        return {**line, "count": str(count), "extent": "part"}
    return {**line, "extent": "part"} if spares else line


def step(ask: Ask, matter: Matter, order: Order) -> Move | None:
    """Ask how far the cancelling goes, or have people take the part off; None where the whole order is meant."""
    item = several.of_ids(matter.slots.get("line", ""), order)
    extent = matter.slots.get("extent", "")
    if item is None or extent == "all":
        return None
    pieces = int(matter.slots.get("count", "0"))
    slots: dict[str, Any] = {"part": item.title.split("、"), "pieces": pieces}
    if not extent:
        return question(ask, replace(matter, asks="extent"), "part_off.extent", order, **slots)
    wish = f"去掉「{item.title}」{f' {pieces} 件' if pieces else ''}，其余照发"
    return done(ask, matter, todo(matter, "ticket", "change_order", wish=wish), order, "part_off", **slots)
