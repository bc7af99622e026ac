"""Rows of replays and of the differences that they found. `shop` first, always."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.learning.tables import differences, replays
from xiaoer.slices.learning.types import Difference, Outcome, Replay


def _replay(row: Row[Any]) -> Replay:
    return Replay(**{name: getattr(row, name) for name in Replay.__struct_fields__})


def add(connection: Connection, shop: ShopId, value: Replay) -> None:
    connection.execute(insert(replays).values(shop=shop, **msgspec.structs.asdict(value)))


def get(connection: Connection, shop: ShopId, id_: str) -> Replay | None:
    row = connection.execute(select(replays).where(replays.c.shop == shop, replays.c.id == id_)).one_or_none()
    return _replay(row) if row else None


def newest(connection: Connection, shop: ShopId, limit: int) -> list[Replay]:
    """Replays, the newest first."""
    rows = connection.execute(
        select(replays).where(replays.c.shop == shop).order_by(replays.c.created_at.desc(), replays.c.id).limit(limit)
    )
    return [_replay(row) for row in rows]


def change(connection: Connection, shop: ShopId, id_: str, only: Sequence[str], **values: Any) -> bool:
    """Set columns of a replay in one of the states `only`; False when it is in another."""
    changed = connection.execute(
        update(replays)
        .where(replays.c.shop == shop, replays.c.id == id_, replays.c.status.in_(list(only)))
        .values(**values)
    )
    return changed.rowcount == 1


def forget_differences(connection: Connection, shop: ShopId, id_: str) -> None:
    """Begin anew: a run that was cut short leaves nothing behind."""
    connection.execute(delete(differences).where(differences.c.shop == shop, differences.c.replay_id == id_))


def add_differences(connection: Connection, shop: ShopId, id_: str, first: int, found: Sequence[Difference]) -> None:
    """Keep differences at the places from `first` on."""
    if found:
        rows = [
            {
                "shop": shop, "replay_id": id_, "position": first + place, "turn_id": one.turn_id,
                "conversation_id": one.conversation_id, "at": one.at, "asked": one.asked,
                "marks": f"|{'|'.join(one.changes)}|", "before": one.before, "after": one.after,
            }
            for place, one in enumerate(found)
        ]  # fmt: skip
        connection.execute(insert(differences), rows)


def answers_anew(connection: Connection, shop: ShopId, id_: str) -> set[str]:
    """The entries that answer a past turn otherwise than before."""
    rows = connection.execute(
        select(differences.c.after).where(differences.c.shop == shop, differences.c.replay_id == id_)
    )
    return {str(entry) for row in rows for entry in row.after.get("entries", ())}


def page_differences(
    connection: Connection, shop: ShopId, id_: str, mark: str, text: str, offset: int, limit: int
) -> tuple[list[Difference], int]:
    """Differences of one kind ("" for all) whose question holds `text`, and how many there are."""
    where = [differences.c.shop == shop, differences.c.replay_id == id_]
    if mark:
        where.append(differences.c.marks.contains(f"|{mark}|", autoescape=True))
    if text:
        where.append(differences.c.asked.icontains(text, autoescape=True))
    rows = connection.execute(
        select(differences).where(*where).order_by(differences.c.position).offset(offset).limit(limit)
    )
    total = connection.scalar(select(func.count()).select_from(differences).where(*where)) or 0
    found = [
        Difference(
            row.turn_id, row.conversation_id, row.at, row.asked, tuple(row.marks.strip("|").split("|")),
            msgspec.convert(row.before, Outcome), msgspec.convert(row.after, Outcome),
        )
        for row in rows
    ]  # fmt: skip
    return found, total
