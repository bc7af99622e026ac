"""What an entry says (一句问答), read once: its question, the sentence that answers it, and what both are about.

Of an answer only the first sentence that says something counts when entries are compared: what a merchant adds later
(exceptions, how to get help) is seldom the answer. Pure.
"""

import re
from collections.abc import Callable

import numpy as np
import rjieba
from msgspec import Struct
from numpy.typing import NDArray

from xiaoer.slices.knowledge.health.claims import Claims, claims_of
from xiaoer.slices.knowledge.health.kinds import asks_for, values_in
from xiaoer.slices.knowledge.health.meeting import Reading, way_of
from xiaoer.slices.knowledge.health.verdicts import Stance, stance_of

Vector = NDArray[np.float32]
Direction = Callable[[str], Vector]

_SENTENCE = re.compile(r"[^。！!；;\n]+")
_WISHED = re.compile(r"[送带含配赠附]|有没有|有(?:没)?")
_CLAUSE = re.compile(r"[^，,]+")
_CLAUSES = 3  # of the sentence; what stands behind is a condition or a way
_GREETING = re.compile(
    r"^\s*(?:(?:您好|你好|亲亲?|在的|嗨|哈喽|抱歉|不好意思|感谢\S{0,8}|谢谢\S{0,6}|欢迎\S{0,8})[呀哦呢啊哈~～]*[\s，,、。.：:！!]*)+"
)


class Question(Struct, frozen=True):
    """A question, read. `asked` are letters of `Wording.about`, `sides` the members of each set of opposites.

    `claims` are the figures that it names. By number of the kind, `values` are those that it names; `asks` are the
    kinds for which it asks. `leaning` is what it means, `direction` where its words point, `side` the side of
    goods that it is about, each of length one; `words` are the sides of its words, one a row.
    """

    text: str
    asked: frozenset[str]
    cases: frozenset[str]
    values: dict[int, frozenset[str]]
    asks: frozenset[int]
    sides: tuple[frozenset[int], ...]
    things: frozenset[str]
    claims: Claims
    way: str
    plain: str
    direction: Vector
    leaning: Vector
    side: Vector
    words: Vector


class Answer(Struct, frozen=True):
    """The sentence of an answer that answers, read; `spoken` are its values by kind (all, and those called pure).
    `all_spoken` and `all_claims` are of the whole answer, `news` tells how good it is to hear."""

    lead: str
    told: frozenset[str]
    spoken: dict[int, tuple[frozenset[str], frozenset[str]]]
    all_spoken: dict[int, frozenset[str]]
    claims: Claims
    all_claims: Claims
    news: float
    side: Vector
    words: Vector


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
    """Reads every question and answer once. `direction`, `leaning` and `side` say where a text points, what it
    means, and what side of goods it is about."""

    def __init__(self, reading: Reading, direction: Direction, leaning: Direction, side: Direction) -> None:
        self.reading = reading
        self._direction = direction
        self._leaning = leaning
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
            asked, answered, asked.asked | answered.told, stance, answered.news or _given(question, stance),
            self._direction(f"{question}，{answered.lead}"), _joined(asked.side, answered.side),
        )  # fmt: skip

    def _asked(self, text: str) -> Question:
        reading, wording = self.reading, self.reading.wording
        return Question(
            text, wording.about(text) - wording.light, wording.cases_of(text),
            {at: said for at, kind in enumerate(reading.kinds) if (said := values_in(text, kind)[0])},
            frozenset(at for at, kind in enumerate(reading.kinds) if asks_for(text, kind)), wording.sides_of(text),
            frozenset(reading.things.findall(text.lower())), claims_of(text), way_of(text), wording.weighty(text),
            self._direction(text), self._leaning(text), self._side(text),
            self._words(text),
        )  # fmt: skip

    def _answered(self, text: str) -> Answer:
        kinds, wording, lead = self.reading.kinds, self.reading.wording, lead_of(text)
        return Answer(
            lead, wording.about(lead) - wording.light,
            {at: found for at, kind in enumerate(kinds) if (found := values_in(lead, kind))[0]},
            {at: said for at, kind in enumerate(kinds) if (said := values_in(text, kind)[0])},
            claims_of(lead), claims_of(text), self.reading.news.told(lead), self._side(lead), self._words(lead),
        )  # fmt: skip

    def _words(self, text: str) -> Vector:
        """The sides of the words that tell something, one a row."""
        plain = self.reading.wording.plain
        told = [word for word in rjieba.cut(text) if plain(word)]
        return (
            np.stack([self._side(word) for word in told]) if told else np.zeros((1, len(self._side(text))), np.float32)
        )
