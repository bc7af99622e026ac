"""Entries are kept with their whole history, and nobody overwrites somebody else unseen."""

import pytest

from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge import rules
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import EntryDraft, EntryFilter

SHOP, OTHER = ShopId("one"), ShopId("two")
DRAFT = EntryDraft("几时发货", "付款后48小时内发出", ("啥时候发",), category="发货")


async def test_an_entry_is_found_again_in_its_own_shop_only(entries: EntryService) -> None:
    made = await entries.create(SHOP, DRAFT, "小王")
    assert (await entries.get(SHOP, made.id)).draft == DRAFT
    with pytest.raises(NotFound):
        await entries.get(OTHER, made.id)


async def test_an_id_is_given_once(entries: EntryService) -> None:
    await entries.create(SHOP, DRAFT, "小王", "K1")
    with pytest.raises(Conflict):
        await entries.create(SHOP, DRAFT, "小王", "K1")
    assert (await entries.create(OTHER, DRAFT, "小李", "K1")).version == 1


async def test_the_slower_of_two_editors_is_told(entries: EntryService) -> None:
    await entries.create(SHOP, DRAFT, "小王", "K1")
    await entries.update(SHOP, "K1", EntryDraft("几时发货", "今天发"), 1, "小王")
    with pytest.raises(Conflict, match="version 2"):
        await entries.update(SHOP, "K1", EntryDraft("几时发货", "明天发"), 1, "小李")
    assert (await entries.get(SHOP, "K1")).answer == "今天发"


async def test_saving_the_same_again_makes_no_version(entries: EntryService) -> None:
    await entries.create(SHOP, DRAFT, "小王", "K1")
    assert (await entries.update(SHOP, "K1", DRAFT, 1, "小王")).version == 1


async def test_history_shows_who_did_what_and_rollback_brings_it_back(entries: EntryService, clock) -> None:
    await entries.create(SHOP, DRAFT, "小王", "K1")
    clock.step(60)
    await entries.update(SHOP, "K1", EntryDraft("几时发货", "今天发"), 1, "小李")
    clock.step(60)
    restored = await entries.rollback(SHOP, "K1", 1, "小王")
    assert (restored.draft, restored.version) == (DRAFT, 3)
    lines = [(line.version, line.action, line.by) for line in await entries.history(SHOP, "K1")]
    assert lines == [(3, "rollback", "小王"), (2, "update", "小李"), (1, "create", "小王")]
    assert {change.field for change in await entries.diff(SHOP, "K1", 1, 2)} == {"answer", "similar", "category"}


async def test_many_entries_are_published_and_archived_at_once(entries: EntryService) -> None:
    for number in range(3):
        await entries.create(SHOP, EntryDraft(f"问题{number}", "答", status="draft"), "小王", f"K{number}")
    outcome = await entries.set_status(SHOP, ["K0", "K1", "K9", "K0"], "published", "小王")
    assert (set(outcome.changed), set(outcome.refused)) == ({"K0", "K1"}, {"K9"})
    assert (await entries.page(SHOP, EntryFilter(status="published"))).total == 2
    await entries.archive(SHOP, "K0", "小王")
    assert {entry.id for entry in (await entries.page(SHOP, EntryFilter())).entries} == {"K1", "K2"}
    assert (await entries.page(SHOP, EntryFilter(status="archived"))).total == 1
    with pytest.raises(NotFound):
        await entries.archive(SHOP, "K9", "小王")


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (EntryFilter(text="发货"), {"K1", "K2"}),
        (EntryFilter(text="啥时候"), {"K1"}),
        (EntryFilter(text="100%"), {"K3"}),
        (EntryFilter(text="%"), {"K3"}),
        (EntryFilter(category="面料"), {"K3"}),
        (EntryFilter(product_id="P1"), {"K2"}),
        (EntryFilter(text="没有的"), set()),
    ],
)
async def test_a_list_is_filtered_and_searched(entries: EntryService, wanted: EntryFilter, ids: set[str]) -> None:
    await entries.create(SHOP, DRAFT, "小王", "K1")
    await entries.create(SHOP, EntryDraft("这件今天发货吗", "发", product_id="P1"), "小王", "K2")
    await entries.create(SHOP, EntryDraft("什么面料", "100%棉", category="面料"), "小王", "K3")
    page = await entries.page(SHOP, wanted)
    assert ({entry.id for entry in page.entries}, page.total) == (ids, len(ids))


async def test_pages_follow_each_other(entries: EntryService) -> None:
    for number in range(5):
        await entries.create(SHOP, EntryDraft(f"问题{number}", "答"), "小王", f"K{number}")
    pages = [await entries.page(SHOP, EntryFilter(), offset, 2) for offset in (0, 2, 4)]
    assert [entry.id for page in pages for entry in page.entries] == [f"K{n}" for n in range(5)]
    assert {page.total for page in pages} == {5}


async def test_a_used_variable_cannot_be_dropped(entries: EntryService) -> None:
    await entries.save_variable(SHOP, "大仓", "杭州仓")
    await entries.create(SHOP, EntryDraft("从哪发货", "从{大仓}发"), "小王", "K1")
    with pytest.raises(Conflict, match="K1"):
        await entries.drop_variable(SHOP, "大仓")
    await entries.archive(SHOP, "K1", "小王")
    await entries.drop_variable(SHOP, "大仓")
    with pytest.raises(rules.UnknownVariable):
        await entries.rollback(SHOP, "K1", 1, "小王")
    assert await entries.variables(SHOP) == {}


async def test_variables_of_a_shop_cannot_run_in_a_circle(entries: EntryService) -> None:
    await entries.save_variable(SHOP, "甲", "一")
    await entries.save_variable(SHOP, "乙", "见{甲}")
    with pytest.raises(rules.CyclicVariable):
        await entries.save_variable(SHOP, "甲", "见{乙}")
    assert (await entries.variables(SHOP))["甲"] == "一"
