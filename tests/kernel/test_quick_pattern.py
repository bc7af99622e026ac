"""QuickPattern finds what `re` finds, and passes over texts without its needles."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.kernel.quick_pattern import QuickPattern, Sieve, needles_of

PATTERNS = (
    r"(?:转|找|要)人工|叫(?:个)?人来|真人",
    r"投诉|(?<!不)举报|12315|1[23]3",
    r"[换修退]了[^，。]{0,4}还|退货(?!政策)",
    r"(.)[不没]\1|ok[!?]",
    r"a{2,3}b?|[|)]c|\|d",
    r"(?:[^a]b)+|[]x]y",
    r"x*",
)
_LETTERS = "转找要人工叫个来真投诉不举报12315退换修了还货政策好没ok!?abcd|)xy]，"


@given(st.sampled_from(PATTERNS), st.text(_LETTERS, max_size=14))
def test_what_is_found_is_what_re_finds(pattern: str, text: str) -> None:
    quick, plain = QuickPattern(pattern).search(text), re.compile(pattern).search(text)
    assert (quick and quick.span()) == (plain and plain.span())


@given(st.text(_LETTERS, max_size=14))
def test_a_sieve_keeps_every_pattern_that_matches_in_order(text: str) -> None:
    compiled = [re.compile(pattern) for pattern in PATTERNS]
    worth = Sieve(compiled).worth(text)
    assert worth == sorted(worth)
    assert {n for n, pattern in enumerate(compiled) if pattern.search(text)} <= set(worth)


def test_a_sieve_passes_over_what_shares_no_letters() -> None:
    assert Sieve([re.compile("投诉"), re.compile("退货|换货"), re.compile("发票")]).worth("我要换货") == [1]


def test_several_patterns_are_one_alternation() -> None:
    several = QuickPattern("退货", "货到|到付")
    assert (found := several.search("货到退货")) is not None and found.group() == "货到"
    assert several.search("发货") is None


def test_letters_of_any_case() -> None:
    assert QuickPattern("vip客", flags=re.IGNORECASE).search("我是VIP客户") is not None


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("投诉", {"投诉"}),
        ("[举投]报", {"举报", "投报"}),
        ("(?:赔钱|退款)吧", {"赔钱", "退款"}),
        ("a?b", {"b"}),
        (".*", None),
        ("好?", None),
        ("甲(?=乙)丙", {"甲丙"}),
    ],
)
def test_needles(pattern: str, needles: set[str] | None) -> None:
    assert needles_of(re.compile(pattern)) == needles
