"""The second net of red lines: what tells of harm without a listed word, and what only looks like it."""

import numpy as np
import pytest

from xiaoer.kernel.heard import Heard, Sentiment, TextForms
from xiaoer.slices.policies.red_lines import match_red_lines, match_words, parse_red_lines
from xiaoer.slices.policies.stops.build import fingerprint_of, others, train, written
from xiaoer.slices.policies.stops.net import NONE, read_net, stop_net, write_net
from xiaoer.slices.understanding.api import Understanding

FORMS = Understanding.shipped().forms
CALM = Heard((), Sentiment("neutral", 0.0, 0.0), "normal")
RULES = parse_red_lines(
    """
[injury]
reason = "sensitive"
skill = "safety"
told = 0.2
patterns = ["受伤"]

[loud]
reason = "sensitive"
skill = "general"
patterns = ["哎呀呀"]
"""
)


def forms(text: str) -> TextForms:
    return TextForms(normal=text, compact=text.replace(" ", ""), pinyin="")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("擦了你家霜 半边脸又红又烫", "injury"),
        ("猫吃了你家罐头趴着不动了", "injury"),
        ("哎呀呀 擦了你家霜 半边脸又红又烫", "loud"),
        ("老公腰疼 想买个靠垫", None),
        ("这个面膜敏感肌能用吗", None),
        ("疼", None),
    ],
)
def test_words_decide_first_and_the_net_where_they_say_nothing(text: str, rule: str | None) -> None:
    hits = match_red_lines(CALM, FORMS(text), RULES)
    assert (hits[0].rule_id if hits else None) == rule
    if rule == "injury":
        assert not match_words(CALM, FORMS(text), RULES)


@pytest.mark.parametrize(
    ("plain", "typed"),
    [("我要投诉你们", "我要偷素你们"), ("帮我转人工", "帮我zhuan仁g"), ("法院见", "7诉到底")],
    ids=["homophones", "letters", "numbers"],
)
def test_what_sounds_alike_tells_alike(plain: str, typed: str) -> None:
    assert all(stop_net().told(FORMS(words)).sure >= 0.3 for words in (plain, typed))


def test_the_shipped_net_knows_the_lines_of_the_pack() -> None:
    lines = written()
    told = [(label, stop_net().told(FORMS(words))) for label, words in lines]
    assert {label for label, _ in lines} == set(stop_net().labels)
    assert stop_net().fingerprint == fingerprint_of(lines), "red_lines.tsv or stops.tsv changed: run make model"
    seen = [one.sure >= 0.3 for label, one in told if label != NONE]
    taken = [one.sure >= 0.3 for label, one in told if label == NONE]
    assert np.mean(seen) > 0.9
    assert np.mean(taken) < 0.02
    assert len(lines) > 2_000


def test_nothing_else_that_buyers_say_is_often_taken_for_harm() -> None:
    sure = [stop_net().told(FORMS(line)).sure for line in list(others())[::25]]
    assert np.mean([one >= 0.3 for one in sure]) < 0.005


def test_a_net_is_trained_written_and_read_the_same() -> None:
    things = tuple(enumerate(("锅", "壶", "灯", "刀") * 3))
    stops = [("injury", f"用了{what}手上起泡{n}") for n, what in things]
    stops += [("danger", f"{what}一插就冒火星{n}") for n, what in things]
    innocent = [f"这个{what}多少钱{n}" for n, what in things]
    built = train(stops, innocent, forms)
    data = write_net(built)
    assert data == write_net(train(stops, innocent, forms))
    read = read_net(np.frombuffer(data, np.uint8))
    assert read.labels == (NONE, "danger", "injury")
    assert read.told(forms("用了壶手上起泡")).sure == pytest.approx(built.told(forms("用了壶手上起泡")).sure, abs=1e-4)
    assert read.told(forms("用了壶手上起泡")).label == "injury"
