"""The gap loop: what was not answered well becomes knowledge that a person approved."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from tests.flows.learning.conftest import Talks

from xiaoer.kernel.errors import Conflict, InvalidBody
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.knowledge.types import EntryFilter
from xiaoer.slices.learning.types import GapSettings

ASKED = ("你们有实体店吗", "有没有实体店")


async def test_a_question_that_two_conversations_got_no_answer_to_is_one_gap(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    assert (row.count.conversations, row.count.buyers) == (2, 2)
    assert set(row.gap.wordings) == set(ASKED)


async def test_one_insistent_buyer_is_no_gap(talks: Talks) -> None:
    await talks.say(ASKED[0], "b1")
    assert await talks.gaps() == []


async def test_one_question_is_enough_when_a_person_answered_it(talks: Talks) -> None:
    answer = await talks.say(ASKED[0], "b1")
    await talks.agent_says(answer["conversation_id"], "您好，在的")
    await talks.agent_says(answer["conversation_id"], "王女士您好，有的，在滨江区龙湖天街 3 楼，10 点到 22 点营业")
    (row,) = await talks.gaps()
    assert row.gap.answers[0].text == "有的，在滨江区龙湖天街 3 楼，10 点到 22 点营业"
    draft = await talks.product.learning.decide.draft(talks.shop, row.gap.id)
    assert draft.question == ASKED[0]
    assert draft.answer == row.gap.answers[0].text


async def test_what_an_agent_took_back_or_said_to_gain_time_is_no_answer(talks: Talks) -> None:
    asked = await talks.say("杯子能刻字吗", "b1")
    await talks.say("转人工", "b1")
    talk = asked["conversation_id"]
    await talks.agent_says(talk, "您刚才问的我来处理，前面聊的我都看了，先核对一下，马上回您。")
    await talks.agent_says(talk, "刻字要另外加钱的")

    def recall(connection: Any) -> None:
        last = conversations.transcript(connection, talks.shop, talk)[1][-1]
        owners.recall(connection, talks.shop, talk, last.id, "小林")

    await talks.product.db.write(recall)
    await talks.agent_says(talk, "可以刻，最多 8 个字。")
    (row,) = await talks.gaps()
    assert [answer.text for answer in row.gap.answers] == ["可以刻，最多 8 个字。"]


async def test_questions_before_a_call_for_a_person_are_a_gap(talks: Talks) -> None:
    await talks.keep("鞋带可以换吗", "可以换，下单备注颜色。")
    for buyer, text in (("b1", "鞋带可以换吗"), ("b2", "鞋带能换吗")):
        await talks.say(text, buyer)
        await talks.say("转人工", buyer)
    (row,) = await talks.gaps()
    assert row.count.conversations == 2


async def test_asking_which_product_is_a_gap_until_it_is_answered(talks: Talks) -> None:
    first = await talks.say("这个防水吗", "b1")
    assert "哪" in first["replies"][0]["text"]
    await talks.say("这款防水不", "b2")
    (row,) = await talks.gaps()
    assert row.count.conversations == 2
    await talks.keep("冲锋衣防水吗", "防水，面料有压胶。")
    await talks.say("冲锋衣防水吗", "b2")
    assert await talks.gaps() == []


async def test_how_many_conversations_make_a_gap_is_adjustable(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    await talks.product.learning.save_settings(talks.shop, GapSettings(min_conversations=3, human_backed=False))
    assert await talks.gaps() == []


async def test_what_an_agent_says_that_the_bot_should_have_said_comes_first(talks: Talks) -> None:
    first = await talks.say(ASKED[0], "b1")
    await talks.agent_says(first["conversation_id"], "我们有门店的，龙湖天街三楼")
    second = await talks.say(ASKED[1], "b2")
    await talks.correct(second, "有，杭州滨江龙湖天街 3 楼，10:00 到 22:00")
    (row,) = await talks.gaps()
    assert [answer.kind for answer in row.gap.answers] == ["correction", "agent"]
    assert row.gap.answers[0].text == "有，杭州滨江龙湖天街 3 楼，10:00 到 22:00"


async def test_personal_data_is_neither_shown_nor_proposed(talks: Talks) -> None:
    answer = await talks.say("你们有实体店吗，电话 13812345678", "b1")
    await talks.agent_says(answer["conversation_id"], "有的，在龙湖天街 3 楼。我打您 13812345678 了")
    (row,) = await talks.gaps()
    shown = repr(row) + repr(await talks.product.learning.decide.draft(talks.shop, row.gap.id))
    assert "13812345678" not in shown
    assert row.gap.answers[0].text == "有的，在龙湖天街 3 楼。"


async def test_a_dismissed_gap_stays_dismissed_when_others_ask_the_same_tomorrow(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    await talks.product.learning.decide.dismiss(talks.shop, row.gap.id, "门店要关了", "店长")
    talks.clock.advance(timedelta(days=1))
    for text in ("你家有实体店没", "请问有实体店吗", "线下有门店可以逛吗", "有没有线下店", *ASKED):
        await talks.say(text)
    assert await talks.gaps() == []
    (dismissed,) = await talks.listed("dismissed")
    assert dismissed.gap.note == "门店要关了"
    assert dismissed.count.conversations >= 5


async def test_a_dismissal_without_a_reason_is_refused(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    with pytest.raises(InvalidBody):
        await talks.product.learning.decide.dismiss(talks.shop, row.gap.id, " ", "店长")


async def test_running_the_loop_again_changes_nothing(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    before = await talks.gaps()
    assert [(r.gap.id, r.count) for r in await talks.gaps()] == [(r.gap.id, r.count) for r in before]


async def test_an_approved_gap_is_answered_and_joins_the_regression_set(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    learning = talks.product.learning
    draft = await learning.decide.draft(talks.shop, row.gap.id)
    wanted = structs.replace(draft, answer="有的，龙湖天街 3 楼。")
    entry_id = await learning.decide.approve(talks.shop, row.gap.id, wanted, "店长", publish=True)
    await learning.renew(talks.shop)
    answer = await talks.say("你家有没有实体店呀")
    assert "龙湖天街 3 楼" in answer["replies"][0]["text"]
    assert await talks.gaps() == []
    (golden,) = await learning.golden(talks.shop)
    assert (golden.entry_id, golden.origin, golden.answer) == (entry_id, "approved", "有的，龙湖天街 3 楼。")
    assert [result.failure for result in await learning.guard.run(talks.shop)] == [""]


async def test_an_approved_draft_is_expected_in_the_words_that_are_published_first(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    learning, entries = talks.product.learning, talks.product.entries
    wanted = structs.replace(await learning.decide.draft(talks.shop, row.gap.id), answer="有的。")
    entry_id = await learning.decide.approve(talks.shop, row.gap.id, wanted, "店长", publish=False)
    await learning.guard.run(talks.shop)
    entry = await entries.get(talks.shop, entry_id)
    live = structs.replace(entry.draft, answer="有的，龙湖天街 3 楼。", status="published")
    entry = await entries.update(talks.shop, entry_id, live, entry.version, "店长")
    (golden,) = await learning.golden(talks.shop)
    assert (golden.answer, golden.passed) == ("有的，龙湖天街 3 楼。", True)
    with pytest.raises(Conflict):
        await entries.update(talks.shop, entry_id, structs.replace(live, answer="没有。"), entry.version, "店长")


async def test_a_gap_merged_into_an_entry_makes_its_wordings_similar_questions(talks: Talks) -> None:
    entry_id = await talks.keep("营业时间是几点", "每天 9 点到 23 点都有人。")
    for text in ("你们能帮忙刻字吗", "可以帮忙刻字吗"):
        await talks.say(text)
    (row,) = await talks.gaps()
    await talks.product.learning.decide.merge(talks.shop, row.gap.id, entry_id, "店长")
    entry = await talks.product.entries.get(talks.shop, entry_id)
    assert row.gap.question in entry.draft.similar
    assert (await talks.listed("merged"))[0].gap.entry_id == entry_id


async def test_two_clicks_make_one_entry_of_a_gap(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    decide = talks.product.learning.decide
    wanted = structs.replace(await decide.draft(talks.shop, row.gap.id), answer="有的，龙湖天街 3 楼。")
    await decide.approve(talks.shop, row.gap.id, wanted, "店长", publish=True)
    with pytest.raises(Conflict):
        await decide.approve(talks.shop, row.gap.id, wanted, "运营", publish=True)
    page = await talks.product.entries.page(talks.shop, EntryFilter(), 0, 10)
    assert [entry.draft.question for entry in page.entries] == [wanted.question]


async def test_a_gap_that_is_asked_on_may_be_decided_again(talks: Talks) -> None:
    for text in ASKED:
        await talks.say(text)
    (row,) = await talks.gaps()
    decide = talks.product.learning.decide
    wanted = structs.replace(await decide.draft(talks.shop, row.gap.id), answer="有的，龙湖天街 3 楼。")
    await decide.approve(talks.shop, row.gap.id, wanted, "店长", publish=False)
    for text in ASKED:
        await talks.say(text)
    (again,) = await talks.gaps()
    assert again.reopened
    await decide.approve(talks.shop, row.gap.id, wanted, "店长", publish=True)


async def test_a_correction_puts_the_entry_right_that_said_it_wrongly(talks: Talks) -> None:
    entry_id = await talks.keep("你们有实体店吗", "没有实体店。")
    answer = await talks.say("有没有实体店", "b1")
    await talks.correct(answer, "有的，龙湖天街 3 楼。")
    (row,) = await talks.gaps()
    decide = talks.product.learning.decide
    await decide.merge(talks.shop, row.gap.id, entry_id, "店长", row.gap.answers[0].text)
    await talks.product.learning.renew(talks.shop)
    assert "龙湖天街" in (await talks.say("有没有实体店", "b2"))["replies"][0]["text"]
    assert len((await talks.product.entries.page(talks.shop, EntryFilter(), 0, 10)).entries) == 1
