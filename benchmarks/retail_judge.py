"""Whether a wish of the retail benchmark was done right: read from the shop and from what was said.

`done` (in the shop's rows), `ticket` (people have it, with the order), `told` (the right thing was said); anything
else names what is wrong.
"""

import json
from typing import Any

from sqlalchemy import select

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.tickets.tables import tickets

_ELSEWHERE = frozenset({"manage_ecard", "register_cashback_by_review"})  # systems of the platform, not of the shop
RIGHT = ("done", "ticket", "told")


async def judge(
    product: Wiring,
    wish: dict[str, Any],
    said: str,
    last: dict[str, Any],
    goods: dict[str, dict[str, Any]],
    before: Order | None,
) -> str:
    """Judge one talk: `said` is all that the bot said, `last` its last answer, `before` the order as it stood."""
    order_id = str(wish.get("order_id", ""))
    order = await product.orders.order(DEFAULT_SHOP, order_id) if order_id else None
    query = select(tickets.c.type, tickets.c.order_id).where(
        tickets.c.shop == DEFAULT_SHOP, tickets.c.conversation_id == last["conversation_id"]
    )
    opened = {(row.type, row.order_id) for row in await product.db.read(lambda c: c.execute(query).all())}
    mine = {type_ for type_, of in opened if of == order_id}
    name, action = wish["name"], wish.get("action", "")
    if order_id and order is None:
        return "told" if "没有" in said or "核对" in said or "后四位" in said else "unknown order not said"
    match name:
        case "manage_order" if action == "取消":
            if order and before and order.status in ("refunding", "closed") and before.status != order.status:
                return "done"
            late = before is not None and before.status not in ("paid", "unpaid")
            return "ticket" if mine & {"refund", "parcel"} else "told" if late and "发出" in said else "not cancelled"
        case "manage_order" if action == "修改":
            if order and wish["address"] in order.address:
                return "done"
            return "ticket" if mine & {"change_address", "parcel"} else "address not changed"
        case "manage_order" if action == "查询":
            return "told" if order and any(w in said for w in ("发货", "发出", "签收", "取消", "付款")) else "no state"
        case "manage_order":
            return "told" if "已经下单" not in said and ("下单" in said or "拍" in said) else "no way to buy told"
        case "manage_urgent":
            sent = order is not None and order.status in ("shipped", "delivered", "completed")
            return (
                "ticket" if mine & {"urge_ship", "parcel"} else "told" if sent and _tracks(said, order) else "not urged"
            )
        case "manage_invoice":
            return "ticket" if "invoice" in mine else "no invoice"
        case "manage_return" | "manage_exchange" if action != "查询":
            kind = "exchange" if name == "manage_exchange" else "return_refund"
            if order and any(refund.kind == kind for refund in order.refunds):
                return "done"
            early = before is not None and before.status in ("paid", "shipped")
            if before is not None and before.status == "refunding" and "申请" in said:
                return "told"
            wanted = {"exchange", "change_order"} if kind == "exchange" else {"return", "refund"}
            return (
                "ticket" if mine & wanted else "told" if early and ("取消" in said or "拒收" in said) else f"no {kind}"
            )
        case "schedule_service":
            booked = {type_ for type_, of in opened if type_ in ("callback", "repair", "install")}
            return "ticket" if booked else "not booked"
        case "get_logistics_info":
            return "told" if order and _tracks(said, order) else "wrong parcel"
        case "manage_exchange":
            return "told" if "换" in said else "not answered"
        case "compare_products_info":
            known = [goods[one]["商品名称"] for one in wish["product_ids"] if one in goods]
            return "told" if sum(title[:8] in said for title in known) >= min(2, len(known)) else "not compared"
        case "get_discount_info":
            return "told" if "没有" in said or "优惠" in said or "活动" in said else "not answered"
    if name in _ELSEWHERE:
        handed = last["state"] != "bot" or bool(opened)
        return (
            "ticket"
            if handed
            else "told"
            if any(w in said for w in ("E卡", "返现", "平台", "支付方式", "原路"))
            else "not handed over"
        )
    source = json.dumps(goods.get(wish.get("product_id", ""), {}), ensure_ascii=False)
    spoken = "".join(said.split())
    pairs = {spoken[at : at + 6] for at in range(max(0, len(spoken) - 5))}
    return "told" if sum(pair in "".join(source.split()) for pair in pairs) >= 6 else "text not found"


def _tracks(said: str, order: Order) -> bool:
    """The waybill or the last scan of this very order is in the reply; or that it has not been sent."""
    if not order.shipments:
        return "还没" in said or "未发" in said or "待发" in said or "没有物流" in said
    traces = order.shipments[-1].traces
    return order.shipments[-1].waybill_no in said or bool(traces and traces[-1].text[-8:] in said)
