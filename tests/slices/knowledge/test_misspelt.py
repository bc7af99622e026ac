"""What somebody may have meant who typed a wrong letter of pinyin."""

import pytest

from xiaoer.slices.knowledge.misspelt import Syllables

_SHOP = Syllables([["tui", "huo"], ["yun", "fei", "xian"], ["fa", "piao"], ["huo", "dong"]])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tuihou", "tuihuo"),
        ("yunfeixan", "yunfeixian"),
        ("yunnfeixian", "yunfeixian"),
        ("fapiap", "fapiao"),
    ],
    ids=["swapped", "left out", "one too many", "a wrong one"],
)
def test_one_mistake_is_forgiven(typed: str, meant: str) -> None:
    assert _SHOP.meant(typed)[0] == meant


@pytest.mark.parametrize(
    "typed", ["tuu", "dongtui", "shoujihao", "a" * 40], ids=["short", "no pair", "unknown", "long"]
)
def test_what_no_text_of_the_shop_holds_is_not_guessed(typed: str) -> None:
    assert _SHOP.meant(typed) == []
