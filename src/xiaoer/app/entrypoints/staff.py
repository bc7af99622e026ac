"""Staff log-in, and the pages behind the console's 今日 and 会话."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import TokenPair

router = APIRouter(prefix="/api/v1")
Short = Annotated[str, Meta(min_length=1, max_length=200)]


class LogIn(Struct, frozen=True):
    username: Short
    password: Short
    shop: Short = DEFAULT_SHOP


class Renew(Struct, frozen=True):
    refresh_token: Short


class StaffView(Struct, frozen=True):
    id: str
    name: str
    role: str
    shop: str


class Tokens(Struct, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int
    staff: StaffView


def _tokens(pair: TokenPair) -> Tokens:
    member = pair.staff
    return Tokens(
        pair.access_token,
        pair.refresh_token,
        pair.expires_in,
        StaffView(member.id, member.name, member.role.value, member.shop),
    )


@router.post(
    "/auth/login",
    **describe("Log in", request=LogIn, response=Tokens, example={"username": "owner", "password": "…"},
               errors=(401, 413, 422, 429)),
)  # fmt: skip
async def log_in(request: Request) -> Response:
    """Exchange name and password for an access token (15 minutes) and a refresh token."""
    product = wiring(request)
    body = await read_body(request, LogIn, 8192)
    address = request.client.host if request.client else "?"
    key = f"{body.shop}|{body.username}|{address}"
    product.log_ins.check(key)
    tokens = _tokens(await product.shops.log_in(ShopId(body.shop), body.username, body.password))
    product.log_ins.forget(key)
    return reply(tokens)


@router.post(
    "/auth/refresh",
    **describe(
        "Renew the tokens", request=Renew, example={"refresh_token": "…"}, response=Tokens, errors=(401, 413, 422)
    ),
)
async def refresh(request: Request) -> Response:
    """Spend a refresh token for a new pair."""
    body = await read_body(request, Renew, 8192)
    return reply(_tokens(await wiring(request).shops.renew(body.refresh_token)))


@router.post("/auth/logout", **describe("End the session", status=204, errors=(401,)))
async def log_out(request: Request) -> Response:
    """Revoke this log-in session."""
    principal = await caller(request)
    await wiring(request).shops.log_out(principal)
    return Response(status_code=204)


class Today(Struct, frozen=True):
    """The day so far (shop time)."""

    since: datetime
    asked: int
    solved_by_bot: int
    handoffs: int
    median_ms: float
    angry: int
    messages: int
    top_intents: tuple[tuple[str, int], ...]


@router.get("/today", **describe("The day so far", response=Today, errors=(401,)))
async def today(request: Request) -> Response:
    """How many asked, how many the bot solved alone, how fast, who was angry, what was asked most."""
    principal, product = await caller(request), wiring(request)
    now = product.clock.now()
    since = now.astimezone(SHOP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    turns = await product.db.read(
        lambda c: insights.of_type(c, principal.shop, "turn.decided", since, now + timedelta(seconds=1))
    )
    asked = {turn["conversation_id"] for turn in turns}
    handed = {turn["conversation_id"] for turn in turns if "handoff" in turn["acts"] or turn["owner"] != "bot"}
    angry = {turn["conversation_id"] for turn in turns if turn["anger"] >= 0.6}
    speeds = sorted(turn["elapsed_us"] for turn in turns)
    counts: dict[str, int] = {}
    for turn in turns:
        for intent in turn["intents"]:
            counts[intent] = counts.get(intent, 0) + 1
    top = tuple(sorted(counts.items(), key=lambda pair: -pair[1])[:8])
    median = speeds[len(speeds) // 2] / 1000 if speeds else 0.0
    return reply(
        Today(since, len(asked), len(asked - handed), len(handed), round(median, 2), len(angry), len(turns), top)
    )


class ConversationRow(Struct, frozen=True):
    id: str
    buyer_id: str
    channel: str
    state: str
    opened_at: datetime
    last_at: datetime
    last_text: str
    handoff: dict[str, Any] | None = None


class ConversationPage(Struct, frozen=True):
    items: tuple[ConversationRow, ...]
    total: int


@router.get("/conversations", **describe("Conversations, newest first", response=ConversationPage, errors=(401, 422)))
async def list_conversations(
    request: Request, state: str | None = None, page: int = 1, page_size: int = 20
) -> Response:
    """One page of the shop's conversations, optionally of one state."""
    principal, product = await caller(request), wiring(request)
    size = max(1, min(page_size, 100))
    offset = (max(1, min(page, 100_000)) - 1) * size
    rows, total = await product.db.read(lambda c: conversations.page(c, principal.shop, state, offset, size))
    last = await product.db.read(lambda c: conversations.last_texts(c, principal.shop, [row.id for row in rows]))
    items = tuple(
        ConversationRow(
            row.id, row.buyer_id, row.channel, row.state, row.opened_at, row.last_at, last.get(row.id, ""), row.handoff
        )
        for row in rows
    )
    return reply(ConversationPage(items, total))
