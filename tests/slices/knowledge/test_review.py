"""In a shop with review, what is live changes only after a second person has looked."""

from collections.abc import Callable

import pytest
from msgspec import structs

from xiaoer.infra.db import Database
from xiaoer.kernel.errors import Conflict, Forbidden
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge import keeping, pending
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.reviewed import ReviewedEntries
from xiaoer.slices.knowledge.types import EntryDraft, EntryFilter, Status

SHOP = ShopId("one")
DRAFT = EntryDraft("几时发货", "付款后48小时内发出", ("啥时候发",), category="发货")
NEWER = structs.replace(DRAFT, answer="付款后24小时内发出")


@pytest.fixture
async def entries(database: Database, clock) -> ReviewedEntries:
    service = ReviewedEntries(database, clock)
    await service.create(SHOP, DRAFT, "小王", "K1")
    await service.switch_review(SHOP, True, "老板")
    return service


async def test_a_change_waits_and_the_old_version_answers_until_it_is_approved(
    entries: ReviewedEntries, open_worker: Callable[[], Knowledge], clock
) -> None:
    knowledge = open_worker()
    await knowledge.ensure_loaded(SHOP)
    kept = await entries.update(SHOP, "K1", NEWER, 1, "小王")
    await knowledge.refresh(SHOP)
    assert (kept.version, kept.draft) == (1, DRAFT)
    assert knowledge.search(SHOP, "几时发货", now=clock.now()).hits[0].answer == DRAFT.answer
    change = (await entries.waiting(SHOP, ["K1"]))["K1"]
    assert [(one.field, one.after) for one in change.changes(kept)] == [("answer", NEWER.answer)]
    assert (await entries.page(SHOP, EntryFilter(status="review"))).total == 1
    done = await entries.approve(SHOP, "K1", "小李", alone=False)
    await knowledge.refresh(SHOP)
    assert knowledge.search(SHOP, "几时发货", now=clock.now()).hits[0].answer == NEWER.answer
    assert (done.version, done.updated_by) == (2, "小王")
    assert await entries.waiting(SHOP, ["K1"]) == {}


async def test_the_author_does_not_approve_his_own_change_unless_he_owns_the_shop(entries: ReviewedEntries) -> None:
    await entries.update(SHOP, "K1", NEWER, 1, "小王")
    with pytest.raises(Forbidden):
        await entries.approve(SHOP, "K1", "小王", alone=False)
    assert (await entries.approve(SHOP, "K1", "小王", alone=True)).draft == NEWER


async def test_a_change_that_was_sent_back_is_gone_and_the_live_entry_as_before(entries: ReviewedEntries) -> None:
    await entries.update(SHOP, "K1", NEWER, 1, "小王")
    assert (await entries.send_back(SHOP, "K1", "小李", "还没谈好")).draft == DRAFT
    assert await entries.waiting(SHOP, ["K1"]) == {}
    with pytest.raises(Conflict):
        await entries.approve(SHOP, "K1", "小李", alone=False)


async def test_new_entries_wait_as_review_and_are_published_by_somebody_else(entries: ReviewedEntries) -> None:
    made = await entries.create(SHOP, EntryDraft("能开发票吗", "能"), "小王", "K2")
    assert made.draft.status == "review"
    own = await entries.change_many(SHOP, ["K2"], {"status": "published"}, "小王", alone=False)
    assert own.changed == () and "K2" in own.refused
    assert (await entries.change_many(SHOP, ["K2"], {"status": "published"}, "小李", alone=False)).changed == ("K2",)
    assert (await entries.get(SHOP, "K2")).draft.status == "published"


async def test_fields_set_for_many_live_entries_wait_too(entries: ReviewedEntries) -> None:
    await entries.change_many(SHOP, ["K1"], {"category": "物流"}, "小王", alone=False)
    assert (await entries.get(SHOP, "K1")).draft.category == "发货"
    assert (await entries.approve(SHOP, "K1", "小李", alone=False)).draft.category == "物流"


async def test_what_changed_meanwhile_stays_and_the_same_field_twice_is_a_conflict(
    entries: ReviewedEntries,
) -> None:
    await entries.update(SHOP, "K1", NEWER, 1, "小王")
    await entries.switch_review(SHOP, False, "老板")
    await entries.update(SHOP, "K1", structs.replace(DRAFT, similar=("几天发",)), 1, "老板")
    await entries.switch_review(SHOP, True, "老板")
    joined = await entries.approve(SHOP, "K1", "小李", alone=False)
    assert (joined.answer, joined.draft.similar) == (NEWER.answer, ("几天发",))
    await entries.update(SHOP, "K1", structs.replace(joined.draft, answer="明天"), 3, "小王")
    await entries.switch_review(SHOP, False, "老板")
    await entries.update(SHOP, "K1", structs.replace(joined.draft, answer="后天"), 3, "老板")
    await entries.switch_review(SHOP, True, "老板")
    with pytest.raises(Conflict, match="answer"):
        await entries.approve(SHOP, "K1", "小李", alone=False)


async def test_taking_a_live_entry_out_of_use_waits_too(entries: ReviewedEntries) -> None:
    await entries.archive(SHOP, "K1", "小王")
    assert (await entries.get(SHOP, "K1")).draft.status == "published"
    with pytest.raises(Forbidden):
        await entries.approve(SHOP, "K1", "小王", alone=False)
    assert (await entries.approve(SHOP, "K1", "小李", alone=False)).draft.status == "archived"
    assert await entries.waiting(SHOP, ["K1"]) == {}
    assert (await entries.history(SHOP, "K1"))[0].action == "archive"


@pytest.mark.parametrize("status", ["draft", "archived"])
async def test_an_edit_that_takes_a_live_entry_offline_waits(entries: ReviewedEntries, status: Status) -> None:
    await entries.update(SHOP, "K1", structs.replace(DRAFT, status=status), 1, "小王")
    assert (await entries.get(SHOP, "K1")).draft.status == "published"
    assert (await entries.approve(SHOP, "K1", "小李", alone=False)).draft.status == status


async def test_many_that_go_wait_each_and_drafts_go_at_once(entries: ReviewedEntries) -> None:
    await entries.create(SHOP, structs.replace(DRAFT, question="几点下班", status="draft"), "小王", "K2")
    done = await entries.change_many(SHOP, ["K1", "K2", "K9"], {"status": "archived"}, "小王", alone=False)
    assert (set(done.changed), done.waiting, set(done.refused)) == ({"K1", "K2"}, ("K1",), {"K9"})
    published = await entries.change_many(SHOP, ["K1"], {"status": "published"}, "小李", alone=False)
    assert published.changed == ("K1",)
    assert (await entries.get(SHOP, "K1")).draft.status == "archived"


async def test_questions_that_are_merged_one_after_another_wait_together(
    entries: ReviewedEntries, database: Database, clock
) -> None:
    for text in ("几号能发", "哪天寄"):
        stored = await entries.get(SHOP, "K1")
        joined = structs.replace(stored.draft, similar=(*stored.draft.similar, text))
        await database.write(lambda c, s=stored, j=joined: keeping.keep_change(c, SHOP, s, j, clock.now(), "小王"))
    assert (await entries.get(SHOP, "K1")).draft.similar == ("啥时候发",)
    done = await entries.approve(SHOP, "K1", "小李", alone=False)
    assert done.draft.similar == ("啥时候发", "几号能发", "哪天寄")


async def test_what_waits_is_counted_new_entries_and_changes(entries: ReviewedEntries, database: Database) -> None:
    await entries.create(SHOP, EntryDraft("能开发票吗", "能"), "小王", "K2")
    await entries.update(SHOP, "K1", NEWER, 1, "小王")
    assert await database.read(lambda c: pending.count(c, SHOP)) == 2


async def test_other_shops_change_at_once(entries: ReviewedEntries) -> None:
    other = ShopId("two")
    await entries.create(other, DRAFT, "小王", "K1")
    assert (await entries.update(other, "K1", NEWER, 1, "小王")).draft == NEWER
