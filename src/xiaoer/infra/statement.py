"""A statement that is built and compiled once: how the message path talks to the database.

`Connection.execute` spends 60 to 100 µs of Python on a statement that SQLite runs in 5 (cache key, execution
context, result proxy). A `Statement` keeps the compiled text and the columns' own converters. On SQLite it hands
them to the driver, inside the transaction that is open; on PostgreSQL, where statements run in threads and the
retry needs SQLAlchemy's errors, it is executed as usual. Rows have the columns as attributes on both.

A list (`IN`) has as many places as values: a `ListStatement` is compiled for 1, 2, 4, 8, … places, and a list is
filled up with its last value, which finds nothing more.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, Insert, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
_Convert = Callable[[Any], Any]
_DIALECT: Dialect = sqlite.dialect()


class Statement:
    """One statement with named values; an insert takes a value for each of `columns` (by default all)."""

    def __init__(self, clause: Any, columns: Sequence[str] = ()) -> None:
        self._clause = clause
        self._columns = columns or ([c.name for c in clause.table.columns] if isinstance(clause, Insert) else None)

    def all(self, connection: Connection, values: Values) -> Sequence[Any]:
        """Every row."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._clause, values).all()
        rows: list[Any] = self._execute(connection, values).fetchall()
        make, converters = self._row
        if make is None:
            return rows
        found = []
        for row in rows:
            value = list(row)
            for at, convert in converters:
                if value[at] is not None:
                    value[at] = convert(value[at])
            found.append(make(value))
        return found

    def one(self, connection: Connection, values: Values) -> Any:
        """The first row, or None."""
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row, or None."""
        rows = self.all(connection, values)
        return rows[0][0] if rows else None

    def run(self, connection: Connection, values: Values) -> int:
        """Execute it; return how many rows it touched."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._clause, values).rowcount
        return int(self._execute(connection, values).rowcount)

    def run_many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Execute it once for each row."""
        if connection.dialect.name != "sqlite":
            connection.execute(self._clause, rows)
            return
        try:
            _driver(connection).executemany(self._text, [self._bind(row) for row in rows])
        except sqlite3.Error as error:
            raise self._known(error) from error

    def _execute(self, connection: Connection, values: Values) -> Any:
        try:
            return _driver(connection).execute(self._text, self._bind(values))
        except sqlite3.Error as error:
            raise self._known(error) from error

    def _known(self, error: sqlite3.Error) -> Exception:
        """The error as SQLAlchemy would raise it, without the values: they may be personal."""
        return DBAPIError.instance(self._text, None, error, sqlite3.Error, hide_parameters=True, dialect=_DIALECT)

    def _bind(self, values: Values) -> list[Any]:
        return [
            (values[name] if convert is None else convert(values[name])) if name else fixed
            for name, convert, fixed in self._binds
        ]

    @cached_property
    def _compiled(self) -> Any:
        return self._clause.compile(dialect=_DIALECT, column_keys=self._columns)

    @cached_property
    def _text(self) -> str:
        return str(self._compiled)

    @cached_property
    def _binds(self) -> list[tuple[str, _Convert | None, Any]]:
        """In the order of the text: the value's name and its converter, or a value that is part of the statement."""
        found: list[tuple[str, _Convert | None, Any]] = []
        for name in self._compiled.positiontup or ():
            bound = self._compiled.binds[name]
            convert = _implementation(bound.type).bind_processor(_DIALECT)
            fixed = None if bound.required else convert(bound.effective_value) if convert else bound.effective_value
            found.append((name if bound.required else "", convert, fixed))
        return found

    @cached_property
    def _row(self) -> tuple[_Convert | None, list[tuple[int, _Convert]]]:
        """Makes a row of named columns, and converts the columns whose stored form is another."""
        columns = list(getattr(self._clause, "selected_columns", ()))
        if not columns:
            return None, []
        found = ((at, _implementation(c.type).result_processor(_DIALECT, None)) for at, c in enumerate(columns))
        names = [str(column.key) for column in columns]
        row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        return row._make, [(at, convert) for at, convert in found if convert is not None]


class ListStatement:
    """A statement over a list of values; `build` makes it from the places that the list has."""

    def __init__(self, build: Callable[[Sequence[BindParameter[Any]]], Any]) -> None:
        self._build = build
        self._sizes: dict[int, Statement] = {}

    def all(self, connection: Connection, values: Values, items: Sequence[Any]) -> Sequence[Any]:
        """Every row; none for an empty list."""
        if not items:
            return []
        size = 1 << (len(items) - 1).bit_length()
        statement = self._sizes.get(size)
        if statement is None:
            statement = self._sizes[size] = Statement(self._build([bindparam(f"item_{at}") for at in range(size)]))
        last = len(items) - 1
        return statement.all(connection, {**values, **{f"item_{at}": items[min(at, last)] for at in range(size)}})


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _implementation(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    return type_.dialect_impl(_DIALECT)
