"""Identities: opaque strings with a type of their own, so that a buyer is never passed as a shop.

Ids that come from outside (product, variant, order, knowledge entry) keep the outside spelling and are
unique per shop only; that is why `shop` always travels first. Ids that we make are 26 characters,
sortable by time (see `xiaoer.infra.idgen`).
"""

from typing import NewType

ShopId = NewType("ShopId", str)
StaffId = NewType("StaffId", str)
BuyerId = NewType("BuyerId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
EntryId = NewType("EntryId", str)
ProductId = NewType("ProductId", str)
VariantId = NewType("VariantId", str)
OrderId = NewType("OrderId", str)
PromotionId = NewType("PromotionId", str)

DEFAULT_SHOP = ShopId("default")
