"""A fake 抖店 gateway: checks HMAC-SHA256 signatures over the body that was sent."""

import hashlib
import hmac
import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Pair, Platform, application, said, seconds
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order

_RAW = {"unpaid": 1, "paid": 2, "shipped": 3, "completed": 5, "closed": 4, "unknown": 777}


def order_payload(order: Order) -> dict[str, object]:
    lines = [
        {
            "order_id": f"{order.id}{i}", "product_id": 1001,
            "sku_id": int(item.variant_id), "product_name": item.title,
            "item_num": item.quantity, "goods_price": item.price.fen, "pay_amount": item.pay_amount.fen,
            "after_sale_info": {
                "refund_status": 3 if order.refunds else 0, "after_sale_type": 1,
                "after_sale_id": order.refunds[0].id if order.refunds else "",
            },
        }
        for i, item in enumerate(order.items)
    ]  # fmt: skip
    return {
        "order_id": order.id, "order_status": _RAW[order.status], "pay_amount": order.pay_amount.fen,
        "create_time": seconds(order.created_at), "pay_time": seconds(order.paid_at), "doudian_open_id": order.buyer_id,
        "mask_post_receiver": "王**", "mask_post_tel": f"138****{order.phone[-4:]}", "encrypt_post_tel": "$$cipher$$",
        "mask_post_addr": {"province": {"name": "浙江省"}, "city": {"name": "杭州市"}, "detail": "****"},
        "sku_order_list": lines,
        "logistics_info": [
            {"tracking_no": p.waybill_no, "company": "yuantong", "company_name": p.carrier} for p in order.shipments
        ],
    }  # fmt: skip


def platform(world: World) -> Platform:
    live = Pair("dy-token", lives=604_800)
    settings = {
        "app_key": "dk",
        "app_secret": "dy-secret",
        "access_token": live.access,
        "refresh_token": live.refresh,
        "base_url": "http://douyin",
    }

    def product(id: str) -> dict[str, object]:
        prices = [
            {
                "sku_id": int(v.id), "price": v.price.fen, "stock_num": v.stock,
                "sell_properties": [{"property_name": a, "value_name": b} for a, b in v.spec.items()],
            }
            for v in world.variants_of(id)
        ]  # fmt: skip
        return {"product_id": int(id), "product_id_str": id, "name": world.products[id].title, "spec_prices": prices}

    def handle(request: Request, body: bytes) -> Response:
        query, text = request.query_params, body.decode()
        joined = (
            f"dy-secretapp_key{query['app_key']}method{query['method']}param_json{text}"
            f"timestamp{query['timestamp']}v2dy-secret"
        )
        if query["sign"] != hmac.new(b"dy-secret", joined.encode(), hashlib.sha256).hexdigest():
            return said({"code": 40003, "msg": "非法的参数", "sub_code": "isv.invalid-signature"})
        assert request.url.path == "/" + query["method"].replace(".", "/")
        asked = json.loads(text)
        if query["method"] == "token.refresh":
            assert (asked["grant_type"], "access_token" in query) == ("refresh_token", False)
            if not live.next(asked["refresh_token"]):
                return said({"code": 50002, "msg": "业务处理失败", "sub_code": "isv.business-failed:refresh_token"})
            given = {"access_token": live.access, "refresh_token": live.refresh, "expires_in": live.lives}
            return said({"code": 10000, "msg": "success", "data": given})
        if query["access_token"] != live.access:
            return said({"code": 30001, "msg": "access_token已过期", "sub_code": "isv.access-token-expired"})
        match query["method"]:
            case "order.orderDetail":
                order = world.orders.get(asked["shop_order_id"])
                if order:
                    return said({"code": 10000, "data": {"shop_order_detail": order_payload(order)}})
            case "product.detail":
                if asked["product_id"] in world.products:
                    return said({"code": 10000, "data": product(asked["product_id"])})
            case "product.listV2":
                found = [product(p.id) for p in world.products.values() if asked["name"] in p.title]
                return said({"code": 10000, "data": {"data": found, "total": len(found)}})
        return said({"code": 50002, "msg": "业务处理失败", "sub_msg": "数据不存在", "sub_code": "isv.business-failed"})

    return Platform(application(handle), settings, "app_secret", live)
