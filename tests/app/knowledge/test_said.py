"""What an agent said against the knowledge, in imported talks: found, shown with both texts, and counted in his score."""

import asyncio
from collections.abc import Sequence
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

KNOWN = """question,answer
多久发货,拍下后48小时内发货，节假日顺延。
发什么快递,默认发中通快递，暂时不能指定。
陶锅能放洗碗机吗,陶锅不能放洗碗机，会开裂。
陶锅容量多大,陶锅容量2升。
满多少包邮,满88元包邮，不满收8元运费。
有实体店吗,我们没有实体店，只在线上卖。
退款多久到账,银行卡要1到5个工作日，零钱和余额一般当天到。超过5个工作日还没有，把订单号发我，我给您查退款流水。
"""
# the buyer's words, the agent's, what differs
TALKS = [
    ("老板什么时候能发货呀", "七天内发货哦亲", "时间"),
    ("多久发货呢", "两天内就发出了", ""),
    ("你家发啥快递", "我们发顺丰的", "快递"),
    ("陶锅可以放洗碗机吗", "可以的，放心用洗碗机洗", "是否"),
    ("陶锅能放洗碗机不", "不能哦，会裂的", ""),
    ("陶锅多大容量", "有3升呢", "容量"),
    ("多少钱包邮呢", "满88就包邮", ""),
    ("我的快递几天到", "看到您的包裹了，还要5天左右", ""),
    ("有实体店吗", "稍等，我帮您问一下", ""),
    ("退款什么时候到账", "已经和快递核实，明天送到。", ""),
    ("在吗", "在的亲", ""),
]
_FIRST = datetime(2026, 6, 1, 2, tzinfo=UTC)


async def _take_in(home: Path, talks: Sequence[tuple[str, str, str]]) -> tuple[int, int, Page]:
    settings = Settings(home=home)
    upgrade(settings.url)
    lines = ["id,at,buyer_id,author,agent,text"]
    for number, (asked, said, _) in enumerate(talks):
        at = _FIRST + timedelta(minutes=10 * number)
        lines.append(f"T{number},{at.isoformat()},b{number},buyer,,{asked}")
        lines.append(f"T{number},{(at + timedelta(seconds=20)).isoformat()},b{number},agent,小林,{said}")
    async with running(settings) as product:
        await product.shops.ensure_shop(DEFAULT_SHOP, "锅具店")
        await product.importer.import_file(DEFAULT_SHOP, KNOWN.encode(), name="knowledge.csv")
        await product.importer.import_file(DEFAULT_SHOP, "\n".join(lines).encode(), name="dialogues.csv")
        await product.insights.up_to_date(DEFAULT_SHOP)
        found = await product.brain.said(DEFAULT_SHOP)
        await product.insights.up_to_date(DEFAULT_SHOP)
        again = await product.brain.said(DEFAULT_SHOP)
        return found, again, await product.insights.page(DEFAULT_SHOP, "quality", Choice("2026-06-01", "2026-06-02"))


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, int, Page]:
    return asyncio.run(_take_in(tmp_path_factory.mktemp("said"), TALKS))


def _rows(page: Page, table: str) -> list[dict[str, Any]]:
    return list(next(one for one in page.tables if one.id == table).rows)


@pytest.mark.parametrize(("asked", "said", "about"), TALKS, ids=[talk[1] for talk in TALKS])
def test_only_what_contradicts_is_shown(taken: tuple[int, int, Page], asked: str, said: str, about: str) -> None:
    shown = {row["said"]: row for row in _rows(taken[2], "denied")}
    assert shown.get(said, {"about": ""})["about"] == about


def test_both_texts_and_the_agent_are_shown_and_it_counts_once(taken: tuple[int, int, Page]) -> None:
    found, again, page = taken
    assert (found, again) == (4, 0)
    row = next(row for row in _rows(page, "denied") if row["about"] == "快递")
    assert (row["agent"], row["known"]) == ("小林", "默认发中通快递，暂时不能指定。")
    counted = {row["id"]: row["count"] for row in _rows(page, "findings")}
    assert counted["denied"] == 4
    (coached,) = _rows(page, "coaching")
    assert "和知识或店铺数据说得不一样（36%）" in coached["practise"]
