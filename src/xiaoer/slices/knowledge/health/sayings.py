"""What an entry says (一句问答), read once: its question, the sentence that answers it, and what both are about.

Of an answer only the first sentence that says something counts when entries are compared: what a merchant adds later
(exceptions, how to get help) is seldom the answer. Pure.
"""

import re
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from xiaoer.slices.knowledge.health.claims import Claims, claims_of
from xiaoer.slices.knowledge.health.kinds import asks_for, values_in
from xiaoer.slices.knowledge.health.meeting import Reading, way_of
from xiaoer.slices.knowledge.health.units import numbers_in
from xiaoer.slices.knowledge.health.verdicts import Stance, stance_of

Vector = NDArray[np.float32]
Direction = Callable[[str], Vector]

_SENTENCE = re.compile(r"[^。！!；;\n]+")
_WISHED = re.compile(r"[送带含配赠附]|有没有|有(?:没)?")
_END = " 。！!；;\n~～"
_CLAUSE = re.compile(r"[^，,]+")
_CLAUSES = 3  # of the sentence; what stands behind is a condition or a way
_LONGEST = 48  # letters of an answer that are weighed letter by letter
_PLAIN = re.compile(r"[^0-9a-z\u3400-\u9fff]")
_ASKS_END = re.compile(r"[吗么嘛不没呢呀啊吧的了]+$")
_DIGITS = re.compile(r"\d+")
_EXCEPT = re.compile(r"除(?![尘湿味螨])|以外|例外|之外")
_NO = re.compile(r"[不没无未别禁勿非免]")
_GREETING = re.compile(
    r"^\s*(?:(?:您好|你好|亲亲?|在的|嗨|哈喽|抱歉|不好意思|感谢\S{0,8}|谢谢\S{0,6}|欢迎\S{0,8})[呀哦呢啊哈~～]*[\s，,、。.：:！!]*)+"
)


class Question(Struct, frozen=True):
    """A question, read. `asked` are letters of `Wording.about`, `sides` the members of each set of opposites.

    `numbers` are those that it names. By number of the kind, `values` are those that it names; `asks` are the
    kinds for which it asks. `plain` are the weighty ones of `asked` in their order, `bare` is the text without marks
    and what ends a question, `letters` are its letters. `direction` is where its words point, `side` the side of goods
    that it is about, both of length one.
    """

    text: str
    asked: frozenset[str]
    cases: frozenset[str]
    values: dict[int, frozenset[str]]
    asks: frozenset[int]
    sides: tuple[frozenset[int], ...]
    things: frozenset[str]
    numbers: frozenset[float]
    way: str
    plain: str
    bare: str
    letters: frozenset[str]
    direction: Vector
    side: Vector


class Answer(Struct, frozen=True):
    """An answer, read. `lead` is the sentence that answers, `spoken` its values by kind (all, and those called pure);
    `all_spoken` and `all_claims` are of the whole answer, `news` tells how good it is to hear.

    Of the beginning of the answer, `text`, are `said` (letters of `Wording.about`), `letters`, `pairs` and `numbers`.
    """

    lead: str
    spoken: dict[int, tuple[frozenset[str], frozenset[str]]]
    all_spoken: dict[int, frozenset[str]]
    claims: Claims
    all_claims: Claims
    news: float
    noes: int
    excepts: bool
    text: str
    said: frozenset[str]
    letters: frozenset[str]
    pairs: frozenset[str]
    numbers: frozenset[float]
    side: Vector


class Saying(Struct, frozen=True):
    """A question with its answer: what both are about, how the answer stands to it, where both together point."""

    question: Question
    answer: Answer
    both: frozenset[str]
    stance: Stance
    news: float
    direction: Vector
    side: Vector


def lead_of(answer: str) -> str:
    """The beginning of the first sentence of an answer that is more than a greeting."""
    for sentence in _SENTENCE.findall(answer):
        if rest := _GREETING.sub("", sentence).strip(" ~～，,"):
            return "，".join(_CLAUSE.findall(rest)[:_CLAUSES])
    return answer


def _given(question: str, stance: Stance) -> float:
    """What a plain yes or no tells to who asks for something (送灯泡吗, 有盖子吗)."""
    return float(stance.verdict) if _WISHED.search(question) else 0.0


def _joined(one: Vector, other: Vector) -> Vector:
    both = one + other
    return np.asarray(both / max(float(np.linalg.norm(both)), 1e-9), np.float32)


class Reader:
    """Reads every question and answer once. `direction` says where a text points, `side` what side of goods it is
    about."""

    def __init__(self, reading: Reading, direction: Direction, side: Direction) -> None:
        self.reading = reading
        self._direction = direction
        self._side = side
        self._questions: dict[str, Question] = {}
        self._answers: dict[str, Answer] = {}
        self._read: dict[tuple[str, str], Saying] = {}

    def read(self, question: str, answer: str) -> Saying:
        """The reading of a question and its answer."""
        key = (question, answer)
        if key not in self._read:
            self._read[key] = self._say(question, answer)
        return self._read[key]

    def _say(self, question: str, answer: str) -> Saying:
        if question not in self._questions:
            self._questions[question] = self._asked(question)
        if answer not in self._answers:
            self._answers[answer] = self._answered(answer)
        asked, answered = self._questions[question], self._answers[answer]
        stance = stance_of(question, answered.lead, self.reading.wording)
        return Saying(
            asked, answered, asked.asked | answered.said, stance, answered.news or _given(question, stance),
            self._direction(f"{question}，{answered.lead}"), _joined(asked.side, answered.side),
        )  # fmt: skip

    def _asked(self, text: str) -> Question:
        reading, wording, plain = self.reading, self.reading.wording, _PLAIN.sub("", text.lower())
        return Question(
            text, wording.about(text) - wording.light, wording.cases_of(text),
            {at: said for at, kind in enumerate(reading.kinds) if (said := values_in(text, kind)[0])},
            frozenset(at for at, kind in enumerate(reading.kinds) if asks_for(text, kind)), wording.sides_of(text),
            frozenset().union(*map(reading.family, reading.things.findall(text.lower()))), numbers_in(text),
            way_of(text), wording.weighty(text), _ASKS_END.sub("", plain), _letters(plain),
            self._direction(text), self._side(text),
        )  # fmt: skip

    def _answered(self, text: str) -> Answer:
        kinds, wording, lead = self.reading.kinds, self.reading.wording, lead_of(text)
        begins = _GREETING.sub("", text)[:_LONGEST]
        plain = _PLAIN.sub("", begins.lower())
        whole = lead if text.rstrip(_END) == lead else text  # most answers are one sentence
        spoken = {at: found for at, kind in enumerate(kinds) if (found := values_in(lead, kind))[0]}
        return Answer(
            lead,
            spoken,
            {at: said for at, (said, _) in spoken.items()}
            if whole is lead
            else {at: said for at, kind in enumerate(kinds) if (said := values_in(text, kind)[0])},
            claims_of(lead), claims_of(whole), self.reading.news.told(lead), len(_NO.findall(lead)),
            bool(_EXCEPT.search(lead)),
            begins, wording.about(begins) - wording.light, _letters(plain),
            frozenset(plain[at : at + 2] for at in range(len(plain) - 1)), numbers_in(begins), self._side(lead),
        )  # fmt: skip


def _letters(plain: str) -> frozenset[str]:
    """Each letter once; any number is one."""
    return frozenset(_DIGITS.sub("0", plain))
