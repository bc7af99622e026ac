"""Insert-or-update of many rows in one statement, the same on SQLite and PostgreSQL.

Imported tables carry a `hash` of the row as it was imported, so that the next import of the same file can
tell what is unchanged without comparing columns. A program that changes such a row by other means clears
its hash.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Dialect, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from xiaoer.kernel.ids import ShopId


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keep: Collection[str] = ()) -> None:
    """Write `rows`, each with a value for every column; of rows that exist, the columns in `keep` stay as they are."""
    if not rows:
        return
    statement = _statement(table, connection.dialect, frozenset(keep))
    columns = statement.columns
    if statement.positional:  # SQLite: the driver itself takes them, inside the transaction that is open
        driver: Any = connection.connection.dbapi_connection
        driver.executemany(
            statement.text, [tuple([to(row[name]) if to else row[name] for name, to in columns]) for row in rows]
        )
    else:
        connection.exec_driver_sql(
            statement.text, [{name: to(row[name]) if to else row[name] for name, to in columns} for row in rows]
        )


def insert_of(dialect: Dialect) -> Any:
    """`insert` as this database has it, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


class _Statement(Struct, frozen=True):
    """A compiled statement; `columns` name each parameter and turn a value into what the driver takes."""

    text: str
    positional: bool
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]


@lru_cache(maxsize=256)  # compiling costs as much as writing a hundred rows
def _statement(table: Table, dialect: Dialect, keep: frozenset[str]) -> _Statement:
    statement: Any = insert_of(dialect)(table)
    changing = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if not column.primary_key and column.name not in keep
    }
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changing)
    compiled = statement.compile(dialect=dialect, column_keys=[column.name for column in table.columns])
    names = compiled.positiontup if compiled.positional else list(compiled.params)
    columns = ((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)
    return _Statement(compiled.string, compiled.positional, tuple(columns))


def existing_hashes(connection: Connection, table: Table, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
    """Return the stored hash of every one of `ids` that exists in the shop."""
    rows = connection.execute(select(table.c.id, table.c.hash).where(table.c.shop == shop, table.c.id.in_(ids)))
    return {row.id: row.hash for row in rows}


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert one row; False when its key is there already, and nothing is changed."""
    fresh = (
        insert_of(connection.dialect)(table)
        .values(dict(row))
        .on_conflict_do_nothing()
        .returning(*table.primary_key.columns)
    )
    return connection.execute(fresh).first() is not None  # PostgreSQL's driver counts no rows for an insert
