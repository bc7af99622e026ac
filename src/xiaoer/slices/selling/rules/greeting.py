"""Which greeting a visit gets (欢迎语): conditions, priority, period, and a variant that stays with the buyer."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.filling import fill
from xiaoer.slices.selling.types import Greeting, Visit


class Timed(Protocol):
    """A rule with a half-open period."""

    @property
    def valid_from(self) -> datetime | None: ...
    @property
    def valid_to(self) -> datetime | None: ...


VARIABLES = ("商品", "店铺", "昵称", "时段")
_DEAR = 18  # characters of a product's title in a sentence


def choose_greeting(
    greetings: Sequence[tuple[str, Greeting]], visit: Visit, now: datetime
) -> tuple[str, Greeting] | None:
    """The greeting with the lowest priority number that fits; then the one with the most conditions, then by id.

    One that names the product is for visits whose product is known.
    """
    fitting = [
        (id_, g) for id_, g in greetings if g.texts and in_period(g.valid_from, g.valid_to, now) and _fits(g, visit)
    ]
    return min(fitting, key=lambda pair: (pair[1].priority, -_narrowness(pair[1]), pair[0]), default=None)


def in_period(start: datetime | None, end: datetime | None, now: datetime) -> bool:
    """Whether `now` lies in a half-open period; an open end never ends."""
    return (start is None or start <= now) and (end is None or now < end)


def _fits(greeting: Greeting, visit: Visit) -> bool:
    product = visit.product
    return (
        (product is not None or not any("{商品}" in text for text in greeting.texts))
        and (not greeting.entries or visit.entry in greeting.entries)
        and (not greeting.products or (product is not None and product.id in greeting.products))
        and (not greeting.categories or (product is not None and in_categories(product.category, greeting.categories)))
        and (not greeting.campaigns or visit.campaign in greeting.campaigns)
        and (not greeting.search_words or any(word and word in visit.search for word in greeting.search_words))
        and greeting.when in ("always", "on_duty" if visit.on_duty else "off_hours")
        and greeting.visitor in ("any", "returning" if visit.returning else "new")
        and greeting.order_state in ("any", visit.order_state)
    )


def in_categories(category: str, wanted: Sequence[str]) -> bool:
    """Whether a category is one of `wanted` or below one."""
    return any(w and (category == w or category.startswith((f"{w}/", f"{w}>", f"{w} >"))) for w in wanted)


def _narrowness(greeting: Greeting) -> int:
    lists = (greeting.entries, greeting.products, greeting.categories, greeting.campaigns, greeting.search_words)
    return sum(bool(part) for part in lists) + sum(
        value not in ("any", "always") for value in (greeting.when, greeting.visitor, greeting.order_state)
    )


def conflicts(id_: str, greeting: Greeting, others: Sequence[tuple[str, Greeting]]) -> tuple[str, ...]:
    """Other greetings that can fit the same visit and between which only their ids decide, told in Chinese."""
    return tuple(
        f"和“{other.title}”会争同一次来访，优先级也一样；请把其中一个的优先级数字改小，或者错开条件、时间"
        for other_id, other in others
        if other_id != id_
        and other.priority == greeting.priority
        and _narrowness(other) == _narrowness(greeting)
        and _can_meet(greeting, other)
    )


def _can_meet(one: Greeting, other: Greeting) -> bool:
    """Whether some visit fits both; categories meet where one lies in the other."""
    lists = (
        (one.entries, other.entries),
        (one.products, other.products),
        (one.campaigns, other.campaigns),
    )
    same = all(not mine or not theirs or set(mine) & set(theirs) for mine, theirs in lists)
    within = (
        not one.categories
        or not other.categories
        or any(in_categories(c, other.categories) for c in one.categories)
        or any(in_categories(c, one.categories) for c in other.categories)
    )
    searched = not one.search_words or not other.search_words or bool(set(one.search_words) & set(other.search_words))
    states = (
        (one.when, other.when, "always"),
        (one.visitor, other.visitor, "any"),
        (one.order_state, other.order_state, "any"),
    )
    alike = all(mine == theirs or wide in (mine, theirs) for mine, theirs, wide in states)
    return same and within and searched and alike and periods_meet(one, other)


def periods_meet(one: Timed, other: Timed) -> bool:
    """Whether two rules hold at some same time; an open end never ends."""
    starts_first = one.valid_to is None or other.valid_from is None or other.valid_from < one.valid_to
    return starts_first and (other.valid_to is None or one.valid_from is None or one.valid_from < other.valid_to)


def variant_of(greeting_id: str, greeting: Greeting, buyer_id: str) -> int:
    """Which wording this buyer gets; always the same one."""
    digest = hashlib.blake2b(f"{greeting_id}|{buyer_id}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % len(greeting.texts)


def fill_greeting(text: str, visit: Visit, now: datetime) -> str:
    """Put the visit's values into {商品} {店铺} {昵称} {时段}; what is unknown leaves no gap."""
    hour = now.astimezone(SHOP_ZONE).hour
    part = "早上好" if 5 <= hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好"
    title = visit.product.title if visit.product else "这款"
    values = {
        "商品": title if len(title) <= _DEAR else title[: _DEAR - 1] + "…",
        "店铺": visit.shop_name or "小店",
        "昵称": visit.nick,
        "时段": part if hour >= 5 else "您好",
    }
    return fill(text, values)
