"""The sales funnel (转化漏斗) and why a lost inquiry stopped (最后卡点).

The last concern that a buyer voiced before leaving is taken for the blocker; a question that nobody answered comes
before it. It is a label of the talk, never called a cause.
"""

from xiaoer.slices.insights.rules.figures import bought, handled_by, is_inquiry
from xiaoer.slices.insights.rules.rounds import find_rounds
from xiaoer.slices.insights.types import Talk

STAGES = ("consulted", "product", "price", "ordered", "paid", "kept")
STAGE_NAMES = dict(zip(STAGES, ("咨询", "问商品", "谈价格或优惠", "下单", "付款", "没退"), strict=True))
BLOCKERS = {
    "no_answer": "没得到答复",
    "price": "价格",
    "stock": "没货",
    "delivery": "发货和到货时间",
    "size": "尺码拿不准",
    "after_sales": "担心质量和售后",
    "info": "商品资料不够",
    "unknown": "没说原因",
}
_BY_INTENT = {
    "price.query": "price",
    "product.stock": "stock",
    "product.restock": "stock",
    "promo.presale": "stock",
    "product.size_advice": "size",
    "product.size_chart": "size",
    "product.warranty": "after_sales",
    "product.authenticity": "after_sales",
    "product.quality": "after_sales",
    "product.safety": "after_sales",
    "order.pay": "price",
    "order.combine": "price",
}
_BY_GROUP = {"promo": "price", "ship": "delivery", "after": "after_sales", "product": "info"}
_IDLE = ("chat.", "oos.", "service.")
_WITHIN_DAYS = 7


def stages_of(talk: Talk) -> list[str]:
    """Every stage that the talk reached; a later one implies the earlier ones."""
    reached = 0
    if is_inquiry(talk):
        reached = 1
        if any(i.startswith(("price.", "promo.")) for ask in talk.asks for i in ask.intents):
            reached = 2
        if bought(talk, _WITHIN_DAYS, by="created"):
            reached = 3
        if paid := bought(talk, _WITHIN_DAYS):
            reached = 5 if any(d.refunded == 0 for d in paid) else 4
    return list(STAGES[: reached + 1])


def blocker_of(talk: Talk) -> str:
    """The last blocker of an inquiry that was not paid; "" when there is nothing to explain."""
    if not is_inquiry(talk) or bought(talk, _WITHIN_DAYS):
        return ""
    spoken = [ask for ask in talk.asks if not all(i.startswith(_IDLE) for i in ask.intents)]
    rounds = find_rounds(talk.beats, "rsa")
    if rounds and rounds[-1].end < 0:
        return "no_answer"
    if spoken and not spoken[-1].answered and handled_by(talk) != "both":
        return "no_answer"
    weak = ""
    for place, ask in enumerate(reversed(spoken)):
        labels = [label for intent in ask.intents if (label := _label(intent))]
        strong = [label for label in labels if label != "info"]
        if strong:
            return strong[-1]
        weak = weak or (labels[0] if labels else "")
        if weak and place >= 1:
            break
    return weak or "unknown"


def _label(intent: str) -> str:
    if intent.startswith(_IDLE):
        return ""
    return _BY_INTENT.get(intent) or _BY_GROUP.get(intent.split(".", 1)[0], "")
