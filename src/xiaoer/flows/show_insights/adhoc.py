"""Free questions (自由组合): count talks or refunds by any of their columns, within any filters.

They are answered from one covering index of the units, not from cells, so any combination works; it takes longer
than a page.
"""

from typing import Any

from msgspec import Struct

from xiaoer.flows.show_insights.page import Period
from xiaoer.flows.show_insights.view import View
from xiaoer.slices.insights import look_up
from xiaoer.slices.insights.rules.days import as_date

GROUPS = ("day", "channel", "agent", "product", "handled", "stage", "mark")
_ROWS = 5_000


class Counted(Struct, frozen=True):
    """Rows by the columns asked for, with `count`, mean `mood` (-1 to 1), mean `score` and `value` in yuan."""

    period: Period
    rows: tuple[dict[str, Any], ...]
    total: int


def ask(view: View, kind: str, by: tuple[str, ...], narrowed: dict[str, str]) -> Counted:
    """Count units of a kind."""
    found = look_up.count_units(
        view.connection,
        view.shop,
        kind,
        view.days,
        by,
        {"channel": view.channel, "product": view.product, "agent": view.agent, **narrowed},
        _ROWS,
    )
    rows = []
    for row in found:
        values: dict[str, Any] = dict(zip(by, row, strict=False))
        if "day" in values:
            values["day"] = as_date(values["day"]).isoformat()
        if values.get("product"):
            values["product_title"] = view.product_name(values["product"])
        count, mood, score, value = row[len(by) :]
        rows.append(
            values
            | {
                "count": count,
                "mood": round(float(mood or 0) / 100, 3),
                "score": round(float(score or 0), 1),
                "value": int(value or 0) / 100,
            }
        )
    return Counted(view.period, tuple(rows), sum(row["count"] for row in rows))
