"""What a buyer confirmed is done in the shop's own system, over the wire: once, read back, told; else it is a ticket."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import uvicorn
from msgspec.structs import replace as changed
from sqlalchemy import Connection, select
from starlette.responses import JSONResponse, Response
from tests.connectors.fakes import generic
from tests.connectors.subjects import fresh_world
from tests.connectors.world import World

from xiaoer.app.wiring import Wiring
from xiaoer.connectors.push import Push
from xiaoer.flows.remind_buyer.start import KIND
from xiaoer.infra.jobs import waiting
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.terms import AutoActions, Terms
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.catalog import alerts
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.outreach.types import Journey, Step
from xiaoer.slices.tickets.tables import tickets

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def served(wire: "Wire") -> Iterator[tuple[str, World]]:
    """A shop of its own behind a loopback port, checking signatures."""
    world = fresh_world()
    wire.app = generic.platform(world).app
    server = uvicorn.Server(uvicorn.Config(wire, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/shop", world
    server.should_exit = True
    thread.join(10)


@dataclass
class Wire:
    """The way to the shop's system. `refuses`: it does no action. `loses`: it does one, and its answer is lost.
    `dies`: the same, and nothing is answered any more."""

    app: Any = None
    refuses: bool = False
    loses: bool = False
    dies: bool = False
    down: bool = False
    posted: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        post = scope["method"] == "POST"
        self.posted += post
        if self.down:
            await Response(status_code=503)(scope, receive, send)
        elif post and self.refuses:
            await JSONResponse({"state": "refused"})(scope, receive, send)
        elif post and (self.loses or self.dies):
            self.down = self.dies
            await self.app(scope, receive, _nowhere)
            await Response(status_code=502)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _nowhere(_: Any) -> None:
    """The answer that is lost."""


@pytest.fixture
def wire() -> Wire:
    return Wire()


class Talk:
    """Buyer 2001 in a shop whose orders live in the served system."""

    def __init__(self, product: Wiring) -> None:
        self.product = product
        self.shop = ShopId(f"remote-{uuid4().hex[:8]}")

    async def open(self, base: str, *ports: str, auto: AutoActions = AutoActions()) -> None:  # noqa: B008  frozen
        await self.product.shops.ensure_shop(self.shop, "接口小店")
        await self.product.systems.save(
            self.shop, "店主", id_="", connector="generic", title="", ports=ports,
            settings={"base_url": base, "secret": "bridge-secret"}, enabled=True,
        )  # fmt: skip
        await self.product.answering.terms.save(self.shop, Terms(auto=auto), "店主")

    async def say(self, text: str, page: str = "") -> str:
        context = TurnContext(entry="product", product_id=page) if page else TurnContext()
        incoming = Incoming(BuyerId("2001"), "api", TextContent(text), context, external_id=uuid4().hex)
        answer: dict[str, Any] = msgspec.json.decode(await self.product.take_message(self.shop, incoming))
        return "\n".join(part["text"] for part in answer["replies"])

    async def done(self) -> list[tuple[str, str]]:
        return [(row.kind, row.state) for row in await self.product.answering.actions(self.shop, 10)]

    async def tickets(self) -> list[str]:
        query = select(tickets.c.type).where(tickets.c.shop == self.shop)
        return list(await self.product.db.read(lambda c: c.scalars(query).all()))


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


async def offered(talk: Talk, **terms: Any) -> None:
    """Everybody may claim 20 off from 199 on."""
    now = talk.product.clock.now()
    row = {
        "id": "C-20", "name": "满199减20", "level": "shop_coupon", "benefit": "amount_off",
        "starts_at": (now - timedelta(days=1)).isoformat(), "ends_at": (now + timedelta(days=9)).isoformat(),
        "tiers": [{"threshold": "199.00", "benefit": "20.00"}], "coupon": {"code": "LESS20"}, "per_user_limit": 1,
    }  # fmt: skip
    await talk.product.promotions.save(talk.shop, row | terms)


async def claims(talk: Talk) -> list[str]:
    """What is answered to the wish, the yes and a second yes."""
    return [await talk.say(words) for words in ("帮我领一张优惠券", "确认", "确认")]


@pytest.mark.parametrize("connected", [True, False], ids=["in-the-shop's-system", "in-the-own-rows"])
async def test_a_coupon_is_claimed_after_a_yes_and_once(
    product: Wiring, served: tuple[str, World], wire: Wire, connected: bool
) -> None:
    talk = Talk(product)
    await talk.open(served[0], *(("actions",) if connected else ("parcels",)), auto=AutoActions(coupon=True))
    await offered(talk)
    asked, told, _ = await claims(talk)
    assert "满199减20" in asked and "确认" in asked
    assert "领好了" in told
    (held,) = await product.promotions.held(talk.shop, BuyerId("2001"))
    assert (held.promotion_id, held.state) == ("C-20", "claimed")
    assert (await talk.done(), await talk.tickets()) == ([("issue_coupon", "done")], [])
    assert wire.posted == connected


@pytest.mark.parametrize(
    ("trouble", "terms", "posted"),
    [("refuses", {}, 1), ("loses", {}, 3), ("", {"scope": {"items": ["1001"]}}, 0)],
    ids=["refused", "answer-lost", "terms-no-system-knows"],
)
async def test_a_coupon_that_the_shop_does_not_confirm_is_not_the_buyers(
    product: Wiring, served: tuple[str, World], wire: Wire, trouble: str, terms: dict[str, Any], posted: int
) -> None:
    if trouble:
        setattr(wire, trouble, True)
    talk = Talk(product)
    await talk.open(served[0], "actions", auto=AutoActions(coupon=True))
    await offered(talk, **terms)
    _, told, _ = await claims(talk)
    assert "领好了" not in told and "工单" in told
    assert await product.promotions.held(talk.shop, BuyerId("2001")) == (), "no quote counts on it"
    assert (await talk.tickets(), wire.posted) == (["callback"], posted)


async def test_of_a_coupon_that_is_gone_nothing_is_promised(product: Wiring, served: tuple[str, World]) -> None:
    talk = Talk(product)
    await talk.open(served[0], "parcels", auto=AutoActions(coupon=True))
    await offered(talk, budget_left="10.00")
    _, told, _ = await claims(talk)
    assert "领完" in told
    assert await talk.tickets() == []


@pytest.mark.parametrize("words", ["优惠券在哪领", "领过的券怎么用", "有什么券可以领"])
async def test_who_only_asks_about_coupons_claims_none(product: Wiring, served: tuple[str, World], words: str) -> None:
    talk = Talk(product)
    await talk.open(served[0], "parcels", auto=AutoActions(coupon=True))
    await offered(talk)
    assert "确认" not in await talk.say(words)


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
        now = product.clock.now()
        data = {"order_id": "5003", "buyer_id": "2001"}
        event = {"id": f"push-{type_}", "type": type_, "at": now.isoformat(), "data": data}
        body, stamp = json.dumps({"events": [event]}).encode(), str(int(now.timestamp()))
        signed = hmac.new(b"bridge-secret", f"POST\nevents\n{stamp}\n".encode() + body, hashlib.sha256).hexdigest()
        headers = {"x-xiaoer-timestamp": stamp, "x-xiaoer-signature": signed}
        await product.pushes(Push(talk.shop, body, now, headers), system.id)
        return len(await product.db.read(lambda c: waiting(c, talk.shop, kind=KIND)))

    assert await pushed("order.created") == 1
    assert await pushed("order.created") == 1, "a second delivery starts nothing"
    assert await pushed("order.paid") == 0
