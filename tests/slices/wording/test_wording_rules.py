"""What a shop may teach."""

import pytest

from xiaoer.slices.wording.rules import WordingRefused, check
from xiaoer.slices.wording.types import Wording

KNOWN = ("ship.when", "promo.discount")


@pytest.mark.parametrize(
    "value",
    [
        Wording("", "word", "节", "活动"),
        Wording("", "word", "薅薅节", ""),
        Wording("", "word", "薅薅节", "薅薅节活动"),
        Wording("", "word", "老词", "活动"),
        Wording("", "intent", "", "", "ship.soon", ("几时发",)),
        Wording("", "intent", "", "", "shop.Taster", ("试吃",)),
        Wording("", "intent", "", "", "ship.when", ("  ",)),
        Wording("", "intent", "", "", "promo.discount", ("打折吗",)),
    ],
    ids=["one-character", "no-meaning", "holds-itself", "twice", "unknown", "odd-code", "no-sentence", "intent-twice"],
)
def test_a_lesson_that_would_do_harm_is_refused(value: Wording) -> None:
    taught = [Wording("1", "word", "老词", "活动"), Wording("2", "intent", "", "", "promo.discount", ("有活动吗",))]
    with pytest.raises(WordingRefused):
        check(value, KNOWN, taught)


def test_a_lesson_is_tidied_and_may_be_changed() -> None:
    taught = [Wording("1", "intent", "试吃官", "", "shop.taster", ("想试吃",))]
    changed = check(
        Wording("1", "intent", "试吃官", "", "shop.taster", ("想试吃", " 想试吃 ", "报名试吃")), KNOWN, taught
    )
    assert changed.examples == ("想试吃", "报名试吃")
