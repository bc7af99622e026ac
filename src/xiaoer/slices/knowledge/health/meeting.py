"""When two entries answer the same question to the same buyer (同问). Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from xiaoer.slices.knowledge.health.kinds import Kind, asks_for, values_in
from xiaoer.slices.knowledge.types import EntryDraft

_GROUPS_FROM = "\ue000"  # each group of words that ask for the same is one letter of the private area
_WAYS = (
    ("why", re.compile(r"为什么|为啥|为何|原因")),
    ("when", re.compile(r"多久|时候|几天|多长时间|几个?小时|何时|几点|几号|期多长|时间")),
    ("much", re.compile(r"多少|几|怎么收|怎么算|多重|多大|多长")),
    ("where", re.compile(r"哪里|哪儿|在哪|到哪|从哪|什么地方|地址")),
    ("how", re.compile(r"怎么|怎样|如何|咋")),
    ("which", re.compile(r"什么|哪|啥")),
)


# One such letter tells two cases apart: 没发货能改吗, 发货后能改吗; M码, L码; 男款, 女款.
_TELLING = re.compile(r"[a-z0-9没未前后男女老大小高低长短厚薄内外上下左右单双春夏秋冬冷热生熟新旧]")

_EITHER = re.compile(r"(.)[不没]\1")  # 包不包邮 asks 包邮
_SHARED = 2  # letters that two questions must share where each has one that the other lacks
_MORE = 4  # letters that a wording may have beyond another that it holds


class Wording(Struct, frozen=True):
    """How questions are reduced to what they ask about; made of `knowledge/asking.toml`."""

    same: re.Pattern[str]
    letters: dict[str, str]
    filler: re.Pattern[str]

    def about(self, question: str) -> frozenset[str]:
        """What is left of a question: letters, and one letter for each group of words that ask for the same."""
        plain = _EITHER.sub(r"\1", question.lower())
        rest = self.same.sub(lambda match: self.letters[match[0]], plain)
        return frozenset(letter for letter in self.filler.sub("", rest) if letter.isalnum() or letter >= _GROUPS_FROM)


def read_wording(rows: Mapping[str, Any]) -> Wording:
    """The wording of `knowledge/asking.toml`."""
    letters = {word: chr(ord(_GROUPS_FROM) + n) for n, group in enumerate(rows["same"]) for word in group.split()}
    return Wording(_any_of(letters), letters, _any_of(rows["filler"].split()))


def _any_of(words: Sequence[str] | Mapping[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def way_of(question: str) -> str:
    """How a question asks: why, when, how much, where, how, which, or "" for yes and no."""
    return next((way for way, pattern in _WAYS if pattern.search(question)), "")


class Reading(Struct, frozen=True):
    """How two questions are told to be one."""

    kinds: tuple[Kind, ...]
    wording: Wording

    def apart(self, one: str, other: str) -> int:
        """How many telling letters stand in only one of two questions; 0 when they ask about the same thing.

        Two that name different values of one kind (黑色, 白色) ask about different things, whatever else they share.
        """
        for kind in self.kinds:
            mine, theirs = values_in(one, kind)[0], values_in(other, kind)[0]
            if mine and theirs and not mine & theirs:
                return len(mine | theirs)
            if (mine or theirs) and all(asks_for(text, kind) for text in (one, other)):
                one, other = (kind.asked.sub("", kind.pattern.sub("", text.lower())) for text in (one, other))
        mine_left, their_left = self.wording.about(one), self.wording.about(other)
        mine_only, their_only = mine_left - their_left, their_left - mine_left
        swapped = max(mine_only, default="") >= _GROUPS_FROM <= max(their_only, default="")  # 孕妇 for 宝宝
        shared = sum(2 if letter >= _GROUPS_FROM else 1 for letter in mine_left & their_left)
        swapped |= bool(mine_only and their_only) and shared < _SHARED  # 猫能吃吗, 狗能吃吗
        telling = swapped or bool(_TELLING.search("".join(mine_only | their_only)))
        return max(len(mine_only), len(their_only)) + 2 * telling

    def is_one(self, one: str, other: str, intent: str = "", other_intent: str = "") -> bool:
        """Whether two wordings ask the same about the same thing, however unlike they look."""
        apart, same = self.apart(one, other), bool(intent) and intent == other_intent
        if same and apart <= 1:
            return True
        return apart == 0 and way_of(one) == way_of(other) and bool(self.wording.about(one))

    def holds(self, one: str, other: str, intent: str = "", other_intent: str = "") -> bool:
        """Whether one wording asks all that the other asks with a few words more (线下有门店逛吗, 有实体店吗).

        Words more that narrow the question to a value (新疆, 黑色, 42码) make another question of it.
        """
        if intent != other_intent or any(values_in(one, k)[0] != values_in(other, k)[0] for k in self.kinds):
            return False
        mine, theirs = self.wording.about(one), self.wording.about(other)
        less, more = sorted((mine, theirs), key=len)
        telling = len(less) >= 2 or max(less, default="") >= _GROUPS_FROM
        return telling and less <= more and len(more - less) <= _MORE and not _TELLING.search("".join(more - less))


def overlap(one: EntryDraft, other: EntryDraft) -> bool:
    """Whether two entries can be said to the same buyer at the same time. One for a product beats one for all."""
    if one.product_id != other.product_id or one.product_category != other.product_category:
        return False
    for name in ("channel", "audience", "order_state"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs and not set(mine.split("|")) & set(theirs.split("|")):
            return False
        if bool(mine) != bool(theirs):
            return False
    return not (
        (one.valid_to and other.valid_from and one.valid_to <= other.valid_from)
        or (other.valid_to and one.valid_from and other.valid_to <= one.valid_from)
    )


def same_words(one: str, other: str) -> bool:
    """Whether two answers say the same in nearly the same words."""
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} or {text} for text in (one, other)]
    return len(pairs[0] & pairs[1]) >= 0.75 * max(map(len, pairs))
