"""A shop's own words and intents over HTTP (规则 > 词与意图): teach, change, forget, and try a sentence out."""

import asyncio
from functools import cache
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from sqlalchemy import Connection
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.http import FILE_BODY, describe, read_body, read_upload, reply
from xiaoer.app.shop_models import LEARN, Lesson, Version
from xiaoer.app.wiring import Wiring
from xiaoer.flows.import_wording import Learnt, import_wording
from xiaoer.infra import audit
from xiaoer.infra.jobs import count, enqueue
from xiaoer.infra.sheets import read_sheet
from xiaoer.kernel.heard import Sentiment
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, PastMessage, TextContent, Turn
from xiaoer.slices.knowledge.guarded import override_reason
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role
from xiaoer.slices.understanding.pack import read_intents
from xiaoer.slices.wording import api as wording
from xiaoer.slices.wording.types import Teaching, Wording

router = APIRouter(prefix="/api/v1")
_BODY = 262_144
_MOST_FILE = 5_242_880
_Text = Annotated[str, Meta(max_length=100)]
_Sentence = Annotated[str, Meta(max_length=200)]
_EXAMPLE = {"kind": "word", "text": "薅薅节", "means": "活动"}


class IntentView(Struct, frozen=True):
    """One intent of the pack."""

    code: str
    title: str
    means: str


class WordingsOut(Struct, frozen=True):
    """What the shop taught, the intents that sentences can be put to, and the version of its model (0: as shipped)."""

    items: tuple[Wording, ...]
    intents: tuple[IntentView, ...]
    model: int


class WordingIn(Struct, frozen=True):
    """A word and its plain meaning, or an intent and what buyers say for it."""

    kind: Literal["word", "intent"]
    text: _Text = ""
    means: _Text = ""
    intent: Annotated[str, Meta(max_length=64)] = ""
    examples: Annotated[tuple[_Sentence, ...], Meta(max_length=200)] = ()


class TryIn(Struct, frozen=True):
    """A buyer's message, and what the buyer had said before it."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    before: _Sentence = ""


class Part(Struct, frozen=True):
    """One ask of the sentence; `by` names what decided: model, pattern, example or context."""

    text: str
    intent: str
    title: str
    confidence: float
    by: str


class Tried(Struct, frozen=True):
    """How the sentence is understood now; `normal` is how it reads after the shop's and the pack's words."""

    normal: str
    parts: tuple[Part, ...]
    sentiment: Sentiment


class LearnIn(Struct, frozen=True):
    """`hold`: the new version waits to be rehearsed and put in force by somebody."""

    hold: bool = False


class ModelsOut(Struct, frozen=True):
    """Kept versions of the shop's model, newest first, the one in force (0: as shipped), the outcome of the newest
    training, and whether one is ordered or under way."""

    items: tuple[Version, ...]
    current: int
    last: Lesson | None
    training: bool


def lesson_of(id_: str, body: WordingIn) -> Wording:
    """A lesson as it was sent."""
    return Wording(id_, body.kind, body.text, body.means, body.intent, body.examples)


@cache
def _intents() -> tuple[IntentView, ...]:
    return tuple(IntentView(intent.code, intent.title, intent.means) for intent in read_intents().values())


@router.get("/wording", **describe("The shop's own words and intents", response=WordingsOut, errors=(401, 403)))
async def list_wordings(request: Request) -> Response:
    """Everything that the shop taught."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    found = await product.db.read(lambda c: wording.all_of(c, who.shop))
    return reply(WordingsOut(tuple(found), _intents(), product.models.version(who.shop)))


@router.post(
    "/wording",
    **describe("Teach a word or an intent", request=WordingIn, response=Wording, example=_EXAMPLE, status=201,
               errors=(401, 403, 413, 422)),
)  # fmt: skip
async def teach(request: Request) -> Response:
    """In force in every process within a second."""
    return reply(await _keep(request, ""), 201)


@router.put(
    "/wording/{id}",
    **describe("Change a word or an intent", request=WordingIn, response=Wording, example=_EXAMPLE,
               errors=(401, 403, 404, 413, 422)),
)  # fmt: skip
async def change(request: Request, id: str) -> Response:
    return reply(await _keep(request, id))


async def _keep(request: Request, id_: str) -> Wording:
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    body = await read_body(request, WordingIn, _BODY)
    value = lesson_of(id_, body)
    codes, now = product.understanding.codes, product.clock.now()

    def work(connection: Connection) -> Wording:
        kept = wording.keep(connection, who.shop, value, codes)
        audit.record(connection, who.shop, who.name or who.staff_id, "wording.keep", kept.id, now, kind=kept.kind)
        return kept

    kept: Wording = await product.db.write(work)
    product.understanding.forget(who.shop)
    return kept


@router.delete("/wording/{id}", **describe("Forget a word or an intent", status=204, errors=(401, 403, 404)))
async def forget(request: Request, id: str) -> Response:
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    now = product.clock.now()

    def work(connection: Connection) -> None:
        wording.remove(connection, who.shop, id)
        audit.record(connection, who.shop, who.name or who.staff_id, "wording.remove", id, now)

    await product.db.write(work)
    product.understanding.forget(who.shop)
    return Response(status_code=204)


@router.post(
    "/wording/learn",
    **describe("Train the shop's model", request=LearnIn, status=202, example={"hold": True}, errors=(401, 403, 422)),
)
async def learn(request: Request) -> Response:
    """Order a training of the shop's own model; it serves when it reads the regression lines no worse, or with `hold`
    waits for a rehearsal."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    body = await read_body(request, LearnIn, 1024) if await request.body() else LearnIn()
    now, payload = product.clock.now(), {"hold": True} if body.hold else {}
    await product.db.write(lambda c: enqueue(c, who.shop, LEARN, payload, at=now, subject="learn"))
    return Response(status_code=202)


@router.get("/wording/models", **describe("Versions of the shop's model", response=ModelsOut, errors=(401, 403)))
async def list_models(request: Request) -> Response:
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    return reply(await _models(product, who.shop))


@router.post(
    "/wording/models/{version}/use",
    **describe("Put a version in force", response=ModelsOut, errors=(401, 403, 404, 409)),
    dependencies=[Depends(note_override)],
)
async def use_model(request: Request, version: int) -> Response:
    """0 is the model that came with the program. 409 when golden questions break (`?override=REASON`)."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    by, now = who.name or who.staff_id, product.clock.now()
    product.models.check(who.shop, version)
    await product.learning.guard(who.shop, (), by, override_reason(), None, Teaching(model=version))
    await product.db.write(lambda c: audit.record(c, who.shop, by, "wording.model", str(version), now))
    await product.understanding.use(who.shop, version)
    return reply(await _models(product, who.shop))


async def _models(product: Wiring, shop: ShopId) -> ModelsOut:
    jobs, models = await product.db.read(lambda c: count(c, shop, LEARN)), product.models
    training = bool(jobs.get("waiting") or jobs.get("running"))
    return ModelsOut(tuple(models.versions(shop)), models.version(shop), models.last_lesson(shop), training)


_IMPORT = describe("Teach from a file (multipart field `file`)", response=Learnt, errors=(401, 403, 413, 422))
_IMPORT["openapi_extra"]["requestBody"] = FILE_BODY


@router.post("/wording/import", **_IMPORT)
async def teach_from_file(request: Request) -> Response:
    """CSV, XLSX, JSONL or TOML with columns 词 and 意思, or 意图 and 说法; what cannot be taken is told by line."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    file = await read_upload(request, _MOST_FILE)
    data = await file.read()
    return reply(await learn_file(product, who.shop, data, file.filename or "", who.name or who.staff_id))


async def learn_file(product: Wiring, shop: ShopId, data: bytes, name: str, by: str) -> Learnt:
    """Read a file and keep its lessons; in force within a second.

    Raises:
        BrokenSheet: it cannot be read. InvalidBody: it has no such columns.
    """
    sheet = await asyncio.to_thread(read_sheet, data, name)
    codes, now = product.understanding.codes, product.clock.now()

    def work(connection: Connection) -> Learnt:
        learnt = import_wording(connection, shop, sheet, codes)
        counts = {"added": learnt.added, "changed": learnt.changed, "refused": len(learnt.problems)}
        audit.record(connection, shop, by, "wording.import", name[:100], now, **counts)
        return learnt

    learnt: Learnt = await product.db.write(work)
    product.understanding.forget(shop)
    return learnt


@router.post(
    "/wording/try",
    **describe("Try a sentence", request=TryIn, response=Tried, example={"text": "薅薅节几点开始"},
               errors=(401, 403, 413, 422)),
)  # fmt: skip
async def try_out(request: Request) -> Response:
    """How a sentence is understood now, with the shop's own words."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.OPERATOR)
    body = await read_body(request, TryIn, _BODY)
    await product.understanding.refresh(who.shop)
    said = BuyerMessage(MessageId("try"), TextContent(body.text), product.clock.now())
    before = (PastMessage("buyer", body.before),) if body.before else ()
    heard = product.understanding.understand(
        Turn(who.shop, ConversationId("try"), BuyerId("try"), "try", (said,), before)
    )
    taught = await product.db.read(lambda c: wording.all_of(c, who.shop))
    titles = {view.code: view.title for view in _intents()}
    titles |= {lesson.intent: lesson.text for lesson in taught if lesson.kind == "intent" and lesson.text}
    parts = tuple(Part(s.text, s.intent, titles.get(s.intent, s.intent), s.confidence, s.by) for s in heard.segments)
    return reply(Tried(heard.normal, parts, heard.sentiment))
