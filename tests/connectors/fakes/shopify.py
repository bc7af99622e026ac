"""A fake Shopify Admin API: checks the token header and serves the questions by name."""

import json
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Order, Refund, Variant
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
        "displayFinancialStatus": "PARTIALLY_REFUNDED" if any(r.kind == "refund_only" for r in order.refunds) else _MONEY[order.status],
        "displayFulfillmentStatus": "FULFILLED" if sent else "UNFULFILLED",
        "totalPriceSet": _set(order.pay_amount), "customer": {"id": f"gid://shopify/Customer/{order.buyer_id}"},
        "shippingAddress": {"name": order.receiver, "phone": f"+86 {order.phone}", "address1": order.address},
        "note": order.note,
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
                "fulfillmentLineItems": {
                    "nodes": [
                        {
                            "id": f"gid://shopify/FulfillmentLineItem/{i.variant_id}", "quantity": i.quantity,
                            "lineItem": {"variant": {"id": f"gid://shopify/ProductVariant/{i.variant_id}"}},
                        }
                        for i in order.items
                    ]
                },
            }
            for p in order.shipments
        ],
        "refunds": [
            {"id": f"gid://shopify/Refund/{r.id}", "note": r.reason, "totalRefundedSet": _set(r.amount)}
            for r in order.refunds
            if r.kind == "refund_only"
        ],
        "returns": {
            "nodes": [
                {"id": f"gid://shopify/Return/{r.id}", "name": f"#{r.id}", "status": r.status}
                for r in order.refunds
                if r.kind == "return_refund"
            ]
        },
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

    codes: set[str] = set()

    def change(query: str, asked: dict[str, Any]) -> dict[str, object]:
        name = query.split("{", 2)[1].strip().split("(", 1)[0]
        if name == "discountCodeBasicCreate":
            wanted = asked["wanted"]
            assert wanted["context"] and wanted["startsAt"] and wanted["customerGets"]["value"]["discountAmount"]
            taken = wanted["code"] in codes
            codes.add(wanted["code"])
            return {name: {"userErrors": [{"field": ["code"], "message": "taken"}] if taken else []}}
        given = asked.get("input", asked)
        order = world.orders[str(given.get("orderId") or given["id"]).rsplit("/", 1)[-1].removeprefix("9")[:4]]
        match name:
            case "orderCancel":
                refund = Refund(f"R{order.id}", order.id, "refund_only", "退款成功", order.pay_amount)
                order = replace(order, status="closed", refunds=(refund,))
            case "orderUpdate" if "note" in given:
                order = replace(order, note=given["note"])
            case "orderUpdate":
                to = given["shippingAddress"]
                where = "".join(to[part] for part in ("province", "address1", "address2"))
                order = replace(order, address=where, receiver=to["lastName"], phone=to["phone"])
            case "returnRequest":
                (line,) = given["returnLineItems"]
                assert line["returnReason"] in ("OTHER", "DEFECTIVE", "WRONG_ITEM", "NOT_AS_DESCRIBED", "UNWANTED")
                row = Refund(f"{order.id}-R1", order.id, "return_refund", "REQUESTED", Money(0))
                order = replace(order, refunds=(row,))
            case "returnCancel":
                order = replace(order, refunds=tuple(replace(r, status="CANCELED") for r in order.refunds))
        world.orders[order.id] = order
        return {name: {"userErrors": []}}

    def answer(query: str, asked: dict[str, Any]) -> dict[str, object]:
        if query.startswith("mutation"):
            return change(query, asked)
        if query.startswith("query Discount"):
            return {"codeDiscountNodeByCode": {"id": "gid://1"} if asked["code"] in codes else None}
        id = str(asked.get("id", "")).rsplit("/", 1)[-1]
        if query.startswith("query Order"):
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
