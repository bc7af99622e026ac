"""What nobody needs to hear of an order (遮挡), before any rule or wording sees it."""

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order, Shipment
from xiaoer.slices.privacy.rules import masks


def masked(order: Order, buyer_id: str) -> Order:
    """The order without what nobody needs to hear; one that was proven by digits keeps its waybill hidden too."""
    parcels = order.shipments
    if order.buyer_id != buyer_id:
        parcels = tuple(_hidden(shipment) for shipment in parcels)
    return replace(
        order,
        address=masks.mask_address(order.address),
        receiver=masks.mask_name(order.receiver),
        phone=masks.mask_phone(order.phone) if order.phone else "",
        shipments=parcels,
    )


def _hidden(shipment: Shipment) -> Shipment:
    return replace(shipment, waybill_no=masks.mask_waybill(shipment.waybill_no))
