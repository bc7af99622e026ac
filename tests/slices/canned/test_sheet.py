"""Canned replies as spreadsheets, and who sees and changes which."""

from collections.abc import Callable
from typing import Any

import pytest

from xiaoer.infra.db import Database
from xiaoer.infra.sheets import read_sheet
from xiaoer.kernel.errors import Forbidden, InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.canned import api, sheet
from xiaoer.slices.canned.types import Canned, Reader

LIN = Reader("lin", "晚班")
MEI = Reader("mei", "早班")
BOSS = Reader("boss", leads=True)
HEAD = "范围,小组,文件夹,标题,内容,短码,顺序,图片\n"


def csv(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines)).encode()


async def take(db: Database, shop: ShopId, reader: Reader, data: bytes) -> Any:
    found = read_sheet(data, "a.csv")
    return await db.write(lambda c: api.take_file(c, shop, reader, found))


async def titles(db: Database, shop: ShopId, reader: Reader) -> list[str]:
    return sorted(item.title for item in await db.read(lambda c: api.visible(c, shop, reader)))


async def test_own_group_and_shop_are_seen_by_whom_they_concern(db: Database, shop: ShopId) -> None:
    lines = ("店铺,,接待,欢迎,您好,hy,0", "小组,晚班,接待,晚安,晚安,wa,1", "小组,早班,接待,早安,早上好,za,2")
    assert (await take(db, shop, BOSS, csv(*lines))).added == 3
    await take(db, shop, LIN, csv("我的,,,我在,在的,,"))
    assert await titles(db, shop, LIN) == ["我在", "晚安", "欢迎"]
    assert await titles(db, shop, MEI) == ["早安", "欢迎"]
    assert await titles(db, shop, BOSS) == ["早安", "晚安", "欢迎"]


async def test_the_same_file_twice_changes_nothing_and_a_new_text_changes_one(db: Database, shop: ShopId) -> None:
    file = csv("店铺,,售后/退货,退货地址,寄到杭州,th,0", "店铺,,售后,多久退款,三天内,tk,1")
    await take(db, shop, BOSS, file)
    again = await take(db, shop, BOSS, file)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    newer = await take(db, shop, BOSS, file.replace("三天内".encode(), "两天内".encode()))
    assert (newer.added, newer.changed, newer.unchanged) == (0, 1, 1)


async def test_what_is_exported_is_imported_unchanged(db: Database, shop: ShopId) -> None:
    await take(
        db,
        shop,
        BOSS,
        csv(
            "店铺,,售后/退货,退货地址,寄到杭州,/th,0,/uploads/s1/a.png https://x.cn/b.jpg",
            "小组,晚班,,晚安,,,7,/uploads/s1/c.png",
        ),
    )
    rows = sheet.write(await db.read(lambda c: api.visible(c, shop, BOSS)))
    lines = [",".join(row[name] for name in sheet.COLUMNS) for row in rows]
    taken = await take(db, shop, BOSS, csv(*lines))
    assert (taken.added, taken.changed, taken.unchanged, taken.problems) == (0, 0, 2, ())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("店铺,,接待,欢迎,您好,,", "店铺和小组的话术由店主、运营或主管来导入，已跳过"),
        ("小组,晚班,接待,欢迎,您好,,", "店铺和小组的话术由店主、运营或主管来导入，已跳过"),
        ("大家,,接待,欢迎,您好,,", "范围『大家』不认识，要写我的、小组或店铺，已跳过"),
        ("我的,,接待,,您好,,", "标题和内容都要写，已跳过"),
        ("我的,,接待,欢迎,您好,,第一", "顺序『第一』不是数字，已跳过"),
        (
            "我的,,接待,尺码表,见图,,,/uploads/other/a.png",
            "图片最多 3 张，要写本店传过的地址（/uploads/…）或 https 地址，用空格隔开，已跳过",
        ),
        (f"我的,,接待,{'长' * 101},您好,,", "「标题」有 101 个字，最多 100 个，已跳过"),
    ],
    ids=["shop", "team", "scope", "empty", "position", "picture", "long"],
)
async def test_a_row_that_cannot_be_taken_is_told_by_line(db: Database, shop: ShopId, line: str, told: str) -> None:
    taken = await take(db, shop, LIN, csv("我的,,,好的,好的,,", line))
    assert taken.added == 1
    assert [(problem.line, problem.text) for problem in taken.problems] == [(3, told)]


async def test_two_columns_are_enough_and_none_is_refused(db: Database, shop: ShopId) -> None:
    assert (await take(db, shop, LIN, "名称,话术内容\n你好,您好呀".encode())).added == 1
    with pytest.raises(InvalidBody, match="no column 内容"):
        await take(db, shop, LIN, "标题,说明\n你好,您好".encode())


@pytest.mark.parametrize(
    ("scope", "owner", "reader", "may"),
    [
        ("own", "lin", LIN, True),
        ("own", "mei", LIN, False),
        ("own", "mei", BOSS, False),
        ("team", "晚班", LIN, False),
        ("team", "晚班", BOSS, True),
        ("shop", "", LIN, False),
        ("shop", "", BOSS, True),
    ],
)
def test_who_may_change_which(scope: str, owner: str, reader: Reader, may: bool) -> None:
    change: Callable[[], None] = lambda: api.check_may_change(Canned("1", scope, owner, "", "t", "x"), reader)  # noqa: E731
    if may:
        change()
    else:
        with pytest.raises(Forbidden):
            change()
