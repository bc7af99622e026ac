"""The 393 everyday orders of the sample shop, over every status a shop sees on a normal day.

A mix says how many orders stand where. Each order is drawn backwards: first where its parcel is
and since when, then when it must have been shipped, paid and placed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from xiaoer.app.demo.dates import waking_time
from xiaoer.app.demo.ledger import Ledger, Timeline
from xiaoer.app.demo.parcels import (
    Depot,
    Handover,
    Parcel,
    Stage,
    choose_depot,
    out_since_morning,
    send_parcel,
)
from xiaoer.app.demo.people import Person
from xiaoer.app.demo.pricing import Line, may_be_ordered
from xiaoer.app.demo.refunds import (
    ENDED_STATES,
    ON_THE_ROAD_REASONS,
    OPEN_STATES,
    UNSHIPPED_REASONS,
    Claim,
    pick_reason,
    reasons_for,
)
from xiaoer.app.demo.shelf import Good


@dataclass(frozen=True)
class Scene:
    """One kind of order: its status, how many, and how long ago the decisive thing happened.

    `stage` None means nothing was shipped; `hours` is then the age of the payment (or of the
    order, when `paid` is false), otherwise of the last scan. `after_sale` is empty, `open`,
    `refunded` or `ended`.
    """

    status: str
    count: int
    hours: tuple[float, float]
    stage: Stage | None = None
    paid: bool = True
    handovers: tuple[Handover, ...] = (Handover.SELF, Handover.FAMILY, Handover.STATION)
    returned: bool = False
    after_sale: str = ""


# Clothes and food are what this shop sells most of; the rest counts 2.
POPULARITY = {"服装": 5, "食品": 5, "宠物": 3}
UNPROVEN = (Handover.DOOR, Handover.LOCKER)
DAY = 24.0

SCENES = (
    Scene("unpaid", 23, (0.1, 14), paid=False),
    Scene("paid", 40, (0.3, 37)),
    Scene("paid", 7, (50, 110)),
    Scene("shipped", 6, (1, 9), Stage.LABELLED),
    Scene("shipped", 10, (1, 10), Stage.COLLECTED),
    Scene("shipped", 10, (1, 12), Stage.LEFT_ORIGIN),
    Scene("shipped", 6, (1, 10), Stage.MIDWAY),
    Scene("shipped", 9, (1, 9), Stage.AT_HUB),
    Scene("shipped", 7, (0.5, 6), Stage.AT_BRANCH),
    Scene("shipped", 14, (0, 0), Stage.DELIVERING),
    Scene("shipped", 8, (76, 128), Stage.AT_HUB),
    Scene("shipped", 3, (75, 110), Stage.LEFT_ORIGIN),
    Scene("shipped", 2, (20, 60), Stage.AT_BRANCH, returned=True),
    Scene("delivered", 49, (2, 9 * DAY), Stage.SIGNED),
    Scene("delivered", 6, (20, 70), Stage.SIGNED, handovers=UNPROVEN),
    Scene("completed", 106, (9 * DAY, 50 * DAY), Stage.SIGNED),
    Scene("completed", 14, (9 * DAY, 30 * DAY), Stage.SIGNED, after_sale="ended"),
    Scene("closed", 22, (30, 45 * DAY), paid=False),
    Scene("refunding", 6, (1, 70), after_sale="open"),
    Scene("refunding", 4, (76, 120), Stage.AT_HUB, after_sale="open"),
    Scene("refunding", 15, (12, 6 * DAY), Stage.SIGNED, after_sale="open"),
    Scene("refunded", 8, (3 * DAY, 40 * DAY), after_sale="refunded"),
    Scene("refunded", 18, (9 * DAY, 48 * DAY), Stage.SIGNED, after_sale="refunded"),
)


def fill_ledger(ledger: Ledger, goods: list[Good], people: list[Person], random: Random) -> None:
    """Enter every everyday order; `people` leaves out the demo buyer."""
    couponed: set[str] = set()
    number = 20000000
    for scene in SCENES:
        for _ in range(scene.count):
            number += random.randint(3, 97)
            person = random.choice(people)
            coupon = person.buyer_id not in couponed and random.random() < 0.25
            if coupon:
                couponed.add(person.buyer_id)
            _enter_order(ledger, f"8800{number}", scene, person, goods, coupon, random)


def _enter_order(
    ledger: Ledger,
    order_id: str,
    scene: Scene,
    person: Person,
    goods: list[Good],
    coupon: bool,
    random: Random,
) -> None:
    now = ledger.now
    while True:
        lines = _fill_basket(goods, random)
        happened_at = _decide_moment(scene, now, random)
        parcels = _send_parcels(scene, lines, person, happened_at, now, random)
        timeline = _reckon_back(scene, happened_at, parcels, random)
        if all(may_be_ordered(line.good, timeline.created_at, now) for line in lines):
            break
    entry = ledger.enter(order_id, person, scene.status, lines, timeline, parcels=parcels, coupon=coupon)
    if scene.after_sale:
        began = timeline.paid_at if scene.stage is None else happened_at
        assert began is not None
        index = random.randrange(len(lines))
        whole = scene.stage is not Stage.SIGNED
        amount = entry.payable if whole else entry.paid[index]
        category = lines[index].good.category
        ledger.claim(order_id, _open_claim(scene, category, amount, began, now, random))


def _fill_basket(goods: list[Good], random: Random) -> list[Line]:
    popularity = [POPULARITY.get(good.category, 2) for good in goods]
    first = random.choices(goods, popularity)[0]
    depot = choose_depot(first)
    mixed = random.random() < 0.25
    chosen = {first.product_id: first}
    for _ in range(random.choices((0, 1, 2), (60, 28, 12))[0]):
        good = random.choice(goods)
        if mixed or choose_depot(good) == depot:
            chosen.setdefault(good.product_id, good)
    return [Line(good, random.choices((1, 2, 3), (82, 14, 4))[0]) for good in chosen.values()]


def _decide_moment(scene: Scene, now: datetime, random: Random) -> datetime:
    if scene.stage is Stage.DELIVERING:
        return out_since_morning(now, random)
    happened_at = now - timedelta(hours=random.uniform(*scene.hours))
    by_a_person = scene.stage in (None, Stage.SIGNED)
    return waking_time(happened_at) if by_a_person else happened_at


def _send_parcels(
    scene: Scene,
    lines: list[Line],
    person: Person,
    happened_at: datetime,
    now: datetime,
    random: Random,
) -> tuple[Parcel, ...]:
    if scene.stage is None:
        return ()
    depots: list[Depot] = []
    for line in lines:
        depot = choose_depot(line.good)
        if depot not in depots:
            depots.append(depot)
    on_time = scene.stage is Stage.AT_HUB and now - happened_at < timedelta(hours=24)
    return tuple(
        send_parcel(
            depot,
            person.place,
            stage=scene.stage,
            last_scan_at=happened_at,
            random=random,
            handover=random.choice(scene.handovers),
            arrives_at=now + timedelta(days=1) if on_time else None,
            returned=scene.returned,
        )
        for depot in depots
    )


def _reckon_back(scene: Scene, happened_at: datetime, parcels: tuple[Parcel, ...], random: Random) -> Timeline:
    pause = timedelta(minutes=random.randint(1, 40))
    if not scene.paid:
        return Timeline(happened_at)
    if not parcels:
        return Timeline(happened_at - pause, happened_at)
    shipped_at = min(parcel.shipped_at for parcel in parcels)
    paid_at = waking_time(shipped_at - timedelta(hours=random.uniform(3, 34)))
    return Timeline(paid_at - pause, paid_at)


def _open_claim(scene: Scene, category: str, amount: int, began: datetime, now: datetime, random: Random) -> Claim:
    age = (now - began).total_seconds()
    within = min(age, 6 * DAY * 3600)
    created_at = began + timedelta(seconds=within * random.uniform(0.1, 0.9))
    if scene.stage is not Stage.SIGNED:
        reasons = UNSHIPPED_REASONS if scene.stage is None else ON_THE_ROAD_REASONS
        status = "refunded" if scene.after_sale == "refunded" else "pending_review"
        return Claim("refund_only", status, pick_reason(reasons, random), amount, created_at)

    if scene.after_sale == "refunded":
        kind, status = random.choice(("return_refund", "return_refund", "refund_only")), "refunded"
    else:
        states = OPEN_STATES if scene.after_sale == "open" else ENDED_STATES
        kind = random.choices(tuple(states), (2, 5, 3))[0]
        status = random.choice(states[kind])
    reason = pick_reason(reasons_for(category), random)
    if kind == "exchange":
        return Claim(kind, status, "尺码" if category == "服装" else "质量", 0, created_at)
    return Claim(kind, status, reason, amount, created_at)
