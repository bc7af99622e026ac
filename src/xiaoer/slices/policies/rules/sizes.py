"""Size advice (尺码推荐): the smallest size whose chart row holds the buyer's measures.

A chart row names a `size` and ranges such as `height_cm: [160, 168]`, `weight_kg: [48, 56]`,
`foot_length_mm: [240, 245]`. Weight says more about width than height does about length, so when two
measures point to different rows the heavier one decides, and the advice says so. Nothing outside the
chart is promised.
"""

from typing import Any, Literal

from msgspec import Struct

from xiaoer.kernel.heard import Entities

Measure = Literal["height_cm", "weight_kg", "foot_length_mm", "age_months"]
BODY = ("height_cm", "weight_kg", "foot_length_mm", "age_months", "age_years")
_MEASURES: tuple[Measure, ...] = ("height_cm", "weight_kg", "foot_length_mm", "age_months")


class Advice(Struct, frozen=True):
    """Take `size`; `because` names the measures used, `between` a second size that also holds."""

    size: str
    because: tuple[tuple[str, float], ...]
    between: str = ""


class Missing(Struct, frozen=True):
    """These measures are needed first."""

    measures: tuple[str, ...]


class OutsideChart(Struct, frozen=True):
    """The chart ends before the buyer does: `largest` and `smallest` are its ends."""

    smallest: str
    largest: str


def measures_of(said: Entities, before: Entities) -> Entities:
    """The measures now known: what was just said, completed by what was said before."""
    return Entities(**{m: now if (now := getattr(said, m)) is not None else getattr(before, m) for m in BODY})


def advise_size(chart: tuple[dict[str, Any], ...], body: Entities) -> Advice | Missing | OutsideChart:
    """Advise a size from a chart and the measures known so far (cm, kg, mm)."""
    charted = [m for m in _MEASURES if any(_range(row, m) for row in chart)]
    known = {m: value for m in charted if (value := _known(body, m)) is not None}
    if not known:
        return Missing(tuple(charted[:2]) or ("height_cm", "weight_kg"))
    fits = {m: [index for index, row in enumerate(chart) if _holds(row, m, value)] for m, value in known.items()}
    if any(not rows for rows in fits.values()):
        return OutsideChart(str(chart[0]["size"]), str(chart[-1]["size"]))
    common = sorted(set.intersection(*(set(rows) for rows in fits.values())))
    picks = common or [max(rows[0] for rows in fits.values())]
    between = str(chart[picks[1]]["size"]) if len(picks) > 1 else ""
    return Advice(str(chart[picks[0]]["size"]), tuple(known.items()), between)


def _known(body: Entities, measure: Measure) -> float | None:
    if measure == "age_months" and body.age_months is None and body.age_years is not None:
        return body.age_years * 12
    value: float | None = getattr(body, measure)
    return value


def _range(row: dict[str, Any], measure: Measure) -> tuple[float, float] | None:
    value = row.get(measure)
    if isinstance(value, (int, float)):
        return float(value), float(value)
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(v, (int, float)) for v in value):
        return float(value[0]), float(value[1])
    return None


def _holds(row: dict[str, Any], measure: Measure, value: float) -> bool:
    bounds = _range(row, measure)
    return bounds is not None and bounds[0] <= value <= bounds[1]
