"""Fills an empty Vendure: thirty products, two promotions, two buyers, orders in every state. Gives what is true."""

from datetime import datetime
from typing import Any

import httpx2
from tests.connectors.world import World
from tests.real_shop.catalogue import COAT, SEARCH, SHIRT, Sku, sku, skus_of, titles

from xiaoer.kernel.commerce import Buyer, Order, OrderItem, Product, Refund, Shipment, Variant
from xiaoer.kernel.money import Money

FREIGHT = 1_000
_ADDRESS = {
    "fullName": "王小明", "streetLine1": "文三路1号", "city": "杭州市", "province": "浙江省", "countryCode": "CN"
}  # fmt: skip
_REFUSED = "... on ErrorResult { errorCode message }"


class Api:
    """One GraphQL endpoint with a bearer session."""

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(base_url=url, timeout=30, params={"languageCode": "zh_Hans"})

    def __call__(self, query: str, **variables: Any) -> Any:
        answer = self._client.post("", json={"query": query, "variables": variables})
        token = answer.headers.get("vendure-auth-token")
        if token:
            self._client.headers["Authorization"] = f"Bearer {token}"
        document = answer.json()
        assert "errors" not in document, document["errors"]
        (found,) = document["data"].values()
        assert not (isinstance(found, dict) and found.get("errorCode")), found
        return found


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
        f"mutation ($i: UpdateChannelInput!) {{ updateChannel(input: $i) {{ __typename {_REFUSED} }} }}",
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
        f"mutation ($i: CreatePromotionInput!) {{ createPromotion(input: $i) {{ __typename {_REFUSED} }} }}",
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


class Buying:
    """A buyer's own session, and what the shop does with the orders."""

    def __init__(self, base: str, admin: Api, buyer: Buyer) -> None:
        self._shop, self._admin, self._buyer = Api(f"{base}/shop-api"), admin, buyer
        self._ids = {
            v["sku"]: v["id"] for v in admin("{ productVariants(options: {take: 100}) { items { id sku } } }")["items"]
        }
        mail = f"{buyer.phone}@example.cn"
        self._shop(
            f'mutation ($m: String!) {{ login(username: $m, password: "test-password") {{ __typename {_REFUSED} }} }}',
            m=mail,
        )

    def order(self, *wanted: tuple[str, int], pay: bool = True) -> dict[str, Any]:
        for id, count in wanted:
            self._shop(
                "mutation ($v: ID!, $n: Int!) { addItemToOrder(productVariantId: $v, quantity: $n)"
                " { __typename ... on ErrorResult { errorCode message } } }",
                v=self._ids[id],
                n=count,
            )
        self._shop(
            "mutation ($a: CreateAddressInput!) { setOrderShippingAddress(input: $a)"
            " { __typename ... on ErrorResult { errorCode } } }",
            a={**_ADDRESS, "phoneNumber": self._buyer.phone},
        )
        method = self._shop("{ eligibleShippingMethods { id } }")[0]["id"]
        self._shop(
            "mutation ($m: [ID!]!) { setOrderShippingMethod(shippingMethodId: $m)"
            " { __typename ... on ErrorResult { errorCode } } }",
            m=[method],
        )
        found = self._shop(
            'mutation { transitionOrderToState(state: "ArrangingPayment")'
            " { ... on Order { id code createdAt orderPlacedAt } ... on ErrorResult { errorCode message } } }"
        )
        if pay:
            found = self._shop(
                'mutation { addPaymentToOrder(input: {method: "pay", metadata: {}})'
                f" {{ ... on Order {{ id code createdAt orderPlacedAt }} {_REFUSED} }} }}"
            )
        details = self._admin(
            "query ($i: ID!) { order(id: $i) { id lines { id quantity } payments { id } } }", i=found["id"]
        )
        return {**found, **details}

    def ship(self, order: dict[str, Any], waybill: str, *, deliver: bool = False) -> None:
        handler = {
            "code": "manual-fulfillment",
            "arguments": [{"name": "method", "value": "圆通速递"}, {"name": "trackingCode", "value": waybill}],
        }
        lines = [{"orderLineId": line["id"], "quantity": line["quantity"]} for line in order["lines"]]
        made = self._admin(
            "mutation ($i: FulfillOrderInput!) { addFulfillmentToOrder(input: $i)"
            " { ... on Fulfillment { id } ... on ErrorResult { errorCode message } } }",
            i={"lines": lines, "handler": handler},
        )
        for state in ("Shipped", "Delivered") if deliver else ("Shipped",):
            self._admin(
                "mutation ($i: ID!, $s: String!) { transitionFulfillmentToState(id: $i, state: $s)"
                " { __typename ... on ErrorResult { errorCode message } } }",
                i=made["id"],
                s=state,
            )

    def refund(self, order: dict[str, Any], amount: int) -> None:
        made = self._admin(
            "mutation ($i: RefundOrderInput!) { refundOrder(input: $i)"
            " { ... on Refund { id } ... on ErrorResult { errorCode message } } }",
            i={
                "lines": [], "shipping": 0, "adjustment": 0, "amount": amount, "reason": "少发一件",
                "paymentId": order["payments"][0]["id"],
            },
        )  # fmt: skip
        self._admin(
            'mutation ($i: ID!) { settleRefund(input: {id: $i, transactionId: "t-1"})'
            " { __typename ... on ErrorResult { errorCode message } } }",
            i=made["id"],
        )

    def cancel(self, order: dict[str, Any]) -> None:
        self._admin(
            'mutation ($i: ID!) { cancelOrder(input: {orderId: $i, reason: "不想要了", cancelShipping: true})'
            " { __typename ... on ErrorResult { errorCode message } } }",
            i=order["id"],
        )


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


def place(base: str, status: str) -> str:
    """One more order of the second buyer (the first has one open), for a test that changes it; return its code."""
    admin = Api(f"{base}/admin-api")
    admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
    buying = Buying(base, admin, Buyer("", "李四", phone="13900139999"))
    made = buying.order((sku("MORE-06").id, 1), pay=status != "unpaid")
    if status == "shipped":
        buying.ship(made, "YT5550001112223")
    return str(made["code"])
