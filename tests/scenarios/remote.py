"""A shop whose orders live in a system of its own, behind a loopback port that may refuse, lose answers or die."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import select
from starlette.responses import JSONResponse, Response

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.terms import AutoActions, Terms
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.tickets.tables import tickets


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
