"""The demo buyer's seven orders, one for each question buyers ask about orders.

Their numbers never change, so a visitor, a scenario or a screenshot can name them. The demo buyer
lives in Wuhan and holds a gold card.
"""

from datetime import datetime, timedelta
from random import Random

from xiaoer.app.demo.ledger import Ledger, Timeline
from xiaoer.app.demo.parcels import Parcel, Stage, choose_depot, send_parcel
from xiaoer.app.demo.people import Person
from xiaoer.app.demo.pricing import Line
from xiaoer.app.demo.refunds import Claim
from xiaoer.app.demo.shelf import Good

UNPAID = "880010010001"
PAID = "880010010002"
OVERDUE = "880010010003"
ARRIVING = "880010010004"
STUCK = "880010010005"
DELIVERED = "880010010006"
REFUNDING = "880010010007"


def enter_showcase(ledger: Ledger, goods: list[Good], person: Person, random: Random) -> None:
    """Enter the seven orders of the demo buyer."""
    now = ledger.now
    by_id = {good.variant_id: good for good in goods}

    def lines(*variants: str) -> list[Line]:
        return [Line(by_id[variant], 1) for variant in variants]

    def parcel(line: Line, stage: Stage, hours: float, arrives_at: datetime | None) -> Parcel:
        return send_parcel(
            choose_depot(line.good),
            person.place,
            stage=stage,
            last_scan_at=now - timedelta(hours=hours),
            random=random,
            arrives_at=arrives_at,
        )

    def placed(paid_at: datetime) -> Timeline:
        return Timeline(paid_at - timedelta(minutes=3), paid_at)

    coat = lines("V100103")
    ledger.enter(UNPAID, person, "unpaid", coat, Timeline(now - timedelta(minutes=50)))

    bedding = lines("V130101", "V131203")
    ledger.enter(PAID, person, "paid", bedding, placed(now - timedelta(hours=5)))

    lamp = lines("V151201")
    ledger.enter(OVERDUE, person, "paid", lamp, placed(now - timedelta(hours=62)))

    hoodie = lines("V100702")
    moving = parcel(hoodie[0], Stage.AT_HUB, 3, now + timedelta(days=1))
    paid_at = moving.shipped_at - timedelta(hours=9)
    ledger.enter(ARRIVING, person, "shipped", hoodie, placed(paid_at), parcels=(moving,))

    earbuds = lines("V150102")
    stuck = parcel(earbuds[0], Stage.LEFT_ORIGIN, 75, None)
    paid_at = stuck.shipped_at - timedelta(hours=14)
    ledger.enter(STUCK, person, "shipped", earbuds, placed(paid_at), parcels=(stuck,))

    shoes = lines("V101303")
    arrived = parcel(shoes[0], Stage.SIGNED, 48, None)
    paid_at = arrived.shipped_at - timedelta(hours=20)
    ledger.enter(DELIVERED, person, "delivered", shoes, placed(paid_at), parcels=(arrived,))

    dress = lines("V100202")
    tried = parcel(dress[0], Stage.SIGNED, 122, None)
    paid_at = tried.shipped_at - timedelta(hours=11)
    entry = ledger.enter(REFUNDING, person, "refunding", dress, placed(paid_at), parcels=(tried,))
    asked_at = now - timedelta(hours=68)
    claim = Claim("return_refund", "waiting_receipt", "尺码", entry.paid[0], asked_at)
    ledger.claim(REFUNDING, claim)
