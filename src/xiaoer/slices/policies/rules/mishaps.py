# ruff: noqa: E501  patterns read better unbroken
"""A mishap told by who has no order here (到手碎成渣了, 洗一次就掉色): regret, what law and shop do about it, the number.

The sheet of the page that is open says nothing about what has happened; an entry does where the shop has written how
it makes good. What is only feared (会不会掉色, 要是坏了) is asked before buying and answered by others.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.decision import Need
from xiaoer.slices.policies.rules import entries, nearness
from xiaoer.slices.policies.rules.eligibility import FAULTS
from xiaoer.slices.policies.rules.matters import choosing, reading, small
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.types import Ask, Move

_OF_FAULTS = ("after.defect", "after.damaged", "after.missing", "after.wrong_item", "after.color_diff", "after.repair")
_FEARED = re.compile(r"如果|万一|要是|假如|会不会|容易|的话|怕|担心|以后|会[掉缩起坏断碎漏褪]")
_HAPPENED = re.compile(
    r"[洗穿用戴喝吃装拆开坐睡骑][了过]?(?:一|两|三|几|[1-9])?[次回水天遍]|才[穿用买戴骑]|刚[穿用买到拿收]|买了?[一两俩三几\d]+个?月|[碎坏破裂断掉烂漏塌垮崩]了|成渣|寄来|送来|发来|(?:少|漏|缺)[了发]?[一个件两]"
)
_DOUBTS = re.compile(r"(.)[不没]\1|正常[吗么不]|算不算|有没有问题")  # 是不是坏了
_AT_A_LOSS = re.compile(r"怎么[办弄整搞]|咋[办弄整搞]|[咋怎]么?回事|什么(?:情况|质量|玩意|破烂)|干(?:啥|什么)吃")
_MAKES_GOOD = re.compile(
    r"换新|补[寄发]|退款|退货|退换|全额|重[发送]|赔付|包[赔换退]|我们(?:出|承担|负责)|[修换]或[换退修]|给您[换退补修]"
)
_IN_TRANSIT = re.compile(r"[碎裂瘪摔磕]|洒了|压[坏扁]|破[了损裂]|漏液")
_SHOW = re.compile(r"拍|照片|视频")  # it says itself what to do next
_KINDS = {"after.missing": "missing", "after.wrong_item": "wrong"}
_CLEAR = 0.45  # from this confidence, words that name no fault by themselves are taken for one


def tell(ask: Ask) -> Move | None:
    """Regret and what is done about it, with the number asked for; None when no mishap is told, or an order is known."""
    if ask.facts.orders or ask.segment.entities.order_no or not _is_told(ask):
        return None
    if ask.facts.orders is None:
        need = Need("orders", ask.index)
        return Move(needs=(need,)) if need not in ask.facts.asked else None
    hit = next((hit for hit in nearness.near(ask) if _MAKES_GOOD.search(hit.answer)), None)
    if hit is not None:
        if more := entries.needs_of_entry(ask, hit):
            return Move(needs=more)
        if (said := entries.say_entry(ask, hit)) is not None:
            goes_on = small.asks_number(hit.answer) or _SHOW.search(hit.answer)
            template = "mishap.entry" if goes_on else "mishap.entry_and_order"
            return small.asking_number(ask, replace(entries.say(ask, said), template=template))
    came_so = "broken" if _IN_TRANSIT.search(ask.segment.text) else "fault"
    kind = _KINDS.get(ask.segment.intent, came_so)
    return small.asking_number(ask, say(ask, f"mishap.{kind}", type_="ask", days=ask.facts.terms.days))


def _is_told(ask: Ask) -> bool:
    """Whether the words tell of a fault that has shown itself."""
    segment, text = ask.segment, ask.segment.text
    if _FEARED.search(text) or not segment.intent.startswith(_OF_FAULTS):
        return False
    names_it = segment.entities.defect or reading.reason_of(text) in FAULTS
    if segment.confidence < _CLEAR and not (names_it and _HAPPENED.search(text)):
        return False
    if _AT_A_LOSS.search(text) and not _HAPPENED.search(text):
        return False  # 耳机就一边响咋整: what to try first
    if _DOUBTS.search(text):
        return False
    asks = QUESTION.search(_AT_A_LOSS.sub("", text)) is not None
    return not asks or _HAPPENED.search(text) is not None or choosing.says_it_came(text)
