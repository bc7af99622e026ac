"""The report as PDF with its Chinese letters embedded (subset), by fpdf2 from the extra `reports`."""

from pathlib import Path
from typing import Any

from xiaoer.flows.show_insights.page import Chart
from xiaoer.flows.show_insights.report.compose import Report
from xiaoer.flows.show_insights.report.drawing import TONES, highest, titled, unbroken, written
from xiaoer.kernel.errors import XiaoerError

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
_INK, _HINT, _BRAND, _LINE = (29, 33, 41), (102, 112, 128), (183, 58, 35), (229, 230, 235)
_SIMPLIFIED = 2  # place of the simplified Chinese face in the Noto collection


class CannotPrint(XiaoerError):
    """The PDF needs a package or a font that is not there."""

    code = "cannot_print"
    status = 409


def find_font(wanted: str = "") -> Path:
    """The font file to embed.

    Raises:
        CannotPrint: none of the usual places has one.
    """
    for path in (wanted, *_FONTS):
        if path and Path(path).is_file():
            return Path(path)
    raise CannotPrint("No Chinese font was found. Install fonts-noto-cjk, or set XIAOER_REPORT_FONT to a font file.")


def pdf_of(report: Report, font: str = "") -> bytes:
    """The document, A4.

    Raises:
        CannotPrint: fpdf2 or a font is missing.
    """
    try:
        from fpdf import FPDF  # noqa: PLC0415 - the extra `reports` may not be installed
    except ImportError:
        raise CannotPrint("PDF needs fpdf2: install xiaoer with the extra `reports`.") from None
    path = find_font(font)
    pdf: Any = FPDF(format="A4")
    pdf.set_auto_page_break(auto=True, margin=16)
    pdf.set_margin(16)
    pdf.add_page()
    pdf.add_font("cjk", "", str(path), collection_font_number=_SIMPLIFIED if path.suffix == ".ttc" else 0)
    pdf.set_title(report.title)

    def line(text: str, size: float, color: tuple[int, int, int] = _INK, indent: float = 0) -> None:
        pdf.set_font("cjk", size=size)
        pdf.set_text_color(*color)
        pdf.set_x(pdf.l_margin + indent)
        pdf.multi_cell(0, size * 0.55, text, align="L", new_x="LMARGIN", new_y="NEXT")

    line(report.title, 20)
    line(f"{report.first} 至 {report.last}", 10, _HINT)
    pdf.ln(2)
    line(report.summary, 11)
    pdf.ln(3)
    line(f"这段时间最要紧的 {len(report.findings)} 件事", 14)
    for number, finding in enumerate(report.findings, 1):
        pdf.ln(1.5)
        line(f"{number}. {finding.text}", 11)
        line(f"要做：{finding.action}", 10, _BRAND, 5)
        line(f"负责：{finding.owner}　截止：{finding.due}", 9, _HINT, 5)
    pdf.ln(3)
    for chart in report.charts[:6]:
        if chart.kind in ("bar", "funnel"):
            _bars(pdf, chart, line)
        elif chart.kind in ("line", "stack"):
            _lines(pdf, chart, line)
    for page in report.pages:
        if page.empty:
            continue
        pdf.ln(3)
        _room(pdf, 22)
        line(page.title, 13)
        line(page.finding, 10)
        line("　".join(f"{c.title} {written(c.value, c.show)}" for c in page.cards), 9, _HINT)
    pdf.ln(4)
    line(f"生成于 {report.made_at}。每个数字的算法见网页版「口径」。", 8, _HINT)
    return bytes(pdf.output())


def _rgb(tone: str) -> tuple[int, int, int]:
    color = TONES.get(tone, TONES["now"])
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _room(pdf: Any, high: float) -> None:
    if pdf.get_y() + high > pdf.h - 18:
        pdf.add_page()


def _bars(pdf: Any, chart: Chart, line: Any) -> None:
    values = [value or 0 for value in (chart.series[0].values if chart.series else ())][:8]
    most = max(values, default=0) or 1
    _room(pdf, 14 + 6 * len(values))
    line(titled(chart), 11)
    pdf.set_font("cjk", size=8)
    pdf.set_text_color(*_INK)
    pdf.set_fill_color(*_rgb(chart.series[0].tone if chart.series else "bad"))
    for name, value in zip(chart.x, values, strict=False):
        y = pdf.get_y()
        pdf.text(16, y + 3.6, name[:12])
        pdf.rect(56, y + 0.8, max(0.3, 110 * value / most), 3.8, style="F")
        pdf.text(58 + 110 * value / most, y + 3.8, written(value, chart.show))
        pdf.set_y(y + 5.6)
    pdf.ln(3)


def _lines(pdf: Any, chart: Chart, line: Any) -> None:
    _room(pdf, 52)
    line(titled(chart), 11)
    top, high, left, wide = pdf.get_y() + (6 if len(chart.series) > 1 else 2), 34.0, 30.0, 154.0
    most = highest(chart) or 1
    step = wide / max(1, len(chart.x) - 1)
    pdf.set_draw_color(*_LINE)
    pdf.line(left - 4, top + high, left + wide + 4, top + high)
    pdf.set_font("cjk", size=7)
    pdf.set_text_color(*_HINT)
    pdf.text(16, top + 2, written(most, chart.show))
    pdf.text(16, top + high, written(0, chart.show))
    below = [0.0] * len(chart.x)
    for series in chart.series:
        pdf.set_draw_color(*_rgb(series.tone))
        pdf.set_fill_color(*_rgb(series.tone))
        tall = [None if value is None else high * value / most for value in series.values]
        if chart.kind == "stack":
            _stacked(pdf, tall, below, (left, top + high, step))
            continue
        for run in unbroken(tall):
            places = [(left + at * step, top + high - up) for at, up in run]
            pdf.polyline(places)
            pdf.ellipse(places[0][0] - 0.5, places[0][1] - 0.5, 1, 1, style="F")
    if len(chart.series) > 1:
        place = left
        for series in chart.series:
            pdf.set_text_color(*_rgb(series.tone))
            pdf.text(place, top - 0.5, f"● {series.name}")
            place += pdf.get_string_width(f"● {series.name}") + 6
        pdf.set_text_color(*_HINT)
    every = -(-len(chart.x) // 8)
    for at in range(0, len(chart.x), every):
        pdf.text(left + at * step - 4, top + high + 4, chart.x[at])
    pdf.set_y(top + high + 7)


def _stacked(pdf: Any, tall: list[float | None], below: list[float], place: tuple[float, float, float]) -> None:
    """The bars of one series upon those before it; `place` is (left, floor, step) in mm, `below` grows by them."""
    left, floor, step = place
    wide = min(8.0, 0.7 * step)
    for at, up in enumerate(tall):
        pdf.rect(left + at * step - wide / 2, floor - below[at] - (up or 0), wide, up or 0, style="F")
        below[at] += up or 0
