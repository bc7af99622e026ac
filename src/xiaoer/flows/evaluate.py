"""Evaluating (评测): how well the product understands and finds, on a file of examples. The engine of `xiaoer eval`.

The kind of a file is told by its columns: `intents` (understanding), `entities`, `label` (feeling), `query` beside a
`kb.jsonl` (retrieval). Several sources in one file are measured each by itself through `slice`. Measuring is pure:
rows and the things to be measured come in, a report goes out.
"""

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
from msgspec import Struct, field

from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn

Kind = Literal["intents", "retrieval", "entities", "sentiment"]
Row = Mapping[str, Any]

_BINS = 10
_SHOWN = 12
_AT = datetime(2026, 1, 1, tzinfo=UTC)
# Entity keys that a test set does not expect: the buyer's own words for goods.
_WORDS = ("product_words", "variant_words", "product_ids", "variant_ids")


class Understands(Protocol):
    def understand(self, turn: Turn) -> Heard: ...


class Found(Struct, frozen=True):
    """What a search gave: ids best first, and whether the product would answer."""

    ids: tuple[str, ...]
    answerable: bool


Searches = Callable[[str], Found]
Alarms = Callable[[Turn, Heard], bool]


class UnknownKind(XiaoerError):
    """No kind of evaluation has these columns."""

    code = "evaluation_kind_unknown"
    status = 422

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(
            f"Columns {', '.join(columns)} belong to no kind of evaluation. Give rows with text and intents, "
            "text and entities, text and label, or query and kb_id (with a kb.jsonl beside the file)."
        )


class SliceReport(Struct, frozen=True):
    """Figures of one slice; names of figures depend on the kind, shares are 0 to 1."""

    rows: int
    figures: dict[str, float]


class Report(Struct, frozen=True):
    """The outcome of one evaluation."""

    kind: Kind
    rows: int
    figures: dict[str, float]
    slices: dict[str, SliceReport] = field(default_factory=dict)
    confusions: tuple[tuple[str, str, int], ...] = ()
    wrong: tuple[dict[str, Any], ...] = ()
    slowest: tuple[tuple[float, str], ...] = ()


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def tell_kind(rows: Sequence[Row]) -> Kind:
    """The kind of a file by its columns.

    Raises:
        UnknownKind: the columns fit none.
    """
    columns = set().union(*(row.keys() for row in rows[:50])) if rows else set()
    if "query" in columns and "kb_id" in columns:
        return "retrieval"
    if "text" in columns and "intents" in columns:
        return "intents"
    if "text" in columns and "entities" in columns:
        return "entities"
    if "text" in columns and "label" in columns:
        return "sentiment"
    raise UnknownKind(sorted(columns))


def turn_of(row: Row, agent: bool = True) -> Turn:
    """The turn of a row: `text` after `previous` (or `prev_buyer`, `prev_user`) and `prev_agent`."""
    earlier = row.get("previous")
    if earlier is None:
        earlier = [row.get("prev_buyer") or row.get("prev_user") or ""]
    history = [PastMessage("buyer", text) for text in earlier if text]
    if agent and row.get("prev_agent"):
        history.append(PastMessage("agent", row["prev_agent"]))
    message = BuyerMessage(MessageId("m"), TextContent(row["text"]), _AT)
    return Turn(ShopId("eval"), ConversationId("c"), BuyerId("b"), "eval", (message,), tuple(history))


def evaluate_intents(
    rows: Sequence[Row], understanding: Understands, alarm: Alarms | None = None, agent: bool = True
) -> Report:
    """First code right, all codes right, macro-F1, calibration; feeling and red lines where the rows name them.

    Rows marked `"clear": false` are left out.
    """
    rows = [row for row in rows if row.get("clear", True)]
    done: list[tuple[Row, Heard, float, bool]] = []
    for row in rows:
        turn = turn_of(row, agent)
        began = time.perf_counter()
        heard = understanding.understand(turn)
        took = (time.perf_counter() - began) * 1000
        done.append((row, heard, took, alarm(turn, heard) if alarm is not None else False))
    missed = Counter(
        (row["intents"][0], heard.segments[0].intent) for row, heard, *_ in done if not _first_right(row, heard)
    )
    wrong = [
        {
            "id": row.get("id", ""),
            "text": row["text"],
            "want": row["intents"],
            "got": [s.intent for s in heard.segments],
        }
        for row, heard, *_ in done
        if not _first_right(row, heard)
    ]
    return Report(
        kind="intents",
        rows=len(rows),
        figures=_intent_figures(done, alarm is not None),
        slices={
            name: SliceReport(len(part), _intent_figures(part, alarm is not None))
            for name, part in _sliced(done).items()
        },
        confusions=tuple((want, got, n) for (want, got), n in missed.most_common(_SHOWN)),
        wrong=tuple(wrong),
        slowest=tuple(sorted(((round(took, 3), row["text"]) for row, _, took, _ in done), reverse=True)[:_SHOWN]),
    )


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
        figures={"exact": _share(exact, len(rows))},
        slices={
            key: SliceReport(len(hits), {"right": _share(sum(hits), len(hits))}) for key, hits in sorted(keys.items())
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
            "negative_or_not": _share(negative, len(pairs)),
            "label": _share(sum(want == got for want, got in pairs), len(pairs)),
        },
        confusions=tuple((want, got, n) for (want, got), n in missed.most_common(_SHOWN)),
        wrong=tuple(
            {"id": row.get("id", ""), "text": row["text"], "want": want, "got": got}
            for row, (want, got) in zip(rows, pairs, strict=True)
            if want != got
        ),
    )


def evaluate_retrieval(rows: Sequence[Row], search: Searches) -> Report:
    """Top-1 and top-3 of the questions that have an entry; refusal of those that have none."""
    within = [(row, search(row["query"])) for row in rows if row["kb_id"] is not None]
    outside = [(row, search(row["query"])) for row in rows if row["kb_id"] is None]
    kept = sum(found.answerable for _, found in within)
    refused = sum(not found.answerable for _, found in outside)
    wrongly_refused = len(within) - kept
    return Report(
        kind="retrieval",
        rows=len(rows),
        figures={
            "top1": _share(sum(found.ids[:1] == (row["kb_id"],) for row, found in within), len(within)),
            "top3": _share(sum(row["kb_id"] in found.ids[:3] for row, found in within), len(within)),
            "kept": _share(kept, len(within)),
            "refusal_recall": _share(refused, len(outside)),
            "refusal_precision": _share(refused, refused + wrongly_refused),
        },
        slices={
            str(kind): SliceReport(len(part), {"refused": _share(sum(not f.answerable for _, f in part), len(part))})
            for kind in sorted({str(row.get("type", "")) for row, _ in outside})
            if (part := [(row, found) for row, found in outside if str(row.get("type", "")) == kind])
        },
        wrong=tuple(
            {"id": row.get("id", ""), "query": row["query"], "want": row["kb_id"], "got": list(found.ids[:3])}
            for row, found in within
            if found.ids[:1] != (row["kb_id"],)
        ),
    )


def readable(report: Report, wrong: int = _SHOWN) -> str:
    """The report as text for a terminal."""
    lines = [f"{report.kind}: {report.rows} rows"]
    lines += [f"  {name:<22} {value:.3f}" for name, value in report.figures.items()]
    for name, part in report.slices.items():
        figures = "  ".join(f"{key} {value:.3f}" for key, value in part.figures.items())
        lines.append(f"  [{name}] {part.rows} rows  {figures}")
    if report.confusions:
        lines.append("  most often confused (wanted → heard):")
        lines += [f"    {want} → {got}  {n}" for want, got, n in report.confusions]
    for row in report.wrong[:wrong]:
        lines.append(f"  wrong: {row}")
    if report.slowest:
        lines.append("  slowest (ms):")
        lines += [f"    {ms:.2f}  {text[:60]}" for ms, text in report.slowest[:5]]
    return "\n".join(lines)


def _first_right(row: Row, heard: Heard) -> bool:
    return bool(heard.segments[0].intent == row["intents"][0])


def _sliced(done: Sequence[tuple[Row, Heard, float, bool]]) -> dict[str, list[tuple[Row, Heard, float, bool]]]:
    parts: dict[str, list[tuple[Row, Heard, float, bool]]] = {}
    for item in done:
        row = item[0]
        if "slice" in row:
            parts.setdefault(row["slice"], []).append(item)
        elif "needs_context" in row:
            alone = not row["needs_context"]
            parts.setdefault("alone" if alone else "needs context", []).append(item)
            if alone and not row["intents"][0].startswith("oos.") and row["intents"][0] != "chat.ack":
                parts.setdefault("alone, no chat.ack, no oos", []).append(item)
    return parts


def _intent_figures(done: Sequence[tuple[Row, Heard, float, bool]], alarmed: bool) -> dict[str, float]:
    count = len(done)
    figures = {
        "first": _share(sum(_first_right(row, heard) for row, heard, *_ in done), count),
        "all": _share(sum({s.intent for s in heard.segments} == set(row["intents"]) for row, heard, *_ in done), count),
        "macro_f1": _macro_f1([(row["intents"][0], heard.segments[0].intent) for row, heard, *_ in done]),
        "calibration_error": _calibration(
            [(heard.segments[0].confidence, _first_right(row, heard)) for row, heard, *_ in done]
        ),
    }
    felt = [
        (row["sentiment"] == "negative", heard.sentiment.label == "negative")
        for row, heard, *_ in done
        if "sentiment" in row
    ]
    if felt:
        figures["negative_or_not"] = _share(sum(want == got for want, got in felt), len(felt))
    lined = [(bool(row["red_line"]), alarm) for row, _, _, alarm in done if "red_line" in row]
    if alarmed and any(want for want, _ in lined):
        figures["red_line_recall"] = _share(sum(want and got for want, got in lined), sum(want for want, _ in lined))
        figures["red_line_precision"] = _share(sum(want and got for want, got in lined), sum(got for _, got in lined))
    times = sorted(took for _, _, took, _ in done)
    figures["ms_p50"] = round(statistics.median(times), 3) if times else 0.0
    figures["ms_p99"] = round(times[min(count - 1, int(count * 0.99))], 3) if times else 0.0
    return figures


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    scores = []
    for label in {want for want, _ in pairs}:
        right = sum(want == got == label for want, got in pairs)
        heard, wanted = sum(got == label for _, got in pairs), sum(want == label for want, _ in pairs)
        scores.append(2 * right / (heard + wanted) if heard + wanted else 0.0)
    return round(statistics.mean(scores), 4) if scores else 0.0


def _calibration(pairs: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins of confidence."""
    error = 0.0
    for step in range(_BINS):
        part = [(c, right) for c, right in pairs if step / _BINS < c <= (step + 1) / _BINS]
        if part:
            error += (
                abs(statistics.mean(c for c, _ in part) - statistics.mean(r for _, r in part)) * len(part) / len(pairs)
            )
    return round(error, 4)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
