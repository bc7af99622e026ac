"""What a shop says of a province holds for who asks from a city in it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.types import EntryDraft

SHOP = ShopId("one")
NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)
ENTRIES = {
    "west": EntryDraft("新疆西藏能发货吗", "家具不发新疆西藏，小件加15元。", ("新疆能寄吗",)),
    "island": EntryDraft("海南运费怎么算", "海南每单补8元。"),
    "city": EntryDraft("三亚有门店吗", "三亚湾路有一家。"),
    "ship": EntryDraft("什么时候发货", "48小时内发货。"),
    "courier": EntryDraft("发什么快递", "默认中通，能寄到全国大部分地方。"),
}


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("乌鲁木齐能发货吗", "west"),
        ("我在喀什，能寄吗", "west"),
        ("林芝能发货吗", "west"),
        ("儋州运费怎么算", "island"),
        ("三亚有门店吗", "city"),
        ("新疆能寄吗", "west"),
    ],
)
async def test_a_city_is_answered_by_what_holds_in_its_province(
    entries: EntryService, open_worker: Callable[[], Knowledge], asked: str, wanted: str
) -> None:
    for name, draft in ENTRIES.items():
        await entries.create(SHOP, draft, "小王", name)
    knowledge = open_worker()
    await knowledge.ensure_loaded(SHOP)
    found = knowledge.search(SHOP, asked, now=NOW, top_k=3)
    assert (found.answerable, found.hits[0].id) == (True, wanted)
