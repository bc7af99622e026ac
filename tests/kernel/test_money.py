"""Money parses exactly or refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.kernel.errors import InvalidMoney
from xiaoer.kernel.money import Money, round_half_up


@pytest.mark.parametrize(
    ("text", "fen"),
    [("299", 29_900), ("299.5", 29_950), ("¥1,299.00", 129_900), ("9.90元", 990), ("0.01", 1), ("-3.20", -320)],
)
def test_yuan_is_read_to_the_fen(text: str, fen: int) -> None:
    assert Money.from_yuan(text) == Money(fen)


@pytest.mark.parametrize("text", ["九块九", "", "1.005", "NaN", "Infinity", "1e30", "12..3"])
def test_an_amount_that_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(InvalidMoney) as error:
        Money.from_yuan(text)
    assert error.value.code == "invalid_money"


@given(st.integers(-(10**12), 10**12))
def test_yuan_text_reads_back_as_the_same_amount(fen: int) -> None:
    assert Money.from_yuan(Money(fen).yuan) == Money(fen)


def test_halves_round_upwards() -> None:
    assert [round_half_up(n, 2) for n in (1, 2, 3)] == [1, 1, 2]
