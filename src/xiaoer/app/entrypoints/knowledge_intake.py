"""Filling the knowledge base over HTTP: texts, documents and old chats in, candidates out, verdicts on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.entrypoints.knowledge_scopes import fit_scopes
from xiaoer.app.entrypoints.knowledge_views import EntryIn, draft_of, who
from xiaoer.app.http import FILE_BODY, describe, read_body, read_upload, reply
from xiaoer.app.intakes import KNOWN_BEFORE, PREFIX
from xiaoer.app.wiring import Wiring
from xiaoer.infra.documents import MAX_BYTES, BrokenDocument
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.imports import store as runs
from xiaoer.slices.imports.types import ImportRun
from xiaoer.slices.knowledge.candidates.types import Candidate, CandidateFilter, Decided, Verdict
from xiaoer.slices.knowledge.rules import InvalidEntry
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/knowledge", dependencies=[Depends(note_override)])
_MOST_TEXT = 4 * 1_048_576


class TextIn(Struct, frozen=True):
    """A pasted text: notes, a list of questions, or a chat copied from another program."""

    text: Annotated[str, Meta(max_length=1_000_000)]
    name: Annotated[str, Meta(max_length=200)] = ""


class ConversationsIn(Struct, frozen=True):
    """Which conversations are searched, and in how many a question must come up."""

    days: Annotated[int, Meta(ge=1, le=36_500)] = 90
    least: Annotated[int, Meta(ge=1, le=100)] = 2


class CandidatesOut(Struct, frozen=True):
    items: tuple[Candidate, ...]
    total: int
    counts: dict[str, int]


class VerdictIn(Struct, frozen=True):
    """`accept` makes an entry, `merge` adds the question to `target_id` (default: the like entry), `reject` dismisses;
    `entry` is the reviewer's edit."""

    id: Annotated[str, Meta(max_length=64)]
    decision: Annotated[str, Meta(pattern="^(accept|merge|reject)$")]
    entry: EntryIn | None = None
    target_id: Annotated[str, Meta(max_length=128)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""


class VerdictsIn(Struct, frozen=True):
    verdicts: Annotated[tuple[VerdictIn, ...], Meta(min_length=1, max_length=1000)]
    publish: bool = True


class DecidedOut(Struct, frozen=True):
    """Entry ids by candidate, candidates dismissed, and refusals with the reason."""

    entries: dict[str, str]
    rejected: tuple[str, ...]
    refused: dict[str, str]


class Ordered(Struct, frozen=True):
    """The intake to watch; its id is also the batch of its candidates."""

    id: str


class EarlierIntake(Struct, frozen=True):
    """That everything was found before: in which intake (its id is the batch of its candidates), said for people."""

    batch: str
    says: str


class IntakeView(Struct, frozen=True):
    """One intake. `status`: running, done, refused or failed; `done` of `total` conversations are understood.

    `found` candidates in all, `added` new ones, `known` ones that were found before; `error` says what went wrong.
    """

    id: str
    status: str
    kind: str
    name: str
    at: datetime
    by: str
    done: int
    total: int
    found: int
    added: int
    known: int
    conversations: int
    warnings: tuple[str, ...]
    error: str
    error_code: str
    earlier: EarlierIntake | None = None


class IntakesOut(Struct, frozen=True):
    items: tuple[IntakeView, ...]


def _view(run: ImportRun) -> IntakeView:
    kind, talks = run.kind.removeprefix(PREFIX), run.total if run.status == "done" else 0
    return IntakeView(
        run.id, run.status, kind, run.file_name, run.at, run.by, run.done, run.total, run.added + run.unchanged,
        run.added, run.unchanged, talks, run.warnings, run.error, run.error_code,
        next((EarlierIntake(one.column, one.text) for one in run.refusals if one.code == KNOWN_BEFORE), None),
    )  # fmt: skip


_ORDERED: dict[str, Any] = {"response": Ordered, "status": 202, "errors": (401, 403, 413, 422)}


@router.post(
    "/intake/text",
    **describe("Find questions and answers in a pasted text", request=TextIn,
               example={"text": "问：多久发货？\n答：付款后 48 小时内。"}, **_ORDERED),
)  # fmt: skip
async def from_text(request: Request) -> Response:
    """Every question and answer of the text becomes a candidate; watch it under its id.

    Raises:
        BrokenDocument: there is no text.
    """
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, TextIn, _MOST_TEXT)
    if not body.text.strip():
        raise BrokenDocument("no_text", "没有文字，请先粘贴内容。")
    data = body.text.encode()
    id_ = await product.intakes.order(principal.shop, "text", who(principal), data=data, name=body.name)
    return reply(Ordered(id_), 202)


_UPLOAD = describe("Find questions and answers in a file (multipart field `file`)", **_ORDERED)
_UPLOAD["openapi_extra"]["requestBody"] = FILE_BODY


@router.post("/intake/file", **_UPLOAD)
async def from_file(request: Request) -> Response:
    """DOCX, PDF, HTML, MD, TXT, a chat export, or a file of dialogues; told apart by content."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    file = await read_upload(request, MAX_BYTES)
    name = (file.filename or "").replace("\0", "")[-200:]
    data = await file.read()
    if not data:
        raise BrokenDocument("empty", "这个文件是空的。")
    id_ = await product.intakes.order(principal.shop, "file", who(principal), data=data, name=name)
    return reply(Ordered(id_), 202)


@router.post(
    "/intake/conversations",
    **describe("Find questions that people answered in closed conversations", request=ConversationsIn,
               example={"days": 90}, **_ORDERED),
)  # fmt: skip
async def from_conversations(request: Request) -> Response:
    """Imported and own conversations; only what a person answered counts."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, ConversationsIn, 8192)
    id_ = await product.intakes.order(principal.shop, "chats", who(principal), days=body.days, least=body.least)
    return reply(Ordered(id_), 202)


@router.get("/intake", **describe("The newest intakes", response=IntakesOut, errors=(401,)))
async def list_intakes(request: Request) -> Response:
    """The last ten, newest first, with how far those are that run."""
    principal, product = await caller(request), wiring(request)
    found = await product.db.read(lambda c: runs.newest(c, principal.shop, PREFIX, 10))
    return reply(IntakesOut(tuple(map(_view, found))))


@router.get("/intake/{id}", **describe("One intake", response=IntakeView, errors=(401, 404)))
async def get_intake(request: Request, id: str) -> Response:
    """How far it is, and what it found."""
    principal, product = await caller(request), wiring(request)
    run = await product.db.read(lambda c: runs.get(c, principal.shop, id))
    if run is None or not run.kind.startswith(PREFIX):
        raise NotFound("Intake", id)
    return reply(_view(run))


@router.get("/candidates", **describe("Candidates, most asked first", response=CandidatesOut, errors=(401, 422)))
async def list_candidates(
    request: Request,
    status: str = "open",
    origin: str = "",
    batch: str = "",
    q: str = "",
    page: int = 1,
    page_size: int = 50,
) -> Response:
    """One page of candidates with their evidence; `counts` by status tell how far the review is."""
    principal, product = await caller(request), wiring(request)
    size = max(1, min(page_size, 200))
    wanted = CandidateFilter("" if status == "all" else status, origin, batch, q[:200])
    found = await product.brain.candidates.page(principal.shop, wanted, (max(1, min(page, 100_000)) - 1) * size, size)
    return reply(CandidatesOut(found.items, found.total, found.counts))


@router.post(
    "/candidates/decide",
    **describe("Accept, merge or dismiss candidates", request=VerdictsIn, response=DecidedOut,
               example={"verdicts": [{"id": "1f0c", "decision": "accept"}], "publish": True},
               errors=(401, 403, 413, 422)),
)  # fmt: skip
async def decide(request: Request) -> Response:
    """Carry out verdicts, each by itself; with `publish` accepted ones are live at once, else they are drafts."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, VerdictsIn, 8 * 1_048_576)
    verdicts, unfit = await _fit(product, principal.shop, body.verdicts)
    done: Decided = await product.brain.candidates.decide(
        principal.shop, verdicts, who(principal), publish=body.publish
    )
    return reply(DecidedOut(done.entries, done.rejected, {**unfit, **done.refused}))


async def _fit(product: Wiring, shop: ShopId, asked: Sequence[VerdictIn]) -> tuple[list[Verdict], dict[str, str]]:
    """Verdicts whose entries fit the shop, and why the others are refused: a candidate is checked like any entry."""
    found = await product.brain.candidates.get_many(shop, [verdict.id for verdict in asked])
    fit: list[Verdict] = []
    unfit: dict[str, str] = {}
    for verdict in asked:
        draft = draft_of(verdict.entry, product.clock.now()) if verdict.entry else None
        try:
            if verdict.decision == "accept" and (draft or verdict.id in found):
                draft = await fit_scopes(product, shop, draft or found[verdict.id].draft)
        except InvalidEntry as error:
            unfit[verdict.id] = error.detail
            continue
        fit.append(Verdict(verdict.id, verdict.decision, draft, verdict.target_id, verdict.note))  # type: ignore[arg-type]
    return fit, unfit
