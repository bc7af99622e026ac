"""A sum for goods (到手价, 一起买, 凑单): the engine's figures for just what was named, with the rules behind them."""

import re
from typing import Any

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import Act, Need, Source
from xiaoer.kernel.money import ZERO, Money
from xiaoer.kernel.shop_facts import Cause, Priced
from xiaoer.slices.policies.rules import carts, pieces, price_gaps, unit_prices
from xiaoer.slices.policies.rules.bargaining import HAGGLES, has_offer
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask, Move

_CALCULATE = (
    "到手",
    "怎么算",
    "算一下",
    "算下",
    "一共",
    "总共",
    "算下来",
    "拍下来",
    "实付",
    "最后多少",
    "折后",
    "券后",
    "用券",
    "用了券",
    "用完券",
    "领券",
    "领完券",
    "领了券",
    "用完",
)
_FREIGHT_ONCE = "运费"  # the only thing that is saved
_NAMES_PRICE = re.compile(r"^\D{0,4}\d{1,5}(?:元|块钱?)?(?:卖不卖|卖[吗么呗]|行不行|行[吗么])\W*$")
_BOTH = re.compile(r"一起|一块儿?|合起来|[两俩](?:个|样|件)?都")
_WORTH = re.compile(r"再|还能|加|满减|活动|档|优惠|便宜|减|省")  # what more would be worth
_GAP = ("差多少", "凑", "还差", "差几")


def want(ask: Ask, kind: str, key: str = "") -> Move | None:
    """The need, when it was not read yet."""
    need = Need(kind, ask.index, key)  # type: ignore[arg-type]
    return None if need in ask.facts.asked else Move(needs=(need,))


def causes(counted: tuple[Cause, ...]) -> tuple[Source, ...]:
    return tuple(Source("promotion", cause.id, cause.title) for cause in counted)


def price(ask: Ask) -> Move | None:
    """到手价 with the calculation, when it was asked how much all in all; one piece's list price is the catalogue's."""
    if (unread := _goods_of_talk(ask)) is not None:
        return unread
    product = ask.facts.products.get(ask.product_id or "")
    if (told_apart := price_gaps.answer(ask)) is not None:
        return Move(told_apart)
    each = unit_prices.of_one(ask, product, ask.facts.variants.get(product.id, ())) if product else None
    if each is not None:
        return Move(each)
    told = carts.options(ask)
    if len(told) > 1 and any(one.number > 1 for one in told):
        return _options(ask, told)
    told = [one for one in told if one.number > 1]
    entities, people = ask.segment.entities, carts.people(ask)
    several = len(entities.product_ids) > 1 or max(entities.quantity or 1, people) > 1
    found = ask.facts.together.get(ask.index) or carts.adds(ask) or carts.names_kinds(ask)
    if carts.sums_up(ask.segment.text) and not found:
        return Move(say(ask, "quote.which_goods", type_="ask", rule="quote.which_goods"))
    if not several and not found and not told and not any(word in ask.segment.text for word in _CALCULATE):
        return _of_spec(ask, product) if product else None
    if carts.counts_several(ask.segment.text) and not found and not told and not carts.names_one_variant(ask):
        return Move(say(ask, "quote.which_goods", type_="ask", rule="quote.which_goods"))
    key = carts.named_now(ask)
    if not key:
        return None
    if key not in ask.facts.priced:
        return want(ask, "priced", key)
    return Move(_total(ask, key))


def _of_spec(ask: Ask, product: Product) -> Move | None:
    """One piece of the variant that the words name, where the variants have prices of their own."""
    variants = ask.facts.variants.get(product.id, ())
    if price_gaps.asks(ask.segment.text):
        return None
    chosen = matching(variants, ask.segment.entities, ask.segment.text)
    if len({v.pays for v in variants}) == 1 or not 0 < len(chosen) < len(variants) or len({v.pays for v in chosen}) > 1:
        return None
    one = pieces.one_of(chosen, product.title)
    if one is None:
        return None
    key = pieces.Pieces(one, 1).key
    if key not in ask.facts.priced:
        return want(ask, "priced", key)
    priced = ask.facts.priced[key]
    spec, lower = " ".join(one.spec.values()), priced.payable < priced.list_total
    template = "price.of_spec_now" if lower or priced.freight > ZERO else "price.of_spec"
    return Move(say(ask, template, type_="quote", sources=causes(priced.causes), rule="price.of_spec", spec=spec,
                    low=priced.list_total, payable=priced.payable, offers_used=_counted_in(priced), cart=key,
                    **claim_of(priced)))  # fmt: skip


def for_haggling(ask: Ask) -> Move | None:
    """Who asks for less where the shop does not bargain: what the goods in sight cost with today's offers."""
    haggles = ask.segment.intent == "promo.bargain" and ask.segment.confidence >= HAGGLES
    haggles = haggles or _NAMES_PRICE.match(ask.segment.text.strip()) is not None
    if (
        not haggles
        or ask.segment.by == "bulk"
        or ask.index in ask.facts.bargains
        or ask.product_id not in ask.facts.products
    ):
        return None
    if ask.segment.by == "context" or has_offer(ask.situation.turn) or not (named := carts.named_now(ask)):
        return None
    again = carts.counted_before(ask, named) if not pieces.counted(ask.segment.text) else ""
    keys = (again,) if again else tuple(one.key for one in carts.options(ask)) or (named,)
    unread = tuple(Need("priced", ask.index, key) for key in keys if key not in ask.facts.priced)
    if unread and not set(unread) <= set(ask.facts.asked):
        return Move(needs=unread)
    key = min(
        (one for one in keys if one in ask.facts.priced), key=lambda one: ask.facts.priced[one].payable, default=""
    )
    if not key:
        return None
    priced = ask.facts.priced[key]
    return Move(say(ask, "bargain.quoted", sources=causes(priced.causes), rule="bargain.quoted",
                    payable=priced.payable, count=count_of(ask, key), offers_used=_counted_in(priced), cart=key,
                    **claim_of(priced)))  # fmt: skip


def count_of(ask: Ask, key: str) -> str:
    """How many pieces a cart holds; of one variant that costs another price than the rest, with its spec."""
    lines = [part.rpartition("*") for part in key.split(",")]
    variants = ask.facts.variants.get(ask.product_id or "", ())
    specs = {v.id: " ".join(v.spec.values()) for v in variants}
    plain = len({v.pays for v in variants}) == 1 or len(lines) > 1
    number = sum(int(count) for _, _, count in lines)
    return f"{'' if plain else f'{specs.get(lines[0][0], str())} '}{number} 件"


def _total(ask: Ask, key: str) -> Act:
    priced = ask.facts.priced[key]
    return say(ask, "quote.total", type_="quote", sources=causes(priced.causes), rule=f"quote.{priced.source}",
              payable=priced.payable, explanation=priced.explanation, cart=key, short=short_of(ask, key),
               **claim_of(priced))  # fmt: skip


def _is_dearer(one: pieces.Pieces, priced: dict[str, Priced]) -> bool:
    """Whether single ones cost no less than the pack of as many."""
    return one.pack in priced and priced[one.key].payable >= priced[one.pack].payable


def _goods_of_talk(ask: Ask) -> Move | None:
    """The goods that the talk named, where 「两个一起」 means them; None when they were read or others are meant."""
    return want(ask, "spoken", carts.spoken_before(ask)) if carts.means_both(ask) else None


def _options(ask: Ask, told: list[pieces.Pieces]) -> Move:
    """Several numbers of one product, each with its price (两件多少钱 三件呢)."""
    unread = tuple(Need("priced", ask.index, one.key) for one in told if one.key not in ask.facts.priced)
    if unread and not set(unread) <= set(ask.facts.asked):
        return Move(needs=unread)
    known = ask.facts.priced
    priced = [(one, known[one.key]) for one in told if one.key in known and not _is_dearer(one, known)]
    if len(priced) == 1:
        return Move(_total(ask, priced[0][0].key))
    one_spec = len({one.variant.id for one, _ in priced}) == 1
    priced = list({one.key: (one, of) for one, of in priced}.values())
    rows = [[_called(one, one_spec), of.payable.spoken, with_claim(of)] for one, of in priced]
    used = {source.id: source for _, of in priced for source in causes(of.causes)}
    return Move(say(ask, "quote.options", type_="quote", sources=tuple(used.values()), rule="quote.options",
                    amounts=rows, cart=priced[-1][0].key))  # fmt: skip


def titles_of(priced: Priced) -> list[str]:
    """The offers that lowered the price."""
    return [cause.title for cause in priced.causes if cause.amount > ZERO and cause.kind != "freight"]


def _counted_in(priced: Priced) -> list[str]:
    """What a sum holds: its offers and the freight."""
    freight = [f"含运费 {priced.freight.spoken} 元"] if priced.freight > ZERO else []
    return [*titles_of(priced), *freight]


def short_of(ask: Ask, key: str) -> str:
    """What there is less of than a cart counts: 孜然现在只有 5 件; empty where there is enough."""
    stock = {v.id: v for variants in ask.facts.variants.values() for v in variants}
    lines = [part.rpartition("*") for part in key.split(",")]
    short = [(stock[id_], int(count)) for id_, _, count in lines if id_ in stock and stock[id_].stock < int(count)]
    left = {v.id: f"只剩 {v.stock} 件" if v.stock else "暂时没货" for v, _ in short}
    return "，".join(f"「{' '.join(v.spec.values())}」{left[v.id]}" for v, _ in short)


def with_claim(priced: Priced) -> list[str]:
    """The same, and what it is with a coupon that may be taken."""
    first = "头一次下单的话" if priced.claim and priced.claim.for_new else ""
    claim = [f"{first}再领「{priced.claim.title}」付 {priced.claim.payable.spoken} 元"] if priced.claim else []
    return [*_counted_in(priced), *claim]


def _called(one: pieces.Pieces, one_spec: bool) -> str:
    spec = " ".join(one.variant.spec.values())
    return f"{one.number} {one.unit or '件'}" if one_spec or not spec else f"{spec} ×{one.number}"


def claim_of(priced: Priced) -> dict[str, Any]:
    """The coupon that may be taken now and would lower the bill, with what is paid then."""
    found = priced.claim
    return {"claim": [found.title, found.code, found.payable, found.for_new]} if found is not None else {}


def bundle(ask: Ask) -> Move | None:
    """A and B together, or how much is missing for the next step and what lowers the bill."""
    if (unread := _goods_of_talk(ask)) is not None:
        return unread
    told = carts.options(ask)
    if len(told) > 1 and any(one.number > 1 for one in told):
        return _options(ask, told)
    key = carts.named_now(ask)
    key = key if carts.adds(ask) else carts.counted_before(ask, key) or key
    if not key:
        return _which_goods(ask)
    bare = carts.adds(ask) and key == ask.memory.cart  # one more of what? what is worth adding is told
    gap_asked = bare or any(word in ask.segment.text for word in _GAP)
    if "," not in key and not gap_asked and not key.endswith("*1") and not _WORTH.search(ask.segment.text):
        return Move(_total(ask, key)) if key in ask.facts.priced else want(ask, "priced", key)  # 拿三件 多少
    if "," in key and not gap_asked:
        if key not in ask.facts.priced:
            return want(ask, "priced", key)
        priced = ask.facts.priced[key]
        alone = priced.alone or priced.payable
        saving = alone - priced.payable
        sources = causes(priced.causes)
        # a shop may run offers that it told in words only
        same = "bundle.same" if ask.facts.offers else "bundle.sum"
        template = "bundle.saves" if saving > ZERO else same
        slots: dict[str, Any] = {"payable": priced.payable, "saving": saving, "alone": alone, "cart": key}
        slots["short"] = short_of(ask, key)
        slots["explanation"] = priced.explanation
        slots |= {"gifts": [cause.title for cause in priced.causes if cause.kind == "gift"]} | claim_of(priced)
        slots["titles"] = titles_of(priced) or [_FREIGHT_ONCE]
        return Move(say(ask, template, type_="quote", sources=sources, rule="quote.together", **slots))
    one = (ask.segment.entities.quantity or 1) < 2
    if one and "," not in key and key.endswith("*1") and not gap_asked and _BOTH.search(ask.segment.text):
        return Move(say(ask, "quote.which_goods", type_="ask", rule="quote.which_goods"))
    if key not in ask.facts.top_ups:
        return want(ask, "top_up", key)
    top = ask.facts.top_ups[key]
    if top.gap is None and top.gap_pieces is None and not ask.facts.offers and ask.facts.answerable.get(ask.index):
        return None  # the shop told of its offers in words only
    if top.gap is None and top.gap_pieces is None:
        return Move(
            say(
                ask,
                "top_up.none",
                type_="quote",
                rule="quote.top_up",
                payable=top.payable,
                titles=list(top.titles),
                cart=key,
            )
        )
    picks = [[title, _bill(net, total)] for _, title, net, total in top.picks]
    sources = tuple(Source("product", id_, title) for id_, title, _, _ in top.picks)
    missing = f"{top.gap.spoken} 元" if top.gap is not None else f"{top.gap_pieces} 件"
    lower = any(net < ZERO for _, _, net, _ in top.picks)
    template = "top_up.lower" if lower else "top_up.near" if picks else "top_up.gap"
    return Move(say(ask, template, type_="quote", sources=sources, rule="quote.top_up", payable=top.payable,
                    offer=top.title, gap=missing, saving=top.saving, offers=picks, cart=key))  # fmt: skip


def _which_goods(ask: Ask) -> Move | None:
    """A和B一起买, where a word fits several goods of the shop: these are shown, and nothing is reckoned."""
    named = ask.facts.recommended.get(ask.index, ())
    if not named or any(word in ask.segment.text for word in _GAP):
        return None
    sources = tuple(Source("product", one.id, one.title) for one in named)
    shown = [[one.id, one.title] for one in named]
    return Move(say(ask, "bundle.which_of", type_="ask", rule="quote.which_goods", sources=sources, products=shown))


def _bill(net: Money, total: Money) -> str:
    """What the bill becomes with one more product."""
    change = f"反而少付 {(-net).spoken} 元" if net < ZERO else f"多付 {net.spoken} 元"
    return f"加拍后一共 {total.spoken} 元，{change}"
