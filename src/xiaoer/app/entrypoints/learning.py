"""The gap loop over HTTP (待补知识): what was not answered well, and what a person makes of it."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.entrypoints.knowledge_scopes import fit_scopes
from xiaoer.app.entrypoints.knowledge_views import MAX_BODY, EntryIn, draft_of, who
from xiaoer.app.http import describe, read_body, reply
from xiaoer.flows.learn_nightly.learn import Learnt
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.learning.api import GapRow
from xiaoer.slices.learning.types import Ask, GapSettings
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/learning", dependencies=[Depends(note_override)])
_DAY = timedelta(days=1)
_STATUSES = ("open", "approved", "merged", "dismissed", "")


class GapsOut(Struct, frozen=True):
    """Gaps of a period, asked in most conversations first; `read_at`: until when the talks were read."""

    items: tuple[GapRow, ...]
    read_at: str | None
    settings: GapSettings


class NearEntry(Struct, frozen=True):
    """The entry that is nearest to a gap's question: the one to merge into, perhaps."""

    id: str
    question: str
    answer: str
    score: float


class GapOut(Struct, frozen=True):
    """A gap with its newest questions (masked), the entry that is proposed, and the entry that is near."""

    row: GapRow
    examples: tuple[Ask, ...]
    draft: EntryDraft
    near: NearEntry | None


class GapApproveIn(Struct, frozen=True):
    """`entry` is the reviewer's edit of the proposal; without it the proposal itself is taken."""

    entry: EntryIn | None = None
    publish: bool = True


class GapMergeIn(Struct, frozen=True):
    """`answer`, when there is one, takes the place of what the entry says."""

    entry_id: Annotated[str, Meta(min_length=1, max_length=128)]
    answer: Annotated[str, Meta(max_length=20_000)] = ""


class DismissIn(Struct, frozen=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class SettingsIn(Struct, frozen=True):
    """Which gaps are shown, and from which score an answer counts as a guess."""

    min_conversations: Annotated[int, Meta(ge=1, le=100)] = 2
    human_backed: bool = True
    low_score: Annotated[float, Meta(ge=0, le=1)] = 0.55
    days: Annotated[int, Meta(ge=1, le=366)] = 28


class DecidedOut(Struct, frozen=True):
    """The entry that came of it, if any."""

    entry_id: str = ""


_ERRORS = (401, 403, 404, 409, 413, 422)
_PERIOD = [
    {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
    for name, text in (("from", "First day, such as 2026-06-12"), ("to", "Last day, included"))
]


def _described(summary: str, **more: Any) -> dict[str, Any]:
    found = describe(summary, **more)
    found["openapi_extra"]["parameters"] = _PERIOD
    return found


async def keeper(request: Request) -> Principal:
    """Who may look after the shop's knowledge.

    Raises:
        Unauthorised, Forbidden: nobody, or an agent.
    """
    found = await caller(request)
    require_role(found, Role.OPERATOR, Role.SUPERVISOR)
    return found


def _period(request: Request, days: int) -> tuple[datetime, datetime]:
    """The half-open window of a request; the last `days` days when it names none."""
    now = wiring(request).clock.now().astimezone(SHOP_ZONE)
    last = _day(request.query_params.get("to", ""), now.date())
    first = _day(request.query_params.get("from", ""), last - timedelta(days=days - 1))
    if first > last:
        raise InvalidBody(f"`from` {first} is after `to` {last}.")
    if (last - first).days > 731:
        raise InvalidBody("At most two years can be looked at at once.")
    return (
        datetime.combine(first, time(), SHOP_ZONE),
        datetime.combine(last, time(), SHOP_ZONE) + _DAY,
    )


def _day(text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        raise InvalidBody(f"“{text[:30]}” is no date. Write it like 2026-06-18.") from None
    if not date(1990, 1, 1) <= found <= date(2200, 1, 1):
        raise InvalidBody(f"{found} is out of range. Use a year between 1990 and 2200.")
    return found


@router.get("/gaps", **_described("Questions that need knowledge", response=GapsOut, errors=(401, 403, 422)))
async def list_gaps(request: Request, status: str = "open", limit: int = 200) -> Response:
    """Clusters of questions that were not answered well, with counts, trend and what people answered."""
    who_, product = await keeper(request), wiring(request)
    settings, read_at = await product.learning.settings(who_.shop)
    status = "" if status == "all" else status
    if status not in _STATUSES:
        raise InvalidBody(f"There is no status “{status[:20]}”. Use open, approved, merged, dismissed or all.")
    since, until = _period(request, settings.days)
    found = await product.learning.gaps(who_.shop, since, until, status, max(1, min(limit, 1000)))
    return reply(GapsOut(tuple(found), read_at, settings))


@router.post("/gaps/refresh", **describe("Look for gaps now", response=Learnt, errors=(401, 403)))
async def refresh(request: Request) -> Response:
    """Read the talks since the last look, and put what went wrong together."""
    who_, product = await keeper(request), wiring(request)
    return reply(await product.learning.learn(who_.shop))


@router.get("/gaps/{id}", **_described("One gap", response=GapOut, errors=(401, 403, 404, 422)))
async def get_gap(request: Request, id: str) -> Response:
    """Counts, newest questions, the proposed entry and the nearest one."""
    who_, product = await keeper(request), wiring(request)
    shop, learning = who_.shop, product.learning
    draft = await learning.decide.draft(shop, id)
    settings, _ = await learning.settings(shop)
    since, until = _period(request, settings.days)
    gap = await learning.decide.gap(shop, id)
    rows = [row for row in await learning.gaps(shop, since, until, "", 100_000) if row.gap.id == id]
    row = rows[0] if rows else GapRow.of(gap)
    await product.knowledge.ensure_loaded(shop)
    found = product.knowledge.search(
        shop, gap.question, now=product.clock.now(), intent=gap.intent, product_id=gap.product_id, top_k=1
    )
    best = found.hits[0] if found.hits else None
    near = NearEntry(best.id, best.question, best.answer[:500], best.score) if best else None
    return reply(GapOut(row, tuple(await learning.examples(shop, id, since, until)), draft, near))


@router.post(
    "/gaps/{id}/approve",
    **describe("Make an entry of a gap", request=GapApproveIn, response=DecidedOut, errors=_ERRORS,
               example={"entry": {"question": "可以机洗吗", "answer": "可以，30 度以下，装洗衣袋。"}, "publish": True}),
)  # fmt: skip
async def approve(request: Request, id: str) -> Response:
    """Publish the entry, or keep it as a draft; the question joins the regression set."""
    who_, product = await keeper(request), wiring(request)
    body = await read_body(request, GapApproveIn, MAX_BODY)
    decide = product.learning.decide
    draft = draft_of(body.entry, product.clock.now()) if body.entry else await decide.draft(who_.shop, id)
    draft = await fit_scopes(product, who_.shop, draft)
    entry_id = await decide.approve(who_.shop, id, draft, who(who_), publish=body.publish)
    await product.learning.renew(who_.shop)
    return reply(DecidedOut(entry_id))


@router.post(
    "/gaps/{id}/merge",
    **describe("Add a gap's wordings to an entry", request=GapMergeIn, response=DecidedOut, errors=_ERRORS,
               example={"entry_id": "kb-12"}),
)  # fmt: skip
async def merge(request: Request, id: str) -> Response:
    """They become similar questions of that entry, whose answer may be put right in the same step."""
    who_, product = await keeper(request), wiring(request)
    body = await read_body(request, GapMergeIn, 8192)
    entry_id = await product.learning.decide.merge(who_.shop, id, body.entry_id, who(who_), body.answer)
    await product.learning.renew(who_.shop)
    return reply(DecidedOut(entry_id))


@router.post(
    "/gaps/{id}/dismiss",
    **describe("Dismiss a gap", request=DismissIn, response=DecidedOut, errors=_ERRORS,
               example={"reason": "不是我们卖的东西"}),
)  # fmt: skip
async def dismiss(request: Request, id: str) -> Response:
    """It stays dismissed: the same questions join it tomorrow."""
    who_, product = await keeper(request), wiring(request)
    body = await read_body(request, DismissIn, 8192)
    await product.learning.decide.dismiss(who_.shop, id, body.reason, who(who_))
    return reply(DecidedOut())


@router.post("/gaps/{id}/reopen", **describe("Reopen a gap", response=DecidedOut, errors=(401, 403, 404)))
async def reopen(request: Request, id: str) -> Response:
    """Take a decision back; an entry that was made stays."""
    who_, product = await keeper(request), wiring(request)
    await product.learning.decide.reopen(who_.shop, id, who(who_))
    return reply(DecidedOut())


@router.put(
    "/settings",
    **describe("Which gaps are shown", request=SettingsIn, response=GapSettings, errors=(401, 403, 413, 422),
               example={"min_conversations": 2, "human_backed": True}),
)  # fmt: skip
async def save_settings(request: Request) -> Response:
    """Least conversations, whether one answered by a person is enough, the score of a guess, and the period."""
    who_, product = await keeper(request), wiring(request)
    body = await read_body(request, SettingsIn, 8192)
    value = GapSettings(body.min_conversations, body.human_backed, body.low_score, body.days)
    await product.learning.save_settings(who_.shop, value)
    return reply(value)
