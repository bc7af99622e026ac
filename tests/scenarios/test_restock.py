"""到货提醒 from the wish to the one message, and back."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection
from tests.scenarios.shop import Stage

from xiaoer.app.wiring import Wiring
from xiaoer.infra.jobs import waiting
from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog.alerts import STOCK_BACK, of_buyer
from xiaoer.slices.catalog.store import VariantSink
from xiaoer.slices.conversations import api as conversations

PAGE = {"context": {"entry": "product", "product_id": "P1002"}}
SOLD_OUT = "V100206"  # 墨绿碎花 M


async def set_stock(product: Wiring, stock: int) -> None:
    variant = Variant(SOLD_OUT, "P1002", Money(16_900), {"颜色": "墨绿碎花", "尺码": "M"}, stock)
    now = product.clock.now()
    await product.db.write(lambda c: VariantSink().upsert(c, DEFAULT_SHOP, [(variant, "")], now))


async def subscribe(product: Wiring) -> Stage:
    stage = Stage(product, PAGE)
    await stage.set_up()
    await stage.say("墨绿碎花M码还有吗")
    answer = await stage.say("要")
    assert answer["turn"]["acts"][0]["template"] == "restock.done", answer
    return stage


@pytest.mark.asyncio(loop_scope="session")
async def test_who_asked_is_told_once_when_it_is_back(product: Wiring) -> None:
    stage = await subscribe(product)
    await set_stock(product, 0)
    assert not await product.db.read(lambda c: waiting(c, DEFAULT_SHOP, kind=STOCK_BACK))
    await set_stock(product, 5)
    await set_stock(product, 9)
    product.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    await product.jobs.run_due()

    def told(connection: Connection) -> list[str]:
        _, messages = conversations.transcript(connection, DEFAULT_SHOP, stage.conversation_id)
        return [message.text for message in messages if "到货了" in message.text]

    assert len(await product.db.read(told)) == 1
    assert not await product.db.read(lambda c: of_buyer(c, DEFAULT_SHOP, stage.buyer))
    await set_stock(product, 0)


@pytest.mark.asyncio(loop_scope="session")
async def test_who_took_it_back_is_not_told(product: Wiring) -> None:
    stage = await subscribe(product)
    answer = await stage.say("不要提醒了")
    assert answer["turn"]["acts"][0]["template"] == "unsubscribe.done"
    await set_stock(product, 5)
    assert not await product.db.read(lambda c: waiting(c, DEFAULT_SHOP, kind=STOCK_BACK))
    await set_stock(product, 0)
