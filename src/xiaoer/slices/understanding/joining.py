# ruff: noqa: E501  patterns and tables read better unbroken
"""Joining (合并): pieces of a message → segments, one ask each.

`split` gives more pieces than asks. Neighbours are joined again unless a small trained judge says that a new matter
begins: it looks at what each side means alone, what both mean together, and how they are joined; what it cannot know
from practice speaks for or against a cut beside it (`_favour`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from xiaoer.slices.understanding.arrays import Floats, Judge
from xiaoer.slices.understanding.split import ANEW, STARTS_NEW, is_asking, is_question, is_request

# In a message this short, two sides as sure as this of different matters lean towards a cut by so much: single lines
# that hold two matters are more frequent in practice than in life.
SHORT, SURE, BOTH_SURE = 30, 0.9, 4.0
# Two plain questions lean to a cut by so much, also without a pause between them when both are as sure as `SURE`.
TWO_QUESTIONS = 2.0
# In a longer one, two sides that both ask, and are as sure as this, do.
SURE_LONG, BOTH_ASK = 0.5, 3.0
# What is told is a matter of its own only when it is as sure as this; else it is cut off only against so much.
SURE_TOLD, HARDLY = 0.9, -3.0
# What else must speak for a cut, since practice holds more seams than life; and what speaks against cutting a story.
RELUCTANCE, STORY = 1.0, -2.0
# From this chance on the joined reading counts; inside a breath both sides must be as sure as this.
THIRD, SURE_INSIDE = 0.5, 0.6
NO_DOUBT = 10.0  # a side between pauses that a pattern covers whole (转人工) is an ask of its own
# Asking beyond doubt, anywhere in a stretch: 几块钱的笔芯 and 给我爸买的 ask for nothing.
_PLAINLY = re.compile(
    r"[?？]|[吗嘛么](?:\W|$)|[\u4e00-\u9fff][不没](?:\W|$)|什么|啥|怎么|多少(?!钱的)|多久|几(?![块元十百千万乎])|哪|咋|如何|(.)[不没]\1|有没有|能否|便宜(?:点|些)"
    r"|帮我|麻烦|请(?!客)|给我(?![爸妈老儿女弟哥姐妹家们])|我要|我想(?!起)|改[成到]|取消|催|退[了吧掉货款]|换[个成]|开(?:个|张|一下|发票)|转人工|一下(?:\W|$)"
)
_MORE = re.compile(
    r"^(?:那|这|它|但|可是|不过|因为|所以|而且|就|都|又|才|是|说|结果|然后|如果|要是|否则|不然|省得|免得|反正|毕竟|其实|我|你们?|他|她)"
)
_VAGUE = re.compile(
    r"^(?:[这那它]个?|东西|你们?|您|我|所以|那么|请问|到底|商品|家|是|都|该|要|现在|麻烦|帮我|看一?下|\W)*(?:怎么回事|怎么办|什么情况|怎么弄|怎么搞|什么意思|为什么|为啥|怎么说|什么鬼|什么问题|怎么处理|什么原因|怎么知道|是吗|对吗|好吗|行吗|可以吗|行不行|好不好|可不可以|知道吗)(?:了|的|啊|呢|呀|嘛|吧|哦|哈|\W)*$"
)
# To look at an order is not one more wish: 帮我查下订单 says what 到哪了 is about.
_LOOKS_UP = re.compile(r"查|看[一下看]|瞧|核实|确认")
_DENIAL = re.compile(
    r"不是(?!说好)|不用|没说|没要|又没|别(?:急|误会)|不想|不要|本来|以为|就算|虽然|要是|如果|万一|听说|看到|看见|之前|上次|别人"
)
_IDLE = frozenset(("chat.greeting", "chat.thanks", "chat.bye", "chat.ack"))
SIZE = 48


class Span(NamedTuple):
    """A stretch with its plain words and what they mean by themselves; `closed`: a pattern left no doubt."""

    start: int
    end: int
    joint: int
    normal: str
    own: Floats
    closed: bool = False


class Labels(NamedTuple):
    """What splitting needs to know of the labels, one row each.

    `idle`: words that are no point of their own beside an ask; praise and small talk may be. `story[a][b]`: telling a is only the story when b is asked (太小了 before 想换大一码).
    """

    groups: tuple[int, ...]
    chat: tuple[bool, ...]
    idle: tuple[bool, ...]
    unclear: int
    story: tuple[frozenset[int], ...]


def describe(codes: Sequence[str], takes: Mapping[str, Sequence[str]]) -> Labels:
    """The rows of some codes; `takes`: code → codes that are only its story."""
    at = {code: n for n, code in enumerate(codes)}
    groups = {name: n for n, name in enumerate(dict.fromkeys(code.split(".")[0] for code in codes))}
    taken_by: dict[str, set[int]] = {}
    for code, stories in takes.items():
        for story in stories:
            if code in at:
                taken_by.setdefault(story, set()).add(at[code])
    return Labels(
        tuple(groups[code.split(".")[0]] for code in codes),
        tuple(code.startswith("chat.") for code in codes),
        tuple(code in _IDLE for code in codes),
        at.get("oos.unclear", -1),
        tuple(frozenset(taken_by.get(code, ())) for code in codes),
    )


def _asks(normal: str) -> bool:
    return is_asking(normal) or _PLAINLY.search(normal) is not None


def seam(left: Span, right: Span, both: Floats, labels: Labels, told: int, last: bool) -> Floats:
    """How two neighbours look to the judge: `SIZE` numbers.

    `both` is what they mean joined, `told` the length of the whole message, `last`: nothing comes after.
    """
    groups, chat, unclear = labels.groups, labels.chat, labels.unclear
    a, b, j = int(left.own.argmax()), int(right.own.argmax()), int(both.argmax())
    pa, pb, pj = float(left.own[a]), float(right.own[b]), float(both[j])
    asks_left, asks_right = bool(is_question(left.normal)), bool(is_question(right.normal))
    wants_left, wants_right = bool(is_request(left.normal)), bool(is_request(right.normal))
    said_left, said_right = not (asks_left or wants_left), not (asks_right or wants_right)
    size_left, size_right = len(left.normal), len(right.normal)
    row = (
        1.0, pa, pb, pj, float(a == b), float(j == a), float(j == b), float(np.minimum(left.own, right.own).sum()),
        float(groups[a] == groups[b]), float(chat[a]), float(chat[b]), float(asks_left), float(asks_right),
        float(asks_left and asks_right), float(wants_left), float(wants_right),
        min(size_left, 20) / 20, min(size_right, 20) / 20, float(STARTS_NEW.match(right.normal) is not None),
        float(_MORE.match(right.normal) is not None), float(right.joint == 0), float(right.joint == 1), float(right.joint == 3),
        min(pa, pb) * float(a != b), min(pa, pb) * float(groups[a] != groups[b]),
        float(asks_left and (asks_right or wants_right)) * float(a != b), float(size_right <= 3),
        float(np.log(pa + 0.02)), float(np.log(pb + 0.02)), float(np.log(pj + 0.02)),
        float(np.log(left.own[j] + 0.02)), float(np.log(right.own[j] + 0.02)),
        float(min(pa, pb) * (a != b) * (asks_right or wants_right)), float(both[a] * both[b]) * float(a != b),
        float(left.closed != right.closed),
        float(said_left), float(said_right), float(said_left and said_right), float(b in labels.story[a] and said_left),
        float(a in labels.story[b] and said_right), float(left.own[unclear]), float(right.own[unclear]),
        min(told, 60) / 60, float(last), float(size_left <= 3), float(_VAGUE.match(right.normal) is not None),
        float(_VAGUE.match(left.normal) is not None), float(_DENIAL.search(left.normal) is not None),
    )  # fmt: skip
    return np.array(row, np.float32)


def _favour(left: Span, right: Span, both: Floats, told: int, labels: Labels) -> float:
    """What speaks for a cut beyond the judge, or against it.

    For: a word that only begins something else (另外), two sides that are surely two matters, in few words with a pause or when both are questions, in more when both
    plainly ask. Against: one side only tells the story
    of the other, or both together surely mean a third thing (想换个颜色，还没发货).
    """
    a, b = int(left.own.argmax()), int(right.own.argmax())
    sure = min(float(left.own[a]), float(right.own[b])) >= SURE
    chats = labels.idle[a] or labels.idle[b]
    inside = right.joint == 3
    if (left.closed or right.closed) and not inside and a != b and not chats:
        return NO_DOUBT
    complains = a != b and float(left.own[a]) >= SURE_LONG  # 我的卫衣还没到，另外…
    if ANEW.match(right.normal) and not inside and not chats and (_asks(left.normal) or complains):
        return NO_DOUBT
    if any(not _PLAINLY.search(side.normal) and float(side.own.max()) < SURE_TOLD for side in (left, right)):
        return HARDLY
    if (b in labels.story[a] and not _asks(left.normal)) or (a in labels.story[b] and not _asks(right.normal)):
        return STORY
    # A word that a pattern knows is no message of its own inside a breath: 人工 in 人工草和真草哪个好.
    if inside and (left.closed or right.closed or min(float(left.own[a]), float(right.own[b])) < SURE_INSIDE):
        return STORY
    whole = int(both.argmax())
    if whole not in (a, b) and float(both[whole]) >= THIRD:
        return STORY
    looks_up = (b in labels.story[a] and _LOOKS_UP.search(left.normal)) or (
        a in labels.story[b] and _LOOKS_UP.search(right.normal)
    )
    if a == b or chats or looks_up or _DENIAL.search(left.normal):
        return 0.0
    if told <= SHORT:
        questions = _asks_plainly(left, SURE if inside else SURE_LONG) and _asks_plainly(
            right, SURE if inside else SURE_LONG
        )
        return BOTH_SURE if sure and not inside else TWO_QUESTIONS * questions
    begins = _PLAINLY.search(left.normal) or STARTS_NEW.match(right.normal)
    if min(float(left.own[a]), float(right.own[b])) < SURE_LONG or not begins or not _PLAINLY.search(right.normal):
        return 0.0
    return BOTH_SURE if sure else BOTH_ASK


def _asks_plainly(side: Span, sure: float) -> bool:
    """A question, of a matter as sure as this, that says what it is about."""
    return is_question(side.normal) and _VAGUE.match(side.normal) is None and float(side.own.max()) >= sure


def join(spans: list[Span], read: Callable[[int, int], Span], judge: Judge, labels: Labels) -> list[Span]:
    """Joins pieces into asks, left to right, first inside each breath and then over pauses.

    `read(start, end)` reads a stretch of the raw text.
    """
    told = spans[-1].end - spans[0].start
    last = spans[-1].end
    breaths: list[list[Span]] = []
    for span in spans:
        if breaths and span.joint == 3:
            breaths[-1].append(span)
        else:
            breaths.append([span])
    asks: list[Span] = []
    for breath in breaths:
        asks += _joined(breath, read, judge, labels, told, last)
    return _joined(asks, read, judge, labels, told, last, over_pauses=True)


def _joined(
    spans: list[Span],
    read: Callable[[int, int], Span],
    judge: Judge,
    labels: Labels,
    told: int,
    last: int,
    over_pauses: bool = False,
) -> list[Span]:
    asks: list[Span] = []
    for span in spans:
        if not asks or (over_pauses and span.joint == 3):
            asks.append(span)
            continue
        left = asks[-1]
        both = read(left.start, span.end)
        favour = _favour(left, span, both.own, told, labels)
        if float(judge(seam(left, span, both.own, labels, told, span.end == last))[0]) + favour > RELUCTANCE:
            asks.append(span)
        else:
            asks[-1] = both._replace(joint=left.joint)
    return asks
