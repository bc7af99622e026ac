"""Files made of pages say what a reader must know of their figures."""

import io
import zipfile

import pytest

from xiaoer.app.sheets_out import csv_of, report_xlsx, xlsx_of
from xiaoer.flows.show_insights.page import Card, Column, Page, Period, Table, notes_of
from xiaoer.flows.show_insights.report.compose import Report
from xiaoer.flows.show_insights.report.html import html_of

TABLE = Table(
    "agents", "客服", (Column("agent", "客服"), Column("talks", "会话", "number")), ({"agent": "小林", "talks": 2_400},)
)


def page(sampled: int) -> Page:
    period = Period("2026-11-01", "2026-11-07", "2026-10-25", "2026-10-31")
    return Page("service", "服务指标", "都好", period, (Card("n", "会话", 2_400),), tables=(TABLE,), sampled=sampled)


def texts_of(book: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize(("sampled", "told"), [(1_000, True), (0, False)], ids=["estimated", "counted"])
def test_a_file_tells_estimated_figures_from_counted_ones(sampled: int, told: bool) -> None:
    shown = page(sampled)
    report = Report("周报", "店", "2026-11-01", "2026-11-07", "好", (), (), (shown,), "2026-11-08")
    files = (csv_of(TABLE, notes_of(shown)).decode("utf-8-sig"), texts_of(xlsx_of(shown)),
             texts_of(report_xlsx(report)), html_of(report))  # fmt: skip
    assert ["均匀抽取的 1,000 个估算" in text for text in files] == [told] * 4
