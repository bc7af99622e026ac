"""Vendure's two endpoints, and a buyer who orders there."""

from typing import Any

import httpx2
from tests.real_shop.catalogue import sku

from xiaoer.kernel.commerce import Buyer

_ADDRESS = {
    "fullName": "王小明", "streetLine1": "文三路1号", "city": "杭州市", "province": "浙江省", "countryCode": "CN"
}  # fmt: skip
REFUSED = "... on ErrorResult { errorCode message }"


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


class Buying:
    """A buyer's own session, and what the shop does with the orders."""

    def __init__(self, base: str, admin: Api, buyer: Buyer) -> None:
        self._shop, self._admin, self._buyer = Api(f"{base}/shop-api"), admin, buyer
        self._ids = {
            v["sku"]: v["id"] for v in admin("{ productVariants(options: {take: 100}) { items { id sku } } }")["items"]
        }
        mail = f"{buyer.phone}@example.cn"
        self._shop(
            f'mutation ($m: String!) {{ login(username: $m, password: "test-password") {{ __typename {REFUSED} }} }}',
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
                f" {{ ... on Order {{ id code createdAt orderPlacedAt }} {REFUSED} }} }}"
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


def place(base: str, status: str) -> str:
    """One more order of the second buyer (the first has one open), for a test that changes it; return its code."""
    admin = Api(f"{base}/admin-api")
    admin('mutation { login(username: "superadmin", password: "superadmin") { __typename } }')
    buying = Buying(base, admin, Buyer("", "李四", phone="13900139999"))
    made = buying.order((sku("MORE-06").id, 1), pay=status != "unpaid")
    if status == "shipped":
        buying.ship(made, "YT5550001112223")
    return str(made["code"])
