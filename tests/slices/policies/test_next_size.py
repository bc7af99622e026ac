"""The next size: what the words want, and which variant that is."""

import pytest

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules.next_size import next_size, step_of


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("想换大一码", 1), ("换大1号", 1), ("小两码", -2), ("要大一点的", 1), ("有点小，换大一码", 1), ("码小了", 0),
        ("大了，换小一号", -1), ("换个颜色", 0), ("换成XL", 0), ("大个码", 1),
    ],
)  # fmt: skip
def test_how_many_sizes_the_words_want(text: str, step: int) -> None:
    assert step_of(text) == step


def _variants(axis: str, *sizes: str) -> tuple[Variant, ...]:
    return tuple(Variant(f"{c}-{s}", "P", Money(1), {"颜色": c, axis: s}, 1) for c in ("黑", "白") for s in sizes)


@pytest.mark.parametrize(
    ("axis", "sizes", "current", "step", "wanted"),
    [
        ("尺码", ("S", "M", "L", "XL", "2XL", "3XL"), "黑-XL", 1, "黑-2XL"),
        ("尺码", ("3XL", "2XL", "XL"), "白-2XL", 1, "白-3XL"),
        ("鞋码", ("35", "36", "37.5", "40"), "黑-36", 1, "黑-37.5"),
        ("尺码", ("165/88A", "170/92A"), "黑-165/88A", 1, "黑-170/92A"),
        ("尺码", ("M", "L"), "黑-L", 1, None),
        ("尺码", ("M", "L"), "黑-M", -1, None),
        ("款式", ("长款", "短款"), "黑-长款", 1, None),
        ("尺码", ("大号", "小号"), "黑-小号", 1, None),
    ],
)
def test_the_next_size_keeps_everything_else(
    axis: str, sizes: tuple[str, ...], current: str, step: int, wanted: str | None
) -> None:
    variants = _variants(axis, *sizes)
    found = next_size(variants, next(v for v in variants if v.id == current), step)
    assert (found.id if found else None) == wanted
