"""What a buyer confirmed is done in the shop's own system, over the wire: once, read back, told; else it is a ticket."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace as changed
from sqlalchemy import Connection
from tests.connectors.world import World
from tests.scenarios.remote import Talk, Wire

from xiaoer.app.wiring import Wiring
from xiaoer.connectors.push import Push
from xiaoer.flows.remind_buyer.timers import KIND
from xiaoer.infra.jobs import waiting
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.terms import AutoActions
from xiaoer.slices.catalog import alerts
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.outreach.types import Journey, Step

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_confirmed_cancellation_happens_in_the_shop_s_system(
    product: Wiring, served: tuple[str, World]
) -> None:
    base, world = served
    talk = Talk(product)
    await talk.open(base, "orders", "actions")
    asked = await talk.say("订单5002我不想要了，帮我取消")
    assert world.orders["5002"].status == "paid", "nothing happens before the buyer confirmed"
    assert "408" in asked
    told = await talk.say("确认取消")
    assert world.orders["5002"].status == "refunding"
    assert "取消" in told and "408" in told
    assert await talk.done() == [("cancel", "done")]
    own = await own_status(product, talk.shop, "5002")
    assert own == "refunding", "the own rows follow"
    assert await talk.tickets() == []


async def test_what_is_confirmed_twice_is_done_once(product: Wiring, served: tuple[str, World], wire: Wire) -> None:
    talk = Talk(product)
    await talk.open(served[0], "orders", "actions")
    await talk.say("订单5002我不想要了，帮我取消")
    await talk.say("确认取消")
    again = await talk.say("确认取消")
    assert (wire.posted, await talk.done()) == (1, [("cancel", "done")])
    assert "已经帮您取消了" not in again


async def test_a_refusal_of_the_system_is_a_ticket_and_no_promise(
    product: Wiring, served: tuple[str, World], wire: Wire
) -> None:
    base, world = served
    wire.refuses = True
    talk = Talk(product)
    await talk.open(base, "orders", "actions")
    await talk.say("订单5002我不想要了，帮我取消")
    told = await talk.say("确认取消")
    assert world.orders["5002"].status == "paid"
    assert "已经帮您取消" not in told
    assert len(await talk.tickets()) == 1, told
    assert "工单" in told


async def test_a_deed_whose_answer_was_lost_counts_when_the_order_shows_it(
    product: Wiring, served: tuple[str, World], wire: Wire
) -> None:
    base, world = served
    wire.loses = True
    talk = Talk(product)
    await talk.open(base, "orders", "actions")
    await talk.say("订单5002我不想要了，帮我取消")
    told = await talk.say("确认取消")
    assert (world.orders["5002"].status, len(world.orders["5002"].refunds)) == ("refunding", 1)
    assert "408" in told
    assert await talk.done() == [("cancel", "done")]


async def test_a_system_that_dies_in_the_midst_is_said_so_and_not_asked_twice(
    product: Wiring, served: tuple[str, World], wire: Wire
) -> None:
    base, world = served
    wire.dies = True
    talk = Talk(product)
    await talk.open(base, "orders", "actions")
    await talk.say("订单5002我不想要了，帮我取消")
    told = await talk.say("确认取消")
    assert "已经帮您取消" not in told
    assert len(await talk.tickets()) == 1, "people look what became of it"
    wire.down = wire.dies = False
    await talk.say("确认取消")
    assert len(world.orders["5002"].refunds) == 1
    assert len(await talk.tickets()) == 1


async def test_an_address_is_changed_where_the_order_lives(product: Wiring, served: tuple[str, World]) -> None:
    base, world = served
    talk = Talk(product)
    await talk.open(base, "orders", "actions")
    await talk.say("订单5002改下地址，改成上海市浦东新区世纪大道100号2楼，收件人李明，电话13712345678")
    told = await talk.say("确认")
    assert world.orders["5002"].phone == "13712345678"
    assert "世纪大道" in told or "改好" in told


@pytest.mark.parametrize(
    ("ports", "auto"),
    [
        (("orders",), AutoActions()),
        (("orders", "actions"), AutoActions(cancel=False)),
        (("orders", "actions"), AutoActions(refund_limit="100.00")),
    ],
    ids=["not-connected-for-it", "switched-off", "above-the-limit"],
)
async def test_what_may_not_be_done_becomes_a_ticket(
    product: Wiring, served: tuple[str, World], ports: tuple[str, ...], auto: AutoActions
) -> None:
    base, world = served
    talk = Talk(product)
    await talk.open(base, *ports, auto=auto)
    await talk.say("订单5002我不想要了，帮我取消")
    told = await talk.say("确认取消")
    assert world.orders["5002"].status == "paid"
    assert await talk.tickets() == ["refund"]
    assert await talk.done() == [("cancel", "ticket")]
    assert "已经帮您取消" not in told


async def own_status(product: Wiring, shop: ShopId, order_id: str) -> str:
    found = await EmbeddedOrders(product.db).order(shop, order_id)
    return found.status if found else ""


async def test_who_waits_is_told_when_the_connected_system_has_it_again(
    product: Wiring, served: tuple[str, World]
) -> None:
    base, world = served
    talk = Talk(product)
    await talk.open(base, "stock", "products")
    await talk.say("红色XL还有货吗，到货了提醒我", page="1001")
    clock: Any = product.clock

    async def told() -> list[str]:
        def query(connection: Connection) -> list[str]:
            found = owners.of_buyer(connection, talk.shop, BuyerId("2001"), 1)
            _, messages = conversations.transcript(connection, talk.shop, found[0].id)
            return [message.text for message in messages if "到货了" in message.text and message.author == "bot"]

        return await product.db.read(query)

    for _ in range(2):  # still sold out: looked at, nobody told
        clock.advance(timedelta(minutes=16))
        await product.jobs.run_due()
    assert await told() == []
    world.variants["10012"] = changed(world.variants["10012"], stock=4)
    for minutes in (16, 1):
        clock.advance(timedelta(minutes=minutes))
        await product.jobs.run_due()
    assert len(await told()) == 1
    clock.advance(timedelta(minutes=40))
    await product.jobs.run_due()
    assert len(await told()) == 1
    assert not await product.db.read(lambda c: alerts.is_awaited(c, talk.shop, "10012"))


async def test_where_no_system_tells_of_orders_the_own_rows_follow_what_is_pushed(
    product: Wiring, served: tuple[str, World]
) -> None:
    talk = Talk(product)
    await talk.open(served[0], "stock")
    (system,) = await product.systems.listed(talk.shop)
    paid = {"order_id": "77001", "pay_amount": "88.00"}
    made = {"order_id": "77001", "buyer_id": "2001", "pay_amount": "99.00"}
    for type_, data, ago in (("order.paid", paid, 0), ("order.paid", paid, 0), ("order.created", made, 10)):
        await push(talk, system.id, type_, data, ago)
    order = await EmbeddedOrders(product.db).order(talk.shop, "77001")
    assert order is not None
    assert (order.status, order.buyer_id, order.pay_amount.yuan) == ("paid", "2001", "88.00")


async def push(talk: Talk, system_id: str, type_: str, data: dict[str, str], ago: int = 0) -> None:
    """An event of `ago` minutes before, signed as the shop's system signs it."""
    now = talk.product.clock.now()
    event = {"id": f"push-{type_}", "type": type_, "at": (now - timedelta(minutes=ago)).isoformat(), "data": data}
    body, stamp = json.dumps({"events": [event]}).encode(), str(int(now.timestamp()))
    signed = hmac.new(b"bridge-secret", f"POST\nevents\n{stamp}\n".encode() + body, hashlib.sha256).hexdigest()
    headers = {"x-xiaoer-timestamp": stamp, "x-xiaoer-signature": signed}
    await talk.product.pushes(Push(talk.shop, body, now, headers), system_id)


async def test_a_pushed_order_starts_a_reminder_and_a_pushed_payment_ends_it(
    product: Wiring, served: tuple[str, World]
) -> None:
    base, _ = served
    talk = Talk(product)
    await talk.open(base, "orders")
    (system,) = await product.systems.listed(talk.shop)
    journey = Journey("催付", "order_unpaid", (Step(15, "订单{订单尾号}还没付款"),), 0, 24 * 60)
    await product.selling.remind.journeys.save(talk.shop, "pay", journey, product.clock.now())

    async def pushed(type_: str) -> int:
        await push(talk, system.id, type_, {"order_id": "5003", "buyer_id": "2001"})
        return len(await product.db.read(lambda c: waiting(c, talk.shop, kind=KIND)))

    assert await pushed("order.created") == 1
    assert await pushed("order.created") == 1, "a second delivery starts nothing"
    assert await pushed("order.paid") == 0
