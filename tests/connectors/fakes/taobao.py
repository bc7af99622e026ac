"""A fake TOP gateway: checks HMAC-SHA256 signatures and the ten-minute window."""

import hmac
import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Pair, Platform, application, form, local, run_together, said
from tests.connectors.world import NOW, World

from xiaoer.kernel.commerce import Order, Variant

_RAW = {
    "unpaid": "WAIT_BUYER_PAY", "paid": "WAIT_SELLER_SEND_GOODS", "shipped": "WAIT_BUYER_CONFIRM_GOODS",
    "completed": "TRADE_FINISHED", "closed": "TRADE_CLOSED_BY_TAOBAO", "unknown": "PAID_FORBID_CONSIGN_X",
}  # fmt: skip


def order_payload(order: Order) -> dict[str, object]:
    parcel = order.shipments[0] if order.shipments else None
    lines = [
        {
            "oid": int(order.id) * 10 + i, "num_iid": 1001, "sku_id": item.variant_id, "title": item.title,
            "num": item.quantity, "price": item.price.yuan, "payment": item.pay_amount.yuan,
            "divide_order_fee": item.pay_amount.yuan, "refund_status": "NO_REFUND",
            **({"refund_id": order.refunds[0].id} if order.refunds else {}),
            **({"invoice_no": parcel.waybill_no, "logistics_company": parcel.carrier} if parcel else {}),
        }
        for i, item in enumerate(order.items)
    ]  # fmt: skip
    return {
        "tid": int(order.id), "tid_str": order.id, "status": _RAW[order.status], "payment": order.pay_amount.yuan,
        "created": local(order.created_at), "buyer_open_uid": order.buyer_id, "receiver_name": "王**",
        "receiver_mobile": f"{order.phone[:3]}****{order.phone[-4:]}", "orders": {"order": lines},
        **({"pay_time": local(order.paid_at)} if order.paid_at else {}),
    }  # fmt: skip


def _sku(variant: Variant) -> dict[str, object]:
    spec = ";".join(f"{i}:{i}:{axis}:{value}" for i, (axis, value) in enumerate(variant.spec.items()))
    return {
        "sku_id": int(variant.id), "num_iid": int(variant.product_id), "price": variant.price.yuan,
        "quantity": variant.stock, "properties_name": spec,
    }  # fmt: skip


def platform(world: World) -> Platform:
    live = Pair("session-6100")
    settings = {
        "refresh_token": live.refresh,
        "app_key": "12345678",
        "app_secret": "top-secret",
        "session": "session-6100",
        "base_url": "http://top/rest",
    }

    def item(id: str) -> dict[str, object]:
        skus = [_sku(variant) for variant in world.variants_of(id)]
        return {"num_iid": int(id), "title": world.products[id].title, "price": "299.00", "skus": {"sku": skus}}

    def answer(params: dict[str, str]) -> dict[str, object] | None:
        match params["method"]:
            case "taobao.trade.fullinfo.get":
                order = world.orders.get(params["tid"])
                return {"trade": order_payload(order)} if order else None
            case "taobao.trades.sold.get":
                mine = [o for o in world.orders.values() if o.buyer_id == params["buyer_open_id"]]
                mine.sort(key=lambda order: order.created_at, reverse=True)
                trades = [order_payload(order) for order in mine[: int(params["page_size"])]]
                return {"total_results": len(mine), **({"trades": {"trade": trades}} if trades else {})}
            case "taobao.refund.get":
                refund = next(r for o in world.orders.values() for r in o.refunds if r.id == params["refund_id"])
                return {
                    "refund": {
                        "refund_id": int(refund.id), "tid": int(refund.order_id), "status": "SUCCESS",
                        "refund_fee": refund.amount.yuan, "reason": refund.reason, "has_good_return": False,
                        "created": local(refund.created_at),
                    }
                }  # fmt: skip
            case "taobao.item.seller.get":
                return {"item": item(params["num_iid"])} if params["num_iid"] in world.products else None
            case "taobao.item.sku.get":
                variant = world.variants.get(params["sku_id"])
                return {"sku": _sku(variant)} if variant else None
            case "taobao.items.onsale.get":
                return {"items": {"item": [item(p.id) for p in world.products.values() if params["q"] in p.title]}}
        raise AssertionError(params["method"])

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        expected = hmac.new(b"top-secret", run_together(params).encode(), "sha256").hexdigest().upper()
        if params["sign"] != expected:
            return said({"error_response": {"code": 25, "msg": "Invalid signature", "sub_code": "isv.invalid-sign"}})
        if params["method"] == "taobao.top.auth.token.refresh":
            assert "session" not in params
            if not live.next(params["refresh_token"]):
                return said({"error_response": {"code": 15, "sub_code": "isv.refresh-token-invalid"}})
            given = {
                "access_token": live.access, "refresh_token": live.refresh,
                "expire_time": int((NOW.timestamp() + live.lives) * 1000),
            }  # fmt: skip
            return said({"top_auth_token_refresh_response": {"token_result": json.dumps(given)}})
        if params["session"] != live.access:
            return said({"error_response": {"code": 27, "msg": "Invalid session", "sub_code": "invalid-sessionkey"}})
        assert (params["format"], params["v"], params["sign_method"]) == ("json", "2.0", "hmac-sha256")
        assert params["timestamp"] == local(NOW) == "2026-03-05 12:00:00"
        found = answer(params)
        if found is None:
            return said(
                {"error_response": {"code": 15, "msg": "Remote service error", "sub_code": "isv.trade-not-exist"}}
            )
        return said({params["method"].removeprefix("taobao.").replace(".", "_") + "_response": found})

    return Platform(application(handle), settings, "app_secret", live)
