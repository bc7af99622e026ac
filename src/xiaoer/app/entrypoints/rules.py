"""Red lines over HTTP (规则 > 红线): read, change, and try against the past."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import caller, note_override, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.red_lines import Preview
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.decision import HandoffReason
from xiaoer.slices.policies.own_red_lines import ALWAYS_ON, OwnRule, RuleBook
from xiaoer.slices.policies.red_lines import RedLine
from xiaoer.slices.policies.types import Limits
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/rules", dependencies=[Depends(note_override)])
_BODY = 262_144
_Word = Annotated[str, Meta(max_length=40)]
_Words = Annotated[tuple[_Word, ...], Meta(max_length=200)]


class PackRule(Struct, frozen=True):
    """A rule of the industry pack; `locked` ones cannot be switched off."""

    id: str
    reason: HandoffReason
    enabled: bool
    locked: bool


class RulesOut(Struct, frozen=True):
    own: tuple[OwnRule, ...]
    pack: tuple[PackRule, ...]
    limits: Limits


class RuleIn(Struct, frozen=True):
    """A shop's own rule: plain words, and words that excuse the clause they stand in."""

    words: _Words
    title: Annotated[str, Meta(max_length=60)] = ""
    unless: _Words = ()
    reason: HandoffReason = "sensitive"
    skill: Annotated[str, Meta(min_length=1, max_length=40)] = "complaints"
    enabled: bool = True
    id: Annotated[str, Meta(max_length=32, pattern="^[0-9A-Za-z_-]*$")] = ""


class LimitsIn(Struct, frozen=True):
    """How patient the bot is: unsatisfied tries, unsure answers in a row, anger 0..1 from which people take over."""

    unsatisfied_tries: Annotated[int, Meta(ge=1, le=10)] = 3
    unsure_tries: Annotated[int, Meta(ge=1, le=10)] = 2
    anger_handoff: Annotated[float, Meta(ge=0.3, le=1.0)] = 0.8


class RulesIn(Struct, frozen=True):
    own: Annotated[tuple[RuleIn, ...], Meta(max_length=100)] = ()
    off: Annotated[tuple[_Word, ...], Meta(max_length=100)] = ()
    limits: LimitsIn = LimitsIn()


class PreviewIn(Struct, frozen=True):
    rule: RuleIn
    days: Annotated[int, Meta(ge=1, le=90)] = 7


_RULE = {"title": "竞品", "words": ["隔壁店", "别家更便宜"], "unless": ["不是"], "skill": "complaints"}


def _own(rule: RuleIn) -> OwnRule:
    values = msgspec.structs.asdict(rule)
    return OwnRule(**{**values, "id": rule.id or new_id()})


@router.get("/red-lines", **describe("Red lines", response=RulesOut, errors=(401, 403)))
async def get_rules(request: Request) -> Response:
    """The shop's own rules, the pack's, and the limits."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    return reply(_view(product.red_lines.pack, await product.red_lines.refresh(principal.shop)))


def _view(pack: tuple[RedLine, ...], book: RuleBook) -> RulesOut:
    rules = tuple(PackRule(r.id, r.reason, r.id not in book.off, r.id in ALWAYS_ON) for r in pack)
    return RulesOut(book.own, rules, book.limits)


@router.put(
    "/red-lines",
    **describe("Change the red lines", request=RulesIn, response=RulesOut, example={"own": [_RULE], "off": []},
               errors=(401, 403, 409, 413, 422)),
)  # fmt: skip
async def put_rules(request: Request) -> Response:
    """Replace the rule book; it holds in every process within two seconds."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.SUPERVISOR)
    body = await read_body(request, RulesIn, _BODY)
    before = (await product.red_lines.refresh(principal.shop)).limits
    limits = msgspec.structs.replace(before, **msgspec.structs.asdict(body.limits))
    who = principal.name or principal.staff_id
    book = await product.red_lines.save(
        principal.shop, who, own=[_own(rule) for rule in body.own], off=body.off, limits=limits
    )
    return reply(_view(product.red_lines.pack, book))


@router.post(
    "/red-lines/preview",
    **describe("Try a red line on the past", request=PreviewIn, response=Preview, example={"rule": _RULE, "days": 7},
               errors=(401, 403, 413, 422)),
)  # fmt: skip
async def preview(request: Request) -> Response:
    """How often the rule would have stopped the bot, with examples."""
    principal, product = await caller(request), wiring(request)
    require_role(principal, Role.OPERATOR, Role.SUPERVISOR)
    body = await read_body(request, PreviewIn, _BODY)
    return reply(await product.red_lines.preview(principal.shop, _own(body.rule), body.days))
