"""Pushes: the genuine one is read, the forged one refused, twice is once, late is not newer."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.connectors.subjects import PLATFORMS
from tests.connectors.world import NOW, SHOP, WORLD

from xiaoer.connectors.push import Push, Pushed, Version, should_apply, version_of
from xiaoer.connectors.registry import CONNECTORS, answer_check, read_push
from xiaoer.connectors.wechat import encrypt, sign
from xiaoer.kernel.errors import InvalidBody, NotFound, Unauthorised

_AES = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
_PAID = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)
_TRACE = [
    {"ftime": "2026-03-04 11:00:00", "time": "2026-03-04 11:00:00", "context": "派件中"},
    {"ftime": "2026-03-03 18:00:00", "time": "2026-03-03 18:00:00", "context": "已揽收"},
]


def settings_of(name: str) -> dict[str, str]:
    more = {"push_token": "push-token", "push_aes_key": _AES} if name == "weixin_shop" else {}
    return {**PLATFORMS[name](WORLD).settings, **more}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def _generic(at: datetime = _PAID) -> Push:
    event = {"id": "e1", "type": "order.paid", "at": at.isoformat(), "data": {"order_id": "5001", "buyer_id": "2001"}}
    body, stamp = json.dumps({"events": [event]}).encode(), str(int(NOW.timestamp()))
    signed = hmac.new(b"bridge-secret", f"POST\nevents\n{stamp}\n".encode() + body, "sha256").hexdigest()
    return Push(SHOP, body, NOW, {"x-xiaoer-timestamp": stamp, "x-xiaoer-signature": signed})


def _douyin(at: datetime = _PAID) -> Push:
    data = json.dumps({"p_id": 5001, "pay_time": int(at.timestamp()), "order_status": 2})
    body = json.dumps([{"tag": "101", "msg_id": "m1", "data": data}, {"tag": "0", "msg_id": "m2", "data": "hi"}])
    return Push(SHOP, body.encode(), NOW, {"app-id": "dk", "event-sign": _md5(f"dk{body}dy-secret")})


def _youzan(at: datetime = _PAID) -> Push:
    local = (at + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
    content = {"full_order_info": {"order_info": {"tid": "5001", "status": "TRADE_PAID", "update_time": local}}}
    message = {
        "type": "trade_TradePaid",
        "msg_id": "m1",
        "id": "5001",
        "test": False,
        "msg": quote(json.dumps(content)),
    }
    body = json.dumps(message)
    return Push(SHOP, body.encode(), NOW, {"event-sign": _md5(f"yz1{body}yz-secret")})


def _shopify(at: datetime = _PAID) -> Push:
    body = json.dumps({"id": 95001, "name": "#5001", "updated_at": at.isoformat(), "financial_status": "paid"}).encode()
    signed = base64.b64encode(hmac.new(b"hook", body, "sha256").digest()).decode()
    headers = {"x-shopify-topic": "orders/paid", "x-shopify-webhook-id": "w1", "x-shopify-hmac-sha256": signed}
    return Push(SHOP, body, NOW, headers)


def _weixin(at: datetime = _PAID) -> Push:
    stamp = int(at.timestamp())
    message = (
        f"<xml><ToUserName>gh_1</ToUserName><CreateTime>{stamp}</CreateTime><MsgType>event</MsgType>"
        f"<Event>channels_ec_order_pay</Event><order_info><order_id>5001</order_id><pay_time>{stamp}</pay_time>"
        "</order_info></xml>"
    )
    encrypted = encrypt(message, _AES, "wx1", b"0123456789abcdef")
    query = {"timestamp": "1772679600", "nonce": "n1"}
    query["msg_signature"] = sign("push-token", query["timestamp"], query["nonce"], encrypted)
    return Push(SHOP, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode(), NOW, query=query)


def _kuaidi100(at: datetime = _PAID) -> Push:
    result = {"state": "5", "ischeck": "0", "com": "yuantong", "nu": "YT1234567890123", "data": _TRACE}
    param = json.dumps({"status": "polling", "lastResult": result}, ensure_ascii=False)
    return Push(SHOP, urlencode({"param": param, "sign": _md5(param + "k100-salt")}).encode(), NOW)


def _kdniao(at: datetime = _PAID) -> Push:
    steps = [{"AcceptTime": row["time"], "AcceptStation": row["context"]} for row in reversed(_TRACE)]
    row = {"ShipperCode": "YTO", "LogisticCode": "YT1234567890123", "StateEx": "202", "State": "2", "Traces": steps}
    data = json.dumps({"EBusinessID": "1237100", "Count": "1", "Data": [row]}, ensure_ascii=False)
    signed = base64.b64encode(_md5(data + "kdn-secret").encode()).decode()
    return Push(SHOP, urlencode({"RequestData": data, "RequestType": "101", "DataSign": signed}).encode(), NOW)


_ORDERS = {"generic": _generic, "douyin": _douyin, "youzan": _youzan, "shopify": _shopify, "weixin_shop": _weixin}
_PARCELS = {"kuaidi100": _kuaidi100, "kdniao": _kdniao}
_ALL = {**_ORDERS, **_PARCELS}


def _read(name: str, push: Push) -> Pushed:
    return read_push(name, settings_of(name), push)


def test_every_connector_that_takes_pushes_is_tested_here() -> None:
    assert {name for name, spec in CONNECTORS.items() if spec.read_push and name in PLATFORMS} == set(_ALL)


@pytest.mark.parametrize("name", _ORDERS)
def test_a_paid_order_becomes_one_event_with_the_platform_s_time(name: str) -> None:
    (event,) = _read(name, _ORDERS[name]()).events
    assert (event.shop, event.type, event.at) == (SHOP, "order.paid", _PAID)
    assert event.data["order_id"] == "5001"


@pytest.mark.parametrize("name", _PARCELS)
def test_a_parcel_push_brings_the_whole_trace(name: str) -> None:
    pushed = _read(name, _PARCELS[name]())
    (event,), (parcel,) = pushed.events, pushed.shipments
    assert (event.type, event.data["state"]) == ("shipment.updated", "out_for_delivery")
    assert event.at == parcel.traces[-1].at == datetime(2026, 3, 4, 3, tzinfo=UTC)
    assert [step.text for step in parcel.traces] == ["已揽收", "派件中"]
    assert (parcel.waybill_no, parcel.carrier) == ("YT1234567890123", "圆通速递")


@pytest.mark.parametrize("name", _ALL)
def test_the_same_push_twice_is_the_same_event(name: str) -> None:
    first, second = _read(name, _ALL[name]()), _read(name, _ALL[name]())
    assert [event.id for event in first.events] == [event.id for event in second.events]
    assert not should_apply(version_of(first.events[0]), version_of(second.events[0]))


@pytest.mark.parametrize("name", _ALL)
def test_a_changed_body_is_refused(name: str) -> None:
    push = _ALL[name]()
    body = push.body.replace(b"5001", b"5007").replace(b"YT1234567890123", b"YT0000000000000")
    if name == "weixin_shop":
        body = push.body.replace(b"[CDATA[", b"[CDATA[AAAA")
    assert body != push.body
    with pytest.raises(Unauthorised):
        _read(name, Push(SHOP, body, NOW, push.headers, push.query))


@pytest.mark.parametrize("name", _ALL)
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"param=%7B%7D", b"<xml></xml>", b"1" * 9000]
)
def test_a_body_without_a_signature_is_refused(name: str, body: bytes) -> None:
    with pytest.raises((Unauthorised, InvalidBody)):
        _read(name, Push(SHOP, body, NOW))


@pytest.mark.parametrize("name", _ALL)
def test_an_unset_secret_accepts_nobody(name: str) -> None:
    spec = CONNECTORS[name]
    assert spec.read_push is not None
    empty = {s.name: "" for s in spec.settings}
    with pytest.raises((Unauthorised, InvalidBody)):
        spec.read_push(empty, _ALL[name]())


@pytest.mark.parametrize("name", _ALL)
def test_events_carry_no_personal_data(name: str) -> None:
    pushed = _read(name, _ALL[name]())
    assert not [e for e in pushed.events if {"phone", "mobile", "address", "receiver", "name"} & set(e.data)]


@pytest.mark.parametrize(
    "body", ["{}", "[1]", '{"lastResult": 5}', '{"lastResult": {"nu": "1", "data": [{"time": "x"}]}}']
)
def test_a_signed_body_that_cannot_be_read_is_a_bad_body(body: str) -> None:
    push = Push(SHOP, urlencode({"param": body, "sign": _md5(body + "k100-salt")}).encode(), NOW)
    with pytest.raises(InvalidBody):
        _read("kuaidi100", push)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"events": [{"id": "e9", "type": "order.paid", "at": "2026-03-05T10:00:00+08:00"}]}, "e9 .* no order_id"),
        ({"events": [{"id": "e9", "type": "order.flown", "at": "2026-03-05T10:00:00+08:00"}]}, "a known type"),
        ([], "a list of events"),
        ({"events": {}}, "a list of events"),
    ],
    ids=["belongs-to-nothing", "unknown-type", "no-object", "no-list"],
)
def test_a_generic_push_that_cannot_be_used_is_refused_with_the_reason(body: Any, told: str) -> None:
    raw, stamp = json.dumps(body).encode(), str(int(NOW.timestamp()))
    signed = hmac.new(b"bridge-secret", f"POST\nevents\n{stamp}\n".encode() + raw, "sha256").hexdigest()
    headers = {"x-xiaoer-timestamp": stamp, "x-xiaoer-signature": signed}
    with pytest.raises(InvalidBody, match=told):
        _read("generic", Push(SHOP, raw, NOW, headers))


def test_a_generic_push_signed_long_ago_is_a_replay() -> None:
    push = _generic()
    with pytest.raises(Unauthorised, match="five minutes"):
        _read("generic", Push(SHOP, push.body, NOW + timedelta(minutes=6), push.headers))


def test_messages_without_an_id_of_the_platform_are_told_apart_by_what_they_say() -> None:
    rows = [{"tag": "101", "data": json.dumps({"p_id": order, "pay_time": 1772679600})} for order in (5001, 5002, 5001)]
    body = json.dumps(rows)
    events = _read("douyin", Push(SHOP, body.encode(), NOW, {"event-sign": _md5(f"dk{body}dy-secret")})).events
    assert [event.data["order_id"] for event in events] == ["5001", "5002", "5001"]
    assert events[0].id == events[2].id != events[1].id


def test_a_refund_that_was_agreed_is_not_told_as_paid_back() -> None:
    rows = [{"tag": "201", "msg_id": "7", "data": {"p_id": "5001", "aftersale_id": "77", "agree_time": 1772679600}}]
    body = json.dumps(rows)
    (event,) = _read("douyin", Push(SHOP, body.encode(), NOW, {"event-sign": _md5(f"dk{body}dy-secret")})).events
    assert (event.type, event.data["refund_id"]) == ("order.refund_requested", "77")
    assert event.data["refund_status"] == "waiting_refund"


def test_an_old_shopify_body_under_a_new_webhook_id_is_the_same_event() -> None:
    push = _shopify()
    again = Push(SHOP, push.body, NOW, {**push.headers, "x-shopify-webhook-id": "w2"})
    assert _read("shopify", again).events[0].id == _read("shopify", push).events[0].id


def test_platforms_get_the_answer_they_wait_for() -> None:
    assert json.loads(_read("kuaidi100", _kuaidi100()).reply) == {
        "result": True,
        "returnCode": "200",
        "message": "成功",
    }
    assert json.loads(_read("kdniao", _kdniao()).reply)["Success"] is True
    assert json.loads(_read("douyin", _douyin()).reply) == {"code": 0, "msg": "success"}
    assert _read("weixin_shop", _weixin()).reply == b"success"


@pytest.mark.parametrize(
    ("old", "new", "applies"),
    [
        (None, Version(NOW), True),
        (Version(NOW), Version(NOW), False),
        (Version(NOW), Version(NOW - timedelta(seconds=1)), False),
        (Version(NOW), Version(NOW + timedelta(seconds=1)), True),
        (Version(NOW, 1), Version(NOW, 2), True),
        (Version(NOW, 2), Version(NOW, 1), False),
        (Version(NOW, 1), Version(NOW - timedelta(hours=1), 6), False),
    ],
    ids=[
        "first",
        "duplicate",
        "older",
        "newer",
        "same second, later stage",
        "same second, earlier stage",
        "late close",
    ],
)
def test_only_a_newer_fact_replaces_what_is_known(old: Version | None, new: Version, *, applies: bool) -> None:
    assert should_apply(old, new) is applies


@pytest.mark.parametrize("name", _ORDERS)
def test_in_any_order_of_arrival_the_newest_fact_stays(name: str) -> None:
    early, late = (_read(name, _ORDERS[name](_PAID + timedelta(minutes=m))).events[0] for m in (0, 5))
    for arrivals in ((early, late), (late, early), (late, early, late, early)):
        known: Version | None = None
        for event in arrivals:
            known = version_of(event) if should_apply(known, version_of(event)) else known
        assert known == version_of(late)


def test_weixin_s_check_of_the_address_is_answered_plain_and_encrypted() -> None:
    stamp = {"timestamp": "1772679600", "nonce": "n1"}
    plain = {**stamp, "echostr": "8231", "signature": sign("push-token", *stamp.values())}
    assert answer_check("weixin_shop", settings_of("weixin_shop"), plain) == "8231"
    echo = encrypt("4711", _AES, "wx1", b"0123456789abcdef")
    safe = {**stamp, "echostr": echo, "msg_signature": sign("push-token", *stamp.values(), echo)}
    assert answer_check("weixin_shop", settings_of("weixin_shop"), safe) == "4711"
    for forged in ({**plain, "signature": "0" * 40}, {**plain, "nonce": "n2"}, {**safe, "echostr": echo[:-4]}, stamp):
        with pytest.raises(Unauthorised):
            answer_check("weixin_shop", settings_of("weixin_shop"), forged)
    with pytest.raises(Unauthorised):
        answer_check("weixin_shop", {**settings_of("weixin_shop"), "push_token": ""}, plain)
    with pytest.raises(NotFound):
        answer_check("douyin", settings_of("douyin"), plain)
