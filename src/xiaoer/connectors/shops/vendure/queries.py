"""The GraphQL questions that are asked, and no field more than the mapping reads."""

LOGIN = """
mutation Login($user: String!, $password: String!) {
  login(username: $user, password: $password) { __typename }
}"""

_ORDER = """
  id code state createdAt orderPlacedAt currencyCode totalWithTax customer { id }
  shippingAddress { fullName phoneNumber province city streetLine1 streetLine2 }
  lines { quantity unitPriceWithTax proratedLinePriceWithTax orderPlacedQuantity productVariant { sku name } }
  fulfillments { state method trackingCode createdAt updatedAt }
  payments { id state amount createdAt refunds { id state total reason createdAt } }
"""
_VARIANT = """
  sku currencyCode priceWithTax
  product { id } options { name group { name } } stockLevels { stockOnHand stockAllocated }
"""
_PRODUCT = "id name slug featuredAsset { preview } facetValues { name facet { name } }"

ORDER = f"""
query Order($code: String!) {{
  orders(options: {{take: 1, filter: {{code: {{eq: $code}}}}}}) {{
    items {{ {_ORDER} history(options: {{take: 20, filter: {{type: {{eq: "ORDER_NOTE"}}}}}}) {{ items {{ data }} }} }}
  }}
}}"""
ORDERS_OF = f"""
query OrdersOf($id: ID!, $take: Int!) {{
  customer(id: $id) {{ orders(options: {{take: $take, sort: {{updatedAt: DESC}}}}) {{ items {{ {_ORDER} }} }} }}
}}"""
PRODUCT = f"query Product($id: ID!) {{ product(id: $id) {{ {_PRODUCT} }} }}"
PRODUCTS = f"""
query Products($words: String!, $take: Int!) {{
  products(options: {{take: $take, filter: {{name: {{contains: $words}}, enabled: {{eq: true}}}}}}) {{
    items {{ {_PRODUCT} }}
  }}
}}"""
VARIANTS = f"query Variants($id: ID!) {{ product(id: $id) {{ variants {{ {_VARIANT} }} }} }}"
VARIANT = f"""
query Variant($sku: String!) {{
  productVariants(options: {{take: 1, filter: {{sku: {{eq: $sku}}}}}}) {{ items {{ id {_VARIANT} }} }}
}}"""
_CUSTOMER = "id firstName lastName phoneNumber createdAt groups { name }"
CUSTOMER = f"query Customer($id: ID!) {{ customer(id: $id) {{ {_CUSTOMER} }} }}"
CUSTOMERS = f"""
query Customers($ending: String!) {{
  customers(options: {{take: 100, filter: {{phoneNumber: {{contains: $ending}}}}}}) {{ items {{ {_CUSTOMER} }} }}
}}"""

DRAFT = "mutation { createDraftOrder { id } }"
ADD_LINE = """
mutation Add($id: ID!, $variant: ID!, $quantity: Int!) {
  addItemToDraftOrder(orderId: $id, input: {productVariantId: $variant, quantity: $quantity}) {
    __typename ... on ErrorResult { errorCode message }
  }
}"""
ADD_COUPON = """
mutation Coupon($id: ID!, $code: String!) {
  applyCouponCodeToDraftOrder(orderId: $id, couponCode: $code) {
    __typename ... on ErrorResult { errorCode message }
  }
}"""
PRICED = """
query Priced($id: ID!) {
  order(id: $id) {
    currencyCode subTotalWithTax discounts { description amountWithTax }
    lines { quantity linePriceWithTax proratedLinePriceWithTax productVariant { sku } }
  }
}"""
_REFUSED = "__typename ... on ErrorResult { errorCode message }"
CANCEL = f"""
mutation Cancel($id: ID!, $reason: String) {{
  cancelOrder(input: {{orderId: $id, reason: $reason, cancelShipping: true}}) {{ {_REFUSED} }}
}}"""
REFUND = f"""
mutation Refund($payment: ID!, $amount: Money!, $reason: String) {{
  refundOrder(
    input: {{paymentId: $payment, amount: $amount, reason: $reason, lines: [], shipping: 0, adjustment: 0}}
  ) {{ {_REFUSED} }}
}}"""
MOVE = f"""
mutation Move($id: ID!, $to: String!) {{
  transitionOrderToState(id: $id, state: $to) {{ {_REFUSED} }}
}}"""
NEW_ADDRESS = f"""
mutation NewAddress($id: ID!, $address: UpdateOrderAddressInput!) {{
  modifyOrder(input: {{dryRun: false, orderId: $id, updateShippingAddress: $address}}) {{ {_REFUSED} }}
}}"""
NOTE = (
    "mutation Note($id: ID!, $note: String!) { addNoteToOrder(input: {id: $id, note: $note, isPublic: false}) { id } }"
)
NEW_COUPON = f"""
mutation Coupon($wanted: CreatePromotionInput!) {{
  createPromotion(input: $wanted) {{ {_REFUSED} }}
}}"""
COUPON = """
query CouponByCode($code: String!) {
  promotions(options: {take: 1, filter: {couponCode: {eq: $code}}}) { items { id } }
}"""

DELETE_DRAFT = "mutation Delete($id: ID!) { deleteDraftOrder(orderId: $id) { result } }"
