"""Values and feeling (实体与情绪): exact values, and negative against the rest."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from xiaoer.flows.evaluate.rows import SHOWN, Report, Row, SliceReport, Understands, share, turn_of

# Entity keys that a test set does not expect: the buyer's own words for goods.
_WORDS = ("product_words", "variant_words", "product_ids", "variant_ids")


def evaluate_entities(rows: Sequence[Row], understanding: Understands) -> Report:
    """Share of rows whose values are exactly the expected ones, and per key how often a value is right."""
    exact = 0
    keys: dict[str, list[bool]] = {}
    wrong = []
    for row in rows:
        got: dict[str, Any] = {}
        for segment in understanding.understand(turn_of(row)).segments:
            for key, value in msgspec.to_builtins(segment.entities).items():
                if key not in _WORDS:
                    got[key] = (
                        sorted({*got.get(key, []), *value}) if isinstance(value, (list, tuple)) else got.get(key, value)
                    )
        want = {key: sorted(value) if isinstance(value, list) else value for key, value in row["entities"].items()}
        exact += got == want
        for key in want.keys() | got.keys():
            keys.setdefault(key, []).append(got.get(key) == want.get(key))
        if got != want:
            wrong.append({"id": row.get("id", ""), "text": row["text"], "want": want, "got": got})
    return Report(
        kind="entities",
        rows=len(rows),
        figures={"exact": share(exact, len(rows))},
        slices={
            key: SliceReport(len(hits), {"right": share(sum(hits), len(hits))}) for key, hits in sorted(keys.items())
        },
        wrong=tuple(wrong),
    )


def evaluate_sentiment(rows: Sequence[Row], understanding: Understands) -> Report:
    """Negative against the rest, and the label exactly."""
    pairs = [(str(row["label"]), understanding.understand(turn_of(row)).sentiment.label) for row in rows]
    negative = sum((want == "negative") == (got == "negative") for want, got in pairs)
    missed = Counter((want, got) for want, got in pairs if want != got)
    return Report(
        kind="sentiment",
        rows=len(rows),
        figures={
            "negative_or_not": share(negative, len(pairs)),
            "label": share(sum(want == got for want, got in pairs), len(pairs)),
        },
        confusions=tuple((want, got, n) for (want, got), n in missed.most_common(SHOWN)),
        wrong=tuple(
            {"id": row.get("id", ""), "text": row["text"], "want": want, "got": got}
            for row, (want, got) in zip(rows, pairs, strict=True)
            if want != got
        ),
    )
