"""Which goods of an order are meant (退换哪几件), and what instead: 大一码, another colour, if any."""

import re

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order, OrderItem, Variant
from xiaoer.kernel.memory import Matter
from xiaoer.kernel.money import Money
from xiaoer.slices.policies.rules import next_size
from xiaoer.slices.policies.rules.matters import reading, several
from xiaoer.slices.policies.rules.matters.moves import question
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask, Move

# 只退鞋可以吗: of all that is named, this
_ONLY = re.compile(
    r"(?:只|就|光|单)(?:想|要)?(?:[退换]|取消)(?P<thing>[\u4e00-\u9fff]{1,8}?)(?:那[件个双条]|可以|行|吗|么|不|吧|就|$|\W)"
)


def item_of(ask: Ask, matter: Matter, order: Order) -> OrderItem | None:
    """The line that it is about, with the pieces that are meant: the only one, the one that was settled before, or the
    one that the words name."""
    if not order.items:
        return OrderItem("", "", 1, Money(0), order.pay_amount)
    item = order.items[0] if len(order.items) == 1 else _meant(ask, matter, order)
    count = int(matter.slots.get("count", "0"))
    return replace(item, quantity=count) if item is not None and 0 < count < item.quantity else item


def counted(item: OrderItem, order: Order) -> str:
    """The id of the line, with `#` and the number of pieces where it is not all of them."""
    whole = next((line.quantity for line in order.items if line.variant_id == item.variant_id), item.quantity)
    return f"{item.variant_id}#{item.quantity}" if item.quantity < whole else item.variant_id


def _meant(ask: Ask, matter: Matter, order: Order) -> OrderItem | None:
    if (ids := matter.slots.get("line", "")) and (settled := several.of_ids(ids, order)):
        return settled
    told = (matter.slots.get("item"), ask.segment.text, matter.slots.get("about"))
    return next((item for words in told if words and (item := named_in(words, order))), None)


def is_of_another(ask: Ask, matter: Matter, order: Order) -> bool:
    """Whether the words name another line than the matter is about: its reasons are not those of that one."""
    if len(order.items) < 2:
        return False
    now = several.lines_named(ask.segment.text, order)
    before = several.of_ids(matter.slots.get("line", ""), order) or next(
        (one for name in ("item", "about") if (one := named_in(matter.slots.get(name, ""), order))), None
    )
    if not now or before is None or before.variant_id == "*":
        return False
    return not {line.variant_id for line in now} <= set(before.variant_id.split(","))


def named_in(words: str, order: Order) -> OrderItem | None:
    """The line, or lines, that the words name; None when they name none."""
    only = _ONLY.search(words)
    lines = [] if only else several.lines_named(words, order)
    return several.as_one(lines, order) if lines else _picked(only["thing"] if only else words, order)


def only_one(words: str, order: Order) -> OrderItem | None:
    """The line of which the words say that it is the only one meant (只退耳机); None where they say so of none."""
    only = _ONLY.search(words)
    return _picked(only["thing"], order) if only else None


def _picked(words: str, order: Order) -> OrderItem | None:
    titles = [line.title for line in order.items]
    picked = reading.choice_of(words, titles)
    return order.items[titles.index(picked)] if picked else None


def stepped(ask: Ask, matter: Matter, order: Order, item: OrderItem, key: str) -> Matter | Move:
    """The matter with 大一码 turned into a size that is in stock; else the question what else it shall be."""
    step, variants = int(matter.slots.get("step", "0")), ask.facts.variants.get(key, ())
    current = next((variant for variant in variants if variant.id == item.variant_id), None)
    spelt = [v for v in variants if v.spec and all(value in ask.segment.text for value in v.spec.values())]
    meant = max(spelt, key=lambda v: sum(map(len, v.spec.values())), default=None)  # 炭灰XL holds 炭灰 L too
    if "wish" in matter.slots and meant is not None and meant.stock > 0:
        return replace(matter, slots={**matter.slots, "wish": " ".join(meant.spec.values())})
    if not step or "wish" in matter.slots or current is None:
        return matter
    slots = {name: value for name, value in matter.slots.items() if name != "step"}
    wanted = next_size.next_size(variants, current, step)
    if wanted is not None and wanted.stock > 0:
        return replace(matter, slots={**slots, "wish": " ".join(wanted.spec.values())})
    offered = [" ".join(v.spec.values()) for v in variants if v.stock > 0 and v.id != current.id][:5]
    again = replace(matter, asks="wish", slots=slots)
    if wanted is None:
        way = "大" if step > 0 else "小"
        return question(ask, again, "after_sale.wish_end", order, way=way, offered_list=offered)
    wish = " ".join(wanted.spec.values())
    return question(ask, again, "after_sale.wish_none", order, wish=wish, offered_list=offered)


def ask_wish(ask: Ask, matter: Matter, order: Order, key: str) -> Move | None:
    """Which other size or colour, and whether there is any; None when it may go on."""
    if matter.slots.get("reason") in ("质量", "破损", "错发", "少件") and "wish" not in matter.slots:
        return None  # the same again
    if "wish" not in matter.slots:
        return question(ask, replace(matter, asks="wish"), "after_sale.wish", order)
    return none_left(ask, matter, ask.facts.variants.get(key, ()), order, "after_sale.wish_none")


def none_left(ask: Ask, matter: Matter, variants: tuple[Variant, ...], order: Order, template: str) -> Move | None:
    """The question what else it shall be, when nothing in stock has the size and colour that were named."""
    entities = ask.segment.entities
    chosen = matching(variants, entities) if entities.size or entities.color else variants
    if not variants or chosen == variants or any(v.stock > 0 for v in chosen):
        return None
    offered = [" ".join(v.spec.values()) for v in variants if v.stock > 0][:5]
    slots = {k: v for k, v in matter.slots.items() if k != "wish"}
    again = replace(matter, asks="wish", slots=slots)
    return question(ask, again, template, order, wish=matter.slots["wish"], offered_list=offered)
