"""Documents of the rulebook over HTTP: the same four routes for every kind that a shop's people edit."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.infra.idgen import new_id
from xiaoer.infra.rulebook import Document, Rulebook
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.filling import unknown_variables
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Principal, Role

T = TypeVar("T", bound=Struct)
V = TypeVar("V", bound=Struct)
BODY = 262_144
RuleId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


async def editor(request: Request, *, read: bool = False) -> Principal:
    """Who may edit what the shop sells by; supervisors may look."""
    who = await caller(request)
    require_role(who, Role.OPERATOR, *((Role.SUPERVISOR,) if read else ()))
    return who


def audited(who: Principal) -> str:
    """How a caller is named in the audit."""
    return f"{who.name} {who.staff_id}".strip() or f"key:{who.key_id}"


def check_variables(texts: Iterable[str], known: Sequence[str]) -> None:
    """Refuse names in braces that nothing fills; told in Chinese to the person who wrote them.

    Raises:
        InvalidBody: with the names that can be used.
    """
    if unknown := unknown_variables(texts, known):
        names, usable = ("、".join(f"{{{name}}}" for name in some) for some in (unknown, known))
        raise InvalidBody(f"这里没有变量{names}，买家会看到大括号。能用的有{usable}。")


class Kind(Struct, frozen=True):
    """One kind: its name in the address, its body as written and read, and what is checked before it is kept."""

    path: str
    title: str
    example: dict[str, Any]
    body: Any
    book: Callable[[Wiring], Rulebook[Any]]
    read: Callable[[Any, ShopId], Any]
    write: Callable[[Any, Principal], Any]
    check: Callable[[Wiring, ShopId, str, Any], Awaitable[Sequence[str]]] | None = None


def add_routes(router: APIRouter, kind: Kind) -> None:
    """Give a router the routes of one kind: list, create, change, remove."""
    item = msgspec.defstruct(
        f"{kind.body.__name__.removesuffix('In')}Out",
        [
            ("id", str),
            ("enabled", bool),
            ("version", int),
            ("updated_at", datetime),
            ("updated_by", str),
            ("rule", kind.body),
            ("warnings", tuple[str, ...], ()),
        ],
        frozen=True,
    )
    page = msgspec.defstruct(f"{item.__name__}Page", [("items", tuple[item, ...])], frozen=True)  # type: ignore[valid-type]
    written = msgspec.defstruct(
        f"{kind.body.__name__}Write",
        [
            ("rule", kind.body),
            ("id", RuleId | None, None),
            ("enabled", bool, True),
            ("version", Annotated[int, Meta(ge=0, le=2**31 - 1)], 0),
        ],
        frozen=True,
    )
    example = {"rule": kind.example, "enabled": True}

    def shown(document: Document[Any], who: Principal, warnings: Sequence[str] = ()) -> Any:
        return item(
            document.id,
            document.enabled,
            document.version,
            document.updated_at,
            document.updated_by,
            kind.write(document.value, who),
            tuple(warnings),
        )

    async def list_rules(request: Request) -> Response:
        """Every one, switched off or not."""
        who = await editor(request, read=True)
        found = await kind.book(wiring(request)).all(who.shop)
        return reply(page(tuple(shown(document, who) for document in found)))

    async def keep(request: Request, id_: str) -> Response:
        who, product = await editor(request), wiring(request)
        body: Any = await read_body(request, written, BODY)
        if id_ and body.id and body.id != id_:
            raise InvalidBody("The id in the body is another than the one in the address.")
        chosen = id_ or body.id or new_id()
        value = kind.read(body.rule, who.shop)
        warnings = await kind.check(product, who.shop, chosen, value) if kind.check else ()
        by, now = who.name or who.key_id or "API", product.clock.now()
        saved = await kind.book(product).save(
            who.shop, chosen, value, now, enabled=body.enabled, by=by, version=body.version, audited=audited(who)
        )
        return reply(shown(saved, who, warnings))

    async def create(request: Request) -> Response:
        """Keep a new one; without an id it gets one."""
        return await keep(request, "")

    async def change(request: Request, id: str) -> Response:
        """Replace the version that was read; 409 when somebody changed it meanwhile."""
        return await keep(request, id)

    async def remove(request: Request, id: str) -> Response:
        """Delete one."""
        who, product = await editor(request), wiring(request)
        await kind.book(product).remove(who.shop, id, product.clock.now(), audited(who))
        return Response(status_code=204)

    base = f"/{kind.path}"
    router.get(base, **describe(f"{kind.title}: all", response=page, errors=(401, 403)))(list_rules)
    router.post(
        base,
        **describe(
            f"{kind.title}: a new one", request=written, example=example, response=item, errors=(401, 403, 409, 422)
        ),
    )(create)
    router.put(
        f"{base}/{{id}}",
        **describe(
            f"{kind.title}: change one", request=written, example=example | {"version": 1}, response=item,
            errors=(401, 403, 404, 409, 422),
        ),
    )(change)  # fmt: skip
    router.delete(f"{base}/{{id}}", **describe(f"{kind.title}: delete one", status=204, errors=(401, 403, 404)))(remove)
