"""Journeys over HTTP (旅程), what automations brought against their hold-outs (增量), and consents."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.rule_routes import BODY, Kind, add_routes, audited, check_variables, editor
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.measure_automations import Report
from xiaoer.infra import audit
from xiaoer.infra.rulebook import Rulebook
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach import store as outreach
from xiaoer.slices.outreach.rules.steps import SAMPLE, VARIABLES, fill_step
from xiaoer.slices.outreach.rules.uplift import Estimate, Outcomes
from xiaoer.slices.outreach.types import Caps, Comparing, Journey, Step, Trigger

router = APIRouter(prefix="/api/v1/selling")
Minutes = Annotated[int, Meta(ge=0, le=1_440)]
Share = Annotated[int, Meta(ge=0, le=5_000)]


class StepIn(Struct, frozen=True):
    """One message, minutes after the start; with `only` "silent" left out when the buyer wrote meanwhile.

    Variables: {昵称} {商品}; of orders {订单尾号}, of a price drop {原价} {现价}, of a coupon {券} {到期}.
    """

    after_min: Annotated[int, Meta(ge=1, le=525_600)]
    say: Annotated[str, Meta(min_length=1, max_length=500)]
    only: Literal["always", "silent"] = "always"


class JourneyIn(Struct, frozen=True):
    """A journey; `hold_out` in basis points of buyers, `useful_min` how late a step may still be sent.

    `categories` limits it to goods of these; `least_score` (intent) counts for `interested`, `least_drop` (percent) for
    `price_drop`, `before_h` (hours before its end) for `coupon_expiring`.
    """

    title: Annotated[str, Meta(min_length=1, max_length=100)]
    trigger: Trigger
    steps: Annotated[tuple[StepIn, ...], Meta(min_length=1, max_length=6)]
    hold_out: Annotated[int, Meta(ge=0, le=5_000)] = 1_000
    useful_min: Annotated[int, Meta(ge=5, le=43_200)] = 1_440
    categories: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...], Meta(max_length=50)] = ()
    least_score: Annotated[int, Meta(ge=1, le=200)] = 60
    least_drop: Annotated[int, Meta(ge=1, le=90)] = 5
    before_h: Annotated[int, Meta(ge=1, le=720)] = 48


class ComparingIn(Struct, frozen=True):
    """Basis points of buyers held out of each automation, and the hours within which a payment counts for it."""

    greeting: Share = 1_000
    scene: Share = 1_000
    recommend: Share = 1_000
    bargain: Share = 1_000
    window_h: Annotated[int, Meta(ge=1, le=2_160)] = 168


class CapsIn(Struct, frozen=True):
    """Quiet hours in minutes of the shop's day; how many proactive messages per buyer within days."""

    quiet_from_min: Minutes = 1_320
    quiet_to_min: Minutes = 540
    most: Annotated[int, Meta(ge=0, le=50)] = 3
    days: Annotated[int, Meta(ge=1, le=90)] = 7


def _journey(body: JourneyIn, _shop: ShopId) -> Journey:
    times = [step.after_min for step in body.steps]
    if times != sorted(set(times)):
        raise InvalidBody("后一步要晚于前一步，把时间排一下。")
    check_variables([step.say for step in body.steps], VARIABLES[body.trigger])
    steps = tuple(Step(step.after_min, step.say, step.only) for step in body.steps)
    return Journey(**msgspec.structs.asdict(body) | {"steps": steps})


_EXAMPLE = {
    "title": "催付",
    "trigger": "order_unpaid",
    "steps": [{"after_min": 15, "say": "您的订单（尾号{订单尾号}）还没付款，库存给您留着，有疑问随时问我。"}],
}
add_routes(
    router,
    Kind("journeys", "Journeys", _EXAMPLE, JourneyIn, lambda p: p.selling.remind.journeys, _journey,
         lambda v, _who: msgspec.convert(msgspec.to_builtins(v), JourneyIn)),
)  # fmt: skip
add_routes(
    router,
    Kind("caps", "Quiet hours and caps", {"most": 3, "days": 7}, CapsIn, lambda p: p.selling.remind.caps,
         lambda body, _shop: Caps(**msgspec.structs.asdict(body)), lambda v, _who: CapsIn(**msgspec.structs.asdict(v))),
)  # fmt: skip


add_routes(
    router,
    Kind("comparing", "Hold-outs and attribution", {"window_h": 168}, ComparingIn, lambda p: p.selling.trials.book,
         lambda body, _shop: Comparing(**msgspec.structs.asdict(body)),
         lambda v, _who: ComparingIn(**msgspec.structs.asdict(v))),
)  # fmt: skip


class PreviewIn(Struct, frozen=True):
    """A journey as it is kept or being written, and the product that its words are about."""

    rule: JourneyIn
    product_id: Id | None = None


class StepSeen(Struct, frozen=True):
    after_min: int
    text: str
    only: str


class JourneySeen(Struct, frozen=True):
    """What a buyer would read, with made-up values for what only an order or a coupon knows."""

    steps: tuple[StepSeen, ...]


@router.post(
    "/journeys/preview",
    **describe("What a buyer would read", request=PreviewIn, response=JourneySeen,
               example={"rule": _EXAMPLE, "product_id": "P1001"}, errors=(401, 403, 422)),
)  # fmt: skip
async def preview(request: Request) -> Response:
    """Every step as it would be sent, sender and stop word included; nothing is sent."""
    who, product = await editor(request, read=True), wiring(request)
    body = await read_body(request, PreviewIn, BODY)
    journey, shop = _journey(body.rule, who.shop), await product.shops.shop(who.shop)
    goods = await product.catalog.product(who.shop, body.product_id) if body.product_id else None
    values = SAMPLE | ({"商品": goods.title[:40]} if goods else {})
    steps = tuple(
        StepSeen(step.after_min, fill_step(step.say, values, shop.name, journey.trigger), step.only)
        for step in journey.steps
    )
    return reply(JourneySeen(steps))


class Arm(Struct, frozen=True):
    """Buyers, those who paid, and their revenue net of refunds in yuan."""

    buyers: int
    converted: int
    revenue: str


class EstimateOut(Struct, frozen=True):
    """Per buyer: both arms, their difference with its 97 % interval, and how many more buyers would tell it."""

    treated: float
    held_out: float
    difference: float
    low: float
    high: float
    is_certain: bool
    needed: int | None


class VariantOut(Struct, frozen=True):
    """One wording against the buyers who were held out; numbered from 1."""

    number: int
    arm: Arm
    conversion: EstimateOut | None


class Result(Struct, frozen=True):
    """What one automation brought: conversion (shares from 0 to 1) and revenue (yuan a buyer, net of refunds).

    Null estimates: an arm is empty or has too few payers. "Influenced" is not counted. `outcomes` (journeys only) tells
    how many runs were sent, wait, or ended for which reason.
    """

    automation: str
    title: str
    treated: Arm
    held_out: Arm
    conversion: EstimateOut | None
    revenue: EstimateOut | None
    variants: tuple[VariantOut, ...]
    window_h: int
    days: int
    outcomes: dict[str, int] = {}


class Results(Struct, frozen=True):
    items: tuple[Result, ...]


Days = Annotated[int, Meta(ge=1, le=365)]
_TITLES = {"recommend": "缺货时推荐同类", "bargain": "议价"}


@router.get("/results", **describe("What automations brought", response=Results, errors=(401, 403, 422)))
async def results(request: Request, days: Days = 30) -> Response:
    """Every automation with a hold-out that somebody entered in the last `days`."""
    who, product = await editor(request, read=True), wiring(request)
    reports = await product.selling.measure(who.shop, max(1, min(days, 365)))
    titles = await _titles(product, who.shop)
    known = [report for name, report in sorted(reports.items()) if name in titles]
    return reply(Results(tuple(_result(report, titles[report.automation]) for report in known)))


@router.get("/journeys/{id}/result", **describe("What a journey brought", response=Result, errors=(401, 403, 404, 422)))
async def result(request: Request, id: str, days: Days = 30) -> Response:
    """The uplift of a journey over its randomised hold-out, and what became of its runs."""
    who, product = await editor(request, read=True), wiring(request)
    kept, days = await product.selling.remind.journeys.get(who.shop, id), max(1, min(days, 365))
    name, since = f"journey:{id}", product.clock.now() - timedelta(days=days)
    found = await product.selling.measure(who.shop, days, name)
    window = (await product.selling.trials.settings(who.shop)).window_h
    report = found.get(name) or Report(name, Outcomes(), Outcomes(), None, None, (), window, days)
    counted = await product.db.read(lambda c: outreach.counted(c, who.shop, since))
    return reply(msgspec.structs.replace(_result(report, kept.value.title), outcomes=counted.get(id, {})))


async def _titles(product: Wiring, shop: ShopId) -> dict[str, str]:
    sells = product.selling
    books: dict[str, Rulebook[Any]] = {
        "journey": sells.remind.journeys,
        "greeting": sells.rules.greetings,
        "scene": sells.rules.scenes,
    }
    found = dict(_TITLES)
    for kind, book in books.items():
        found |= {f"{kind}:{document.id}": document.value.title for document in await book.all(shop)}
    return found


def _result(report: Report, title: str) -> Result:
    return Result(
        report.automation,
        title,
        _arm(report.treated),
        _arm(report.held_out),
        _estimate(report.conversion, 1),
        _estimate(report.revenue, 100),
        tuple(VariantOut(v.number + 1, _arm(v.outcomes), _estimate(v.conversion, 1)) for v in report.variants),
        report.window_h,
        report.days,
    )


def _arm(outcomes: Outcomes) -> Arm:
    return Arm(outcomes.buyers, outcomes.payers, outcomes.revenue.yuan)


def _estimate(found: Estimate | None, unit: int) -> EstimateOut | None:
    if found is None:
        return None
    treated, held, difference, low, high = (
        round(number / unit, 5) for number in (found.treated, found.held, found.difference, found.low, found.high)
    )
    return EstimateOut(treated, held, difference, low, high, found.is_certain, found.needed)


class ConsentIn(Struct, frozen=True):
    """The buyer's own choice about marketing messages, with the version of the text that was shown."""

    buyer_id: Id
    granted: bool
    text_version: Annotated[str, Meta(min_length=1, max_length=32)]


@router.post(
    "/consents",
    **describe("Keep a consent to marketing", request=ConsentIn, status=204, errors=(401, 403, 422),
               example={"buyer_id": "b-1", "granted": True, "text_version": "2026-06"}),
)  # fmt: skip
async def consent(request: Request) -> Response:
    """Granting allows marketing journeys; withdrawing ends everything that waits at once."""
    who, product = await editor(request), wiring(request)
    body = await read_body(request, ConsentIn, BODY)
    await product.selling.remind.consent(who.shop, body.buyer_id, body.granted, body.text_version)
    by, now = audited(who), product.clock.now()
    detail = {"enabled": body.granted, "version": body.text_version}
    await product.db.write(lambda c: audit.record(c, who.shop, by, "consent.keep", body.buyer_id, now, **detail))
    return Response(status_code=204)
