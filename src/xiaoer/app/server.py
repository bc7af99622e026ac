"""The ASGI application: entrypoints, problem documents, static pages."""

import ctypes
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from xiaoer.app import http
from xiaoer.app.entrypoints import (
    agents,
    audit,
    bargaining,
    canned,
    coupon_kinds,
    coupons,
    desk,
    desk_live,
    desk_orders,
    desk_settings,
    desk_team,
    events,
    golden,
    goods,
    imports,
    insight_desk,
    insight_reports,
    insight_reviews,
    insights,
    knowledge,
    knowledge_bulk,
    knowledge_care,
    knowledge_intake,
    knowledge_review,
    learning,
    messages,
    mode_evidence,
    ops,
    outreach,
    pages,
    privacy,
    quotes,
    replays,
    rules,
    selling,
    staff,
    systems,
    team,
    terms,
    ticket_files,
    tickets,
    widget,
    wording,
)
from xiaoer.app.express import ExpressApp
from xiaoer.app.wiring import Wiring
from xiaoer.infra.log import set_up_logging
from xiaoer.infra.settings import Settings

_YOUNG = 20_000  # objects that come and go with some dozen messages; nearly all of them go without the collector


def served_app() -> FastAPI:
    """The application of a server process, for uvicorn."""
    return create_app(alone=True)


def settle_memory() -> None:
    """What is loaded stays: the collector need not walk through it again and again while buyers wait. What loading used
    goes back to the system."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
    with suppress(OSError, AttributeError):  # elsewhere than on glibc: what loading needed for a moment stays
        ctypes.CDLL(None).malloc_trim(0)


def create_app(settings: Settings | None = None, *, alone: bool = False) -> FastAPI:
    """Build the application; the wiring starts and stops with it. `alone`: the process does nothing else."""
    settings = settings or Settings()
    set_up_logging(settings.log_level)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.wiring = product = Wiring(settings)
        await product.start()
        if alone:
            settle_memory()
        try:
            yield
        finally:
            await product.stop()

    app = ExpressApp(
        title="Xiaoer 小二",
        version="0.1.0",
        description="The AI front desk of an online shop. Every error is a problem document (RFC 9457).",
        lifespan=lifespan,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    sales = (goods, bargaining, coupon_kinds, coupons, selling, outreach)
    # in this order: the last one takes every other address below /knowledge
    brain = (wording, knowledge_bulk, knowledge_care, knowledge_intake, knowledge_review, knowledge)
    insight = (insight_desk, insight_reports, insight_reviews, insights)  # in this order: pages are found by name
    desks = (agents, desk, desk_team, desk_orders, desk_settings, desk_live, mode_evidence, canned)
    # The widget is embedded in the shop's own pages; nothing here is authorised by cookies, so any origin may call.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
    )
    shop = (imports, events, quotes, systems, *insight, rules)
    for module in (messages, staff, *brain, *shop, widget, ops, audit, *desks, team, ticket_files, tickets, terms):
        app.include_router(module.router)
    for module in (*sales, golden, replays, learning, privacy):
        app.include_router(module.router)
    pages.mount(app, settings)
    http.install(app)
    app.expedite("POST", "/api/v1/messages", messages.post_message)
    return app
