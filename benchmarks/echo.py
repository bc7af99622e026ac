"""The baseline: a bare echo service with the same durable commit, and nothing else.

`POST /echo` decodes the same body, stores one row through the same group commit, and answers. `/idle` is a WebSocket
that greets and waits.
"""

import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from sqlalchemy import Column, Connection, MetaData, String, Table, Text, insert
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from xiaoer.app.entrypoints.messages import MessageIn
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.statement import Statement

_METADATA = MetaData()
_ROWS = Table("echo", _METADATA, Column("id", String(64), primary_key=True), Column("text", Text))
_ADD = Statement(insert(_ROWS))
_DECODE = msgspec.json.Decoder(MessageIn)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Open the database for the life of the service."""
    db = Database(f"sqlite:///{Path(os.environ['XIAOER_HOME']) / 'echo.db'}")
    with db.transaction() as connection:
        _METADATA.create_all(connection)
    app.state.db = db
    yield
    await db.close()


async def echo(request: Request) -> Response:
    """Store and answer."""
    body = _DECODE.decode(await request.body())
    row = {"id": new_id(), "text": getattr(body.content, "text", "")}

    def change(connection: Connection) -> None:
        _ADD.run(connection, row)

    await request.app.state.db.write(change)
    return Response(msgspec.json.encode(row), media_type="application/json")


async def idle(socket: WebSocket) -> None:
    """Greet, then wait until the other side hangs up."""
    await socket.accept()
    await socket.send_text("hello")
    with contextlib.suppress(WebSocketDisconnect):
        await socket.receive_text()


app = Starlette(routes=[Route("/echo", echo, methods=["POST"]), WebSocketRoute("/idle", idle)], lifespan=lifespan)
