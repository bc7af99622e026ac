"""Which entries may be kept, and what the editor is told when one may not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.slices.knowledge import rules
from xiaoer.slices.knowledge.types import EntryDraft

_EIGHT = datetime(2026, 6, 18, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (EntryDraft("", "今天发货"), "question is empty"),
        (EntryDraft(" \n\t ", "今天发货"), "question is empty"),
        (EntryDraft("几时发货", "   "), "answer is empty"),
        (EntryDraft("问" * 501, "今天发货"), "501 characters"),
        (EntryDraft("几时发货", "答" * 20_001), "20001 characters"),
        (EntryDraft("几时发货", "今天", similar=tuple(f"问法{n}" for n in range(201))), "201 similar"),
        (EntryDraft("几时发货", "今天", similar=("问" * 501,)), "similar question is 501"),
        (EntryDraft("几时发货", "今天", valid_from=_EIGHT, valid_to=_EIGHT), "before it starts"),
        (EntryDraft("几时发货", "今天", valid_from=_EIGHT, valid_to=_EIGHT - timedelta(days=1)), "before it starts"),
        (EntryDraft("几时发货", "今天", category="类" * 101), "category is longer"),
        (EntryDraft("几时发货", "今天", status="live"), "not a status"),  # type: ignore[arg-type]
        (EntryDraft("几时发货", "今天", attachments=({"url": "/a"},)), "no known type"),
        (EntryDraft("几时发货", "今天", attachments=({"type": "image", "url": "javascript:alert(1)"},)), "web address"),
        (EntryDraft("几时发货", "今天", attachments=({"type": "link", "url": "/a"},)), "title of the attachment"),
        (EntryDraft("几时发货", "今天", order_state="paid|lost"), "“lost” is not an order state"),
        (EntryDraft("几时发货", "今天", channel_answers={"web": " "}), "answer on web is empty"),
        (EntryDraft("几时发货", "今天", valid_to=_EIGHT.replace(year=2200)), "2000 and 2099"),
        (EntryDraft("几时发货", "今天", attachments=({"type": "image", "url": "/a"},) * 11), "11 attachments"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unfit_entry_is_refused_with_the_reason(draft: EntryDraft, says: str) -> None:
    with pytest.raises(rules.InvalidEntry, match=says):
        rules.check_entry(draft)


def test_the_longest_allowed_texts_pass() -> None:
    draft = EntryDraft("问" * 500, "答" * 20_000, similar=tuple(f"问法{n}" for n in range(200)))
    assert rules.check_entry(draft) == draft


def test_similar_questions_lose_blanks_and_repeats() -> None:
    draft = rules.check_entry(EntryDraft(" 几时 发货 ", "今天\r\n发", similar=("啥时发", "", "啥时发 ", "几时 发货")))
    assert (draft.question, draft.answer, draft.similar) == ("几时 发货", "今天\n发", ("啥时发",))


def test_an_unknown_variable_is_refused_by_name() -> None:
    with pytest.raises(rules.UnknownVariable) as refused:
        rules.check_entry(EntryDraft("几时发货", "付款后{发货时间}发，{寄件时间}到"))
    assert refused.value.name == "寄件时间"


@pytest.mark.parametrize("answer", ["付款后{发货时间}内发出", "用 {} 括起来", "像 { 优惠券 } 的空格", "{\n}"])
def test_known_variables_and_plain_braces_pass(answer: str) -> None:
    assert rules.check_entry(EntryDraft("几时发货", answer)).answer == answer


def test_html_in_an_answer_stays_text() -> None:
    answer = "<script>alert(1)</script><b>今天发</b>"
    assert rules.check_entry(EntryDraft("几时发货", answer)).answer == answer


@pytest.mark.parametrize(
    ("name", "value", "own", "error"),
    [
        ("甲", "见{甲}", {}, rules.CyclicVariable),
        ("丙", "见{甲}", {"甲": "见{乙}", "乙": "见{丙}"}, rules.CyclicVariable),
        ("甲", "见{丁}", {}, rules.UnknownVariable),
        ("", "三天", {}, rules.InvalidEntry),
        ("有 空格", "三天", {}, rules.InvalidEntry),
        ("甲", "长" * 2_001, {}, rules.InvalidEntry),
    ],
    ids=["itself", "circle-of-three", "unknown", "empty", "space", "long"],
)
def test_a_bad_variable_is_refused(name: str, value: str, own: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        rules.check_variable(name, value, own)


def test_own_variables_are_written_out_and_live_ones_wait_for_the_answer() -> None:
    values = {"大仓": "杭州仓", "发货说明": "从{大仓}发"}
    assert rules.expand("{发货说明}，{发货时间}到", values | {"发货时间": "48小时内"}) == "从杭州仓发，{发货时间}到"


@pytest.mark.parametrize(
    ("seconds", "live"), [(-1, False), (0, True), (3599, True), (3600, False)], ids=["before", "first", "last", "after"]
)
def test_validity_is_half_open_and_to_the_second(seconds: int, live: bool) -> None:
    draft = EntryDraft("几时发货", "今天", valid_from=_EIGHT, valid_to=_EIGHT + timedelta(hours=1))
    assert rules.is_live(draft, _EIGHT + timedelta(seconds=seconds)) is live


def test_a_difference_names_the_fields_that_changed() -> None:
    changes = rules.diff_drafts(EntryDraft("几时发货", "今天"), EntryDraft("几时发货", "明天", category="发货"))
    assert [(c.field, c.before, c.after) for c in changes] == [("answer", "今天", "明天"), ("category", "", "发货")]


@given(st.text(), st.text(), st.lists(st.text(), max_size=5))
def test_any_text_is_either_kept_or_refused(question: str, answer: str, similar: list[str]) -> None:
    draft = EntryDraft(question, answer, tuple(similar))
    try:
        kept = rules.check_entry(draft)
    except rules.InvalidEntry:
        kept = None
    seen = [re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text).strip() for text in (question, answer)]
    fit = all(seen) and not rules.variables_in(answer)
    assert kept is not None if fit else kept is None or rules.variables_in(answer)
    assert kept is None or rules.check_entry(kept) == kept
