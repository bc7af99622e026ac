"""Red lines: what a person must take over, and what only sounds like it."""

import time
from pathlib import Path

import pytest

from xiaoer.kernel.heard import Heard, Segment, Sentiment
from xiaoer.slices.policies.red_lines import match_red_lines, parse_red_lines
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.pack import red_lines_text

RULES = parse_red_lines(red_lines_text())
FORMS = Understanding.shipped().forms
ROWS = [
    (line.split("\t")[0], line.split("\t")[1])
    for line in (Path(__file__).parent / "red_lines.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
CALM = Sentiment("neutral", 0.0)


def crossed(text: str, anger: float = 0.0, intent: str = "oos.unclear", confidence: float = 0.5) -> list[str]:
    heard = Heard((Segment(text, intent, confidence),), Sentiment("neutral", 0.0, anger), "normal")
    return [hit.rule_id for hit in match_red_lines(heard, FORMS(text), RULES)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("转人工", "human"),
        ("给我找个真人", "human"),
        ("转 人 工！", "human"),
        ("转仁工", "human"),
        ("叫你们经理过来", "human"),
        ("我要投诉你们", "complaint"),
        ("再不发货我就打12315了", "complaint"),
        ("等着收差评吧", "complaint"),
        ("我已经找律师了", "legal"),
        ("报警处理吧", "legal"),
        ("你们卖的就是假货", "fake"),
        ("用完脸上起了红疹子", "injury"),
        ("吃完上吐下泻去了医院", "injury"),
        ("充电的时候冒烟了", "danger"),
        ("你们就是一群骗子", "fraud"),
        ("你们客服骂人", "staff"),
        ("孩子偷偷拿我手机下单的", "minor"),
    ],
)
def test_words_that_cross_a_line(text: str, rule: str) -> None:
    assert rule in crossed(text)


@pytest.mark.parametrize(
    "text",
    [
        "人工费多少",
        "人工合成的还是天然的",
        "人工客服几点上班",
        "不用转人工了",
        "差评多吗",
        "你家投诉率高吗",
        "会不会过敏",
        "过敏体质能用吗",
        "不会是假货吧",
        "这个报警器响吗",
        "110斤能穿吗",
        "本来想给差评的，结果用了真香",
        "会不会漏电",
        "爆炸好吃",
        "这个多少钱",
    ],
)
def test_words_that_only_sound_like_it(text: str) -> None:
    assert crossed(text) == []


def test_an_exception_in_one_clause_does_not_excuse_the_next() -> None:
    assert "injury" in crossed("之前问过会不会过敏，结果我用完脸上起红疹子了")


def test_a_sure_intent_and_hot_anger_cross_by_themselves() -> None:
    assert crossed("这样可不行", intent="service.human", confidence=0.95) == ["human"]
    assert crossed("这样可不行", intent="service.human", confidence=0.4) == []
    assert crossed("这样可不行", anger=0.99) == ["rage"]


def test_the_hit_names_rule_reason_and_words() -> None:
    hit = match_red_lines(Heard((), CALM, "normal"), FORMS("我要转人工"), RULES)[0]
    assert (hit.rule_id, hit.reason, hit.skill) == ("human", "requested", "general")
    assert hit.matched


def test_words_alone_catch_a_red_line_in_every_disguise() -> None:
    wanted = [(rule, text) for rule, text in ROWS if rule != "-"]
    missed = [row for row in wanted if not crossed(row[1])]
    assert len(wanted) > 1000
    assert len(missed) <= 0.01 * len(wanted), missed


def test_words_with_another_meaning_are_left_alone() -> None:
    innocent = [text for rule, text in ROWS if rule == "-"]
    wrong = [(text, crossed(text)) for text in innocent if crossed(text)]
    assert len(innocent) > 600
    assert len(wrong) <= 0.01 * len(innocent), wrong


@pytest.mark.parametrize(
    ("text", "swears"),
    [
        ("给他妈买的", False),
        ("给他妈的生日礼物", False),
        ("你妈的裤子能穿吗", False),
        ("给你妈的外套多大", False),
        ("给他妈的垃圾货", True),
        ("他妈的快点发货", True),
        ("你妈的，还发不发", True),
    ],
)
def test_a_mother_is_no_swearword(text: str, swears: bool) -> None:
    assert ("rage" in crossed(text)) is swears


@pytest.mark.parametrize("text", ["转ren工", "zhuan人工", "转rengong", "投su", "tou诉你们", "举bao", "骗zi"])
def test_letters_among_the_characters_hide_nothing(text: str) -> None:
    assert crossed(text)


@pytest.mark.parametrize("text", ["枕头素色有吗", "真人同款", "家货放哪", "气炸了", "usb口在哪"])
def test_a_homophone_inside_other_words_is_no_red_line(text: str) -> None:
    assert crossed(text) == []


def test_the_decision_takes_far_less_than_five_milliseconds() -> None:
    heard = Heard((), CALM, "normal")
    spent = []
    for text in [text for _, text in ROWS[::5]] + ["我上周五在直播间买的东西一直没到，" * 20]:
        forms = FORMS(text)
        started = time.process_time()
        match_red_lines(heard, forms, RULES)
        spent.append(time.process_time() - started)
    assert sorted(spent)[int(len(spent) * 0.99)] < 0.005


@pytest.mark.parametrize(
    ("text", "is_disputed"),
    [
        ("我的退款申请被你们拒绝了，现在怎么办", True),
        ("商家拒绝了我的退款", True),
        ("退款只退了一半", True),
        ("少退了我20块", True),
        ("换了两次还是坏的", True),
        ("修好了又坏了", True),
        ("这个退货被驳回是为什么", True),
        ("申请退款会被拒绝吗", False),
        ("我拒收了，什么时候退款", False),
        ("快递被拒收了，退款呢", False),
        ("怎么申请退款", False),
        ("退款退到哪里", False),
    ],
)
def test_a_refused_or_failed_after_sale_is_for_a_person(text: str, is_disputed: bool) -> None:
    assert ("disputed" in crossed(text)) is is_disputed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("差🍎", "complaint"),
        ("举📰", "complaint"),
        ("🧱人工", "human"),
        ("ren2 gong1", "human"),
        ("zhuanrg", "human"),
        ("RenGong", "human"),
        ("投个诉", "complaint"),
        ("chа评", "complaint"),
    ],
)
def test_a_picture_stands_for_what_it_shows_and_a_tone_for_nothing(text: str, rule: str) -> None:
    assert rule in crossed(text)


@pytest.mark.parametrize(
    "text", ["苹果🍎差不多大吗", "家🏠里放的", "火🔥锅底料", "a1b2款有吗", "书📖架多高", "人👨高175"]
)
def test_a_picture_beside_ordinary_words_hides_nothing(text: str) -> None:
    assert crossed(text) == []


@pytest.mark.parametrize(
    ("text", "is_claim"), [("退1赔3", True), ("假1陪10", True), ("支持退一赔三吗", False), ("退1送3", False)]
)
def test_what_is_owed_for_a_fake_is_claimed_in_any_numerals(text: str, is_claim: bool) -> None:
    assert bool(crossed(text)) is is_claim
