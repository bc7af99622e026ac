"""Size advice comes from the chart, or is not given."""

import pytest

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.heard import Body
from xiaoer.slices.policies.rules.size_words import Rule, rules_of
from xiaoer.slices.policies.rules.sizes import Advice, Beyond, Missing, OutsideChart, advise_size, measures_of

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
        (Body(height_cm=165, weight_kg=50), Advice("M", (("height_cm", 165), ("weight_kg", 50)), least="M")),
        (Body(height_cm=170, weight_kg=50), Advice("L", (("height_cm", 170), ("weight_kg", 50)), least="M")),
        (Body(height_cm=160, weight_kg=48), Advice("S", (("height_cm", 160), ("weight_kg", 48)), "M", least="S")),
        (Body(height_cm=170), Advice("L", (("height_cm", 170),))),
        (Body(height_cm=190, weight_kg=90), OutsideChart("S", "L", Beyond("weight_kg", 90, 65, above=True))),
        (Body(height_cm=165, weight_kg=40), OutsideChart("S", "L", Beyond("weight_kg", 40, 42, above=False))),
        (Body(height_cm=190), OutsideChart("S", "L", Beyond("height_cm", 190, 175, above=True))),
        (
            Body(height_cm=180, weight_kg=60),
            Advice("L", (("weight_kg", 60),), least="L", beyond=Beyond("height_cm", 180, 175, above=True)),
        ),
        (Body(), Missing(("height_cm", "weight_kg"))),
    ],
    ids=["fits", "taller-than-wide", "between", "height-only", "outside", "below", "tall-alone", "too-tall", "unknown"],
)
def test_advice_follows_the_chart(body: Body, outcome: object) -> None:
    assert advise_size(_CHART, body) == outcome


def test_shoes_go_by_foot_length() -> None:
    assert advise_size(_SHOES, Body(foot_length_mm=243)) == Advice("39", (("foot_length_mm", 243),), least="39")


@pytest.mark.parametrize(
    ("body", "size"),
    [(Body(waist_cm=70), "27"), (Body(waist_cm=71), "27"), (Body(waist_cm=72), "28"), (Body(hip_cm=96), "28"),
     (Body(waist_cm=69, hip_cm=97), "28")],
)  # fmt: skip
def test_goods_must_be_as_wide_as_the_body_give_or_take_a_little(body: Body, size: str) -> None:
    chart = ({"size": "27", "waist_cm": 70, "hip_cm": 94}, {"size": "28", "waist_cm": 73, "hip_cm": 97})
    advice = advise_size(chart, body)
    assert isinstance(advice, Advice)
    assert advice.size == size


def test_measures_of_another_person_do_not_mix_with_the_buyers() -> None:
    mine = measures_of((Body(height_cm=165, weight_kg=50),), Body())
    assert measures_of((Body(weight_kg=52),), mine) == Body(height_cm=165, weight_kg=52)
    assert measures_of((Body(height_cm=180, wearer="老公"),), mine) == Body(height_cm=180, wearer="老公")


@pytest.mark.parametrize(
    ("sheet", "clause", "step"),
    [
        ("正码，脚背高或脚宽拍大一码", "脚背高或脚宽拍大一码", 1),
        ("偏大，建议拍小一码", "版型偏大，建议拍小一码", -1),
        ("胯大的选大一号，别的正常", "胯大的选大一号", 1),
    ],
)
def test_a_sheet_tells_whose_size_moves_and_which_way(sheet: str, clause: str, step: int) -> None:
    assert rules_of(Product("P", "裤子", attributes={"版型": sheet})) == (Rule(clause, step),)


def test_a_child_in_years_is_read_in_months() -> None:
    assert advise_size(_BABY, Body(age_years=0.75)) == Advice("73", (("age_months", 9.0),), least="73")


def test_a_chart_without_measures_asks_for_height_and_weight() -> None:
    assert advise_size(({"size": "均码"},), Body()) == Missing(("height_cm", "weight_kg"))
