"""Several questions in one breath, of which a person answered some: shown with the talk, and counted in his score."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xiaoer.app.insights import Choice
from xiaoer.app.wiring import running
from xiaoer.flows.show_insights.page import Page
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP

# the buyer's words (one message a bar), what the agent said (one message a bar), which matter was left out
TALKS = [
    ("什么时候发货？发什么快递？", "今天下单明天就发走了哦", "发什么快递"),
    ("什么时候发货？发什么快递？", "明天发|走中通", ""),
    ("发票能开吗？包邮不？", "满59包邮的亲", "发票"),
    ("发票能开吗？包邮不？", "可以开电子发票，满59包邮", ""),
    ("可以改地址吗？另外帮我备注下周一送", "地址给您改好了", "备注"),
    ("可以改地址吗？另外帮我备注下周一送", "都改好备注好了", ""),
    ("床垫软硬怎么样？有1.5米的吗", "稍等，我去问一下", ""),
    ("170 120斤穿啥码？这个薄不薄", "建议您拍L", "薄不薄"),
    ("170 120斤穿啥码？这个薄不薄", "L就行，薄款夏天穿刚好", ""),
    ("多久发货", "明天就发", ""),
    ("保质期多久|小孩能吃吗", "保质期12个月", "小孩能吃吗"),
]
_FIRST = datetime(2026, 6, 1, 2, tzinfo=UTC)


async def _take_in(home: Path) -> Page:
    settings = Settings(home=home)
    upgrade(settings.url)
    lines = ["id,at,buyer_id,author,agent,text"]
    for number, (asked, said, _) in enumerate(TALKS):
        at = _FIRST + timedelta(minutes=10 * number)
        for again, part in enumerate(asked.split("|")):
            lines.append(f"T{number},{(at + timedelta(seconds=again)).isoformat()},b{number},buyer,,{part}")
        for again, part in enumerate(said.split("|")):
            lines.append(
                f"T{number},{(at + timedelta(seconds=20 * (again + 1))).isoformat()},b{number},agent,小林,{part}"
            )
    async with running(settings) as product:
        await product.shops.ensure_shop(DEFAULT_SHOP, "小店")
        await product.importer.import_file(DEFAULT_SHOP, "\n".join(lines).encode(), name="dialogues.csv")
        for _ in range(2):  # looking again adds nothing
            await product.insights.up_to_date(DEFAULT_SHOP)
            await product.brain.said(DEFAULT_SHOP)
        await product.insights.up_to_date(DEFAULT_SHOP)
        return await product.insights.page(DEFAULT_SHOP, "quality", Choice("2026-06-01", "2026-06-02"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return asyncio.run(_take_in(tmp_path_factory.mktemp("left")))


def _rows(page: Page, table: str) -> list[dict[str, Any]]:
    return list(next(one for one in page.tables if one.id == table).rows)


def test_only_what_nobody_touched_is_shown(page: Page) -> None:
    shown = [row["asked"] for row in _rows(page, "left_out")]
    assert sorted(shown) == sorted(asked.replace("|", " ") for asked, _, left in TALKS if left)
    assert {row["agent"] for row in _rows(page, "left_out")} == {"小林"}


def test_it_counts_in_the_score_as_a_question_missed(page: Page) -> None:
    counted = {row["id"]: row["count"] for row in _rows(page, "findings")}
    assert counted["missed"] == sum(1 for *_, left in TALKS if left)


def test_the_coaching_list_names_those_talks_to_practise_on(page: Page) -> None:
    (row,) = _rows(page, "coaching")
    left = {talk for shown in _rows(page, "left_out") for talk in shown["talk"]}
    assert left & set(row["bad"])
    assert not set(row["good"]) & set(row["bad"])
