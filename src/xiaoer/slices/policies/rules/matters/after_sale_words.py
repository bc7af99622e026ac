"""What a turn tells of an after-sale matter (售后的话): what is wanted, why, the picture, the other size."""

import re

from msgspec.structs import replace

from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.turn import ImageContent
from xiaoer.slices.policies.rules import next_size
from xiaoer.slices.policies.rules.matters import reading
from xiaoer.slices.policies.types import Ask

_GOAL_OF = {
    "after.return": "return",
    "after.exchange": "exchange",
    "after.refund_only": "refund_only",
    "after.repair": "repair",
    "after.missing": "resend",
}
_REASON_OF = {
    "after.defect": "质量",
    "after.wrong_item": "错发",
    "after.missing": "少件",
    "after.color_diff": "描述不符",
    "after.size_wrong": "尺码",
}
INTENTS = frozenset(_GOAL_OF) | frozenset(_REASON_OF)
_GOAL_WORDS = (
    ("refund_only", ("仅退款", "不退货", "只退款", "退一部分", "退部分")),
    ("exchange", ("换货", "换一", "换个", "换成", "换大", "换小", "换码", "调换", "想换", "要换", "给换", "换")),
    ("repair", ("维修", "修一下", "返修", "修理")),
    ("resend", ("补发", "补寄", "补一个", "重新发", "补给我", "补")),
    ("return", ("退货", "退款", "退了", "想退", "要退", "退掉", "退吧", "退")),
)  # fmt: skip
_INTO = re.compile(r"[换改](?:成|为|个|一[件个条双])?\s*([SMLXsmlx]{1,4}|\d?[Xx][Ll]|\d{2,3})(?![A-Za-z0-9元块天])")
_NO_PICTURE = ("没有照片", "没照片", "拍不了", "没拍", "扔了", "发不了", "没图")


_PIECES_BACK = re.compile(
    rf"[退换](?:掉|回|货)?(?:其中的?|里面?的?)?([一二两三四五六七八九1-9]){PIECE}(?!新|同样|别|其他|好)"
)
_ALL_BUT = re.compile(
    rf"([二两三四五六七八九2-9])({PIECE})(?:里|就|只|我)*留(?:下|着)?([一二两三四五六七八1-8])\2"
)  # 三双留一双
HOW_MANY = {
    word: at
    for at, words in enumerate(("", "一1", "二两2", "三3", "四4", "五5", "六6", "七7", "八8", "九9"))
    for word in words
}


def pieces_of(text: str) -> int:
    """How many pieces go back (三件退一件); 0 when the words count none."""
    found = _PIECES_BACK.search(text)
    if found is None and (rest := _ALL_BUT.search(text)):
        return max(HOW_MANY[rest[1]] - HOW_MANY[rest[3]], 0)
    return HOW_MANY[found[1]] if found else 0


_LABEL_OFF = re.compile(
    r"(?<!没)(?<!没有)(?<!未)(?:[拆剪摘撕扯]|弄)(?:了|掉|下来|过|断|丢|没)?[^，。]{0,3}(?:吊牌|标签|吊卡|水洗标)|(?:吊牌|标签|吊卡|水洗标)(?:已经|都|也|被我|我|给)*(?:[拆剪摘撕扯扔]|掉|弄?丢|没了)"
)
_WASHED = re.compile(r"(?<!没)(?<!没有)(?<!未)(?:洗|下水|水洗)(?:了|过)(?:一|两|几|1|2)?[次水遍回]?")


def is_spoilt(text: str) -> bool:
    """Whether the words tell that the goods are not as they came: the label is off, they were washed."""
    return _LABEL_OFF.search(text) is not None or _WASHED.search(text) is not None


_OPENED = re.compile(
    r"(?:拆|开)封了|[拆打]开?了?[吃喝用试]了|[吃喝]了(?:一|两|几|半)|[拆打]开了?(?:就|才|以后|之后)?[吃喝用试]"
)
_BROKEN_SEAL = ("拆了", "拆开", "打开了", "用过", "用了", "开封", "撕了", "已拆", "吃了")
_WHOLE_SEAL = ("没拆", "没开", "未拆", "没有拆", "没用", "没打开", "完好", "没动", "没撕", "没吃")


def sealed_of(text: str, asked: bool) -> str:
    """Whether the one-time seal is whole ("1") or opened ("0"); empty when the words do not tell. Unless it was asked,
    only goods that were tried tell it (拆了吃了一口)."""
    if asked and any(word in text for word in _WHOLE_SEAL):
        return "1"
    return "0" if _OPENED.search(text) or (asked and any(word in text for word in _BROKEN_SEAL)) else ""


def has_no_picture(text: str) -> bool:
    """Whether the words say that no picture can be shown."""
    return any(word in text for word in _NO_PICTURE)


def heard(ask: Ask, matter: Matter) -> Matter:
    """The matter with what the turn tells: what is wanted, why, the picture, the other size."""
    text, slots = ask.segment.text, {k: v for k, v in matter.slots.items() if k != "yes"}
    intent = ask.segment.intent
    goal = next((name for name, words in _GOAL_WORDS if any(word in text for word in words)), "")
    tells_why = matter.asks == "reason" and "goal" in slots and not goal  # 不喜欢, heard as what was spoken of
    if intent in _GOAL_OF and not tells_why and not (goal and intent == "after.missing"):
        goal = _GOAL_OF[intent]
    if goal and (matter.asks in ("goal", "") or "goal" not in slots or intent in _GOAL_OF):
        slots["goal"] = goal
    reason = reading.reason_of(text)
    if intent in _REASON_OF and (not reason or (intent == "after.defect" and reason == "尺码")):  # 扶手松了
        reason = _REASON_OF[intent]
    if not reason and ask.segment.entities.defect:
        reason = "质量"
    if reason and (matter.asks == "reason" or "reason" not in slots):
        slots["reason"] = reason
    elif (
        matter.asks == "reason"
        and ask.is_free
        and len(text.strip()) >= 2
        and not reading.is_yes(text)
        and intent not in _GOAL_OF
    ):
        slots["reason"] = "其他"
    if reason or (not matter.asks and "about" not in slots):
        slots["about"] = text[:200]
    picture = next((m.content.url for m in ask.situation.turn.messages if isinstance(m.content, ImageContent)), "")
    sent = any(p.author == "buyer" and "[图片]" in p.text for p in ask.situation.turn.history[-6:])
    if picture or sent:
        slots["photo"] = picture or "（见会话）"
    elif matter.asks == "photo" and has_no_picture(text):
        slots["photo"] = "买家说没有照片"
    if pieces := pieces_of(text):
        slots["count"] = str(pieces)
    if is_spoilt(text):
        slots["spoilt"] = "1"
    if sealed := sealed_of(text, asked=matter.asks == "sealed"):
        slots.setdefault("sealed", sealed)
    entities = ask.segment.entities
    size = told[1].upper() if (told := _INTO.search(text)) else entities.size  # L码大了，换M
    wish = " ".join(w for w in (entities.color, size, *entities.variant_words) if w)
    if wish and slots.get("goal") == "exchange":
        slots["wish"] = wish
        slots.setdefault("reason", "尺码")  # another size or colour of the same, and no fault is told
    elif matter.asks == "wish" and ask.is_free and not reading.is_yes(text):
        slots["wish"] = text.strip()[:60]
    step = next_size.step_of(text) if slots.get("goal") == "exchange" else 0
    if step and not (entities.size or entities.color):
        slots["step"] = str(step)
        slots.setdefault("reason", "尺码")
        slots.pop("wish", None)
    if matter.asks == "item" and ask.is_free and not reading.is_yes(text):
        slots["item"] = text.strip()[:60]
    return replace(matter, slots=slots)
