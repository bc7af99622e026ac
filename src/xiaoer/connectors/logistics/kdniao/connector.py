"""快递鸟: traces of parcels, by query (1002 or 8001) and by push."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

from xiaoer.connectors.logistics.carriers import find_carrier, phone_of
from xiaoer.connectors.logistics.kdniao.mapping import raw_state, to_shipment, to_state
from xiaoer.connectors.logistics.kdniao.signing import sign
from xiaoer.connectors.payload import compact, reading, rows, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.spec import Around, ConnectorSpec, ParcelHint, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Shipment
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId

_FRESH_S = 600.0  # the service counts queries per day; a parcel is scanned a few times a day


class Kdniao:
    """`ShipmentSource` over 快递鸟."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around

    async def track(self, shop: ShopId, waybill_no: str) -> Shipment | None:
        hint = await self._around.hints.parcel(shop, waybill_no) or ParcelHint()
        carrier = find_carrier(hint.carrier, waybill_no)
        if carrier is None:
            raise SourceUnavailable("快递鸟 needs the carrier of this number, and the shop's orders do not name it.")
        question = {"OrderCode": "", "ShipperCode": carrier.kdniao, "LogisticCode": waybill_no}
        if carrier.asks_phone:
            question["CustomerName"] = phone_of(hint.phone)[-4:]
        data = compact(question)
        form = {
            "RequestData": data,
            "EBusinessID": self._settings["business_id"],
            "RequestType": self._settings["request_type"],
            "DataSign": sign(data, self._settings["app_key"]),
            "DataType": "2",
        }
        call = Call(
            "POST", self._settings["base_url"], body=urlencode(form).encode(), idempotent=True,
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            fresh_s=_FRESH_S, cache_key=f"kdniao:{self._settings['business_id']}:{carrier.kdniao}:{waybill_no}",
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("快递鸟"):
            if answer["Success"] is not True:
                self._around.web.forget(call.cache_key)
                raise SourceUnavailable(f"快递鸟 refused the query: {text(answer, 'Reason')[:60]}.")
            shipment = to_shipment(answer, hint.order_id)
            return shipment if shipment.traces or raw_state(answer) not in ("", "0") else None


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read a push (推送): whole traces of several parcels."""
    form = parse_qs(push.body.decode("utf-8", "replace"))
    data = form.get("RequestData", [""])[0]
    check_signature(sign(data, secret_of(settings, "app_key")), form.get("DataSign", [""])[0], "快递鸟")
    body = json_body(data)
    events, shipments = [], []
    with reading_push("快递鸟"):
        for row in rows(body, "Data"):
            shipment, raw = to_shipment(row), raw_state(row)
            at = shipment.traces[-1].at if shipment.traces else push.received_at
            facts = {"waybill_no": shipment.waybill_no, "state": to_state(raw), "raw_state": raw}
            key = event_id("kdniao", compact(row))
            events.append(Event(push.shop, key, "shipment.updated", at, data=facts))
            shipments.append(shipment)
    heard = push.received_at.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    reply = {"EBusinessID": settings["business_id"], "UpdateTime": heard, "Success": True, "Reason": ""}
    return Pushed(tuple(events), tuple(shipments), compact(reply).encode())


SPEC = ConnectorSpec(
    name="kdniao",
    title="快递鸟",
    kind="logistics",
    ports=("parcels",),
    settings=(
        Setting("business_id", "商户 ID（EBusinessID）"),
        Setting("app_key", "AppKey", secret=True),
        Setting("request_type", "查询指令（1002 或 8001）", default="8001"),
        Setting("base_url", "接口地址", default="https://api.kdniao.com/Ebusiness/EbusinessOrderHandle.aspx"),
    ),
    build=Kdniao,
    evidence="derived signing vector; local server that checks query and push signatures",
    read_push=read_push,
)
