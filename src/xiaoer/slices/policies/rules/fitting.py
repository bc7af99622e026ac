"""Answers about size (选码): what `sizes` advises, said of the product in focus; its chart where that is asked for."""

import re

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import Act
from xiaoer.slices.policies.rules import sizes
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask

_LOOSE = re.compile(
    r"宽松|松一?点|不(?:要|想|喜欢)太?紧|(?:穿|要|喜欢)(?:的)?大一?点|[oO]versize|里面(?:要|想)?(?:加|穿)厚"
)


def advise(ask: Ask, product: Product) -> Act | None:
    """Which size, or whether the one that was named suits; None of goods without a chart."""
    if not product.size_chart:
        return None
    source = (product_source(product),)
    asked = ask.segment.entities.size
    rows = [row for row in product.size_chart if asked and str(row.get("size", "")).upper() == asked.upper()]
    body = sizes.measures_of(ask.segment.entities, ask.situation.turn.body)
    advice = sizes.advise_size(product.size_chart, body)
    if rows and isinstance(advice, sizes.Advice):
        return _check_size(ask, product, str(rows[0]["size"]), advice)
    if rows:
        return Act("answer", ask.index, "size.of_row", {"size": asked, "rows": rows}, source)
    match advice:
        case sizes.Missing(measures):
            return Act("ask", ask.index, "size.ask", {"measures": list(measures), "title": product.title}, source)
        case sizes.OutsideChart(smallest, largest):
            return Act("answer", ask.index, "size.outside", {"smallest": smallest, "largest": largest}, source)
        case sizes.Advice(size, because, between):
            missing = [m for m in ("height_cm", "weight_kg") if m not in dict(because) and _charted(product, m)]
            wider = between or _wider(product, size, ask.segment.text)
            template = "size.advice_between" if between else "size.advice_wider" if wider else "size.advice"
            slots = {"size": size, "wider": wider, "because": dict(because), "between": between, "missing": missing}
            return Act("answer", ask.index, template, slots, source)


def _wider(product: Product, size: str, text: str) -> str:
    """The next size of the chart, for who likes it loose; empty when that was not said or the chart ends."""
    order = [str(row["size"]) for row in product.size_chart]
    place = order.index(size) + 1
    return order[place] if _LOOSE.search(text) and place < len(order) else ""


def _check_size(ask: Ask, product: Product, asked: str, advice: sizes.Advice) -> Act:
    """Whether the size that was named suits the known measures, and which does when it does not."""
    order = [str(row["size"]) for row in product.size_chart]
    slots = {"asked": asked, "size": advice.size, "because": dict(advice.because)}
    if asked in (advice.size, advice.between):
        template = "size.fits"
    else:
        template = "size.too_large" if order.index(asked) > order.index(advice.size) else "size.too_small"
    return Act("answer", ask.index, template, slots, (product_source(product),))


def _charted(product: Product, measure: str) -> bool:
    return any(measure in row for row in product.size_chart)


def show_chart(ask: Ask, product: Product) -> Act | None:
    """The row of the size that was named, else the chart; None of goods without one."""
    if not product.size_chart:
        return None
    size = ask.segment.entities.size
    rows = [row for row in product.size_chart if size is None or str(row.get("size", "")).upper() == size.upper()]
    slots = {"title": product.title, "rows": rows or list(product.size_chart)}
    return Act("answer", ask.index, "size.chart", slots, (product_source(product),))
