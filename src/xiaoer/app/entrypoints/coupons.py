"""Coupons over HTTP (优惠券): issuing to a buyer within the budget, the life of each. Kinds: `coupon_kinds.py`."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import member
from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.entrypoints.messages import Id
from xiaoer.app.entrypoints.rule_routes import BODY, audited, editor
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.flows.bargain_price import new_code
from xiaoer.infra import audit
from xiaoer.kernel.clock import to_utc
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.slices.conversations import owners
from xiaoer.slices.promotions.types import Coupon
from xiaoer.slices.shops.types import Principal

router = APIRouter(prefix="/api/v1/selling")


class CouponView(Struct, frozen=True):
    """One coupon. `in_shop` false: the shop's own system did not take it, somebody makes it there by hand."""

    id: str
    promotion_id: str
    buyer_id: str
    state: str
    code: str
    amount: str | None
    valid_to: datetime | None
    order_id: str
    in_shop: bool = True


class CouponPage(Struct, frozen=True):
    items: tuple[CouponView, ...]


class IssueIn(Struct, frozen=True):
    """Issue to one buyer. The same `request_id` again gives the same coupon."""

    promotion_id: Id
    buyer_id: Id
    request_id: Annotated[str, Meta(min_length=1, max_length=60)]
    valid_to: datetime | None = None
    known: bool = False  # refuse a buyer of whom nothing is known: a slip of the hand


class MoveIn(Struct, frozen=True):
    """What happens to a coupon: `use` needs the order."""

    action: Literal["claim", "use", "return"]
    buyer_id: Id
    order_id: Annotated[str, Meta(max_length=64)] = ""


def _view(coupon: Coupon, *, in_shop: bool = True) -> CouponView:
    amount = coupon.amount.yuan if coupon.amount else None
    return CouponView(
        coupon.id,
        coupon.promotion_id,
        coupon.buyer_id,
        coupon.state,
        coupon.code,
        amount,
        coupon.valid_to,
        coupon.order_id,
        in_shop,
    )


@router.get("/coupons/of/{buyer_id}", **describe("A buyer's coupons", response=CouponPage, errors=(401, 403, 404)))
async def of_buyer(request: Request, buyer_id: str) -> Response:
    """Claimed, used and expired ones."""
    who, product = await member(request), wiring(request)
    held = await product.promotions.held(who.shop, BuyerId(buyer_id))
    return reply(CouponPage(tuple(_view(coupon) for coupon in held)))


@router.post(
    "/coupons/issue",
    **describe("Issue a coupon", request=IssueIn, response=CouponView, errors=(401, 403, 404, 409, 422),
               example={"promotion_id": "C-20", "buyer_id": "b-1", "request_id": "click-1"}),
)  # fmt: skip
async def issue(request: Request) -> Response:
    """Give a buyer one coupon within budget and limits; doing it twice gives one."""
    who, product = await member(request), wiring(request)
    body = await read_body(request, IssueIn, BODY)
    until = to_utc(body.valid_to) if body.valid_to else None
    buyer = BuyerId(body.buyer_id)
    if body.known and not await _is_known(product, who.shop, buyer):
        raise NotFound("Buyer", body.buyer_id)
    given = await product.answering.give_coupon(who.shop, body.promotion_id, buyer, body.request_id, new_code(), until)
    await noted(product, who, "coupon.issue", given.coupon.id, promotion=body.promotion_id, buyer=body.buyer_id)
    return reply(_view(given.coupon, in_shop=given.in_shop))


async def _is_known(product: Wiring, shop: ShopId, buyer: BuyerId) -> bool:
    if await product.buyers.buyer(shop, buyer) is not None:
        return True
    return bool(await product.db.read(lambda c: owners.of_buyer(c, shop, buyer, 1)))


async def noted(product: Wiring, who: Principal, action: str, coupon_id: str, **detail: str) -> None:
    """Keep in the audit what was done to a coupon."""
    now, by = product.clock.now(), audited(who)
    await product.db.write(lambda c: audit.record(c, who.shop, by, action, coupon_id, now, **detail))


@router.post(
    "/coupons/{id}/move",
    **describe("Claim, use or return a coupon", request=MoveIn, status=204, errors=(401, 403, 404, 409, 422),
               example={"action": "use", "buyer_id": "b-1", "order_id": "20260618000001"}),
)  # fmt: skip
async def move(request: Request, id: str) -> Response:
    """The shop tells what became of a coupon; each step is possible once."""
    who, product = await editor(request), wiring(request)
    body = await read_body(request, MoveIn, BODY)
    buyer = BuyerId(body.buyer_id)
    match body.action:
        case "claim":
            await product.promotions.claim(who.shop, id, buyer)
        case "use":
            if not body.order_id:
                raise InvalidBody("Name the order that the coupon was used for.")
            await product.promotions.use(who.shop, id, buyer, body.order_id)
        case "return":
            await product.promotions.give_back(who.shop, id, buyer)
    await noted(product, who, "coupon.move", id, kind=body.action, buyer=body.buyer_id)
    return Response(status_code=204)
