"""The order book of the sample shop: one call writes an order, its items and parcels."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from xiaoer.app.demo.dates import write_time
from xiaoer.app.demo.parcels import Parcel, shipment_row
from xiaoer.app.demo.people import Person
from xiaoer.app.demo.pricing import Line, price_order
from xiaoer.app.demo.refunds import Claim, refund_row
from xiaoer.app.demo.shelf import Row, write_yuan

# The shop's promise (shop.toml, knowledge entry 什么时候发货).
SHIP_WITHIN = timedelta(hours=48)


@dataclass(frozen=True)
class Timeline:
    """When an order was placed and paid; shipping and delivery come from its parcels."""

    created_at: datetime
    paid_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """What an order came to after discounts, in fen: the whole, and each line."""

    payable: int
    paid: tuple[int, ...]


@dataclass
class Ledger:
    """Orders as they are entered, with what follows from each: items, parcel, refund."""

    now: datetime
    orders: list[Row] = field(default_factory=list)
    order_items: list[Row] = field(default_factory=list)
    shipments: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)

    def enter(
        self,
        order_id: str,
        person: Person,
        status: str,
        lines: list[Line],
        timeline: Timeline,
        *,
        parcels: tuple[Parcel, ...] = (),
        coupon: bool = False,
    ) -> Entry:
        """Price the order as of its creation and write its rows."""
        bill = price_order(lines, at=timeline.created_at, now=self.now, level=person.level, coupon=coupon)
        shipped = [parcel.shipped_at for parcel in parcels]
        delivered = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
        arrived = bool(parcels) and len(delivered) == len(parcels)
        paid_at = timeline.paid_at
        self.orders.append(
            {
                "id": order_id,
                "buyer_id": person.buyer_id,
                "status": status,
                "created_at": write_time(timeline.created_at),
                "paid_at": write_time(paid_at) if paid_at else None,
                "shipped_at": write_time(min(shipped)) if shipped else None,
                "delivered_at": write_time(max(delivered)) if arrived else None,
                "address": person.place.address,
                "receiver": person.receiver,
                "phone": person.phone,
                "pay_amount": write_yuan(bill.payable),
                "promise_ship_at": write_time(paid_at + SHIP_WITHIN) if paid_at else None,
            }
        )
        for line, paid in zip(lines, bill.paid, strict=True):
            self.order_items.append(
                {
                    "order_id": order_id,
                    "variant_id": line.good.variant_id,
                    "title": line.good.title,
                    "quantity": line.quantity,
                    "price": write_yuan(line.good.price),
                    "pay_amount": write_yuan(paid),
                }
            )
        self.shipments.extend(shipment_row(order_id, parcel) for parcel in parcels)
        return Entry(bill.payable, bill.paid)

    def claim(self, order_id: str, claim: Claim) -> None:
        """Open an after-sale request on an order."""
        self.refunds.append(refund_row(f"R{order_id}", order_id, claim))
