"""Which candidate replies are shown (推荐回复): at most three, best first, no two that say the same."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from xiaoer.slices.assist.types import NextAction, Suggestion

_MOST = 3
_SAME = 0.8
_ANGRY = 0.6
_RANK = {"draft": 0, "knowledge": 1, "canned": 2}
_TICKET_BY_INTENT = (
    ("after.return", "return", "建退货工单"),
    ("after.exchange", "exchange", "建换货工单"),
    ("after.missing", "resend", "建补发工单"),
    ("after.repair", "repair", "建维修工单"),
    ("order.invoice", "invoice", "登记开票"),
    ("order.change_address", "change_address", "登记改地址"),
    ("ship.stuck", "parcel", "建物流核实工单"),
    ("ship.lost", "parcel", "建物流核实工单"),
    ("ship.urge", "urge_ship", "登记催发货"),
    ("promo.price_protect", "price_protect", "建价保工单"),
    ("service.complaint", "complaint", "建投诉工单"),
)


def choose(
    candidates: Sequence[Suggestion], first: Sequence[Suggestion] = (), *, first_leads: bool = False
) -> tuple[Suggestion, ...]:
    """The best three: the draft first, then knowledge by score, then `first` words and canned replies in their order.

    `first_leads`: the buyer only asked for a person, so that a greeting comes before any answer.
    """
    ranked = sorted(
        (*first, *candidates), key=lambda s: (_RANK[s.kind], -max((x.score for x in s.sources), default=0.0))
    )
    kept: list[Suggestion] = []
    for one in [*first, *ranked] if first_leads else ranked:
        if one.text.strip() and not any(_same(one.text, other.text) for other in kept):
            kept.append(one)
    return tuple(kept[:_MOST])


def _same(one: str, other: str) -> bool:
    return one in other or other in one or SequenceMatcher(None, one, other).ratio() >= _SAME


def warnings(anger: float, score: float, waiting_s: float) -> tuple[str, ...]:
    """What the agent should keep in mind before he writes."""
    found = []
    if anger >= _ANGRY:
        found.append("买家在生气，先道歉、再说怎么解决，别急着解释。")
    elif score <= -0.3:
        found.append("买家不太满意，先回应情绪，再给办法。")
    if waiting_s >= 100:
        found.append(f"买家已经等了 {int(waiting_s // 60)} 分 {int(waiting_s % 60)} 秒，先回一句。")
    return tuple(found)


def next_actions(intents: Sequence[str], anger: float, order_id: str | None, bought: bool) -> tuple[NextAction, ...]:
    """Next best actions, most useful first, at most three."""
    actions: list[NextAction] = []
    if anger >= _ANGRY:
        actions.append(NextAction("apologise", "先安抚", "非常抱歉给您带来不便，我马上帮您处理。"))
    for intent in intents:
        for prefix, type_, label in _TICKET_BY_INTENT:
            if intent.startswith(prefix):
                actions.append(NextAction("ticket", label, type_))
    if order_id and any(intent.startswith(("order.", "ship.", "after.")) for intent in intents):
        actions.append(NextAction("order", "查看订单", order_id))
    if not bought and any(intent.startswith(("promo.", "price.")) for intent in intents):
        actions.append(NextAction("coupon", "看看可用优惠"))
    if intents and all(intent in ("chat.thanks", "chat.bye", "chat.praise") for intent in intents):
        actions.append(NextAction("close", "结束会话"))
    return tuple(dict.fromkeys(actions))[:3]
