"""A fake 旺店通 openapi2: checks the length-prefixed signature; stock lies in two warehouses."""

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, form, local, md5, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order, Variant

_RAW = {"unpaid": 10, "paid": 30, "shipped": 95, "completed": 110, "closed": 5, "unknown": 999}


def order_payload(order: Order) -> dict[str, object]:
    parcel = order.shipments[0] if order.shipments else None
    return {
        "trade_no": f"JY{order.id}", "src_tids": f"{order.id},6{order.id}", "trade_status": _RAW[order.status],
        "customer_no": order.buyer_id, "trade_time": local(order.created_at), "pay_time": local(order.paid_at),
        "paid": f"{order.pay_amount.yuan}00", "receiver_mobile": f"138****{order.phone[-4:]}", "receiver_name": "王**",
        "logistics_no": parcel.waybill_no if parcel else "", "logistics_name": parcel.carrier if parcel else "无",
        "goods_list": [
            {
                "spec_no": i.variant_id, "goods_name": i.title, "num": f"{i.quantity}.0000",
                "price": f"{i.price.yuan}00",
                "paid": f"{i.pay_amount.yuan}00",
            }
            for i in order.items
        ],
    }  # fmt: skip


def _stocks(variant: Variant) -> list[dict[str, object]]:
    here, rest = variant.stock // 2, variant.stock - variant.stock // 2
    ids = {"spec_no": variant.id, "goods_no": variant.product_id}
    return [
        {
            **ids,
            "warehouse_no": "hz",
            "stock_num": f"{here + 5}.0000",
            "lock_num": "5.0000",
            "avaliable_num": f"{here}.0000",
        },
        {**ids, "warehouse_no": "sh", "stock_num": f"{rest + 1}.0000", "lock_num": "1.0000"},
    ]


def platform(world: World) -> Platform:
    settings = {"sid": "demo2", "app_key": "demo2-xx", "app_secret": "wdt-secret", "base_url": "http://wdt/openapi2"}

    def handle(request: Request, body: bytes) -> Response:
        params = form(body)
        joined = ";".join(f"{len(k):02}-{k}:{len(v):04}-{v}" for k, v in sorted(params.items()) if k != "sign")
        if params["sign"] != md5(joined + "wdt-secret"):
            return said({"code": 1003, "message": "签名错误"})
        match request.url.path.removeprefix("/openapi2/"):
            case "trade_query.php":
                order = world.orders.get(params["src_tid"])
                return said({"code": 0, "message": "", "trades": [order_payload(order)] if order else []})
            case "stock_query.php":
                variant = world.variants.get(params["spec_no"])
                return said({"code": 0, "message": "", "stocks": _stocks(variant) if variant else []})
            case "goods_query.php":
                product = world.products.get(params["goods_no"])
                specs = [
                    {"spec_no": v.id, "spec_name": " ".join(v.spec.values()), "retail_price": v.price.yuan}
                    for v in world.variants_of(params["goods_no"])
                ]
                goods = {
                    "goods_no": params["goods_no"],
                    "goods_name": product.title if product else "",
                    "spec_list": specs,
                }
                return said({"code": 0, "message": "", "goods_list": [goods] if product else []})
        raise AssertionError(request.url.path)

    return Platform(application(handle), settings, "app_secret")
