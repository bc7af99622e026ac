"""Entries that answer the same question (同问的知识): differently, which is a conflict, or alike, a duplicate.

Compared are entries whose questions retrieval finds near, and entries whose question and answer together point the same
way, also where they share no word. Each pair is compared once by the same questions, each entry is read once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np

from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import EntryId
from xiaoer.slices.knowledge.health import findings
from xiaoer.slices.knowledge.health.meeting import overlap
from xiaoer.slices.knowledge.health.sayings import Reader
from xiaoer.slices.knowledge.health.types import Found
from xiaoer.slices.knowledge.retrieval.blocks import Asked
from xiaoer.slices.knowledge.retrieval.index import ShopIndex
from xiaoer.slices.knowledge.types import Entry

_MOST_PAIRED = 20_000  # newest entries that are compared with each other
_NEIGHBOURS = 8
_ALIKE = 24  # entries that say something like it, by direction
_AT_ONCE = 1_000  # directions compared in one step
_SMALL = 3_000  # entries; in a larger shop only the standard questions are asked

Pair = tuple[Entry, Entry, tuple[str, str], float]  # two entries, the questions by which they meet, retrieval's score


def compare_all(
    live: Sequence[Entry],
    now: datetime,
    analyser: TextAnalyser,
    reader: Reader,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> list[Found]:
    """Conflicts and duplicates among the newest entries; `tell` hears how far it is, of how much.

    Takes about three milliseconds an entry: run it in a thread.
    """
    newest = sorted(live, key=lambda entry: entry.updated_at, reverse=True)[:_MOST_PAIRED]
    if len(newest) < 2:
        return []
    found: dict[tuple[str, str], Found] = {}
    looks = (_near(newest, now, analyser), _alike(newest, reader))  # each goes through all entries once
    seen: set[tuple[str, str, str, str]] = set()
    for number, pairs in enumerate(looks):
        far: set[EntryId] = set()
        for one, two, met_by, score in pairs:
            if one.id not in far:
                far.add(one.id)
                tell(number * len(newest) + len(far), len(looks) * len(newest))
            turned = one.id > two.id
            entry, other = (two, one) if turned else (one, two)
            asked = (met_by[1], met_by[0]) if turned else met_by
            key, met = (str(entry.id), str(other.id)), (str(entry.id), str(other.id), *asked)
            if key in found or met in seen or not overlap(entry.draft, other.draft):
                continue
            seen.add(met)
            if what := findings.compare(entry, other, asked, score, reader):
                found[key] = what
    return list(found.values())


def _near(newest: Sequence[Entry], now: datetime, analyser: TextAnalyser) -> Iterator[Pair]:
    """Entries whose questions retrieval finds near each other."""
    index = ShopIndex(newest, 0, analyser)
    by_id = {str(entry.id): entry for entry in newest}
    for entry in newest:
        for question in (entry.draft.question, *(entry.draft.similar[:2] if len(newest) <= _SMALL else ())):
            asked = Asked(
                analyser.forms(question), now, product_id=entry.draft.product_id, top_k=_NEIGHBOURS,
                product_category=entry.draft.product_category,
            )  # fmt: skip
            for hit in index.search(asked).hits:
                if hit.id != entry.id:
                    yield entry, by_id[hit.id], (question, hit.matched or hit.question), hit.score


def _alike(newest: Sequence[Entry], reader: Reader) -> Iterator[Pair]:
    """Entries of one scope whose question and answer point the same way."""
    scopes: dict[tuple[str, str], list[Entry]] = {}
    for entry in newest:
        scopes.setdefault((entry.draft.product_id, entry.draft.product_category), []).append(entry)
    for entries in scopes.values():
        directions = np.stack([reader.read(e.draft.question, e.draft.answer).direction for e in entries])
        for begin in range(0, len(entries), _AT_ONCE):
            likeness = directions[begin : begin + _AT_ONCE] @ directions.T
            most = np.argpartition(-likeness, min(_ALIKE, len(entries) - 1), axis=1)[:, : _ALIKE + 1]
            for at, others in enumerate(most, begin):
                for there in others:
                    if there != at:
                        one, other = entries[at], entries[there]
                        yield one, other, (one.draft.question, other.draft.question), 0.0
