"""Part of an unshipped order taken away (只取消一部分): one of several goods, or some pieces of them; the rest is sent.

What goes back is reckoned by the engine, for offers may not count any more on what is left. People do it: no shop
system takes single goods out of a paid order safely.
"""

import re
from typing import Any

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order, OrderItem
from xiaoer.kernel.decision import Need
from xiaoer.kernel.memory import Matter
from xiaoer.slices.policies.rules.matters import exchanging, several, swap_words
from xiaoer.slices.policies.rules.matters.moves import done, question, say, todo
from xiaoer.slices.policies.types import Ask, Move

# 风扇那单 names an order, not what shall go of it
_ORDER = re.compile(r"[^\s，,。；;]{1,10}?(?:那|这)(?:一|个)?(?:个?订单|单|笔)(?:子)?(?:里面?的?)?|里面?的")
_NAME = 16


def heard(text: str, order: Order) -> dict[str, str]:
    """The line and the number of its pieces that shall go; empty where it is the whole order, or not told."""
    words = _ORDER.sub("", text)
    told = swap_words.read(words, (), None)
    only = exchanging.only_one(words, order)
    lines = [only] if only is not None else several.lines_named(words, order)
    if not lines and len(order.items) == 1:
        lines = list(order.items)
    if len(lines) != 1:
        return {"line": several.as_one(lines, order).variant_id} if 1 < len(lines) < len(order.items) else {}
    line = lines[0]
    less = told.less or (line.quantity - told.left if told.left else line.quantity)
    whole = less >= line.quantity
    if len(order.items) == 1 and (whole or less <= 0):
        return {}
    return {"line": line.variant_id} if whole or less <= 0 else {"line": line.variant_id, "count": str(less)}


def part_of(matter: Matter, order: Order) -> OrderItem | None:
    """What shall go of the order; None for all of it."""
    item = several.of_ids(matter.slots.get("line", ""), order)
    if item is None or item.variant_id == "*":
        return None
    count = int(matter.slots.get("count", "0"))
    return replace(item, quantity=count) if 0 < count < item.quantity else item


def next_step(ask: Ask, matter: Matter, order: Order, part: OrderItem) -> Move:
    """The amount that goes back, the confirmation, and the ticket."""
    if order.status == "unpaid":
        return Move(say(ask, "order.unpaid_change", order), memory=ask.memory.without(matter.id))
    key = f"{order.id}|{exchanging.counted(part, order)}"
    need = Need("refundable", ask.index, key)
    if key not in ask.facts.refundable and need not in ask.facts.asked:
        return Move(needs=(need,))
    amount = ask.facts.refundable.get(key)
    counted = part.quantity > 1 or "#" in key
    pieces = part.quantity if counted else 0
    goods = part.title.split("、")
    if "yes" not in matter.slots:
        asking = replace(matter, asks="confirm")
        told: dict[str, Any] = {"goods": goods, "pieces": pieces}
        if amount is None:
            return question(ask, asking, "cancel.confirm_part_open", order, **told)
        return question(ask, asking, "cancel.confirm_part", order, amount=amount, **told)
    names = "、".join(title[:_NAME] for title in goods) + (f" {pieces} 件" if pieces else "")
    back = f"，退 {amount.yuan} 元" if amount is not None else ""
    wanted = todo(matter, "ticket", "change_order", wish=f"只取消 {names}，其余照发{back}")
    return done(ask, matter, wanted, order, "cancel_part", goods=goods, pieces=pieces)
