"""What a buyer's wish is in Shopify's words: the mutation, its variables, and the field that the answer comes in. Pure.

A refund without a return has no request in Shopify, so people decide it; a coupon is a discount code for one use.
"""

from typing import Any

from xiaoer.connectors.acting import split_address
from xiaoer.connectors.payload import Json, mapping, rows, text, whole
from xiaoer.connectors.shops.shopify import queries
from xiaoer.kernel.money import Money
from xiaoer.slices.orders.types import ActionKind, OrderAction

KINDS: frozenset[ActionKind] = frozenset(
    ("cancel", "change_address", "change_note", "open_after_sale", "withdraw_after_sale", "issue_coupon")
)
Change = tuple[str, dict[str, Any], str]
_REASONS = {
    "质量": "DEFECTIVE", "破损": "DEFECTIVE", "错发": "WRONG_ITEM", "描述不符": "NOT_AS_DESCRIBED",
    "不想要": "UNWANTED", "颜色": "COLOR",
}  # fmt: skip


def change(node: Json, action: OrderAction) -> Change | None:
    """The mutation for an order as it was read; None when Shopify has none for this wish."""
    id_, data = text(node, "id"), action.data
    match action.kind:
        case "cancel":
            return queries.CANCEL, {"id": id_, "note": f"买家取消：{data.get('reason', '')}"[:255]}, "orderCancel"
        case "change_address":
            return queries.UPDATE, {"input": {"id": id_, "shippingAddress": _address(node, data)}}, "orderUpdate"
        case "change_note":
            earlier = text(node, "note")
            note = f"{earlier}\n{data['note']}" if earlier else data["note"]
            return queries.UPDATE, {"input": {"id": id_, "note": note[:5000]}}, "orderUpdate"
        case "open_after_sale" if data.get("kind") in ("return_refund", "exchange") and (lines := _lines(node, data)):
            return queries.REQUEST_RETURN, {"input": {"orderId": id_, "returnLineItems": lines}}, "returnRequest"
        case "withdraw_after_sale":
            open_ = (row for row in rows(node, "returns", "nodes") if text(row, "status") in ("REQUESTED", "OPEN"))
            if found := next(open_, None):
                return queries.CANCEL_RETURN, {"id": text(found, "id")}, "returnCancel"
    return None


def _address(node: Json, data: dict[str, str]) -> dict[str, str]:
    """The new address; what is not named stays as it was."""
    known = mapping(node, "shippingAddress")
    province, city, rest = split_address(data.get("address", ""))
    found = {"countryCode": "CN", "lastName": data.get("receiver") or text(known, "name"), "firstName": ""}
    found |= {"phone": data.get("phone") or text(known, "phone")}
    if data.get("address"):
        return found | {"province": province, "city": city or province, "address1": rest, "address2": ""}
    return found | {part: text(known, part) for part in ("province", "city", "address1", "address2")}


def _pieces(line: Json, data: dict[str, str]) -> int:
    """The pieces of a line that go back: all, or as many as are named."""
    whole_line = whole(line.get("quantity"))
    return min(whole_line, int(data["quantity"])) if data.get("quantity", "").isdigit() else whole_line


def _lines(node: Json, data: dict[str, str]) -> list[dict[str, Any]]:
    """The sent lines that go back: of one variant when it is named (`*` and none stand for all)."""
    wanted = set((data.get("variant_id") or "*").split(","))
    return [
        {
            "fulfillmentLineItemId": text(line, "id"), "quantity": _pieces(line, data),
            "returnReason": _REASONS.get(data.get("reason", ""), "OTHER"),
            "customerNote": " ".join(data.get(name, "") for name in ("reason", "wish", "photo")).strip()[:255],
        }
        for parcel in rows(node, "fulfillments")
        for line in rows(parcel, "fulfillmentLineItems", "nodes")
        if "*" in wanted or text(mapping(line, "lineItem", "variant"), "id").rsplit("/", 1)[-1] in wanted
    ]  # fmt: skip


def discount(action: OrderAction, now: str) -> Change | None:
    """A discount code for one use by one customer; None when the coupon takes no fixed amount off."""
    data = action.data
    if not data.get("off_fen") or not data.get("code"):
        return None
    who = data.get("buyer_id", "")
    customers = {"customers": {"add": [f"gid://shopify/Customer/{who}"]}} if who.isdigit() else {"all": "ALL"}
    off, least = Money(int(data["off_fen"])), Money(int(data.get("least_fen") or 0))
    wanted: dict[str, Any] = {
        "title": data.get("title") or data["code"], "code": data["code"], "startsAt": now,
        "endsAt": data.get("valid_to") or None, "context": customers, "usageLimit": 1, "appliesOncePerCustomer": True,
        "customerGets": {
            "value": {"discountAmount": {"amount": off.yuan, "appliesOnEachItem": False}}, "items": {"all": True}
        },
    }  # fmt: skip
    if least:
        wanted["minimumRequirement"] = {"subtotal": {"greaterThanOrEqualToSubtotal": least.yuan}}
    return queries.CREATE_DISCOUNT, {"wanted": wanted}, "discountCodeBasicCreate"
