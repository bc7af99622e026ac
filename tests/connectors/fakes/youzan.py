"""A fake 有赞 cloud: hands out tokens and checks them."""

import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, local, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order

_RAW = {
    "unpaid": "WAIT_BUYER_PAY", "paid": "WAIT_SELLER_SEND_GOODS", "shipped": "WAIT_BUYER_CONFIRM_GOODS",
    "completed": "TRADE_SUCCESS", "closed": "TRADE_CLOSED", "unknown": "TRADE_ON_ICE",
}  # fmt: skip


def order_payload(order: Order) -> dict[str, object]:
    parcels = [{"express_info": {"express_no": p.waybill_no, "express_id": 2}} for p in order.shipments]
    return {
        "full_order_info": {
            "order_info": {"tid": order.id, "status": _RAW[order.status], "created": local(order.created_at)},
            "pay_info": {"payment": order.pay_amount.yuan},
            "buyer_info": {"yz_open_id": order.buyer_id},
            "address_info": {"receiver_name": order.receiver, "receiver_tel": order.phone},
            "orders": [
                {
                    "sku_id": i.variant_id, "title": i.title, "num": i.quantity, "price": i.price.yuan,
                    "payment": i.pay_amount.yuan,
                }
                for i in order.items
            ],
        },
        "refund_order": [
            {"refund_id": r.id, "refund_type": 1, "refund_state": 60, "refund_fee": r.amount.yuan}
            for r in order.refunds
        ],
        "delivery_order": [{"dists": parcels}] if parcels else [],
    }  # fmt: skip


def platform(world: World) -> Platform:
    settings = {"client_id": "yz1", "client_secret": "yz-secret", "kdt_id": "63077", "base_url": "http://youzan"}

    def item(id: str) -> dict[str, object]:
        skus = [
            {
                "sku_id": int(v.id), "price": v.price.fen, "quantity": v.stock,
                "properties_name_json": json.dumps([{"k": a, "v": b} for a, b in v.spec.items()]),
            }
            for v in world.variants_of(id)
        ]  # fmt: skip
        return {"item_id": int(id), "title": world.products[id].title, "price": 29900, "skus": skus}

    def handle(request: Request, body: bytes) -> Response:
        asked, path = json.loads(body), request.url.path
        if path == "/auth/token":
            good = (asked["client_id"], asked["client_secret"], asked["grant_id"]) == ("yz1", "yz-secret", "63077")
            return said({"code": 200, "data": {"access_token": "yz-token"}} if good else {"code": 140400})
        if request.query_params["access_token"] != "yz-token":
            return said({"gw_err_resp": {"err_code": 4203, "err_msg": "invalid token"}})
        match path:
            case "/api/youzan.trade.get/4.0.2":
                order = world.orders.get(asked["tid"])
                if order:
                    return said({"code": 200, "success": True, "data": order_payload(order)})
            case "/api/youzan.trades.sold.get/4.0.2":
                mine = [o for o in world.orders.values() if o.buyer_id == asked["yz_open_id"]]
                mine.sort(key=lambda order: order.created_at, reverse=True)
                found = [order_payload(order) for order in mine[: asked["page_size"]]]
                return said({"code": 200, "data": {"full_order_info_list": found, "total_results": len(mine)}})
            case "/api/youzan.item.get/3.0.0":
                if str(asked["item_id"]) in world.products:
                    return said({"code": 200, "data": {"item": item(str(asked["item_id"]))}})
            case "/api/youzan.items.onsale.get/3.0.0":
                found = [item(p.id) for p in world.products.values() if asked["q"] in p.title]
                return said({"code": 200, "data": {"items": found, "count": len(found)}})
        return said({"code": 101305003, "success": False, "message": "数据不存在", "data": None})

    return Platform(application(handle), settings, "client_secret")
