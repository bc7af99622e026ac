"""The GraphQL questions that are asked, and no field more than the mapping reads."""

_MONEY = "{ shopMoney { amount currencyCode } }"

_LINES = "fulfillmentLineItems(first: 100) { nodes { id quantity lineItem { variant { id } } } }"


def _orders(name: str, lines: str = "") -> str:
    return f"""
query {name}($q: String!, $n: Int!) {{
  orders(first: $n, query: $q, sortKey: CREATED_AT, reverse: true) {{
    nodes {{
      id name note createdAt processedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
      totalPriceSet {_MONEY}
      customer {{ id }}
      shippingAddress {{ name phone province city address1 address2 }}
      lineItems(first: 100) {{
        nodes {{ title quantity variant {{ id }} originalUnitPriceSet {_MONEY} discountedTotalSet {_MONEY} }}
      }}
      fulfillments(first: 20) {{ createdAt deliveredAt trackingInfo {{ number company }} {lines} }}
      returns(first: 20) {{ nodes {{ id name status }} }}
      refunds(first: 20) {{ id note createdAt totalRefundedSet {_MONEY} }}
    }}
  }}
}}"""


ORDERS = _orders("Orders")
ORDER_TO_CHANGE = _orders("OrderToChange", _LINES)

_SHOP = "shop { currencyCode }"  # what `price` is in
_VARIANT = "id price inventoryQuantity selectedOptions { name value } product { id }"
_PRODUCT = "id title productType onlineStoreUrl tags featuredMedia { preview { image { url } } }"

PRODUCT = (
    f"query Product($id: ID!) {{ product(id: $id) {{ {_PRODUCT} variants(first: 100) {{ nodes {{ {_VARIANT} }} }} }}"
    f" {_SHOP} }}"
)
PRODUCTS = f"query Products($q: String!, $n: Int!) {{ products(first: $n, query: $q) {{ nodes {{ {_PRODUCT} }} }} }}"
VARIANT = f"query Variant($id: ID!) {{ productVariant(id: $id) {{ {_VARIANT} }} {_SHOP} }}"
CUSTOMER = """
query Customer($id: ID!) {
  customer(id: $id) { id displayName tags createdAt defaultPhoneNumber { phoneNumber } }
}"""
DISCOUNT = f"query Discount($code: String!) {{ codeDiscountNodeByCode(code: $code) {{ id }} {_SHOP} }}"

_ERRORS = "userErrors { field message }"
CANCEL = """
mutation Cancel($id: ID!, $note: String) {
  orderCancel(
    orderId: $id, reason: CUSTOMER, restock: true, notifyCustomer: false, staffNote: $note,
    refundMethod: { originalPaymentMethodsRefund: true }
  ) { job { id done } userErrors: orderCancelUserErrors { field message code } }
}"""
UPDATE = f"mutation Update($input: OrderInput!) {{ orderUpdate(input: $input) {{ {_ERRORS} }} }}"
REQUEST_RETURN = f"""
mutation RequestReturn($input: ReturnRequestInput!) {{
  returnRequest(input: $input) {{ return {{ id name status }} {_ERRORS} }}
}}"""
CANCEL_RETURN = f"mutation CancelReturn($id: ID!) {{ returnCancel(id: $id) {{ return {{ id }} {_ERRORS} }} }}"
CREATE_DISCOUNT = f"""
mutation CreateDiscount($wanted: DiscountCodeBasicInput!) {{
  discountCodeBasicCreate(basicCodeDiscount: $wanted) {{ codeDiscountNode {{ id }} {_ERRORS} }}
}}"""
