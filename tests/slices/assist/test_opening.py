"""The first words that a person is offered when he takes a talk over."""

import pytest

from xiaoer.slices.assist.rules.opening import first_words, is_matter


@pytest.mark.parametrize(
    ("matters", "anger", "said"),
    [
        (["催发货"], 0.0, "您好，我是小林，您问的催发货我来处理。前面聊的我都看了，先核对一下，马上回您。"),
        (
            ["退货", "退货", "运费"],
            0.0,
            "您好，我是小林，您问的退货、运费我来处理。前面聊的我都看了，先核对一下，马上回您。",
        ),
        ([], 0.0, "您好，我是小林。您具体想办什么，跟我说，我来处理。"),
        (
            ["催发货"],
            0.9,
            "您好，我是小林。给您添堵了，很抱歉，这件事我来跟到底。前面聊的我都看了，先核对一下，马上回您。",
        ),
    ],
    ids=["one", "two", "none", "angry"],
)
def test_who_he_is_and_what_it_is_about(matters: list[str], anger: float, said: str) -> None:
    assert first_words("小林", matters, anger).text == said


@pytest.mark.parametrize(
    ("intents", "matter"),
    [(["service.human"], False), (["chat.ack", "ship.urge"], True), (["oos.unclear"], False), ([], False)],
)
def test_a_call_for_a_person_is_no_matter(intents: list[str], matter: bool) -> None:
    assert is_matter(intents) is matter
