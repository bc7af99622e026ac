# ruff: noqa: E501  patterns and tables read better unbroken
"""Splitting (切分): a burst of messages → the smallest pieces that may be asks of their own.

The text is cut at punctuation, at line ends, before connectives and after question particles, and a breath without
pauses where it best falls into two matters. That gives more pieces than asks: `joining` puts them together again.
Greetings, thanks and bare assents are dropped when there is anything else; the story before an ask stays with the ask
as its context.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import rjieba

from xiaoer.slices.understanding.arrays import Floats

_HARD = re.compile(r"[\n\r]+|[。!！?？;；]+[\s~～)）\"”]*|\.{2,}|…+")
_SOFT = re.compile(r"[,，、~～]+\s*|(?<![A-Za-z0-9])\s+(?![A-Za-z0-9])|(?<=[\u4e00-\u9fff])\s+|\s+(?=[\u4e00-\u9fff])")
_CONNECTIVE = r"(?:还有(?:就是|个问题|一个)?|另外|顺便|对了|然后|再问(?:下|一下|个)?|再就是|以及|还想问|并且|同时|还要|也(?:想|要)问|顺带|最后)"
STARTS_NEW = re.compile(rf"^{_CONNECTIVE}")
# Said only before something else: 还有货吗 is no such beginning.
ANEW = re.compile(r"^(?:另外|顺便|顺带|再问|还想问|也想问|再就是|对了(?![吗嘛没\W]|$))")
_INSIDE = re.compile(
    rf"(?<=[吗嘛呢])(?=[\u4e00-\u9fffA-Za-z]{{2}})|(?<=[\u4e00-\u9fff]{{4}})(?={_CONNECTIVE}[\u4e00-\u9fff]{{2}})"
)
# Each of these is the heart of one question; two in one breath may be two questions.
_CUE = re.compile(
    r"什么时候|啥时候|几时|多久|几天|多少钱|多少|多大|多长|多重|什么|啥|怎么|咋|如何|哪[里儿个款家种]?|几[点号月年]|为什么|为啥|有没有|能不能|可不可以|会不会|是不是|要不要|包不包|送不送|[有能会要包送带管]+[\u4e00-\u9fff]{0,4}?[吗不没么]|还有货|便宜|优惠|给我|帮我|我要|退|换|开票|发票|投诉|人工"
)
_BARE = re.compile(r"(?:多少|什么|怎么|如何|哪[个里种款]?)\W*")
_LETTER = re.compile(r"\d+(?:\.\d+)?|[a-z\u3400-\u9fff?〔〕]")
# Places looked at by the encoder, and of these the best ones read in full.
_MAX_LOOKS, _MAX_TRIES = 6, 2
_MAX_DIVIDED = 2
_LONGEST_BREATH = 40
# A message longer than this tells a story around its asks.
STORY_CHARS = 44
_QUESTION = re.compile(
    r"[?？]|[吗嘛呢么不没]\W*$|什么|怎么|多少|几[\u4e00-\u9fff]|哪|谁|为啥|咋|如何|多[久大长重高宽厚深远快]|(.)[不没]\1|有没有|可不可以|能否|是否"
)
_REQUEST = re.compile(
    r"帮|麻烦|请|给我|我要|我想|想[要换退改问买]|要求|赶紧|快点|尽快|催|退[了吧掉货款]|换[个成一]|改成|取消|开[个张]|备注|转人工|[吧呗]\W*$"
)
_POLITE = re.compile(
    r"^(?:亲+|你好|您好|请问(?:一下|下)?|麻烦(?:你|您)?(?:了|问(?:一)?下)?|谢谢(?:你|您|了|啦|啊)?|感谢|多谢|辛苦了|在吗|客服|老板|哈|呵+|嗯+|哦+|好的?|好吧|行|啊|呀|对了|打扰了?|不好意思)+$"
)
_NO_WORD = re.compile(r"[^\w]")
_MAX_PIECES = 24


# Raw text → plain words and what they mean by themselves.
Read = Callable[[str], tuple[str, Floats]]
# `Encoder.halves`: what is left and right of some places of a text of letters.
Halves = Callable[[str, Sequence[int]], tuple[Floats, Floats]]


class Piece(NamedTuple):
    """A stretch `[start, end)` of the raw text and how it is joined to the one before (0 line, 1 stop, 2 comma, 3 none)."""

    start: int
    end: int
    joint: int


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


def is_asking(normal: str) -> bool:
    """A question or a request by its wording."""
    return is_question(normal) or is_request(normal)


def is_question(normal: str) -> bool:
    return _QUESTION.search(normal) is not None


def is_request(normal: str) -> bool:
    return _REQUEST.search(normal) is not None


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
    words = [text[piece.start : piece.end] for piece in found]
    asking = [is_asking(one) or ANEW.match(one) is not None for one in words]
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
        # A cut through 咋肥事 would leave words that nobody said, one through 便宜多少 a question about nothing.
        if (
            _BARE.fullmatch(words_right) is None
            and words_left + words_right == words
            and int(own_left.argmax()) != int(own_right.argmax())
        ):
            surest = min(float(own_left.max()), float(own_right.max()))
            if surest > best:
                best, where = surest, place
    return where


def is_polite(normal: str) -> bool:
    """A greeting, thanks or filler that carries no ask."""
    return _POLITE.match(_NO_WORD.sub("", normal)) is not None
