"""Looking at units (查明细): lists and free counts by the columns that they are kept with."""

from collections.abc import Mapping, Sequence
from itertools import count as count_from
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, func, select, type_coerce

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.days import instant, start_of
from xiaoer.slices.insights.store import chunks, unit_of
from xiaoer.slices.insights.tables import dirty, units
from xiaoer.slices.insights.types import Row

_VERY_MANY = 20  # times as many units as are measured: from here on listing all their ids takes most of the time


def list_units(
    connection: Connection,
    shop: ShopId,
    kind: str,
    days: tuple[int, int],
    *,
    limit: int,
    offset: int = 0,
    score_below: int | None = None,
    **where: str,
) -> list[Row]:
    """Units of the days (both included) whose columns have these values, newest first."""
    chosen = [units.c.shop == shop, units.c.kind == kind, units.c.day.between(*days)]
    chosen += [units.c.score < score_below] if score_below is not None else []
    chosen += [units.c[name] == value for name, value in where.items() if value]
    query = select(units).where(*chosen).order_by(units.c.day.desc(), units.c.at.desc(), units.c.id)
    return [unit_of(row) for row in connection.execute(query.limit(limit).offset(offset))]


def sample_units(
    connection: Connection, shop: ShopId, kind: str, days: tuple[int, int], most: int, **where: str
) -> tuple[list[Row], float]:
    """Units of the days whose columns have these values, and how many each stands for.

    Of more than `most` every second, third … in the order of time is taken, of very many those whose second is a
    multiple of a prime: the index tells it without the rows. So the same question has the same answer.
    """
    chosen = [units.c.shop == shop, units.c.kind == kind, units.c.day.between(*days)]
    chosen += [units.c[name] == value for name, value in where.items() if value]
    count = connection.scalar(select(func.count()).select_from(units).where(*chosen)) or 0
    if count > _VERY_MANY * most:
        second = type_coerce(units.c.at, BigInteger) // 1_000_000
        each = second % _prime_from(-(-count // most)) == 0
        taking = select(units).where(*chosen, each).order_by(units.c.at, units.c.id)
        some = [unit_of(row) for row in connection.execute(taking)]
        if some:
            return some, count / len(some)
    ids = list(connection.scalars(select(units.c.id).where(*chosen).order_by(units.c.at, units.c.id)))
    taken = ids[:: max(1, -(-len(ids) // most))]
    rows: list[Row] = []
    for part in chunks(taken):
        query = select(units).where(units.c.shop == shop, units.c.kind == kind, units.c.id.in_(part))
        rows += [unit_of(row) for row in connection.execute(query)]
    return rows, len(ids) / len(taken) if taken else 1.0


def _prime_from(least: int) -> int:
    """The first prime from `least` and 7 on: it shares no factor with minutes and hours, so that times told by the
    minute are taken evenly too."""
    return next(n for n in count_from(max(least, 7)) if all(n % by for by in range(2, int(n**0.5) + 1)))


def unhappiest(
    connection: Connection,
    shop: ShopId,
    days: tuple[int, int],
    limit: int,
    channel: str = "",
    product: str = "",
    agent: str = "",
) -> list[Row]:
    """Talks of the days that buyers left least satisfied, below nought."""
    chosen = [units.c.shop == shop, units.c.kind == "talk", *_within(days), units.c.mood < -20]
    chosen += [units.c.channel == channel] if channel else []
    chosen += [units.c.product == product] if product else []
    chosen += [units.c.agent == agent] if agent else []
    rows = connection.execute(select(units).where(*chosen).order_by(units.c.mood, units.c.at.desc()).limit(limit))
    return [unit_of(row) for row in rows]


def examples(
    connection: Connection, shop: ShopId, days: tuple[int, int], agent: str, count: int, product: str = ""
) -> tuple[list[Row], list[Row]]:
    """(best, worst) talks of an agent by score; the order is that of the index, so that nothing is sorted.

    Any talk that lost a point is an example to practise on, unless it is among the best.
    """
    chosen = [units.c.shop == shop, units.c.kind == "talk", *_within(days), units.c.agent == agent]
    chosen += [units.c.product == product] if product else []
    best = select(units).where(*chosen, units.c.score >= 90).order_by(units.c.score.desc(), units.c.at)
    worst = select(units).where(*chosen, units.c.score < 100).order_by(units.c.score, units.c.at.desc())
    good = [unit_of(row) for row in connection.execute(best.limit(count))]
    bad = [unit_of(row) for row in connection.execute(worst.limit(count))]
    return good, [row for row in bad if row.id not in {one.id for one in good}]


def _within(days: tuple[int, int]) -> tuple[ColumnElement[bool], ...]:
    """The days by their instants, which the indexes of the worst have."""
    return units.c.at >= instant(start_of(days[0])), units.c.at < instant(start_of(days[1] + 1))


def count_units(
    connection: Connection,
    shop: ShopId,
    kind: str,
    days: tuple[int, int],
    by: Sequence[str],
    where: Mapping[str, str],
    limit: int,
) -> list[tuple[Any, ...]]:
    """(…by, count, mean mood, mean score, value in fen) of units; `where` by column, `mood` below or above."""
    columns = [units.c[name] for name in by]
    chosen = [units.c.shop == shop, units.c.kind == kind, units.c.day.between(*days)]
    for name, value in where.items():
        if name == "mood" and value:
            chosen.append(units.c.mood < -20 if value == "below" else units.c.mood > 20)
        elif value:
            chosen.append(units.c[name] == value)
    sums_ = (func.count(), func.avg(units.c.mood), func.avg(units.c.score), func.sum(units.c.value_fen))
    rows = connection.execute(
        select(*columns, *sums_).where(*chosen).group_by(*columns).order_by(*columns).limit(limit)
    )
    return [tuple(row) for row in rows]


def count_waiting(connection: Connection, shop: ShopId, kind: str) -> int:
    """How many units of a kind wait to be counted."""
    return connection.scalar(select(func.count()).where(dirty.c.shop == shop, dirty.c.kind == kind)) or 0
