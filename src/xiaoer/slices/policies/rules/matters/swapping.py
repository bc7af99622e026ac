"""Another spec before shipping (改规格): of which goods of a paid order, from what to what, and whether it can be had.

What is registered is a variant of the shop that is in stock, told with what it takes the place of. What the shop does
not sell, has none of, or sells at another price is said instead: nobody is troubled with what cannot be.
"""

import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from xiaoer.kernel.commerce import Order, OrderItem, Variant
from xiaoer.kernel.decision import Need, NeedKind
from xiaoer.kernel.memory import Matter
from xiaoer.slices.policies.rules import next_size
from xiaoer.slices.policies.rules.matters import reading, several, swap_words
from xiaoer.slices.policies.rules.matters.moves import done, question, say, todo
from xiaoer.slices.policies.rules.matters.swap_words import Told
from xiaoer.slices.policies.types import Ask, Move

_MOST_LINES = 6
_OFFERED = 5
_NAME = 16  # letters of a title by which goods are known again
_READ: tuple[NeedKind, ...] = ("product", "variants")
_ASKS_FOR = re.compile(r"[改换](?:成|为|到)?\s*([a-zA-Z\d]+)|要(\d+)(?:码|号)")


class Swap(Struct, frozen=True):
    """One line and the variant that it shall be instead; `pieces` where it is not all of them."""

    item: OrderItem
    now: Variant
    target: Variant
    pieces: int = 0


class Obstacle(Struct, frozen=True):
    """Why a line cannot become what the words want: the wording, with what it tells. `settled`: nothing is left to
    ask."""

    template: str
    slots: dict[str, Any]
    settled: bool = False


def next_step(ask: Ask, matter: Matter, order: Order) -> Move | None:
    """Register what is wanted, or say what stands against it; None when the words name nothing of these goods."""
    if missing := _unread(ask, order):
        return Move(needs=missing)
    words = [*filter(None, matter.slots.get("told", "").split("\n")), ask.segment.text]
    found = [_outcome(ask, line, told) for line, told in _lines(ask, matter, order, words)]
    told = [one for one in found if one is not None]
    obstacle = next((one for one in told if isinstance(one, Obstacle)), None)
    if obstacle is not None and obstacle.settled:
        return Move(say(ask, obstacle.template, order, **obstacle.slots), memory=ask.memory.without(matter.id))
    if obstacle is not None:
        again = replace(matter, asks="wish", slots={**matter.slots, "told": "\n".join(words)[-300:]})
        return question(ask, again, obstacle.template, order, **obstacle.slots)
    swaps = [one for one in told if isinstance(one, Swap)]
    if not swaps:
        return None
    wanted = todo(matter, "ticket", "change_order", wish="；".join(map(_in_full, swaps)))
    if len(swaps) > 1:
        several_told = [(one.item.title, _shortly(one)) for one in swaps]
        return done(ask, matter, wanted, order, "change_items", swaps=several_told)
    goods = [swaps[0].item.title] if len(order.items) > 1 else []
    return done(ask, matter, wanted, order, matter.kind, wish=_shortly(swaps[0]), goods=goods)


def _unread(ask: Ask, order: Order) -> tuple[Need, ...]:
    """The variants of the order's goods, as far as they were not asked for."""
    needs = [Need(kind, ask.index, f"of:{one.variant_id}") for one in order.items[:_MOST_LINES] for kind in _READ]
    return tuple(need for need in needs if need not in ask.facts.asked and need.key not in ask.facts.variants)


def variants_of(ask: Ask, item: OrderItem) -> tuple[Variant, ...]:
    return ask.facts.variants.get(f"of:{item.variant_id}", ())


def _lines(ask: Ask, matter: Matter, order: Order, words: list[str]) -> list[tuple[OrderItem, list[str]]]:
    """Each line that is meant, with the words about it: the only one, those that are named, else the one that fits."""
    if len(order.items) == 1:
        return [(order.items[0], words)]
    parts = [
        (line, [part])
        for ids, part in several.parts_of("，".join(words), order)
        for line in several.lines_of(ids, order)
    ]
    if parts:
        return parts
    fitting = [(line, words) for line in order.items[:_MOST_LINES] if _may_be(ask, line, words)]
    theirs = [(line, told) for line, told in fitting if _gives_away(ask, line, words)]
    return (theirs or fitting)[:1]


def _may_be(ask: Ask, item: OrderItem, words: list[str]) -> bool:
    return told_of(words, variants_of(ask, item), item.variant_id).swaps


def _gives_away(ask: Ask, item: OrderItem, words: list[str]) -> bool:
    """Whether the words take away what this line is."""
    variants = variants_of(ask, item)
    now = next((one for one in variants if one.id == item.variant_id), None)
    given = told_of(words, variants, item.variant_id).given
    return now is not None and any(now.spec.get(axis) in values for axis, values in given.items())


def told_of(words: list[str], variants: tuple[Variant, ...], now_id: str) -> Told:
    """What messages, the oldest first, tell of goods in these variants: the later one counts where both tell."""
    now = next((variant for variant in variants if variant.id == now_id), None)
    told = Told()
    for text in words:
        new = swap_words.read(text, variants, now)
        told = replace(
            new,
            wanted={**told.wanted, **new.wanted},
            given={**told.given, **new.given},
            step=new.step or (0 if new.wanted else told.step),
            only=new.only or told.only,
        )
    return told


def _outcome(ask: Ask, item: OrderItem, words: list[str]) -> Swap | Obstacle | None:
    variants = variants_of(ask, item)
    now = next((one for one in variants if one.id == item.variant_id), None)
    if now is None:
        return None
    told = told_of(words, variants, now.id)
    if not told.swaps:
        return _unknown(ask, words[-1], variants, told)
    target = target_of(told, now, variants)
    if isinstance(target, Obstacle):
        return target
    if target.id == now.id:
        return Obstacle("change_item.same", {"wish": _spec(now)}, settled=True)
    if target.price != now.price:
        slots = {"wish": _spec(target), "price": target.price, "price_now": now.price}
        return Obstacle("change_item.priced", slots, settled=True)
    return Swap(item, now, target, told.only if 0 < told.only < item.quantity else 0)


def target_of(told: Told, now: Variant, variants: tuple[Variant, ...]) -> Variant | Obstacle:
    """The variant in stock that is wanted instead of `now`, or what stands against it."""
    if told.step and not any(_is_size(axis, variants) for axis in told.wanted):
        other = next_size.next_size(variants, replace(now, spec={**now.spec, **_only_of(told)}), told.step)
        if other is None:
            way = "大" if told.step > 0 else "小"
            return Obstacle("change_item.end", {"way": way, "offered_list": offered(variants, now)})
        return _in_stock(other, variants, now)
    unclear = next((values for values in told.wanted.values() if len(values) > 1), None)
    if unclear:
        options = [_spec(v) for v in variants if v.stock > 0 and set(v.spec.values()) & set(unclear)]
        return Obstacle("change_item.either", {"now": _spec(now), "options": options[:_OFFERED]})
    wish = _only_of(told)
    for axis, values in told.given.items():
        if axis not in wish and now.spec.get(axis) not in values:  # 奶白XL改成L, of one who has 雾蓝 XL
            both = [_with(variants, {**now.spec, **wish, axis: value}) for value in (now.spec.get(axis, ""), *values)]
            options = [_spec(one) for one in both if one is not None and one.stock > 0]
            return Obstacle("change_item.either", {"now": _spec(now), "options": options})
    target = _with(variants, {**now.spec, **wish})
    if target is None:
        wanted = " ".join({**now.spec, **wish}.values())
        return Obstacle("change_item.none", {"wish": wanted, "offered_list": offered(variants, now)})
    return _in_stock(target, variants, now)


def _in_stock(target: Variant, variants: tuple[Variant, ...], now: Variant) -> Variant | Obstacle:
    if target.stock > 0 or target.id == now.id:
        return target
    slots = {"wish": _spec(target), "offered_list": offered(variants, now)}
    if target.restock_at is not None:
        return Obstacle("change_item.back_at", {**slots, "back": target.restock_at})
    return Obstacle("change_item.none", slots)


def _unknown(ask: Ask, text: str, variants: tuple[Variant, ...], told: Told) -> Obstacle | None:
    """Something is wanted that these goods do not come in (红色的, 45码); None where nothing is named."""
    size = _ASKS_FOR.search(text)
    entities = ask.segment.entities
    named = (size[1] or size[2]) if size else reading.swap_of(text) or entities.color or ""
    if not named or (told.counts and not size):
        return None
    return Obstacle(
        "change_item.none",
        {"wish": named.removesuffix("的").removeprefix("那个"), "offered_list": offered(variants, None)},
    )


def offered(variants: tuple[Variant, ...], now: Variant | None) -> list[str]:
    """What is in stock besides."""
    return [_spec(one) for one in variants if one.stock > 0 and (now is None or one.id != now.id)][:_OFFERED]


def _only_of(told: Told) -> dict[str, str]:
    return {axis: values[0] for axis, values in told.wanted.items() if len(values) == 1}


def _is_size(axis: str, variants: tuple[Variant, ...]) -> bool:
    return axis == next_size.axis_of(variants)


def _with(variants: tuple[Variant, ...], spec: dict[str, str]) -> Variant | None:
    return next((one for one in variants if one.spec == spec), None)


def _spec(variant: Variant) -> str:
    return " ".join(variant.spec.values())


def _shortly(swap: Swap) -> str:
    """From what to what, and of how many pieces."""
    many = f"（{swap.item.quantity} 件都改）" if swap.item.quantity > 1 else ""
    pieces = f"（{swap.pieces} 件）" if swap.pieces else many
    return f"从「{_spec(swap.now)}」改成「{_spec(swap.target)}」{pieces}"


def _in_full(swap: Swap) -> str:
    """For those who do it: which goods, from what to what, how many."""
    pieces = swap.pieces or swap.item.quantity
    return f"{swap.item.title[:_NAME]}：{_spec(swap.now)} 改成 {_spec(swap.target)}，{pieces} 件"
