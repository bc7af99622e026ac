"""Charts of a report as SVG."""

import re

import pytest

from xiaoer.flows.show_insights.page import Chart, Series
from xiaoer.flows.show_insights.report.drawing import draw, highest, unbroken

DAYS = tuple(f"11/{day} 周一" for day in range(1, 8))


def test_a_stack_is_drawn_as_bars_upon_each_other() -> None:
    chart = Chart("split", "t", "stack", DAYS, (Series("a", (3.0,) * 7, "bot"), Series("b", (1.0,) * 7, "people")))
    drawn = draw(chart)
    assert "<polyline" not in drawn
    bars = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn)
    (_, y, high), (_, upon, small) = bars[0], bars[7]
    assert float(y) == pytest.approx(float(upon) + float(small), abs=0.2)
    assert float(high) == pytest.approx(3 * float(small), abs=0.2)
    assert highest(chart) == 4


def test_the_last_day_has_its_whole_name() -> None:
    drawn = draw(Chart("trend", "t", "line", DAYS, (Series("a", (1.0,) * 7, "bad"),)))
    last = re.findall(r'<text x="([\d.]+)" y="\d+" text-anchor="middle">11/7 周一', drawn)
    assert float(last[0]) + 36 <= 640


def test_a_day_without_a_value_breaks_the_line() -> None:
    assert unbroken((1.0, None, 2.0, 3.0)) == [[(0, 1.0)], [(2, 2.0), (3, 3.0)]]
