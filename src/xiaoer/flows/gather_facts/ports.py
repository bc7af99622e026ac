"""What gathering reads from (取数的来源), as the flow needs each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from xiaoer.kernel.commerce import Buyer, Order, Product, Variant
from xiaoer.kernel.decision import BargainAnswer, Pick, SceneShown, Trial, Wanted
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import (
    Diagnosis,
    HeldCoupon,
    Priced,
    PriceNow,
    Protection,
    Stacking,
    TicketBrief,
    TopUp,
    Transit,
)
from xiaoer.kernel.terms import Terms
from xiaoer.kernel.turn import Turn
from xiaoer.slices.knowledge.types import SearchResult
from xiaoer.slices.promotions.types import BuyerFacts


class SearchesKnowledge(Protocol):
    """The shop's entries; see `slices.knowledge.api.Knowledge`."""

    def search(
        self, shop: ShopId, text: str, *, now: datetime, intent: str = "", product_id: str = "", channel: str = "",
        audience: Sequence[str] = (), order_state: str = "", top_k: int = 5, product_category: str = "",
    ) -> SearchResult: ...  # fmt: skip
    def asks_about(self, shop: ShopId) -> frozenset[str]: ...
    def of_named(self, found: SearchResult, question: str, product: Product) -> SearchResult: ...
    async def ensure_loaded(self, shop: ShopId) -> None: ...


class ReadsCatalogue(Protocol):
    """Products and stock of the shop."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...
    async def variant(self, shop: ShopId, variant_id: str) -> Variant | None: ...
    async def recommend(self, shop: ShopId, text: str, max_yuan: float | None, limit: int) -> tuple[Product, ...]: ...
    async def named(self, shop: ShopId, text: str, limit: int, beside: str = "") -> tuple[Product, ...]: ...
    async def unsold(self, shop: ShopId, text: str) -> str: ...
    async def together(self, shop: ShopId, text: str, in_sight: str = "") -> tuple[Wanted, ...]: ...
    async def spoken_of(self, shop: ShopId, texts: Sequence[str], in_sight: Sequence[str]) -> tuple[Wanted, ...]: ...
    async def names(self, shop: ShopId) -> list[tuple[str, str]]: ...


class PricesNow(Protocol):
    """What one piece of a variant costs a buyer now."""

    async def price_now(self, shop: ShopId, variant_id: str, buyer_id: str, channel: str) -> PriceNow: ...


class BargainsPrices(Protocol):
    """Decides the answer to a price request; None when the shop does not bargain about the product."""

    async def __call__(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> BargainAnswer | None: ...


class AnswersPrices(Protocol):
    """Figures for questions about money (`flows/price_answers.py`)."""

    async def buyer(self, shop: ShopId, buyer_id: str, orders: Sequence[Order]) -> BuyerFacts: ...
    async def priced(self, shop: ShopId, key: str, buyer: BuyerFacts, channel: str, at: datetime) -> Priced | None: ...
    async def top_up(
        self, shop: ShopId, key: str, others: Sequence[str], buyer: BuyerFacts, channel: str, at: datetime
    ) -> TopUp | None: ...
    async def diagnose(
        self, shop: ShopId, order: Order, buyer: BuyerFacts, channel: str, at: datetime
    ) -> Diagnosis: ...
    async def protect(self, shop: ShopId, order: Order, terms: Terms, channel: str, at: datetime) -> Protection: ...
    async def refundable(
        self, shop: ShopId, order: Order, variant_id: str, buyer: BuyerFacts, terms: Terms, channel: str
    ) -> Money | None: ...
    async def coupons(self, shop: ShopId, buyer: BuyerFacts, at: datetime) -> tuple[HeldCoupon, ...]: ...
    async def stackings(self, shop: ShopId, channel: str, at: datetime) -> tuple[Stacking, ...]: ...


class ReadsOrders(Protocol):
    """Orders of one buyer with items, parcels and refunds, newest first."""

    async def orders_of(self, shop: ShopId, buyer_id: str, limit: int) -> tuple[Order, ...]: ...
    async def order(self, shop: ShopId, order_id: str) -> Order | None: ...


class ReadsBuyers(Protocol):
    """One buyer's level and tags."""

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...


class ProvesOrders(Protocol):
    """Whether a visitor knows the end of an order's phone number: ok, no or locked."""

    async def __call__(self, shop: ShopId, visitor: str, order_id: str, ending: str) -> tuple[str, Order | None]: ...


class ReadsTickets(Protocol):
    """Tickets of one buyer."""

    async def __call__(self, shop: ShopId, buyer_id: str) -> tuple[TicketBrief, ...]: ...


class ReadsTransit(Protocol):
    """How long the shop's parcels to a place took; None when too few arrived there lately."""

    async def __call__(self, shop: ShopId, place: str) -> Transit | None: ...


class ReadsTerms(Protocol):
    """The shop's own rules."""

    async def of(self, shop: ShopId) -> Terms: ...


class PicksProducts(Protocol):
    """Picks for a need (None when enough was shown) or in place of what is out of stock, and the scene of the turn."""

    async def for_need(self, turn: Turn, segment: Segment, now: datetime) -> tuple[Pick, ...] | None: ...
    async def similar(self, turn: Turn, segment: Segment, product_id: str, now: datetime) -> tuple[Pick, ...]: ...
    async def scene(self, turn: Turn, heard: Heard, now: datetime) -> SceneShown | None: ...


class AssignsTrials(Protocol):
    """A buyer's place in the comparison of an automation; None when it is not compared, then he is served."""

    async def __call__(self, shop: ShopId, automation: str, buyer_id: str) -> Trial | None: ...


class Sells(Protocol):
    """The selling side, as facts are gathered from it."""

    @property
    def trials(self) -> AssignsTrials: ...

    @property
    def bargain(self) -> BargainsPrices: ...
    @property
    def picks(self) -> PicksProducts: ...
