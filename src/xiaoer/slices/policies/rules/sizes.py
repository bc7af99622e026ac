"""Size advice (尺码推荐): the smallest size whose chart row holds the buyer's measures.

A chart row names a `size` and measures. A range (`height_cm: [160, 168]`, `waist_cm: [66, 74]`) is of the body; one
figure (`waist_cm: 70`) is of the goods, which must be as wide as the body. Weight says more about width than height
does about length, so when two measures point to different rows the larger decides, and who is only taller than the
chart is told his size by the other measures, and that it will be short. Nothing outside the chart is promised.
"""

from typing import Any, Literal, NamedTuple

from msgspec import Struct

from xiaoer.kernel.heard import Body

Measure = Literal[
    "height_cm", "weight_kg", "foot_length_mm", "age_months", "chest_cm", "waist_cm", "hip_cm", "shoulder_cm"
]
GIRTHS: tuple[Measure, ...] = ("chest_cm", "waist_cm", "hip_cm", "shoulder_cm")
_MEASURES: tuple[Measure, ...] = ("height_cm", "weight_kg", "foot_length_mm", "age_months", *GIRTHS)
BODY = (*_MEASURES, "age_years")
_SELF = "我"  # whose measures they are where nobody is named
_LENGTHS = ("height_cm",)  # who is beyond the chart by these alone can still wear it
_GIVE = 0.015  # of a figure of the goods: so little wider a body still goes in
_FAR_BELOW = 1.5  # steps of the chart below its first row: the goods would hang
_NEAR = 0.25  # of a range: so near its end is near


class Beyond(NamedTuple):
    """A measure that the chart does not reach: `bound` is its end, at which `above` tells the side."""

    measure: str
    value: float
    bound: float
    above: bool


class Advice(Struct, frozen=True):
    """Take `size`; `because` names the measures used, `between` a second size that also holds, `each` the size of every
    measure where they differ, `least` the smallest size that holds the width, `beyond` a length that no row holds."""

    size: str
    because: tuple[tuple[str, float], ...]
    between: str = ""
    each: tuple[tuple[str, str], ...] = ()
    least: str = ""
    beyond: Beyond | None = None


class Missing(Struct, frozen=True):
    """These measures are needed first."""

    measures: tuple[str, ...]


class OutsideChart(Struct, frozen=True):
    """The chart ends before the buyer does: `largest` and `smallest` are its ends, `beyond` where it is left."""

    smallest: str
    largest: str
    beyond: Beyond


def measures_of(told: tuple[Body, ...], before: Body) -> Body:
    """The measures now known: what was just said, completed by what was said before of the same wearer."""
    if not told:
        return before
    said = told[-1]
    if said.wearer and said.wearer != (before.wearer or _SELF) and before != Body(wearer=before.wearer):
        return said
    known = {m: now if (now := getattr(said, m)) is not None else getattr(before, m) for m in BODY}
    return Body(**known, wearer=said.wearer or before.wearer)


def advise_size(
    chart: tuple[dict[str, Any], ...], body: Body, without: tuple[str, ...] = ()
) -> Advice | Missing | OutsideChart:
    """Advise a size from a chart and the measures known so far (cm, kg, mm); columns `without` are not used."""
    charted = [m for m in _MEASURES if m not in without and any(_range(row, m) for row in chart)]
    known = {m: value for m in charted if (value := _known(body, m)) is not None}
    if not known:
        return Missing(tuple(charted[:2]) or ("height_cm", "weight_kg"))
    fits = {m: _rows(chart, m, value) for m, value in known.items()}
    beyond = [_beyond(chart, m, known[m]) for m, rows in fits.items() if not rows]
    held = {m: rows for m, rows in fits.items() if rows}
    if any(one.measure not in _LENGTHS for one in beyond) or not held:
        worst = next((one for one in beyond if one.measure not in _LENGTHS), beyond[0])
        return OutsideChart(str(chart[0]["size"]), str(chart[-1]["size"]), worst)
    common = sorted(set.intersection(*(set(rows) for rows in held.values())))
    picks = common or [max(rows[0] for rows in held.values())]
    names = [str(row["size"]) for row in chart]
    differ = not common and any(m in GIRTHS for m in held)
    wide = [rows[0] for m, rows in held.items() if m not in _LENGTHS]
    return Advice(
        names[picks[0]],
        tuple((m, known[m]) for m in held),
        names[picks[1]] if len(picks) > 1 else "",
        tuple((m, names[rows[0]]) for m, rows in held.items()) if differ else (),
        names[max(wide)] if wide else "",
        beyond[0] if beyond else None,
    )


def near_end(chart: tuple[dict[str, Any], ...], size: str, because: tuple[tuple[str, float], ...]) -> Beyond | None:
    """The measure of width that comes near the upper end of a size; None where there is room."""
    row = next(row for row in chart if str(row["size"]) == size)
    for measure, value in because:
        bounds = _range(row, measure)
        if measure in _LENGTHS or measure == "age_months" or bounds is None:
            continue
        low, high = bounds
        if high - value <= (high - low) * _NEAR and (low < high or measure in GIRTHS):
            return Beyond(measure, value, high, above=True)
    return None


def _known(body: Body, measure: Measure) -> float | None:
    if measure == "age_months" and body.age_months is None and body.age_years is not None:
        return body.age_years * 12
    value: float | None = getattr(body, measure)
    return value


def _range(row: dict[str, Any], measure: str) -> tuple[float, float] | None:
    value = row.get(measure)
    if isinstance(value, (int, float)):
        return float(value), float(value)
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(v, (int, float)) for v in value):
        return float(value[0]), float(value[1])
    return None


def _rows(chart: tuple[dict[str, Any], ...], measure: Measure, value: float) -> list[int]:
    """The rows that hold the value, smallest first; between two rows it is the next. None beyond the ends."""
    ranges = [(index, bounds) for index, row in enumerate(chart) if (bounds := _range(row, measure))]
    holding = [index for index, (low, high) in ranges if low <= value <= high]
    if holding:
        return holding
    of_goods = measure in GIRTHS and all(low == high for _, (low, high) in ranges)
    reached = value / (1 + _GIVE) if of_goods else value
    above = [index for index, (_, high) in ranges if high >= reached]
    single = len(ranges) > 1 and all(low == high for _, (low, high) in ranges)
    least = ranges[0][1][0] - (ranges[1][1][0] - ranges[0][1][0]) * _FAR_BELOW if single else ranges[0][1][0]
    return above[:1] if value >= least else []


def _beyond(chart: tuple[dict[str, Any], ...], measure: Measure, value: float) -> Beyond:
    ranges = [bounds for row in chart if (bounds := _range(row, measure))]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    return Beyond(measure, value, high if value > high else low, above=value > high)
