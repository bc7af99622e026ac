"""Kinds of coupons as a shop's people run them (优惠券的发放): terms and budget, and what became of those handed out.

A coupon holds its cost in the budget from the moment it is issued; one that expires unused gives it back. Buyers hold
what was promised: once coupons are out, what they take off and from which amount on stay, and the end may only move
later; the budget and the number may not fall below what is out.
"""

from collections import Counter
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.promotions import store
from xiaoer.slices.promotions.rules.issuing import is_plain
from xiaoer.slices.promotions.tables import coupons, promotions
from xiaoer.slices.promotions.types import Audience, Benefit, Coupon, CouponTerms, Level, Promotion, Scope, Tier

_GROUP = "shop_coupon"  # one of them an order
_NEWEST = 200  # coupons listed of a kind


class CouponKind(Struct, frozen=True):
    """A promotion with coupons: its whole `budget`, what of it is `reserved`, how many were `issued` in all, and how
    many of the own rows stand where (`states`)."""

    promotion: Promotion
    budget: Money | None
    reserved: Money
    issued: int
    states: dict[str, int]


class CouponDraft(Struct, frozen=True):
    """A coupon as people write it: `off` from `least` on, for all goods or some. `total` None: as the budget allows."""

    title: str
    off: Money
    least: Money
    starts_at: datetime
    ends_at: datetime
    budget: Money | None
    total: int | None = None
    per_user_limit: int = 1
    new_only: bool = False
    products: tuple[str, ...] = ()
    enabled: bool = True


class GivenCoupon(Struct, frozen=True):
    """One coupon that was handed out, and when."""

    coupon: Coupon
    issued_at: datetime
    used_at: datetime | None


class CouponKinds:
    """Lists, makes and changes kinds of coupons."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def all(self, shop: ShopId) -> list[CouponKind]:
        """Every kind that people may hand out, the one that ends last first."""
        return await self._db.read(lambda c: _kinds(c, shop))

    async def given(self, shop: ShopId, promotion_id: str) -> list[GivenCoupon]:
        """The newest coupons of a kind."""
        return await self._db.read(lambda c: _given(c, shop, promotion_id))

    async def make(self, shop: ShopId, draft: CouponDraft) -> Promotion:
        """Make a kind.

        Raises:
            InvalidBody: with what does not hold, in Chinese.
        """
        now = self._clock.now()
        made = _terms(Promotion(new_id(), "", Level.SHOP_COUPON, Benefit.AMOUNT_OFF, now, now), draft)
        _check(draft, now)
        await self._db.write(lambda c: store.save(c, shop, made, now))
        return made

    async def change(self, shop: ShopId, promotion_id: str, draft: CouponDraft) -> Promotion:
        """Change a kind; of one with terms beyond `CouponDraft` only name, end, budget and limits change.

        Raises:
            NotFound: no such kind. InvalidBody: with what does not hold, in Chinese.
        """
        now = self._clock.now()
        return await self._db.write(lambda c: _change(c, shop, promotion_id, draft, now))


def _kinds(connection: Connection, shop: ShopId) -> list[CouponKind]:
    told = select(coupons.c.promotion_id, coupons.c.state, func.count()).where(coupons.c.shop == shop)
    states: dict[str, Counter[str]] = {}
    for promotion_id, state, count in connection.execute(told.group_by(coupons.c.promotion_id, coupons.c.state)):
        states.setdefault(promotion_id, Counter())[state] = count
    money = select(promotions.c.id, promotions.c.budget, promotions.c.reserved, promotions.c.issued)
    spent = {row.id: row for row in connection.execute(money.where(promotions.c.shop == shop))}
    kinds = [p for p in store.load(connection, shop) if p.needs_coupon and not p.private]
    kinds.sort(key=lambda p: p.ends_at, reverse=True)
    return [
        CouponKind(p, spent[p.id].budget, spent[p.id].reserved, spent[p.id].issued, dict(states.get(p.id, {})))
        for p in kinds
    ]


def _given(connection: Connection, shop: ShopId, promotion_id: str) -> list[GivenCoupon]:
    where = (coupons.c.shop == shop, coupons.c.promotion_id == promotion_id)
    query = select(coupons).where(*where).order_by(coupons.c.issued_at.desc(), coupons.c.id).limit(_NEWEST)
    return [GivenCoupon(store.as_coupon(row), row.issued_at, row.used_at) for row in connection.execute(query)]


def _change(connection: Connection, shop: ShopId, promotion_id: str, draft: CouponDraft, now: datetime) -> Promotion:
    row = connection.execute(
        select(promotions.c.reserved, promotions.c.issued)
        .where(promotions.c.shop == shop, promotions.c.id == promotion_id)
        .with_for_update()
    ).one_or_none()
    known = store.get(connection, shop, promotion_id)
    if row is None or known is None or not known.needs_coupon or known.private:
        raise NotFound("Coupon", promotion_id)
    changed = _terms(known, draft) if is_plain(known) else _limits(known, draft)
    _check(draft, now, ended_before=known.ends_at <= now)
    out = connection.scalar(
        select(func.count())
        .select_from(coupons)
        .where(coupons.c.shop == shop, coupons.c.promotion_id == promotion_id, coupons.c.state != "expired")
    )
    _check_promised(known, changed, row.reserved, row.issued, out or 0)
    store.save(connection, shop, changed, now)
    return changed


def _limits(known: Promotion, draft: CouponDraft) -> Promotion:
    terms = replace(known.coupon or CouponTerms(), total=draft.total)
    if terms.valid_to is not None:
        terms = replace(terms, valid_to=draft.ends_at)
    return replace(
        known,
        name=draft.title,
        title=draft.title,
        ends_at=draft.ends_at,
        budget_left=draft.budget,
        per_user_limit=draft.per_user_limit,
        enabled=draft.enabled,
        coupon=terms,
    )


def _terms(known: Promotion, draft: CouponDraft) -> Promotion:
    return replace(
        _limits(known, draft),
        starts_at=draft.starts_at,
        tiers=(Tier(draft.least.fen, draft.off.fen),),
        stack_group=known.stack_group or _GROUP,
        scope=replace(known.scope, items=frozenset(draft.products)) if draft.products else _whole(known.scope),
        audience=Audience("new_customer") if draft.new_only else Audience(),
        per_order_limit=known.per_order_limit or 1,
    )


def _whole(scope: Scope) -> Scope:
    return replace(scope, items=frozenset())


def _check(draft: CouponDraft, now: datetime, *, ended_before: bool = False) -> None:
    problems = []
    if not draft.title.strip():
        problems.append("给券起个名字，买家会看到")
    if draft.off <= ZERO:
        problems.append("减多少要大于 0")
    if draft.least < draft.off:
        problems.append("满多少不能小于减多少，不然会白送")
    if draft.ends_at <= draft.starts_at:
        problems.append("结束要晚于开始")
    if draft.ends_at <= now and not ended_before:
        problems.append("结束时间已经过了")
    if draft.budget is not None and draft.budget < draft.off:
        problems.append("预算连一张都不够")
    if problems:
        raise InvalidBody("；".join(problems) + "。")


def _check_promised(known: Promotion, changed: Promotion, reserved: Money, issued: int, out: int) -> None:
    """What buyers hold is kept: `out` coupons that did not expire."""
    problems = []
    total = changed.coupon.total if changed.coupon else None
    same = (known.tiers, known.scope, known.audience) == (changed.tiers, changed.scope, changed.audience)
    if out and not same:
        problems.append(f"已经发出 {out} 张，满减和范围不能再改，另建一张")
    if out and changed.ends_at < known.ends_at:
        problems.append("买家手里还有券，结束时间只能往后；想停发，把张数改成已发的数")
    if changed.budget_left is not None and changed.budget_left < reserved:
        problems.append(f"预算不能少于已经占用的 {reserved.yuan} 元")
    if total is not None and total < issued:
        problems.append(f"张数不能少于已经发出的 {issued} 张")
    if problems:
        raise InvalidBody("；".join(problems) + "。")
