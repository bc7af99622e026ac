"""SQLite takes any text, PostgreSQL only as much as a column is wide: every code fits its column."""

import pytest

from xiaoer.slices.insights.rules.blockers import BLOCKERS, STAGE_NAMES
from xiaoer.slices.insights.rules.reasons import DETAILS, REASONS
from xiaoer.slices.insights.tables import units

REFUND_KINDS = ("refund_only", "return_refund", "exchange")


@pytest.mark.parametrize(
    ("column", "codes"),
    [
        ("kind", ("talk", "refund", "day", "call")),
        ("handled", ("bot", "people", "both", "none", *REFUND_KINDS)),
        ("stage", (*STAGE_NAMES, *REASONS)),
        ("mark", (*BLOCKERS, *DETAILS)),
    ],
)
def test_every_code_fits_its_column(column: str, codes: tuple[str, ...]) -> None:
    assert max(map(len, codes)) <= units.c[column].type.length
