"""Rows written as an XLSX workbook that the importer reads back: lists and objects as JSON, text never as a formula."""

import asyncio
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from xiaoer.kernel.errors import InvalidBody

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_CHARS = 32_767  # of one cell; Excel cuts off what is longer
_MOST_ROWS = 1_048_575


async def write_workbook(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A workbook of one sheet: `columns` as the header, then the rows.

    Raises:
        InvalidBody: too many rows, or a text too long for a cell.
    """
    return await asyncio.to_thread(_write, columns, rows)


def _write(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    if len(rows) > _MOST_ROWS:
        raise InvalidBody(f"A workbook holds {_MOST_ROWS} rows, here are {len(rows)}. Export JSONL instead.")
    target = io.BytesIO()
    import xlsxwriter  # noqa: PLC0415  15 MB and 0.3 s that only an export needs

    with xlsxwriter.Workbook(target, {"constant_memory": True, "in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name)
        for line, row in enumerate(rows, start=1):
            for at, name in enumerate(columns):
                if name in row:
                    text = _cell(row[name])
                    if len(text) > _MOST_CHARS:
                        raise InvalidBody(
                            f"The {name} of {row.get('id', line)} is too long for a workbook cell "
                            f"({len(text)} of {_MOST_CHARS} characters). Export JSONL instead."
                        )
                    sheet.write_string(line, at, text)
    return target.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return msgspec.json.encode(value).decode()
