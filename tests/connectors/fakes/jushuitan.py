"""A fake 聚水潭 open API: checks MD5 signatures; sends amounts as floats."""

import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Pair, Platform, application, form, local, md5, run_together, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order, Variant
from xiaoer.kernel.money import Money

_RAW = {"unpaid": "WaitPay", "paid": "WaitConfirm", "shipped": "Sent", "closed": "Cancelled", "completed": "Sent"}


def _float(money: Money) -> float:
    return money.fen / 100


def order_payload(order: Order) -> dict[str, object]:
    parcel = order.shipments[0] if order.shipments else None
    return {
        "o_id": 88, "so_id": order.id, "status": _RAW.get(order.status, "InTheMoon"), "shop_buyer_id": order.buyer_id,
        "order_date": local(order.created_at), "pay_date": local(order.paid_at) if order.paid_at else None,
        "pay_amount": _float(order.pay_amount), "receiver_name": "王**",
        "receiver_mobile": f"138****{order.phone[-4:]}",
        "l_id": parcel.waybill_no if parcel else None, "logistics_company": parcel.carrier if parcel else None,
        "items": [
            {
                "sku_id": i.variant_id, "name": i.title, "qty": i.quantity, "price": _float(i.price),
                "amount": _float(i.pay_amount),
            }
            for i in order.items
        ],
    }  # fmt: skip


def _sku(variant: Variant) -> dict[str, object]:
    return {
        "sku_id": variant.id, "i_id": variant.product_id, "sale_price": _float(variant.price),
        "properties_value": ";".join(variant.spec.values()),
    }  # fmt: skip


def platform(world: World) -> Platform:
    live = Pair("jst-token", lives=2_592_000)
    settings = {
        "app_key": "jst",
        "app_secret": "jst-secret",
        "access_token": live.access,
        "refresh_token": live.refresh,
        "base_url": "http://jst",
    }

    def answer(path: str, biz: dict[str, object]) -> dict[str, object]:
        match path:
            case "/open/orders/single/query":
                return {"orders": [order_payload(world.orders[id]) for id in biz["so_ids"] if id in world.orders]}
            case "/open/refund/single/query":
                found = [r for id in biz["so_ids"] if id in world.orders for r in world.orders[id].refunds]
                return {
                    "datas": [
                        {
                            "as_id": r.id, "so_id": r.order_id, "type": "仅退款", "status": "Confirmed", "shop_status": "SUCCESS",
                            "refund": _float(r.amount), "created": local(r.created_at),
                        }
                        for r in found
                    ]
                }  # fmt: skip
            case "/open/mall/item/query":
                known = [world.products[id] for id in biz["i_ids"] if id in world.products]
                return {
                    "datas": [
                        {"i_id": p.id, "name": p.title, "skus": [_sku(v) for v in world.variants_of(p.id)]}
                        for p in known
                    ]
                }
            case "/open/sku/query":
                return {"datas": [_sku(v) for v in world.variants.values() if v.id == biz["sku_ids"]]}
            case "/open/inventory/query":
                ids = str(biz["sku_ids"]).split(",")
                held = [
                    {"sku_id": id, "qty": world.variants[id].stock + 4, "order_lock": 4, "virtual_qty": 0} for id in ids
                ]
                return {"inventorys": held}
        raise AssertionError(path)

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        if params["sign"] != md5("jst-secret" + run_together(params)):
            return said({"code": 100, "msg": "签名错误", "data": None})
        if request.url.path == "/openWeb/auth/refreshToken":
            assert (params["grant_type"], params["scope"]) == ("refresh_token", "all")
            if not live.next(params["refresh_token"]):
                return said({"code": 190, "msg": "refresh_token无效", "data": None})
            given = {"access_token": live.access, "refresh_token": live.refresh, "expires_in": live.lives}
            return said({"code": 0, "msg": "执行成功", "data": given})
        if params["access_token"] != live.access:
            return said({"code": 100, "msg": "access_token已过期", "data": None})
        assert (params["charset"], params["version"]) == ("utf-8", "2")
        return said({"code": 0, "msg": "执行成功", "data": answer(request.url.path, json.loads(params["biz"]))})

    return Platform(application(handle), settings, "app_secret", live)
