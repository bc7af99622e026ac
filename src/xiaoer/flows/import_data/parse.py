"""A sheet turned into typed rows and refusals; nothing is written and nothing outside is asked.

Every row that can be used gets its content hash, over the columns that the file has: the same file again
gives the same hashes. Messages are whole Chinese sentences; they never repeat names, phones or addresses.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct, field

from xiaoer.flows.import_data.cells import BadCell, plain
from xiaoer.flows.import_data.kinds import Column, Kind, header_key
from xiaoer.infra.sheets import BadRow, BrokenSheet, GoodRow, Sheet
from xiaoer.slices.imports.types import Refusal

MOST_REFUSALS = 1000  # kept with the run; the rest is only counted
_SHOWN = 30  # characters of a bad value that a message repeats
_MOBILE = re.compile(r"(1[3-9]\d)\d{4}(\d{4})")
_REPORT_EVERY = 2000


class ParsedRow(Struct, frozen=True, gc=False):
    """A row ready to be written. Out of the garbage collector's sight: a pass over a long file would stall buyers."""

    line: int
    id: str
    hash: str
    row: Struct


class Parsed(Struct):
    """What a sheet holds. A set `error_code` means that the file as a whole is refused, and `error` says why.

    `keep` names fields that the file has no column for: rows that exist keep theirs.
    """

    rows: list[ParsedRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0
    warnings: list[str] = field(default_factory=list)
    keep: frozenset[str] = frozenset()
    error_code: str = ""
    error: str = ""

    def refuse(self, refusal: Refusal, strict: bool) -> bool:
        """Count a bad row; in strict mode it refuses the file. Return whether to go on."""
        self.refused += 1
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.append(refusal)
        if strict:
            self.error_code = "strict"
            self.error = f"{refusal.text}。按“有错就不导入”的要求，整个文件没有导入。"
            self.rows.clear()
        return not strict


def bad_cell(line: int, column: Column, value: Any, error: BadCell) -> Refusal:
    """The sentence about one bad cell, such as 「第 37 行：价格『九块九』不是数字，已跳过」."""
    shown = "" if column.private or value in (None, "") else f"『{_shown(value)}』"
    return Refusal(line, column.label, error.code, f"第 {line} 行：{column.label}{shown}{error.reason}，已跳过")


def _shown(value: Any) -> str:
    try:
        found = plain(value)
    except BadCell:
        found = str(value)
    found = _MOBILE.sub(r"\1****\2", " ".join(found.split()))
    return found if len(found) <= _SHOWN else found[:_SHOWN] + "…"


def parse_sheet(
    sheet: Sheet, kind: Kind, strict: bool, now: datetime, report: Callable[[int, int], None] | None = None
) -> Parsed:
    """Turn every row of `sheet` into a row of `kind`, or say why not; `report` hears (rows read, rows in all)."""
    parsed = Parsed()
    try:
        plan = _plan(sheet.headers, kind, parsed)
    except BrokenSheet as error:
        parsed.error_code, parsed.error = error.reason, error.detail
        return parsed
    if not sheet.rows:
        parsed.error_code, parsed.error = "empty_file", "文件里只有表头，没有可以导入的内容。"
        return parsed
    reader = _RowReader(kind, plan, parsed.keep, now)
    for number, row in enumerate(sheet.rows, start=1):
        refusal = reader.read(row, parsed.rows)
        if refusal is not None and not parsed.refuse(refusal, strict):
            break
        if report is not None and number % _REPORT_EVERY == 0:
            report(number, len(sheet.rows))
    return parsed


def _plan(headers: Sequence[str], kind: Kind, parsed: Parsed) -> list[tuple[str, Column]]:
    """Which column stands under which header. Columns that nobody knows are named in a warning."""
    by_key = {header_key(name): c for c in kind.columns for name in (c.field, c.label, *c.aliases)}
    found: dict[str, str] = {}
    unknown: list[str] = []
    for header in headers:
        column = by_key.get(header_key(header)) if header else None
        if column is None:
            unknown.append(header)
        elif column.field in found:
            raise BrokenSheet(
                "duplicate_column", f"“{found[column.field]}”和“{header}”两列都是{column.label}，请只留一列。"
            )
        else:
            found[column.field] = header
    missing = [c.label for c in kind.columns if c.required and c.field not in found]
    if missing:
        names = "、".join(missing)
        raise BrokenSheet("missing_column", f"这个文件按“{kind.label}”导入，但缺少这些列：{names}。")
    if unknown and not kind.whole:
        names = "、".join(f"“{name[:_SHOWN]}”" for name in unknown if name)
        if names:
            parsed.warnings.append(f"这些列不认识，没有导入：{names}。")
    parsed.keep = frozenset(c.field for c in kind.columns if c.field not in found) - kind.derived
    return [(found[c.field], c) for c in kind.columns if c.field in found]


class _RowReader:
    """Reads the rows of one file, remembering the ids that it has seen."""

    def __init__(self, kind: Kind, plan: list[tuple[str, Column]], keep: frozenset[str], now: datetime) -> None:
        self._kind = kind
        self._plan = plan
        self._now = now
        self._lines: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._labels = {column.field: column for column in kind.columns}
        self._encoder = msgspec.json.Encoder()
        self._fields = [name for name in kind.row.__struct_fields__ if name not in keep]
        self._held = attrgetter(*self._fields)

    def read(self, row: GoodRow | BadRow, into: list[ParsedRow]) -> Refusal | None:
        """Append the typed row, or return why there is none."""
        line = row.line
        if isinstance(row, BadRow):
            return Refusal(line, "", row.code, f"第 {line} 行{row.text}，已跳过")
        kind = self._kind
        values: dict[str, Any] = {}
        for header, column in self._plan:
            cell = row.cells.get(header)
            if isinstance(cell, str):
                cell = cell.strip()
            if cell is None or cell == "":
                if column.required:
                    return Refusal(line, column.label, "missing_value", f"第 {line} 行：没有填{column.label}，已跳过")
                continue
            try:
                at = column.parse_at
                values[column.field] = at(cell, self._now) if at else column.parse(cell)
            except BadCell as error:
                return bad_cell(line, column, cell, error)
        if kind.whole:
            values[kind.whole] = row.cells
        try:
            values = kind.finish(values)
        except BadCell as error:
            column = self._labels[error.field]
            return bad_cell(line, column, _cell_of(row, self._plan, column), error)
        found: str = values["id"]
        if kind.shared_ids:
            number = self._numbers[found] = self._numbers.get(found, 0) + 1
            if number > 1:
                found = values["id"] = f"{found}#{number}"
        first = self._lines.setdefault(found, line)
        if first != line:
            label = self._labels["id"].label if "id" in self._labels else self._plan[0][1].label
            sentence = f"第 {line} 行：{label}『{_shown(found)}』和第 {first} 行重复，已跳过"
            return Refusal(line, label, "duplicate_id", sentence)
        typed = kind.row(**values)
        into.append(ParsedRow(line, found, self._hash(typed), typed))
        return None

    def _hash(self, row: Struct) -> str:
        return blake2b(self._encoder.encode((self._fields, self._held(row))), digest_size=16).hexdigest()


def _cell_of(row: GoodRow, plan: list[tuple[str, Column]], column: Column) -> Any:
    return next((row.cells.get(header) for header, planned in plan if planned is column), None)
