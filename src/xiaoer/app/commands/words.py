"""`xiaoer words FILE`: teach a shop's own words and intents from a file."""

from pathlib import Path
from typing import Annotated

import typer

from xiaoer.app.commands.opening import Shop, out, prepared, run
from xiaoer.app.entrypoints.wording import learn_file
from xiaoer.app.wiring import running
from xiaoer.flows.import_wording import Learnt
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId


def words(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX, JSONL or TOML.")],
    shop: Shop = DEFAULT_SHOP,
) -> None:
    """Teach words (columns 词, 意思) and ways to ask (columns 意图, 说法); the same file twice changes nothing."""
    data = file.read_bytes()

    async def work() -> Learnt:
        async with running(prepared()) as product:
            await product.shops.ensure_shop(ShopId(shop), "我的小店")
            return await learn_file(product, ShopId(shop), data, file.name, "命令行")

    learnt = run(work())
    out.print(f"新教 {learnt.added}，改了 {learnt.changed}，没变 {learnt.unchanged}，跳过 {len(learnt.problems)}")
    for problem in learnt.problems:
        out.print(f"第 {problem.line} 行：{problem.text}", highlight=False, markup=False)
