"""Asked before any order (没有订单的人问): 能换电池吗, 能自提吗, 今天能送到吗.

These sound like matters of an order, and who has none here is asked for its number. A question is first answered with
what everybody may know: an entry, a fact of the goods that the words name. What is told of a parcel that came, or of
an own order, is no such question.
"""

import re

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.heard import Segment
from xiaoer.slices.policies.rules import needs
from xiaoer.slices.policies.types import Ask

_GROUPS = ("order.", "ship.", "after.")
OF_MONEY_BACK = ("after.return", "after.refund", "after.freight", "after.cancel", "after.compensation", "order.cancel")
_TO_COME = re.compile(
    r"(?:一起|一块|同时|分开|要是|如果|想|打算|准备|现在)(?:买|拍|下单|订)(?!了|的)|(?:买|拍|下单|订)的话"
)
_WHETHER = re.compile(r"(?:能|可以|会|好)[^，。]{1,8}(?:吗|不|么|嘛)\W*$")
_DEEDS = re.compile(r"退|换|修|赔|补|发|寄|票|取消|改|催|送|查|到")
_CAME = re.compile(
    r"收到|到手|拿到|送来|签收|我的?(?:快递|包裹|订单|货)|(?:坏|破|碎|裂|漏|烂|少|错|丢|退|换|发|寄|下单|付款)了(?!解)"
)


def is_before_any_order(ask: Ask) -> bool:
    """Whether a question that sounds like a matter of an order is asked by somebody who has none here."""
    return may_go_on(ask.segment, ask.facts.orders)


def may_go_on(segment: Segment, orders: tuple[Order, ...] | None) -> bool:
    """The same of a segment, where these are all orders that are known of the buyer; None: not looked up."""
    named = segment.entities.order_no or segment.entities.waybill_no
    own = any(word in segment.text for word in needs.OWN_WORDS) or _CAME.search(segment.text)
    asks = segment.intent.startswith(_GROUPS) and QUESTION.search(segment.text) is not None
    return orders == () and asks and not named and not own


def would_buy(segment: Segment) -> bool:
    """Whether a purchase to come is spoken of (一起买分开发吗): no order's number helps there."""
    return _TO_COME.search(segment.text) is not None


def asks_whether(segment: Segment) -> bool:
    """Whether it is asked what goods can do (帽子能塞包里不), nothing that is done about an order."""
    return _WHETHER.search(segment.text) is not None and not _DEEDS.search(segment.text)


def may_be_of_goods(segment: Segment) -> bool:
    """Whether what sounds like a matter of an order may ask for a fact of goods: 能换电池吗, never 贴过的膜还能退吗."""
    return not segment.intent.startswith(OF_MONEY_BACK)
