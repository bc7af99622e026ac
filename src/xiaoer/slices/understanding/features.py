"""Features of one segment: what the classifier sees.

Letters in runs of one to four, the sound in runs of two and three (so that a word typed wrong by ear still
counts), words, and the concepts of the pack alone and in pairs. Feature names are plain strings with a one-letter
prefix; they are the vocabulary of the model file and readable in it.
"""

import re
from collections.abc import Iterator

import rjieba

from xiaoer.slices.understanding.phrases import PhraseTable
from xiaoer.slices.understanding.sounds import fuzzy_readings

_DROPPED = re.compile(r"[^0-9a-z\u3400-\u9fff?〔〕]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LONGEST = 120
_MAX_CONCEPTS = 14


def canonical(normal: str) -> str:
    """Lower case, numbers as one sign, nothing but letters, Han characters and the question mark."""
    text = _DROPPED.sub("", _DIGITS.sub("0", normal.lower()))
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 3] + text[-2 * _LONGEST // 3 :]
    return text


def features(normal: str, concepts: PhraseTable) -> Iterator[str]:
    """Names of the features of a normalised text, each at least once."""
    text = canonical(normal)
    framed = f"^{text}$"
    size = len(framed)
    for n in (1, 2, 3, 4):
        for at in range(size - n + 1):
            yield framed[at : at + n]
    table = fuzzy_readings()
    sounds = [table.get(ord(c)) or c for c in text]
    for at in range(len(sounds) - 1):
        yield f"p{sounds[at]} {sounds[at + 1]}"
        if at + 2 < len(sounds):
            yield f"p{sounds[at]} {sounds[at + 1]} {sounds[at + 2]}"
    words = rjieba.cut(text)
    previous = ""
    for word in words:
        yield f"w{word}"
        if previous:
            yield f"w{previous} {word}"
        previous = word
    spoken_of = _concepts(text, concepts)
    for at, concept in enumerate(spoken_of):
        yield f"c{concept}"
        for other in spoken_of[at + 1 :]:
            yield f"c{concept}&{other}"
    yield f"l{min(len(text), 40) // 4}"


def _concepts(text: str, concepts: PhraseTable) -> list[str]:
    found = {name for value in concepts.values_in(text) for name in value.split("|")}
    return sorted(found)[:_MAX_CONCEPTS]
