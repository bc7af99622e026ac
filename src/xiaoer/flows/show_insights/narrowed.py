"""Figures of one product or one agent (按商品、按客服看) that no cell keeps: the units that fit are measured again.

Cells stay few because a family keeps at most one of product and agent. What is asked of the other one is summed from
the units themselves, a third of a millisecond each, so a page looks the same whatever it is narrowed to. Of very many
an even part is measured and scaled up, and the page says so.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import look_up
from xiaoer.slices.insights.rules.measures import gifts_of, read_from_flags
from xiaoer.slices.insights.types import Formula, Gift

# What `b` of a family is, so that its cells can be narrowed by it.
BY_PRODUCT = frozenset(("ask", "ask.d", "q", "gap", "blocker", "trigger", "refund", "refund.d", "refund.w"))
BY_AGENT = frozenset(("flag", "kpi", "wait", "score", "finding"))
OF_SHOP = frozenset(("shop", "sold", "llm", "llm.t"))  # of visitors and calls, which belong to no product and no agent
MOST = 1_000  # units measured for one period of a page: under a second on a busy core; of more a part is taken


def keeps(family: str, product: str, agent: str) -> bool:
    """Whether the cells of this family can be narrowed so."""
    return (not product or family in BY_PRODUCT) and (not agent or family in BY_AGENT)


class Measured(NamedTuple):
    """What the fitting units gave, each standing for `weight` of them: 1 unless they were too many to measure all."""

    gifts: list[Gift]
    units: int
    weight: float


def measure_units(
    connection: Connection,
    shop: ShopId,
    family: str,
    days: tuple[int, int],
    formulas: Sequence[Formula],
    channel: str,
    product: str,
    agent: str,
) -> Measured:
    """What the fitting units give on these days: of refunds or of talks, as the family says; "" fits all."""
    # Formulas are a third of the work, and only one family has them.
    kept = [formula for formula in formulas if family == "kpi" and not read_from_flags(formula)]
    # A talk that began late on the day before may have gone on after midnight.
    found, weight = look_up.sample_units(
        connection,
        shop,
        kind_of(family),
        (days[0] - 1, days[1]),
        MOST,
        channel=channel,
        product=product,
        agent=agent,
    )
    gifts = [gift for row in found for gift in gifts_of(row, kept) if days[0] <= gift.key.day <= days[1]]
    return Measured(gifts, len(found), weight)


def kind_of(family: str) -> str:
    """The units that give to a family."""
    return "refund" if family.startswith("refund") else "talk"


def sums_of(
    measured: Measured, family: str, by: Sequence[str], a: Sequence[str] | str, b: str, limit: int
) -> list[tuple[Any, ...]]:
    """Rows of (…by, n, v), as `store.sums` gives them from cells."""
    wanted = frozenset((a,) if isinstance(a, str) and a else a)
    totals: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for key, n, v in measured.gifts:
        if key.family == family and (not wanted or key.a in wanted) and b in ("", key.b):
            total = totals[tuple(getattr(key, name) for name in by)]
            total[0] += n
            total[1] += v
    weight = measured.weight
    rows = sorted((*names, round(n * weight), round(v * weight)) for names, (n, v) in totals.items())
    return sorted(rows, key=lambda row: -row[-2])[:limit] if limit else rows
