"""A shop that answers the generic contract of docs/connectors.md and checks its signature."""

import hashlib
import hmac
import json
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from tests.connectors.fakes.wire import Platform, application, said
from tests.connectors.world import World

from xiaoer.kernel.commerce import Buyer, Order, Product, Refund, Shipment, Variant
from xiaoer.kernel.money import Money


def order_payload(order: Order) -> dict[str, object]:
    return {
        "id": order.id, "buyer_id": order.buyer_id, "created_at": order.created_at.isoformat(),
        "status": "待审核" if order.status == "unknown" else order.status, "phone": order.phone,
        "address": order.address, "receiver": order.receiver, "note": order.note,
        "pay_amount": float(order.pay_amount.yuan) - 1e-11,  # computed in floating point
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        "items": [
            {
                "variant_id": i.variant_id, "title": i.title, "quantity": i.quantity, "price": i.price.yuan,
                "pay_amount": i.pay_amount.yuan,
            }
            for i in order.items
        ],
        "shipments": [_parcel(parcel) for parcel in order.shipments],
        "refunds": [
            {"id": r.id, "kind": r.kind, "status": r.status, "amount": r.amount.yuan} for r in order.refunds
        ],
    }  # fmt: skip


def _parcel(parcel: Shipment) -> dict[str, object]:
    traces = [{"at": step.at.isoformat(), "text": step.text} for step in reversed(parcel.traces)]
    return {"waybill_no": parcel.waybill_no, "order_id": parcel.order_id, "carrier": parcel.carrier, "traces": traces}


def _product(product: Product) -> dict[str, object]:
    return {"id": product.id, "title": product.title}


def _variant(v: Variant) -> dict[str, object]:
    return {"id": v.id, "product_id": v.product_id, "price": v.price.yuan, "stock": v.stock, "spec": v.spec}


def _buyer(buyer: Buyer) -> dict[str, object]:
    return {"id": buyer.id, "nick": buyer.nick, "phone": buyer.phone}


def platform(world: World) -> Platform:
    settings = {"base_url": "http://bridge/shop", "secret": "bridge-secret"}

    done: dict[str, dict[str, object]] = {}

    def act(asked: dict[str, Any]) -> object:
        """Change an order; the same id again gives the first answer."""
        if asked["id"] in done:
            return done[asked["id"]]
        data, told = asked["data"], {"state": "done", "no": "", "status": ""}
        if asked["kind"] == "issue_coupon":
            told |= {"no": data["code"], "amount": str(int(data["off_fen"]) / 100), "valid_to": data["valid_to"]}
            done[asked["id"]] = told
            return told
        order = world.orders[asked["order_id"]]
        match asked["kind"]:
            case "cancel":
                refund = Refund(f"R{order.id}", order.id, "refund_only", "waiting_refund", order.pay_amount)
                order = replace(order, status="refunding", refunds=(*order.refunds, refund))
            case "change_address":
                order = replace(order, address=data["address"], receiver=data["receiver"], phone=data["phone"])
            case "change_note":
                order = replace(order, note=data["note"])
            case "open_after_sale":
                told |= {"no": f"R{order.id}", "status": "pending_review"}
                refund = Refund(
                    f"R{order.id}", order.id, data["kind"], "pending_review", Money(int(data["amount_fen"]))
                )
                order = replace(order, refunds=(*order.refunds, refund))
            case "withdraw_after_sale":
                order = replace(order, refunds=tuple(replace(r, status="withdrawn") for r in order.refunds))
        world.orders[order.id] = order
        done[asked["id"]] = told
        return told

    def find(path: str, query: dict[str, str]) -> object:
        kind, _, rest = path.partition("/")
        id, _, part = rest.partition("/")
        match kind:
            case "actions":
                kinds = "cancel change_address change_note open_after_sale withdraw_after_sale issue_coupon unheard_of"
                return {"items": kinds.split()}
            case "orders" if id:
                return order_payload(world.orders[id]) if id in world.orders else None
            case "orders":
                mine = [o for o in world.orders.values() if o.buyer_id == query["buyer_id"]]
                mine.sort(key=lambda order: order.created_at, reverse=True)
                return {"items": [order_payload(order) for order in mine[: int(query["limit"])]]}
            case "shipments":
                return _parcel(world.parcels[id]) if id in world.parcels else None
            case "products" if part == "variants":
                return {"items": [_variant(v) for v in world.variants_of(id)]} if id in world.products else None
            case "products" if id:
                return _product(world.products[id]) if id in world.products else None
            case "products":
                ids = query.get("ids", "").split(",")
                words = query.get("q", "\0")
                found = [p for p in world.products.values() if p.id in ids or words in p.title]
                return {"items": [_product(p) for p in found]}
            case "variants":
                return _variant(world.variants[id]) if id in world.variants else None
            case "buyers" if id:
                return _buyer(world.buyers[id]) if id in world.buyers else None
            case "buyers":
                ending = query["phone_ending"]
                return {"items": [_buyer(b) for b in world.buyers.values() if b.phone.endswith(ending)]}
        return None

    def handle(request: Request, body: bytes) -> Response:
        target = request.scope["raw_path"].decode()
        if request.url.query:
            target += f"?{request.url.query}"
        signed = f"{request.method}\n{target}\n{request.headers['x-xiaoer-timestamp']}\n".encode() + body
        if request.headers["x-xiaoer-signature"] != hmac.new(b"bridge-secret", signed, hashlib.sha256).hexdigest():
            return said({"error": "signature"}, 401)
        if request.method == "POST":
            assert request.url.path == "/shop/actions"
            return said(act(json.loads(body)))
        found = find(request.url.path.removeprefix("/shop/"), dict(request.query_params))
        return said({"error": "not found"}, 404) if found is None else said(found)

    return Platform(application(handle), settings, "secret")
