"""The trade's own things: products, orders, parcels, buyers, as ports return them and replies cite them.

Amounts are `Money`, instants aware UTC. `status` of an order is one of the eight words of the import
contract; a state that a platform invents is kept in `raw_status`, shown to agents, never guessed from.
"""

import re
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from xiaoer.kernel.money import ZERO, Money

OrderStatus = Literal["unpaid", "paid", "shipped", "delivered", "completed", "closed", "refunding", "refunded"]
RefundKind = Literal["refund_only", "return_refund", "exchange"]
ENDED_REFUNDS = ("refunded", "rejected", "withdrawn", "timed_out", "completed")

_ASKED = re.compile(r"(\w)[不没]\1|是否|能否|可否|有没有|[吗么]$")
_PLAIN = 4  # a value as short as this (是, 不支持) says nothing without its name


def say_fact(key: str, value: str) -> str:
    """A line of a sheet as one says it: 「材质：棉」, but of what is named by a question only the answer."""
    return value if _ASKED.search(key) and len(value) > _PLAIN else f"{key}：{value}"


class Product(Struct, frozen=True):
    """商品. `size_chart` rows carry `size` and measures, a range as [low, high] (cm, kg, mm)."""

    id: str
    title: str
    category: str = ""
    url: str = ""
    image: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    size_chart: tuple[dict[str, Any], ...] = ()
    related: tuple[str, ...] = ()


class Taste(Struct, frozen=True):
    """What speaks for a product (`likes`), what rules it out (`never`), what it must be (`things`, any of them), and
    what must be said of it (`musts`, one word of every group). Words of titles, tags and categories; for `likes` and
    `musts` also of attributes that tell what a thing is, of what, and for whom. `fits` are the words of what each
    situation calls for (any of them), those that say most first. Goods for somebody particular (`unasked` words in the
    opening of the title, tags or category) are left out. `anybody` is liked where nothing else is told. `said`: the
    words in which the shop's own names of things and purposes are looked for, when these are not those of the need. Of
    what fits, `places` may stand anywhere in a title; `broad`: several kinds of goods are wanted (要准备哪些). Of those
    that would do, the ones with words of most groups of `prefers` are shown, and goods for another place (`elsewhere`:
    车载) are not. `wide`: `things` come from words for any such goods (穿什么), which yield to the situation."""

    likes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    musts: tuple[tuple[str, ...], ...] = ()
    fits: tuple[tuple[str, ...], ...] = ()
    unasked: tuple[str, ...] = ()
    anybody: tuple[str, ...] = ()
    said: str = ""
    places: tuple[str, ...] = ()
    broad: bool = False
    prefers: tuple[tuple[str, ...], ...] = ()
    elsewhere: tuple[str, ...] = ()
    wide: bool = False


class Variant(Struct, frozen=True):
    """SKU. `spec` maps axis to value ({"颜色": "黑色", "尺码": "M"}); `stock` counts sellable pieces. `price` is the
    list price (标价), `now` what everybody pays for one piece while a direct discount (直降) runs."""

    id: str
    product_id: str
    price: Money
    spec: dict[str, str] = field(default_factory=dict)
    stock: int = 0
    restock_at: datetime | None = None
    now: Money | None = None

    @property
    def pays(self) -> Money:
        """The price that is told: what one piece costs everybody now."""
        return self.price if self.now is None else self.now


class OrderItem(Struct, frozen=True):
    variant_id: str
    title: str
    quantity: int
    price: Money
    pay_amount: Money


class TraceStep(Struct, frozen=True, omit_defaults=True):
    """One scan of a parcel. `state` is the carrier's code as a word of `kernel.parcels`; empty when it told none."""

    at: datetime
    text: str
    state: str = ""


class Shipment(Struct, frozen=True):
    """物流包裹; `traces` oldest first."""

    waybill_no: str
    order_id: str
    carrier: str
    traces: tuple[TraceStep, ...] = ()


class Refund(Struct, frozen=True):
    """One after-sale request or refund (售后单)."""

    id: str
    order_id: str
    kind: str
    status: str
    amount: Money
    reason: str = ""
    created_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody has anything left to do; platforms' own words (退款成功) count too."""
        return self.status in ENDED_REFUNDS or any(word in self.status for word in ("成功", "关闭", "失败", "完成"))


class Order(Struct, frozen=True):
    """订单 with its lines, parcels and refunds. Contact data stay masked outside the privacy slice.

    `currency` is empty for yuan. In another one amounts are hundredths of it as the system told them: they are shown
    to agents, never told to buyers as yuan, and nothing is computed from them.
    """

    id: str
    buyer_id: str
    status: str
    created_at: datetime
    pay_amount: Money
    items: tuple[OrderItem, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    promise_ship_at: datetime | None = None
    address: str = ""
    receiver: str = ""
    phone: str = ""
    raw_status: str = ""
    note: str = ""
    currency: str = ""

    @property
    def yuan_paid(self) -> Money:
        """What sums may count: nothing of an order in another currency."""
        return ZERO if self.currency else self.pay_amount

    @property
    def paid_as_told(self) -> str:
        """What was paid, in the order's own currency: `"408.00"`, `"USD 25.00"`."""
        return self.as_told(self.pay_amount)

    def as_told(self, amount: Money) -> str:
        """An amount of this order in its own currency."""
        return f"{self.currency} {amount.yuan}" if self.currency else amount.yuan


class Buyer(Struct, frozen=True):
    id: str
    nick: str = ""
    level: str = ""
    tags: tuple[str, ...] = ()
    phone: str = ""
    created_at: datetime | None = None
