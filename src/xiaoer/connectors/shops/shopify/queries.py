"""The GraphQL questions that are asked, and no field more than the mapping reads."""

_MONEY = "{ shopMoney { amount } }"

ORDERS = f"""
query Orders($q: String!, $n: Int!) {{
  orders(first: $n, query: $q, sortKey: CREATED_AT, reverse: true) {{
    nodes {{
      id name createdAt processedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
      totalPriceSet {_MONEY}
      customer {{ id }}
      shippingAddress {{ name phone province city address1 address2 }}
      lineItems(first: 100) {{
        nodes {{ title quantity variant {{ id }} originalUnitPriceSet {_MONEY} discountedTotalSet {_MONEY} }}
      }}
      fulfillments(first: 20) {{ createdAt deliveredAt trackingInfo {{ number company }} }}
      refunds(first: 20) {{ id note createdAt totalRefundedSet {_MONEY} }}
    }}
  }}
}}"""

_VARIANT = "id price inventoryQuantity selectedOptions { name value } product { id }"
_PRODUCT = "id title productType onlineStoreUrl tags featuredMedia { preview { image { url } } }"

PRODUCT = (
    f"query Product($id: ID!) {{ product(id: $id) {{ {_PRODUCT} variants(first: 100) {{ nodes {{ {_VARIANT} }} }} }} }}"
)
PRODUCTS = f"query Products($q: String!, $n: Int!) {{ products(first: $n, query: $q) {{ nodes {{ {_PRODUCT} }} }} }}"
VARIANT = f"query Variant($id: ID!) {{ productVariant(id: $id) {{ {_VARIANT} }} }}"
CUSTOMER = """
query Customer($id: ID!) {
  customer(id: $id) { id displayName tags createdAt defaultPhoneNumber { phoneNumber } }
}"""
