"""Features of one segment: what the classifier sees.

Letters in runs of one to four, the sound in runs of two and three (so that a word typed wrong by ear still
counts), words, and the concepts of the pack alone and in pairs. Feature names are plain strings with a one-letter
prefix; they are the vocabulary of the model file and readable in it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise

import rjieba

from xiaoer.slices.understanding.phrases import PhraseTable
from xiaoer.slices.understanding.sounds import fuzzy_readings

_DROPPED = re.compile(r"[^0-9a-z\u3400-\u9fff?〔〕]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LONGEST = 120
_MAX_CONCEPTS = 14
_REMEMBERED = 256  # texts: those of the turns that are under way


@lru_cache(maxsize=_REMEMBERED)  # asked for by the classifier, the encoder and the context
def canonical(normal: str) -> str:
    """Lower case, numbers as one sign, nothing but letters, Han characters and the question mark."""
    text = _DROPPED.sub("", _DIGITS.sub("0", normal.lower()))
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 3] + text[-2 * _LONGEST // 3 :]
    return text


def features(normal: str, concepts: PhraseTable, hints: Sequence[str] = ()) -> list[str]:
    """Names of the features of a normalised text, each at least once. `hints`: codes whose wordings it holds."""
    text = canonical(normal)
    framed = f"^{text}$"
    size = len(framed)
    names = list(framed)
    for n in (2, 3, 4):
        names += [framed[at : at + n] for at in range(size - n + 1)]
    table = fuzzy_readings()
    sounds = [table.get(ord(c)) or c for c in text]
    pairs = [f"p{a} {b}" for a, b in pairwise(sounds)]
    names += pairs
    names += [f"{pair} {third}" for pair, third in zip(pairs, sounds[2:], strict=False)]
    words = rjieba.cut(text)
    names += [f"w{word}" for word in words]
    names += [f"w{a} {b}" for a, b in pairwise(words)]
    spoken_of = _concepts(text, concepts)
    names += [f"c{concept}" for concept in spoken_of]
    names += [f"c{a}&{b}" for a, b in combinations(spoken_of, 2)]
    names += [f"x{code}" for code in hints]
    names.append(f"l{min(len(text), 40) // 4}")
    return names


def _concepts(text: str, concepts: PhraseTable) -> list[str]:
    found = {name for value in concepts.values_in(text) for name in value.split("|")}
    return sorted(found)[:_MAX_CONCEPTS]
