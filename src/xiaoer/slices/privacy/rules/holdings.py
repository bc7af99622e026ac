"""Where a buyer's words and traces are kept (个人信息清单), why, how long, and what becomes of them.

Every table that names a buyer or a conversation is here; a test over all tables sees to it. `delete` rows go when the
buyer asks for it or their time is over, `unlink` rows stay for figures without naming anybody, `keep` rows are what
disputes, money and proofs need: they are exported, and stay (个人信息保护法 19, 47).
"""

from typing import Literal

from msgspec import Struct

Deal = Literal["delete", "unlink", "keep"]
_CHAT = 3 * 365  # days; a dispute about a purchase may come within three years


class Holding(Struct, frozen=True):
    """One table. `buyer` or `conversation` is the column that tells whose rows they are; `at` when they were written.

    `days` after `at` rows are dealt with by themselves; 0 means only on request.
    """

    table: str
    purpose: str
    deal: Deal
    buyer: str = ""
    conversation: str = ""
    at: str = ""
    days: int = 0


# In the order in which they are dealt with: what hangs on a conversation goes before it.
HOLDINGS = (
    Holding("messages", "会话内容", "delete", conversation="conversation_id", at="at", days=_CHAT),
    Holding("turns", "回答的依据", "delete", conversation="conversation_id", at="at", days=_CHAT),
    Holding("learning_asks", "没答好的问题", "delete", "buyer_id", at="at", days=365),
    Holding("learning_differences", "预演的对比", "delete", conversation="conversation_id", at="at", days=90),
    Holding("desk_notes", "同事之间的备注", "delete", conversation="conversation_id", at="at", days=_CHAT),
    Holding("desk_marks", "会话标记", "delete", conversation="conversation_id"),
    Holding("desk_cases", "转人工的经过", "delete", conversation="conversation_id"),
    Holding("assist_promises", "客服的承诺", "delete", "buyer_id"),
    Holding("insight_reviews", "质检", "delete", conversation="conversation_id"),
    Holding("insight_alerts", "预警", "delete", conversation="conversation_id"),
    Holding("conversations", "会话", "delete", "buyer_id", at="last_at", days=_CHAT),
    Holding("buyer_cards", "买家备注和标签", "delete", "buyer_id"),
    Holding("stock_alerts", "到货提醒", "delete", "buyer_id"),
    Holding("outreach_runs", "触达旅程", "delete", "buyer_id"),
    Holding("outreach_sends", "触达记录", "delete", "buyer_id"),
    Holding("outreach_trials", "触达对照", "delete", "buyer_id"),
    Holding("outreach_interests", "购买意向", "delete", "buyer_id"),
    Holding("selling_refusals", "不要的推荐", "delete", "buyer_id"),
    Holding("buyers", "买家资料", "delete", "id"),
    Holding("events", "经营统计", "unlink", "buyer_id"),
    Holding("insight_units", "经营统计", "unlink", "buyer_id"),
    Holding("orders", "交易记录", "keep", "buyer_id"),
    Holding("shop_actions", "替买家办过的事", "keep", "buyer_id"),
    Holding("tickets", "售后和纠纷", "keep", "buyer_id"),
    Holding("coupons", "发出的优惠", "keep", "buyer_id"),
    Holding("bargain_grants", "答应过的价格", "keep", "buyer_id"),
    Holding("consents", "同意的证明", "keep", "buyer_id"),
)
# Tables of words that are masked and belong to nobody in particular, or hang on a row that is kept.
NOBODYS = {
    "knowledge_candidates": "masked passages of talks that a person reviews",
    "learning_gaps": "masked wordings of many buyers",
    "insight_wordings": "masked wordings of many buyers",
    "learning_golden": "written or approved by the shop",
    "ticket_log": "hangs on a ticket",
    "order_items": "hangs on an order",
    "shipments": "hangs on an order",
    "refunds": "hangs on an order",
    "order_proofs": "counts tries, by visitor, for 15 minutes",
}
