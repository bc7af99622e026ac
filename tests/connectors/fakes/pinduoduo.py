"""A fake Pinduoduo gateway: checks MD5 signatures; sends yuan as floats, goods prices in fen."""

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Pair, Platform, application, form, local, md5, run_together, said
from tests.connectors.world import NOW, World

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.money import Money

_RAW = {"paid": 1, "shipped": 2, "completed": 3}


def _noisy(money: Money) -> float:
    """Yuan as this platform computes them: 31799.999999999996 / 100."""
    return (money.fen - 0.000000001) / 100


def order_payload(order: Order) -> dict[str, object]:
    return {
        "order_sn": order.id, "order_status": _RAW.get(order.status, 9), "refund_status": 4 if order.refunds else 1,
        "created_time": local(order.created_at), "pay_time": local(order.paid_at) if order.paid_at else None,
        "pay_amount": _noisy(order.pay_amount), "postage": 0, "receiver_name": "~AgAAAA==~", "receiver_phone": "$MTM4$",
        "receiver_phone_mask": f"138****{order.phone[-4:]}", "receiver_name_mask": "王**",
        "tracking_number": order.shipments[0].waybill_no if order.shipments else "", "logistics_id": 85,
        "item_list": [
            {
                "goods_id": 1001, "sku_id": int(i.variant_id), "goods_name": i.title, "goods_count": i.quantity,
                "goods_price": _noisy(i.price),
            }
            for i in order.items
        ],
    }  # fmt: skip


def platform(world: World) -> Platform:
    live = Pair("pdd-token")
    settings = {
        "refresh_token": live.refresh,
        "client_id": "c1",
        "client_secret": "pdd-secret",
        "access_token": "pdd-token",
        "base_url": "http://pdd/api",
    }

    def goods(id: str) -> dict[str, object]:
        skus = [
            {
                "sku_id": int(v.id), "multi_price": v.price.fen, "price": v.price.fen + 1000, "quantity": v.stock,
                "spec": [{"parent_name": axis, "spec_name": value} for axis, value in v.spec.items()],
            }
            for v in world.variants_of(id)
        ]  # fmt: skip
        return {"goods_id": int(id), "goods_name": world.products[id].title, "sku_list": skus}

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        if params["sign"] != md5("pdd-secret" + run_together(params) + "pdd-secret").upper():
            return said({"error_response": {"error_code": 20004, "error_msg": "签名sign校验失败", "sub_code": "20004"}})
        assert params["timestamp"] == str(int(NOW.timestamp()))
        if params["type"] == "pdd.pop.auth.token.refresh":
            assert "access_token" not in params
            if not live.next(params["refresh_token"]):
                return said({"error_response": {"error_code": 10018, "error_msg": "refresh_token已过期"}})
            given = {
                "access_token": live.access, "refresh_token": live.refresh, "expires_in": live.lives,
                "expires_at": int(NOW.timestamp()) + live.lives,
            }  # fmt: skip
            return said({"pop_auth_token_refresh_response": given})
        if params["access_token"] != live.access:
            return said({"error_response": {"error_code": 10019, "error_msg": "access_token已过期"}})
        match params["type"]:
            case "pdd.order.information.get":
                order = world.orders.get(params["order_sn"])
                if order:
                    return said({"order_info_get_response": {"order_info": order_payload(order)}})
            case "pdd.goods.detail.get":
                if params["goods_id"] in world.products:
                    return said({"goods_detail_get_response": goods(params["goods_id"])})
            case "pdd.goods.list.get":
                found = [goods(p.id) for p in world.products.values() if params["goods_name"] in p.title]
                return said({"goods_list_get_response": {"goods_list": found, "total_count": len(found)}})
        return said({"error_response": {"error_code": 50001, "error_msg": "业务服务错误", "sub_msg": "数据不存在"}})

    return Platform(application(handle), settings, "client_secret", live)
