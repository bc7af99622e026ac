# ruff: noqa: E501  patterns read better unbroken
"""What is only told beside a demand (前情), and what hangs on the demand before it: no matters of their own.

「小白鞋签收两天了，鞋底开胶，想换」 tells since when, not that nothing came; 「退款走到哪了，多久到」 waits for the money, not for
a parcel; 「磨豆机不转了，还在保吗」 asks it of the very goods; 「L码大了换M，运费你们出吗」 is a wish and a question.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.heard import Segment

_NOT_HERE = re.compile(r"没|未|不见|丢|找不|失踪|谁|哪|不是|去向|偷|冒|代[收签]|空")
_ASKS = re.compile(r"[?？]|[吗嘛么呢不没](?:\W|$)|怎么|咋|什么|啥|哪|几|多[久少]|能|帮|要|想|赶紧|催|快|退|换|取消|改")
_HOW_SOON = re.compile(
    r"^(?:大概|大约|一般|那|要|还要|得)*(?:多久|几天|多长时间|什么时候|啥时候)(?:能|会|可以|才)*(?:到|收到|下来|回来|好)?(?:账|帐)?(?:啊|呀|呢|\W)*$"
)
_COVERED = re.compile(r"(?:还|在不在|过没过|算不算|有没有)[^，。]{0,3}(?:在保|过保|保修|质保|保)|在保|过保")
_FREIGHT = re.compile(
    r"[,，;；\s]+((?:那)?(?:来回|退货|换货|寄回)?(?:的)?(?:运费|邮费|快递费)[^，。]{0,8}(?:出|付|承担|掏|负责|报|包)[^，。]{0,4})$"
)
# asked of what was told just before: 「没显示满减？现在还能不能改？」
_STILL = re.compile(
    r"^(?:那么?|现在|我|这|单|订单|请问)*(?:还)?(?:能不能|可不可以|能|可以)(?:再)?(?:改|补|退|换|取消|处理|弄|恢复)(?:一?下|掉|回来)?(?:吗|么|不|嘛|了)?\W*$"
)
_OF_ORDERS = ("promo.", "order.", "price.", "ship.")
_REFUND = ("after.refund_progress", "after.progress")
_FAULT = ("after.repair", "after.defect")
_COUNTED = re.compile(r"[个张份条点下]")
_WHETHER = ("能不能", "可不可以", "会不会", "是不是", "要不要", "有没有")
_GIVING = ("发", "开", "来", "给", "要", "拿")
_FEW = 5  # characters of a verb with whom it is for
_TOLD_BELOW = 0.5


def put_together(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments with stories put to their demands, and riders to what they ride on."""
    kept: list[Segment] = []
    for one in (part for segment in segments for part in _cut(segment)):
        before = kept[-1] if kept else None
        if before is None:
            kept.append(one)
        elif before.text.endswith(_WHETHER):
            kept[-1] = replace(one, text=before.text + one.text)  # 拍两件能不能 | 便宜五块
        elif _COUNTED.match(one.text) and len(before.text) <= _FEW and before.text.endswith(_GIVING):
            kept[-1] = replace(one, text=before.text + one.text)  # 给我发个电子发票, cut before its measure word
        elif one.intent.startswith("after.") and _is_story(before):
            kept[-1] = replace(one, text=f"{before.text}，{one.text}")
        elif _rides_on(one, before):
            kept[-1] = replace(before, text=f"{before.text}，{one.text}")
        else:
            kept.append(one)
    return tuple(kept)


def _rides_on(one: Segment, before: Segment) -> bool:
    vague = one.intent.startswith("oos.") or one.confidence < _TOLD_BELOW
    if vague and before.intent.startswith(_OF_ORDERS) and _STILL.match(one.text.strip()):
        return True
    waits = one.intent == "ship.eta" and before.intent in _REFUND and _HOW_SOON.match(one.text.strip())
    return bool(waits or (one.intent == "product.warranty" and before.intent in _FAULT and _COVERED.search(one.text)))


def _is_story(segment: Segment) -> bool:
    """What asks for nothing by its words: a parcel that came, or something that was hardly understood."""
    if segment.entities.order_no:
        return False
    if segment.intent == "ship.lost":
        return not _NOT_HERE.search(segment.text)
    return segment.confidence < _TOLD_BELOW and not _ASKS.search(segment.text)


def _cut(segment: Segment) -> tuple[Segment, ...]:
    """A wish that ends in a question who pays the freight, as two."""
    tail = _FREIGHT.search(segment.text)
    other = next((code for code, _ in segment.alternatives if code in _WISHES), "")
    if tail is None or segment.intent != "after.freight" or not (other or "换" in segment.text[: tail.start()]):
        return (segment,)
    wish = replace(segment, text=segment.text[: tail.start()], intent=other or "after.exchange", by="wording")
    return wish, replace(segment, text=tail[1])


_WISHES = ("after.exchange", "after.return", "after.size_wrong", "after.defect", "after.refund_only")
