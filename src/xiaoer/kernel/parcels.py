"""The stage of a parcel (运输阶段), told by its newest scan.

Carriers write free text, so stages are told by the trade's fixed words.
"""

from enum import StrEnum

from xiaoer.kernel.commerce import Shipment

_WORDS = (
    ("signed", ("已签收", "签收人", "已由", "代收", "已妥投", "已取件")),
    ("returning", ("退回", "退件", "拦截", "拒收")),
    ("station", ("驿站", "自提柜", "快递柜", "丰巢", "待取件", "取件码")),
    ("delivering", ("派送", "派件", "正在送", "配送中")),
    ("trouble", ("异常", "滞留", "破损", "联系不上", "地址不详")),
    ("picked_up", ("揽收", "已揽件", "收件", "已收取")),
)


class Stage(StrEnum):
    """运输阶段 of one parcel."""

    NO_SCAN = "no_scan"
    PICKED_UP = "picked_up"
    MOVING = "moving"
    DELIVERING = "delivering"
    STATION = "station"
    SIGNED = "signed"
    RETURNING = "returning"
    TROUBLE = "trouble"


def stage_of(shipment: Shipment) -> Stage:
    """Tell the stage from the newest scan; an unknown wording means it is moving."""
    if not shipment.traces:
        return Stage.NO_SCAN
    last = shipment.traces[-1].text
    for stage, words in _WORDS:
        if any(word in last for word in words):
            return Stage(stage)
    return Stage.MOVING
