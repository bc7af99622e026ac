"""Replay before publish: what would change for real buyers, and that looking changes nothing."""

from typing import Any, Literal

import pytest
from msgspec import structs
from sqlalchemy import func, select
from tests.flows.learning.conftest import Talks

from xiaoer.flows.publish_knowledge.guard import GoldenBroken
from xiaoer.flows.replay_changes.replay import Proposal, ProposedEntry
from xiaoer.infra.db import metadata
from xiaoer.kernel.errors import Conflict, Forbidden, NotFound
from xiaoer.slices.knowledge.guarded import overriding
from xiaoer.slices.knowledge.rules import InvalidEntry
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.learning.store import replays
from xiaoer.slices.learning.types import Difference, Golden, Replay
from xiaoer.slices.policies.own_red_lines import OwnRule, RuleBook

SHOP = "你们有实体店吗"


async def rehearse(
    talks: Talks, proposal: Proposal, baseline: Literal["now", "then"] = "now"
) -> tuple[Replay, list[Difference]]:
    """Run a replay as its job would."""
    learning = talks.product.learning
    begun = await learning.proposals.begin(talks.shop, "试试", proposal, baseline, 7, "运营")
    done = await learning.replay(talks.shop, begun.id)
    found, _ = await learning.differences(talks.shop, done.id, "", "", 0, 100)
    return done, found


async def edited(talks: Talks, entry_id: str, **fields: Any) -> Proposal:
    """The proposal to change an entry."""
    entry = await talks.product.entries.get(talks.shop, entry_id)
    return Proposal((ProposedEntry(entry_id, entry.version, structs.replace(entry.draft, **fields)),))


async def rows(talks: Talks) -> dict[str, int]:
    """How many rows every table has, but those of learning and of the jobs."""
    tables = [t for t in metadata.sorted_tables if not t.name.startswith(("learning_", "jobs"))]
    return await talks.product.db.read(
        lambda c: {t.name: c.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
    )


async def test_a_changed_answer_is_shown_side_by_side_with_its_price(talks: Talks) -> None:
    entry_id = await talks.keep("刻字多少钱", "刻字每件 20 元。")
    await talks.say("刻字多少钱呀")
    await talks.say("你好")
    done, found = await rehearse(talks, await edited(talks, entry_id, answer="刻字每件 15 元。"))
    assert (done.status, done.total, done.changed) == ("done", 2, 1)
    assert done.counts == {"price": 1, "answer": 1}
    assert (found[0].before.text, found[0].after.text) == ("刻字每件 20 元。", "刻字每件 15 元。")


async def test_a_new_entry_turns_misses_into_answers(talks: Talks) -> None:
    await talks.say(SHOP)
    new = Proposal((ProposedEntry("", 0, EntryDraft("有没有实体店", "有的，龙湖天街 3 楼。")),))
    done, found = await rehearse(talks, new)
    assert done.counts["gained"] == 1
    assert "3 楼" in found[0].after.text


async def test_a_new_red_line_shows_whom_it_would_hand_over(talks: Talks) -> None:
    await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    await talks.say(SHOP)
    book = RuleBook((OwnRule("r1", "门店", ("实体店",)),))
    done, found = await rehearse(talks, Proposal(book=book))
    assert done.counts["handoff"] == 1
    assert (found[0].before.handoff, found[0].after.handoff) == ("", "sensitive")


async def test_nothing_changes_when_nothing_that_was_asked_is_touched(talks: Talks) -> None:
    entry_id = await talks.keep("几点发货", "每天 16 点前付款当天发。")
    await talks.say(SHOP)
    await talks.say("多少钱")
    done, found = await rehearse(talks, await edited(talks, entry_id, answer="每天 17 点前付款当天发。"))
    assert (done.changed, found) == (0, [])


async def test_with_the_baseline_then_the_first_side_is_what_was_said(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    await talks.say(SHOP)
    entry = await talks.product.entries.get(talks.shop, entry_id)
    await talks.product.entries.update(
        talks.shop, entry_id, structs.replace(entry.draft, answer="有的，银泰 5 楼。"), entry.version, "运营"
    )
    await talks.product.knowledge.refresh(talks.shop)
    _, found = await rehearse(talks, Proposal(), "then")
    assert ("龙湖" in found[0].before.text, "银泰" in found[0].after.text) == (True, True)


async def test_a_replay_writes_nothing_but_its_own_rows(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    for text in (SHOP, "转人工", "便宜点行不行", "我的快递到哪了", "我要退货"):
        await talks.say(text, "b1")
    before = await rows(talks)
    await rehearse(talks, await edited(talks, entry_id, answer="没有。"))
    assert await rows(talks) == {**before}


async def test_what_a_person_held_is_left_out(talks: Talks) -> None:
    await talks.say("转人工", "b1")
    await talks.say(SHOP, "b1")
    done, _ = await rehearse(talks, Proposal((ProposedEntry("", 0, EntryDraft(SHOP, "有的。")),)))
    assert done.total == 1


async def test_approving_publishes_all_at_once(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    await talks.say(SHOP)
    done, _ = await rehearse(talks, await edited(talks, entry_id, answer="有的，银泰 5 楼。"))
    await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert (await talks.product.entries.get(talks.shop, entry_id)).answer == "有的，银泰 5 楼。"
    assert (await talks.product.learning.replay.get(talks.shop, done.id)).status == "approved"


async def test_what_was_looked_at_and_approved_joins_the_regression_set(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    other = await talks.keep("能刻字吗", "可以刻字。")
    await talks.say(SHOP)
    await talks.say("发什么快递")
    proposal = Proposal(
        (
            *(await edited(talks, entry_id, answer="有的，银泰 5 楼。")).entries,
            *(await edited(talks, other, answer="不能刻字。")).entries,
            ProposedEntry("", 0, EntryDraft("发什么快递", "发中通。")),
            ProposedEntry("", 0, EntryDraft("有蓝色吗", "有的。", audience="新客")),
        )
    )
    done, _ = await rehearse(talks, proposal)
    learning = talks.product.learning
    await learning.proposals.approve(talks.shop, done, "运营")
    await learning.renew(talks.shop)
    found = {(one.question, one.answer, one.origin) for one in await learning.golden(talks.shop)}
    assert found == {(SHOP, "有的，银泰 5 楼。", "approved"), ("发什么快递", "发中通。", "approved")}
    assert {result.failure for result in await learning.guard.run(talks.shop)} == {""}


async def test_what_changed_since_the_replay_is_not_overwritten(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    done, _ = await rehearse(talks, await edited(talks, entry_id, answer="有的，银泰 5 楼。"))
    entry = await talks.product.entries.get(talks.shop, entry_id)
    draft = structs.replace(entry.draft, answer="有的，装修中。")
    await talks.product.entries.update(talks.shop, entry_id, draft, entry.version, "店长")
    with pytest.raises(Conflict, match="changed since"):
        await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert (await talks.product.learning.replay.get(talks.shop, done.id)).status == "done"


async def test_approving_against_a_golden_question_takes_a_reason(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    await talks.product.learning.keep_golden(talks.shop, Golden("", SHOP, must_contain=("3 楼",)), "店长")
    done, _ = await rehearse(talks, await edited(talks, entry_id, answer="有的，银泰 5 楼。"))
    with pytest.raises(GoldenBroken):
        await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    with overriding("搬家了"):
        await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert (await talks.product.entries.get(talks.shop, entry_id)).answer == "有的，银泰 5 楼。"


async def test_an_edit_without_a_version_is_of_the_one_kept_now(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    proposals, draft = talks.product.learning.proposals, EntryDraft(SHOP, "有的，银泰 5 楼。")
    (one,) = await proposals.edited(talks.shop, [(entry_id, 0, draft)])
    done, _ = await rehearse(talks, Proposal((one,)))
    await proposals.approve(talks.shop, done, "运营")
    assert (await talks.product.entries.get(talks.shop, entry_id)).answer == "有的，银泰 5 楼。"
    with pytest.raises(Conflict, match="at version 2"):
        await proposals.edited(talks.shop, [(entry_id, 1, draft)])
    with pytest.raises(NotFound):
        await proposals.edited(talks.shop, [("nowhere", 0, draft)])
    for unfit in (EntryDraft("", "有的"), EntryDraft(SHOP, ""), EntryDraft(SHOP, "在{哪里}")):
        with pytest.raises(InvalidEntry):
            await proposals.edited(talks.shop, [("", 0, unfit)])


async def test_under_review_nobody_approves_the_replay_of_his_own_change(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    await talks.product.entries.switch_review(talks.shop, True, "老板")
    done, _ = await rehearse(talks, await edited(talks, entry_id, answer="有的，银泰 5 楼。"))
    proposals = talks.product.learning.proposals
    with pytest.raises(Forbidden):
        await proposals.approve(talks.shop, done, "运营", alone=False)
    await proposals.approve(talks.shop, done, "店长", alone=False)
    assert (await talks.product.entries.get(talks.shop, entry_id)).answer == "有的，银泰 5 楼。"


async def test_a_discarded_replay_publishes_nothing_any_more(talks: Talks) -> None:
    entry_id = await talks.keep(SHOP, "有的，龙湖天街 3 楼。")
    done, _ = await rehearse(talks, await edited(talks, entry_id, answer="没有。"))
    await talks.product.learning.proposals.discard(talks.shop, done, "运营", "再想想")
    with pytest.raises(Conflict):
        await talks.product.learning.proposals.approve(
            talks.shop, await talks.product.learning.replay.get(talks.shop, done.id), "运营"
        )


async def test_a_stopped_replay_does_not_run(talks: Talks) -> None:
    await talks.say(SHOP)
    learning = talks.product.learning
    begun = await learning.proposals.begin(talks.shop, "试试", Proposal(), "then", 7, "运营")
    await learning.proposals.discard(talks.shop, begun, "运营", "")
    assert (await learning.replay(talks.shop, begun.id)).status == "cancelled"


async def test_a_run_that_was_cut_short_begins_anew_and_counts_once(talks: Talks) -> None:
    await talks.say(SHOP)
    new = Proposal((ProposedEntry("", 0, EntryDraft(SHOP, "有的。")),))
    learning = talks.product.learning
    begun = await learning.proposals.begin(talks.shop, "试试", new, "now", 7, "运营")
    first = await learning.replay(talks.shop, begun.id)
    await talks.product.db.write(lambda c: replays.change(c, talks.shop, begun.id, ("done",), status="running"))
    again = await learning.replay(talks.shop, begun.id)
    assert (again.changed, again.counts) == (first.changed, first.counts)
    assert (await learning.differences(talks.shop, begun.id, "", "", 0, 10))[1] == 1


async def test_the_job_runs_what_was_ordered(talks: Talks) -> None:
    await talks.say(SHOP)
    begun = await talks.product.learning.proposals.begin(talks.shop, "试试", Proposal(), "then", 7, "运营")
    await talks.product.jobs.run_due()
    assert (await talks.product.learning.replay.get(talks.shop, begun.id)).status == "done"


async def test_a_wish_for_goods_is_rehearsed_as_it_was_answered(talks: Talks) -> None:
    await talks.stock("便携保温杯 500ml", "纯棉短袖T恤")
    wish = "想给女朋友买个保温杯，有推荐吗"
    await talks.say(wish)
    done, found = await rehearse(talks, Proposal(), "then")
    assert (done.status, done.total, found) == ("done", 1, [])
    tried = await talks.product.learning.guard.try_one(talks.shop, Golden("", wish))
    assert "便携保温杯" in tried.outcome.text


async def test_going_in_circles_is_rehearsed_as_the_hand_over_that_it_is(talks: Talks) -> None:
    questions = ("可以刻字吗", "店里能自提吗", "你们有会员日吗")
    for question in questions:
        await talks.keep(question, "以首页公告为准。")
    for question in questions:
        last = await talks.say(question, "b1")
    assert last["turn"]["handoff"]["rule_id"] == "tries.same_answer"
    done, found = await rehearse(talks, Proposal(), "then")
    assert (done.total, found) == (3, [])


async def test_goods_named_in_the_talk_are_still_meant_in_a_rehearsal(talks: Talks) -> None:
    await talks.stock("便携保温杯 500ml", "纯棉短袖T恤")
    await talks.say("便携保温杯还有吗", "b1")
    last = await talks.say("白色的多少钱", "b1")
    assert "49.9" in last["replies"][0]["text"]
    done, found = await rehearse(talks, Proposal(), "then")
    assert (done.total, found) == (2, [])


async def test_default_rules_are_rehearsed_before_the_shop_confirms_them(talks: Talks) -> None:
    packs, asked = talks.product.brain.packs, "七天从哪天开始算"
    await talks.say(asked)
    drafts, refused = await packs.switched(talks.shop, "law", ["return-clock"], True)
    assert refused == {}
    done, found = await rehearse(talks, Proposal(await talks.product.learning.proposals.put(talks.shop, drafts)))
    assert done.changed == 1
    assert "签收的第二天" in found[0].after.text
    assert "签收的第二天" not in (await talks.say(asked))["replies"][0]["text"]
    await talks.product.learning.proposals.approve(talks.shop, done, "店长")
    await talks.product.learning.renew(talks.shop)
    states = {rule.id: rule.state for pack in await packs.show(talks.shop) for rule in pack.rules}
    assert states["return-clock"] == "on"
    assert "签收的第二天" in (await talks.say(asked))["replies"][0]["text"]
