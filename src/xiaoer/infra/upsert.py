"""Insert-or-update of many rows in one statement, the same on SQLite and PostgreSQL.

Imported tables carry a `hash` of the row as it was imported, so that the next import of the same file can
tell what is unchanged without comparing columns. A program that changes such a row by other means clears
its hash.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from xiaoer.kernel.ids import ShopId


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keep: Collection[str] = ()) -> None:
    """Write `rows`, each with a value for every column; of rows that exist, the columns in `keep` stay as they are."""
    if not rows:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: Any = insert(table)
    key = list(table.primary_key.columns)
    changing = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if not column.primary_key and column.name not in keep
    }
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changing), list(rows))


def existing_hashes(connection: Connection, table: Table, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
    """Return the stored hash of every one of `ids` that exists in the shop."""
    rows = connection.execute(select(table.c.id, table.c.hash).where(table.c.shop == shop, table.c.id.in_(ids)))
    return {row.id: row.hash for row in rows}
