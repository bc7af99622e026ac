"""Feeling on our own rows: anger without a bad word, bad words without anger, praise that is meant and praise that is not."""

from pathlib import Path
from typing import Any

import pytest

from xiaoer.slices.understanding.api import Understanding

ROWS = [
    (line.split("\t")[0], line.split("\t")[1])
    for line in (Path(__file__).parent / "moods.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


# From here on a person takes over (`policies.types.Limits.anger_handoff`).
RAGE = 0.8


@pytest.fixture(scope="module")
def felt(understanding: Understanding, turn: Any) -> list[tuple[str, str, str]]:
    return [(want, understanding.understand(turn(text)).sentiment.label, text) for want, text in ROWS]


def test_negative_or_not_is_told_apart(felt: list[tuple[str, str, str]]) -> None:
    wrong = [row for row in felt if (row[0] == "negative") != (row[1] == "negative")]
    assert len(felt) > 300
    assert len(wrong) <= 0.05 * len(felt), wrong


def test_the_three_moods_are_told_apart(felt: list[tuple[str, str, str]]) -> None:
    wrong = [row for row in felt if row[0] != row[1]]
    assert len(wrong) <= 0.07 * len(felt), wrong


@pytest.mark.parametrize(
    "text",
    [
        "垃圾桶多大",
        "滚筒洗衣机能洗吗",
        "会不会掉色",
        "坏了怎么修",
        "烦请备注一下",
        "买给妈妈的，会不会闷",
        "给他妈买的能退吗",
        "你妈的裤子能穿吗",
    ],
)
def test_a_plain_question_with_a_negative_word_is_neutral(understanding: Understanding, turn: Any, text: str) -> None:
    assert understanding.understand(turn(text)).sentiment.label == "neutral"


def test_a_long_calm_story_is_not_anger(understanding: Understanding, turn: Any) -> None:
    story = (
        "上周给我妈买的电饭煲昨天到了，她今天第一次煮饭发现内胆边上有一道划痕，我看了一下还没到七天，"
        "想问问你们这种情况是换一个内胆还是要把整个锅都寄回去，她一个人在家不太会弄快递"
    )
    assert understanding.understand(turn(story)).sentiment.label != "negative"


@pytest.mark.parametrize("text", ["凭啥不包邮啊", "凭什么要我出运费", "质量差得一批 退货谁出钱", "凭什么不给退"])
def test_a_question_with_one_sharp_word_is_displeasure_not_rage(
    understanding: Understanding, turn: Any, text: str
) -> None:
    sentiment = understanding.understand(turn(text)).sentiment
    assert sentiment.label == "negative"
    assert sentiment.anger < RAGE


@pytest.mark.parametrize("text", ["凭什么不退，你们这群骗子", "垃圾店铺，凭什么扣我钱！！"])
def test_the_same_word_beside_an_oath_is_rage(understanding: Understanding, turn: Any, text: str) -> None:
    assert understanding.understand(turn(text)).sentiment.anger >= RAGE
