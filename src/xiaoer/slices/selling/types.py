"""Selling without nagging: greetings (欢迎语), scenes (场景) and picks (推荐), as the shop's people write them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.money import Money
from xiaoer.slices.selling.rules.measures import Measures

When = Literal["always", "on_duty", "off_hours"]
Visitor = Literal["any", "new", "returning"]
OrderState = Literal["any", "unpaid", "after_sales", "none"]


class Greeting(Struct, frozen=True):
    """One greeting: its wordings (A/B variants), the visits it is for, and its chips. Empty conditions fit all."""

    title: str
    texts: tuple[str, ...]
    entries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    search_words: tuple[str, ...] = ()
    when: When = "always"
    visitor: Visitor = "any"
    order_state: OrderState = "any"
    chips: tuple[str, ...] = ()
    asks: bool = True
    priority: int = 100
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class Visit(Struct, frozen=True):
    """Where a visit begins and who comes, as far as it is known."""

    buyer_id: str
    entry: str = "home"
    product: Product | None = None
    campaign: str = ""
    search: str = ""
    on_duty: bool = True
    returning: bool = False
    order_state: OrderState = "none"
    shop_name: str = ""
    nick: str = ""


class Scene(Struct, frozen=True):
    """Answer first, then this: words, intents or audience that call for it, and what is shown (link, coupon, goods)."""

    title: str
    say: str
    words: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    url: str = ""
    promotion_id: str = ""
    show: tuple[str, ...] = ()
    priority: int = 100
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class Margin(Struct, frozen=True):
    """What the shop earns on a product or on a category: basis points of the price."""

    of: str
    ratio: int


class PickRules(Struct, frozen=True):
    """What may be recommended, and how often: pieces that must be in stock, goods never shown, rounds a talk.

    Goods whose margin is known and below `least_margin` are not recommended; they are still sold.
    """

    least_stock: int = 1
    never_products: tuple[str, ...] = ()
    never_categories: tuple[str, ...] = ()
    first_products: tuple[str, ...] = ()
    at_once: int = 3
    most_a_talk: int = 3
    least_margin: int = 0
    margins: tuple[Margin, ...] = ()


class Limits(Struct, frozen=True):
    """What a wish allows: for whom, from and up to how much a piece, up to how much for all pieces together, what must
    not be in it (groups of words, of which those of `bad` are bad for the body), the colour (红), those refused.
    `cheaper`: `most` was not told but is less than what was shown. `told`: the round amount that was said (两百左右),
    of which `most` is a little more. `measures` are those of who uses it and of the room, `sex` (男, 女) of who wears
    it."""

    audiences: tuple[str, ...] = ()
    age_years: float | None = None
    most: Money | None = None
    total: Money | None = None
    bad: tuple[tuple[str, ...], ...] = ()
    unliked: tuple[tuple[str, ...], ...] = ()
    least: Money | None = None
    color: str = ""
    not_colors: tuple[str, ...] = ()
    size: str = ""
    cheaper: bool = False
    told: Money | None = None
    measures: Measures = Measures()
    sex: str = ""


class Candidate(Struct, frozen=True):
    """One product that might be picked: its cheapest price in stock, the pieces, and why it came up."""

    product: Product
    price: Money
    stock: int
    why: str = ""
