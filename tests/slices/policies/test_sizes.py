"""Size advice comes from the chart, or is not given."""

import pytest

from xiaoer.kernel.heard import Entities
from xiaoer.slices.policies.rules.sizes import Advice, Missing, OutsideChart, advise_size

_CHART = (
    {"size": "S", "height_cm": [155, 160], "weight_kg": [42, 48]},
    {"size": "M", "height_cm": [160, 168], "weight_kg": [48, 56]},
    {"size": "L", "height_cm": [168, 175], "weight_kg": [56, 65]},
)
_SHOES = ({"size": "38", "foot_length_mm": 240}, {"size": "39", "foot_length_mm": 245})
_BABY = ({"size": "66", "age_months": [3, 6]}, {"size": "73", "age_months": [6, 12]})


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (Entities(height_cm=165, weight_kg=50), Advice("M", (("height_cm", 165), ("weight_kg", 50)))),
        (Entities(height_cm=170, weight_kg=50), Advice("L", (("height_cm", 170), ("weight_kg", 50)))),
        (Entities(height_cm=160, weight_kg=48), Advice("S", (("height_cm", 160), ("weight_kg", 48)), "M")),
        (Entities(height_cm=170), Advice("L", (("height_cm", 170),))),
        (Entities(height_cm=190, weight_kg=90), OutsideChart("S", "L")),
        (Entities(), Missing(("height_cm", "weight_kg"))),
    ],
    ids=["fits", "taller-than-wide", "between", "height-only", "outside", "nothing-known"],
)
def test_advice_follows_the_chart(body: Entities, outcome: object) -> None:
    assert advise_size(_CHART, body) == outcome


def test_shoes_go_by_foot_length() -> None:
    assert advise_size(_SHOES, Entities(foot_length_mm=245)) == Advice("39", (("foot_length_mm", 245),))


def test_a_child_in_years_is_read_in_months() -> None:
    assert advise_size(_BABY, Entities(age_years=0.75)) == Advice("73", (("age_months", 9.0),))


def test_a_chart_without_measures_asks_for_height_and_weight() -> None:
    assert advise_size(({"size": "均码"},), Entities()) == Missing(("height_cm", "weight_kg"))
