"""After-sale requests (售后单) of the sample shop: why they were opened and where they stand.

States follow the one path of Chinese shops, with the side who must act next:

    pending_review   待商家审核 (shop)      waiting_return  待买家寄回 (buyer)
    waiting_receipt  待商家收货 (shop)      waiting_refund  待退款 (shop)
    refunded         退款成功               rejected        商家拒绝
    withdrawn        买家撤销               timed_out       超时关闭
    platform_review  平台介入 (platform)    waiting_reship  换货待商家发出 (shop)
    reshipped        换货已发出             completed       换货完成
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from xiaoer.app.demo.dates import write_time
from xiaoer.app.demo.shelf import Row, write_yuan

OPEN_STATES = {
    "refund_only": ("pending_review", "waiting_refund", "platform_review"),
    "return_refund": ("pending_review", "waiting_return", "waiting_receipt", "waiting_refund"),
    "exchange": ("pending_review", "waiting_return", "waiting_receipt", "waiting_reship"),
}
ENDED_STATES = {
    "refund_only": ("rejected", "withdrawn"),
    "return_refund": ("rejected", "withdrawn", "timed_out"),
    "exchange": ("reshipped", "completed"),
}

# Before shipping and on the road buyers leave for other reasons than after opening the box.
UNSHIPPED_REASONS = (("不想要", 5), ("未按时发货", 3), ("价格", 3), ("其他", 1))
ON_THE_ROAD_REASONS = (("快递问题", 4), ("不想要", 3), ("其他", 1))
CLOTHES_REASONS = (("尺码", 62), ("不想要", 16), ("描述不符", 10), ("质量", 9), ("少件错件", 3))
GOODS_REASONS = (
    ("质量", 30),
    ("不想要", 24),
    ("破损", 20),
    ("少件错件", 14),
    ("描述不符", 10),
    ("假货", 2),
)


@dataclass(frozen=True)
class Claim:
    """What a buyer asks for; `amount` in fen, 0 for an exchange."""

    kind: str
    status: str
    reason: str
    amount: int
    created_at: datetime


def pick_reason(reasons: tuple[tuple[str, int], ...], random: Random) -> str:
    names = [name for name, _ in reasons]
    return random.choices(names, [weight for _, weight in reasons])[0]


def reasons_for(category: str) -> tuple[tuple[str, int], ...]:
    return CLOTHES_REASONS if category == "服装" else GOODS_REASONS


def refund_row(refund_id: str, order_id: str, claim: Claim) -> Row:
    return {
        "id": refund_id,
        "order_id": order_id,
        "kind": claim.kind,
        "status": claim.status,
        "reason": claim.reason,
        "amount": write_yuan(claim.amount),
        "created_at": write_time(claim.created_at),
    }
