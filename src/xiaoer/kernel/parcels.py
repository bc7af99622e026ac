"""The stage of a parcel (运输阶段), told by its newest scan: by the carrier's code, else by its words.

A code settles what it names. Codes for "under way" are coarse, so there the words may tell more (滞留, 派送), but they
never make a parcel signed for. Scans without a code are free text and told by the trade's fixed words.
"""

import re
from enum import StrEnum

from xiaoer.kernel.commerce import Shipment

_HANDED_OVER = re.compile(r"已签收|签收人[:：是为凭]|已妥投|已取件|(?:本人|他人|代)签收")
_TAKEN_IN = re.compile(r"已(?:由|被).{0,25}(?:签收|代收|领取)|已代收")  # by a neighbour, or by a station where it waits
_WAITS = re.compile(r"待取|[取提][件货]码|请.{0,6}(?:取件|领取|取货)")
_WORDS = (
    ("returning", ("退回", "退件", "拦截", "拒收")),
    ("station", ("驿站", "自提柜", "快递柜", "丰巢", "代收点", "待取件", "取件码")),
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


_CODES = {
    "created": Stage.NO_SCAN,
    "awaiting_pickup": Stage.NO_SCAN,
    "picked_up": Stage.PICKED_UP,
    "out_for_delivery": Stage.DELIVERING,
    "in_locker": Stage.STATION,
    "delivered": Stage.SIGNED,
    "exception": Stage.TROUBLE,
    "returning": Stage.RETURNING,
    "returned": Stage.RETURNING,
}
_UNDER_WAY = ("in_transit", "at_destination")


def stage_of(shipment: Shipment) -> Stage:
    """Tell the stage from the newest scan; an unknown code counts for nothing, an unknown wording means moving."""
    if not shipment.traces:
        return Stage.NO_SCAN
    last = shipment.traces[-1]
    told = _CODES.get(last.state)
    if told is not None:
        return told
    said = _said(last.text)
    return Stage.MOVING if said is Stage.SIGNED and last.state in _UNDER_WAY else said


def _said(text: str) -> Stage:
    if _HANDED_OVER.search(text) or (_TAKEN_IN.search(text) and not _WAITS.search(text)):
        return Stage.SIGNED
    for stage, words in _WORDS:
        if any(word in text for word in words):
            return Stage(stage)
    return Stage.MOVING
