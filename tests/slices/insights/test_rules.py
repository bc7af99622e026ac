"""Spikes, effects, reasons, blockers, feelings and quality as tables."""

from random import Random

import pytest

from xiaoer.slices.insights.rules.blockers import blocker_of, stages_of
from xiaoer.slices.insights.rules.endings import offers_of
from xiaoer.slices.insights.rules.feelings import course_of, estimate, is_at_risk, trigger_of
from xiaoer.slices.insights.rules.quality import SHEET, review
from xiaoer.slices.insights.rules.questions import Questions, wording_key
from xiaoer.slices.insights.rules.reasons import name_reason
from xiaoer.slices.insights.rules.spikes import effect_of, find_spikes, tail
from xiaoer.slices.insights.types import Ask, Beat, Deal, Step, Talk


def talk(*asks: Ask, **values: object) -> Talk:
    beats = [b for ask in asks for b in (Beat(ask.at, "b", owner="bot"), Beat(ask.at + 900, "r"))]
    return Talk("c", "b", "web", 0, beats=tuple(beats), asks=asks, **values)  # type: ignore[arg-type]


def ask(intent: str, at: int = 0, **values: object) -> Ask:
    return Ask(at, (intent,), **values)  # type: ignore[arg-type]


def test_a_tail_of_no_spread_is_a_poissons() -> None:
    assert tail(5, 2.0, 0.0) == pytest.approx(0.052653, rel=1e-3)
    assert tail(0, 2.0, 0.1) == 1.0
    assert tail(12, 2.0, 0.5) > tail(12, 2.0, 0.0)


def test_a_topic_that_grows_alone_is_a_spike_and_a_busy_day_is_none() -> None:
    history = {f"t{n}": [4] * 28 for n in range(40)}
    calm = dict.fromkeys(history, 4)
    assert [s.topic for s in find_spikes({**calm, "t7": 24}, history, 28, 3)] == ["t7"]
    assert find_spikes(dict.fromkeys(history, 12), history, 28, 3) == []
    assert find_spikes({**calm, "t7": 24}, history, 4, 3) == []


def test_a_spike_of_yesterday_does_not_hide_todays() -> None:
    history = {f"t{n}": [3] * 28 for n in range(40)}
    history["t1"] = [30, *[3] * 27]
    assert [s.topic for s in find_spikes({**dict.fromkeys(history, 3), "t1": 28}, history, 28, 24)] == ["t1"]


def test_noise_hardly_ever_cries() -> None:
    dice, cries = Random(3), 0
    for _ in range(48):
        history = {f"t{n}": [sum(dice.random() < 0.1 for _ in range(40)) for _ in range(28)] for n in range(30)}
        now = {topic: sum(dice.random() < 0.1 for _ in range(40)) for topic in history}
        cries += len(find_spikes(now, history, 28, 3))
    assert cries == 0


def test_a_change_works_when_the_topic_falls_and_untouched_products_do_not() -> None:
    found = effect_of(80, 4, 20, 4, 200, 210)
    assert found is not None and found.works and found.times == pytest.approx(0.24, abs=0.03)
    same = effect_of(80, 4, 78, 4, 200, 210)
    assert same is not None and not same.works
    quiet = effect_of(80, 4, 40, 4, 200, 100)  # everything fell by half: the change did nothing
    assert quiet is not None and not quiet.works
    assert effect_of(2, 4, 0, 4, 200, 210) is None


@pytest.mark.parametrize(
    ("form", "said", "intents", "expected"),
    [
        ("尺码", [], [], ("size", "")),
        ("尺码", ["M码太小了，穿不进去"], [], ("size", "too_small")),
        ("不想要", ["肩膀这里太大了"], [], ("size", "too_big")),
        ("不想要", [], ["after.defect"], ("quality", "")),
        ("不想要", [], [], ("unwanted", "")),
        ("七天无理由", ["洗一次就起球"], [], ("quality", "pilling")),
        ("质量问题", ["充不进电"], [], ("quality", "not_working")),
        ("描述不符", ["颜色深很多，和图片不一样"], [], ("not_as_described", "color")),
        ("破损", ["快递压扁了"], [], ("damaged", "crushed")),
        ("少件错件", ["发错颜色了"], [], ("missing", "wrong_item")),
        ("假货", [], [], ("fake", "")),
        ("未按时发货", [], [], ("late", "")),
        ("快递问题", [], [], ("courier", "attitude")),
        ("", [], [], ("other", "")),
    ],
)
def test_words_tell_more_about_a_return_than_the_form(
    form: str, said: list[str], intents: list[str], expected: tuple[str, str]
) -> None:
    assert name_reason(form, said, intents) == expected


@pytest.mark.parametrize(
    ("asks", "expected"),
    [
        ([ask("product.detail"), ask("promo.bargain", 60_000)], "price"),
        ([ask("product.stock")], "stock"),
        ([ask("product.size_advice"), ask("chat.thanks", 60_000)], "size"),
        ([ask("product.detail"), ask("ship.eta", 60_000)], "delivery"),
        ([ask("product.warranty")], "after_sales"),
        ([ask("product.detail", answered=False)], "no_answer"),
        ([ask("product.material")], "info"),
        ([ask("after.return")], ""),
    ],
)
def test_the_last_concern_is_the_blocker(asks: list[Ask], expected: str) -> None:
    assert blocker_of(talk(*asks)) == expected


def test_a_paid_order_has_no_blocker_and_reaches_the_end_of_the_funnel() -> None:
    kept = talk(ask("price.query"), deals=(Deal("o", 1, 2, 9_900),))
    back = talk(ask("price.query"), deals=(Deal("o", 1, 2, 9_900, 9_900),))
    assert blocker_of(kept) == ""
    assert stages_of(kept)[-1] == "kept"
    assert stages_of(back)[-1] == "paid"
    assert stages_of(talk(ask("ship.track"))) == ["consulted"]


def test_what_came_just_before_the_anger_is_its_trigger() -> None:
    waited = Talk(
        "c", "b", "web", 0, beats=(Beat(0, "b"), Beat(240_000, "b")), asks=(ask("ship.when", 240_000, anger=0.8),)
    )
    assert trigger_of(waited) == "slow"
    assert trigger_of(talk(ask("ship.when", answered=False), ask("ship.when", 9_000, anger=0.7))) == "missed"
    assert trigger_of(talk(ask("ship.when", satisfied=False, anger=0.7))) == "answer"
    assert trigger_of(talk(ask("after.defect", anger=0.7))) == "matter:after.defect"
    assert trigger_of(talk(ask("after.defect"))) == ""


def test_thanks_at_the_end_outweigh_a_bad_start_and_a_rating_outweighs_all() -> None:
    bad = ask("after.defect", mood=-0.7, anger=0.6)
    settled = talk(bad, ask("chat.thanks", 60_000, mood=0.5))
    assert estimate(settled) > estimate(talk(bad, ask("after.defect", 60_000, mood=-0.7, anger=0.6)))
    assert course_of(settled) == "neg>pos"
    assert estimate(talk(bad, rating=5)) == 1.0
    assert is_at_risk(talk(ask("service.complaint")))


def test_every_deduction_has_a_reason_and_the_sheet_sums_to_a_hundred() -> None:
    assert sum(item.points for item in SHEET) == 100
    assert review(talk(ask("product.detail"))).points == 100
    rude = Talk(
        "c",
        "b",
        "web",
        0,
        beats=(Beat(0, "b", owner="agent"), Beat(300_000, "a", "amy", 4, "", ("tone.blame", "leak.wechat"))),
        steps=(Step(0, "assigned", "amy"),),
    )
    assert set(review(rude).findings) == {"slow", "rude", "banned"}
    assert review(rude).points < 60


@pytest.mark.parametrize(
    ("text", "same"),
    [("[订单号_12]", ""), ("[微笑] [强]", ""), ("https://shop.example/i.html?id=7", ""), ("能退吗[可怜]", "能退吗")],
)
def test_faces_masked_data_and_links_ask_nothing(text: str, same: str) -> None:
    assert wording_key(text) == wording_key(same)


def test_wordings_that_ask_the_same_are_one_question() -> None:
    shelf = Questions()
    for text in ("什么时候发货", "今天能开发票吗"):
        shelf.place(wording_key(text), text)
    assert shelf.place("x", "请问什么时候发货呀") == wording_key("什么时候发货")
    assert shelf.place("y", "能开发票吗") == wording_key("今天能开发票吗")
    assert shelf.place("z", "这件会起球吗") == "z"
    assert wording_key("订单 123456 什么时候发货") == wording_key("订单 987 什么时候发货")


def test_a_person_who_comes_late_after_the_hand_over_is_slow() -> None:
    handed = (Beat(0, "b", owner="bot"), Beat(1_000, "r"))
    steps = (Step(1_000, "handoff", "requested"),)
    late = Talk("c", "b", "web", 0, beats=(*handed, Beat(400_000, "a", "amy")), steps=steps)
    soon = Talk("c", "b", "web", 0, beats=(*handed, Beat(40_000, "a", "amy")), steps=steps)
    assert "slow" in review(late).findings
    assert review(soon).points == 100
    assert "unanswered" in review(Talk("c", "b", "web", 0, beats=handed, steps=steps)).findings


@pytest.mark.parametrize(
    ("asks", "beats", "finding"),
    [
        ([("ship.when", "w1", 0), ("chat.thanks", "w2", 60)], [("b", 0, ""), ("a", 20, "later"), ("b", 60, "")], ""),
        ([("ship.when", "w1", 0), ("ship.fee", "w2", 60)], [("b", 0, ""), ("a", 20, ""), ("b", 60, "")], "unanswered"),
        ([("ship.fee", "w1", 0), ("ship.fee", "w1", 60)], [("b", 0, ""), ("a", 20, ""), ("b", 60, ""), ("a", 70, "")], "missed"),
        ([("product.detail", "w1", 0), ("product.detail", "w2", 60)], [("b", 0, ""), ("a", 20, ""), ("b", 60, ""), ("a", 70, "")], ""),
        ([("service.complaint", "w1", 0)], [("b", 0, ""), ("a", 20, "")], "red_line"),
        ([("service.complaint", "w1", 0)], [("b", 0, ""), ("a", 20, "sorry")], ""),
    ],
    ids=["thanks-wait-for-nobody", "a-question-waits", "asked-again", "another-question", "brushed-off", "taken-up"],
)  # fmt: skip
def test_talks_with_people_are_reviewed_by_what_they_did(
    asks: list[tuple[str, str, int]], beats: list[tuple[str, int, str]], finding: str
) -> None:
    served = Talk(
        "c",
        "b",
        "import",
        0,
        beats=tuple(Beat(at * 1_000, who, "amy" if who == "a" else "", 4, leaves=leaves) for who, at, leaves in beats),
        asks=tuple(Ask(at * 1_000, (intent,), (word,)) for intent, word, at in asks),
    )
    assert review(served).findings == ((finding,) if finding else ())


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("给您一张20元券", True),
        ("今天满200减30的", True),
        ("这款没有活动，您看看那款也不错", True),
        ("没有优惠哦", False),
        ("没有", False),
        ("已经是最低价了亲", False),
    ],
)
def test_an_offer_is_something_off_or_something_else(text: str, offers: bool) -> None:
    assert offers_of(text) is offers


def test_a_refusal_without_an_offer_and_a_promise_that_ran_out_are_found() -> None:
    def served(*beats: Beat) -> Talk:
        return Talk("c", "b", "import", 0, beats=beats, asks=(Ask(0, ("promo.coupon",)),))

    asked, bare, kind = Beat(0, "b"), Beat(20_000, "a", "amy", offers=0), Beat(20_000, "a", "amy", offers=1)
    assert [review(served(asked, said)).findings for said in (bare, kind, Beat(20_000, "a", "amy"))] == [
        ("no_offer",),
        (),
        (),
    ]
    owing, hour = Beat(20_000, "a", "amy", offers=1, owes=3_600_000), 3_600_000
    late = served(asked, owing, Beat(2 * hour, "b"), Beat(2 * hour + 9_000, "a", "amy", offers=1))
    kept = served(
        asked,
        owing,
        Beat(hour - 9_000, "a", "amy", offers=1),
        Beat(2 * hour, "b"),
        Beat(2 * hour + 9, "a", "amy", offers=1),
    )
    assert [review(talk).findings for talk in (late, kept)] == [("promise",), ()]
