"""Measures that a wish tells (尺度): 身高1米9, 180斤, 屋里50平; goods whose own figures do not reach are not shown.

A figure counts by the words of its key (适合身高, 承重, 适用面积) and its unit; what a product says nothing of is
allowed.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from xiaoer.kernel.commerce import Product

_AREA = re.compile(r"(?<![\d.])(\d{1,3})\s*(?:平|㎡|m²)(?!方?厘米|板)")
_SPAN = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:cm|厘米|kg|公斤|千克|斤|平(?:方米)?|㎡|m²)?\s*(?:-|到|至|~|—)\s*(\d+(?:\.\d+)?)"
)
_MOST = re.compile(r"(\d+(?:\.\d+)?)")
_HALF_KILO = re.compile(r"\d\s*斤")
_TALL = re.compile(r"身高")
_BEARS = re.compile(r"承重|体重|限重")
_AREA_KEY = re.compile(r"面积|适合空间|房间")


class Measures(Struct, frozen=True):
    """Of who uses it, in cm and kg; of the room, in square metres."""

    height_cm: float | None = None
    weight_kg: float | None = None
    area_m2: float | None = None


def area_in(text: str) -> float | None:
    """The size of the room that the words tell."""
    found = _AREA.search(text)
    return float(found[1]) if found else None


def reaches(product: Product, measures: Measures) -> bool:
    """Whether none of a product's own figures rules these measures out."""
    return all(
        any(low <= value <= high for low, high in spans)
        for value, key in (
            (measures.height_cm, _TALL),
            (measures.weight_kg, _BEARS),
            (measures.area_m2, _AREA_KEY),
        )
        if value is not None and (spans := list(_spans(product, key)))
    )


def _spans(product: Product, key: re.Pattern[str]) -> Iterator[tuple[float, float]]:
    """The spans that attributes of this sort allow; a single figure is the most."""
    for name, value in product.attributes.items():
        if not key.search(name):
            continue
        part = 0.5 if _HALF_KILO.search(value) else 1.0
        spans = [(float(low) * part, float(high) * part) for low, high in _SPAN.findall(value)]
        least = 0.0 if key is _AREA_KEY else None
        yield from ((least if least is not None else low, high) for low, high in spans)
        if not spans and key is not _TALL and (most := _MOST.search(value)):
            yield 0.0, float(most[1]) * part
