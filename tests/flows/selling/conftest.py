"""A shop that sells: the whole message path on a real database, two haggled-about products, a clock moved by hand."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.settings import Settings
from xiaoer.kernel.commerce import Buyer, Product, Variant
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.bargaining.types import Gift, Terms
from xiaoer.slices.buyers.store import BuyerSink
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.outreach.types import Comparing, Journey

PRODUCTS = (
    Product("P1", "羊毛混纺圆领针织衫 秋冬打底", "服装/针织衫", attributes={"材质": "羊毛混纺"}, related=("P2",)),
    Product("P2", "高腰直筒休闲裤", "服装/裤装"),
    Product("P3", "便携保温杯 500ml", "家居/水杯"),
)
VARIANTS = (
    Variant("V1", "P1", Money(29_900), {"颜色": "黑色"}, 50),
    Variant("V2", "P2", Money(15_900), {"颜色": "灰色"}, 50),
    Variant("V3", "P3", Money(4_990), {"颜色": "白色"}, 50),
)
TERMS = Terms(
    "日常",
    products=("P1",),
    floor=Money(25_000),
    floor_ratio=1,
    steps=(4_000, 7_500, 10_000),
    buyer_budget=Money(6_000),
    day_budget=Money(60_000),
    gifts=(Gift("freight", "运费券", Money(800)), Gift("small_gift", "收纳袋", Money(300))),
)


class SalesWorld:
    """One shop with its message path."""

    def __init__(self, product: Wiring, shop: ShopId, clock: ManualClock) -> None:
        self.product, self.shop, self.clock = product, shop, clock
        self._messages = 0

    async def stock(self) -> None:
        """Put the goods on the shelf."""
        now = self.clock.now()

        def change(connection: Any) -> None:
            ProductSink().upsert(connection, self.shop, [(p, "h") for p in PRODUCTS], now)
            VariantSink().upsert(connection, self.shop, [(v, "h") for v in VARIANTS], now)

        await self.product.shops.ensure_shop(self.shop, "测试店")
        await self.product.db.write(change)
        await self.compare(Comparing(0, 0, 0, 0))

    async def compare(self, settings: Comparing) -> None:
        """Hold out these shares of buyers."""
        book = self.product.selling.trials.book
        known = {d.id: d.version for d in await book.all(self.shop)}
        await book.save(self.shop, "comparing", settings, self.clock.now(), version=known.get("comparing", 0))

    async def journey(self, id_: str, journey: Journey) -> None:
        """Keep a journey."""
        await self.product.selling.remind.journeys.save(self.shop, id_, journey, self.clock.now())

    async def happens(self, id_: str, type_: str, buyer: str = "b1", **data: Any) -> None:
        """One event of the shop."""
        data = {"buyer_id": buyer, **data}
        fact = Event(self.shop, f"shop:{id_}", type_, self.clock.now(), buyer_id=buyer, data=data)
        await self.product.take_events(self.shop, [fact])

    async def later(self, minutes: float) -> None:
        """Let time pass, and run what is due at its end."""
        self.clock.advance(timedelta(minutes=minutes))
        await self.product.jobs.run_due()

    async def heard(self, buyer: str = "b1") -> list[str]:
        """What journeys wrote to a buyer."""
        query = text(
            "SELECT m.text FROM messages m JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation_id"
            " WHERE c.buyer_id = :buyer AND m.external_id LIKE 'out|%' ORDER BY m.seq"
        )
        return await self.product.db.read(lambda c: list(c.scalars(query, {"buyer": buyer})))

    async def agrees(self, *buyers: str) -> None:
        """Buyers agree to marketing."""
        for buyer in buyers:
            await self.product.selling.remind.consent(self.shop, buyer, True, "2026-06")

    async def terms(self, terms: Terms, id_: str = "t1") -> None:
        """Let the bot bargain by these terms."""
        book = self.product.selling.bargaining.terms
        known = {d.id: d.version for d in await book.all(self.shop)}
        await book.save(self.shop, id_, terms, self.clock.now(), version=known.get(id_, 0))

    async def account(self, buyer: str, phone: str) -> None:
        """A buyer whose phone is known."""
        row = Buyer(buyer, buyer, phone=phone)
        await self.product.db.write(lambda c: BuyerSink().upsert(c, self.shop, [(row, "h")], self.clock.now()))

    async def say(
        self, buyer: str, text: str, *, product: str = "P1", channel: str = "api", message_id: str = ""
    ) -> dict[str, Any]:
        """One message of a buyer; returns the answer as programs see it."""
        self._messages += 1
        context = TurnContext(entry="product", product_id=product)
        external = message_id or f"m-{self._messages}"
        incoming = Incoming(BuyerId(buyer), channel, TextContent(text), context, external_id=external)
        return json.loads(await self.product.take_message(self.shop, incoming))  # type: ignore[no-any-return]

    async def payable(self, buyer: str, variant: str = "V1", quantity: int = 1) -> int:
        """What the buyer would pay now, in fen."""
        quote = await self.product.quote(self.shop, [(variant, quantity)], buyer_id=buyer, channel="api")
        return quote.goods_payable.fen

    async def given(self) -> int:
        """All that bargaining gave and did not take back, in fen."""
        grants = await self.product.selling.bargaining.grants(self.shop, self.clock.now().replace(year=2000), 10_000)
        return sum(g.amount.fen for g in grants if g.state != "released")


def acts(answer: dict[str, Any]) -> list[str]:
    return [act["type"] for act in answer["turn"]["acts"]]


def words(answer: dict[str, Any]) -> str:
    return "\n".join(part["text"] for part in answer["replies"])


@pytest.fixture
async def open_world(
    database_url: str, tmp_path: Path, shop: ShopId, clock: ManualClock
) -> AsyncIterator[Callable[[], SalesWorld]]:
    """Opens the shop; again, as another worker process would have it."""
    opened: list[Wiring] = []

    def open_again() -> SalesWorld:
        settings = Settings(home=tmp_path, database_url=database_url, secret="s" * 32, gather_timeout_ms=10_000)
        opened.append(Wiring(settings, clock))
        return SalesWorld(opened[-1], shop, clock)

    yield open_again
    for wiring in opened:
        await wiring.stop()


@pytest.fixture
async def world(open_world: Callable[[], SalesWorld]) -> SalesWorld:
    made = open_world()
    await made.stock()
    return made
