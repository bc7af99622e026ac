"""What is newer (新旧): facts of one order from several sources, put together."""

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order, Shipment

PAID_BACK = ("refunded", "completed", "退款成功", "已退款", "完成")  # how shops call a refund that was paid


def merge_order(told: Order, known: Order | None) -> Order:
    """The order as told now, completed by what was known and the teller leaves out."""
    if known is None:
        return told
    traces = {parcel.waybill_no: parcel for parcel in known.shipments}
    shipments = tuple(_merge_parcel(parcel, traces.get(parcel.waybill_no)) for parcel in told.shipments)
    return replace(
        told,
        buyer_id=told.buyer_id or known.buyer_id,
        address=told.address or known.address,
        receiver=told.receiver or known.receiver,
        phone=told.phone or known.phone,
        items=told.items or known.items,
        refunds=told.refunds or known.refunds,
        shipments=shipments or known.shipments,
        paid_at=told.paid_at or known.paid_at,
        shipped_at=told.shipped_at or known.shipped_at,
        delivered_at=told.delivered_at or known.delivered_at,
        promise_ship_at=told.promise_ship_at or known.promise_ship_at,
    )


_FEWEST = 5  # parcels, below which a range of days says nothing


def usual_range(days: list[int]) -> tuple[int, int] | None:
    """The days that parcels usually took: from the first quarter to nine in ten; None when there are too few."""
    if len(days) < _FEWEST:
        return None
    ranked = sorted(days)
    low, high = ranked[len(ranked) // 4], ranked[min(len(ranked) - 1, len(ranked) * 9 // 10)]
    return max(1, low), max(1, low, high)


def _merge_parcel(told: Shipment, known: Shipment | None) -> Shipment:
    if known is None or is_newer_trace(told, known):
        return told
    return replace(told, traces=known.traces)


def is_newer_trace(told: Shipment, known: Shipment) -> bool:
    """Whether a whole trace ends later than the known one; a late or doubled push does not."""
    if not told.traces:
        return False
    return not known.traces or told.traces[-1].at > known.traces[-1].at
