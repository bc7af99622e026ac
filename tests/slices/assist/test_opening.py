"""The first words that a person is offered when he takes a talk over."""

import pytest

from xiaoer.slices.assist.rules.opening import first_words, is_matter


@pytest.mark.parametrize(
    ("anger", "has_matter", "said"),
    [
        (0.0, True, "您好，我是小林。您刚才问的我来处理，前面聊的我都看了，先核对一下，马上回您。"),
        (0.0, False, "您好，我是小林。您具体想办什么，跟我说，我来处理。"),
        (0.9, True, "您好，我是小林。给您添堵了，很抱歉，这件事我来跟到底。前面聊的我都看了，先核对一下，马上回您。"),
    ],
    ids=["a-matter", "none", "angry"],
)
def test_who_he_is_and_what_he_does_first(anger: float, has_matter: bool, said: str) -> None:
    assert first_words("小林", anger, has_matter=has_matter).text == said


@pytest.mark.parametrize(
    ("intents", "matter"),
    [(["service.human"], False), (["chat.ack", "ship.urge"], True), (["oos.unclear"], False), ([], False)],
)
def test_a_call_for_a_person_is_no_matter(intents: list[str], matter: bool) -> None:
    assert is_matter(intents) is matter
