"""`xiaoer train`: a shop's own model from the pack and from what the shop taught."""

from typing import Annotated

import typer

from xiaoer.app.commands.opening import Shop, out, prepared, run
from xiaoer.app.shop_models import Lesson, ShopModels
from xiaoer.app.wiring import running
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId


def train(
    shop: Shop = DEFAULT_SHOP,
    use: Annotated[int, typer.Option(help="Put an earlier version in force; 0 is the shipped one.")] = -1,
) -> None:
    """Learn the shop's own sentences (规则 > 词与意图), or go back to an earlier version.

    A model that reads the pack's regression lines worse than the one in force is refused.
    """
    settings = prepared()
    if use >= 0:
        run(_use(settings, ShopId(shop), use))
        out.print(f"版本 {use} 生效了")
        return
    lesson: Lesson = run(_learn(settings, ShopId(shop)))
    before, after = f"{lesson.before:.1%}", f"{lesson.after:.1%}"
    if lesson.accepted:
        out.print(
            f"学好了：{lesson.lines} 句，{lesson.seconds:.0f} 秒，回归集 {before} → {after}，版本 {lesson.version} 生效"
        )
    else:
        out.print(f"没有采用：回归集从 {before} 掉到 {after}，继续用原来的版本")
        raise typer.Exit(1)


async def _learn(settings: Settings, shop: ShopId) -> Lesson:
    async with running(settings) as product:
        learning: ShopModels = product.models
        return await learning.learn(shop)


async def _use(settings: Settings, shop: ShopId, version: int) -> None:
    async with running(settings) as product:
        product.models.use(shop, version)
