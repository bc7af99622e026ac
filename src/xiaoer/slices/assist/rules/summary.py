"""前情提要: at most six lines that let an agent begin in the middle, made from the trace without a model.

The talk is told as it went: what the buyer came with and what he was answered, where it led in between when there is
room, and what he says now. Of several lines in a row the two that say most stand for all, without courtesies.
"""

import re
from collections.abc import Iterable, Sequence

from xiaoer.slices.assist.types import Line, Story

_MOST = 6
_LONGEST = 88
_SIDE = 36  # letters of what one side said
_EXCHANGES = 3
_REASON = {
    "requested": "买家要求人工",
    "sensitive": "触及敏感问题，请先安抚、勿承诺",
    "unsatisfied": "机器人多次没答到点上",
    "negative_sentiment": "买家情绪激动",
    "complex_after_sale": "售后情况复杂",
    "low_confidence": "机器人拿不准",
    "bargain_exhausted": "议价到底，买家还想再低",
    "image": "买家发了图片，需要人看",
    "error": "机器人出错，请直接接手",
    "taken": "坐席主动接管",
    "assist": "辅助模式，由人发送",
    "shadow": "影子模式，由人接待",
}
_WHO = {"bot": "机器人", "agent": "客服"}
# Pet names and particles, which tell nothing; letters of a word (在哪里, 哦豁) stay because a pause must follow.
_COURTESY = re.compile(
    r"(?:亲爱[的哒]|亲+|妹子|小主|宝贝|您好|你好|请问|不好意思|非常抱歉)[~～，,。!！呢哦的]*|[~～]+"
    r"|(?:的呢|的哦|的哈|哒|哦|呢|哈|呀|啊|噢|喔|嗯+|呐)(?=[，,。.!！?？~～\s]|$)"
)
_EMPTY = re.compile(
    r"(?:好的?|是的?|对的?|可以|行|嗯|知道了|谢谢.*|收到|没有|有|稍等.*|请稍等.*|马上|不客气.*|感谢.*|还有.*吗|有什么可以.*|在)?"
)
_EDGES = "，,。.!！?？~～ 、；;"


def summarise(story: Story, intent_label: dict[str, str]) -> tuple[str, ...]:
    """How the talk went, why a person is asked, what it is about, what is promised, the feeling."""
    about = [*story.orders, *([f"商品「{story.product}」"] if story.product else [])]
    rest = [
        f"转接原因：{_REASON.get(story.reason, story.reason)}" if story.reason else "",
        _cut("涉及：" + "；".join(about)) if about else "",
        _cut("已答应：" + "；".join(story.tickets)) if story.tickets else "",
        _feeling(story),
    ]
    rest = [line for line in rest if line]
    told = _told(story, intent_label, max(1, min(_EXCHANGES, _MOST - len(rest))))
    return (told[0], *rest[:1], *told[1:], *rest[1:]) if story.reason else (*told, *rest)


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _told(story: Story, intent_label: dict[str, str], most: int) -> list[str]:
    """The exchanges that tell the talk: the first, the newest, and the one before that."""
    found = [exchange for exchange in _exchanges(story.lines) if exchange[0]]
    chosen = found if len(found) <= most else [found[0], *found[len(found) - most + 1 :]]
    topics = [
        intent_label.get(i, "") for i in dict.fromkeys(story.intents) if not i.startswith(("chat.", "service.human"))
    ]
    named = "、".join([t for t in topics if t][-3:])
    if not chosen:
        return [_cut(f"诉求：{named}") if named else "诉求：还没说明，只要求人工"]
    lines = []
    for place, (asked, answered) in enumerate(chosen):
        begins = "诉求" if place == 0 else "又问" if answered else "现在说"
        topic = f"{named}，" if named and place == 0 else ""
        lines.append(_cut(f"{begins}：{topic}「{asked}」{answered}"))
    return lines


def _exchanges(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """(what the buyer said in a row, who answered what), oldest first; either may be empty."""
    found: list[tuple[list[str], list[Line]]] = []
    for line in lines:
        if line.author == "buyer":
            if not found or found[-1][1]:
                found.append(([], []))
            if _is_telling(line.text):
                found[-1][0].append(line.text)
        elif line.author in _WHO and found and "handoff" not in line.acts:
            found[-1][1].append(line)
    return [(_say_most(asked), _answer(said)) for asked, said in found]


def _answer(said: Sequence[Line]) -> str:
    words = _say_most(line.text for line in said)
    disliked = "（买家点了踩）" if any(line.is_disliked for line in said) else ""
    return f"{_WHO[said[-1].author]}答{disliked}：{words}" if words else ""


def _say_most(texts: Iterable[str]) -> str:
    """The two lines that say most, in their order, without courtesies."""
    lines = [re.sub(r"([：:，,。；;！!？?])\n+", r"\1", text).replace("\n", "，") for text in texts]
    plain = [_COURTESY.sub("", text).strip(_EDGES) for text in lines]
    telling = [text for text in dict.fromkeys(plain) if not _EMPTY.fullmatch(text)]
    kept = sorted(telling, key=len, reverse=True)[:2]
    return _cut("，".join(text for text in telling if text in kept), _SIDE)


def _is_telling(text: str) -> bool:
    """Whether a message says what it is about; a bare wish for a person or a picture does not."""
    bare = text.strip(_EDGES)
    return (len(bare) > 2 and not any(word in bare for word in ("人工", "真人", "活人", "客服", "[图片]"))) or len(
        bare
    ) > 12


def _feeling(story: Story) -> str:
    if story.anger >= 0.6:
        return "情绪：生气，先道歉再处理"
    if story.score <= -0.3:
        return "情绪：不满"
    return "情绪：着急" if story.urgency == "high" else ""
