"""Intents (意图): the first code, all codes, how sure, how fast; feeling and red lines where the rows name them."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence

from xiaoer.flows.evaluate.rows import SHOWN, Report, Row, SliceReport, Understands, share, turn_of
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.turn import Turn

Alarms = Callable[[Turn, Heard], bool]
_BINS = 10
# Row, what was heard, milliseconds of processor time, whether a red line was crossed.
_Done = tuple[Row, Heard, float, bool]


def evaluate_intents(
    rows: Sequence[Row], understanding: Understands, alarm: Alarms | None = None, agent: bool = True
) -> Report:
    """First code right, all codes right, right among three, macro-F1, recall and precision of `oos.*`, calibration.

    Rows marked `"clear": false` are left out.
    """
    rows = [row for row in rows if row.get("clear", True)]
    done: list[_Done] = []
    for row in rows:
        turn = turn_of(row, agent)
        began = time.process_time()
        heard = understanding.understand(turn)
        took = (time.process_time() - began) * 1000
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
        confusions=tuple((want, got, n) for (want, got), n in missed.most_common(SHOWN)),
        wrong=tuple(wrong),
        slowest=tuple(sorted(((round(took, 3), row["text"]) for row, _, took, _ in done), reverse=True)[:SHOWN]),
    )


def _first_right(row: Row, heard: Heard) -> bool:
    return bool(heard.segments[0].intent == row["intents"][0])


def _among_three(row: Row, heard: Heard) -> bool:
    first = heard.segments[0]
    return row["intents"][0] in (first.intent, *(code for code, _ in first.alternatives[:2]))


def _sliced(done: Sequence[_Done]) -> dict[str, list[_Done]]:
    parts: dict[str, list[_Done]] = {}
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


def _intent_figures(done: Sequence[_Done], alarmed: bool) -> dict[str, float]:
    count = len(done)
    figures = {
        "first": share(sum(_first_right(row, heard) for row, heard, *_ in done), count),
        "all": share(sum({s.intent for s in heard.segments} == set(row["intents"]) for row, heard, *_ in done), count),
        "top3": share(sum(_among_three(row, heard) for row, heard, *_ in done), count),
        "macro_f1": _macro_f1([(row["intents"][0], heard.segments[0].intent) for row, heard, *_ in done]),
        "calibration_error": _calibration(
            [(heard.segments[0].confidence, _first_right(row, heard)) for row, heard, *_ in done]
        ),
    }
    outside = [
        (row["intents"][0].startswith("oos."), heard.segments[0].intent.startswith("oos.")) for row, heard, *_ in done
    ]
    if any(want for want, _ in outside):
        hits = sum(want and got for want, got in outside)
        figures["oos_recall"] = share(hits, sum(want for want, _ in outside))
        figures["oos_precision"] = share(hits, sum(got for _, got in outside))
    felt = [
        (row["sentiment"] == "negative", heard.sentiment.label == "negative")
        for row, heard, *_ in done
        if "sentiment" in row
    ]
    if felt:
        figures["negative_or_not"] = share(sum(want == got for want, got in felt), len(felt))
    lined = [(bool(row["red_line"]), alarm) for row, _, _, alarm in done if "red_line" in row]
    if alarmed and any(want for want, _ in lined):
        figures["red_line_recall"] = share(sum(want and got for want, got in lined), sum(want for want, _ in lined))
        figures["red_line_precision"] = share(sum(want and got for want, got in lined), sum(got for _, got in lined))
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
