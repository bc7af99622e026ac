"""Entries that answer the same question (同问的知识): differently, which is a conflict, or alike, a duplicate."""

from collections.abc import Sequence
from datetime import datetime

from xiaoer.kernel.heard import TextAnalyser
from xiaoer.slices.knowledge.health import findings
from xiaoer.slices.knowledge.health.meeting import Reading, overlap
from xiaoer.slices.knowledge.health.types import Found
from xiaoer.slices.knowledge.ports import IntentOf
from xiaoer.slices.knowledge.retrieval.blocks import Asked
from xiaoer.slices.knowledge.retrieval.index import ShopIndex
from xiaoer.slices.knowledge.types import Entry

_MOST_PAIRED = 20_000  # newest entries that are compared with each other: about a millisecond each
_NEIGHBOURS = 8
_SMALL = 3_000  # entries; in a larger shop only the standard questions are asked


def compare_all(
    live: Sequence[Entry], now: datetime, analyser: TextAnalyser, intent_of: IntentOf, reading: Reading
) -> list[Found]:
    """Conflicts and duplicates among the newest entries. Run it in a thread."""
    newest = sorted(live, key=lambda entry: entry.updated_at, reverse=True)[:_MOST_PAIRED]
    if len(newest) < 2:
        return []
    index = ShopIndex(newest, 0, analyser, intent_of)
    by_id = {str(entry.id): entry for entry in newest}
    intents: dict[str, str] = {}

    def intent(text: str) -> str:
        if text not in intents:
            intents[text] = intent_of(text)
        return intents[text]

    found: dict[tuple[str, str], Found] = {}
    for entry in newest:
        for question in (entry.draft.question, *(entry.draft.similar[:2] if len(newest) <= _SMALL else ())):
            asked = Asked(
                analyser.forms(question), now, intent(question), entry.draft.product_id, top_k=_NEIGHBOURS,
                thorough=True, product_category=entry.draft.product_category,
            )  # fmt: skip
            for hit in index.search(asked).hits:
                other, theirs = by_id[hit.id], hit.matched or hit.question
                key = (min(str(entry.id), hit.id), max(str(entry.id), hit.id))
                if other.id == entry.id or key in found or not overlap(entry.draft, other.draft):
                    continue
                mine, own = intent(question), intent(theirs)
                met = findings.Meeting((question, theirs), hit.score, mine == own if mine and own else None)
                if what := findings.compare(entry, other, met, reading):
                    found[key] = what
    return list(found.values())
