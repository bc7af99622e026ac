"""Filling a ticket's form from what is known (预填): the buyer's words, what was understood, the order it is about."""

import re
from collections.abc import Sequence

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.heard import Entities, Segment
from xiaoer.slices.tickets.types import Form

_LONGEST = 200
_FEW, _GOODS = 22, 10  # letters of a title for what is wanted, and for the goods
_NO_WISH = ("order_id", "waybill_no", "tax_no", "email")  # fields that do not tell what is wanted
_SAID_APART = re.compile(r"[；;。！!？?\n]+")
_REASONS = (
    ("尺码", r"大了|小了|偏大|偏小|紧|松|尺码|穿不(下|上|了)|不合身|码数"),
    ("破损", r"破|碎|裂|压坏|漏"),
    ("少件错件", r"少(了|发)|漏发|没有.{0,4}(配件|赠品)|发错|错发|不是我(拍|买)的"),
    ("质量", r"质量|坏了|开线|脱线|起球|掉色|不能用|用不了|瑕疵|有问题"),
    ("描述不符", r"不一样|不符|色差|跟图片|和图片|描述"),
    ("未按时发货", r"一直不发|还(没|不)发货|不发货|发货太慢"),
    ("没收到货", r"没收到|没到|丢件|丢了"),
    ("快递问题", r"快递|物流|派送"),
    ("价格", r"降价|贵了|便宜|差价"),
    ("不想要", r"不想要|不要了|不喜欢|拍错|买错|多拍"),
)


def form_for(forms: dict[str, Form], intents: Sequence[str], otherwise: str = "callback") -> str:
    """The type of ticket for what is talked about; `otherwise` when no type is meant for it."""
    for intent in intents:
        for type_, form in forms.items():
            if intent in form.intents:
                return type_
    return otherwise


def prefill(form: Form, segments: Sequence[Segment], text: str, order: Order | None, photo: str = "") -> dict[str, str]:
    """Values of the fields that the talk or the order tells; what is not told is left out, never guessed.

    `photo` are the addresses of pictures, one a line.
    """
    filled: dict[str, str] = {}
    for field in form.fields:
        if field.kind == "order":
            value = order.id if order else _first(segments, "order_no")
        elif field.kind == "photo":
            value = photo
        else:
            value = _matter(form, segments) if field.source == "matter" else _value(field.source, segments, text, order)
        if field.choices and value not in field.choices:
            value = ""
        if value:
            filled[field.name] = value if field.kind == "photo" else value[:_LONGEST]  # an address cut short is none
    return filled


def missing(form: Form, fields: dict[str, str]) -> tuple[str, ...]:
    """Required fields without a value."""
    return tuple(field.name for field in form.fields if field.required and not fields.get(field.name, "").strip())


def title_of(form: Form, fields: dict[str, str], goods: str = "", matter: str = "") -> str:
    """What a colleague reads in a list: the kind, the goods, what is wanted, in few words (退货：防晒外套 · 尺码).
    `matter` are the words of the buyer that the ticket is for, where more was said."""
    told = (
        fields.get(f.name, "") for f in form.fields if f.kind in ("text", "choice", "date") and f.name not in _NO_WISH
    )
    wanted = in_few_words(next((value for value in told if value), "") or matter or fields.get("about", ""), form.label)
    parts = " · ".join(part for part in (goods, wanted) if part)
    return f"{form.label}：{parts}" if parts else form.label


def in_few_words(text: str, label: str = "") -> str:
    """The newest of several things that were said which tells more than the kind of ticket."""
    said = [one for piece in _SAID_APART.split(text) if (one := piece.strip(" ，,"))]
    telling = [one for one in said if not (label and label in one and len(one) <= len(label) + 4)] or said
    wanted = telling[-1] if telling else ""
    return wanted if len(wanted) <= _FEW else f"{wanted[: _FEW - 1]}…"


def goods_of(order: Order | None) -> str:
    """What an order is, in few letters; empty without one."""
    if order is None or not order.items:
        return ""
    title = order.items[0].title.split(" ")[0]
    name = title if len(title) <= _GOODS else f"{title[:_GOODS]}…"
    return name if len(order.items) == 1 else f"{name}等 {len(order.items)} 样"


def _first(segments: Sequence[Segment], name: str) -> str:
    for segment in segments:
        value = getattr(segment.entities, name)
        if value not in (None, (), ""):
            return str(value)
    return ""


def _matter(form: Form, segments: Sequence[Segment]) -> str:
    """What was said of the matter that this kind of ticket is for; the newest part comes first."""
    return "；".join(one.text for one in reversed(segments) if one.intent in form.intents)


def _value(source: str, segments: Sequence[Segment], text: str, order: Order | None) -> str:
    match source:
        case "":
            return ""
        case "text":
            return text.strip()
        case "reason":
            return refund_reason(text)
        case "variant":
            return _wish(segments)
        case "waybill_no":
            said = _first(segments, "waybill_no")
            return said or (order.shipments[0].waybill_no if order and order.shipments else "")
        case "money_yuan":
            return _first(segments, "money_yuan")
        case _ if source in Entities.__struct_fields__:
            return _first(segments, source)
        case _:
            return ""


def _wish(segments: Sequence[Segment]) -> str:
    """What the buyer would rather have: colour, size, number, in his words."""
    words: list[str] = []
    for segment in segments:
        entities = segment.entities
        words += [word for word in (entities.color, entities.size, *entities.variant_words) if word]
        if entities.quantity and (words or entities.quantity > 1):  # 换一双 tells no wish
            words.append(f"{entities.quantity} 件")
    return " ".join(dict.fromkeys(words))


def refund_reason(text: str) -> str:
    """The reason code that the words name; empty when they name none. The reason decides freight and evidence."""
    for reason, pattern in _REASONS:
        if re.search(pattern, text):
            return reason
    return ""
