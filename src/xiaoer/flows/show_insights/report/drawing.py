"""Charts as SVG for reports (报告图): bars and lines only, no script, so that any mail program shows them."""

from collections.abc import Sequence
from html import escape

from xiaoer.flows.show_insights.page import Chart

_WIDE, _HIGH = 640, 220
_LEFT, _RIGHT = 68, 36  # half a label stands beyond the first and the last day
TONES = {
    "bot": "#3b6fd4",
    "people": "#e08a1e",
    "buyer": "#56a3c9",
    "good": "#2a9d74",
    "bad": "#c8322f",
    "now": "#c8432b",
    "before": "#a3abb8",
    "other": "#9467ad",
}
_INK, _LINE = "#4e5969", "#e5e6eb"


def written(value: float | None, show: str) -> str:
    """A number as people read it."""
    if value is None:
        return "–"
    match show:
        case "ratio":
            return f"{100 * value:.0f}%"
        case "yuan":
            return f"¥{value:,.0f}" if abs(value) >= 100 else f"¥{value:,.2f}".removesuffix(".00")
        case "seconds":
            if value < 1:
                return f"{1000 * value:.0f} 毫秒"
            return f"{value:.0f} 秒" if value < 90 else f"{value / 60:.1f} 分钟"
        case "score":
            return f"{value:.1f} 分".replace(".0 ", " ")
        case "hours":
            return f"{value:.1f} 小时"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def titled(chart: Chart) -> str:
    """The finding with the unit of the numbers, where they carry none of their own."""
    plain = chart.show not in ("ratio", "yuan", "seconds", "hours", "score")
    return f"{chart.title}（单位：{chart.unit}）" if chart.unit and plain else chart.title


def draw(chart: Chart) -> str:
    """The chart as an SVG element; heat maps are left to the console."""
    if chart.kind in ("bar", "funnel"):
        return _bars(chart)
    return _lines(chart)


def _frame(inside: str, high: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {high}" width="100%" role="img" '
        f'font-size="12" fill="{_INK}">{inside}</svg>'
    )


def _bars(chart: Chart) -> str:
    values = chart.series[0].values if chart.series else ()
    most = max((value or 0 for value in values), default=0) or 1
    color = TONES.get(chart.series[0].tone if chart.series else "now", TONES["now"])
    parts = []
    for at, (name, value) in enumerate(zip(chart.x, values, strict=False)):
        if at == 10:
            break
        y, long = 8 + at * 26, 380 * (value or 0) / most
        parts.append(f'<text x="150" y="{y + 14}" text-anchor="end">{escape(name[:14])}</text>')
        parts.append(f'<rect x="158" y="{y + 2}" width="{long:.1f}" height="16" rx="3" fill="{color}"/>')
        parts.append(f'<text x="{164 + long:.1f}" y="{y + 14}">{escape(written(value, chart.show))}</text>')
    return _frame("".join(parts), 16 + 26 * min(10, len(values)))


def _lines(chart: Chart) -> str:
    stacked = chart.kind == "stack"
    floor, most = _HIGH - 30, highest(chart) or 1
    step = (_WIDE - _LEFT - _RIGHT) / max(1, len(chart.x) - 1)
    parts = [f'<line x1="{_LEFT - 16}" x2="{_WIDE - 8}" y1="{floor}" y2="{floor}" stroke="{_LINE}"/>']
    for y, value in ((30, most), (floor, 0.0)):
        parts.append(f'<text x="{_LEFT - 20}" y="{y}" text-anchor="end">{escape(written(value, chart.show))}</text>')
    below = [0.0] * len(chart.x)
    for series in chart.series:
        color = TONES.get(series.tone, TONES["now"])
        high = [None if value is None else (_HIGH - 54) * value / most for value in series.values]
        if stacked:
            parts += _stacked(high, below, step, color)
        else:
            for run in unbroken(high):
                points = " ".join(f"{_LEFT + at * step:.1f},{floor - tall:.1f}" for at, tall in run)
                parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
                parts += [
                    f'<circle cx="{_LEFT + run[0][0] * step:.1f}" cy="{floor - run[0][1]:.1f}" r="2.5" fill="{color}"/>'
                ]
    every = -(-len(chart.x) // 8)
    for at, name in enumerate(chart.x):
        if at % every == 0:
            parts.append(
                f'<text x="{_LEFT + at * step:.1f}" y="{_HIGH - 12}" text-anchor="middle">{escape(name)}</text>'
            )
    place = _LEFT
    for series in chart.series if len(chart.series) > 1 else ():
        color = TONES.get(series.tone, TONES["now"])
        parts.append(f'<text x="{place}" y="12" fill="{color}">● {escape(series.name)}</text>')
        place += 34 + 13 * len(series.name)
    return _frame("".join(parts), _HIGH)


def _stacked(high: list[float | None], below: list[float], step: float, color: str) -> list[str]:
    """The bars of one series upon those before it; `below` grows by them."""
    wide, parts = min(26.0, 0.7 * step), []
    for at, tall in enumerate(high):
        y = _HIGH - 30 - below[at] - (tall or 0)
        x = _LEFT + at * step - wide / 2
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall or 0:.1f}" fill="{color}"/>')
        below[at] += tall or 0
    return parts


def highest(chart: Chart) -> float:
    """The highest value that is drawn: of a stack its sum."""
    columns = [[series.values[at] or 0 for series in chart.series] for at in range(len(chart.x))]
    return max((sum(column) if chart.kind == "stack" else max(column) for column in columns if column), default=0)


def unbroken(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The parts of a line between days without a value, as (place, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]
