"""Parcels (物流包裹): how long nothing moved, and when it should arrive. Their stages: `xiaoer.kernel.parcels`.

An arrival is
an estimate and is worded as one: out for delivery means today, in the destination city means tomorrow,
otherwise `_TRANSIT` after pick-up.
"""

import re
from datetime import datetime, timedelta

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Shipment
from xiaoer.kernel.parcels import Stage, stage_of

STUCK_AFTER = timedelta(hours=48)  # platforms call a parcel stuck after 48 h without a scan
SCANNED_WITHIN = timedelta(hours=24)  # platforms want the pick-up scan within 24 h of 发货
_BOUND_FOR = re.compile(r"发往|前往|下一站")
_TRANSIT = timedelta(days=3)  # common domestic ground transit, used when no scan tells more


def is_stuck(shipment: Shipment, now: datetime) -> bool:
    """Whether nothing has moved for `STUCK_AFTER` though the parcel is under way."""
    on_the_way = stage_of(shipment) in (Stage.PICKED_UP, Stage.MOVING, Stage.DELIVERING, Stage.TROUBLE)
    return on_the_way and now - shipment.traces[-1].at >= STUCK_AFTER


def is_unscanned(shipped_at: datetime | None, shipment: Shipment, now: datetime) -> bool:
    """Whether a carrier should have scanned by now what was sent, and has not."""
    return stage_of(shipment) is Stage.NO_SCAN and shipped_at is not None and now - shipped_at >= SCANNED_WITHIN


def arrival_of(shipment: Shipment, now: datetime, city: str = "") -> datetime | None:
    """Estimate the day of arrival; None when it has arrived, comes back, or no honest estimate exists."""
    stage = stage_of(shipment)
    if stage in (Stage.SIGNED, Stage.STATION, Stage.RETURNING, Stage.TROUBLE, Stage.NO_SCAN) or is_stuck(shipment, now):
        return None
    if stage is Stage.DELIVERING:
        return now
    last = shipment.traces[-1]
    if city and city in _BOUND_FOR.split(last.text)[0]:
        return max(last.at + timedelta(days=1), now)
    return max(shipment.traces[0].at + _TRANSIT, now + timedelta(days=1))


def city_of(address: str) -> str:
    """The city of a Chinese address, without 市: 「浙江省杭州市西湖区…」 gives 杭州; empty when not told."""
    rest = address.split("省", 1)[-1].split("自治区", 1)[-1]
    head = rest.split("市", 1)[0] if "市" in rest else ""
    return head if 2 <= len(head) <= 5 else ""


def same_day(first: datetime, second: datetime) -> bool:
    """Whether two instants fall on one day of the shop."""
    return first.astimezone(SHOP_ZONE).date() == second.astimezone(SHOP_ZONE).date()
