"""Stages for trials (预演台): the shop as it would be, on which past or golden questions are answered without effect.

A stage reads the shop's own rows only: it asks no connected system (a rehearsal of thousands of talks must not load
a platform, and a live order is written to the own rows when it is read), and proves no order to anybody (a failed
proof counts against the visitor). What was read stays good for the length of the trial, so both sides of a comparison
see the same facts.
"""

from collections.abc import Sequence
from copy import copy
from inspect import iscoroutinefunction
from typing import Any

from msgspec import Struct

from xiaoer.app.answering import Answering
from xiaoer.app.red_lines import ShopRedLines
from xiaoer.app.shop_words import ShopUnderstanding
from xiaoer.app.twins import Noted, SameLines, Twins, TwinStage
from xiaoer.flows.answer_message.answer import AnswerMessage
from xiaoer.flows.bargain_price import BargainPrice
from xiaoer.flows.gather_facts.gather import GatherFacts
from xiaoer.flows.gather_facts.ports import AssignsTrials
from xiaoer.flows.pick_products.pick import PickProducts
from xiaoer.flows.price_answers import AnswerPrices
from xiaoer.flows.quote_cart import QuoteCart
from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.rehearsal import Rehearses
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.outreach.comparing import nobody
from xiaoer.slices.policies.own_red_lines import RuleBook
from xiaoer.slices.promotions.answers import PromotionAnswers
from xiaoer.slices.promotions.service import Promotions
from xiaoer.slices.selling.service import SellingRules
from xiaoer.slices.wording.types import Teaching

_PATIENCE_S = 30.0  # a busy machine must not look like a source that is down
_KEPT = 50_000  # answers of one source


class Remembered:
    """A source; what it must be asked for is remembered by the arguments."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._known: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._source, name)
        if not iscoroutinefunction(call):
            return call  # what a source knows without asking is not kept twice

        async def ask(*args: Any, **named: Any) -> Any:
            key = (name, _hashable(args), _hashable(tuple(named.items())))
            if key not in self._known:
                if len(self._known) >= _KEPT:
                    self._known.clear()
                self._known[key] = await call(*args, **named)
            return self._known[key]

        self.__dict__[name] = ask
        return ask


def _hashable(value: Any) -> Any:
    """The same arguments as a key: lists and sets of them may be asked for, too."""
    if isinstance(value, list | tuple):
        return tuple(map(_hashable, value))
    return frozenset(value) if isinstance(value, set) else value


class _Sources(Struct, frozen=True):
    catalog: Any
    orders: Any
    buyers: Any
    quote: Any
    prices: AnswerPrices
    sells: "_Sells"


class _Sells(Struct, frozen=True):
    """The selling side of a trial: what it grants is an effect, and a trial keeps no effects."""

    bargain: BargainPrice
    picks: PickProducts
    trials: AssignsTrials = nobody


async def _prove_nothing(shop: ShopId, visitor: str, order_id: str, ending: str) -> tuple[str, Order | None]:
    """Nobody proves anything in a trial."""
    return "no", None


class Stages:
    """Puts up stages; those of one `fresh()` share what was read."""

    def __init__(
        self,
        db: Database,
        knowledge: Knowledge,
        promotions: Promotions,
        answering: Answering,
        answer: AnswerMessage,
        red_lines: ShopRedLines,
        kinds: frozenset[str],
        understanding: ShopUnderstanding,
    ) -> None:
        self._db = db
        self.knowledge = knowledge
        self._promotions = promotions
        self._answering = answering
        self._answer = answer
        self.red_lines = red_lines
        self._kinds = kinds
        self.understanding = understanding
        self._sources: _Sources | None = None
        self._twins: Twins | None = None
        self._lines: SameLines | None = None

    def fresh(self) -> "Stages":
        """Stages that see the same facts, read from now on."""
        other = copy(self)
        other._sources, other._twins, other._lines = self._read(), Twins(), SameLines(self.red_lines)
        return other

    def _read(self) -> _Sources:
        goods = EmbeddedCatalog(self._db)
        goods.kinds = self._kinds
        catalog: Any = Remembered(goods)
        orders: Any = Remembered(EmbeddedOrders(self._db))
        buyers: Any = Remembered(EmbeddedBuyers(self._db))
        quote: Any = Remembered(QuoteCart(catalog, catalog, buyers, orders, self._promotions))
        prices = AnswerPrices(catalog, catalog, buyers, PromotionAnswers(self._promotions))
        picks = PickProducts(
            SellingRules(self._db),
            catalog,
            orders,
            self._promotions,
            QuoteCart(catalog, catalog, buyers, orders, self._promotions),
        )
        sells = _Sells(BargainPrice(Bargaining(self._db), catalog, quote, buyers, self._promotions), picks)
        return _Sources(catalog, orders, buyers, quote, prices, sells)

    async def stage(
        self, shop: ShopId, changed: Sequence[Entry], book: RuleBook | None, teaching: Teaching | None = None
    ) -> Rehearses:
        """The shop with entries changed, and with another rule book, other words or another model when given."""
        await self.knowledge.refresh(shop)
        await self.red_lines.refresh(shop)
        await self.understanding.refresh(shop)
        hears = await self.understanding.preview(shop, teaching) if teaching else None
        knowledge, use = Noted(await self.knowledge.preview(shop, changed)), self._sources or self._read()
        gather = GatherFacts(
            knowledge, use.catalog, use.orders, self._promotions, use.quote, use.prices, _prove_nothing,
            self._answering.tickets_of, self._answering.terms, use.buyers, self._answering.transit,
            use.sells, _PATIENCE_S,
        )  # fmt: skip
        lines = SameLines(self.red_lines.with_book(shop, book)) if book is not None else self._lines
        lines = lines or SameLines(self.red_lines)
        return TwinStage(self._answer.over(lines, gather, hears), knowledge, lines, self._twins or Twins())
