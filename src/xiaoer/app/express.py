"""The short way to the busiest route: no middleware, no route table.

Every buyer message comes in through `POST /api/v1/messages`, and FastAPI's layers cost it more than reading and
writing its JSON. The route stays registered, for the OpenAPI document and for calls that need a layer: those from
a web page (`Origin`, so CORS) and those with a query. Errors end in the same problem documents.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from xiaoer.kernel.errors import XiaoerError

Handler = Callable[[Request], Awaitable[Response]]


class ExpressApp(FastAPI):
    """A FastAPI application in which some exact (method, path) pairs are answered at once."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.express: dict[tuple[str, str], Handler] = {}

    def expedite(self, method: str, path: str, handler: Handler) -> None:
        """Answer this method and path with `handler`, which is the route's own function."""
        self.express[method, path] = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the short way where there is one."""
        if scope["type"] == "http" and not scope["query_string"] and not scope.get("root_path"):
            handler = self.express.get((scope["method"], scope["path"]))
            if handler is not None and all(name != b"origin" for name, _ in scope["headers"]):
                scope["app"] = self
                await self._answer(handler, scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def _answer(self, handler: Handler, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except ClientDisconnect:
            return
        except Exception as error:
            kind = XiaoerError if isinstance(error, XiaoerError) else Exception
            response = await self.exception_handlers[kind](request, error)  # type: ignore[misc]
        await response(scope, receive, send)
