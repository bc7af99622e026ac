# ruff: noqa: E501  patterns and tables read better unbroken
"""Splitting (切分): a burst of messages → segments, one ask each.

The text is cut at punctuation, at line ends, before connectives and after question particles; that gives more
pieces than asks. Neighbours are then joined again unless a small trained judge says that a new matter begins: it
looks at what each side means alone, what both mean together, and how they are joined. Greetings, thanks and bare
assents are dropped when there is anything else; the story before an ask stays with the ask as its context.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import rjieba

from xiaoer.slices.understanding.arrays import Floats, Judge

_HARD = re.compile(r"[\n\r]+|[。!！?？;；]+[\s~～)）\"”]*|\.{2,}|…+")
_SOFT = re.compile(r"[,，、~～]+\s*|(?<![A-Za-z0-9])\s+(?![A-Za-z0-9])|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])")
_CONNECTIVE = r"(?:还有(?:就是|个问题|一个)?|另外|顺便|对了|然后|再问(?:下|一下|个)?|再就是|以及|还想问|并且|同时|还要|也(?:想|要)问|顺带|最后)"
_STARTS_NEW = re.compile(rf"^{_CONNECTIVE}")
_INSIDE = re.compile(
    rf"(?<=[吗嘛呢])(?=[\u4e00-\u9fffA-Za-z]{{2}})|(?<=[\u4e00-\u9fff]{{4}})(?={_CONNECTIVE}[\u4e00-\u9fff]{{2}})"
)
# Each of these is the heart of one question; two in one breath may be two questions.
_CUE = re.compile(
    r"什么时候|啥时候|几时|多久|几天|多少钱|多少|多大|多长|多重|什么|啥|怎么|咋|如何|哪[里儿个款家种]?|几[点号月年]|为什么|为啥|有没有|能不能|可不可以|会不会|是不是|要不要|包不包|送不送|[有能会要包送带管]+[\u4e00-\u9fff]{0,4}?[吗不没么]|还有货|便宜|优惠|给我|帮我|我要|退|换|开票|发票|投诉|人工"
)
_LETTER = re.compile(r"\d+(?:\.\d+)?|[a-z\u3400-\u9fff?〔〕]")
# Places looked at by the encoder, and of these the best ones read in full.
_MAX_LOOKS, _MAX_TRIES = 6, 2
_MAX_DIVIDED = 2
_LONGEST_BREATH = 40
# In a message this short, two sides as sure as this of different matters lean towards a cut by so much: single lines
# that hold two matters are more frequent in practice than in life.
SHORT, SURE, BOTH_SURE = 30, 0.9, 4.0
# In a longer one, two sides that both ask, and are as sure as this, do.
SURE_LONG, BOTH_ASK = 0.5, 3.0
# What is told is a matter of its own only when it is as sure as this; else it is cut off only against so much.
SURE_TOLD, HARDLY = 0.9, -3.0
# What else must speak for a cut, since practice holds more seams than life; and what speaks against cutting a story.
RELUCTANCE, STORY = 1.0, -2.0
# From this chance on the joined reading counts; inside a breath both sides must be as sure as this.
THIRD, SURE_INSIDE = 0.5, 0.6
NO_DOUBT = 10.0  # a side between pauses that a pattern covers whole (转人工) is an ask of its own
# A message longer than this tells a story around its asks.
STORY_CHARS = 44
_QUESTION = re.compile(
    r"[?？]|[吗嘛呢么不没]\W*$|什么|怎么|多少|几[\u4e00-\u9fff]|哪|谁|为啥|咋|如何|多[久大长重高宽厚深远快]|(.)[不没]\1|有没有|可不可以|能否|是否"
)
_REQUEST = re.compile(
    r"帮|麻烦|请|给我|我要|我想|想[要换退改问买]|要求|赶紧|快点|尽快|催|退[了吧掉货款]|换[个成一]|改成|取消|开[个张]|备注|转人工|[吧呗]\W*$"
)
# Asking beyond doubt, anywhere in a stretch: 几块钱的笔芯 and 给我爸买的 ask for nothing.
_PLAINLY = re.compile(
    r"[?？]|[吗嘛么](?:\W|$)|[\u4e00-\u9fff][不没](?:\W|$)|什么|啥|怎么|多少(?!钱的)|多久|几(?![块元十百千万乎])|哪|咋|如何|(.)[不没]\1|有没有|能否|便宜(?:点|些)"
    r"|帮我|麻烦|请(?!客)|给我(?![爸妈老儿女弟哥姐妹家们])|我要|我想(?!起)|改[成到]|取消|催|退[了吧掉货款]|换[个成]|开(?:个|张|一下|发票)|转人工|一下(?:\W|$)"
)
_MORE = re.compile(
    r"^(?:那|这|它|但|可是|不过|因为|所以|而且|就|都|又|才|是|说|结果|然后|如果|要是|否则|不然|省得|免得|反正|毕竟|其实|我|你们?|他|她)"
)
_POLITE = re.compile(
    r"^(?:亲+|你好|您好|请问(?:一下|下)?|麻烦(?:你|您)?(?:了|问(?:一)?下)?|谢谢(?:你|您|了|啦|啊)?|感谢|多谢|辛苦了|在吗|客服|老板|哈|呵+|嗯+|哦+|好的?|好吧|行|啊|呀|对了|打扰了?|不好意思)+$"
)
_NO_WORD = re.compile(r"[^\w]")
_VAGUE = re.compile(
    r"^(?:[这那它]个?|东西|你们?|您|我|所以|那么|请问|到底|商品|家|是|都|该|要|现在|麻烦|帮我|看一?下|\W)*(?:怎么回事|怎么办|什么情况|怎么弄|怎么搞|什么意思|为什么|为啥|怎么说|什么鬼|什么问题|怎么处理|什么原因|怎么知道|是吗|对吗|好吗|行吗|可以吗|行不行|好不好|可不可以|知道吗)(?:了|的|啊|呢|呀|嘛|吧|哦|哈|\W)*$"
)
# To look at an order is not one more wish: 帮我查下订单 says what 到哪了 is about.
_LOOKS_UP = re.compile(r"查|看[一下看]|瞧|核实|确认")
_DENIAL = re.compile(
    r"不是(?!说好)|不用|没说|没要|又没|别(?:急|误会)|不想|不要|本来|以为|就算|虽然|要是|如果|万一|听说|看到|看见|之前|上次|别人"
)
_IDLE = frozenset(("chat.greeting", "chat.thanks", "chat.bye", "chat.ack"))
_MAX_PIECES = 24
SIZE = 48


# Raw text → plain words and what they mean by themselves.
Read = Callable[[str], tuple[str, Floats]]
# `Encoder.halves`: what is left and right of some places of a text of letters.
Halves = Callable[[str, Sequence[int]], tuple[Floats, Floats]]


class Piece(NamedTuple):
    """A stretch `[start, end)` of the raw text and how it is joined to the one before (0 line, 1 stop, 2 comma, 3 none)."""

    start: int
    end: int
    joint: int


class Span(NamedTuple):
    """A stretch with its plain words and what they mean by themselves; `closed`: a pattern left no doubt."""

    start: int
    end: int
    joint: int
    normal: str
    own: Floats
    closed: bool = False


def cut(text: str) -> list[Piece]:
    """The smallest pieces that may be asks of their own; at most `_MAX_PIECES`, the rest stays in the last."""
    pieces: list[Piece] = []
    last, joint = 0, 0
    for start, end, kind in _cuts(text):
        if len(pieces) >= _MAX_PIECES - 1:
            break
        if text[last:start].strip():
            pieces.append(Piece(last, start, joint))
            joint = kind
        last = end
    if text[last:].strip():
        pieces.append(Piece(last, len(text), joint))
    return pieces


def _cuts(text: str) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for match in _HARD.finditer(text):
        # A stop keeps its sign: the question mark belongs to the piece before it.
        stop = match.start() + (0 if match.group()[0] in "\n\r" else len(match.group().rstrip()))
        found.append((stop, match.end(), 0 if match.group()[0] in "\n\r" else 1))
    found += [(m.start(), m.end(), 2) for m in _SOFT.finditer(text)]
    found += [(m.start(), m.start(), 3) for m in _INSIDE.finditer(text)]
    found.sort()
    kept: list[tuple[int, int, int]] = []
    for item in found:
        if kept and item[0] < kept[-1][1]:
            continue
        kept.append(item)
    return kept


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


def is_asking(normal: str) -> bool:
    """A question or a request by its wording."""
    return is_question(normal) or is_request(normal)


def _asks(normal: str) -> bool:
    return is_asking(normal) or _PLAINLY.search(normal) is not None


def is_question(normal: str) -> bool:
    return _QUESTION.search(normal) is not None


def is_request(normal: str) -> bool:
    return _REQUEST.search(normal) is not None


def seam(left: Span, right: Span, both: Floats, labels: Labels, told: int, last: bool) -> Floats:
    """How two neighbours look to the judge: `SIZE` numbers.

    `both` is what they mean joined, `told` the length of the whole message, `last`: nothing comes after.
    """
    groups, chat, unclear = labels.groups, labels.chat, labels.unclear
    a, b, j = int(left.own.argmax()), int(right.own.argmax()), int(both.argmax())
    pa, pb, pj = float(left.own[a]), float(right.own[b]), float(both[j])
    asks_left, asks_right = bool(_QUESTION.search(left.normal)), bool(_QUESTION.search(right.normal))
    wants_left, wants_right = bool(_REQUEST.search(left.normal)), bool(_REQUEST.search(right.normal))
    said_left, said_right = not (asks_left or wants_left), not (asks_right or wants_right)
    size_left, size_right = len(left.normal), len(right.normal)
    row = (
        1.0, pa, pb, pj, float(a == b), float(j == a), float(j == b), float(np.minimum(left.own, right.own).sum()),
        float(groups[a] == groups[b]), float(chat[a]), float(chat[b]), float(asks_left), float(asks_right),
        float(asks_left and asks_right), float(wants_left), float(wants_right),
        min(size_left, 20) / 20, min(size_right, 20) / 20, float(_STARTS_NEW.match(right.normal) is not None),
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


def pieces(text: str, read: Read, halves: Halves | None = None) -> Iterator[Piece]:
    """The pieces to be weighed: `cut`, with stories put to their asks, or with breaths of several asks divided."""
    found = cut(text)
    if len(text) > STORY_CHARS and len(found) > 2:
        yield from _told(text, found)
        return
    for piece in found:
        joint = piece.joint
        for start, end in _breaths(text, piece.start, piece.end, read, halves, _MAX_DIVIDED):
            yield Piece(start, end, joint)
            joint = 3


def _breaths(
    text: str, start: int, end: int, read: Read, halves: Halves | None, most: int
) -> Iterator[tuple[int, int]]:
    """A piece in at most `most` + 1 parts, divided where it best is, then each side again."""
    middle = 0 if halves is None or not most else divide(text[start:end], read, halves)
    if not middle:
        yield start, end
        return
    before = list(_breaths(text, start, start + middle, read, halves, most - 1))
    yield from before
    yield from _breaths(text, start + middle, end, read, halves, most - len(before))


def _told(text: str, found: list[Piece]) -> Iterator[Piece]:
    """In a long message, pieces that neither ask nor want belong to the next that does; the last to the one before."""
    start, joint = found[0].start, found[0].joint
    asking = [is_asking(text[piece.start : piece.end]) for piece in found]
    last = max((n for n, asks in enumerate(asking) if asks), default=len(found) - 1)
    for n, piece in enumerate(found):
        if n == last:
            yield Piece(start, found[-1].end, joint)
            return
        if asking[n]:
            yield Piece(start, piece.end, joint)
            start, joint = found[n + 1].start, found[n + 1].joint


def divide(text: str, read: Read, halves: Halves) -> int:
    """Where a piece without pauses best falls into two matters; 0 when it holds no two hearts of a question.

    The best place is the word border, between two cues, at which both sides are surest of different things.
    """
    cues = [match.span() for match in _CUE.finditer(text)]
    if len(cues) < 2 or not 5 <= len(text) <= _LONGEST_BREATH:
        return 0
    first, last = max(cues[0][1], 2), min(cues[-1][0], len(text) - 2)
    # Letters as the encoder reads them, and where each stands.
    letters = [(match.group(), match.start()) for match in _LETTER.finditer(text.lower())]
    number = {start: n for n, (_, start) in enumerate(letters)}
    places, at = [], 0
    for word in rjieba.cut(text, False):
        if first <= at <= last and number.get(at):
            places.append(at)
        at += len(word)
    if not places:
        return 0
    if len(places) > _MAX_LOOKS:
        places = places[:: -(-len(places) // _MAX_LOOKS)]
    spoken = "".join("0" if letter[0].isdigit() else letter for letter, _ in letters)
    left, right = halves(spoken, [number[place] for place in places])
    sure = np.minimum(left.max(1), right.max(1)) - 9.0 * (left.argmax(1) == right.argmax(1))
    words = read(text)[0]
    best, where = 0.0, 0
    for n in np.argsort(-sure)[:_MAX_TRIES]:
        place = places[int(n)]
        (words_left, own_left), (words_right, own_right) = read(text[:place]), read(text[place:])
        # A cut through 咋肥事 would leave words that nobody said.
        if words_left + words_right == words and int(own_left.argmax()) != int(own_right.argmax()):
            surest = min(float(own_left.max()), float(own_right.max()))
            if surest > best:
                best, where = surest, place
    return where


def is_polite(normal: str) -> bool:
    """A greeting, thanks or filler that carries no ask."""
    return _POLITE.match(_NO_WORD.sub("", normal)) is not None


def _favour(left: Span, right: Span, both: Floats, told: int, labels: Labels) -> float:
    """What speaks for a cut beyond the judge, or against it.

    For: two sides that are surely two matters, in few words with a pause, in more when both plainly ask. Against: one side only tells the story
    of the other, or both together surely mean a third thing (想换个颜色，还没发货).
    """
    a, b = int(left.own.argmax()), int(right.own.argmax())
    sure = min(float(left.own[a]), float(right.own[b])) >= SURE
    chats = labels.idle[a] or labels.idle[b]
    inside = right.joint == 3
    if (left.closed or right.closed) and not inside and a != b and not chats:
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
    if a == b or chats or looks_up or _DENIAL.search(left.normal) or (inside and told <= SHORT):
        return 0.0
    if told <= SHORT:
        return BOTH_SURE if sure else 0.0
    begins = _PLAINLY.search(left.normal) or _STARTS_NEW.match(right.normal)
    if min(float(left.own[a]), float(right.own[b])) < SURE_LONG or not begins or not _PLAINLY.search(right.normal):
        return 0.0
    return BOTH_SURE if sure else BOTH_ASK


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
