"""The second net of red lines: what tells of harm without a listed word, and what only looks like it."""

import numpy as np
import pytest

from xiaoer.kernel.heard import Heard, Sentiment, TextForms
from xiaoer.slices.policies.red_lines import match_red_lines, match_words, parse_red_lines
from xiaoer.slices.policies.stops.build import fingerprint_of, others, train, written
from xiaoer.slices.policies.stops.net import NONE, read_net, stop_net, write_net

CALM = Heard((), Sentiment("neutral", 0.0, 0.0), "normal")
RULES = parse_red_lines(
    """
[injury]
reason = "sensitive"
skill = "safety"
told = 0.3
patterns = ["受伤"]

[loud]
reason = "sensitive"
skill = "general"
patterns = ["喂喂喂"]
"""
)


def forms(text: str) -> TextForms:
    return TextForms(normal=text, compact=text.replace(" ", ""), pinyin="")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("擦了你家霜 半边脸又红又烫", "injury"),
        ("猫吃了你家罐头趴着不动了", "injury"),
        ("喂喂喂 擦了你家霜 半边脸又红又烫", "loud"),
        ("老公腰疼 想买个靠垫", None),
        ("这个面膜敏感肌能用吗", None),
        ("疼", None),
    ],
)
def test_words_decide_first_and_the_net_where_they_say_nothing(text: str, rule: str | None) -> None:
    hits = match_red_lines(CALM, forms(text), RULES)
    assert (hits[0].rule_id if hits else None) == rule
    if rule == "injury":
        assert not match_words(CALM, forms(text), RULES)


def test_the_shipped_net_knows_the_lines_of_the_pack() -> None:
    lines = written()
    told = [(label, stop_net().told(words)) for label, words in lines]
    assert {label for label, _ in lines} == set(stop_net().labels)
    assert stop_net().fingerprint == fingerprint_of(lines), "stops.tsv changed: run make model"
    seen = [one.sure >= 0.3 for label, one in told if label != NONE]
    taken = [one.sure >= 0.3 for label, one in told if label == NONE]
    assert np.mean(seen) > 0.9
    assert np.mean(taken) < 0.02
    assert len(lines) > 2_000


def test_nothing_else_that_buyers_say_is_often_taken_for_harm() -> None:
    sure = [stop_net().told(line).sure for line in list(others())[::25]]
    assert np.mean([one >= 0.3 for one in sure]) < 0.005


def test_a_net_is_trained_written_and_read_the_same() -> None:
    things = tuple(enumerate(("锅", "壶", "灯", "刀") * 3))
    stops = [("injury", f"用了{what}手上起泡{n}") for n, what in things]
    stops += [("danger", f"{what}一插就冒火星{n}") for n, what in things]
    innocent = [f"这个{what}多少钱{n}" for n, what in things]
    built = train(stops, innocent, str)
    data = write_net(built)
    assert data == write_net(train(stops, innocent, str))
    read = read_net(np.frombuffer(data, np.uint8))
    assert read.labels == (NONE, "danger", "injury")
    assert read.told("用了壶手上起泡").sure == pytest.approx(built.told("用了壶手上起泡").sure, abs=1e-4)
    assert read.told("用了壶手上起泡").label == "injury"
