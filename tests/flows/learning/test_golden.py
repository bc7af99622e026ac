"""The regression set guards publishing."""

import pytest
from msgspec import structs
from tests.flows.learning.conftest import Talks

from xiaoer.flows.publish_knowledge.guard import GoldenBroken
from xiaoer.infra import audit
from xiaoer.slices.knowledge.guarded import overriding
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.learning.types import Golden


async def guarded(talks: Talks) -> str:
    """An entry, and a golden question that it answers."""
    entry_id = await talks.keep("你们有实体店吗", "有的，龙湖天街 3 楼。")
    made = Golden("", "有没有实体店", entry_id, must_contain=("3 楼",))
    assert (await talks.product.learning.keep_golden(talks.shop, made, "店长")).passed
    return entry_id


async def change(talks: Talks, entry_id: str, **fields: object) -> None:
    entry = await talks.product.entries.get(talks.shop, entry_id)
    draft = structs.replace(entry.draft, **fields)
    await talks.product.entries.update(talks.shop, entry_id, draft, entry.version, "运营")


@pytest.mark.parametrize(
    "fields",
    [{"answer": "有的，欢迎来逛。"}, {"status": "archived"}, {"channel": "douyin"}],
    ids=["says something else", "is taken out", "for another channel only"],
)
async def test_a_change_that_breaks_a_golden_question_is_refused(talks: Talks, fields: dict[str, object]) -> None:
    entry_id = await guarded(talks)
    before = await talks.product.entries.get(talks.shop, entry_id)
    with pytest.raises(GoldenBroken, match="有没有实体店"):
        await change(talks, entry_id, **fields)
    assert await talks.product.entries.get(talks.shop, entry_id) == before


async def test_taking_many_entries_out_is_refused_like_taking_out_one(talks: Talks) -> None:
    entry_id = await guarded(talks)
    with pytest.raises(GoldenBroken):
        await talks.product.entries.set_status(talks.shop, [entry_id], "archived", "运营")


async def test_a_new_entry_that_takes_the_question_over_is_refused(talks: Talks) -> None:
    await guarded(talks)
    with pytest.raises(GoldenBroken):
        await talks.product.entries.create(talks.shop, EntryDraft("有没有实体店", "没有，只在网上卖。"), "运营")


async def test_a_change_that_breaks_nothing_is_published(talks: Talks) -> None:
    entry_id = await guarded(talks)
    await change(talks, entry_id, answer="有的，滨江龙湖天街 3 楼，10 点开门。")
    assert "10 点开门" in (await talks.product.entries.get(talks.shop, entry_id)).answer


async def test_an_override_with_a_reason_is_published_and_audited(talks: Talks) -> None:
    entry_id = await guarded(talks)
    with overriding("门店搬家了"):
        await change(talks, entry_id, answer="有的，银泰 5 楼。")
    (line,) = await talks.product.db.read(lambda c: audit.page(c, talks.shop, action="knowledge.golden_override"))
    assert (line.who, line.detail["reason"]) == ("运营", "门店搬家了")
    assert len(line.detail["golden"]) == 1


async def test_the_list_of_golden_questions_shows_what_a_publishing_did_to_them(talks: Talks) -> None:
    entry_id = await guarded(talks)
    with overriding("门店搬家了"):
        await change(talks, entry_id, answer="有的，银泰 5 楼。")
    (broken,) = await talks.product.learning.golden(talks.shop)
    assert (broken.passed, broken.failure != "") == (False, True)
    await change(talks, entry_id, answer="有的，龙湖天街 3 楼。")
    (mended,) = await talks.product.learning.golden(talks.shop)
    assert (mended.passed, mended.failure) == (True, "")


async def test_a_question_that_fails_already_stops_nobody(talks: Talks) -> None:
    await talks.product.learning.keep_golden(talks.shop, Golden("", "能货到付款吗", must_contain=("货到付款",)), "店长")
    entry_id = await talks.keep("你们有实体店吗", "有的。")
    await change(talks, entry_id, answer="没有。")
    assert (await talks.product.entries.get(talks.shop, entry_id)).answer == "没有。"


async def test_a_draft_is_never_stopped(talks: Talks) -> None:
    await guarded(talks)
    draft = EntryDraft("有没有实体店", "没有，只在网上卖。", status="draft")
    assert (await talks.product.entries.create(talks.shop, draft, "运营")).draft.status == "draft"


async def test_a_check_of_all_tells_what_fails_and_why(talks: Talks) -> None:
    await guarded(talks)
    wrong = Golden("", "有没有实体店", must_not_contain=("3 楼",))
    kept = await talks.product.learning.keep_golden(talks.shop, wrong, "店长")
    assert kept.passed is False
    failures = {r.golden.id: r.failure for r in await talks.product.learning.guard.run(talks.shop)}
    assert failures[kept.id] == "回答里不该有「3 楼」，现在有"
    assert sum(bool(failure) for failure in failures.values()) == 1


async def approved(talks: Talks, answer: str, **fields: object) -> str:
    """An entry whose words somebody approved."""
    entry_id = await talks.keep("你们有实体店吗", answer, **fields)
    made = Golden("", "有没有实体店", entry_id, answer)
    assert (await talks.product.learning.keep_golden(talks.shop, made, "店长")).passed
    return entry_id


async def test_other_words_than_the_approved_ones_are_refused_with_both_side_by_side(talks: Talks) -> None:
    entry_id = await approved(talks, "有的，龙湖天街 3 楼。")
    with pytest.raises(GoldenBroken) as refused:
        await change(talks, entry_id, answer="有的，龙湖天街 3 楼，周一休息。")
    (one,) = refused.value.against
    assert (one.question, one.before, one.after) == (
        "有没有实体店", "有的，龙湖天街 3 楼。", "有的，龙湖天街 3 楼，周一休息。",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "stops"),
    [
        ("有的， 龙湖天街3楼", False),
        ("有的，龙湖天街 3 楼！", False),
        ("有的，龙湖天街 3.5 楼。", True),
        ("没有，龙湖天街 3 楼。", True),
        ("有的，{店铺名}在龙湖天街 3 楼。", True),
    ],
    ids=["spaces", "a mark", "a mark between figures", "a word", "a variable"],
)
async def test_layout_is_no_change_of_what_is_said(talks: Talks, answer: str, stops: bool) -> None:
    entry_id = await approved(talks, "有的，龙湖天街 3 楼。")
    if stops:
        with pytest.raises(GoldenBroken):
            await change(talks, entry_id, answer=answer)
    else:
        await change(talks, entry_id, answer=answer)


async def test_a_live_figure_may_change_without_anybodys_approval(talks: Talks) -> None:
    await approved(talks, "有的，龙湖天街 3 楼。{客服时间}有人。")
    await talks.product.shops.ensure_shop(talks.shop, "换了名字")
    assert [result.failure for result in await talks.product.learning.guard.run(talks.shop)] == [""]


async def test_who_insists_on_new_words_has_approved_them(talks: Talks) -> None:
    entry_id = await approved(talks, "有的，龙湖天街 3 楼。")
    with overriding("就按新的"):
        await change(talks, entry_id, answer="有的，银泰 5 楼。")
    (one,) = await talks.product.learning.golden(talks.shop)
    assert (one.answer, one.passed, one.failure) == ("有的，银泰 5 楼。", True, "")
    (line,) = await talks.product.db.read(lambda c: audit.page(c, talks.shop, action="knowledge.golden_override"))
    assert line.detail["renewed"] == [one.id]
    with pytest.raises(GoldenBroken):
        await change(talks, entry_id, answer="有的，龙湖天街 3 楼。")


async def test_words_that_are_said_on_another_channel_only_are_not_the_approved_ones(talks: Talks) -> None:
    entry_id = await approved(talks, "有的，龙湖天街 3 楼。")
    await change(talks, entry_id, channel_answers={"douyin": "有的，小黄车里也有。"})
    with pytest.raises(GoldenBroken):
        await change(talks, entry_id, channel_answers={"web": "没有。"})
