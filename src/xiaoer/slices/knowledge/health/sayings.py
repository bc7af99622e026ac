"""What an entry says (一句问答), read once: its question, the sentence that answers it, and what both are about.

Of an answer only the first sentence that says something counts when entries are compared: what a merchant adds later
(exceptions, how to get help) is seldom the answer. Pure.
"""

import re
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from xiaoer.slices.knowledge.health.kinds import values_in
from xiaoer.slices.knowledge.health.meeting import Reading, way_of

Direction = Callable[[str], NDArray[np.float32]]

_SENTENCE = re.compile(r"[^。！!；;\n]+")
_CLAUSE = re.compile(r"[^，,]+")
_CLAUSES = 3  # of the sentence; what stands behind is a condition or a way
_GREETING = re.compile(
    r"^\s*(?:(?:您好|你好|亲亲?|在的|嗨|哈喽|抱歉|不好意思|感谢\S{0,8}|谢谢\S{0,6}|欢迎\S{0,8})[呀哦呢啊哈~～]*[\s，,、。.：:！!]*)+"
)


class Saying(Struct, frozen=True):
    """A question with the sentence that answers it. `asked`, `told` and `both` are letters of `Wording.about`."""

    question: str
    lead: str
    asked: frozenset[str]
    told: frozenset[str]
    both: frozenset[str]
    cases: frozenset[str]
    values: tuple[frozenset[str], ...]
    things: frozenset[str]
    way: str
    plain: str
    direction: NDArray[np.float32]


def lead_of(answer: str) -> str:
    """The beginning of the first sentence of an answer that is more than a greeting."""
    for sentence in _SENTENCE.findall(answer):
        if rest := _GREETING.sub("", sentence).strip(" ~～，,"):
            return "，".join(_CLAUSE.findall(rest)[:_CLAUSES])
    return answer


def say(question: str, answer: str, reading: Reading, direction: Direction) -> Saying:
    """Read a question and its answer."""
    wording, lead = reading.wording, lead_of(answer)
    asked, told = (wording.about(text) - wording.light for text in (question, lead))
    values = tuple(values_in(question, kind)[0] for kind in reading.kinds)
    return Saying(
        question, lead, asked, told, asked | told, wording.cases_of(question),
        values, frozenset(reading.things.findall(question.lower())), way_of(question),
        wording.weighty(question), direction(f"{question}，{lead}"),
    )  # fmt: skip


class Reader:
    """Reads every question and answer once."""

    def __init__(self, reading: Reading, direction: Direction) -> None:
        self.reading = reading
        self._direction = direction
        self._read: dict[tuple[str, str], Saying] = {}

    def read(self, question: str, answer: str) -> Saying:
        """The reading of a question and its answer."""
        key = (question, answer)
        if key not in self._read:
            self._read[key] = say(question, answer, self.reading, self._direction)
        return self._read[key]
