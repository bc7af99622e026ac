"""Promotions (优惠), what a buyer holds of them, what is put into a cart, and what comes out as a quote.

Amounts are `Money`; rates are basis points of the price paid (9折 = 9000); periods are half-open. Whether two tools go
together is data (`stack_group`, `max_per_order`, `max_per_line`, `excludes`). A limit of 0: none; None: the custom.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct, field

from xiaoer.kernel.money import ZERO, Money

Mode = Literal["parallel", "sequential"]
FreightBase = Literal["item_price", "goods_payable"]
Threshold = Literal["amount", "pieces", "none"]
AudienceKind = Literal["all", "new_customer", "member_tier", "tag"]
RefundMode = Literal["share", "recompute"]
CouponState = Literal["issued", "claimed", "used", "expired"]
BaseMode = Literal["inherit", "parallel", "sequential"]


class Level(StrEnum):
    """Where a promotion stands in the order of application (优惠层级); freight stands beside them all."""

    ITEM = "item"  # 单品直降, 秒杀, 会员价, 官方立减, 搭配价, 预售
    SHOP_ACTIVITY = "shop_activity"  # 满减, 满折, 第二件半价, N元任选, 加价购, 满赠
    SHOP_COUPON = "shop_coupon"  # 店铺券, 商品券, 店铺红包
    PLATFORM = "platform"  # 跨店满减, 平台券, 品类券
    ASSET = "asset"  # 平台红包, 淘金币, 京豆, 礼金
    PAYMENT = "payment"  # 支付立减: only when the buyer asks
    FREIGHT = "freight"  # 包邮, 运费券


class Benefit(StrEnum):
    """What a promotion gives (优惠方式)."""

    AMOUNT_OFF = "amount_off"
    PERCENT_OFF = "percent_off"
    FIXED_PRICE = "fixed_price"  # at item level the unit price; above it N元任选M件
    BUNDLE_PRICE = "bundle_price"  # 搭配价: one of each SKU in scope for one price
    NTH_PIECE_RATE = "nth_piece_rate"
    GIFT = "gift"
    ADD_ON = "add_on"  # 加价购
    FREIGHT_OFF = "freight_off"
    PRESALE = "presale"


class Scope(Struct, frozen=True):
    """Which goods take part. Empty inclusions mean the whole shop; `sellers` matter in a cart over several shops."""

    skus: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    sellers: frozenset[str] = frozenset()
    exclude_skus: frozenset[str] = frozenset()
    exclude_items: frozenset[str] = frozenset()
    exclude_categories: frozenset[str] = frozenset()


class Audience(Struct, frozen=True):
    """Who may use it; `values` are member tiers or tags."""

    kind: AudienceKind = "all"
    values: frozenset[str] = frozenset()


class Tier(Struct, frozen=True):
    """One step. `threshold` is fen or pieces; `value` is fen, a rate in basis points or a number of gifts."""

    threshold: int
    value: int


class Gift(Struct, frozen=True):
    """赠品, or with a `price` the goods of 加价购. `left` None: enough of them."""

    title: str
    variant_id: str = ""
    quantity: int = 1
    worth: Money = ZERO
    price: Money = ZERO
    left: int | None = None


class Presale(Struct, frozen=True):
    """预售 per piece: `deposit` 定金 counts as `deposit_worth` (膨胀); `instant_off` is 付定立减."""

    deposit: Money
    deposit_worth: Money
    instant_off: Money = ZERO
    price: Money | None = None
    balance_starts_at: datetime | None = None
    balance_ends_at: datetime | None = None
    ship_within_hours: int | None = None


class CouponTerms(Struct, frozen=True):
    """How coupons of a promotion are handed out: public code, number made, and the period of use."""

    code: str = ""
    total: int | None = None
    claimed: int = 0
    used: int = 0
    valid_from: datetime | None = None
    valid_to: datetime | None = None


class Promotion(Struct, frozen=True):
    """One promotion. Lower `priority` comes first; at equal priority the larger saving comes first."""

    id: str
    name: str
    level: Level
    benefit: Benefit
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    tiers: tuple[Tier, ...] = ()
    threshold: Threshold = "amount"
    channels: frozenset[str] = frozenset()
    priority: int = 100
    stack_group: str = ""
    max_per_order: int | None = None
    max_per_line: int | None = None
    excludes: frozenset[str] = frozenset()
    scope: Scope = Scope()
    audience: Audience = Audience()
    base_mode: BaseMode = "inherit"
    threshold_base: FreightBase | None = None
    repeat: bool = False
    repeat_cap: int = 0
    cap: Money | None = None
    nth: int = 2
    same_sku_only: bool = False
    gift: Gift | None = None
    presale: Presale | None = None
    freight: Money | None = None
    per_user_limit: int = 0
    per_order_limit: int = 0
    budget_left: Money | None = None
    coupon: CouponTerms | None = None
    price_protected: bool = True
    enabled: bool = True
    private: bool = False  # known only to holders of its coupons
    least_unit: Money | None = None  # per piece; its coupons never take a line below; told to nobody

    @property
    def shown(self) -> str:
        return self.title or self.name

    @property
    def needs_coupon(self) -> bool:
        """True when it only counts for a buyer who holds a coupon of it."""
        return self.level is Level.SHOP_COUPON or self.coupon is not None

    @property
    def group(self) -> str:
        if self.stack_group:
            return self.stack_group
        return "platform_coupon" if self.level is Level.PLATFORM and self.coupon else self.level.value


class Coupon(Struct, frozen=True):
    """One coupon that a buyer holds; `amount` replaces the promotion's own benefit (红包 of varying size)."""

    id: str
    promotion_id: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    amount: Money | None = None
    state: CouponState = "claimed"
    buyer_id: str = ""
    code: str = ""
    order_id: str = ""


class CartLine(Struct, frozen=True):
    """One line; `price` is the list price of a piece (标价)."""

    variant_id: str
    quantity: int
    price: Money
    product_id: str = ""
    category: str = ""
    title: str = ""
    seller: str = ""
    deposit_paid: bool = False


class Cart(Struct, frozen=True):
    """What is priced. `freight` None: as the shop's freight promotion says, else free; `add_ons` are promotion ids."""

    lines: tuple[CartLine, ...]
    freight: Money | None = None
    add_ons: tuple[str, ...] = ()


class BuyerFacts(Struct, frozen=True):
    """What promotions ask about a buyer; `used` counts earlier orders per promotion."""

    id: str = ""
    is_new: bool = False
    level: str = ""
    tags: frozenset[str] = frozenset()
    used: Mapping[str, int] = field(default_factory=dict)


class ChannelRules(Struct, frozen=True):
    """How one channel settles: stacking mode, least payable amount, what 包邮 is tested on."""

    mode: Mode = "parallel"
    floor: Money = ZERO
    freight_base: FreightBase = "goods_payable"


class QuoteLine(Struct, frozen=True):
    """`base` list price of the line, `item_total` after item-level promotions, `paid` after everything."""

    variant_id: str
    quantity: int
    base: Money
    item_total: Money
    paid: Money
    title: str = ""
    gift: bool = False


class Applied(Struct, frozen=True):
    """One promotion that counts. `shares` go with `Quote.lines`; for freight there are none."""

    promotion_id: str
    title: str
    amount: Money
    level: Level
    shares: tuple[Money, ...] = ()
    base: Money = ZERO
    ends_at: datetime | None = None
    coupon_id: str = ""


class NotApplied(Struct, frozen=True):
    """One promotion that does not count: machine reason, what is missing, since or from when, in words."""

    promotion_id: str
    title: str
    reason: str
    gap: Money | None = None
    gap_pieces: int | None = None
    at: datetime | None = None
    coupon_id: str = ""
    words: str = ""


class NextStep(Struct, frozen=True):
    """How much more reaches the next step (凑单), and what that step saves by itself."""

    promotion_id: str
    title: str
    saving: Money
    gap: Money | None = None
    gap_pieces: int | None = None


class RunnerUp(Struct, frozen=True):
    """The second-best choice of coupons, when it is within one yuan."""

    coupon_ids: tuple[str, ...]
    payable: Money


class PresalePlan(Struct, frozen=True):
    """定金 now, 尾款 later; discounts are tested on `threshold_base` = 定金 + 尾款."""

    deposit: Money
    balance: Money
    total: Money
    threshold_base: Money
    balance_starts_at: datetime | None = None
    balance_ends_at: datetime | None = None


class Quote(Struct, frozen=True):
    """到手价. `payable` = goods + freight; the paid amounts of the lines add up to `goods_payable`."""

    payable: Money
    goods_payable: Money
    freight: Money
    lines: tuple[QuoteLine, ...]
    applied: tuple[Applied, ...]
    not_applied: tuple[NotApplied, ...]
    next_steps: tuple[NextStep, ...]
    valid_until: datetime | None
    mode: Mode
    source: Literal["engine", "shop_api"] = "engine"
    explanation: str = ""
    runner_up: RunnerUp | None = None
    presale: PresalePlan | None = None
