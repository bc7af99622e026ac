"""A fake 宙斯 gateway: checks MD5 signatures and the time format."""

import json
import re

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Pair, Platform, application, form, local, md5, run_together, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order

_RAW = {
    "unpaid": "NOT_PAY", "paid": "WAIT_SELLER_STOCK_OUT", "shipped": "WAIT_GOODS_RECEIVE_CONFIRM",
    "completed": "FINISHED_L", "closed": "TRADE_CANCELED", "unknown": "LOCKED",
}  # fmt: skip


def order_payload(order: Order) -> dict[str, object]:
    parcel = order.shipments[0] if order.shipments else None
    coupons = [
        {"skuId": item.variant_id, "couponPrice": (item.price * item.quantity - item.pay_amount).yuan}
        for item in order.items
        if item.price * item.quantity != item.pay_amount
    ]
    return {
        "orderId": order.id, "orderState": _RAW[order.status], "orderPayment": order.pay_amount.yuan,
        "orderStartTime": local(order.created_at), "open_id_buyer": order.buyer_id,
        "paymentConfirmTime": local(order.paid_at), "orderEndTime": "0001-01-01 00:00:00",
        "waybill": parcel.waybill_no if parcel else "", "logisticsId": "463" if parcel else "",
        "consigneeInfo": {"fullname": "王**", "mobile": f"138****{order.phone[-4:]}", "fullAddress": "浙江杭州****"},
        "itemInfoList": [
            {"skuId": i.variant_id, "skuName": i.title, "itemTotal": str(i.quantity), "jdPrice": i.price.yuan}
            for i in order.items
        ],
        "couponDetailList": coupons,
    }  # fmt: skip


def platform(world: World) -> Platform:
    live = Pair("jd-token")
    settings = {
        "refresh_token": live.refresh,
        "oauth_url": "http://jd",
        "app_key": "jdk",
        "app_secret": "jd-secret",
        "access_token": "jd-token",
        "base_url": "http://jd/routerjson",
    }

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        if request.url.path == "/oauth2/refresh_token":
            assert params.keys() == {"app_key", "app_secret", "grant_type", "refresh_token"}
            if params["app_secret"] != "jd-secret" or not live.next(params["refresh_token"]):
                return said({"code": 2011, "msg": "refresh_token expired"})
            return said({"access_token": live.access, "refresh_token": live.refresh, "expires_in": live.lives})
        expected = md5("jd-secret" + run_together(params) + "jd-secret").upper()
        if params["sign"] != expected:
            return said({"error_response": {"code": "12", "zh_desc": "无效签名", "en_desc": "invalid signature"}})
        if params["access_token"] != live.access:
            return said({"error_response": {"code": "19", "zh_desc": "token已过期", "en_desc": "token expired"}})
        assert re.fullmatch(r"2026-03-05 12:00:00\.\d{3}\+0800", params["timestamp"])
        assert params["method"] == "jingdong.pop.order.get"
        order = world.orders.get(json.loads(params["360buy_param_json"])["order_id"])
        result = {"success": True} if order else {"success": False, "errorCode": "order_not_exist"}
        detail = {"apiResult": result, **({"orderInfo": order_payload(order)} if order else {})}
        return said({"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": detail}})

    return Platform(application(handle), settings, "app_secret", live)
