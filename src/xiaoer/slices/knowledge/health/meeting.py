"""When two entries answer the same question to the same buyer (同问). Pure."""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct

from xiaoer.slices.knowledge.health.kinds import Kind, asks_for, share, values_in
from xiaoer.slices.knowledge.health.news import News
from xiaoer.slices.knowledge.types import EntryDraft

GROUPS_FROM = "\ue000"  # each group of words that ask for the same is one letter of the private area
_NOTHING = re.compile("(?!)")
_WAYS = (
    ("why", re.compile(r"为什么|为啥|为何|原因")),
    ("when", re.compile(r"多久|时候|几天|多长时间|几个?小时|何时|几点|几号|哪天|几年|几个月|期多长|时间")),
    ("much", re.compile(r"多少|几|怎么收|怎么算|多重|多大|多长|收费|手续费|要钱|加钱|费用")),
    ("where", re.compile(r"哪里|哪儿|在哪|到哪|从哪|什么地方|地址")),
    ("how", re.compile(r"怎么|怎样|如何|咋")),
    ("which", re.compile(r"什么|哪|啥")),
)


# One such letter tells two cases apart: 没发货能改吗, 发货后能改吗; M码, L码; 男款, 女款.
TELLING = re.compile(
    r"[a-z0-9没未前后男女老大小高低长短厚薄宽深远内外上下左右单双春夏秋冬冷热生熟新旧幼成次"
    r"换退改赔修补拆壳膜铲罩垫架桶绳芯跟底盖]"
)

OWN_WAYS = frozenset({"how", "why", "where"})  # what is asked so is answered neither by a figure nor by yes

_EITHER = re.compile(r"(.)[不没]\1")  # 包不包邮 asks 包邮
_MEANS = "放进用丢扔塞倒连"  # stands before what something is done with
_SHARED = 2  # letters that two questions must share where each has one that the other lacks


class Wording(Struct, frozen=True):
    """How questions are reduced to what they ask about; made of `knowledge/asking.toml`.

    `letters` are the letters that stand for words, "" for those that ask for nothing; `cases` limit a question,
    `sides` are sets of opposites.
    """

    same: re.Pattern[str]
    letters: dict[str, str]
    words: re.Pattern[str]
    cases: frozenset[str]
    light: frozenset[str]
    sides: tuple[tuple[re.Pattern[str], ...], ...]

    def about(self, question: str) -> frozenset[str]:
        """What is left of a question: letters, and one letter for each group of words that ask for the same."""
        return frozenset(self.plain(question))

    def plain(self, question: str) -> str:
        """The same in its order."""
        rest = self.same.sub(lambda match: self.letters[match[0]], _EITHER.sub(r"\1", question.lower()))
        return "".join(letter for letter in rest if letter.isalnum() or letter >= GROUPS_FROM)

    def weighty(self, question: str) -> str:
        """The same without letters that matter in both only."""
        return "".join(letter for letter in self.plain(question) if letter not in self.light)

    def sides_of(self, question: str) -> tuple[frozenset[int], ...]:
        """Which members of each set of opposites (上班, 下班) a question names."""
        return tuple(frozenset(at for at, word in enumerate(side) if word.search(question)) for side in self.sides)

    def cases_of(self, question: str) -> frozenset[str]:
        """The cases that a question is limited to (没拆封, 预售, 坏了)."""
        return frozenset(self.letters.get(word, word) for word in self.words.findall(question) if word in self.cases)


def read_wording(rows: Mapping[str, Any]) -> Wording:
    """The wording of `knowledge/asking.toml`."""
    letters = {word: chr(ord(GROUPS_FROM) + n) for n, group in enumerate(rows["same"]) for word in group.split()}
    named = rows["cases"].split()
    limited = {letters[word] for word in named if word in letters}
    cases = frozenset((*named, *(word for word, letter in letters.items() if letter in limited)))
    counted = (f"{number}{measure}" for number in rows["numbers"].split() for measure in rows["measures"])
    words = any_of({*letters, *cases})
    said = dict.fromkeys((*rows["filler"].split(), *counted), "") | letters
    sides = tuple(tuple(re.compile(rf"(?<![几多少个]){word}") for word in row.split()) for row in rows["sides"])
    return Wording(any_of(said), said, words, cases, frozenset(rows["light"]), sides)


def read_goods(lines: str, more: Iterable[str] = ()) -> tuple[re.Pattern[str], dict[str, frozenset[str]]]:
    """The `things` and `families` of a `Reading`, from `knowledge/goods.toml`; `more` are other words for goods.

    What something is done with is not what is asked about: 能放洗衣机吗 asks of no washing machine.
    """
    families: dict[str, frozenset[str]] = {}
    for line in lines.splitlines():
        for name in line.split():
            families[name] = families.get(name, frozenset()) | frozenset(line.split())
    return re.compile(rf"(?<![{_MEANS}])(?:{any_of({*families, *more}).pattern})"), families


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def weight(letters: Iterable[str]) -> int:
    """How much letters say: a word with a group counts twice."""
    return sum(2 if letter >= GROUPS_FROM else 1 for letter in letters)


def way_of(question: str) -> str:
    """How a question asks: why, when, how much, where, how, which, or "" for yes and no."""
    return next((way for way, pattern in _WAYS if pattern.search(question)), "")


class Likeness(Struct, frozen=True):
    """What two questions share, in letters (a word with a group counts twice), and what only one of them has.

    `telling`: what stands in one only makes another question of it (M码 for L码, 猫 for 狗).
    """

    shared: int
    mine: frozenset[str]
    theirs: frozenset[str]
    telling: bool

    @property
    def apart(self) -> int:
        """0 when both ask about the same thing."""
        return max(len(self.mine), len(self.theirs)) + 2 * self.telling


class Reading(Struct, frozen=True):
    """How two questions are told to be one. `things` are words that name goods, `families` names for one thing."""

    kinds: tuple[Kind, ...]
    wording: Wording
    news: News
    things: re.Pattern[str] = _NOTHING
    families: dict[str, frozenset[str]] = {}

    def family(self, thing: str) -> frozenset[str]:
        """Other names for goods and the kinds of them (毯子 for 毛毯), with the name itself."""
        return self.families.get(thing, frozenset({thing}))

    def compare(self, one: str, other: str, *, naming_asks: bool = True) -> Likeness:
        """What two questions share and what not; `naming_asks`: who names a value asks for its kind (能发顺丰吗).

        Two that name different values of one kind (黑色, 白色) or different things ask about different things,
        whatever else they share.
        """
        about, narrowed, cases = 0, False, self.wording.cases_of(one) != self.wording.cases_of(other)
        for kind in self.kinds:
            mine, theirs = (
                frozenset(self.wording.letters.get(value) or value for value in values_in(text, kind)[0])
                for text in (one, other)
            )
            if mine and theirs and not share(mine, theirs):
                return Likeness(0, mine, theirs, True)
            if naming_asks and (mine or theirs) and all(asks_for(text, kind) for text in (one, other)):
                one, other = (kind.asked.sub("", kind.pattern.sub("", text.lower())) for text in (one, other))
                about = 2
            elif mine != theirs:
                narrowed = True
        mine_left, their_left = self.wording.about(one), self.wording.about(other)
        mine_only = mine_left - their_left - self.wording.light
        their_only = their_left - mine_left - self.wording.light
        telling = max(mine_only, default="") >= GROUPS_FROM <= max(their_only, default="")  # 孕妇 for 宝宝
        shared = about + weight(mine_left & their_left)
        telling |= bool(mine_only and their_only) and shared < _SHARED  # 猫能吃吗, 狗能吃吗
        only = mine_only | their_only
        unnamed = only - set("".join(self.things.findall(one + other)))  # the 高 of 高跟鞋 says nothing
        telling |= bool(only) and (narrowed or bool(TELLING.search("".join(unnamed))))
        telling |= cases or self._other_thing(one, other) or bool(only & self._thing_of_one(one, other))
        return Likeness(shared, mine_only, their_only, telling)

    def _other_thing(self, one: str, other: str) -> bool:
        mine, theirs = (set(self.things.findall(text.lower())) for text in (one, other))
        if mine and theirs and not any(a.endswith(b) or b.endswith(a) for a in mine for b in theirs):
            return True  # 手机壳 is no 手机, 运动鞋 is a 鞋
        first, second = (self.wording.weighty(text) for text in (one, other))
        for what, at, to, there, until in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
            # 狗粮 for 猫粮, 面霜 for 面膜: what is asked about stands first.
            if what == "replace" and at == there <= 1 and max(first[:at], default="") < GROUPS_FROM:
                return not (first[at:to] in second or second[there:until] in first)
        return False

    def _thing_of_one(self, one: str, other: str) -> set[str]:
        """Letters of goods that one question names where the other names none: 内衣能退吗, 能退吗."""
        mine, theirs = (self.things.findall(text.lower()) for text in (one, other))
        if mine and theirs:
            return set()
        return set("".join(thing for thing in mine or theirs if thing[-1] not in (other if mine else one)))

    def apart(self, one: str, other: str) -> int:
        """How many telling letters stand in only one of two questions; 0 when they ask about the same thing."""
        return self.compare(one, other).apart

    def is_one(self, one: str, other: str, intent: str = "", other_intent: str = "") -> bool:
        """Whether two wordings ask the same about the same thing, however unlike they look."""
        apart, same = self.apart(one, other), bool(intent) and intent == other_intent
        if same and apart <= 1:
            return True
        return apart == 0 and way_of(one) == way_of(other) and bool(self.wording.about(one))

    def asks_alike(self, one: str, other: str) -> bool:
        """Whether two wordings ask in one way: how and yes or no are one here, when or how much are others."""
        return len({way_of(one) or "how", way_of(other) or "how"}) == 1

    def same_matter(self, one: str, other: str, intent: str = "", other_intent: str = "") -> bool:
        """Whether two wordings are about one matter, more loosely than `is_one`: for what was dismissed.

        Words more that narrow the question to a value or a case (新疆, 黑色, 没拆封), and another way of asking (多久,
        收费吗), make another matter of it.
        """
        if any(values_in(one, k)[0] != values_in(other, k)[0] for k in self.kinds):
            return False
        like, same_intent = self.compare(one, other), bool(intent) and intent == other_intent
        left = weight(like.mine | like.theirs)
        if like.telling or not self.asks_alike(one, other) or (left and way_of(one) != way_of(other)):
            return False
        return like.shared >= _SHARED and (like.shared >= left if same_intent else like.shared > left)


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
