"""快递100: traces of parcels, by query and by push.

One number may be asked once in 30 minutes or it is locked, so an answer is kept that long; the push service
keeps the shop's rows fresh in between. 顺丰 and 中通 show nothing without the receiver's phone.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

from xiaoer.connectors.logistics.carriers import find_carrier, phone_of
from xiaoer.connectors.logistics.kuaidi100.mapping import to_shipment, to_state
from xiaoer.connectors.logistics.kuaidi100.signing import sign_push, sign_query
from xiaoer.connectors.payload import Json, compact, mapping, reading, text
from xiaoer.connectors.push import Push, Pushed, check_signature, event_id, json_body, reading_push, secret_of
from xiaoer.connectors.spec import Around, ConnectorSpec, ParcelHint, Setting
from xiaoer.infra.web import Call
from xiaoer.kernel.commerce import Shipment
from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId

_FRESH_S = 1800.0  # the service locks a number that is asked more often
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_NO_RESULT = "500"


class Kuaidi100:
    """`ShipmentSource` over 快递100."""

    def __init__(self, settings: Mapping[str, str], around: Around) -> None:
        self._settings, self._around = settings, around
        self._base = settings["base_url"].rstrip("/")

    async def track(self, shop: ShopId, waybill_no: str) -> Shipment | None:
        hint = await self._around.hints.parcel(shop, waybill_no) or ParcelHint()
        carrier = find_carrier(hint.carrier, waybill_no)
        if carrier is None:
            raise SourceUnavailable("快递100 needs the carrier of this number, and the shop's orders do not name it.")
        question = {"com": carrier.kuaidi100, "num": waybill_no, "resultv2": "4"}
        if carrier.asks_phone:
            question["phone"] = phone_of(hint.phone)
        answer = await self._ask("/poll/query.do", question, fresh=waybill_no)
        if text(answer, "returnCode") == _NO_RESULT:
            return None
        if text(answer, "status") != "200":
            raise SourceUnavailable(f"快递100 refused the query with code {text(answer, 'returnCode', 'status')}.")
        with reading("快递100"):
            return to_shipment(answer, hint.order_id)

    async def subscribe(self, waybill_no: str, carrier: str, phone: str, callback_url: str) -> None:
        """Ask for pushes about a parcel; asking twice is harmless.

        Raises:
            SourceUnavailable: refused, or not asked.
        """
        found = find_carrier(carrier, waybill_no)
        if found is None:
            raise SourceUnavailable(f"快递100 does not know the carrier {carrier[:20]}.")
        parameters = {"callbackurl": callback_url, "salt": self._settings["salt"], "resultv2": "4", "phone": phone}
        param = {
            "company": found.kuaidi100,
            "number": waybill_no,
            "key": self._settings["key"],
            "parameters": parameters,
        }
        body = urlencode({"schema": "json", "param": compact(param)}).encode()
        call = Call("POST", f"{self._base}/poll", headers=_FORM, body=body, idempotent=True)
        answer = (await self._around.web.call(call)).document()
        if text(answer, "returnCode") not in ("200", "501"):  # 501: already subscribed
            raise SourceUnavailable(f"快递100 refused the subscription with code {text(answer, 'returnCode')}.")

    async def _ask(self, path: str, question: Mapping[str, str], fresh: str) -> Json:
        param = compact(question)
        customer = self._settings["customer"]
        form = {"customer": customer, "sign": sign_query(param, self._settings["key"], customer), "param": param}
        call = Call(
            "POST", self._base + path, headers=_FORM, body=urlencode(form).encode(), idempotent=True,
            fresh_s=_FRESH_S, cache_key=f"kuaidi100:{customer}:{question['com']}:{fresh}",
        )  # fmt: skip
        answer = (await self._around.web.call(call)).document()
        with reading("快递100"):
            if text(answer, "returnCode") not in ("", _NO_RESULT):  # our fault, such as a wrong key: no lock
                self._around.web.forget(call.cache_key)
            return dict(answer)


def read_push(settings: Mapping[str, str], push: Push) -> Pushed:
    """Read a push (推送): the whole trace of one parcel."""
    form = parse_qs(push.body.decode("utf-8", "replace"))
    param = form.get("param", [""])[0]
    check_signature(sign_push(param, secret_of(settings, "salt")), form.get("sign", [""])[0].upper(), "快递100")
    body = json_body(param)
    with reading_push("快递100"):
        last = mapping(body, "lastResult")
        shipment = to_shipment(last)
        state = text(last, "state")
    if not shipment.waybill_no:
        raise InvalidBody("The push names no waybill.")
    at = shipment.traces[-1].at if shipment.traces else push.received_at
    event = Event(
        push.shop,
        event_id("kuaidi100", param),
        "shipment.updated",
        at,
        data={
            "waybill_no": shipment.waybill_no,
            "state": to_state(state),
            "raw_state": state,
            "watch": text(body, "status"),
        },
    )
    reply = compact({"result": True, "returnCode": "200", "message": "成功"}).encode()
    return Pushed((event,), (shipment,), reply)


SPEC = ConnectorSpec(
    name="kuaidi100",
    title="快递100",
    kind="logistics",
    ports=("parcels",),
    settings=(
        Setting("customer", "授权客户编号 customer"),
        Setting("key", "授权 key", secret=True),
        Setting("salt", "推送签名盐 salt", secret=True, default=""),
        Setting("base_url", "接口地址", default="https://poll.kuaidi100.com"),
    ),
    build=Kuaidi100,
    evidence="derived signing vector; local server that checks query and push signatures",
    read_push=read_push,
)
