"""Evaluating (评测): how well the product understands and finds, on a file of examples. The engine of `xiaoer eval`.

The kind of a file is told by its columns: `intents` (understanding), `entities`, `label` (feeling), `query` beside a
`kb.jsonl` (retrieval). Several sources in one file are measured each by itself through `slice`. Measuring is pure:
rows and the things to be measured come in, a report goes out.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn

Kind = Literal["intents", "retrieval", "entities", "sentiment"]
Row = Mapping[str, Any]

SHOWN = 12
_AT = datetime(2026, 1, 1, tzinfo=UTC)


class Understands(Protocol):
    def understand(self, turn: Turn) -> Heard: ...


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


def readable(report: Report, wrong: int = SHOWN) -> str:
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


def share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
