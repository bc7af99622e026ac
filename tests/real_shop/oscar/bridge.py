"""The views that a django-oscar shop adds for Xiaoer: orders, search, variants, buyers, and the price of a cart.

Copy this file into the project and route `bridge/` to `urlpatterns`. Only staff with Basic authentication may
call it.
"""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import path
from oscar.core.loading import get_class, get_model
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")
Voucher = get_model("voucher", "Voucher")
User = get_model("order", "Order")._meta.get_field("user").related_model
Applicator = get_class("offer.applicator", "Applicator")
Selector = get_class("partner.strategy", "Selector")


def _order(order: Any) -> dict[str, Any]:
    to = order.shipping_address
    return {
        "number": order.number, "status": order.status, "date_placed": order.date_placed.isoformat(),
        "total_incl_tax": str(order.total_incl_tax), "currency": order.currency, "buyer_id": str(order.user_id or ""),
        "receiver": {
            "name": to.name, "phone": str(to.phone_number or ""),
            "address": "".join((to.state, to.line4, to.line1, to.line2)),
        } if to else {},
        "lines": [
            {
                "sku": line.upc, "title": line.product.get_title() if line.product else line.title,
                "quantity": line.quantity, "unit_price": str(line.unit_price_incl_tax),
                "paid": str(line.line_price_incl_tax),
            }
            for line in order.lines.all()
        ],
        "shipments": [
            {"at": event.date_created.isoformat(), "notes": event.notes} for event in order.shipping_events.all()
        ],
        "payments": [
            {
                "id": str(event.id), "kind": event.event_type.code, "amount": str(event.amount),
                "reference": event.reference, "at": event.date_created.isoformat(),
            }
            for event in order.payment_events.all()
        ],
    }  # fmt: skip


@api_view(["GET"])
@permission_classes([IsAdminUser])
def orders(request: Request) -> Response:
    asked = request.query_params
    if "number" in asked:
        found = Order.objects.filter(number=asked["number"])
    else:
        found = Order.objects.filter(user_id=asked["buyer_id"]).order_by("-date_placed")[: int(asked["limit"])]
    return Response({"items": [_order(order) for order in found]})


@api_view(["GET"])
@permission_classes([IsAdminUser])
def search(request: Request) -> Response:
    found = Product.objects.exclude(structure="child").filter(title__icontains=request.query_params["q"])
    limit = int(request.query_params["limit"])
    return Response({"items": [{"id": p.id, "title": p.title} for p in found.order_by("id")[:limit]]})


@api_view(["GET"])
@permission_classes([IsAdminUser])
def variants(request: Request) -> Response:
    asked = request.query_params
    if "sku" in asked:
        found = Product.objects.exclude(structure="parent").filter(upc=asked["sku"])
    else:
        one = Product.objects.filter(id=asked["product_id"])
        found = Product.objects.filter(parent_id=asked["product_id"]) | one.filter(structure="standalone")
    rows = []
    for product in found.order_by("id"):
        bought = Selector().strategy().fetch_for_product(product)
        rows.append(
            {
                "sku": product.upc, "product_id": str(product.parent_id or product.id),
                "currency": bought.price.currency,
                "price": str(bought.price.incl_tax if bought.price.is_tax_known else bought.price.excl_tax),
                "num_available": max(0, getattr(bought.stockrecord, "net_stock_level", 0) or 0),
                "attributes": {value.attribute.name: value.value_as_text for value in product.attribute_values.all()},
            }
        )  # fmt: skip
    return Response({"items": rows})


@api_view(["GET"])
@permission_classes([IsAdminUser])
def buyers(request: Request) -> Response:
    asked = request.query_params
    people = User.objects.filter(is_staff=False)
    if "id" in asked:
        people = people.filter(id=asked["id"])
    else:
        people = people.filter(addresses__phone_number__endswith=asked["phone_ending"]).distinct()
    rows = []
    for person in people.order_by("id")[:50]:
        address = person.addresses.order_by("id").first()
        phone = str(address.phone_number or "") if address else ""
        rows.append({"id": str(person.id), "name": person.get_full_name(), "phone": phone})
    return Response({"items": rows})


class _Priced(Exception):
    """Ends the transaction, so that no basket stays."""


@api_view(["POST"])
@permission_classes([IsAdminUser])
def price(request: Request) -> Response:
    answer: dict[str, Any] = {}
    try:
        with transaction.atomic():
            answer = _price(request)
            raise _Priced
    except _Priced:
        return Response(answer)


def _price(request: Request) -> dict[str, Any]:
    basket = Basket.objects.create(owner=request.user)
    basket.strategy = Selector().strategy(request=request, user=request.user)
    for row in request.data["lines"]:
        product = Product.objects.exclude(structure="parent").filter(upc=row["sku"]).first()
        if product is None:
            return {"refused_line": row["sku"], "reason": "unknown"}
        allowed, reason = basket.strategy.fetch_for_product(product).availability.is_purchase_permitted(row["quantity"])
        if not allowed:
            return {"refused_line": row["sku"], "reason": str(reason)}
        basket.add_product(product, row["quantity"])
    refused = []
    for code in request.data.get("coupons", []):
        voucher = Voucher.objects.filter(code=code).first()
        if voucher is None or not voucher.is_active():
            refused.append([code, "unknown" if voucher is None else "expired"])
        else:
            basket.vouchers.add(voucher)
    Applicator().apply(basket, request.user, request)
    lines = [
        {
            "sku": line.product.upc, "quantity": line.quantity,
            "base": str(line.line_price_excl_tax), "paid": str(line.line_price_excl_tax_incl_discounts),
        }
        for line in basket.all_lines()
    ]  # fmt: skip
    discounts = (*basket.offer_discounts, *basket.voucher_discounts)
    applied = [[row["name"], str(row["discount"])] for row in discounts]
    total = basket.total_excl_tax if not basket.is_tax_known else basket.total_incl_tax
    return {
        "currency": basket.currency,
        "total": str(total or Decimal(0)),
        "lines": lines,
        "applied": applied,
        "refused": refused,
    }


urlpatterns = [
    path("orders/", orders),
    path("search/", search),
    path("variants/", variants),
    path("buyers/", buyers),
    path("price/", price),
]
