"""Products are picked for a buyer (推荐): for a need, in place of one that is out of stock, or beside one at hand.

Candidates come from the need, the related items, what was bought together, the category; the rules of
`slices/selling` drop what is out of stock, owned, excluded or unsafe, and say the reason of every pick.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order, Product, Taste, Variant
from xiaoer.kernel.decision import Offer, Pick, SceneShown
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.api import (
    wish_asks_about_it,
    wish_is_alike,
    wish_is_too_dear,
    wish_says_no,
    wish_told,
)
from xiaoer.slices.promotions.types import Quote
from xiaoer.slices.selling.recipients import recipients_of
from xiaoer.slices.selling.rules.picking import choose_picks, reason_for
from xiaoer.slices.selling.rules.safety import audiences_in
from xiaoer.slices.selling.rules.scenes import choose_scene
from xiaoer.slices.selling.service import SellingRules
from xiaoer.slices.selling.types import Candidate, Limits

_LOOKED_AT = 24  # products ranked for a need before rules drop some
_ORDERS = 10  # as many as the answer reads, so that a shop system is asked once
_PICKED = 3  # of what was shown, the last so many set the price that is too dear
_QUOTED = 5  # pairs priced for one question
_BESIDE = ("搭配", "配什么", "配啥", "一起买", "搭什么", "配套")
_OWNED = frozenset({"paid", "shipped", "delivered", "completed"})


class ReadsGoods(Protocol):
    """Products, stock and search of the shop."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...
    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None: ...
    async def recommend(
        self, shop: ShopId, need: str, max_yuan: float | None, limit: int, taste: Taste = ...
    ) -> tuple[Product, ...]: ...


class ReadsOrders(Protocol):
    """A buyer's orders, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...


class ReadsOffers(Protocol):
    """The promotions that run now."""

    async def offers(self, shop: ShopId, *, at: datetime) -> tuple[Offer, ...]: ...


class QuotesCarts(Protocol):
    """What goods cost a buyer together."""

    async def __call__(
        self, shop: ShopId, items: Sequence[tuple[str, int]], *, buyer_id: str | None, channel: str
    ) -> Quote: ...


class PickProducts:
    """Picks for a turn, and the scene that fits it."""

    def __init__(
        self, rules: SellingRules, goods: ReadsGoods, orders: ReadsOrders, offers: ReadsOffers, quote: QuotesCarts
    ) -> None:
        self._quote = quote
        self._recipients = recipients_of()
        self._rules = rules
        self._goods = goods
        self._orders = orders
        self._offers = offers

    async def for_need(self, turn: Turn, segment: Segment, now: datetime) -> tuple[Pick, ...] | None:
        """Products for a need in the buyer's words; None when he was shown enough. What narrows a wish that is open is
        not one more recommendation, and who asks takes an earlier no back."""
        if turn.product_in_focus and any(word in segment.text for word in _BESIDE):
            return await self.together(turn, segment, turn.product_in_focus, now)
        if turn.product_in_focus and wish_is_alike(segment.text):
            return await self.similar(turn, segment, turn.product_in_focus, now)
        wish, rules = wish_told(segment, turn), await self._rules.pick_rules(turn.shop)
        if wish.asked > rules.most_a_talk:
            return None
        most = wish.budget_yuan
        if wish.shown and wish_is_too_dear(segment.text):
            most = await self._less_than(turn.shop, wish.shown, most)
        taste = self._recipients.taste_of(wish)
        in_sight = turn.product_in_focus if wish_asks_about_it(segment.text) else None
        if in_sight and (suits := await self._suits(turn, segment, wish, taste, in_sight)):
            return suits
        found = await self._goods.recommend(turn.shop, self._recipients.need_of(wish), most, _LOOKED_AT, taste)
        about = replace(segment, text=" ".join(wish.words))
        without = wish.shown if wish_says_no(segment.text) else ()
        if wish.least_yuan:
            least = Money(round(wish.least_yuan * 100))
            prices = {p.id: await self._goods.variants(turn.shop, p.id) for p in found}
            found = tuple(p for p in found if min((v.price for v in prices[p.id]), default=ZERO) >= least) or found
        offered = [(product, "") for product in found]
        limits = self._limits(turn, wish, most)
        return await self._choose(turn, about, offered, limits, without, taste, wish.pieces)

    async def _suits(self, turn: Turn, segment: Segment, wish: Wish, taste: Taste, product_id: str) -> tuple[Pick, ...]:
        """The product in sight, when something of it speaks for these people (送女朋友合适吗)."""
        product = await self._goods.product(turn.shop, product_id)
        front = f"{product.title} {' '.join(product.tags)}" if product else ""
        if product is None or any(w in front for w in taste.never) or not any(w in front for w in taste.likes):
            return ()
        return await self._choose(turn, segment, [(product, "")], self._limits(turn, wish, None), (), taste)

    def _limits(self, turn: Turn, wish: Wish, most: float | None) -> Limits:
        """What the wish allows; the audiences that the talk named count too."""
        budget = Money(round(most * 100)) if most else None
        return Limits(
            _audiences(turn, wish.audience, wish.age_years),
            wish.age_years,
            budget,
            budget if wish.is_total else None,
            self._recipients.groups_of(wish.bad),
            self._recipients.groups_of(wish.unliked),
        )

    def _unasked(self, turn: Turn, segment: Segment) -> Limits:
        """What is shown beside an answer must suit whom the talk is about, and what her open wish told."""
        told = turn.memory.wish or Wish()
        named = (*told.audience, *segment.entities.audience)
        age = segment.entities.age_years or told.age_years
        bad, unliked = (self._recipients.groups_of(terms) for terms in (told.bad, told.unliked))
        return Limits(_audiences(turn, named, age), age, bad=bad, unliked=unliked)

    async def _less_than(self, shop: ShopId, shown: Sequence[str], most: float | None) -> float | None:
        """Yuan below the cheapest product that was shown."""
        prices = [v.price.fen for one in shown[-_PICKED:] for v in await self._goods.variants(shop, one)]
        return min(prices) / 100 - 1 if prices else most

    async def similar(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> tuple[Pick, ...]:
        """In place of a product that is out of stock: of its category, nearest first."""
        product = await self._goods.product(turn.shop, product_id)
        if product is None or await self._enough(turn, now):
            return ()
        need = f"{product.category.split('/')[-1]} {product.title}"
        near = await self._goods.recommend(turn.shop, need, None, _LOOKED_AT)
        same = [(p, "同类，有现货") for p in near if p.id != product_id and p.category == product.category]
        return await self._choose(turn, segment, same, self._unasked(turn, segment), {product_id})

    async def together(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> tuple[Pick, ...]:
        """Beside a product: what the shop relates to it, and what was bought with it."""
        product = await self._goods.product(turn.shop, product_id)
        if product is None or await self._enough(turn, now):
            return ()
        learned = [(str(row[0]), int(row[2])) for row in await self._rules.fact(turn.shop, product_id, "together")]
        named = [(other, f"{count} 笔订单里和它一起买") for other, count in learned]
        named += [(other, "店里推荐的搭配") for other in product.related if other not in dict(learned)]
        found = [(p, why) for other, why in named if (p := await self._goods.product(turn.shop, other)) is not None]
        found = await self._cheaper_together(turn, product, found)
        return await self._choose(turn, segment, found, self._unasked(turn, segment), {product_id})

    async def _cheaper_together(
        self, turn: Turn, product: Product, found: Sequence[tuple[Product, str]]
    ) -> list[tuple[Product, str]]:
        """The candidates, those first that lower the bill by the real quote: both in one order against one by one."""
        own = await self._cheapest(turn.shop, product.id)
        if own is None:
            return list(found)
        alone, saved = await self._bill(turn, [own]), []
        for other, _ in found[:_QUOTED]:
            beside = await self._cheapest(turn.shop, other.id)
            if beside is None:
                continue
            both = await self._bill(turn, [own, beside])
            less = alone + await self._bill(turn, [beside]) - both
            if less > ZERO:
                saved.append((less, other, f"两件一起 {both.spoken} 元，比分开买省 {less.spoken} 元"))
        saved.sort(key=lambda one: -one[0].fen)
        named = {other.id for _, other, _ in saved}
        return [(o, why) for _, o, why in saved] + [(o, why) for o, why in found if o.id not in named]

    async def _bill(self, turn: Turn, variants: Sequence[str]) -> Money:
        lines = [(variant, 1) for variant in variants]
        quote = await self._quote(turn.shop, lines, buyer_id=turn.buyer_id, channel=turn.channel)
        return quote.goods_payable

    async def _cheapest(self, shop: ShopId, product_id: str) -> str | None:
        ready = [v for v in await self._goods.variants(shop, product_id) if v.stock > 0]
        return min(ready, key=lambda v: (v.price, v.id)).id if ready else None

    async def scene(self, turn: Turn, heard: Heard, now: datetime) -> SceneShown | None:
        """What is shown after the answer; None for most turns."""
        scenes = [(d.id, d.value) for d in await self._rules.scenes.live(turn.shop)]
        if not scenes:
            return None
        product_id = turn.product_in_focus or ""
        product = await self._goods.product(turn.shop, product_id) if product_id else None
        shown = {scene for past in turn.history for scene in past.act_types if scene.startswith("scene:")}
        chosen = choose_scene(
            scenes, heard, product_id, product.category if product else "", {s[6:] for s in shown}, now
        )
        if chosen is None or await self._rules.has_refused(turn.shop, turn.buyer_id, "recommend", now):
            return None
        index, id_, scene = chosen
        offer = None
        if scene.promotion_id:
            running = await self._offers.offers(turn.shop, at=now)
            offer = next((one for one in running if one.id == scene.promotion_id), None)
        goods = [(p, "适合这个场景") for other in scene.show if (p := await self._goods.product(turn.shop, other))]
        segment = heard.segments[index]
        picks = await self._choose(turn, segment, goods, self._unasked(turn, segment)) if goods else ()
        return SceneShown(id_, index, scene.say, scene.url, offer, picks)

    async def _enough(self, turn: Turn, now: datetime) -> bool:
        """Whether nothing more may be shown unasked."""
        rules = await self._rules.pick_rules(turn.shop)
        rounds = sum("recommend" in past.act_types for past in turn.history)
        return rounds >= rules.most_a_talk or await self._rules.has_refused(turn.shop, turn.buyer_id, "recommend", now)

    async def _choose(
        self,
        turn: Turn,
        segment: Segment,
        found: Iterable[tuple[Product, str]],
        limits: Limits,
        without: Iterable[str] = (),
        taste: Taste = Taste(),  # noqa: B008  frozen
        pieces: int = 0,
    ) -> tuple[Pick, ...]:
        rules = await self._rules.pick_rules(turn.shop)
        offered = [(product, why, await self._goods.variants(turn.shop, product.id)) for product, why in found]
        if not offered:
            return ()
        mine, candidates = await self._owned(turn), []
        for product, why, variants in offered:
            ready = [v for v in variants if v.stock > 0]
            if ready and not any(variant.id in mine for variant in variants):
                stock = sum(v.stock for v in ready)
                candidates.append(Candidate(product, min(v.price for v in ready), stock, why))
        limit = min(pieces or rules.at_once, rules.at_once)
        chosen = choose_picks(candidates, rules, limits, {*without}, limit)
        return tuple(Pick(c.product, c.price, reason_for(c, segment.text, limits, taste.likes)) for c in chosen)

    async def _owned(self, turn: Turn) -> set[str]:
        """The variants that the buyer has."""
        orders = await self._orders.orders_of(turn.shop, turn.buyer_id, _ORDERS)
        return {item.variant_id for order in orders if order.status in _OWNED for item in order.items}


def _audiences(turn: Turn, named: Sequence[str], age_years: float | None) -> tuple[str, ...]:
    """Whom the talk names that needs care, and whom the wish is for."""
    said = [past.text for past in turn.history if past.author == "buyer"]
    return audiences_in(" ".join([*said, *(message.text for message in turn.messages)]), named, age_years)
