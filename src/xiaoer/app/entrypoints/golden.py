"""The regression set over HTTP (回归题): golden questions, and checking them."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.knowledge_views import who
from xiaoer.app.entrypoints.learning import keeper
from xiaoer.app.http import describe, read_body, reply
from xiaoer.flows.publish_knowledge.guard import Result
from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.learning.types import Golden

router = APIRouter(prefix="/api/v1/learning/golden")
_Words = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=20)]


class GoldenIn(Struct, frozen=True):
    """A question and what must come out; at least one expectation. `handoff` null is not checked.

    `answer` is what the entry `entry_id` must say, as it is written (with the names of its variables); spaces and
    punctuation do not count.
    """

    question: Annotated[str, Meta(min_length=1, max_length=1000)]
    entry_id: Annotated[str, Meta(max_length=128)] = ""
    answer: Annotated[str, Meta(max_length=20_000)] = ""
    must_contain: _Words = ()
    must_not_contain: _Words = ()
    intent: Annotated[str, Meta(max_length=40)] = ""
    handoff: bool | None = None
    product_id: Annotated[str, Meta(max_length=128)] = ""
    channel: Annotated[str, Meta(max_length=32)] = ""
    enabled: bool = True


class GoldenOut(Struct, frozen=True):
    items: tuple[Golden, ...]
    failing: int


class RunOut(Struct, frozen=True):
    """The outcome of a run; an empty failure is a pass."""

    results: tuple[Result, ...]
    failing: int


_EXAMPLE = {"question": "可以机洗吗", "must_contain": ["30 度"], "handoff": False}
_ERRORS = (401, 403, 404, 413, 422)


@router.get("", **describe("Golden questions", response=GoldenOut, errors=(401, 403)))
async def list_golden(request: Request) -> Response:
    """All of them, with the outcome of the last check."""
    who_, product = await keeper(request), wiring(request)
    found = await product.learning.golden(who_.shop)
    return reply(GoldenOut(tuple(found), sum(one.enabled and one.passed is False for one in found)))


@router.post("", **describe("Add a golden question", request=GoldenIn, response=Golden, status=201, example=_EXAMPLE,
                            errors=_ERRORS))  # fmt: skip
async def add_golden(request: Request) -> Response:
    """It is checked at once; from now on a publishing that breaks it is refused."""
    return reply(await _keep(request, ""), 201)


@router.put("/{id}", **describe("Change a golden question", request=GoldenIn, response=Golden, example=_EXAMPLE,
                                errors=_ERRORS))  # fmt: skip
async def change_golden(request: Request, id: str) -> Response:
    """Replace question and expectations; it is checked at once."""
    return reply(await _keep(request, id))


async def _keep(request: Request, id_: str) -> Golden:
    who_, product = await keeper(request), wiring(request)
    body = await read_body(request, GoldenIn, 65_536)
    expects = (body.entry_id, body.must_contain, body.must_not_contain, body.intent, body.handoff is not None)
    if not any(expects):
        raise InvalidBody(
            "A golden question needs an expectation: an entry, words, an intent or whether it hands over."
        )
    if body.answer and not body.entry_id:
        raise InvalidBody("An approved answer is of an entry: name it in `entry_id`.")
    value = Golden(id_, **msgspec.structs.asdict(body))
    return await product.learning.keep_golden(who_.shop, value, who(who_))


@router.delete("/{id}", **describe("Delete a golden question", status=204, errors=(401, 403, 404)))
async def drop_golden(request: Request, id: str) -> Response:
    """It is not checked any more."""
    who_, product = await keeper(request), wiring(request)
    await product.learning.drop_golden(who_.shop, id, who(who_))
    return Response(status_code=204)


@router.post("/run", **describe("Check all golden questions now", response=RunOut, errors=(401, 403)))
async def run_golden(request: Request) -> Response:
    """Each is answered for trial by the shop as it is; nothing is sent or kept but the outcome."""
    who_, product = await keeper(request), wiring(request)
    results = await product.learning.guard.run(who_.shop)
    return reply(RunOut(tuple(results), sum(bool(result.failure) for result in results)))
