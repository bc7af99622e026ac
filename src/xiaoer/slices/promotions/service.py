"""Promotions of a shop: what runs, what a cart costs, which coupons a buyer holds.

Quotes are computed from a snapshot per shop; the revision counter says when it is old, and is read at most
ten times a second, so a saved or imported promotion counts at once in every worker.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import Offer
from xiaoer.slices.promotions import store
from xiaoer.slices.promotions.rules.channels import rules_of
from xiaoer.slices.promotions.rules.offering import running_offers
from xiaoer.slices.promotions.rules.parsing import InvalidPromotion, parse_promotion
from xiaoer.slices.promotions.rules.quoting import quote
from xiaoer.slices.promotions.rules.review import review_promotion
from xiaoer.slices.promotions.types import (
    BuyerFacts,
    Cart,
    ChannelRules,
    Coupon,
    Mode,
    Promotion,
    Quote,
)

_TOLD_AFTER = timedelta(days=30)  # a coupon that ended earlier is nobody's question
_CHECK_S = 0.1  # how often the revision is read: a change is seen by every worker within this time


class CouponRefused(Conflict):
    """No coupon was issued, claimed or used; `of` is the promotion or the coupon, `reason` the machine word."""

    code = "coupon_refused"

    def __init__(self, of: str, reason: str) -> None:
        super().__init__(f"{of[:64]} gives no coupon now: {reason}. Check its budget, limits, period and buyer.")
        self.reason = reason


class _Snapshot:
    def __init__(self, revision: int, promotions: tuple[Promotion, ...], checked: float) -> None:
        self.revision = revision
        self.promotions = promotions
        self.checked = checked


class Promotions:
    """The shop's offers; also the `PriceQuoter` that needs no other system."""

    def __init__(self, db: Database, clock: Clock, channel_rules: Mapping[str, ChannelRules] | None = None) -> None:
        self._db = db
        self._clock = clock
        self._channel_rules = channel_rules
        self._snapshots: dict[str, _Snapshot] = {}

    async def all(self, shop: ShopId) -> tuple[Promotion, ...]:
        """Every promotion as the snapshot has it."""
        now = time.monotonic()
        known = self._snapshots.get(shop)
        if known is not None and now - known.checked < _CHECK_S:
            return known.promotions
        revision = await self._db.read(lambda c: store.revision(c, shop))
        if known is None or known.revision != revision:
            loaded = await self._db.read(lambda c: store.load(c, shop))
            known = self._snapshots[shop] = _Snapshot(revision, loaded, now)
        known.checked = now
        return known.promotions

    async def all_now(self, shop: ShopId) -> tuple[Promotion, ...]:
        """Every promotion with the budget that is left this moment, for people; quotes use the snapshot."""
        return await self._db.read(lambda c: store.load(c, shop))

    async def get(self, shop: ShopId, promotion_id: str) -> Promotion:
        """Read one promotion with the budget that is left.

        Raises:
            NotFound: no such promotion in this shop.
        """
        found = await self._db.read(lambda c: store.get(c, shop, promotion_id))
        if found is None:
            raise NotFound("Promotion", promotion_id)
        return found

    async def save(self, shop: ShopId, data: Mapping[str, Any]) -> tuple[Promotion, list[str]]:
        """Save one promotion as written; return it with warnings about likely slips.

        Raises:
            InvalidPromotion: it cannot be understood; nothing is saved.
        """
        promotion = parse_promotion(data)
        now = self._clock.now()
        await self._db.write(lambda c: store.save(c, shop, promotion, now))
        self._snapshots.pop(shop, None)
        return promotion, review_promotion(promotion)

    async def set_enabled(self, shop: ShopId, promotion_id: str, enabled: bool) -> None:
        """Switch a promotion on or off.

        Raises:
            NotFound: no such promotion in this shop.
        """
        now = self._clock.now()
        if not await self._db.write(lambda c: store.set_enabled(c, shop, promotion_id, enabled, now)):
            raise NotFound("Promotion", promotion_id)
        self._snapshots.pop(shop, None)

    async def offers(
        self,
        shop: ShopId,
        *,
        product_id: str = "",
        category: str = "",
        variant_ids: Sequence[str] = (),
        channel: str = "",
        every: bool = False,
        at: datetime | None = None,
    ) -> tuple[Offer, ...]:
        """What runs now and may be told to a buyer; for one product when it is named, or `every` one beside it."""
        now = at or self._clock.now()
        return running_offers(
            await self.all(shop), now, product_id=product_id, category=category,
            variant_ids=variant_ids, channel=channel, every=every,
        )  # fmt: skip

    async def quote(
        self,
        shop: ShopId,
        cart: Cart,
        *,
        channel: str = "",
        buyer: BuyerFacts | None = None,
        coupons: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        at: datetime | None = None,
    ) -> Quote:
        """Price a cart; see `ports.PriceQuoter`."""
        promotions, now = await self.all(shop), at or self._clock.now()
        mine: tuple[Coupon, ...] = ()
        if buyer is not None and buyer.id:
            buyer_id = buyer.id
            kept = await self._db.read(lambda c: store.held(c, shop, buyer_id))
            mine = tuple(c for c in kept if c.valid_to is None or c.valid_to > now - _TOLD_AFTER)
            known = {p.id for p in promotions}
            if any(c.promotion_id not in known for c in mine):  # one of a promotion that was made a moment ago
                self._snapshots.pop(shop, None)
                promotions = await self.all(shop)
        own = {c.promotion_id for c in mine}
        promotions = tuple(p for p in promotions if not p.private or p.id in own)
        rules = rules_of(channel, self._channel_rules)
        if mode is not None:
            rules = replace(rules, mode=mode)
        return quote(
            cart,
            promotions,
            _named(coupons, mine, promotions) if coupons is not None else mine,
            now=now,
            rules=rules,
            channel=channel,
            buyer=buyer,
            named=coupons is not None,
        )

    async def held(self, shop: ShopId, buyer_id: BuyerId) -> tuple[Coupon, ...]:
        """The buyer's coupons, whatever their state."""
        return await self._db.read(lambda c: store.held(c, shop, buyer_id))

    async def coupon(self, shop: ShopId, coupon_id: str) -> Coupon | None:
        """One coupon, whoever holds it."""
        return await self._db.read(lambda c: store.get_coupon(c, shop, coupon_id))

    async def issue(
        self,
        shop: ShopId,
        promotion_id: str,
        buyer_id: BuyerId,
        *,
        coupon_id: str = "",
        code: str = "",
        amount: Money | None = None,
        valid_to: datetime | None = None,
        claimed: bool = True,
    ) -> Coupon:
        """Issue one coupon inside the promotion's budget. The same `coupon_id` again returns the same coupon.

        Raises:
            CouponRefused: budget, number or the buyer's share is used up, or the promotion is over or unknown.
        """
        now = self._clock.now()
        wanted = Coupon(
            coupon_id or new_id(),
            promotion_id,
            valid_to=valid_to,
            amount=amount,
            state="claimed" if claimed else "issued",
            buyer_id=buyer_id,
            code=code,
        )
        issued = await self._db.write(lambda c: store.issue(c, shop, wanted, now))
        if issued.coupon is None:
            raise CouponRefused(promotion_id, issued.refusal)
        return issued.coupon

    async def claim(self, shop: ShopId, coupon_id: str, buyer_id: BuyerId) -> None:
        """The buyer takes an issued coupon. Raises CouponRefused when it is not there to take."""
        await self._change(shop, coupon_id, buyer_id, ("issued",), {"state": "claimed"})

    async def use(self, shop: ShopId, coupon_id: str, buyer_id: BuyerId, order_id: str) -> None:
        """Use a coupon for one order, once; the same order again changes nothing. Raises CouponRefused."""
        known = await self.coupon(shop, coupon_id)
        if known is not None and (known.state, known.buyer_id, known.order_id) == ("used", buyer_id, order_id):
            return
        values = {"state": "used", "order_id": order_id, "used_at": self._clock.now()}
        await self._change(shop, coupon_id, buyer_id, ("claimed",), values)

    async def give_back(self, shop: ShopId, coupon_id: str, buyer_id: BuyerId) -> None:
        """The order was cancelled or refunded in full: the coupon goes back in the same form, within its period."""
        values = {"state": "claimed", "order_id": "", "used_at": None}
        await self._change(shop, coupon_id, buyer_id, ("used",), values)

    async def _change(
        self, shop: ShopId, coupon_id: str, buyer_id: BuyerId, before: tuple[str, ...], values: dict[str, Any]
    ) -> None:
        now = self._clock.now()
        done = await self._db.write(lambda c: store.change_state(c, shop, coupon_id, buyer_id, before, now, **values))
        if not done:
            raise CouponRefused(coupon_id, "not_usable")

    async def expire(self, shop: ShopId) -> int:
        """Expire what is past its end; return how many coupons."""
        now, total = self._clock.now(), 0
        while count := await self._db.write(lambda c: store.expire(c, shop, now)):
            total += count
        return total


def _named(names: Sequence[str], mine: Sequence[Coupon], promotions: Sequence[Promotion]) -> list[Coupon]:
    """Coupons by id, own code or public code. A public code that the buyer has not claimed is priced as if
    claimed now; a name that nobody knows stays and is reported as unknown."""
    chosen: list[Coupon] = []
    for name in dict.fromkeys(names):
        own = [c for c in mine if name in (c.id, c.code, c.promotion_id)]
        public = [p for p in promotions if p.needs_coupon and name in (p.id, p.coupon.code if p.coupon else "")]
        own += [c for c in mine if c.promotion_id in {p.id for p in public} and c not in own]
        own.sort(key=lambda c: (c.state != "claimed", c.valid_to is None, c.valid_to, c.id))
        if own:
            chosen.append(own[0])
        else:
            chosen.append(Coupon(name, public[0].id if public else name, state="issued"))
    return chosen


class RowWithData(Protocol):
    """An imported row: the promotion as written."""

    @property
    def id(self) -> str: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


class PromotionSink:
    """Takes imported promotions; `check` refuses a row before anything is written."""

    def check(self, row: RowWithData) -> str | None:
        """The reason why a row cannot be taken, in Chinese; None when it can."""
        try:
            parse_promotion(row.data)
        except InvalidPromotion as invalid:
            return "；".join(invalid.problems)
        return None

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return store.existing_hashes(connection, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[RowWithData, str]],
        now: datetime,
        keep: Collection[str] = (),
    ) -> None:
        for row, hashed in rows:
            store.save(connection, shop, parse_promotion(row.data), now, hashed)
