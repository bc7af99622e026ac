"""Bargaining over HTTP (议价): terms, a rehearsal that changes nothing, and what was given."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.rule_routes import BODY, Kind, add_routes, editor
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.bargain_price import Rehearsed
from xiaoer.kernel.errors import Forbidden
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.bargaining.rules.terms import check_terms
from xiaoer.slices.bargaining.types import Gift, Terms
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/selling")
Yuan = Annotated[str, Meta(max_length=20)]
Name = Annotated[str, Meta(max_length=200)]
Share = Annotated[int, Meta(ge=1, le=10_000)]


class GiftIn(Struct, frozen=True):
    """What may be given instead of money; `cost` in yuan."""

    kind: Literal["coupon", "freight", "small_gift"]
    title: Annotated[str, Meta(min_length=1, max_length=60)]
    cost: Yuan = "0"
    promotion_id: Annotated[str, Meta(max_length=64)] = ""


class TermsIn(Struct, frozen=True):
    """Terms of one group of products. Amounts in yuan, ratios and steps in basis points (8折 = 8000).

    One of `floor`, `floor_ratio` and `max_off` says how low it may go (the highest counts), the budgets how much in
    all.
    """

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    products: Annotated[tuple[Id, ...], Meta(max_length=500)] = ()
    categories: Annotated[tuple[Name, ...], Meta(max_length=100)] = ()
    floor: Yuan | None = None
    floor_ratio: Annotated[int, Meta(ge=0, le=10_000)] = 0
    max_off: Yuan | None = None
    steps: Annotated[tuple[Share, ...], Meta(max_length=10)] = (4_000, 7_500, 10_000)
    buyer_budget: Yuan = "0"
    buyer_days: Annotated[int, Meta(ge=1, le=365)] = 30
    day_budget: Yuan = "0"
    cool_days: Annotated[int, Meta(ge=0, le=365)] = 7
    gifts: Annotated[tuple[GiftIn, ...], Meta(max_length=10)] = ()
    most_gifts: Annotated[int, Meta(ge=0, le=5)] = 1
    stop_words: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=100)] = ()
    bulk_from: Annotated[int, Meta(ge=0, le=100_000)] = 20
    after: Literal["people", "firm"] = "firm"
    valid_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    priority: Annotated[int, Meta(ge=0, le=10_000)] = 100


_EXAMPLE = {
    "title": "女装日常",
    "categories": ["服装"],
    "floor_ratio": 8_500,
    "steps": [4000, 7500, 10000],
    "buyer_budget": "60.00",
    "day_budget": "500.00",
    "gifts": [{"kind": "freight", "title": "运费券", "cost": "8.00"}],
}


def _terms(body: TermsIn, _shop: ShopId) -> Terms:
    terms = Terms(
        body.title,
        body.products,
        body.categories,
        Money.from_yuan(body.floor) if body.floor is not None else None,
        body.floor_ratio,
        Money.from_yuan(body.max_off) if body.max_off is not None else None,
        body.steps,
        Money.from_yuan(body.buyer_budget),
        body.buyer_days,
        Money.from_yuan(body.day_budget),
        body.cool_days,
        tuple(Gift(g.kind, g.title, Money.from_yuan(g.cost), g.promotion_id) for g in body.gifts),
        body.most_gifts,
        body.stop_words,
        body.bulk_from,
        body.after,
        body.valid_hours,
        body.priority,
    )
    check_terms(terms)
    return terms


def _sets_floors(who: Principal) -> bool:
    return bool(who.staff_id) and who.role in (Role.OWNER, Role.OPERATOR)


def _shown(terms: Terms, who: Principal) -> TermsIn:
    """The floor is shown to the people who set it, never to a program's key: programs also talk to buyers."""
    person = _sets_floors(who)
    return TermsIn(
        terms.title,
        terms.products,
        terms.categories,
        terms.floor.yuan if terms.floor is not None and person else None,
        terms.floor_ratio if person else 0,
        terms.max_off.yuan if terms.max_off is not None and person else None,
        terms.steps,
        terms.buyer_budget.yuan,
        terms.buyer_days,
        terms.day_budget.yuan,
        terms.cool_days,
        tuple(GiftIn(g.kind, g.title, g.cost.yuan, g.promotion_id) for g in terms.gifts),
        terms.most_gifts,
        terms.stop_words,
        terms.bulk_from,
        terms.after,
        terms.valid_hours,
        terms.priority,
    )


async def _wide(_product: Wiring, _shop: ShopId, _id: str, terms: Terms) -> tuple[str, ...]:
    return () if terms.products or terms.categories else ("没有选商品和类目，这条对全店商品生效。",)


add_routes(
    router,
    Kind(
        "bargaining",
        "Bargaining terms",
        _EXAMPLE,
        TermsIn,
        lambda product: product.selling.bargaining.terms,
        _terms,
        _shown,
        _wide,
    ),
)


class RehearseIn(Struct, frozen=True):
    """A buyer's lines, in order; `terms` are tried instead of the kept ones."""

    product_id: Id
    lines: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=500)], ...], Meta(min_length=1, max_length=30)]
    terms: TermsIn | None = None


class StepOut(Struct, frozen=True):
    """What happened at one line: the rule, the price per piece, what it took, what is left. Amounts in yuan."""

    line: str
    outcome: str
    reason: str
    round: int
    reply: str
    price: str | None
    taken: str
    person_left: str
    day_left: str


class Rehearsal(Struct, frozen=True):
    price: str
    terms: str
    steps: tuple[StepOut, ...]


@router.post(
    "/bargaining/rehearse",
    **describe(
        "Try a haggling buyer; nothing is kept",
        request=RehearseIn,
        example={"product_id": "P1001", "lines": ["能便宜点吗", "再少点", "好的"]},
        response=Rehearsal,
        errors=(401, 403, 404, 422),
    ),
)
async def rehearse(request: Request) -> Response:
    """Every line answered as a buyer would be, with round, reason and budget. The last round is the floor, so only
    the people who set floors may try."""
    who, product = await editor(request), wiring(request)
    if not _sets_floors(who):
        raise Forbidden("A rehearsal ends at the floor, so a program's key may not do it. Log in to the console.")
    body = await read_body(request, RehearseIn, BODY)
    terms = _terms(body.terms, who.shop) if body.terms else None
    tried: Rehearsed = await product.selling.bargain.rehearse(
        who.shop, body.product_id, body.lines, terms, product.templates, product.clock.now()
    )
    steps = tuple(
        StepOut(
            step.line,
            step.answer.outcome,
            step.answer.reason,
            step.answer.pushes,
            step.reply,
            step.answer.price.yuan if step.answer.price else None,
            step.answer.take.yuan,
            max(step.budgets.person, ZERO).yuan,
            max(step.budgets.day, ZERO).yuan,
        )
        for step in tried.steps
    )
    return reply(Rehearsal(tried.price.yuan, tried.title, steps))


class GrantOut(Struct, frozen=True):
    id: str
    at: datetime
    buyer_id: str
    product_id: str
    kind: str
    title: str
    amount: str
    state: str
    conversation_id: str


class GrantsOut(Struct, frozen=True):
    """What was given lately, newest first; `given` leaves out what lapsed. Amounts in yuan."""

    given: str
    items: tuple[GrantOut, ...]


@router.get("/bargaining/grants", **describe("What was given", response=GrantsOut, errors=(401, 403, 422)))
async def grants(request: Request, days: Annotated[int, Meta(ge=1, le=90)] = 7) -> Response:
    """Prices and gifts that bargaining gave in the last days."""
    who, product = await editor(request, read=True), wiring(request)
    since = product.clock.now() - timedelta(days=max(1, min(days, 90)))
    found = await product.selling.bargaining.grants(who.shop, since)
    given = sum((g.amount for g in found if g.state != "released"), ZERO)
    items = tuple(
        GrantOut(g.id, g.at, g.buyer_id, g.product_id, g.kind, g.title, g.amount.yuan, g.state, g.conversation_id)
        for g in found
    )
    return reply(GrantsOut(given.yuan, items))
