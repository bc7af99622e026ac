"""Rows made whole (补全): what Chinese exports call the contract's words, and what a row needs beyond its cells.

Each `finish_` function takes the values that the cells gave and returns all fields of the row that have no
default; a fault that shows only between cells is raised as `BadCell` with the field's name.
"""

from hashlib import blake2b
from typing import Any

from xiaoer.flows.import_data.cells import BadCell
from xiaoer.kernel.money import ZERO


def _words(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: name for name, others in table.items() for word in (name, *others)}


STATUS_WORDS = _words(
    {
        "unpaid": ("待付款", "未付款", "等待买家付款", "待支付"),
        "paid": ("待发货", "已付款", "买家已付款", "等待卖家发货", "已支付", "部分发货"),
        "shipped": ("已发货", "待收货", "卖家已发货", "等待买家确认收货", "运输中"),
        "delivered": ("已签收", "已送达", "已收货"),
        "completed": ("交易成功", "已完成", "已确认收货", "交易完成"),
        "closed": ("交易关闭", "已关闭", "已取消", "取消"),
        "refunding": ("退款中", "售后中", "退货中", "申请退款"),
        "refunded": ("已退款", "退款成功", "退款完成"),
    }
)
REFUND_WORDS = _words(
    {
        "refund_only": ("仅退款", "退款"),
        "return_refund": ("退货退款", "退货", "我要退货退款"),
        "exchange": ("换货",),
    }
)
ENTRY_STATUS_WORDS = _words(
    {
        "published": ("已发布", "发布", "启用", "生效"),
        "draft": ("草稿", "停用"),
        "review": ("待审核", "审核中"),
        "archived": ("已归档", "归档", "删除"),
    }
)
AUTHOR_WORDS = _words(
    {
        "buyer": ("买家", "顾客", "客户", "用户"),
        "agent": ("客服", "坐席", "人工", "卖家"),
        "bot": ("机器人", "智能客服", "自动回复"),
    }
)


def finish_knowledge(values: dict[str, Any]) -> dict[str, Any]:
    """An entry without an id gets one from its question and scope; validity must not be reversed."""
    start, end = values.get("valid_from"), values.get("valid_to")
    if start and end and end <= start:
        raise BadCell("dates_reversed", "不晚于生效时间", "valid_to")
    if not values.get("id"):
        of = "\n".join((values["question"], values.get("product_id", ""), values.get("channel", "")))
        values["id"] = "K-" + blake2b(of.encode(), digest_size=8).hexdigest()
    return values


def finish_order(values: dict[str, Any]) -> dict[str, Any]:
    """An order without an amount is worth nothing yet (unpaid)."""
    values.setdefault("pay_amount", ZERO)
    return values


def finish_line(values: dict[str, Any]) -> dict[str, Any]:
    """A line without an id is told by order and goods; without an amount paid it is price times pieces."""
    what = values.get("variant_id") or values.get("title")
    if not what:
        raise BadCell("missing_value", "和标题都没写，不知道买的是什么", "variant_id")
    price = values.setdefault("price", ZERO)
    quantity = values.setdefault("quantity", 1)
    values.setdefault("variant_id", "")
    values.setdefault("title", "")
    values.setdefault("pay_amount", price * quantity)
    if not values.get("id"):
        values["id"] = f"{values['order_id']}/{what[:128]}"
    return values


def finish_parcel(values: dict[str, Any]) -> dict[str, Any]:
    """A parcel is told by waybill and order."""
    values["id"] = f"{values['waybill_no']}/{values['order_id']}"
    return values


def finish_refund(values: dict[str, Any]) -> dict[str, Any]:
    """Status and amount may be open."""
    return {"status": "", "amount": ZERO} | values


def finish_dialogue(values: dict[str, Any]) -> dict[str, Any]:
    """The file's id is the dialogue's; the line gets its own while reading."""
    return {"buyer_id": "", "agent": ""} | values | {"dialogue_id": values["id"]}
