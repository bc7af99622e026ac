"""Who is calling: an API key or a staff access token in `Authorization: Bearer …`."""

from typing import Annotated

from fastapi import Query, Request

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.errors import Unauthorised
from xiaoer.slices.knowledge.guarded import set_override
from xiaoer.slices.shops.types import Principal


def wiring(request: Request) -> Wiring:
    """The running product."""
    found: Wiring = request.app.state.wiring
    return found


def bearer(request: Request) -> str:
    """The bearer token.

    Raises:
        Unauthorised: the header is missing or of another kind.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorised("Send an API key or a log-in token: Authorization: Bearer …")
    return token.strip()


async def caller(request: Request) -> Principal:
    """Who is calling, whether a program or a person.

    Raises:
        Unauthorised: no token, or one that is not in force.
    """
    token, shops = bearer(request), wiring(request).shops
    if token.count(".") == 2 and not token.startswith("xk."):
        return await shops.staff_principal(token)
    return await shops.key_principal(token)


async def note_override(
    override: Annotated[str, Query(description="Reason for publishing although golden questions break; audited.")] = "",
) -> None:
    """`?override=REASON`: publish although golden questions break; the reason is audited. A router's dependency."""
    set_override(override)
