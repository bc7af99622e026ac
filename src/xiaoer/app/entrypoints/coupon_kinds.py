"""Kinds of coupons over HTTP (券的种类): terms, budgets, what became of them; agents look, editors change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.coupons import noted
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.rule_routes import BODY, editor
from xiaoer.app.http import describe, read_body, reply
from xiaoer.kernel.clock import to_utc
from xiaoer.kernel.commerce import Buyer
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.coupon_kinds import CouponDraft, CouponKind, GivenCoupon
from xiaoer.slices.promotions.rules.issuing import is_plain

router = APIRouter(prefix="/api/v1/selling")
Yuan = Annotated[str, Meta(pattern=r"^\d{1,8}(\.\d{1,2})?$")]


class CouponKindView(Struct, frozen=True):
    """A promotion that hands out coupons. Amounts in yuan, null where nothing limits them; `off` and `least` are empty
    where the terms are more than one amount off. `issued` counts all, the others those of the own rows."""

    promotion_id: str
    title: str
    enabled: bool
    starts_at: datetime
    ends_at: datetime
    budget_left: str | None
    total: int | None
    per_user_limit: int
    code: str
    budget: str | None
    reserved: str
    issued: int
    open: int
    used: int
    expired: int
    off: str
    least: str
    new_only: bool
    products: tuple[str, ...]


class CouponKindList(Struct, frozen=True):
    items: tuple[CouponKindView, ...]


class DraftIn(Struct, frozen=True):
    """A kind of coupon: `off` yuan from `least` yuan on. `products` empty: all goods."""

    title: Annotated[str, Meta(min_length=1, max_length=60)]
    off: Yuan
    least: Yuan
    starts_at: datetime
    ends_at: datetime
    budget: Yuan | None = None
    total: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None
    per_user_limit: Annotated[int, Meta(ge=0, le=1_000)] = 1
    new_only: bool = False
    products: Annotated[tuple[Id, ...], Meta(max_length=200)] = ()
    enabled: bool = True


class Made(Struct, frozen=True):
    promotion_id: str


class GivenView(Struct, frozen=True):
    """One coupon that was handed out; `buyer` is the name where one is known."""

    id: str
    buyer_id: str
    buyer: str
    state: str
    code: str
    amount: str | None
    valid_to: datetime | None
    order_id: str
    issued_at: datetime
    used_at: datetime | None


class GivenPage(Struct, frozen=True):
    items: tuple[GivenView, ...]


@router.get("/coupons", **describe("What coupons there are", response=CouponKindList, errors=(401, 403)))
async def kinds(request: Request) -> Response:
    """Promotions with coupons, what is left of their budgets, and what became of those handed out."""
    who, product = await member(request), wiring(request)
    return reply(CouponKindList(tuple(_kind(kind) for kind in await product.coupon_kinds.all(who.shop))))


def _kind(kind: CouponKind) -> CouponKindView:
    promotion, states = kind.promotion, kind.states
    plain = promotion.tiers[0] if is_plain(promotion) else None
    return CouponKindView(
        promotion.id,
        promotion.shown,
        promotion.enabled,
        promotion.starts_at,
        promotion.ends_at,
        promotion.budget_left.yuan if promotion.budget_left is not None else None,
        promotion.coupon.total if promotion.coupon else None,
        promotion.per_user_limit,
        promotion.coupon.code if promotion.coupon else "",
        kind.budget.yuan if kind.budget is not None else None,
        kind.reserved.yuan,
        max(kind.issued, sum(states.values())),
        states.get("issued", 0) + states.get("claimed", 0),
        states.get("used", 0) + (promotion.coupon.used if promotion.coupon else 0),
        states.get("expired", 0),
        Money(plain.value).yuan if plain else "",
        Money(plain.threshold).yuan if plain else "",
        promotion.audience.kind == "new_customer",
        tuple(sorted(promotion.scope.items)),
    )


_DRAFT = {
    "title": "满99减10", "off": "10.00", "least": "99.00", "budget": "500.00", "per_user_limit": 1,
    "starts_at": "2026-06-01T00:00:00+08:00", "ends_at": "2026-07-01T00:00:00+08:00",
}  # fmt: skip


@router.post(
    "/coupons",
    **describe(
        "Make a kind of coupon", request=DraftIn, response=Made, status=201, errors=(401, 403, 422), example=_DRAFT
    ),
)
async def make(request: Request) -> Response:
    """Make a coupon that people and rules may hand out."""
    who, product = await editor(request), wiring(request)
    made = await product.coupon_kinds.make(who.shop, _draft(await read_body(request, DraftIn, BODY)))
    await noted(product, who, "coupon.make", made.id, title=made.shown)
    return reply(Made(made.id), 201)


@router.put(
    "/coupons/{id}",
    **describe("Change a kind of coupon", request=DraftIn, response=Made, errors=(401, 403, 404, 422), example=_DRAFT),
)
async def change(request: Request, id: str) -> Response:
    """Change its terms. Once coupons are out, amount and scope stay and the end moves only later."""
    who, product = await editor(request), wiring(request)
    changed = await product.coupon_kinds.change(who.shop, id, _draft(await read_body(request, DraftIn, BODY)))
    await noted(product, who, "coupon.change", id, title=changed.shown)
    return reply(Made(id))


def _draft(body: DraftIn) -> CouponDraft:
    return CouponDraft(
        body.title.strip(),
        Money.from_yuan(body.off),
        Money.from_yuan(body.least),
        to_utc(body.starts_at),
        to_utc(body.ends_at),
        Money.from_yuan(body.budget) if body.budget is not None else None,
        body.total,
        body.per_user_limit,
        body.new_only,
        body.products,
        body.enabled,
    )


@router.get("/coupons/{id}/given", **describe("Who got a coupon", response=GivenPage, errors=(401, 403)))
async def given(request: Request, id: str) -> Response:
    """The newest 200 coupons of a kind, with what became of each."""
    who, product = await editor(request, read=True), wiring(request)
    rows = await product.coupon_kinds.given(who.shop, id)
    names = await product.buyers.buyers(who.shop, [row.coupon.buyer_id for row in rows])
    return reply(GivenPage(tuple(_given(row, names) for row in rows)))


def _given(row: GivenCoupon, names: Mapping[str, Buyer]) -> GivenView:
    coupon, buyer = row.coupon, names.get(row.coupon.buyer_id)
    amount = coupon.amount.yuan if coupon.amount else None
    return GivenView(
        coupon.id,
        coupon.buyer_id,
        buyer.nick if buyer else "",
        coupon.state,
        coupon.code,
        amount,
        coupon.valid_to,
        coupon.order_id,
        row.issued_at,
        row.used_at,
    )
