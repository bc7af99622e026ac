"""Fills an empty Oscar with the plan that the test sends, and says which ids came of it."""

from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from oscar.apps.order.utils import OrderCreator
from oscar.apps.shipping.methods import Free
from oscar.core.loading import get_class, get_model
from oscar.core.prices import Price

User = get_user_model()
Selector = get_class("partner.strategy", "Selector")
Applicator = get_class("offer.applicator", "Applicator")
EventHandler = get_class("order.processing", "EventHandler")


def _model(path: str) -> Any:
    return get_model(*path.split("."))


def fill(plan: dict[str, Any]) -> dict[str, Any]:
    User.objects.create_superuser("admin", "admin@example.cn", "admin-password")
    country = _model("address.Country").objects.create(
        iso_3166_1_a2="CN", printable_name="中国", name="中国", is_shipping_country=True
    )
    products = _products(plan["skus"])
    _promotions(plan["coupons"])
    buyers = {}
    for row in plan["buyers"]:
        buyer = User.objects.create_user(
            row["phone"], f"{row['phone']}@example.cn", "x", last_name=row["name"], first_name=""
        )
        _model("address.UserAddress").objects.create(
            user=buyer, last_name=row["name"], line1="文三路1号", phone_number=f"+86{row['phone']}", country=country
        )
        buyers[row["phone"]] = buyer
    made = [_order(row, buyers[row["buyer"]], country, n) for n, row in enumerate(plan["orders"])]
    return {"products": products, "buyers": {phone: str(b.id) for phone, b in buyers.items()}, "orders": made}


def _products(skus: list[dict[str, Any]]) -> dict[str, str]:
    Product = _model("catalogue.Product")
    kind = _model("catalogue.ProductClass").objects.create(name="商品", requires_shipping=True, track_stock=True)
    for code, name in (("colour", "颜色"), ("size", "尺码")):
        _model("catalogue.ProductAttribute").objects.create(product_class=kind, name=name, code=code, type="text")
    partner = _model("partner.Partner").objects.create(name="自营")
    parents: dict[str, Any] = {}
    for row in skus:
        if row["title"] not in parents:
            parents[row["title"]] = Product.objects.create(
                title=row["title"], product_class=kind, structure=Product.PARENT
            )
        child = Product(structure=Product.CHILD, parent=parents[row["title"]], upc=row["id"], title="")
        child.attr.colour, child.attr.size = row["colour"], row["size"]
        child.save()
        _model("partner.StockRecord").objects.create(
            product=child, partner=partner, partner_sku=row["id"], price=Decimal(row["price"]) / 100,
            num_in_stock=row["stock"],
        )  # fmt: skip
    return {title: str(product.id) for title, product in parents.items()}


def _offer(name: str, least: int, off: int, kind: str = "Site") -> Any:
    everything, _ = _model("offer.Range").objects.get_or_create(name="全场", includes_all_products=True)
    condition = _model("offer.Condition").objects.create(range=everything, type="Value", value=least)
    benefit = _model("offer.Benefit").objects.create(range=everything, type="Absolute", value=off)
    return _model("offer.ConditionalOffer").objects.create(
        name=name, offer_type=kind, condition=condition, benefit=benefit, exclusive=False,
        max_basket_applications=1,
    )  # fmt: skip


def _promotions(coupons: list[list[Any]]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    _offer("满400减50", 400, 50)
    now = timezone.now()
    for code, least, off in (("Q20", 300, 20), ("Q380", 380, 20), *((c, w / 100, o / 100) for c, w, o in coupons)):
        voucher = _model("voucher.Voucher").objects.create(
            name=f"券满{least}减{off} {code}", code=code, usage="Multi-use", start_datetime=now - timedelta(days=1),
            end_datetime=now + timedelta(days=9),
        )  # fmt: skip
        voucher.offers.add(_offer(f"券满{least}减{off} {code}", least, off, kind="Voucher"))


def _order(row: dict[str, Any], buyer: Any, country: Any, n: int) -> dict[str, str]:
    Product, Basket = _model("catalogue.Product"), _model("basket.Basket")
    basket = Basket.objects.create(owner=buyer)
    basket.strategy = Selector().strategy(user=buyer)
    for sku, count in row["items"]:
        basket.add_product(Product.objects.get(upc=sku), count)
    Applicator().apply(basket, buyer)
    address = _model("order.ShippingAddress").objects.create(
        last_name="王小明", line1="文三路1号", line4="杭州市", state="浙江省", country=country,
        phone_number=f"+86{row['buyer']}",
    )  # fmt: skip
    total = basket.total_excl_tax
    order = OrderCreator().place_order(
        basket=basket, total=Price("CNY", excl_tax=total, incl_tax=total), shipping_method=Free(),
        shipping_charge=Price("CNY", excl_tax=Decimal(0), incl_tax=Decimal(0)), user=buyer,
        shipping_address=address, order_number=f"{100001 + n}",
    )  # fmt: skip
    basket.submit()
    handler = EventHandler()
    for status in row["statuses"]:
        if status == "已发货":
            kind, _ = _model("order.ShippingEventType").objects.get_or_create(name="已发货", code="shipped")
            lines = list(order.lines.all())
            event = handler.create_shipping_event(order, kind, lines, [line.quantity for line in lines])
            event.notes = row["waybill"]
            event.save()
            handler.consume_stock_allocations(order, lines, [line.quantity for line in lines])
        order.set_status(status)
    if row.get("refund"):
        kind, _ = _model("order.PaymentEventType").objects.get_or_create(name="退款", code="refund")
        handler.create_payment_event(order, kind, Decimal(row["refund"]) / 100, reference="少发一件")
    return {"number": order.number, "date_placed": order.date_placed.isoformat()}
