"""Looking after the knowledge base over HTTP: search for people, the preview, health, default packs."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct, structs
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.entrypoints.knowledge_views import MAX_BODY, EntryIn, EntryOut, draft_of, view, who
from xiaoer.app.http import describe, read_body, reply
from xiaoer.flows.confirm_packs import PackView
from xiaoer.kernel.variables import unsaid_variables
from xiaoer.slices.knowledge.health.types import MENDINGS, Far, Finding, Mended, Mending, Usage
from xiaoer.slices.knowledge.people import Hit
from xiaoer.slices.knowledge.rules import check_entry
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.learning.types import Golden
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/knowledge", dependencies=[Depends(note_override)])


class FoundOut(Struct, frozen=True):
    """One entry found; spans are half-open places to be marked. `by`: text, pinyin, initials or sense."""

    id: str
    question: str
    answer: str
    category: str
    product_id: str
    status: str
    by: str
    score: float
    question_spans: tuple[tuple[int, int], ...]
    snippet: str
    snippet_spans: tuple[tuple[int, int], ...]
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    updated_at: datetime | None = None


class FoundPage(Struct, frozen=True):
    items: tuple[FoundOut, ...]


class TryIn(Struct, frozen=True):
    """A sentence as a buyer would say it, and where; with `entry` as if that were published (instead of `id`)."""

    text: Annotated[str, Meta(max_length=1_000)]
    product_id: Annotated[str, Meta(max_length=128)] = ""
    channel: Annotated[str, Meta(max_length=32)] = ""
    entry: EntryIn | None = None
    id: Annotated[str, Meta(max_length=128)] = ""


class Reason(Struct, frozen=True):
    """Why an entry was chosen: letters and sounds that both wordings share, and whether the intents agree."""

    matched: str
    words: tuple[str, ...]
    sounds: tuple[str, ...]
    intent: str
    intent_title: str
    same_intent: bool


class TriedHit(Struct, frozen=True):
    """An entry as it is written; `missing`: variables that have no value now, so that their sentences are not said."""

    id: str
    question: str
    answer: str
    score: float
    said: bool
    reason: Reason
    missing: tuple[str, ...] = ()


class TryOut(Struct, frozen=True):
    """What the knowledge base finds; `said` marks entries that the answer would rest on, `needed` is the least score.

    `reply` is the whole answer as a buyer without orders would get it, variables filled.
    """

    intent: str
    answerable: bool
    needed: float
    hits: tuple[TriedHit, ...]
    reply: str = ""


class UsageOut(Struct, frozen=True):
    usage: dict[str, Usage]


class FindingOut(Struct, frozen=True):
    """One finding with what one click can do about it; the first mending is the one to offer."""

    id: str
    kind: str
    says: str
    weight: int
    entry: EntryOut | None
    other: EntryOut | None
    product_id: str
    detail: dict[str, Any]
    mendings: tuple[str, ...]
    state: str


class HealthOut(Struct, frozen=True):
    """A page of findings; `checking` is how far a check is that runs now."""

    items: tuple[FindingOut, ...]
    counts: dict[str, int]
    checked_at: datetime | None
    checking: Far | None = None


class CheckedOut(Struct, frozen=True):
    found: int


class MendIn(Struct, frozen=True):
    mending: Mending


class PacksOut(Struct, frozen=True):
    packs: tuple[PackView, ...]


class SwitchIn(Struct, frozen=True):
    """Rules to switch; none named means the whole pack."""

    on: bool
    rules: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=500)] = ()


class SwitchedOut(Struct, frozen=True):
    changed: tuple[str, ...]
    refused: dict[str, str]


def _found(hit: Hit) -> FoundOut:
    draft = hit.entry.draft
    return FoundOut(
        str(hit.entry.id), draft.question, draft.answer, draft.category, draft.product_id, draft.status, hit.by,
        hit.score, hit.question_spans, hit.snippet, hit.snippet_spans, draft.valid_from, draft.valid_to,
        hit.entry.updated_at,
    )  # fmt: skip


@router.get("/search", **describe("Search for people", response=FoundPage, errors=(401, 422)))
async def people_search(request: Request, q: str = "", limit: int = 20, live: bool = False) -> Response:
    """Entries by a piece of their text, pinyin in full or initials, with typos; `live` only what may be said now."""
    principal, product = await caller(request), wiring(request)
    hits = await product.brain.people(principal.shop, q, product.clock.now(), limit=max(1, min(limit, 100)), live=live)
    return reply(FoundPage(tuple(map(_found, hits))))


@router.post(
    "/try",
    **describe("Try a sentence, with the reasons", request=TryIn, response=TryOut, example={"text": "多久能到货"},
               errors=(401, 413, 422)),
)  # fmt: skip
async def try_sentence(request: Request) -> Response:
    """What would be found for a buyer's sentence, how sure, and why."""
    principal, product = await caller(request), wiring(request)
    body = await read_body(request, TryIn, MAX_BODY)
    shop, changed, knowledge = principal.shop, list[Entry](), product.knowledge
    await knowledge.ensure_loaded(shop)
    if body.entry is not None:
        draft = structs.replace(draft_of(body.entry, product.clock.now()), status="published")
        fit = check_entry(draft, await product.entries.variables(shop))
        changed = [product.entries.as_new(fit, who(principal), body.id)]
        knowledge = await knowledge.preview(shop, changed)
    intent = product.understanding.intent_of(body.text)
    found = knowledge.search(
        shop,
        body.text,
        now=product.clock.now(),
        intent=intent,
        product_id=body.product_id,
        channel=body.channel,
        top_k=5,
    )
    needed = product.brain.least_score(intent)
    trial = Golden("", body.text, product_id=body.product_id, channel=body.channel)
    outcome = (await product.learning.guard.try_one(shop, trial, changed)).outcome
    hits: list[TriedHit] = []
    for hit in found.hits:
        own = product.understanding.intent_of(hit.question)
        words, sounds = product.brain.shared(body.text, hit.matched or hit.question)
        title = product.brain.title_of(own)
        reason = Reason(hit.matched or hit.question, words, sounds, own, title, bool(own) and own == intent)
        said, near = hit.id in outcome.entries, not hits and hit.score >= needed
        missing = unsaid_variables(hit.answer, outcome.text) if said or near else ()
        hits.append(TriedHit(hit.id, hit.question, hit.answer, hit.score, said, reason, missing))
    return reply(TryOut(intent, any(hit.said for hit in hits), needed, tuple(hits), outcome.text))


@router.get("/usage", **describe("28 days of some entries", response=UsageOut, errors=(401, 422)))
async def usage(request: Request, ids: str = "") -> Response:
    """Times said, hand-overs after it, ratings and last use of up to 200 entries; `ids` joined by commas."""
    principal, product = await caller(request), wiring(request)
    wanted = [id_ for id_ in ids.split(",") if id_][:200]
    return reply(UsageOut(await product.brain.health.usage(principal.shop, wanted)))


@router.get("/health", **describe("What is wrong with the knowledge", response=HealthOut, errors=(401, 422)))
async def health(request: Request, kind: str = "", state: str = "open", page: int = 1, page_size: int = 50) -> Response:
    """Findings, the weightiest first, with their entries and what one click can do."""
    principal, product = await caller(request), wiring(request)
    size = max(1, min(page_size, 200))
    found = await product.brain.health.page(
        principal.shop, kind[:24], state[:16], (max(1, min(page, 10_000)) - 1) * size, size
    )

    def shown(item: Finding) -> FindingOut:
        one = item.found
        entry, other = found.entries.get(one.entry_id), found.entries.get(one.other_id)
        return FindingOut(
            item.id, one.kind, one.says, one.weight, view(entry) if entry else None, view(other) if other else None,
            one.product_id, one.detail, (*MENDINGS.get(one.kind, ()), "dismiss"), item.state,
        )  # fmt: skip

    return reply(HealthOut(tuple(map(shown, found.items)), found.counts, found.checked_at, found.far))


@router.post("/health/check", **describe("Check the knowledge now", response=CheckedOut, errors=(401, 403)))
async def check(request: Request) -> Response:
    """Look for what is wrong at once; it is also done every night. `GET /knowledge/health` tells how far it is."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    return reply(CheckedOut(await product.brain.health(principal.shop)))


@router.post(
    "/health/{id}/mend",
    **describe("Mend a finding", request=MendIn, response=Mended, example={"mending": "merge"},
               errors=(401, 403, 404, 409, 413, 422)),
)  # fmt: skip
async def mend(request: Request, id: str) -> Response:
    """Archive, merge, extend by 30 days, take back to draft, write a draft (`entry_id`), or dismiss."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, MendIn, 8192)
    done = await product.brain.health.mend(principal.shop, id, body.mending, who(principal))
    await product.knowledge.refresh(principal.shop)
    return reply(done)


@router.get("/packs", **describe("Default rules of the trade", response=PacksOut, errors=(401,)))
async def list_packs(request: Request) -> Response:
    """General rules worded for buyers, with their layer and article, and whether they are on in this shop."""
    principal, product = await caller(request), wiring(request)
    return reply(PacksOut(await product.brain.packs.show(principal.shop)))


@router.post(
    "/packs/{id}/switch",
    **describe("Switch default rules on or off", request=SwitchIn, response=SwitchedOut,
               example={"on": True, "rules": ["return-7"]}, errors=(401, 403, 404, 413, 422)),
)  # fmt: skip
async def switch_pack(request: Request, id: str) -> Response:
    """Confirm rules for this shop, or take them out; each is refused or changed by itself."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, SwitchIn, 65_536)
    done = await product.brain.packs.switch(principal.shop, id, body.rules, body.on, who(principal))
    return reply(SwitchedOut(done.changed, done.refused))
