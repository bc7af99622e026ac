"""Parcels of the sample shop: waybill numbers and the scans a carrier would have written.

A journey is a list of steps with their hours since shipping. A parcel stands at one step, whose
scan has a wanted age; the times of the earlier scans follow backwards from it. So "stuck for three
days" and "out for delivery this morning" hold whatever `now` is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from xiaoer.app.demo.dates import start_of_day, write_day, write_time
from xiaoer.app.demo.people import Place
from xiaoer.app.demo.shelf import Good, Row

COURIERS = ["王师傅", "刘师傅", "陈师傅", "小赵", "老孙", "小周", "郭师傅", "马师傅"]


@dataclass(frozen=True)
class Depot:
    """A place the shop sends from (发货地)."""

    city: str
    name: str
    hub: str
    carriers: tuple[str, ...]
    # Goods from the far depots go straight to the buyer's hub; `Place` knows the eastern roads.
    straight_hours: int | None = None


HANGZHOU = Depot("杭州市", "杭州余杭仓", "杭州转运中心", ("中通快递", "中通快递", "韵达快递"))
JIAXING = Depot("嘉兴市", "嘉兴食品仓", "嘉兴转运中心", ("中通快递", "韵达快递"))
COLD = Depot("嘉兴市", "嘉兴冷链仓", "嘉兴冷链转运中心", ("顺丰速运",))
DANDONG = Depot("丹东市", "丹东草莓基地", "沈阳冷链转运中心", ("顺丰速运",), 30)
ANJI = Depot("湖州市", "安吉家具仓", "杭州大件转运中心", ("德邦快递",))
FOSHAN = Depot("佛山市", "佛山家具仓", "广州大件转运中心", ("德邦快递",), 34)

_SPECIAL = {"P1213": DANDONG, "P1214": COLD, "P1306": ANJI, "P1307": FOSHAN}
_WAYBILLS = {
    "中通快递": ("78", 12),
    "韵达快递": ("43", 13),
    "顺丰速运": ("SF", 13),
    "德邦快递": ("DPK", 12),
}


class Stage(Enum):
    """Where a parcel stands; the order is the order of the journey."""

    LABELLED = "已出单，还没揽收"
    COLLECTED = "已揽收"
    LEFT_ORIGIN = "离开发货地"
    MIDWAY = "中转"
    AT_HUB = "到达目的地转运中心"
    AT_BRANCH = "到达派送网点"
    DELIVERING = "派送中"
    SIGNED = "已签收"


class Handover(Enum):
    """Who took the parcel in; the last two are how disputes begin (签收未收到)."""

    SELF = "签收人：本人"
    FAMILY = "签收人：家人代收"
    STATION = "已存放至驿站，凭取件码领取"
    LOCKER = "已放入小区快递柜，如未取到请联系快递员"
    DOOR = "已放在门口，签收人：他人代收"


@dataclass(frozen=True)
class Step:
    stage: Stage
    hours: float
    text: str


@dataclass(frozen=True)
class Parcel:
    """One shipment row and the times an order takes from it."""

    waybill_no: str
    carrier: str
    shipped_at: datetime
    delivered_at: datetime | None
    traces: list[Row]


def choose_depot(good: Good) -> Depot:
    """Say where a good is sent from, as knowledge entry 从哪里发货 tells buyers."""
    if good.product_id in _SPECIAL:
        return _SPECIAL[good.product_id]
    return JIAXING if good.category == "食品" else HANGZHOU


def send_parcel(
    depot: Depot,
    place: Place,
    *,
    stage: Stage,
    last_scan_at: datetime,
    random: Random,
    handover: Handover = Handover.SELF,
    arrives_at: datetime | None = None,
    returned: bool = False,
) -> Parcel:
    """Make the parcel that stands at `stage` since `last_scan_at`; LABELLED has no scan yet.

    `arrives_at` is announced by the carrier when the parcel leaves the last hub.
    """
    carrier = random.choice(depot.carriers)
    waybill_no = _number_waybill(carrier, random)
    steps = _plan_journey(depot, place, arrives_at, handover, random)
    done = [step for step in steps if _position(step.stage) <= _position(stage)]
    if not done:
        return Parcel(waybill_no, carrier, last_scan_at, None, [])

    shipped_at = last_scan_at - timedelta(hours=done[-1].hours)
    traces = [{"at": write_time(shipped_at + timedelta(hours=step.hours)), "text": step.text} for step in done]
    if returned:
        traces[-1]["text"] = f"【{place.city}】收件地址无法派送，快件退回 {depot.name}"
    delivered_at = last_scan_at if stage is Stage.SIGNED else None
    return Parcel(waybill_no, carrier, shipped_at, delivered_at, traces)


def out_since_morning(now: datetime, random: Random) -> datetime:
    """A time this morning at which a courier set out; a little while ago when it is early."""
    morning = start_of_day(now) + timedelta(hours=8, minutes=random.randint(0, 80))
    return morning if morning < now else now - timedelta(minutes=random.randint(12, 40))


def shipment_row(order_id: str, parcel: Parcel) -> Row:
    return {
        "waybill_no": parcel.waybill_no,
        "order_id": order_id,
        "carrier": parcel.carrier,
        "traces": parcel.traces,
    }


def _plan_journey(
    depot: Depot,
    place: Place,
    arrives_at: datetime | None,
    handover: Handover,
    random: Random,
) -> list[Step]:
    hours = 0.0

    def after(low: float, high: float) -> float:
        nonlocal hours
        hours += round(random.uniform(low, high), 2)
        return hours

    courier = f"{random.choice(COURIERS)}（电话1390000{random.randint(8000, 8999)}）"
    promise = f"，预计{write_day(arrives_at)}送达" if arrives_at else ""
    via = None if depot.straight_hours else place.via
    road = depot.straight_hours or place.road_hours
    next_hub = via or place.hub
    local = depot.hub == place.hub
    steps = [
        Step(Stage.COLLECTED, after(1, 4), f"【{depot.city}】{depot.name} 已揽收"),
        Step(Stage.COLLECTED, after(2, 5), f"【{depot.city}】快件到达 {depot.hub}"),
    ]
    if not local:
        text = f"【{depot.city}】快件离开 {depot.hub}，发往 {next_hub}"
        steps.append(Step(Stage.LEFT_ORIGIN, after(1, 3), text))
        leg = road / 2 if via else road
        if via:
            text = f"快件到达 {via}"
            steps.append(Step(Stage.MIDWAY, after(leg * 0.9, leg * 1.1), text))
            text = f"快件离开 {via}，发往 {place.hub}"
            steps.append(Step(Stage.MIDWAY, after(1, 3), text))
        text = f"【{place.city}】快件到达 {place.hub}"
        steps.append(Step(Stage.AT_HUB, after(leg * 0.9, leg * 1.1), text))
    text = f"【{place.city}】快件离开 {place.hub}，发往 {place.branch}{promise}"
    steps.append(Step(Stage.AT_HUB, after(1, 3), text))
    branch = f"【{place.city}】快件到达 {place.branch}"
    steps.append(Step(Stage.AT_BRANCH, after(3, 6), branch))
    text = f"【{place.city}】{courier}正在派送，请保持电话畅通"
    steps.append(Step(Stage.DELIVERING, after(2, 5), text))
    steps.append(Step(Stage.SIGNED, after(1, 5), f"【{place.city}】已签收，{handover.value}"))
    return steps


def _position(stage: Stage) -> int:
    return list(Stage).index(stage)


def _number_waybill(carrier: str, random: Random) -> str:
    prefix, digits = _WAYBILLS[carrier]
    return prefix + "".join(random.choices("0123456789", k=digits))
