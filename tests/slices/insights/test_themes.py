"""Sub-reasons from the buyers' words: named by what they have in common, none lost, nothing put in twice."""

from collections import Counter

import pytest

from xiaoer.slices.insights.rules.reasons import pick_words
from xiaoer.slices.insights.rules.themes import Said, count_pieces, find_themes, pieces_of

QUALITY = (
    ("洗一次就起球了", 3), ("起球太厉害了", 2), ("才穿两天就起球", 2),
    ("面料好扎", 2), ("贴身穿很扎", 2), ("料子扎皮肤痒", 1),
    ("腋下开线", 1), ("收到就开线了想退", 1),
    ("颜色太土了", 1),
)  # fmt: skip
SIZE = (("太小了穿不进去", 6), ("腰那里太小了", 4), ("太大了像麻袋", 3))


def said(rows: tuple[tuple[str, int], ...]) -> list[Said]:
    return [Said(str(at), count, text) for at, (text, count) in enumerate(rows)]


def test_refunds_of_one_reason_are_put_together_by_the_word_that_tells() -> None:
    found = find_themes(said(QUALITY), count_pieces(said(SIZE)))
    assert [(theme.name, theme.count) for theme in found] == [("起球", 7), ("扎", 5), ("开线", 2)]
    assert found[0].examples[0] == "洗一次就起球了"


def test_nothing_is_counted_twice_and_what_one_buyer_said_makes_no_sub_reason() -> None:
    keys = [key for theme in find_themes(said(QUALITY), Counter()) for key in theme.keys]
    assert len(keys) == len(set(keys))
    assert str(len(QUALITY) - 1) not in keys


def test_words_that_every_reason_has_name_nothing() -> None:
    both = (("做工不好想退", 5), ("做工不好，线头多", 4), ("做工不好，有洞", 3))
    names = {theme.name for theme in find_themes(said(both), count_pieces(said((("做工不好而且偏小", 90),))))}
    assert "做工不好" not in names


@pytest.mark.parametrize("text", ["我想退货", "怎么退款呢", "亲，麻烦退一下", "收到货了", "12345", ""])
def test_asking_for_a_refund_says_no_reason(text: str) -> None:
    assert not {piece for piece in pieces_of(text) if len(piece) > 1} - {"一下"}


@pytest.mark.parametrize(
    ("lines", "reason", "words"),
    [
        (["M码太小了", "怎么退", "好的谢谢"], ("size", "too_small"), "M码太小了"),
        (["袖子短了", "也太小了", "嗯"], ("size", ""), "也太小了"),
        (["不想要了，朋友送了一个", "好"], ("other", ""), "不想要了，朋友送了一个"),
        ([], ("other", ""), ""),
    ],
)
def test_the_words_that_name_the_reason_are_kept(lines: list[str], reason: tuple[str, str], words: str) -> None:
    assert pick_words(lines, *reason) == words
