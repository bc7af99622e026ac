"""A buyer asks for a lower price (议价): where the talk stands is read, the rules decide, the answer is kept.

The floor never leaves `slices/bargaining`: what this flow hands to the answer path holds only what may be told.
Coupon and grant are written in the change that stores the answer (`keep`), so that a retry, a second tab or a
second worker finds them there and nothing is given twice.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act, BargainAnswer, CouponGiven
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import PriceNow
from xiaoer.kernel.turn import Turn
from xiaoer.slices.bargaining import service
from xiaoer.slices.bargaining.rules.asking import read_ask
from xiaoer.slices.bargaining.rules.deciding import advance, answer_bargain, current, floor_of
from xiaoer.slices.bargaining.service import Bargaining, Standing
from xiaoer.slices.bargaining.types import Answer, Ask, Budgets, State, Terms
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies.rules.bargaining import act_of, talks_price
from xiaoer.slices.promotions import api as promotions
from xiaoer.slices.promotions.service import CouponRefused
from xiaoer.slices.promotions.types import Coupon, Promotion
from xiaoer.slices.replies import api as replies
from xiaoer.slices.replies.types import Templates

_GIFT_LASTS = timedelta(days=7)
_KEPT = frozenset({"counter", "accept", "gift", "stand", "firm", "people"})
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is misread: 0 O 1 I


class ReadsProducts(Protocol):
    """Products and their variants."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...


class PricesNow(Protocol):
    """What one piece of a variant costs everybody now."""

    async def price_now(self, shop: ShopId, variant_id: str, buyer_id: str, channel: str) -> PriceNow: ...


class KnowsPromotions(Protocol):
    """The shop's promotions, also those that bargaining made."""

    async def all(self, shop: ShopId) -> tuple[Promotion, ...]: ...


class KnowsPersons(Protocol):
    """The accounts that are one person."""

    async def same_person(self, shop: ShopId, buyer_id: str) -> tuple[str, ...]: ...


class _Proof:
    """What `keep` needs. Not a struct on purpose: nothing can encode it into a trace or an answer."""

    __slots__ = ("answer", "buyer_id", "promotion", "standing")

    def __init__(self, standing: Standing, answer: Answer, promotion: Promotion | None, buyer_id: str) -> None:
        self.standing = standing
        self.answer = answer
        self.promotion = promotion
        self.buyer_id = buyer_id


class RehearsedStep(Struct, frozen=True):
    """One line of a rehearsal, and the budgets after it."""

    line: str
    answer: Answer
    reply: str
    budgets: Budgets


class Rehearsed(Struct, frozen=True):
    """A rehearsal: the price that everybody pays, the terms that held, what happened at each line."""

    price: Money
    title: str
    steps: tuple[RehearsedStep, ...]


def new_code() -> str:
    """A coupon code that nobody guesses: 12 characters of 32, 60 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


class BargainPrice:
    """Reads, decides and keeps."""

    def __init__(
        self,
        bargaining: Bargaining,
        products: ReadsProducts,
        prices: PricesNow,
        persons: KnowsPersons,
        offers: KnowsPromotions,
    ) -> None:
        self._offers = offers
        self._bargaining = bargaining
        self._products = products
        self._prices = prices
        self._persons = persons

    async def __call__(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> BargainAnswer | None:
        """Decide the answer to a price request about a product; None when the shop does not bargain about it."""
        shop = turn.shop
        product = await self._products.product(shop, product_id)
        found = await self._bargaining.terms_of(shop, product) if product else None
        if product is None or found is None:
            return None
        terms_id, terms = found
        variant = _meant(await self._products.variants(shop, product_id), segment.entities.variant_ids)
        if variant is None:
            return None
        persons = await self._persons.same_person(shop, turn.buyer_id)
        standing = await self._bargaining.standing(shop, persons, product_id, terms_id, terms, now)
        price = (await self._prices.price_now(shop, variant.id, turn.buyer_id, turn.channel)).payable
        offered = (talk := current(standing.state, price, now)) is not None and talk.offer is not None
        ask = _as_heard(read_ask(segment.text, offered=offered, stop_words=terms.stop_words), segment)
        answer = answer_bargain(ask, terms, standing.state, price, standing.budgets, now)
        promotion = None
        if answer.outcome == "accept":
            known = await self._offers.all(shop)
            promotion = promotions.agreed_price(known, product.id, floor_of(terms, price), now)
        return self._told(product, standing, answer, promotion, turn.buyer_id, now)

    async def rehearse(
        self,
        shop: ShopId,
        product_id: str,
        lines: Sequence[str],
        tried: Terms | None,
        templates: Templates,
        now: datetime,
    ) -> Rehearsed:
        """Answer the lines of a made-up buyer, with full budgets; nothing is kept.

        Raises:
            NotFound: no such product, no terms for it, or none of it in stock.
        """
        product = await self._products.product(shop, product_id)
        found = await self._bargaining.terms_of(shop, product) if product else None
        variant = _meant(await self._products.variants(shop, product_id), ()) if product else None
        terms = tried or (found[1] if found else None)
        if product is None or variant is None:
            raise NotFound("Product", product_id, "It is unknown or out of stock.")
        if terms is None:
            raise NotFound("Bargaining terms for product", product_id, "Add terms that cover it.")
        price = (await self._prices.price_now(shop, variant.id, "", "web")).payable
        state, budgets, steps = None, Budgets(terms.buyer_budget, terms.day_budget), []
        for line in lines:
            talk = current(state, price, now)
            ask = read_ask(line, offered=talk is not None and talk.offer is not None, stop_words=terms.stop_words)
            answer = answer_bargain(ask, terms, state, price, budgets, now)
            budgets = Budgets(budgets.person - answer.take, budgets.day - answer.take)
            if answer.outcome in _KEPT:
                state = advance(talk or State("rehearsal", product_id), answer, terms, "rehearsal", now)
            agreed = promotions.agreed_price((), product.id, price, now) if answer.outcome == "accept" else None
            told = self._told(product, Standing("", terms, ("",), None, 0, budgets), answer, agreed, "", now)
            steps.append(RehearsedStep(line, answer, _spoken(told, templates, now), budgets))
        return Rehearsed(price, terms.title, tuple(steps))

    def _told(
        self,
        product: Product,
        standing: Standing,
        answer: Answer,
        agreed: Promotion | None,
        buyer_id: str,
        now: datetime,
    ) -> BargainAnswer:
        gift = answer.gift
        coupon = None
        if agreed is not None:
            until = now + timedelta(hours=max(standing.terms.valid_hours, 1))
            title = f"{product.title[:20]} 专享立减"
            coupon = CouponGiven(new_id(), agreed.id, title, answer.off, until, new_code())
        elif gift is not None and gift.kind != "small_gift":
            id_ = gift.promotion_id if gift.kind == "coupon" else promotions.FREIGHT
            coupon = CouponGiven(new_id(), id_, gift.title, gift.cost, now + _GIFT_LASTS, new_code())
        return BargainAnswer(
            answer.outcome,
            answer.reason,
            product.id,
            product.title,
            answer.base,
            answer.price,
            answer.off,
            gift.title if gift else "",
            gift.kind if gift else "",
            answer.pushes,
            answer.last,
            coupon,
            _Proof(standing, answer, agreed, buyer_id) if answer.outcome in _KEPT else None,
        )

    def keep(self, connection: Connection, turn: Turn, effect: Any, now: datetime) -> bool:
        """Keep a bargain answer with its coupon; False when it no longer holds, then nothing may be kept."""
        if not isinstance(effect, BargainAnswer) or not isinstance(effect.proof, _Proof):
            return True
        proof, shop, given = effect.proof, turn.shop, effect.coupon
        kept = service.keep(
            connection,
            shop,
            proof.standing,
            proof.answer,
            effect.product_id,
            proof.buyer_id,
            turn.conversation_id,
            given.id if given else "",
            now,
        )
        if not kept:
            return False
        if given is not None:
            try:
                self._issue(connection, turn, effect, given, proof, now)
            except CouponRefused:
                return False
        if proof.answer.take or given is not None:
            facts = {
                "product_id": effect.product_id,
                "outcome": effect.outcome,
                "off": effect.off.fen,
                "gift": effect.gift,
            }
            event = Event(shop, new_id(), "bargain.granted", now, turn.conversation_id, turn.buyer_id, facts)
            insights.append(connection, shop, [event])
        return True

    @staticmethod
    def _issue(
        connection: Connection, turn: Turn, effect: BargainAnswer, given: CouponGiven, proof: _Proof, now: datetime
    ) -> None:
        if proof.promotion is not None:
            promotions.ensure(connection, turn.shop, proof.promotion, now)
        elif given.promotion_id == promotions.FREIGHT:
            promotions.ensure(connection, turn.shop, promotions.free_freight(now), now)
        coupon = Coupon(
            given.id,
            given.promotion_id,
            valid_from=None,
            valid_to=given.valid_until,
            amount=given.amount if effect.outcome == "accept" else None,
            buyer_id=turn.buyer_id,
            code=given.code,
        )
        promotions.issue(connection, turn.shop, coupon, now)


def _spoken(told: BargainAnswer, templates: Templates, now: datetime) -> str:
    if told.outcome == "people":
        return replies.say(Act("handoff", 0, "handoff.bargain"), templates, now, "rehearsal")
    return replies.say(act_of(told, 0), templates, now, "rehearsal")


def _as_heard(ask: Ask, segment: Segment) -> Ask:
    """What is about the price only because an offer stands earns nothing: a farewell leaves it, other words ask."""
    if ask.kind in ("accept", "decline", "stop"):
        return ask
    if segment.by == "context":
        return Ask("question", ask.price)
    if ask == Ask("push", quantity=ask.quantity) and not talks_price(segment):
        return Ask("decline" if segment.intent == "chat.bye" else "question")
    return ask


def _meant(variants: Sequence[Variant], named: Sequence[str]) -> Variant | None:
    """The variant that was named, else the cheapest in stock."""
    ready = [v for v in variants if v.stock > 0]
    chosen = [v for v in ready if v.id in named] or ready
    return min(chosen, key=lambda v: (v.price, v.id), default=None)
