"""Products are picked for a buyer (推荐): for a need, in place of one that is out of stock, or beside one at hand.

Candidates come from the need, the related items, what was bought together, the category; the rules of
`slices/selling` drop what is out of stock, owned, excluded or unsafe, and say the reason of every pick.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest

from msgspec.structs import replace

from xiaoer.flows.pick_products.choosing import ORDERS, OWNED, Choosing
from xiaoer.flows.pick_products.ports import QuotesCarts, ReadsGoods, ReadsOffers, ReadsOrders
from xiaoer.flows.pick_products.wish import PicksForWish
from xiaoer.kernel.commerce import Product, Taste
from xiaoer.kernel.decision import Pick, SceneShown
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.api import (
    wish_asks_beside,
    wish_asks_others,
    wish_beside_what,
    wish_by_own_orders,
    wish_is_alike,
    wish_is_modest,
    wish_is_too_dear,
    wish_than_another,
    wish_than_what,
    wish_told,
)
from xiaoer.slices.selling.rules.safety import made_for_sex, suits_sex
from xiaoer.slices.selling.rules.scenes import choose_scene
from xiaoer.slices.selling.service import SellingRules

_LOOKED_AT = 24  # products ranked for a need before rules drop some
_OWN = 4  # goods of the buyer's orders that lead to others
_TOLD = 8  # characters of a title by which she knows what she bought
_QUOTED = 5  # pairs priced for one question
_MISSING = re.compile(r"还[缺差少]|还(?:需要|要买|要配|得买|得配)|配(?:点|些|个)?(?:什么|啥)")
_PARTS = re.compile(r"(?<!要)配件|耗材|配套的|配(?:点|些|个)?(?:什么|啥)|怎么搭")


class PickProducts:
    """Picks for a turn, and the scene that fits it."""

    def __init__(
        self, rules: SellingRules, goods: ReadsGoods, orders: ReadsOrders, offers: ReadsOffers, quote: QuotesCarts
    ) -> None:
        self._quote = quote
        self._rules = rules
        self._goods = goods
        self._offers = offers
        self._orders = orders
        self._choose = Choosing(rules, goods, orders)
        self._for_wish = PicksForWish(goods, self._choose)

    async def for_need(self, turn: Turn, segment: Segment, now: datetime) -> tuple[Pick, ...] | None:
        """Products for a need in the buyer's words; None when he was shown enough. Who asks takes a no back."""
        at_hand = turn.product_in_focus if wish_asks_beside(segment.text) else None
        if at_hand and (beside := await self._to_go_with(turn, segment, at_hand, now)):
            return beside
        begun = (turn.memory.wish or Wish()).shown
        if turn.product_in_focus and (wish_is_alike(segment.text) or (wish_asks_others(segment.text) and not begun)):
            cheaper = wish_is_modest(segment.text)
            return await self.similar(turn, segment, turn.product_in_focus, now, cheaper=cheaper)
        if turn.product_in_focus and wish_is_too_dear(segment.text) and not begun:
            return await self.similar(turn, segment, turn.product_in_focus, now, cheaper=True)
        if wish_than_another(segment.text) and (than := await self._than(turn, segment)):
            return await self.similar(turn, segment, than, now, cheaper=True)
        if (owned := await self._owned(turn, segment)) and (
            beside := await self.together(turn, segment, owned, now, asked=True)
        ):
            return beside
        if wish_by_own_orders(segment.text) and (beside := await self._by_own_orders(turn, segment, now)):
            return beside
        rules = await self._rules.pick_rules(turn.shop)
        return await self._for_wish(turn, segment, rules.most_a_talk)

    async def _by_own_orders(self, turn: Turn, segment: Segment, now: datetime) -> tuple[Pick, ...]:
        """What goes with the goods of the buyer's last orders, one for each, then more."""
        orders = await self._orders.orders_of(turn.shop, turn.buyer_id, ORDERS)
        items = dict.fromkeys(item.variant_id for order in orders if order.status in OWNED for item in order.items)
        found: list[list[Pick]] = []
        for variant_id in list(items)[:_OWN]:
            variant = await self._goods.variant(turn.shop, variant_id)
            product = await self._goods.product(turn.shop, variant.product_id) if variant else None
            if product is not None:
                beside = await self.together(turn, segment, product.id, now, asked=True, has_it=True)
                own = f"您买过的「{product.title[:_TOLD]}」"
                found.append([replace(pick, reason=f"配{own}：{pick.reason}") for pick in beside])
        turns = (pick for picks in zip_longest(*found) for pick in picks if pick is not None)
        several = {pick.product.id: pick for pick in reversed(list(turns))}
        return tuple(reversed(several.values()))[: (await self._rules.pick_rules(turn.shop)).at_once]

    async def _to_go_with(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> tuple[Pick, ...]:
        """What goes with the product in sight; when a sort is named (配什么裤子好看), only that, of the whole shelf."""
        beside, sort = await self.together(turn, segment, product_id, now, asked=True), wish_beside_what(segment.text)
        product = await self._goods.product(turn.shop, product_id)
        if not sort or product is None:
            return beside
        rules = await self._rules.pick_rules(turn.shop)
        wish, sex = f"想买{sort}", made_for_sex(product)
        of_sort = await self._goods.of_asked(turn.shop, wish) or frozenset()
        wished = await self._for_wish(turn, replace(segment, text=wish), rules.most_a_talk) or ()
        named = [pick for pick in beside if pick.product.id in of_sort]
        others = [pick for pick in wished if pick.product.id not in (product_id, *(one.product.id for one in named))]
        fit = [pick for pick in (*named, *others) if suits_sex(pick.product, sex)]
        return tuple(fit[: rules.at_once])

    async def _than(self, turn: Turn, segment: Segment) -> str | None:
        """The product that something shall be cheaper than: the one named by id, by its kind, or the one in sight."""
        if segment.entities.product_ids:
            return segment.entities.product_ids[0]
        return await self._of_kind(turn, wish_than_what(segment.text)) or turn.product_in_focus

    async def _of_kind(self, turn: Turn, words: str) -> str | None:
        """The first product of the kind that the words name."""
        found = await self._goods.recommend(turn.shop, words, None, 1) if words else ()
        return found[0].id if found and (words in found[0].title or self._goods.is_named(turn.shop, words)) else None

    async def _owned(self, turn: Turn, segment: Segment) -> str | None:
        """The product like the one that she says she has, to which something is missing (我已经有鱼竿了，还缺点啥)."""
        terms = wish_told(segment, turn).unliked if _MISSING.search(segment.text) else ()
        terms = (segment.text,) if _PARTS.search(segment.text) else terms
        found = [await self._of_kind(turn, term) for term in terms]
        return next((one for one in found if one), None)

    async def similar(
        self, turn: Turn, segment: Segment, product_id: str, now: datetime, cheaper: bool = False
    ) -> tuple[Pick, ...]:
        """In place of a product that is out of stock, or too dear: of its category, nearest first."""
        product = await self._goods.product(turn.shop, product_id)
        if product is None or await self._enough(turn, now):
            return ()
        why, limits = "同类，有现货", self._for_wish.unasked(turn, segment)
        if cheaper:
            prices = [v.pays for v in await self._goods.variants(turn.shop, product_id)]
            why, limits = "同类，比这款便宜", replace(limits, most=min(prices, default=ZERO) - Money(1))
        same = [(one, why) for one in await self._alike(turn.shop, product)]
        return await self._choose(turn, segment.text, same, limits, {product_id})

    async def _alike(self, shop: ShopId, product: Product) -> tuple[Product, ...]:
        """Goods of the same kind for the same people; of a kind that nobody knows, those of its category that are
        called alike."""
        found, sex = await self._goods.alike(shop, product.id, _LOOKED_AT), made_for_sex(product)
        if not found:
            need = f"{product.category.split('/')[-1]} {product.title}"
            near = await self._goods.recommend(shop, need, None, _LOOKED_AT, Taste(said=" "))  # its title is no wish
            found = tuple(one for one in near if one.id != product.id and _is_same_sort(one, product))
        return tuple(one for one in found if suits_sex(one, sex))

    async def together(
        self, turn: Turn, segment: Segment, product_id: str, now: datetime, asked: bool = False, has_it: bool = False
    ) -> tuple[Pick, ...]:
        """Beside a product: what the shop relates to it, and what was bought with it. Who asked takes a no back; who
        `has_it` already saves nothing by buying both."""
        product = await self._goods.product(turn.shop, product_id)
        if product is None or (not asked and await self._enough(turn, now)):
            return ()
        learned = [(str(row[0]), int(row[2])) for row in await self._rules.fact(turn.shop, product_id, "together")]
        named = [(other, f"{count} 笔订单里和它一起买") for other, count in learned]
        named += [(other, "店里推荐的搭配") for other in product.related if other not in dict(learned)]
        found = [(p, why) for other, why in named if (p := await self._goods.product(turn.shop, other)) is not None]
        found = found if has_it else await self._cheaper_together(turn, product, found)
        return await self._choose(turn, segment.text, found, self._for_wish.unasked(turn, segment), {product_id})

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
        return min(ready, key=lambda v: (v.pays, v.id)).id if ready else None

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
        picks = await self._choose(turn, segment.text, goods, self._for_wish.unasked(turn, segment)) if goods else ()
        return SceneShown(id_, index, scene.say, scene.url, offer, picks)

    async def _enough(self, turn: Turn, now: datetime) -> bool:
        """Whether nothing more may be shown unasked."""
        rules = await self._rules.pick_rules(turn.shop)
        rounds = sum("recommend" in past.act_types for past in turn.history)
        return rounds >= rules.most_a_talk or await self._rules.has_refused(turn.shop, turn.buyer_id, "recommend", now)


def _is_same_sort(one: Product, other: Product) -> bool:
    """Whether two goods are of one sort: of one category and, where both tell it, called by the same last word (长裤,
    牛仔裤); a category such as 美妆 holds too much."""
    names = [product.attributes.get("品类", "") for product in (one, other)]
    return one.category == other.category and (not all(names) or names[0][-1] == names[1][-1])
