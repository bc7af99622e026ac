"""Fills an empty Vendure: thirty products, two promotions, two buyers, orders in every state. Gives what is true."""

from datetime import datetime
from typing import Any

from tests.connectors.world import World
from tests.real_shop.catalogue import COAT, SEARCH, SHIRT, Sku, sku, skus_of, titles
from tests.real_shop.vendure.buying import REFUSED, Api, Buying

from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, Variant
from xiaoer.kernel.money import Money

FREIGHT = 1_000


def _named(name: str) -> list[dict[str, str]]:
    return [{"languageCode": "zh_Hans", "name": name, "description": ""}]


def prepare(admin: Api) -> None:
    """Country, tax, channel, freight, payment, promotions."""
    admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
    country = admin(
        "mutation ($i: CreateCountryInput!) { createCountry(input: $i) { id } }",
        i={"code": "CN", "enabled": True, "translations": [{"languageCode": "zh_Hans", "name": "中国"}]},
    )["id"]
    zone = admin('mutation ($m: [ID!]) { createZone(input: {name: "中国", memberIds: $m}) { id } }', m=[country])["id"]
    tax = admin('mutation { createTaxCategory(input: {name: "普通", isDefault: true}) { id } }')["id"]
    admin(
        "mutation ($i: CreateTaxRateInput!) { createTaxRate(input: $i) { id } }",
        i={"name": "零", "enabled": True, "value": 0, "categoryId": tax, "zoneId": zone},
    )
    admin("mutation { updateGlobalSettings(input: {availableLanguages: [zh_Hans, en]}) { __typename } }")
    admin(
        f"mutation ($i: UpdateChannelInput!) {{ updateChannel(input: $i) {{ __typename {REFUSED} }} }}",
        i={
            "id": "1", "availableCurrencyCodes": ["CNY"], "defaultCurrencyCode": "CNY",
            "defaultLanguageCode": "zh_Hans",
            "availableLanguageCodes": ["zh_Hans", "en"], "pricesIncludeTax": True, "defaultTaxZoneId": zone,
            "defaultShippingZoneId": zone,
        },
    )  # fmt: skip
    admin(
        "mutation ($i: CreateShippingMethodInput!) { createShippingMethod(input: $i) { id } }",
        i={
            "code": "std", "fulfillmentHandler": "manual-fulfillment", "translations": _named("快递"),
            "checker": {
                "code": "default-shipping-eligibility-checker", "arguments": [{"name": "orderMinimum", "value": "0"}]
            },
            "calculator": {
                "code": "default-shipping-calculator",
                "arguments": [
                    {"name": "rate", "value": str(FREIGHT)}, {"name": "includesTax", "value": "include"},
                    {"name": "taxRate", "value": "0"},
                ],
            },
        },
    )  # fmt: skip
    admin(
        "mutation ($i: CreatePaymentMethodInput!) { createPaymentMethod(input: $i) { id } }",
        i={
            "code": "pay", "enabled": True, "translations": _named("支付"),
            "handler": {"code": "dummy-payment-handler", "arguments": [{"name": "automaticSettle", "value": "true"}]},
        },
    )  # fmt: skip
    promote(admin, "满400减50", 40_000, 5_000)
    promote(admin, "券满300减20", 30_000, 2_000, coupon="Q20")


def promote(admin: Api, name: str, least: int, off: int, coupon: str | None = None, *, percent: bool = False) -> None:
    """满减: `off` fen (with `percent` 满折, 9折 is 9000) from `least` fen; a coupon code must be entered."""
    action = (
        ("order_percentage_discount", str((10_000 - off) // 100)) if percent else ("order_fixed_discount", str(off))
    )
    conditions = [
        {
            "code": "minimum_order_amount",
            "arguments": [{"name": "amount", "value": str(least)}, {"name": "taxInclusive", "value": "true"}],
        }
    ]
    admin(
        f"mutation ($i: CreatePromotionInput!) {{ createPromotion(input: $i) {{ __typename {REFUSED} }} }}",
        i={
            "enabled": True, "translations": _named(name), "conditions": conditions,
            "actions": [{"code": action[0], "arguments": [{"name": "discount", "value": action[1]}]}],
            **({"couponCode": coupon} if coupon else {}),
        },
    )  # fmt: skip


def _group(admin: Api, product: str, name: str, values: list[str]) -> dict[str, str]:
    group = admin(
        "mutation ($i: CreateProductOptionGroupInput!)"
        " { createProductOptionGroup(input: $i) { id options { id name } } }",
        i={
            "code": f"{product}-{name}", "translations": [{"languageCode": "zh_Hans", "name": name}],
            "options": [
                {"code": f"o{n}", "translations": [{"languageCode": "zh_Hans", "name": value}]}
                for n, value in enumerate(values)
            ],
        },
    )  # fmt: skip
    admin(
        "mutation ($p: ID!, $g: ID!) { addOptionGroupToProduct(productId: $p, optionGroupId: $g) { id } }",
        p=product,
        g=group["id"],
    )
    return {option["name"]: option["id"] for option in group["options"]}


def stock_up(admin: Api) -> dict[str, str]:
    """Create the products with their variants; return product id by title."""
    location = admin("{ stockLocations { items { id } } }")["items"][0]["id"]
    made = {}
    for n, title in enumerate(titles()):
        translation = {"languageCode": "zh_Hans", "name": title, "slug": f"p{n}", "description": ""}
        product = admin(
            "mutation ($i: CreateProductInput!) { createProduct(input: $i) { id } }", i={"translations": [translation]}
        )["id"]
        made[title] = product
        skus = skus_of(title)
        colours = _group(admin, product, "颜色", list(dict.fromkeys(s.colour for s in skus)))
        sizes = _group(admin, product, "尺码", list(dict.fromkeys(s.size for s in skus)))
        variants = [
            {
                "productId": product, "sku": s.id, "price": s.price, "trackInventory": "TRUE",
                "translations": [{"languageCode": "zh_Hans", "name": s.title}],
                "optionIds": [colours[s.colour], sizes[s.size]],
                "stockLevels": [{"stockLocationId": location, "stockOnHand": s.stock}],
            }
            for s in skus
        ]  # fmt: skip
        admin("mutation ($i: [CreateProductVariantInput!]!) { createProductVariants(input: $i) { id } }", i=variants)
    return made


_REGISTER = """
mutation ($i: CreateCustomerInput!) {
  createCustomer(input: $i, password: "test-password") { ... on Customer { id } ... on ErrorResult { errorCode } }
}"""


def register(admin: Api, surname: str, given: str, phone: str) -> Buyer:
    mail = f"{phone}@example.cn"
    customer = {"firstName": given, "lastName": surname, "emailAddress": mail, "phoneNumber": phone}
    id = admin(_REGISTER, i=customer)["id"]
    return Buyer(id, surname + given, phone=phone)


def _item(id: str, count: int, paid: int) -> OrderItem:
    s: Sku = sku(id)
    return OrderItem(id, s.title, count, Money(s.price), Money(paid))


def seed(base: str) -> World:
    admin = Api(f"{base}/admin-api")
    prepare(admin)
    products = stock_up(admin)
    ming, si = register(admin, "王", "小明", "13800138000"), register(admin, "李", "四", "13900139999")
    buying, other = Buying(base, admin, ming), Buying(base, admin, si)
    orders: dict[str, Order] = {}

    def remember(
        made: dict[str, Any], status: str, paid: int, *items: OrderItem, buyer: Buyer = ming, **more: Any
    ) -> None:
        at = datetime.fromisoformat(made.get("orderPlacedAt") or made["createdAt"])
        orders[made["code"]] = Order(made["code"], buyer.id, status, at, Money(paid), items, phone=buyer.phone, **more)

    made = buying.order((COAT, 1), (SHIRT, 1))
    remember(made, "paid", 40_800 + FREIGHT, _item(COAT, 1, 26_636), _item(SHIRT, 1, 14_164))
    made = buying.order((COAT, 1))
    buying.ship(made, "YT1234567890123")
    parcel = Shipment("YT1234567890123", made["code"], "圆通速递")
    remember(made, "shipped", 29_900 + FREIGHT, _item(COAT, 1, 29_900), shipments=(parcel,))
    made = buying.order((SHIRT, 2))
    buying.ship(made, "YT9876543210987", deliver=True)
    parcel = Shipment("YT9876543210987", made["code"], "圆通速递")
    remember(made, "delivered", 31_800 + FREIGHT, _item(SHIRT, 2, 31_800), shipments=(parcel,))
    made = buying.order((SHIRT, 2))
    buying.refund(made, 15_900)
    refund = Refund("", made["code"], "refund_only", "退款成功", Money(15_900), "少发一件")
    remember(made, "paid", 31_800 + FREIGHT, _item(SHIRT, 2, 31_800), refunds=(refund,))
    made = other.order((COAT, 1))
    remember(made, "paid", 29_900 + FREIGHT, _item(COAT, 1, 29_900), buyer=si)
    made = buying.order((COAT, 1))
    buying.cancel(made)
    remember(made, "closed", 0, _item(COAT, 1, 0))
    made = buying.order((SHIRT, 1), pay=False)
    remember(made, "unpaid", 15_900 + FREIGHT, _item(SHIRT, 1, 15_900))

    taken = {COAT: 3, SHIRT: 5}  # ordered or sent; the cancelled coat came back
    variants = {
        s.id: Variant(
            s.id, products[s.title], Money(s.price), {"颜色": s.colour, "尺码": s.size},
            s.stock - taken.get(s.id, 0),
        )
        for title in titles()
        for s in skus_of(title)
    }  # fmt: skip
    return World(
        products={id: Product(id, title) for title, id in products.items()},
        variants=variants,
        orders=orders,
        parcels={},
        buyers={ming.id: ming, si.id: si},
        search=(SEARCH, products["轻薄羽绒服 女款"]),
        unknown_order="NOSUCHORDER00000",
        unknown_product="99999",
        unknown_variant="NO-SUCH-SKU",
        unknown_buyer="99999",
    )
