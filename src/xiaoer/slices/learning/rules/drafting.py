"""A draft entry from people's own words (草稿): the best answer, cleaned of whom it was said to.

Numbers and dates stay as they were said. A corrected answer ("the bot should have said …") outweighs all others.
"""

import re
from collections.abc import Callable, Sequence

from xiaoer.slices.learning.types import GapAnswer

_NAMED = re.compile(
    r"^\s*[\u4e00-\u9fff]{1,3}(?:女士|先生|小姐姐|小姐|姐姐|姐|哥哥|哥|老师|总)[，,、：:！!\s]*(?:您好|你好)?[，,！!\s]*"
)
_SELF = re.compile(r"(?:我是|这里是)(?:客服|售后|售前|店长)?[\u4e00-\u9fff]{1,3}[，,。！!]\s*")
_LONG_NUMBER = re.compile(r"\d{8,}")
_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]?")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_MOST_SIMILAR = 20


def without_people(text: str, mask: Callable[[str], str]) -> str:
    """The words without names, and without the sentences that hold personal data or somebody's numbers."""
    kept = []
    for line in text.split("\n"):
        said = _SELF.sub("", _NAMED.sub("", line))
        parts = [part for part in _SENTENCE.findall(said) if mask(part) == part and not _LONG_NUMBER.search(part)]
        if cleaned := "".join(parts).strip():
            kept.append(cleaned)
    return "\n".join(kept)


def best_first(corrections: Sequence[GapAnswer], answers: Sequence[GapAnswer]) -> tuple[GapAnswer, ...]:
    """Corrections first, then answers by the conversations and agents behind them."""
    ranked = sorted(answers, key=lambda answer: (-answer.conversations, -answer.agents, len(answer.text), answer.text))
    return (*corrections, *ranked)


def similar_of(question: str, wordings: Sequence[str]) -> tuple[str, ...]:
    """Other wordings worth keeping as similar questions."""
    others = [text for text in dict.fromkeys(wordings) if text != question and len(text) >= 3 and "*" not in text]
    return tuple(others[:_MOST_SIMILAR])


def keeps_figures(before: str, after: str) -> bool:
    """Whether a rewritten answer still says every number of the first one, and no new ones."""
    return sorted(_FIGURE.findall(before)) == sorted(_FIGURE.findall(after))
