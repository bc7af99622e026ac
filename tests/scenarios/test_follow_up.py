"""A system is down: the buyer is told so, hears the answer when it is back, and gets a person when it stays down."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Incoming

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEAD = {"base_url": "http://127.0.0.1:9", "secret": "x"}  # the discard port: nobody listens


class Outage:
    """A shop whose order system does not answer, and a buyer with one order that its rows know."""

    def __init__(self, product: Wiring) -> None:
        self.product = product
        self.shop = ShopId(f"outage-{uuid4().hex[:8]}")
        self.system_id = self.conversation_id = ""

    async def open(self) -> None:
        now = self.product.clock.now()
        await self.product.shops.ensure_shop(self.shop, "断网小店")
        order = Order("900100", "b-1", "paid", now - timedelta(hours=3), Money(12_900))
        await self.product.orders.keep(self.shop, [order], now)
        system = await self.product.systems.save(
            self.shop, "店主", id_="", connector="generic", title="", ports=("orders",), settings=DEAD, enabled=True
        )
        self.system_id = system.id

    async def ask(self, text: str) -> None:
        incoming = Incoming(BuyerId("b-1"), "api", TextContent(text), external_id=uuid4().hex)
        await self.product.take_message(self.shop, incoming)

    async def come_back(self) -> None:
        await self.product.systems.remove(self.shop, "店主", self.system_id)

    async def pass_time(self, minutes: float) -> None:
        assert isinstance(self.product.clock, ManualClock)
        self.product.clock.advance(timedelta(minutes=minutes))
        await self.product.jobs.run_due()

    async def said(self) -> tuple[str, list[str]]:
        """State, and what the bot said."""

        def query(connection: Connection) -> tuple[str, list[str]]:
            found = connection.exec_driver_sql(f"SELECT id FROM conversations WHERE shop = '{self.shop}'").scalar()
            conversation, messages = conversations.transcript(connection, self.shop, str(found))
            return conversation.state, [m.text for m in messages if m.author == "bot"]

        return await self.product.db.read(query)


async def test_the_answer_follows_when_the_system_is_back(product: Wiring) -> None:
    outage = Outage(product)
    await outage.open()
    await outage.ask("我的订单到哪了")
    state, lines = await outage.said()
    assert state == "bot"
    assert any("没查到" in line for line in lines)
    await outage.come_back()
    await outage.pass_time(1.1)
    state, lines = await outage.said()
    assert any("重新查过了" in line for line in lines), lines
    assert any("还没有发出" in line or "待发货" in line for line in lines), lines
    before = len(lines)
    await outage.pass_time(30)
    assert len((await outage.said())[1]) == before


async def test_a_person_takes_over_when_it_stays_down(product: Wiring) -> None:
    outage = Outage(product)
    await outage.open()
    await outage.ask("我的快递到哪了")
    for minutes in (1.1, 3.1, 10.1):
        await outage.pass_time(minutes)
    state, lines = await outage.said()
    assert state in ("queued", "bot")  # nobody on duty takes it as a ticket and gives it back
    assert any("请同事" in line for line in lines), lines


async def test_asked_again_in_the_outage_people_take_over_in_words_of_their_own(product: Wiring) -> None:
    outage = Outage(product)
    await outage.open()
    await outage.ask("我的快递到哪了")
    await outage.ask("那我的订单发货了吗")
    _, lines = await outage.said()
    assert any("没应答" in line for line in lines), lines
    assert not any("拿不准" in line for line in lines), lines
