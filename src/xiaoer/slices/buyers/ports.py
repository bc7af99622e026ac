"""Where buyers come from: the shop's own rows here, or a connector to the shop's system."""

from typing import Protocol

from xiaoer.kernel.commerce import Buyer
from xiaoer.kernel.ids import ShopId


class CustomerSource(Protocol):
    """Reads buyers (买家) of one shop.

    An unknown buyer is None; raise `SourceUnavailable` when the system behind cannot be asked. Never raise
    anything else. Phone numbers come as stored: mask them before anybody sees them.
    """

    async def buyer(self, shop: ShopId, buyer_id: str) -> Buyer | None: ...

    async def buyers_by_phone_ending(self, shop: ShopId, ending: str) -> tuple[Buyer, ...]:
        """Return buyers whose phone ends with these four digits, at most 50, by id."""
        ...
