"""Retrieval (检索): the right entry first or among three, and refusing what no entry answers."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from xiaoer.flows.evaluate.rows import Report, Row, SliceReport, share

# Refusing is also measured at the threshold that keeps this share of the questions that have an entry.
_KEPT = 0.95


class Found(Struct, frozen=True):
    """What a search gave: ids best first, whether the product would answer, and the score of the best."""

    ids: tuple[str, ...]
    answerable: bool
    score: float = 0.0


Searches = Callable[[str], Found]


def evaluate_retrieval(rows: Sequence[Row], search: Searches) -> Report:
    """Top-1 and top-3 of the questions that have an entry; refusal of those that have none."""
    within = [(row, search(row["query"])) for row in rows if row["kb_id"] is not None]
    outside = [(row, search(row["query"])) for row in rows if row["kb_id"] is None]
    kept = sum(found.answerable for _, found in within)
    refused = sum(not found.answerable for _, found in outside)
    wrongly_refused = len(within) - kept
    scores = sorted(found.score for _, found in within)
    least = scores[int(len(scores) * (1 - _KEPT))] if scores else 0.0
    return Report(
        kind="retrieval",
        rows=len(rows),
        figures={
            "top1": share(sum(found.ids[:1] == (row["kb_id"],) for row, found in within), len(within)),
            "top3": share(sum(row["kb_id"] in found.ids[:3] for row, found in within), len(within)),
            "kept": share(kept, len(within)),
            "refusal_recall": share(refused, len(outside)),
            "refused_at_95_kept": share(sum(found.score < least for _, found in outside), len(outside)),
            "refusal_precision": share(refused, refused + wrongly_refused),
        },
        slices={
            str(kind): SliceReport(len(part), {"refused": share(sum(not f.answerable for _, f in part), len(part))})
            for kind in sorted({str(row.get("type", "")) for row, _ in outside})
            if (part := [(row, found) for row, found in outside if str(row.get("type", "")) == kind])
        },
        wrong=tuple(
            {"id": row.get("id", ""), "query": row["query"], "want": row["kb_id"], "got": list(found.ids[:3])}
            for row, found in within
            if found.ids[:1] != (row["kb_id"],)
        ),
    )
