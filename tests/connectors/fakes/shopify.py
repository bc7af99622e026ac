"""A fake Shopify Admin API: checks the token header and serves the questions by name."""

import json

from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order, Variant
from xiaoer.kernel.money import Money

_MONEY = {
    "unpaid": "PENDING", "paid": "PAID", "shipped": "PAID", "completed": "PAID", "closed": "VOIDED", "unknown": "ODD",
}  # fmt: skip


def _set(money: Money) -> dict[str, object]:
    return {"shopMoney": {"amount": money.yuan}}


def order_payload(order: Order) -> dict[str, object]:
    sent = bool(order.shipments)
    delivered = "2026-02-26T13:00:00Z" if order.status == "completed" else None
    return {
        "id": f"gid://shopify/Order/9{order.id}", "name": f"#{order.id}",
        "createdAt": order.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cancelledAt": "2026-02-22T00:00:00Z" if order.status == "closed" else None,
        "displayFinancialStatus": "PARTIALLY_REFUNDED" if order.refunds else _MONEY[order.status],
        "displayFulfillmentStatus": "FULFILLED" if sent else "UNFULFILLED",
        "totalPriceSet": _set(order.pay_amount), "customer": {"id": f"gid://shopify/Customer/{order.buyer_id}"},
        "shippingAddress": {"name": order.receiver, "phone": f"+86 {order.phone}", "province": "浙江省"},
        "lineItems": {
            "nodes": [
                {
                    "title": i.title, "quantity": i.quantity, "originalUnitPriceSet": _set(i.price),
                    "variant": {"id": f"gid://shopify/ProductVariant/{i.variant_id}"},
                    "discountedTotalSet": _set(i.pay_amount),
                }
                for i in order.items
            ]
        },
        "fulfillments": [
            {
                "createdAt": "2026-02-25T04:00:00Z", "deliveredAt": delivered,
                "trackingInfo": [{"number": p.waybill_no, "company": p.carrier}],
            }
            for p in order.shipments
        ],
        "refunds": [
            {"id": f"gid://shopify/Refund/{r.id}", "note": r.reason, "totalRefundedSet": _set(r.amount)}
            for r in order.refunds
        ],
    }  # fmt: skip


def _variant(variant: Variant) -> dict[str, object]:
    return {
        "id": f"gid://shopify/ProductVariant/{variant.id}", "price": variant.price.yuan,
        "inventoryQuantity": variant.stock or -2,  # oversold counts go below zero
        "selectedOptions": [{"name": axis, "value": value} for axis, value in variant.spec.items()],
        "product": {"id": f"gid://shopify/Product/{variant.product_id}"},
    }  # fmt: skip


def platform(world: World) -> Platform:
    settings = {"base_url": "http://shopify", "access_token": "shpat-token", "webhook_secret": "hook"}

    def product(id: str) -> dict[str, object]:
        nodes = [_variant(variant) for variant in world.variants_of(id)]
        return {"id": f"gid://shopify/Product/{id}", "title": world.products[id].title, "variants": {"nodes": nodes}}

    def answer(query: str, asked: dict[str, str | int]) -> dict[str, object]:
        id = str(asked.get("id", "")).rsplit("/", 1)[-1]
        if query.startswith("query Orders"):
            field, _, value = str(asked["q"]).partition(":")
            found = [o for o in world.orders.values() if value == (o.id if field == "name" else o.buyer_id)]
            found.sort(key=lambda order: order.created_at, reverse=True)
            return {"orders": {"nodes": [order_payload(order) for order in found[: int(asked["n"])]]}}
        if query.startswith("query Products"):
            words = str(asked["q"]).removeprefix("title:").strip("*")
            return {"products": {"nodes": [product(p.id) for p in world.products.values() if words in p.title]}}
        if query.startswith("query Product("):
            return {"product": product(id) if id in world.products else None}
        if query.startswith("query Variant"):
            return {"productVariant": _variant(world.variants[id]) if id in world.variants else None}
        buyer = world.buyers.get(id)
        node = buyer and {
            "id": f"gid://shopify/Customer/{id}", "displayName": buyer.nick,
            "defaultPhoneNumber": {"phoneNumber": buyer.phone},
        }  # fmt: skip
        return {"customer": node}

    def handle(request: Request, body: bytes) -> Response:
        if request.headers["x-shopify-access-token"] != "shpat-token":
            return said({"errors": "[API] Invalid API key or access token"}, 401)
        asked = json.loads(body)
        assert request.url.path == "/admin/api/2026-10/graphql.json"
        return said({"data": answer(asked["query"].strip(), asked["variables"])})

    return Platform(application(handle), settings, "access_token")
