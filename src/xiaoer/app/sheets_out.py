"""Tables as files (导出): CSV that Excel opens rightly, and XLSX with one sheet per table."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from xiaoer.flows.show_insights.page import Card, Column, Page, Table, notes_of
from xiaoer.flows.show_insights.report.compose import Report
from xiaoer.infra.sheets_out import XLSX, write_workbook
from xiaoer.kernel.errors import InvalidBody

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell_of(value: Any) -> Any:
    """A value as a cell; a text that a spreadsheet would run is quoted."""
    if isinstance(value, list | tuple):
        return "、".join(str(part) for part in value)
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


async def spreadsheet(columns: Sequence[str], rows: Sequence[Mapping[str, str]], kind: str, name: str) -> Response:
    """Rows by column title as a download of this name; `kind` is csv (UTF-8 with BOM) or xlsx.

    Raises:
        InvalidBody: another kind.
    """
    if kind not in ("csv", "xlsx"):
        raise InvalidBody("The format is csv or xlsx.")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    if kind == "xlsx":
        return Response(await write_workbook(columns, rows), media_type=XLSX, headers=headers)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell_of(row[name]) for name in columns] for row in rows)
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


_UNITS = {"yuan": "元", "seconds": "秒", "hours": "小时", "score": "分"}
_NUMBERS = {
    "ratio": "0.0%",
    "yuan": "#,##0.00",
    "seconds": "0.0",
    "hours": "0.0",
    "score": "0.0",
}
_MOMENT = len("2026-06-18T09:30")


def _headed(column: Column) -> str:
    """The title with the unit of the numbers below it."""
    unit = _UNITS.get(column.show, "")
    return f"{column.title}（{unit}）" if unit and unit not in column.title else column.title


def _show_of(row: Mapping[str, Any], column: Column) -> str:
    return str(row.get("show", "")) if column.show == "auto" else column.show


def _value(row: Mapping[str, Any], column: Column) -> Any:
    """A value as a cell; moments as people write them."""
    value = row.get(column.key)
    return str(value)[:_MOMENT].replace("T", " ") if column.show == "time" and value else cell_of(value)


def _written(row: Mapping[str, Any], column: Column) -> Any:
    """A value as text of a file without formats: shares in percent, mixed units beside their numbers."""
    value, show = _value(row, column), _show_of(row, column)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    if show == "ratio":
        return f"{100 * value:.1f}%"
    plain = f"{round(value, 2):.2f}".rstrip("0").rstrip(".")
    return f"{plain} {_UNITS[show]}" if column.show == "auto" and show in _UNITS else plain


def csv_of(table: Table, note: str = "") -> bytes:
    """A table as UTF-8 with BOM; what must be known of its figures stands in a line of its own at the end."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_headed(column) for column in table.columns])
    for row in table.rows:
        writer.writerow([_written(row, column) for column in table.columns])
    if note:
        writer.writerow([note])
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(page: Page) -> bytes:
    """A page as a workbook: figures, every table, the charts' numbers, and how each figure is computed."""
    out = io.BytesIO()
    import xlsxwriter  # noqa: PLC0415  15 MB and 0.3 s that only an export needs

    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#fdf1ee", "border": 1})
    formats = _formats(book)
    first = book.add_worksheet("概要")
    first.set_column(0, 0, 26)
    first.write_row(0, 0, [page.title, page.finding])
    first.write_row(1, 0, ["时间", f"{page.period.first} 至 {page.period.last}"])
    before = f"{page.period.before_first} 至 {page.period.before_last}"
    first.write_row(2, 0, ["对比", f"{page.begins} 起才有记录，先不比较" if page.begins else before])
    first.write_string(3, 0, notes_of(page))
    first.write_row(4, 0, ["指标", "本期", "上期", "说明", "口径"], head)
    for at, card in enumerate(page.cards, 5):
        _card(first, at, card, formats)
    for at, text in enumerate(page.advice, 6 + len(page.cards)):
        first.write_string(at, 0, text)
    for table in page.tables:
        sheet = book.add_worksheet(table.title[:28])
        _table(sheet, 0, table, head, formats)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns), 18)
    charts = book.add_worksheet("图表数据")
    line = 0
    for chart in page.charts:
        charts.write_string(line, 0, chart.title, head)
        if chart.kind == "heat":
            for x, y, value in chart.cells:
                line += 1
                charts.write_row(line, 0, [chart.y[y], chart.x[x], value])
        else:
            charts.write_row(line + 1, 0, ["", *chart.x])
            line += 1
            for series in chart.series:
                line += 1
                charts.write_row(line, 0, [series.name, *("" if v is None else v for v in series.values)])
        line += 2
    how = book.add_worksheet("口径")
    how.write_row(0, 0, ["名称", "指标", "时段", "怎么算"], head)
    for at, entry in enumerate(page.how, 1):
        how.write_row(at, 0, [entry.name, entry.title, entry.window or "全天", entry.text])
    how.set_column(3, 3, 90)
    book.close()
    return out.getvalue()


def report_xlsx(report: Report) -> bytes:
    """A report as a workbook: the findings, then every page's figures and tables."""
    import xlsxwriter  # noqa: PLC0415  as above

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, formats = book.add_format({"bold": True, "bg_color": "#fdf1ee", "border": 1}), _formats(book)
    first = book.add_worksheet("要做的事")
    first.write_row(0, 0, [report.title, f"{report.first} 至 {report.last}"])
    first.write_string(1, 0, report.summary)
    first.write_row(3, 0, ["发现", "要做", "负责", "截止"], head)
    first.set_column(0, 1, 60)
    for at, finding in enumerate(report.findings, 4):
        first.write_row(at, 0, [cell_of(v) for v in (finding.text, finding.action, finding.owner, finding.due)])
    for page in report.pages:
        sheet = book.add_worksheet(page.title[:28])
        sheet.set_column(0, 0, 30)
        sheet.write_string(0, 0, page.finding)
        sheet.write_string(1, 0, notes_of(page))
        sheet.write_row(2, 0, ["指标", "本期", "上期", "说明", "口径"], head)
        line = 3
        for card in page.cards:
            _card(sheet, line, card, formats)
            line += 1
        for table in page.tables:
            line += 1
            sheet.write_string(line, 0, table.title, head)
            line = _table(sheet, line + 1, table, head, formats)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    """Number formats by what a value shows; with the unit where a column mixes them."""
    plain = {show: book.add_format({"num_format": code}) for show, code in _NUMBERS.items()}
    units = {f"auto {s}": book.add_format({"num_format": f'{_NUMBERS[s]}"{u}"'}) for s, u in _UNITS.items()}
    return plain | units | {"auto ratio": plain["ratio"]}


def _table(sheet: Any, line: int, table: Table, head: Any, formats: dict[str, Any]) -> int:
    """A table from a line on; return the line after it."""
    sheet.write_row(line, 0, [_headed(column) for column in table.columns], head)
    for row in table.rows:
        line += 1
        for place, column in enumerate(table.columns):
            show = _show_of(row, column)
            kind = f"auto {show}" if column.show == "auto" else show
            sheet.write(line, place, _value(row, column), formats.get(kind))
    return line + 1


def _card(sheet: Any, at: int, card: Card, formats: dict[str, Any]) -> None:
    sheet.write_string(at, 0, _headed(Column("", card.title, card.show)))
    style = formats.get(card.show)
    for place, value in ((1, card.value), (2, card.before)):
        if value is not None:
            sheet.write_number(at, place, value, style)
    sheet.write_string(at, 3, card.note)
    sheet.write_string(at, 4, card.how)
