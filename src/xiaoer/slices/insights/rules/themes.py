"""Sub-reasons in the buyers' own words (原话细分): refunds of one reason, put together by the words that tell.

A piece of one to four letters tells when what is said under this reason holds it far more often than what is said under
the others. The piece that speaks for most refunds makes a sub-reason and gives it its name; what is left is looked at
again. So every sub-reason is a word that buyers used, and everybody can check that those behind it said so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

import rjieba
from msgspec import Struct

# What belongs to asking for a refund whatever the reason is.
_ASKING = re.compile(
    r"(?:申请|我?想要?|要求?|麻烦|帮我|可以|怎么|能)?(?:退货退款|退货|退款|退掉|退了|退换|换货|换一?[件个双条]|退)(?:吗|吧|呢|了)?"
    r"|您好|你好|客服|亲+|请问|麻烦|谢谢|收到货?|拿到|打开|试了|东西|商品|衣服|裤子|裙子|鞋子?|这[件个款双条]|那[件个款双条]"
    r"|[了吧啊呀呢哦嘛]+(?=$|[^\u4e00-\u9fff])"
)
_PAUSE, _FEW_LETTERS = re.compile(r"[^\w%]+"), 9
_LETTERS = re.compile(r"[\u4e00-\u9fff]+")
_EDGE = frozenset(
    "的了吗呢啊呀哦吧嘛么嗯亲您你我他她它们请问这那哪个是有会想要就都也还在给和跟又才把被着得地过之与或而但因为所以"
)
_NO_START, _NO_END = _EDGE | frozenset("里面来去点儿就已经"), _EDGE | frozenset("不太很好真最没一两几")
_COMMON = frozenset("买货穿用看说换退大小上下来去人天次码一二两三件条双点时候多少开出心感觉好太很真不没") | _EDGE
_ABOUT = "refund."
_LONGEST_PIECE = 4
_SINGLE = 0.45  # a single letter is worth so much of a word: 扎 may tell, but 扎人 tells more
_LEAST = 2  # refunds that a sub-reason must speak for
_SHARE = 0.04  # and of the reason's refunds
_MOST = 6
_NAMED_TOO = 0.5  # share of a sub-reason that must hold a second piece for it to be named too
_EXAMPLES = 3


class Said(Struct, frozen=True):
    """One wording: the key it is kept under, the refunds that said so, its text."""

    key: str
    count: int
    text: str


class Theme(Struct, frozen=True):
    """A sub-reason: its telling words, the refunds behind it, the keys of its wordings, the commonest of them."""

    name: str
    count: int
    keys: tuple[str, ...]
    examples: tuple[str, ...]


def said_about(reason: str) -> str:
    """The name under which the wordings about a reason are kept, where talks have their intent."""
    return f"{_ABOUT}{reason}"


def reason_of(name: str) -> str:
    """The reason that a kept wording is about; "" when it was asked in a talk."""
    return name.removeprefix(_ABOUT) if name.startswith(_ABOUT) else ""


def pieces_of(text: str) -> frozenset[str]:
    """The pieces of a text that may name something."""
    found = set()
    for run in _LETTERS.findall(_ASKING.sub(" ", text)):
        for start in range(len(run)):
            if run[start] in _NO_START:
                continue
            for end in range(start + 1, min(len(run), start + _LONGEST_PIECE) + 1):
                piece = run[start:end]
                if piece[-1] not in _NO_END and (len(piece) > 1 or piece not in _COMMON):
                    found.add(piece)
    return frozenset(found)


def count_pieces(said: Iterable[Said]) -> Counter[str]:
    """How many refunds hold each piece; `""` counts the refunds."""
    found: Counter[str] = Counter()
    for one in said:
        found[""] += one.count
        for piece in pieces_of(one.text):
            found[piece] += one.count
    return found


def find_themes(said: Sequence[Said], elsewhere: Counter[str]) -> list[Theme]:
    """The sub-reasons of one reason, the largest first; `elsewhere` counts the pieces under all other reasons."""
    pieces = {one.key: pieces_of(one.text) for one in said}
    left = {one.key: one for one in said}
    total = sum(one.count for one in said)
    least = max(_LEAST, _SHARE * total)
    found: list[Theme] = []
    while left and len(found) < _MOST:
        weights = _weigh(left.values(), pieces, total, elsewhere)
        best = max(weights, key=lambda piece: (weights[piece][1], piece), default="")
        if not best or weights[best][0] < least:
            break
        members = sorted(
            (one for one in left.values() if best in pieces[one.key]), key=lambda one: (-one.count, one.key)
        )
        name = _name(best, members, pieces, elsewhere)
        keys = tuple(one.key for one in members)
        examples = tuple(dict.fromkeys(one.text for one in members))[:_EXAMPLES]
        found.append(Theme(name, sum(one.count for one in members), keys, examples))
        for key in keys:
            del left[key]
    return sorted(found, key=lambda theme: (-theme.count, theme.name))


def _weigh(
    said: Iterable[Said], pieces: dict[str, frozenset[str]], total: int, elsewhere: Counter[str]
) -> dict[str, tuple[int, float]]:
    """(refunds, weight) of every piece; what many wordings have in common weighs more than one wording said often."""
    counts, wordings = _tally(said, pieces)
    return {p: (n, n * wordings[p] ** 0.5 * _tells(p, n / total, elsewhere)) for p, n in counts.items()}


def _tally(said: Iterable[Said], pieces: dict[str, frozenset[str]]) -> tuple[Counter[str], Counter[str]]:
    """Refunds and wordings by piece."""
    counts: Counter[str] = Counter()
    wordings: Counter[str] = Counter()
    for one in said:
        for piece in pieces[one.key]:
            counts[piece] += one.count
            wordings[piece] += 1
    return counts, wordings


def _tells(piece: str, share: float, elsewhere: Counter[str]) -> float:
    """How much a piece tells: how far it belongs to this reason, and how much of a word it is."""
    there = (elsewhere[piece] + 0.5) / (elsewhere[""] + 10)
    odds = log(1 + share / there)
    return odds * (_SINGLE if len(piece) == 1 else 1 + 0.15 * (len(piece) - 2))


def _name(best: str, members: Sequence[Said], pieces: dict[str, frozenset[str]], elsewhere: Counter[str]) -> str:
    """The telling piece, made as long as nearly all of its refunds have it, and a second one that most have too.

    What is always said with the same words is named by them.
    """
    if len(members) == 1 and (clause := _clause(best, members[0].text)):
        return clause
    total, few = sum(one.count for one in members), min(2, len(members))
    counts, wordings = _tally(members, pieces)
    longer = (p for p, n in counts.items() if best in p and n >= 0.8 * total and wordings[p] >= few)
    whole = max(longer, key=lambda p: (len(p), counts[p], p), default=best)
    others = (
        p
        for p, n in counts.items()
        if n >= _NAMED_TOO * total and wordings[p] >= few and len(p) > 1 and not set(p) & set(whole)
    )
    second = max(others, key=lambda p: (counts[p] * _tells(p, counts[p] / total, elsewhere), p), default="")
    named = [
        _whole_words(piece, next(one.text for one in members if piece in one.text))
        for piece in (whole, second)
        if piece
    ]
    return "、".join(named)


def _clause(piece: str, text: str) -> str:
    """The few words around the piece that stand between two pauses; "" when they are many."""
    found = next((part for part in _PAUSE.split(text) if piece in part), "")
    return found if len(found) <= _FEW_LETTERS else ""


def _whole_words(piece: str, text: str) -> str:
    """The piece without the tail of a word in front of it, and with the rest of the word that it ends in."""
    start = text.index(piece)
    end, at = start + len(piece), 0
    for word in rjieba.cut(text, False):
        after = at + len(word)
        if at < start < after and end - after >= 2:
            start = after
        if at < end < after:
            end = after
        at = after
    return text[start:end]
