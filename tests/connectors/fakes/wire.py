"""What all fake platforms share: reading a request as it was sent, writing times and amounts as platforms do."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_BEIJING = ZoneInfo("Asia/Shanghai")
Handler = Callable[[Request, bytes], Response]


@dataclass
class Pair:
    """The tokens that a platform holds valid. `lives` seconds are promised; `ends` says that it gives no more."""

    access: str
    refresh: str = "refresh-1"
    lives: int = 86_400
    ends: bool = False
    given: int = 0

    def next(self, refresh: str) -> bool:
        """Give new ones for a refresh token that holds, as platforms do: the old access token ends."""
        if self.ends or refresh != self.refresh:
            return False
        self.given += 1
        self.access, self.refresh = f"{self.access}-{self.given + 1}", f"refresh-{self.given + 1}"
        return True


@dataclass(frozen=True)
class Platform:
    """A fake platform: its application, working settings, and the setting whose change breaks signatures."""

    app: Starlette
    settings: dict[str, str]
    secret: str
    tokens: Pair | None = None


def application(handle: Handler) -> Starlette:
    """One handler for every path, with the raw body."""

    async def endpoint(request: Request) -> Response:
        return handle(request, await request.body())

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "POST"])])


def form(body: bytes) -> dict[str, str]:
    """The form as sent, each field once."""
    pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def run_together(params: dict[str, str]) -> str:
    return "".join(name + params[name] for name in sorted(params) if name != "sign")


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def local(at: datetime | None) -> str:
    """Beijing time as text; absent as the zeros that some platforms send."""
    return at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M:%S") if at else "0000-00-00 00:00:00"


def seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0


def said(value: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(value, status_code=status)
