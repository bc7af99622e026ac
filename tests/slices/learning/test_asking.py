"""Which questions count as gone wrong, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xiaoer.slices.learning.rules.asking import PastTurn, find_asks
from xiaoer.slices.learning.rules.drafting import keeps_figures, without_people
from xiaoer.slices.learning.rules.outcomes import prices_in
from xiaoer.slices.learning.types import Ask

_AT = datetime(2026, 6, 18, 12, tzinfo=UTC)


def turn(
    number: int, text: str, *acts: tuple[str, int, str, str], intent: str = "product.usage", **more: Any
) -> PastTurn:
    heard = {
        "segments": [{"text": text, "intent": intent, "confidence": more.pop("confidence", 0.9)}],
        "satisfied": more.pop("satisfied", None),
        "repeats": more.pop("repeats", 0),
    }
    trace = {"heard": heard, "acts": [list(act) for act in acts], **more}
    return PastTurn(f"t{number}", _AT + timedelta(minutes=more.get("minute", number)), trace)


def asks(*turns: PastTurn, corrections: dict[str, str] | None = None) -> list[Ask]:
    return find_asks("c1", "b1", turns, corrections or {}, 0.55, {"ship.track"}, lambda text: text)


ANSWER = ("answer", 0, "knowledge", "knowledge.hit")
MISS = ("fallback", 0, "not_found", "knowledge.miss")


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        (turn(1, "能机洗吗", MISS), ("unanswered",)),
        (turn(1, "那个那个", ("ask", 0, "unclear", "unclear")), ("unclear",)),
        (turn(1, "能机洗吗", ANSWER, knowledge={"0": [["e1", "怎么洗", 0.5]]}), ("low_confidence",)),
        (turn(1, "能机洗吗", ("ask", 0, "product.which", ""), confidence=0.3), ("low_confidence",)),
        (turn(1, "能机洗吗", handoff={"reason": "low_confidence"}), ("handed_over",)),
    ],
    ids=["no answer", "not understood", "only near", "asked back unsure", "handed over unsure"],
)
def test_a_turn_tells_itself_that_it_went_wrong(said: PastTurn, reasons: tuple[str, ...]) -> None:
    (ask,) = asks(said)
    assert ask.reasons == reasons


@pytest.mark.parametrize(
    "said",
    [
        turn(1, "能机洗吗", ANSWER, knowledge={"0": [["e1", "能机洗吗", 0.9]]}),
        turn(1, "好的谢谢", MISS, intent="chat.thanks"),
        turn(1, "转人工", MISS, intent="service.human"),
        turn(1, "我的快递到哪了", ("ask", 0, "order.which", "order.ask_number"), intent="ship.track"),
        turn(1, "能机洗吗", ("fallback", 0, "source.down", "source.unavailable")),
    ],
    ids=["a sure answer", "small talk", "a person wanted", "own parcel", "a system was down"],
)
def test_what_no_entry_could_answer_better_is_no_gap(said: PastTurn) -> None:
    assert asks(said) == []


def test_an_unhappy_buyer_blames_the_answer_before() -> None:
    good = turn(1, "能机洗吗", ANSWER, knowledge={"0": [["e1", "能机洗吗", 0.9]]})
    (ask,) = asks(good, turn(2, "不是问这个", intent="chat.negative", satisfied=False))
    assert (ask.id, ask.reasons) == ("t1:0", ("asked_again",))


WHICH = ("ask", 0, "product.which", "knowledge.which")


def test_a_question_that_a_call_for_a_person_follows_was_not_answered() -> None:
    good = turn(1, "能机洗吗", ANSWER, knowledge={"0": [["e1", "能机洗吗", 0.9]]})
    called = turn(2, "转人工", intent="service.human", handoff={"reason": "requested"})
    (ask,) = asks(good, called)
    assert (ask.id, ask.reasons) == ("t1:0", ("handed_over",))
    assert asks(called) == []


@pytest.mark.parametrize(
    ("after", "blamed"),
    [
        ((), True),
        ((turn(2, "算了", WHICH),), True),
        ((turn(2, "转人工", intent="service.human", handoff={"reason": "requested"}),), True),
        ((turn(2, "蓝色那件", ANSWER, knowledge={"0": [["e1", "能机洗吗", 0.9]]}),), False),
    ],
    ids=["the end", "asked back again", "a person called", "answered after all"],
)
def test_asking_which_product_counts_when_it_leads_nowhere(after: tuple[PastTurn, ...], blamed: bool) -> None:
    assert ("t1:0" in {ask.id for ask in asks(turn(1, "能机洗吗", WHICH), *after)}) is blamed


def test_an_unhappy_word_an_hour_later_is_about_something_else() -> None:
    good = turn(1, "能机洗吗", ANSWER, knowledge={"0": [["e1", "能机洗吗", 0.9]]})
    assert asks(good, turn(90, "不行", intent="chat.negative", satisfied=False)) == []


def test_a_correction_counts_whatever_the_turn_says() -> None:
    said = turn(1, "我的快递到哪了", ("lookup", 0, "shipment", ""), intent="ship.track")
    (ask,) = asks(said, corrections={"t1": "要说哪天到"})
    assert (ask.reasons, ask.correction) == (("corrected",), "要说哪天到")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("张先生您好，可以机洗，30 度以下", "可以机洗，30 度以下"),
        ("我是客服小林，可以机洗的", "可以机洗的"),
        ("可以的。订单 202606180001 已备注。", "可以的。"),
        ("6 月 18 日 20:00 前付款，立减 30 元", "6 月 18 日 20:00 前付款，立减 30 元"),
    ],
)
def test_a_draft_keeps_figures_and_dates_and_loses_people(said: str, kept: str) -> None:
    assert without_people(said, lambda text: text) == kept


def test_a_rewriting_may_not_change_a_figure() -> None:
    assert keeps_figures("满 200 减 30", "满 200 元立减 30 元")
    assert not keeps_figures("满 200 减 30", "满 200 元立减 50 元")


def test_prices_are_read_from_words() -> None:
    assert prices_in("到手价 ¥89.90，原价99元，包邮") == (8990, 9900)
