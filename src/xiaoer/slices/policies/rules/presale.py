"""Asked before any order (没有订单的人问): 能换电池吗, 能自提吗, 今天能送到吗.

These sound like matters of an order, and who has none here is asked for its number. A question is first answered with
what everybody may know: an entry, a fact of the goods that the words name. What is told of a parcel that came, or of
an own order, is no such question.
"""

import re

from xiaoer.slices.policies.rules import needs
from xiaoer.slices.policies.types import Ask

_GROUPS = ("order.", "ship.", "after.")
_QUESTION = re.compile(
    r"[?？]|[吗嘛么不没否](?:\W|$)|能不能|可不可以|会不会|行不行|怎么|咋|如何|多久|多长|几[天点号个]|哪|啥|什么|多少|谁|还是"
)
_CAME = re.compile(
    r"收到|到手|拿到|送来|签收|我的?(?:快递|包裹|订单|货)|(?:坏|破|碎|裂|漏|烂|少|错|丢|退|换|发|寄|下单|付款)了(?!解)"
)


def is_before_any_order(ask: Ask) -> bool:
    """Whether a question that sounds like a matter of an order is asked by somebody who has none here."""
    segment = ask.segment
    named = segment.entities.order_no or segment.entities.waybill_no
    own = any(word in segment.text for word in needs.OWN_WORDS) or _CAME.search(segment.text)
    return (
        ask.facts.orders == ()
        and segment.intent.startswith(_GROUPS)
        and not named
        and not own
        and _QUESTION.search(segment.text) is not None
    )
