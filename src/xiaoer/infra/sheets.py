"""Files of rows: CSV, XLSX, JSONL, JSON and TOML read into the same shape, each row with its line number.

What people upload is rarely what it says: a workbook named .csv, a CSV saved by a Chinese Excel (GB18030),
a text cut off in the middle. The format is told by the content first and the name second. A file that
cannot be read as a whole raises `BrokenSheet`; a single bad row comes back as a `BadRow` so that the rest
can be taken. Reasons are Chinese, because the person who made the file reads them.
"""

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import msgspec
from msgspec import Struct
from python_calamine import CalamineError, CalamineWorkbook

from xiaoer.kernel.errors import XiaoerError

_MOST_CELL_CHARS = 1_000_000  # one cell; a longer one is an unclosed quote or an attack
_MOST_UNPACKED_BYTES = 1 << 30  # a workbook is a zip file; this stops one that unpacks without end
_TABLE_LINE = re.compile(r"^[ \t]*\[\[[^.\]]+\]\]", re.MULTILINE)  # not those of inner tables

csv.field_size_limit(_MOST_CELL_CHARS)


class BrokenSheet(XiaoerError):
    """The file as a whole cannot be read. `reason` tells programs why."""

    code = "broken_file"
    status = 422

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class BadRow(Struct, frozen=True, gc=False):
    """A row that cannot be read, among rows that can."""

    line: int
    code: str
    text: str


class GoodRow(Struct, frozen=True, gc=False):
    """Cells by header, as the file holds them: text from CSV, also numbers, dates and lists from the others."""

    line: int
    cells: dict[str, Any]


class Sheet(Struct, frozen=True):
    """`headers` in file order (the union of all keys for JSON); `rows` without blank ones."""

    headers: tuple[str, ...]
    rows: list[GoodRow | BadRow]


def read_sheet(data: bytes, name: str) -> Sheet:
    """Read the rows of a file; `name` tells the format where the content does not.

    Raises:
        BrokenSheet: the file is empty, is in an unknown format or encoding, or is damaged.
    """
    if not data.strip():
        raise BrokenSheet("empty_file", "文件是空的，没有可以导入的内容。")
    suffix = PurePath(name.lower()).suffix
    if data.startswith(b"PK\x03\x04"):
        return _read_workbook(data)
    if suffix == ".xlsx":
        raise BrokenSheet("broken_workbook", "这个文件打不开，它不是完整的 XLSX 表格，请重新另存一份再试。")
    text = decode_text(data)
    if suffix == ".toml":
        return _read_toml(text)
    start = text.lstrip()[:1]
    if suffix in (".json", ".jsonl", ".ndjson"):
        return _read_json(text) if start == "[" or suffix == ".json" else _read_json_lines(text)
    if suffix in (".csv", ".txt", ".tsv"):
        return _read_csv(text)
    raise BrokenSheet("unknown_format", "只能导入 CSV、XLSX、JSONL 文件，优惠还可以用 TOML 或 JSON。")


def decode_text(data: bytes) -> str:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM or GB18030.

    Raises:
        BrokenSheet: none of them fits, or the bytes are not text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return _plain(data.decode("utf-16"))
        except UnicodeDecodeError:
            raise _bad_encoding() from None
    try:
        return _plain(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            line = data.count(b"\n", 0, error.start) + 1
            raise BrokenSheet(
                "bad_encoding", f"第 {line} 行的文字编码坏了，可能文件没有传完整，请重新导出一份再试。"
            ) from None
    try:
        return _plain(data.decode("gb18030"))
    except UnicodeDecodeError:
        raise _bad_encoding() from None


def _plain(text: str) -> str:
    if "\x00" in text:
        raise BrokenSheet("not_text", "这不是文本文件，请导出成 CSV 或 XLSX 再试。")
    return text


def _bad_encoding() -> BrokenSheet:
    return BrokenSheet("bad_encoding", "看不懂文件的文字编码，请另存为 UTF-8 或 GB18030（Excel 的“CSV”）再试。")


def _mostly_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with a few broken places: then reading it as GB18030 would give rubbish."""
    text = data[:1_000_000].decode("utf-8", errors="replace")
    broken = text.count("�")
    foreign = sum(character > "\x7f" for character in text) - broken
    return foreign > 4 * broken


def _read_csv(text: str) -> Sheet:
    first = text.lstrip("\r\n")
    head = first.split("\n", 1)[0]
    delimiter = max(",\t;，", key=lambda mark: (head.count(mark), -",\t;，".index(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headers: tuple[str, ...] | None = None
    rows: list[GoodRow | BadRow] = []
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if headers is None or "end of data" in str(error):
                raise BrokenSheet(
                    "broken_csv", f"第 {line} 行的引号没有配对，后面的内容读不下去，请检查这一行再试。"
                ) from None
            rows.append(BadRow(line, "broken_csv", "引号没有配对，或者有一格太长"))
            line = reader.line_num + 1
            continue
        if any(map(str.strip, cells)):
            if headers is None:
                headers = _unique_headers(cells)
            elif len(cells) > len(headers) and any(map(str.strip, cells[len(headers) :])):
                rows.append(BadRow(line, "extra_cells", f"有 {len(cells)} 格，比表头的 {len(headers)} 列多"))
            else:
                rows.append(GoodRow(line, dict(zip(headers, cells, strict=False))))
        line = reader.line_num + 1
    return Sheet(headers or (), rows)


def _unique_headers(cells: list[Any]) -> tuple[str, ...]:
    headers = [str(cell).strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    named = [header for header in headers if header]
    twice = next((header for header in named if named.count(header) > 1), None)
    if twice:
        raise BrokenSheet("duplicate_column", f"表头里“{twice}”出现了两次，不知道该用哪一列。")
    return tuple(headers)


def _read_workbook(data: bytes) -> Sheet:
    damaged = BrokenSheet("broken_workbook", "这个表格文件打不开，可能损坏了或没有传完整，请重新另存一份再试。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED_BYTES:
                raise BrokenSheet("too_large", "这个表格太大了，请拆成几个文件分别导入。")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = (workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names)
        table = next((table for table in tables if any(map(_filled, table))), [])
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        raise damaged from None
    headers: tuple[str, ...] | None = None
    rows: list[GoodRow | BadRow] = []
    for line, cells in enumerate(table, start=1):
        if not _filled(cells):
            continue
        if headers is None:
            headers = _unique_headers(cells)
        else:
            rows.append(GoodRow(line, dict(zip(headers, cells, strict=False))))
    return Sheet(headers or (), rows)


def _filled(cells: list[Any]) -> bool:
    return any(cell != "" and cell is not None for cell in cells)


def _read_json_lines(text: str) -> Sheet:
    rows: list[GoodRow | BadRow] = []
    headers: dict[str, None] = {}
    decode = msgspec.json.decode
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            value = decode(raw)
        except (msgspec.DecodeError, RecursionError, ValueError):
            rows.append(BadRow(line, "bad_json", "不是完整的 JSON"))
            continue
        rows.append(_object_row(line, value, headers))
    return Sheet(tuple(headers), rows)


def _object_row(line: int, value: Any, headers: dict[str, None]) -> GoodRow | BadRow:
    if not isinstance(value, dict):
        return BadRow(line, "not_an_object", "不是 JSON 对象（要写成 {…} 的样子）")
    headers.update(dict.fromkeys(value))
    return GoodRow(line, value)


def _read_json(text: str) -> Sheet:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise BrokenSheet("bad_json", "这个文件不是完整的 JSON，请检查括号和引号。") from None
    return _listed(value, iter(()))


def _read_toml(text: str) -> Sheet:
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+)", str(error))
        where = f"第 {place[1]} 行" if place else "文件里有一处"
        raise BrokenSheet("bad_toml", f"{where}不符合 TOML 的写法，请检查引号、等号和方括号。") from None
    lines = (text.count("\n", 0, found.start()) + 1 for found in _TABLE_LINE.finditer(text))
    return _listed(value, lines)


def _listed(value: Any, lines: Iterator[int]) -> Sheet:
    """Rows of a list, or of the one list of tables that an object holds; without lines they are counted from 1."""
    if isinstance(value, dict) and "id" in value:
        value = [value]
    elif isinstance(value, dict):
        lists = [part for part in value.values() if isinstance(part, list) and any(isinstance(x, dict) for x in part)]
        value = lists[0] if len(lists) == 1 else [value]
    if not isinstance(value, list):
        raise BrokenSheet("not_a_list", "这个文件里不是一张表：最外层要写成列表 […]，每一项是一行 {…}。")
    headers: dict[str, None] = {}
    rows = [_object_row(next(lines, number), row, headers) for number, row in enumerate(value, start=1)]
    return Sheet(tuple(headers), rows)
