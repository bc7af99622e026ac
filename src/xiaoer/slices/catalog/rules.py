"""Which product a buyer's words mean (找商品): words in the title first, near spellings after.

Titles of Chinese shops are long rows of keywords, so the words are looked for inside the title. Candidates
come from shared character pairs; the score is the best of: words stand in the title, all words stand in
title, category or tags, or the title holds a stretch that is spelled nearly so.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz import fuzz

_NOISE = re.compile(r"[\W_]+")
_SPACE = re.compile(r"[\s,，、/|]+")
_CANDIDATES = 60  # products scored per search; more shared pairs first
_NEAR = 72.0  # lowest partial ratio that counts as the same words; two of seven characters may differ
_LONGEST = 64  # characters of the words that are looked at


def compact(text: str) -> str:
    """Letters, digits and Han characters only, lower case."""
    return _NOISE.sub("", text.lower())


def _grams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or ({text} if text else set())


class TitleIndex:
    """The searchable titles of one shop; built once per catalogue revision, read by many."""

    def __init__(self, rows: Iterable[tuple[str, str, str, tuple[str, ...]]]) -> None:
        self._ids: list[str] = []
        self._by_id: dict[str, int] = {}
        self._titles: list[str] = []
        self._around: list[str] = []
        self._pairs: dict[str, list[int]] = defaultdict(list)
        self._singles: dict[str, list[int]] = defaultdict(list)
        for position, (product_id, title, category, tags) in enumerate(rows):
            bare = compact(title)
            around = bare + "\n" + compact(category) + "\n" + "\n".join(map(compact, tags))
            self._ids.append(product_id)
            self._by_id[compact(product_id)] = position
            self._titles.append(bare)
            self._around.append(around)
            for gram in _grams(around):
                self._pairs[gram].append(position)
            for character in set(around):
                self._singles[character].append(position)

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, words: str, limit: int) -> list[tuple[str, float]]:
        """Return (product id, score) pairs, best first; at equal scores the shorter title, then the id."""
        asked = compact(words)[:_LONGEST]
        if not asked:
            return []
        parts = [part for part in (compact(part) for part in _SPACE.split(words[: 2 * _LONGEST])) if part]
        scored = []
        for position in self._candidates(asked):
            score = self._score(position, asked, parts)
            if score > 0:
                scored.append((-score, len(self._titles[position]), self._ids[position]))
        scored.sort()
        return [(product_id, -negative) for negative, _, product_id in scored[:limit]]

    def _candidates(self, asked: str) -> list[int]:
        if len(asked) == 1:
            return self._singles.get(asked, [])
        shared: Counter[int] = Counter()
        for gram in _grams(asked):
            shared.update(self._pairs.get(gram, ()))
        if asked in self._by_id:
            shared[self._by_id[asked]] += len(asked)
        return [position for position, _ in shared.most_common(_CANDIDATES)]

    def _score(self, position: int, asked: str, parts: list[str]) -> float:
        title, around = self._titles[position], self._around[position]
        if asked in title or asked == compact(self._ids[position]):
            return 1.0
        if all(part in around for part in parts):
            return 0.95
        ratio = fuzz.partial_ratio(asked, title) if len(asked) <= len(title) else fuzz.ratio(asked, title)
        return ratio / 110.0 if ratio >= _NEAR else 0.0
