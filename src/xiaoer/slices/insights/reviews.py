"""Reviews by people (人工复核): a sample with a score sheet, appeals, and whether the automatic score agrees."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select, update

from xiaoer.infra.upsert import upsert
from xiaoer.kernel.errors import Conflict, InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights.rules.quality import SHEET
from xiaoer.slices.insights.tables import reviews, units

_PASS = 80


class Review(Struct, frozen=True):
    """One review. `state`: waiting, done, appealed, ruled; `sheet` holds points by item of the sheet."""

    conversation_id: str
    agent: str
    picked_at: datetime
    picked_for: str
    state: str
    auto_score: int
    score: int | None = None
    sheet: dict[str, int] = {}
    reviewer: str = ""
    reviewed_at: datetime | None = None
    remark: str = ""
    appeal: str = ""
    ruling: str = ""


class Agreement(Struct, frozen=True):
    """How people's scores compare with the automatic ones; None before anything was reviewed."""

    count: int
    mean_gap: float | None = None
    rank: float | None = None
    same_verdict: float | None = None


def pick(
    connection: Connection, shop: ShopId, days: tuple[int, int], per_agent: int, now: datetime, seed: int
) -> list[Review]:
    """Pick talks that people served: half the lowest scores of each agent, half by chance. Return what is new."""
    taken = set(connection.scalars(select(reviews.c.conversation_id).where(reviews.c.shop == shop)))
    rows = connection.execute(
        select(units.c.id, units.c.agent, units.c.score)
        .where(units.c.shop == shop, units.c.kind == "talk", units.c.day.between(*days), units.c.agent != "")
        .order_by(units.c.agent, units.c.score, units.c.id)
    ).all()
    dice, by_agent = random.Random(seed), {}  # type: ignore[var-annotated]
    for row in rows:
        if row.id not in taken:
            by_agent.setdefault(row.agent, []).append(row)
    found = []
    for mine in by_agent.values():
        low = mine[: (per_agent + 1) // 2]
        rest = mine[len(low) :]
        chance = dice.sample(rest, min(per_agent - len(low), len(rest)))
        for row, why in (*((row, "low_score") for row in low), *((row, "chance") for row in chance)):
            found.append(Review(row.id, row.agent, now, why, "waiting", row.score))
    save(connection, shop, found)
    return found


def save(connection: Connection, shop: ShopId, rows: Sequence[Review]) -> None:
    upsert(connection, reviews, [{"shop": shop, **{n: getattr(r, n) for n in Review.__struct_fields__}} for r in rows])


def listed(connection: Connection, shop: ShopId, state: str, agent: str, limit: int) -> list[Review]:
    """Reviews, the newest picked first."""
    query = select(reviews).where(reviews.c.shop == shop)
    query = query.where(reviews.c.state == state) if state else query
    query = query.where(reviews.c.agent == agent) if agent else query
    rows = connection.execute(query.order_by(reviews.c.picked_at.desc(), reviews.c.conversation_id).limit(limit))
    return [_review(row) for row in rows]


def get(connection: Connection, shop: ShopId, conversation_id: str) -> Review:
    """One review.

    Raises:
        NotFound: the talk was not picked.
    """
    where = (reviews.c.shop == shop, reviews.c.conversation_id == conversation_id)
    row = connection.execute(select(reviews).where(*where)).one_or_none()
    if row is None:
        raise NotFound("Review", conversation_id, "Pick a sample first: Console > 洞察 > 服务复盘.")
    return _review(row)


def judge(
    connection: Connection,
    shop: ShopId,
    conversation_id: str,
    sheet: dict[str, int],
    remark: str,
    by: str,
    now: datetime,
) -> Review:
    """Keep a reviewer's points.

    Raises:
        NotFound: not picked. InvalidBody: an item is unknown, missing, or has more points than the sheet gives.
    """
    get(connection, shop, conversation_id)
    values = {**_points(sheet), "remark": remark, "reviewer": by, "reviewed_at": now}
    return _change(connection, shop, conversation_id, state="done", **values)


def _points(sheet: Mapping[str, int]) -> dict[str, Any]:
    """A filled sheet with its sum, as columns; InvalidBody when it is not filled exactly."""
    limits = {item.name: item.points for item in SHEET}
    if set(sheet) != set(limits):
        raise InvalidBody(f"The sheet needs exactly these items: {', '.join(limits)}.")
    over = [name for name, points in sheet.items() if not 0 <= points <= limits[name]]
    if over:
        raise InvalidBody(f"{over[0]} may have 0 to {limits[over[0]]} points.")
    return {"sheet": dict(sheet), "score": sum(sheet.values())}


def appeal(connection: Connection, shop: ShopId, conversation_id: str, agent: str, text: str) -> Review:
    """An agent objects to a review of his own talk, once.

    Raises:
        NotFound: not picked. Conflict: not his talk, not reviewed yet, or objected before.
    """
    found = get(connection, shop, conversation_id)
    if found.agent != agent:
        raise Conflict("Only the agent who served the talk can object to its review.")
    if found.state != "done":
        raise Conflict("There is nothing to object to: the review is not finished, or was objected to before.")
    return _change(connection, shop, conversation_id, state="appealed", appeal=text)


def rule(
    connection: Connection,
    shop: ShopId,
    conversation_id: str,
    score: int | None,
    text: str,
    by: str,
    sheet: Mapping[str, int] | None = None,
) -> Review:
    """Decide about an objection; a `sheet`, or `score` alone, replaces the points when it is right.

    Raises:
        NotFound: not picked. Conflict: nobody objected. InvalidBody: the sheet does not fit.
    """
    found = get(connection, shop, conversation_id)
    if found.state != "appealed":
        raise Conflict("Nobody has objected to this review.")
    changed = _points(sheet) if sheet is not None else {} if score is None else {"score": score}
    return _change(connection, shop, conversation_id, state="ruled", ruling=f"{by}：{text}", **changed)


def agreement(connection: Connection, shop: ShopId) -> Agreement:
    """How far people and the automatic score agree over all finished reviews."""
    rows = connection.execute(
        select(reviews.c.auto_score, reviews.c.score).where(reviews.c.shop == shop, reviews.c.score.is_not(None))
    ).all()
    pairs = [(row.auto_score, row.score) for row in rows]
    if not pairs:
        return Agreement(0)
    gap = sum(abs(a - b) for a, b in pairs) / len(pairs)
    same = sum((a >= _PASS) == (b >= _PASS) for a, b in pairs) / len(pairs)
    return Agreement(len(pairs), round(gap, 1), rank_correlation(pairs), round(same, 3))


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman's correlation with ties; None when one side is all the same or there are fewer than three pairs."""
    if len(pairs) < 3:
        return None
    first, second = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    middle = (len(pairs) - 1) / 2
    up = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    down = sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second)
    return round(float(up / down**0.5), 3) if down else None


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, start = [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2
        start = end + 1
    return ranks


def _change(connection: Connection, shop: ShopId, conversation_id: str, **values: Any) -> Review:
    where = (reviews.c.shop == shop, reviews.c.conversation_id == conversation_id)
    connection.execute(update(reviews).where(*where).values(**values))
    return get(connection, shop, conversation_id)


def _review(row: Any) -> Review:
    return Review(**{name: getattr(row, name) for name in Review.__struct_fields__})
