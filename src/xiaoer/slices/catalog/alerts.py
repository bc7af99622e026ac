"""到货提醒: who wants to hear that a variant is back, and the job that says so.

A subscription is the buyer's own wish for one message about one variant; it is kept with the words he agreed to and
ends when it was told. When stock comes back, whatever wrote it, a job `stock.back` is ordered in the same transaction
(`infra/jobs.py`); whoever handles that job speaks to the buyer. Few systems tell when stock comes back, so as long as
somebody waits for a variant a job `stock.look` reads it again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, select, update

from xiaoer.infra import jobs
from xiaoer.infra.upsert import insert_new
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.tables import stock_alerts

STOCK_BACK = "stock.back"
STOCK_LOOK = "stock.look"
_LOOK_EVERY = timedelta(minutes=15)
_SETTLE = timedelta(seconds=30)  # a stock figure that jumps back at once tells nobody


class StockAlert(Struct, frozen=True):
    """One subscription. `consent` are the words that the buyer agreed to."""

    id: str
    buyer_id: str
    channel: str
    conversation_id: str
    product_id: str
    variant_id: str
    title: str
    consented_at: datetime
    consent: str
    state: str = "waiting"
    told_at: datetime | None = None


def subscribe(connection: Connection, shop: ShopId, alert: StockAlert) -> bool:
    """Keep a subscription; False when this buyer waits for this variant already."""
    waiting = select(stock_alerts.c.id).where(
        stock_alerts.c.shop == shop,
        stock_alerts.c.buyer_id == alert.buyer_id,
        stock_alerts.c.variant_id == alert.variant_id,
        stock_alerts.c.state == "waiting",
    )
    if connection.scalar(waiting):
        return False
    look_later(connection, shop, alert.variant_id, alert.consented_at)
    return insert_new(connection, stock_alerts, {**asdict(alert), "shop": shop})


def look_later(connection: Connection, shop: ShopId, variant_id: str, now: datetime) -> None:
    """Order the next look at a variant; one a quarter of an hour, however many wait for it."""
    due = now + _LOOK_EVERY
    slot = int(due.timestamp() // _LOOK_EVERY.total_seconds())
    jobs.enqueue(
        connection, shop, STOCK_LOOK, {"variant_id": variant_id}, at=due, id_=f"{STOCK_LOOK}:{variant_id}:{slot}"[:200]
    )


def is_awaited(connection: Connection, shop: ShopId, variant_id: str) -> bool:
    """Whether anybody still waits for this variant."""
    where = (stock_alerts.c.shop == shop, stock_alerts.c.variant_id == variant_id, stock_alerts.c.state == "waiting")
    return connection.scalar(select(stock_alerts.c.id).where(*where).limit(1)) is not None


def stock_changed(connection: Connection, shop: ShopId, in_stock: Iterable[str], now: datetime) -> int:
    """Order the news for everybody who waits for one of these variants; return how many were ordered."""
    ids, ordered = list(in_stock), 0
    if not ids or not connection.scalar(
        select(stock_alerts.c.id).where(stock_alerts.c.shop == shop, stock_alerts.c.state == "waiting").limit(1)
    ):
        return 0
    for start in range(0, len(ids), 500):
        chosen = (
            stock_alerts.c.shop == shop,
            stock_alerts.c.variant_id.in_(ids[start : start + 500]),
            stock_alerts.c.state == "waiting",
        )
        for row in connection.execute(select(stock_alerts).where(*chosen)):
            payload = {"alert_id": row.id, "buyer_id": row.buyer_id, "channel": row.channel, "title": row.title}
            payload |= {"variant_id": row.variant_id, "product_id": row.product_id}
            subject = f"buyer:{row.buyer_id}"[:200]
            ordered += jobs.enqueue(
                connection, shop, STOCK_BACK, payload, at=now + _SETTLE, id_=f"{STOCK_BACK}:{row.id}", subject=subject
            )
    return ordered


def told(connection: Connection, shop: ShopId, alert_id: str, now: datetime) -> bool:
    """End a subscription because the buyer was told; False when it was over already."""
    return _end(connection, shop, alert_id, "told", told_at=now)


def cancel(connection: Connection, shop: ShopId, alert_id: str) -> bool:
    """End a subscription that the buyer took back."""
    jobs.cancel(connection, shop, id_=f"{STOCK_BACK}:{alert_id}")
    return _end(connection, shop, alert_id, "cancelled")


def cancel_all(connection: Connection, shop: ShopId, buyer_id: str) -> int:
    """End everything that a buyer waits for; return how many."""
    return sum(cancel(connection, shop, alert.id) for alert in of_buyer(connection, shop, buyer_id))


def buyers_of(connection: Connection, shop: ShopId, variant_id: str) -> frozenset[str]:
    """Who waits, or waited, to be told about a variant."""
    where = (stock_alerts.c.shop == shop, stock_alerts.c.variant_id == variant_id, stock_alerts.c.state != "cancelled")
    return frozenset(connection.scalars(select(stock_alerts.c.buyer_id).where(*where)))


def awaited(connection: Connection, shop: ShopId, limit: int) -> list[str]:
    """Products of which somebody waits for a variant."""
    where = (stock_alerts.c.shop == shop, stock_alerts.c.state == "waiting")
    return list(connection.scalars(select(stock_alerts.c.product_id).where(*where).distinct().limit(limit)))


def of_buyer(connection: Connection, shop: ShopId, buyer_id: str) -> list[StockAlert]:
    """What a buyer waits for."""
    where = (stock_alerts.c.shop == shop, stock_alerts.c.buyer_id == buyer_id, stock_alerts.c.state == "waiting")
    rows = connection.execute(select(stock_alerts).where(*where).order_by(stock_alerts.c.id))
    return [StockAlert(**{name: getattr(row, name) for name in StockAlert.__struct_fields__}) for row in rows]


def _end(connection: Connection, shop: ShopId, alert_id: str, state: str, told_at: datetime | None = None) -> bool:
    where = (stock_alerts.c.shop == shop, stock_alerts.c.id == alert_id, stock_alerts.c.state == "waiting")
    return connection.execute(update(stock_alerts).where(*where).values(state=state, told_at=told_at)).rowcount == 1
