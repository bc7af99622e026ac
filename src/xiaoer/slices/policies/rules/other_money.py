"""Orders that were not paid in yuan (外币订单): nothing is told, computed or done as if they were; people do it."""

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, Facts
from xiaoer.slices.policies.types import Move

_OF_AN_ORDER = ("diagnosis", "protection", "refundable")


def in_yuan(move: Move, index: int, known: Facts) -> Move:
    """The move, unless it would speak of money, or do something, with an order in another currency: people do that."""
    abroad = {order.id: order for order in known.orders or () if order.currency}
    if not abroad:
        return move
    order = move.act.slots.get("order") if move.act else None
    touched = [order.id] if isinstance(order, Order) else []
    touched += [need.key.partition("|")[0] for need in move.needs if need.kind in _OF_AN_ORDER]
    touched += [move.todo.order_id] if move.todo and move.todo.kind == "action" else []
    of = next((abroad[id_] for id_ in touched if id_ in abroad), None)
    if of is None or (move.act and move.act.template.startswith("ship.") and not move.needs):
        return move
    slots = {"order": of, "paid_as_told": of.paid_as_told}
    return Move(Act("fallback", index, "order.other_money", slots, rule_id="order.other_money"))
