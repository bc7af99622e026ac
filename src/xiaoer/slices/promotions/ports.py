"""Where a price comes from: our own engine, or the shop's own checkout when it can be asked."""

from datetime import datetime
from typing import Protocol

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.promotions.types import BuyerFacts, Cart, Mode, Quote


class PriceQuoter(Protocol):
    """Prices a cart (到手价) without placing an order.

    `coupons` None means the best that the buyer holds; names (coupon ids or codes) mean these and no others.
    `mode` None means the channel's; `at` None means now. `Quote.source` tells who priced. Raise
    `SourceUnavailable` when the system behind cannot be asked and `InvalidBody` for a cart that makes no
    sense. Never raise anything else.
    """

    async def quote(
        self,
        shop: ShopId,
        cart: Cart,
        *,
        channel: str = "",
        buyer: BuyerFacts | None = None,
        coupons: tuple[str, ...] | None = None,
        mode: Mode | None = None,
        at: datetime | None = None,
    ) -> Quote: ...
