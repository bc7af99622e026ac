"""Fills an empty Tryton with the plan on standard input, and says which ids came of it; runs in Tryton's own Python."""

import json
import sys
from decimal import Decimal
from typing import Any

from proteus import Model, config


def fill(plan: dict[str, Any], settings: Any) -> dict[str, Any]:
    Currency, Party, Company = (Model.get(name) for name in ("currency.currency", "party.party", "company.company"))
    yuan = Currency(name="人民币", symbol="¥", code="CNY", numeric_code="156", rounding=Decimal("0.01"), digits=2)
    yuan.save()
    own = Party(name="小店")
    own.save()
    company = Company(party=own, currency=yuan)
    company.save()
    User = Model.get("res.user")
    (admin,) = User.find([("login", "=", "admin")])
    admin.companies.append(company)
    admin.company = company
    admin.save()
    settings._context = User.get_preferences(True, {})
    products = _products(plan["skus"])
    _stock(plan["skus"], products)
    buyers = {}
    for row in plan["buyers"]:
        party = Party(name=row["name"])
        party.contact_mechanisms.new(type="mobile", value=row["phone"])
        party.save()
        buyers[row["phone"]] = party
    orders = [_order(row, buyers[row["buyer"]], products) for row in plan["orders"]]
    titles = {product.template.name: str(product.template.id) for product in products.values()}
    return {"products": titles, "buyers": {phone: str(p.id) for phone, p in buyers.items()}, "orders": orders}


def _products(skus: list[dict[str, Any]]) -> dict[str, Any]:
    Template, Uom = Model.get("product.template"), Model.get("product.uom")
    (unit,) = Uom.find([("symbol", "=", "u")], limit=1)
    made: dict[str, Any] = {}
    for title in dict.fromkeys(row["title"] for row in skus):
        mine = [row for row in skus if row["title"] == title]
        template = Template(name=title, default_uom=unit, type="goods", salable=True)
        template.list_price = Decimal(mine[0]["price"]) / 100
        template.products[0].suffix_code = mine[0]["id"]
        for row in mine[1:]:
            template.products.new().suffix_code = row["id"]
        template.save()
        made |= {product.code: product for product in template.products}
    return made


def _stock(skus: list[dict[str, Any]], products: dict[str, Any]) -> None:
    (storage,) = Model.get("stock.location").find([("type", "=", "storage"), ("code", "=", "STO")])
    inventory = Model.get("stock.inventory")(location=storage)
    for row in skus:
        if row["stock"]:
            line = inventory.lines.new(product=products[row["id"]])
            line.quantity = row["stock"]
    inventory.click("confirm")


def _order(row: dict[str, Any], buyer: Any, products: dict[str, Any]) -> dict[str, str]:
    sale = Model.get("sale.sale")(party=buyer, invoice_method="manual", shipment_method="order")
    for id, count in row["items"]:
        line = sale.lines.new(product=products[id], quantity=count)
        line.unit_price = products[id].template.list_price
    sale.save()
    for step in row["steps"]:
        if step == "ship":
            (shipment,) = sale.shipments
            for button in ("assign_force", "pick", "pack", "do"):
                shipment.click(button)
        else:
            sale.click(step)
        sale.reload()
    return {"number": sale.number or "", "created_at": sale.create_date.isoformat()}


if __name__ == "__main__":
    context = config.set_trytond(database="shop", config_file="trytond.conf")
    print(json.dumps(fill(json.load(sys.stdin), context)))
