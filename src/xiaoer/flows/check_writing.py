"""May this be written (合规提醒): words that must not be sent, and prices that may not be promised.

The price rule knows the shop's floor (底价) or, where nothing is bargained about, what everybody pays now. Neither
leaves this flow: a finding says that the price is below what is allowed, never what is allowed.
"""

import contextlib
import re
from typing import Protocol

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.shop_facts import PriceNow
from xiaoer.slices.assist import api as assist
from xiaoer.slices.assist.types import Finding
from xiaoer.slices.bargaining.rules.asking import read_ask
from xiaoer.slices.bargaining.rules.deciding import floor_of
from xiaoer.slices.bargaining.service import Bargaining
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations.types import Conversation

RULE = "price.floor"
_ADVICE = "低于允许的价格，不能答应。想再让，请主管来定。"
_MOST_VARIANTS = 20  # variants whose price is asked; the rest of a product with more is not looked at
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+")
_PROMISES = re.compile(
    r"给[您你]|卖[您你给]|算[您你]|收[您你]|拍下|改价|改成|改到|成交|就行|可以卖|也行|到手|最低|一口价|包邮|打[^，。]{1,4}折|半价|便宜|优惠|少收|让[您你利]"
)
_AMOUNT = re.compile(r"[元块圆¥￥折]|半价|(?:到手价?|一口价|最低价?|成交价?|特价)(?:是|为|只要|就)?\s*\d")
_OTHER_MONEY = re.compile(r"退|赔|补|运费|邮费|差价|红包|满|返|押金|积分")


class PricesNow(Protocol):
    """What one piece of a variant costs a buyer now."""

    async def price_now(self, shop: ShopId, variant_id: str, buyer_id: str, channel: str) -> PriceNow: ...


class ReadsProducts(Protocol):
    """Products and their variants."""

    async def product(self, shop: ShopId, product_id: str) -> Product | None: ...
    async def variants(self, shop: ShopId, product_id: str) -> tuple[Variant, ...]: ...


class CheckWriting:
    """Checks what an agent is about to send."""

    def __init__(self, db: Database, bargaining: Bargaining, products: ReadsProducts, prices: PricesNow) -> None:
        self._db = db
        self._bargaining = bargaining
        self._products = products
        self._prices = prices

    async def __call__(self, shop: ShopId, text: str, conversation_id: str | None = None) -> tuple[Finding, ...]:
        """Everything that should not be sent, in the order of the text; without a talk no price is judged."""
        found = list(assist.check_text(text))
        if conversation_id and (clauses := _promising(text)):
            found += await self._prices_below(shop, conversation_id, clauses)
        return tuple(sorted(found, key=lambda finding: (finding.start, finding.rule_id)))

    async def _prices_below(self, shop: ShopId, conversation_id: str, clauses: list[re.Match[str]]) -> list[Finding]:
        def query(connection: Connection) -> Conversation | None:
            return conversations.get(connection, shop, conversation_id)

        conversation = await self._db.read(query)
        limits = None
        with contextlib.suppress(XiaoerError):  # a system that is down must not stop people from writing
            limits = await self._limits(shop, conversation) if conversation else None
        if limits is None:
            return []
        base, lowest = limits
        return [
            Finding("block", RULE, clause.start(), clause.end(), clause.group().strip(), _ADVICE)
            for clause in clauses
            if (price := _promised(clause.group(), base)) is not None and price < lowest
        ]

    async def _limits(self, shop: ShopId, conversation: Conversation) -> tuple[Money, Money] | None:
        """The lowest price that anybody pays now for what the talk is about, and the lowest that may be promised."""
        product_id = conversation.memory.product_in_focus(conversation.context.product_id)
        product = await self._products.product(shop, product_id) if product_id else None
        if product is None:
            return None
        known = await self._bargaining.terms_of(shop, product)
        buyer, channel = conversation.buyer_id, conversation.channel
        pairs = []
        for variant in (await self._products.variants(shop, product.id))[:_MOST_VARIANTS]:
            price = (await self._prices.price_now(shop, variant.id, buyer, channel)).payable
            pairs.append((price, floor_of(known[1], price) if known else price))
        return (min(p for p, _ in pairs), min(f for _, f in pairs)) if pairs else None


def _promising(text: str) -> list[re.Match[str]]:
    """Clauses that promise a price of goods; refunds, freight and thresholds are other money."""
    return [
        clause
        for clause in _CLAUSE.finditer(text)
        if _AMOUNT.search(clause.group())
        and _PROMISES.search(clause.group())
        and not _OTHER_MONEY.search(clause.group())
    ]


def _promised(clause: str, base: Money) -> Money | None:
    """The price per piece that a clause promises; `base` is what everybody pays."""
    ask = read_ask(clause, offered=False)
    if ask.off is not None:
        return base - ask.off
    if ask.rate is not None:
        return Money(base.fen * ask.rate // 10_000)
    return ask.price
