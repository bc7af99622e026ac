"""Picks for a wish in the buyer's words (求推荐): 送妈妈的, 两百以内, 久坐腰疼, 有红色的吗, 这两个哪个更适合送礼."""

from collections.abc import Sequence

from msgspec.structs import replace

from xiaoer.flows.pick_products.choosing import Choosing, audiences_of
from xiaoer.flows.pick_products.likely import ranked
from xiaoer.flows.pick_products.ports import ReadsGoods
from xiaoer.kernel.commerce import Product, Taste
from xiaoer.kernel.decision import Pick
from xiaoer.kernel.heard import Body, Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.api import (
    wish_asks_about_it,
    wish_asks_if_sold,
    wish_asks_medicine,
    wish_asks_which,
    wish_is_modest,
    wish_is_too_dear,
    wish_points_by_price,
    wish_says_no,
    wish_told,
    wish_wants_dearer,
)
from xiaoer.slices.selling.recipients import recipients_of
from xiaoer.slices.selling.rules.measures import Measures, area_in
from xiaoer.slices.selling.types import Limits

_LOOKED_AT = 24  # products ranked for a need before rules drop some
_EXPECTING = ("孕妇", "待产")
_MEDICINES = ("药品", "药膏", "OTC", "非处方", "医用")
_NEAREST = 2  # shown where nothing is quite as wished
_NOT_FAR = 1.5  # of the budget; of a kind that was named the price is told, however high
_SLACK = 1.1  # 两百左右 may be a little more
_SHELF = 300  # products that are weighed
_LIKELY, _SURELY = 0.25, 0.35  # how likely the best must be for a wish, and for words heard as something else
_BESIDE, _BESIDE_RULED = 0.75, 0.5  # share of the best from which others are shown too; from which rules are followed
_PICKED = 3  # of what was shown, the last so many set the price where no list is remembered
_A_YUAN = Money(100)


class PicksForWish:
    """What is shown for the wish that is open."""

    def __init__(self, goods: ReadsGoods, choose: Choosing) -> None:
        self._goods = goods
        self._choose = choose
        self._recipients = recipients_of()

    async def __call__(self, turn: Turn, segment: Segment, most_a_talk: int) -> tuple[Pick, ...] | None:
        """Picks for all that was told of the wish; None when she was shown enough and names nothing. What narrows an
        open wish is not one more recommendation."""
        wish = wish_told(segment, turn)
        if wish.asked > most_a_talk and not await self._names(turn.shop, segment.text):
            return None
        if segment.intent != "product.recommend" and not self._recipients.taste_of(wish).fits:
            return await self._surely(turn, segment, wish)
        if wish_asks_which(segment.text) and len(turn.memory.choices) > 1:
            return await self._best_of(turn, segment, wish, [id_ for id_, _ in turn.memory.choices])
        if (most := wish_points_by_price(segment.text)) and len(turn.memory.choices) > 1:
            return await self._extreme(turn, segment, wish, dearest=most == "贵")
        in_sight = turn.product_in_focus if wish_asks_about_it(segment.text) else None
        if in_sight and (suits := await self._suits(turn, segment, wish, in_sight)):
            return suits
        wish = self._recipients.since_named(wish, self._goods.kinds)
        people = self._recipients.people_in(" ".join(wish.words))
        if len(people) > 1:
            return await self._for_each(turn, segment, wish, people)
        return await self._for_one(turn, segment, wish) or await self._next_best(turn, segment, wish)

    async def _next_best(self, turn: Turn, segment: Segment, wish: Wish) -> tuple[Pick, ...]:
        """Where nothing is as wished: what is beyond the budget for who wants better, the end of what was shown for who
        wants it dearer or cheaper than that, else what comes nearest."""
        dearer, cheaper = wish_wants_dearer(segment.text), wish_is_too_dear(segment.text)
        if not wish.shown or not (dearer or cheaper):
            return await self._nearest(turn, segment, wish)
        if dearer and wish.budget_yuan is not None:
            free = replace(wish, budget_yuan=None, is_total=False, pieces=0)
            if found := await self._for_one(turn, segment, free, _NEAREST):
                return tuple(replace(pick, near=True) for pick in found)
        return await self._extreme(turn, segment, wish, dearest=dearer)

    async def _extreme(self, turn: Turn, segment: Segment, wish: Wish, dearest: bool) -> tuple[Pick, ...]:
        """Of the goods that were shown last, the one that costs most or least."""
        goods = await self._goods_of(turn.shop, [id_ for id_, _ in turn.memory.choices])
        limits = replace(self._limits(turn, segment, wish), most=None, least=None, total=None)
        found = await self._choose(turn, segment.text, [(p, "") for p in goods], limits, (), most=len(goods))
        found = tuple(sorted(found, key=lambda pick: pick.price, reverse=dearest))
        return tuple(replace(pick, near=True) for pick in found[:1])

    async def _goods_of(self, shop: ShopId, ids: Sequence[str]) -> list[Product]:
        return [product for one in ids if (product := await self._goods.product(shop, one)) is not None]

    async def _names(self, shop: ShopId, text: str) -> bool:
        """Whether the words name goods of the shop: who names what he wants is shown it."""
        return bool(await self._goods.of_asked(shop, text)) or self._goods.is_named(shop, text)

    async def _surely(self, turn: Turn, segment: Segment, wish: Wish) -> tuple[Pick, ...]:
        """What is meant though the words were heard as something else: only what is likely."""
        taste = self._taste(wish)
        limits = self._limits(turn, segment, wish)
        likely = await self._likely(turn, wish, taste, limits, (), _SURELY)
        offered = [(product, "") for product in likely]
        return await self._choose(turn, " ".join(wish.words), offered, limits, (), taste)

    async def _nearest(self, turn: Turn, segment: Segment, wish: Wish) -> tuple[Pick, ...]:
        """Where only the price, the colour or the size is in the way: what comes next to it. Never against what is bad
        for somebody or not wanted."""
        bounded = wish.budget_yuan is not None or wish.least_yuan is not None
        if (wish.shown and wish_says_no(segment.text)) or not (bounded or wish.color or wish.size):
            return ()
        free = replace(wish, budget_yuan=None, least_yuan=None, is_total=False, color="", size="", pieces=0)
        found = await self._for_one(turn, replace(segment, text=" ".join(wish.words)), free, _LOOKED_AT)
        if wish.budget_yuan is not None:
            aim, named = round(wish.budget_yuan * 100), self._goods.is_named(turn.shop, " ".join(wish.words))
            found = tuple(sorted(found, key=lambda pick: abs(pick.price.fen - aim)))
            found = tuple(pick for pick in found if named or pick.price.fen <= _NOT_FAR * aim)
        return tuple(replace(pick, near=True) for pick in found[:_NEAREST])

    async def _for_one(
        self, turn: Turn, segment: Segment, wish: Wish, most: int = 0, picked: Sequence[str] = ()
    ) -> tuple[Pick, ...]:
        limits = self._limits(turn, segment, wish)
        if wish.shown and wish_is_too_dear(segment.text):
            prices = await self._prices(turn, wish)
            limits = replace(limits, most=min(prices) - _A_YUAN if prices else limits.most, cheaper=True)
        elif wish.shown and wish_wants_dearer(segment.text):
            prices = await self._prices(turn, wish)
            limits = replace(limits, least=max(prices) + _A_YUAN if prices else limits.least)
        others = wish_says_no(segment.text) or (wish.shown and wish_wants_dearer(segment.text))
        without = (*picked, *(wish.shown if others else ()))
        taste = self._taste(wish)
        count = wish.pieces or most
        picks = await self._picked(turn, wish, taste, limits, without, count)
        if not picks and taste.fits and await self._may_differ(turn, wish, taste):
            taste = self._taste(wish, with_situations=False)
            picks = await self._picked(turn, wish, taste, limits, without, count)
        if not picks and taste.unasked and await self._goods.of_asked(turn.shop, " ".join(wish.words)):
            picks = await self._picked(turn, wish, replace(taste, unasked=()), limits, without, count)  # 水彩笔: 儿童
        return picks

    def _taste(self, wish: Wish, with_situations: bool = True) -> Taste:
        taste = self._recipients.taste_of(wish, with_situations)
        if wish_asks_medicine(" ".join(wish.words)):  # no other goods are told to cure anything
            taste = replace(taste, musts=(*taste.musts, _MEDICINES))
        return taste

    async def _may_differ(self, turn: Turn, wish: Wish, taste: Taste) -> bool:
        """Whether goods that the situation does not call for will do: such as are named, presents, or where the shop
        has nothing at all for it."""
        named = taste.things or self._goods.is_named(turn.shop, taste.said)
        if named or self._recipients.is_occasion(wish) or self._recipients.is_gift(wish):
            return True
        return not await self._goods.recommend(turn.shop, " ", None, 1, Taste(fits=taste.fits, said=" "))

    async def _picked(
        self, turn: Turn, wish: Wish, taste: Taste, limits: Limits, without: Sequence[str], count: int
    ) -> tuple[Pick, ...]:
        if "孕妇" in limits.audiences:  # 孕中期，想买条裤子: what is made for her is what the talk is about
            taste = replace(taste, unasked=tuple(word for word in taste.unasked if word not in _EXPECTING))
        need, most_yuan = self._recipients.need_of(wish), limits.most.fen / 100 if limits.most else None
        looked_at = _LOOKED_AT * (4 if wish.color or wish.size else 1)
        found = await self._goods.recommend(turn.shop, need, most_yuan, looked_at, taste)
        cheapest = wish_is_modest(" ".join(wish.words))
        said = self._recipients.without_unwanted(" ".join(wish.words), wish)
        of_kind = await self._goods.of_asked(turn.shop, said)
        such = tuple(product for product in found if product.id in (of_kind or ()))
        named = self._goods.is_named(turn.shop, said) or wish_asks_if_sold(said)
        by_rules = taste.likes or taste.things or taste.musts or taste.broad
        if not named and not (found and by_rules):  # whom it is for, or what it is, the rules know best
            likely = await self._likely(turn, wish, taste, limits, such or found, _LIKELY)
            if of_kind:  # 想买鞋: none for babies, where there are others
                meant = [product for product in likely if product.id in of_kind]
                likely = tuple(p for p in meant if not any(word in p.title for word in taste.unasked)) or tuple(meant)
            offered = [(product, "") for product in likely]
            if picks := await self._choose(turn, said, offered, limits, without, taste, count, cheapest):
                return picks
        if wish.color and wish.shown:  # 有红色的吗: of what was shown first, then of the rest
            found = tuple(sorted(found, key=lambda product: product.id not in wish.shown))
        # of the kind that was named, else what the rules take for it
        for goods in (such, found if taste.things or not of_kind else ()):
            offered = [(product, "") for product in goods]
            if picks := await self._choose(turn, said, offered, limits, without, taste, count, cheapest):
                return picks
        return ()

    async def _likely(
        self, turn: Turn, wish: Wish, taste: Taste, limits: Limits, by_rules: Sequence[Product], least: float
    ) -> tuple[Product, ...]:
        """The goods that are likeliest meant, best first; empty where the best is less likely than `least`. Of what the
        rules found much is kept."""
        need, most = self._recipients.need_of(wish), limits.most.fen / 100 if limits.most else None
        shelf = await self._goods.shelf(turn.shop, need, most, _SHELF, taste)
        ids = {product.id for product in by_rules}
        found = ranked(" ".join(wish.words), shelf, [product.id for product in by_rules])
        if wish.relation:  # what is made for others than her is no guess either
            found = [one for one in found if not any(word in one.product.title for word in taste.never)]
        best = found[0].sure if found else 0.0
        if best < least:
            return ()
        ruled = [one for one in found if one.product.id in ids and one.sure >= _BESIDE_RULED * best]
        return tuple(one.product for one in ruled or found if one.sure >= (0.0 if ruled else _BESIDE * best))

    async def _for_each(
        self, turn: Turn, segment: Segment, wish: Wish, people: Sequence[tuple[str, str]]
    ) -> tuple[Pick, ...]:
        """Something for every one of them; what is said to be for all together is shared out evenly."""
        budget = wish.budget_yuan / len(people) if wish.budget_yuan is not None else None
        picks: list[Pick] = []
        for person, word in people:
            others = [other for _, other in people if other != word and word not in other]
            words = tuple(_without(said, others) for said in wish.words)
            own = replace(wish, words=words, relation=person, audience=())
            own = replace(own, budget_yuan=budget, is_total=budget is not None)
            before = [pick.product.id for pick in picks]
            found = await self._for_one(turn, segment, own, 2, before)
            picks += [replace(pick, reason=f"给{word}，{pick.reason}") for pick in found]
        return tuple(picks)

    async def _best_of(self, turn: Turn, segment: Segment, wish: Wish, shown: Sequence[str]) -> tuple[Pick, ...]:
        """Of the goods that were shown, the one for which most speaks."""
        goods = await self._goods_of(turn.shop, shown)
        taste = self._recipients.taste_of(replace(wish, words=(*wish.words, segment.text)))
        goods.sort(key=lambda product: -_spoken_for(product, taste))
        return await self._choose(
            turn, segment.text, [(p, "") for p in goods], self._limits(turn, segment, wish), (), taste, 1
        )

    async def _suits(self, turn: Turn, segment: Segment, wish: Wish, product_id: str) -> tuple[Pick, ...]:
        """The product in sight, when something of it speaks for these people (送女朋友合适吗)."""
        product, taste = await self._goods.product(turn.shop, product_id), self._recipients.taste_of(wish)
        front = f"{product.title} {' '.join(product.tags)}" if product else ""
        if product is None or any(w in front for w in taste.never) or not any(w in front for w in taste.likes):
            return ()
        limits = replace(self._limits(turn, segment, wish), most=None, least=None, total=None)
        return await self._choose(turn, segment.text, [(product, "")], limits, (), taste)

    def _limits(self, turn: Turn, segment: Segment, wish: Wish) -> Limits:
        """What the wish allows; the audiences that the talk named count too."""
        told = None if wish.budget_yuan is None else Money(round(wish.budget_yuan * 100))
        budget = Money(round(told.fen * _SLACK)) if told is not None and wish.is_about else told
        least = None if wish.least_yuan is None else Money(round(wish.least_yuan * 100))
        spared = self._recipients.spared(wish)
        audiences = tuple(one for one in audiences_of(turn, wish.audience, wish.age_years) if one not in spared)
        return Limits(
            audiences,
            wish.age_years,
            budget,
            budget if wish.is_total else None,
            self._recipients.groups_of(wish.bad),
            self._recipients.groups_of(wish.unliked),
            None if wish.is_total else least,
            wish.color.removesuffix("色"),
            tuple(color.removesuffix("色") for color in wish.not_colors),
            wish.size.upper().removesuffix("码"),
            told=told if wish.is_about else None,
            measures=_measures(turn, segment, wish),
            sex=self._recipients.sex_of(wish),
        )

    def unasked(self, turn: Turn, segment: Segment) -> Limits:
        """What is shown beside an answer must suit whom the talk is about, and what her open wish told."""
        told = turn.memory.wish or Wish()
        named = (*told.audience, *segment.entities.audience)
        age = segment.entities.age_years or told.age_years
        bad, unliked = (self._recipients.groups_of(terms) for terms in (told.bad, told.unliked))
        return Limits(audiences_of(turn, named, age), age, bad=bad, unliked=unliked)

    async def _prices(self, turn: Turn, wish: Wish) -> list[Money]:
        """What each of the goods that were shown last costs at least."""
        last = [id_ for id_, _ in turn.memory.choices] or wish.shown[-_PICKED:]
        found = [[v.pays for v in await self._goods.variants(turn.shop, one) if v.stock > 0] for one in last]
        return [min(prices) for prices in found if prices]


def _measures(turn: Turn, segment: Segment, wish: Wish) -> Measures:
    """Of who uses it: what was told before is of the buyer."""
    body, before = segment.entities, Body() if wish.relation else turn.body
    height, weight = body.height_cm or before.height_cm, body.weight_kg or before.weight_kg
    return Measures(height, weight, area_in(" ".join(wish.words)))


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, " ")
    return text


def _spoken_for(product: Product, taste: Taste) -> int:
    front = f"{product.title} {' '.join(product.tags)}"
    against = any(word in front for word in taste.never)
    return -1 if against else sum(word in front for words in (*taste.fits, taste.likes) for word in words)
