"""A fake 微信小店: hands out tokens, lets the first one expire early, refuses windows over seven days."""

import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, said, seconds
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order

_RAW = {"unpaid": 10, "paid": 20, "shipped": 30, "completed": 100, "closed": 250, "unknown": 777}


def order_payload(order: Order) -> dict[str, object]:
    return {
        "order_id": order.id, "status": _RAW[order.status], "openid": order.buyer_id,
        "create_time": seconds(order.created_at),
        "aftersale_detail": {"aftersale_order_list": [{"aftersale_order_id": r.id} for r in order.refunds]},
        "order_detail": {
            "product_infos": [
                {
                    "product_id": "1001", "sku_id": i.variant_id, "title": i.title, "sku_cnt": i.quantity,
                    "sale_price": i.price.fen, "real_price": i.pay_amount.fen,
                }
                for i in order.items
            ],
            "price_info": {"order_price": order.pay_amount.fen},
            "pay_info": {"pay_time": seconds(order.paid_at)},
            "delivery_info": {
                "address_info": {"user_name": order.receiver, "tel_number": order.phone, "province_name": "浙江省"},
                "delivery_product_info": [
                    {"waybill_id": p.waybill_no, "delivery_name": p.carrier} for p in order.shipments
                ],
            },
        },
    }  # fmt: skip


def platform(world: World) -> Platform:
    settings = {"app_id": "wx1", "app_secret": "wx-secret", "base_url": "http://weixin"}
    given: list[str] = []

    def token(asked: dict[str, str]) -> Response:
        if (asked["appid"], asked["secret"]) != ("wx1", "wx-secret"):
            return said({"errcode": 40125, "errmsg": "invalid appsecret"})
        given.append(f"wx-token-{len(given)}")
        return said({"access_token": given[-1], "expires_in": 7200})

    def product(id: str) -> dict[str, object]:
        skus = [
            {
                "sku_id": v.id, "sale_price": v.price.fen, "stock_num": v.stock,
                "sku_attrs": [{"attr_key": axis, "attr_value": value} for axis, value in v.spec.items()],
            }
            for v in world.variants_of(id)
        ]  # fmt: skip
        return {"product_id": id, "title": world.products[id].title, "skus": skus}

    def handle(request: Request, body: bytes) -> Response:
        asked, path = json.loads(body), request.url.path
        if path == "/cgi-bin/stable_token":
            return token(asked)
        if request.query_params["access_token"] not in given[1:]:  # the first token has just expired
            return said({"errcode": 42001, "errmsg": "access_token expired"})
        match path.removeprefix("/channels/ec"):
            case "/order/get":
                order = world.orders.get(asked["order_id"])
                if order:
                    return said({"errcode": 0, "errmsg": "ok", "order": order_payload(order)})
            case "/order/list/get":
                start, end = (asked["create_time_range"][name] for name in ("start_time", "end_time"))
                if end - start > 7 * 86400:
                    return said({"errcode": 10020001, "errmsg": "time range too long"})
                ids = [
                    o.id
                    for o in world.orders.values()
                    if o.buyer_id == asked["openid"] and start <= seconds(o.created_at) < end
                ]
                return said({"errcode": 0, "errmsg": "ok", "order_id_list": ids, "has_more": False})
            case "/aftersale/getaftersaleorder":
                refund = next(
                    r for o in world.orders.values() for r in o.refunds if r.id == asked["after_sale_order_id"]
                )
                claim = {
                    "after_sale_order_id": refund.id, "order_id": refund.order_id, "status": "MERCHANT_REFUND_SUCCESS",
                    "type": "REFUND", "refund_info": {"amount": refund.amount.fen},
                }  # fmt: skip
                return said({"errcode": 0, "errmsg": "ok", "after_sale_order": claim})
            case "/product/get":
                if asked["product_id"] in world.products:
                    return said({"errcode": 0, "errmsg": "ok", "product": product(asked["product_id"])})
        return said({"errcode": 10020052, "errmsg": "data not exist"})

    return Platform(application(handle), settings, "app_secret")
