"""ClickHouse by URL: statements of our own tables run there too, and rows go there in batches.

Only its HTTP interface is used, so nothing needs to be installed. A statement is the same SQLAlchemy `select` that runs
on the main database; its values are written into the text with ClickHouse's escapes. Rows are sent as JSON lines.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2
import msgspec
from sqlalchemy import Connection, Select, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import visitors

from xiaoer.kernel.errors import SourceUnavailable

Run = Callable[[bytes], bytes]
_DIALECT = sqlite.dialect(paramstyle="named")
_NAME = re.compile(r"(?<!:):([A-Za-z_]\w*)")
_AS_LINES = " SETTINGS final = 1, output_format_json_quote_64bit_integers = 0 FORMAT JSONCompactEachRow"
_ERROR = 400
_PATIENCE_S = 60.0


def over_http(url: str) -> Run | None:
    """A runner for `http://user:password@host:8123/database`; none for an empty URL.

    The runner raises SourceUnavailable when ClickHouse is away or refuses; it may be called from any thread.
    """
    if not url:
        return None
    parts = urlsplit(url)
    headers = {"X-ClickHouse-Database": parts.path.strip("/") or "default"}
    if parts.username:
        headers["X-ClickHouse-User"] = unquote(parts.username)
        headers["X-ClickHouse-Key"] = unquote(parts.password or "")
    place = f"{parts.scheme}://{parts.hostname}:{parts.port or 8123}/"
    client = httpx2.Client(headers=headers, timeout=_PATIENCE_S)

    def run(statement: bytes) -> bytes:
        try:
            answer = client.post(place, content=statement)
        except httpx2.HTTPError as error:
            raise SourceUnavailable(f"ClickHouse at {parts.hostname} did not answer: {error}.") from error
        if answer.status_code >= _ERROR:
            raise SourceUnavailable(f"ClickHouse at {parts.hostname} refused: {answer.text[:300]}.")
        return bytes(answer.content)

    return run


def insert(run: Run, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Send rows in one batch; return how many."""
    lines = [msgspec.json.encode(row) for row in rows]
    if lines:
        run(f"INSERT INTO {table} FORMAT JSONEachRow\n".encode() + b"\n".join(lines))
    return len(lines)


def text_of(statement: Select[Any]) -> str:
    """A select as ClickHouse reads it."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values, make = compiled.construct_params(), compiled._bind_processors

    def value(found: re.Match[str]) -> str:
        name = found[1]
        raw = values[name]
        processor = make.get(name)
        return _literal(processor(raw) if callable(processor) else raw)

    return _NAME.sub(value, str(compiled))


def _literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(int(value))
        case int() | float():
            return repr(value)
        case _:
            escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
            return f"'{escaped}'"


class Rows:
    """What a statement found, as much like SQLAlchemy's result as pages need."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        return list(self._rows)

    def one_or_none(self) -> Any:
        return self._rows[0] if self._rows else None

    def scalars(self) -> list[Any]:
        return [row[0] for row in self._rows]


class Columns:
    """A connection of the main database, except that selects of only these tables run on ClickHouse."""

    def __init__(self, main: Connection, run: Run, tables: frozenset[str]) -> None:
        self._main = main
        self._run = run
        self._tables = tables

    def __getattr__(self, name: str) -> Any:
        return getattr(self._main, name)

    def execute(self, statement: Any, *args: Any) -> Any:
        if not isinstance(statement, Select) or not self._all_there(statement):
            return self._main.execute(statement, *args)
        lines = self._run((text_of(statement) + _AS_LINES).encode()).splitlines()
        columns = list(statement.selected_columns)
        row = namedtuple("Row", [column.key or "_" for column in columns], rename=True)  # type: ignore[misc]
        make = [column.type._cached_result_processor(_DIALECT, None) for column in columns]
        found = (msgspec.json.decode(line) for line in lines if line)
        return Rows([row(*(m(v) if m else v for m, v in zip(make, values, strict=True))) for values in found])

    def scalars(self, statement: Any) -> Any:
        return self.execute(statement).scalars()

    def scalar(self, statement: Any) -> Any:
        found = self.scalars(statement)
        return next(iter(found), None)

    def _all_there(self, statement: Select[Any]) -> bool:
        names = {element.name for element in visitors.iterate(statement) if isinstance(element, Table)}
        return bool(names) and names <= self._tables
