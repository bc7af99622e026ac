"""A change is live in every worker after its next look, and a file's rows arrive once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.retrieval.index import FOLD_AT
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.sink import KnowledgeSink
from xiaoer.slices.knowledge.types import EntryDraft

SHOP = ShopId("one")


class Row(msgspec.Struct, frozen=True):
    id: str
    question: str
    answer: str
    similar: tuple[str, ...] = ()
    product_id: str | None = None
    channel: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    category: str | None = None
    audience: str | None = None
    order_state: str | None = None
    product_category: str | None = None
    status: str | None = None
    attachments: tuple[dict[str, Any], ...] | None = None
    channel_answers: dict[str, str] | None = None
    source: dict[str, Any] | None = None


def pairs(*rows: Row) -> list[tuple[Row, str]]:
    """Rows with a fingerprint, as the importer hands them over."""
    return [(row, repr(row)) for row in rows]


# what a file of question and answer cannot say
_KEEP = frozenset({"audience", "attachments"})


async def test_every_worker_sees_a_change_at_its_next_look(
    entries: EntryService, open_worker: Callable[[], Knowledge], clock
) -> None:
    await entries.create(SHOP, EntryDraft("几时发货", "今天发"), "小王", "K1")
    workers = [open_worker(), open_worker()]
    for worker in workers:
        await worker.ensure_loaded(SHOP)

    def answers(text: str) -> list[list[str]]:
        return [[h.answer for h in worker.search(SHOP, text, now=clock.now(), top_k=1).hits] for worker in workers]

    await entries.update(SHOP, "K1", EntryDraft("几时发货", "明天发"), 1, "小王")
    await entries.create(SHOP, EntryDraft("可以开发票吗", "可以"), "小王", "K2")
    assert answers("几时发货") == [["今天发"], ["今天发"]]
    assert [await worker.refresh_all() for worker in workers] == [1, 1]
    assert answers("几时发货") == [["明天发"], ["明天发"]]
    assert answers("可以开发票吗") == [["可以"], ["可以"]]
    await entries.archive(SHOP, "K1", "小王")
    await entries.set_status(SHOP, ["K2"], "draft", "小王")
    assert [await worker.refresh_all() for worker in workers] == [1, 1]
    assert answers("几时发货可以开发票吗") == [[], []]
    assert [await worker.refresh_all() for worker in workers] == [0, 0]


async def test_many_changes_fold_into_a_new_index(
    entries: EntryService, database: Database, knowledge: Knowledge, clock
) -> None:
    await knowledge.ensure_loaded(SHOP)
    sink = KnowledgeSink()
    rows = [Row(f"K{n}", f"第{n}款多少钱", f"{n}元") for n in range(2 * FOLD_AT)]
    for at in range(0, len(rows), 500):
        await database.write(lambda c, at=at: sink.upsert(c, SHOP, pairs(*rows[at : at + 500]), clock.now()))
    assert await knowledge.refresh(SHOP)
    assert knowledge.loaded() == {SHOP: 2 * FOLD_AT}
    assert knowledge.search(SHOP, "第77款多少钱", now=clock.now()).hits[0].id == "K77"


async def test_small_changes_add_up_without_losing_any(entries: EntryService, knowledge: Knowledge, clock) -> None:
    await knowledge.ensure_loaded(SHOP)
    for number in range(12):
        await entries.create(SHOP, EntryDraft(f"第{number}款多少钱", f"{number}元"), "小王", f"K{number}")
        await knowledge.refresh(SHOP)
    assert knowledge.loaded() == {SHOP: 12}
    found = [knowledge.search(SHOP, f"第{n}款多少钱", now=clock.now()).hits[0].id for n in range(12)]
    assert found == [f"K{n}" for n in range(12)]


async def test_rows_of_a_file_arrive_published_with_history(
    entries: EntryService, database: Database, knowledge: Knowledge, clock
) -> None:
    sink, rows = KnowledgeSink(), [Row("K1", "几时发货", "今天发", ("啥时发",)), Row("K2", "开发票吗", "开")]
    await database.write(lambda c: sink.upsert(c, SHOP, pairs(*rows), clock.now()))
    known = await database.read(lambda c: sink.existing_hashes(c, SHOP, ["K1", "K2", "K3"]))
    assert known == {row.id: repr(row) for row in rows}
    await database.write(lambda c: sink.upsert(c, SHOP, pairs(Row("K1", "几时发货", "明天发")), clock.now()))
    assert [(line.version, line.action) for line in await entries.history(SHOP, "K1")] == [(2, "import"), (1, "import")]
    await knowledge.ensure_loaded(SHOP)
    assert knowledge.search(SHOP, "几时发货", now=clock.now()).hits[0].answer == "明天发"


async def test_a_row_keeps_what_a_file_cannot_say(entries: EntryService, database: Database, clock) -> None:
    draft = EntryDraft(
        "几时发货", "今天发", audience="孕妇", attachments=({"type": "link", "url": "/ship", "title": "怎么发货"},)
    )
    await entries.create(SHOP, draft, "小王", "K1")
    row = pairs(Row("K1", "几时发货", "明天发"))
    await database.write(lambda c: KnowledgeSink().upsert(c, SHOP, row, clock.now(), _KEEP))
    kept = (await entries.get(SHOP, "K1")).draft
    assert (kept.answer, kept.audience, kept.attachments) == ("明天发", "孕妇", draft.attachments)


def test_a_row_with_a_variable_that_the_shop_lacks_is_named() -> None:
    rows = [Row("K1", "几时发货", "{某时}发"), Row("K2", "几时发货", "{自定}发"), Row("K3", "问", "{发货时间}发")]
    assert KnowledgeSink().unfit(rows, ["自定"], ["孕妇"]) == {
        "K1": ("答案", "unknown_variable", "答案里的变量{某时}不存在")
    }


@pytest.mark.parametrize("row", [Row("K1", "", "答"), Row("K1", "问", ""), Row("K1", "问" * 501, "答")])
def test_the_import_report_says_why_a_row_cannot_be_kept(row: Row) -> None:
    assert KnowledgeSink().check(row)
    assert KnowledgeSink().check(Row("K1", "问", "答")) is None
