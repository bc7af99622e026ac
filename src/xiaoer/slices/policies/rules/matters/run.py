"""Which matter a segment belongs to (事项分派): the one that was asked about, or one that its intent begins.

A matter that was asked about last gets the first word on the answer; 「算了」 ends it. When the words ask for something
else, that is answered and the matter stays open: the same wish taken up later goes on where it was left.
"""

import re
from collections.abc import Sequence
from functools import reduce

from msgspec.structs import replace

from xiaoer.kernel.decision import Act
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Matter, Memory
from xiaoer.kernel.turn import ImageContent
from xiaoer.slices.policies.rules import buying
from xiaoer.slices.policies.rules.matters import (
    after_sale,
    after_sale_words,
    apart,
    before_receipt,
    booking,
    changes,
    choosing,
    claim,
    compensation,
    over_orders,
    parcels_help,
    reading,
    small,
)
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.rules.needs import is_before_buying
from xiaoer.slices.policies.types import Ask, Move


def answer_asked(ask: Ask) -> Move | None:
    """Take the segment as the answer to the bot's last question; None when it is not."""
    asked = ask.memory.asked
    text = ask.segment.text
    if reading.is_unsubscribe(text):
        return small.unsubscribe(ask)
    if not ask.memory.matters:
        return None
    if reading.is_drop(text):
        matter = asked or ask.memory.matters[0]
        return Move(say(ask, "matter.dropped"), memory=ask.memory.without(matter.id), matter=matter.id)
    if asked is None and reading.is_confirm(text):  # told to write just this; a bare 好的 is not it
        asked = next((matter for matter in ask.memory.matters if matter.asks == "confirm"), None)
    if (elsewhere := _value_for(ask, asked)) is not None:
        return elsewhere
    if asked is not None and _is_of_another(ask, asked):
        return None
    if asked is not None and asked.kind == "after_sale" and _BY_DAY.search(text):
        return after_sale.tell_window(ask)  # 7号前是吧, while the return waits for its yes
    if asked is not None and asked.asks == "confirm" and reading.is_murmur(text):
        return Move(say(ask, "matter.say_so", asks="confirm"))
    return _go_on(ask, asked) if asked is not None and _may_answer(ask, asked) else None


def _is_of_another(ask: Ask, asked: Matter) -> bool:
    """Whether the words want something of another order than the question was about: 卫衣那单取消, while the cancelling
    of another one waits for its yes; 芝麻丸发霉了，短裤退, where the first part is asked for a picture."""
    if asked.kind == "cancel" and apart.is_of_this_turn(ask, asked):
        return True  # 卫衣不要了，鞋三双减到两双: no part of a message answers what was just asked of another
    own = asked.asks in _OF_ITS_ORDER or apart.is_of_this_turn(ask, asked) or _WISH.search(ask.segment.text)
    return bool(asked.order_id and own and asked.asks not in _PLAIN_VALUES) and choosing.names_another(
        ask, asked.order_id
    )


def _value_for(ask: Ask, asked: Matter | None) -> Move | None:
    """An address, a picture, or that there is none, answers the matter that waits for it, though another was asked
    about after it."""
    text, asks = ask.segment.text, ""
    if asked is not None and asked.asks == "photo":
        return None
    if any(isinstance(message.content, ImageContent) for message in ask.situation.turn.messages):
        asks = "photo"
    elif reading.address_of(text):
        asks = "address"
    elif after_sale_words.has_no_picture(text):
        asks = "photo"
    waits = next((one for one in ask.memory.matters if one.asks == asks and one is not asked), None) if asks else None
    return _go_on(ask, waits) if waits is not None else None


_FAMILY: dict[str, tuple[str, ...]] = {
    "cancel": ("order.cancel",),
    "change_address": ("order.change_address", "ship.redirect"),
    "note": ("order.note",),
    "change_item": ("order.change_item", "product."),
    "combine": ("order.combine",),
    "urge": ("ship.urge", "ship.when"),
    "lost": ("ship.",),
    "hasten": ("ship.",),
    "booking": ("product.install", "after.repair", "after.defect"),
    "redirect": ("ship.redirect", "ship.deliver", "order.change_address", "order.cancel"),
    "after_sale": ("after.", "order.cancel", "order.change_item", "product.size", "product.color", "product.quality"),
    "invoice": ("order.invoice",),
    "withdraw": ("after.cancel",),
    "restock": ("product.restock",),
    "claim": ("promo.coupon",),
    "verify": ("order.", "ship.", "after."),
}
_SINCE_WHEN = re.compile(
    r"从(?:哪天|哪一天|啥时候|什么时候|几号|签收|收到)[^，。]{0,4}(?:算|起|开始)|怎么算(?:天数|时间|起)"
    r"|(?:退换?货?|无理由)[^，。]{0,6}(?:最后一天|截止|还[剩有]几天|(?:到|截止)(?:哪天|几号))|(?:最后一天|截止)[^，。]{0,6}(?:几号|哪天|退)"
)
_BY_DAY = re.compile(r"(?:\d{1,2}[号日]|几号|哪天|什么时候)(?:之|以)?前[^，。]{0,6}(?:吧|吗|么|不|退|换|都|可以|\?|？)")
# of an order that was just talked about and is not sent: to send it back is to cancel it
_OF_UNSENT = {"after.return": "cancel", "after.refund_only": "cancel", "after.exchange": "change_item"}
_OF_ITS_ORDER = ("confirm",)
_PLAIN_VALUES = ("address", "digits", "order_no", "tax_no")
_WISH = re.compile(r"[退换]|取消|不要了")
_TELLS_FREIGHT = ("after_sale.photo", "after_sale.confirm_return", "after_sale.confirm_exchange")  # whose words name it
_COSTS = re.compile(
    r"(?:那)?(?:要|收|给)?(?:钱|费用|运费|邮费|多少钱)(?:的话)?(?:咋|怎么|如何)?(?:算|收|给|出)?"
    r"(?:吗|么|不|呢|啊|呀|\W)*"
)
_MONEY = re.compile(r"免费|不要钱|\d\s*元|运费|邮费|不收费|收费")
_LOOSE = 0.9
_FREIGHT = re.compile(r"(?:运费|邮费|快递费)[^，。；]{0,6}(?:自理|出|承担|付|免|补)")
_STRICT = frozenset({"address", "digits", "order_no", "tax_no", "photo"})  # values that no other words look like


def _may_answer(ask: Ask, asked: Matter) -> bool:
    """Whether these words may answer the question: not when they clearly ask for something else (发什么快递)."""
    segment = ask.segment
    if segment.intent.startswith(("chat.", "oos.")) or segment.confidence < 0.6 or segment.by == "context":
        return True
    moves = asked.kind in ("change_address", "redirect") and segment.intent != "order.invoice"
    if moves and reading.address_of(segment.text):
        return True  # the new address, though something else was asked first
    agrees = reading.is_yes(segment.text) or reading.is_yes(ask.said)  # 对 全退
    if asked.kind == "cancel" and asked.asks == "confirm" and reading.cancels(segment.text):
        return True
    if asked.asks in _STRICT or agrees or reading.is_no(segment.text):
        return True
    return segment.intent.startswith(_FAMILY.get(asked.kind, ()))


def begin(ask: Ask) -> Move | None:
    """Begin the matter that the intent calls for; None when none does, or no order bears on it."""
    intent = ask.segment.intent
    if intent in ("product.restock", "product.stock"):
        return small.start_restock(ask)
    if (claimed := claim.start(ask)) is not None:
        return claimed
    if is_before_buying(ask.segment, ask.situation.turn):
        return None
    if intent.startswith("after.") and _SINCE_WHEN.search(ask.segment.text):
        return after_sale.tell_window(ask)  # 七天从哪天算: the rule, and the day of the order that it may be of
    if intent.startswith("after.") and (buying.asks_route(ask.segment.text) or buying.asks_insurance(ask.segment.text)):
        return None
    if (cashback := compensation.start_cashback(ask)) is not None:
        return cashback
    if intent in booking.INTENTS and (visit := booking.start(ask)) is not None:
        return visit
    if intent in _OF_UNSENT and (order := choosing.unsent_spoken_of(ask)) is not None:
        return changes.start(replace(ask, memory=replace(ask.memory, order_id=order.id)), _OF_UNSENT[intent])
    if intent == "order.cancel" and _sends_back(ask):
        return after_sale.start(replace(ask, segment=replace(ask.segment, intent="after.return")))
    if intent == "order.change_item" and _has_come(ask):
        return after_sale.start(replace(ask, segment=replace(ask.segment, intent="after.exchange")))
    if (
        intent in (*after_sale_words.INTENTS, "after.cancel", "order.change_item", "order.cancel")
        and (both := over_orders.start(ask)) is not None
    ):
        return both
    if intent in changes.BY_INTENT:
        return changes.start(ask, changes.BY_INTENT[intent])
    if (back := before_receipt.tell_returning(ask)) is not None:
        return back
    if parcels_help.wants_door(ask):
        return parcels_help.start(ask, "redirect")
    if (kind := parcels_help.kind_of(ask)) != "":
        return parcels_help.start(ask, kind)
    if intent in after_sale_words.INTENTS:
        return after_sale.start(ask)
    if intent == "after.compensation" and compensation.is_of_fault(ask):
        return after_sale.start(replace(ask, segment=replace(ask.segment, intent="after.refund_only")))
    if intent == "after.compensation":
        return compensation.start_compensation(ask)
    if intent == "order.invoice":
        return small.start_invoice(ask)
    if intent == "after.cancel":
        return small.start_withdraw(ask)
    return None


def _sends_back(ask: Ask) -> bool:
    """不想要了 of goods that have arrived: they are sent back, there is nothing to cancel."""
    order = choosing.order_of(ask)
    arrived = order is not None and order.status in ("delivered", "completed")
    return arrived and "取消" not in ask.segment.text


def _has_come(ask: Ask) -> bool:
    """Whether the only order that may be meant has arrived: what would be changed is exchanged."""
    found, orders = choosing.choose(ask, ("paid", "unpaid"))
    return found == "one" and orders[0].status in ("delivered", "completed")


def still_open(memory: Memory, acts: list[Act]) -> tuple[Act, str] | None:
    """After something was done: the other matter that still waits for its own 「确认」, lest it be thought done."""
    done_now = next((act for act in acts if act.rule_id in ("action.done", "action.already")), None)
    waiting = next((matter for matter in memory.matters if matter.asks == "confirm"), None)
    if done_now is None or waiting is None:
        return None
    return Act("ask", done_now.segment, "matter.also", {"also": waiting.kind}, rule_id="matter.also"), waiting.id


def take_up(ask: Ask, before: Memory, acts: Sequence[Act]) -> Move | None:
    """The next of several that were put aside, once the one before it is settled; None while one is asked about."""
    settled = {matter.id for matter in before.matters} - {matter.id for matter in ask.memory.matters}
    waiting = next(iter(ask.memory.all_parked), None)
    if waiting is None or not settled:
        return None
    if any(act.template == "matter.dropped" for act in acts):  # 先不取消, of all of them
        return Move(memory=reduce(Memory.without, (one.id for one in ask.memory.all_parked), ask.memory))
    if waiting.kind in changes.KINDS:
        return changes.resume(ask, waiting)
    opened = {act.slots["order"].id for act in acts if act.template == "after_sale.done" and "order" in act.slots}
    return after_sale.resume(ask, waiting, waiting.order_id in opened)


def is_part(segment: Segment) -> bool:
    """Whether a short reason (不想要了) or a bare number only belongs to the matter that the turn is about already."""
    if segment.confidence < 0.6 and (reading.is_value_only(segment.text) or reading.is_contact_only(segment.text)):
        return True
    return segment.intent == "order.cancel" and reading.is_reason_only(segment.text)


def is_told(segment: Segment, said: Sequence[Act]) -> bool:
    """Whether what is asked was just said: who pays the freight (能退不，邮费谁掏), what a late order gets."""
    if segment.intent == "price.query" and any(act.template == "order.unpaid_sum" for act in said):
        return not segment.entities.product_ids  # 我有几个没付款的单子，一共多少
    if segment.intent == "after.compensation":
        return any(act.template == "urge_late.done" and act.slots.get("late_rule") for act in said)
    if _COSTS.fullmatch(segment.text.strip()) and segment.confidence < _LOOSE:  # 能给改短不，钱咋算
        return any(_MONEY.search(str(act.slots.get("answer", ""))) for act in said)
    return segment.intent == "after.freight" and any(_tells_freight(act) for act in said)


def _tells_freight(act: Act) -> bool:
    """Whether an act has said who pays: by its wording, or in the words of the shop's entry."""
    return act.template in _TELLS_FREIGHT or _FREIGHT.search(str(act.slots.get("answer", ""))) is not None


def proven(ask: Ask, move: Move) -> Ask | None:
    """After a proof: the question that it was for, now about the proven order; None when nothing was proven."""
    matter, memory = ask.memory.asked, move.memory
    if move.act is not None or memory is None or move.needs or move.todo:
        return None
    slots = matter.slots if matter is not None and matter.kind == "verify" else {}
    number = ask.segment.entities.order_no or slots.get("no") or (memory.verified[-1] if memory.verified else "")
    intent = slots.get("intent") or ask.segment.intent
    if intent.startswith(("chat.", "oos.")):
        tracks = any(word in ask.said for word in ("物流", "快递", "到哪", "包裹"))
        intent = "ship.track" if tracks else "order.status"
    entities = replace(ask.segment.entities, order_no=number)
    said = slots.get("said", "")
    segment = replace(ask.segment, intent=intent, text=said or ask.segment.text, entities=entities)
    return replace(ask, segment=segment, memory=memory, resumed=said)


def _go_on(ask: Ask, matter: Matter) -> Move | None:
    if matter.kind in changes.KINDS:
        return changes.go_on(ask, matter)
    if matter.kind in parcels_help.KINDS:
        return parcels_help.go_on(ask, matter)
    if matter.kind in booking.KINDS:
        return booking.go_on(ask, matter)
    if matter.kind in after_sale.KINDS:
        return after_sale.go_on(ask, matter)
    if matter.kind in claim.KINDS:
        return claim.go_on(ask, matter)
    match matter.kind:
        case "invoice":
            return small.go_on_invoice(ask, matter)
        case "withdraw":
            return small.go_on_withdraw(ask, matter)
        case "restock":
            return small.go_on_restock(ask, matter)
        case "verify":
            return small.go_on_verify(ask, matter)
        case _:
            return None
