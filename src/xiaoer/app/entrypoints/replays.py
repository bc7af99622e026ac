"""Replays over HTTP (发布前预演): what would change for real buyers, before anything is published."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import note_override, wiring
from xiaoer.app.entrypoints.knowledge_views import EntryIn, draft_of, who
from xiaoer.app.entrypoints.learning import keeper
from xiaoer.app.entrypoints.wording import WordingIn, lesson_of
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.replay_changes.replay import Proposal
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.learning.types import Difference, Replay
from xiaoer.slices.policies.own_red_lines import OwnRule, RuleBook
from xiaoer.slices.policies.types import Limits
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/learning/replays", dependencies=[Depends(note_override)])
_MOST_BODY = 8 * 1_048_576
_Id = Annotated[str, Meta(max_length=128)]
_Ids = Annotated[tuple[_Id, ...], Meta(max_length=2_000)]


class ProposedIn(Struct, frozen=True):
    """An entry as it would be published; without `id` a new one.

    `entry.version` is the version that was edited; 0 or left out, the one that is kept now.
    """

    entry: EntryIn
    id: _Id = ""


class BookIn(Struct, frozen=True):
    """The whole rule book as it would be; see `PUT /api/v1/rules/red-lines`."""

    own: Annotated[tuple[OwnRule, ...], Meta(max_length=200)] = ()
    off: Annotated[tuple[_Id, ...], Meta(max_length=200)] = ()
    limits: Limits = Limits()


class PackIn(Struct, frozen=True):
    """Default rules that would be switched; without `rules` all of the pack."""

    id: _Id
    on: bool = True
    rules: Annotated[tuple[_Id, ...], Meta(max_length=500)] = ()


class LessonIn(Struct, frozen=True):
    """A word or an intent as it would be taught; without `id` a new one."""

    lesson: WordingIn
    id: _Id = ""


class ReplayIn(Struct, frozen=True):
    """What would change. `publish` and `archive` name kept entries (drafts that go live, entries that go),
    `all_drafts` takes every draft and entry in review, `entries` are new or edited ones, `rules` a rule book, `packs`
    default rules switched, `words` lessons new or edited, `forget` lessons that go, `model` a kept version of the
    shop's model (0: as shipped).

    `baseline` is `now` (the shop as it is) or `then` (what was said at the time: after an update of the product, its
    pack or its model).
    """

    title: Annotated[str, Meta(max_length=200)] = ""
    days: Annotated[int, Meta(ge=1, le=366)] = 7
    baseline: Literal["now", "then"] = "now"
    publish: _Ids = ()
    archive: _Ids = ()
    all_drafts: bool = False
    entries: Annotated[tuple[ProposedIn, ...], Meta(max_length=2_000)] = ()
    rules: BookIn | None = None
    packs: Annotated[tuple[PackIn, ...], Meta(max_length=20)] = ()
    words: Annotated[tuple[LessonIn, ...], Meta(max_length=200)] = ()
    forget: _Ids = ()
    model: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None


class ReplaysOut(Struct, frozen=True):
    items: tuple[Replay, ...]


class DifferencesOut(Struct, frozen=True):
    """Past turns that come out otherwise, side by side, masked."""

    items: tuple[Difference, ...]
    total: int


class ReplayNoteIn(Struct, frozen=True):
    note: Annotated[str, Meta(max_length=500)] = ""


_ERRORS = (401, 403, 404, 409, 413, 422)
_MARKS = ("", "answer", "source", "intent", "handoff", "price", "gained", "lost")


@router.get("", **describe("Replays, newest first", response=ReplaysOut, errors=(401, 403)))
async def list_replays(request: Request) -> Response:
    """The last fifty; what they propose is left out (see one replay)."""
    who_, product = await keeper(request), wiring(request)
    found = await product.learning.replays(who_.shop)
    return reply(ReplaysOut(tuple(msgspec.structs.replace(one, proposal={}) for one in found)))


@router.post(
    "",
    **describe("Rehearse a change", request=ReplayIn, response=Replay, status=202, errors=_ERRORS,
               example={"title": "夏季话术", "days": 7, "all_drafts": True}),
)  # fmt: skip
async def begin(request: Request) -> Response:
    """A job answers the buyers of the last days twice for trial; ask for the replay to see how far it is."""
    who_, product = await keeper(request), wiring(request)
    body, now = await read_body(request, ReplayIn, _MOST_BODY), product.clock.now()
    shop, publish = who_.shop, product.learning.proposals
    book = RuleBook(body.rules.own, frozenset(body.rules.off), body.rules.limits) if body.rules else None
    if book is not None:
        product.red_lines.with_book(shop, book)  # refuses what could not be saved
    ids = list(dict.fromkeys((*body.publish, *(await product.learning.draft_ids(shop) if body.all_drafts else ()))))
    entries = (
        *await publish.proposed(shop, ids, "published"),
        *await publish.proposed(shop, list(body.archive), "archived"),
        *await publish.put(shop, await _switched(product, shop, body.packs)),
        *await publish.edited(shop, [(e.id, e.entry.version, draft_of(e.entry, now)) for e in body.entries]),
    )
    lessons = [lesson_of(one.id, one.lesson) for one in body.words]
    if body.model is not None:
        product.models.check(shop, body.model)
    teaching = await publish.taught(shop, lessons, body.forget, body.model)
    title = body.title.strip() or ("和当时的回答比" if body.baseline == "then" else f"{len(entries)} 条知识")
    proposal = Proposal(entries, book, teaching)
    return reply(await publish.begin(shop, title, proposal, body.baseline, body.days, who(who_)), 202)


async def _switched(product: Wiring, shop: ShopId, asked: tuple[PackIn, ...]) -> dict[str, EntryDraft]:
    """The entries of default rules as they would be switched; what may not be switched on is left out."""
    drafts: dict[str, EntryDraft] = {}
    for one in asked:
        found, refused = await product.brain.packs.switched(shop, one.id, one.rules, one.on)
        if one.rules and refused:
            raise InvalidBody(" ".join(refused.values()))
        drafts |= found
    return drafts


@router.get("/{id}", **describe("One replay", response=Replay, errors=(401, 403, 404)))
async def get_replay(request: Request, id: str) -> Response:
    """How far it is, how many turns change and in what way, and what is proposed."""
    who_, product = await keeper(request), wiring(request)
    return reply(await product.learning.replay.get(who_.shop, id))


@router.get("/{id}/differences", **describe("What changes, side by side", response=DifferencesOut,
                                            errors=(401, 403, 404, 422)))  # fmt: skip
async def list_differences(
    request: Request, id: str, mark: str = "", q: str = "", page: int = 1, page_size: int = 20
) -> Response:
    """`mark`: answer, source, intent, handoff, price, gained (an answer now) or lost (none any more)."""
    who_, product = await keeper(request), wiring(request)
    if mark not in _MARKS:
        raise InvalidBody(f"There is no mark “{mark[:20]}”. Use one of {', '.join(_MARKS[1:])}.")
    await product.learning.replay.get(who_.shop, id)
    size = max(1, min(page_size, 100))
    offset = (max(1, min(page, 100_000)) - 1) * size
    found, total = await product.learning.differences(who_.shop, id, mark, q[:100], offset, size)
    return reply(DifferencesOut(tuple(found), total))


@router.post("/{id}/approve", **describe("Publish what was rehearsed", response=Replay, errors=_ERRORS))
async def approve(request: Request, id: str) -> Response:
    """All of it in one change; 409 when an entry changed since, or when golden questions break (`?override=REASON`)."""
    who_, product = await keeper(request), wiring(request)
    learning = product.learning
    found = await learning.replay.get(who_.shop, id)
    if msgspec.convert(found.proposal, Proposal).book is not None:
        require_role(who_, Role.SUPERVISOR)  # as for saving the rule book by itself
    await learning.proposals.approve(who_.shop, found, who(who_), who_.role is Role.OWNER)
    await learning.renew(who_.shop)
    return reply(await learning.replay.get(who_.shop, id))


@router.post(
    "/{id}/discard",
    **describe(
        "Stop or discard a replay", request=ReplayNoteIn, response=Replay, errors=_ERRORS, example={"note": "先不改"}
    ),
)
async def discard(request: Request, id: str) -> Response:
    """One that runs is stopped; nothing of it is published."""
    who_, product = await keeper(request), wiring(request)
    body = await read_body(request, ReplayNoteIn, 8192)
    learning = product.learning
    await learning.proposals.discard(who_.shop, await learning.replay.get(who_.shop, id), who(who_), body.note)
    return reply(await learning.replay.get(who_.shop, id))
