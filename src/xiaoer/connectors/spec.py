"""What a connector tells about itself, and what it is given.

`lacks` names port calls that the platform cannot serve (a marketplace that does not list one buyer's
orders); those raise `SourceUnavailable` and the shop's own rows answer instead. It also names facts that the
platform does not tell: `refunds`, `line_shares`, `spec_names`, `buyer_of_order`. `verified` says how far the
connector was proved: `offline_verified` against published or derived signing vectors and a local server that
checks them, `real_shop_verified` against the real software, `live_verified` against a merchant's account.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct

from xiaoer.connectors.push import Push, Pushed
from xiaoer.infra.web import Web
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId

Port = Literal["products", "stock", "orders", "parcels", "buyers", "actions"]
Kind = Literal["shop", "erp", "logistics", "generic"]
Verified = Literal["offline_verified", "real_shop_verified", "live_verified"]


class ParcelHint(Struct, frozen=True):
    """What a carrier query needs besides the number: carrier name, order, receiver's phone."""

    carrier: str = ""
    order_id: str = ""
    phone: str = ""


class Hints(Protocol):
    """What the shop's own rows know and a platform wants to be told. None means: not known."""

    async def product_of(self, shop: ShopId, variant_id: str) -> str | None:
        """Return the product that a variant belongs to."""
        ...

    async def parcel(self, shop: ShopId, waybill_no: str) -> ParcelHint | None: ...


class NoHints:
    """Knows nothing; for a shop without rows of its own."""

    async def product_of(self, shop: ShopId, variant_id: str) -> str | None:
        return None

    async def parcel(self, shop: ShopId, waybill_no: str) -> ParcelHint | None:
        return None


async def _nobody() -> None:
    """Nobody waits to hear that a token ended."""


class Around(Struct, frozen=True):
    """What every connector is given. `ended` is awaited when the platform says that the access token does not hold."""

    web: Web
    clock: Clock
    hints: Hints
    ended: Callable[[], Awaitable[None]] = _nobody


class Setting(Struct, frozen=True):
    """One thing that the shop types in. `default` None means it must be given; secrets are stored encrypted."""

    name: str
    title: str
    secret: bool = False
    default: str | None = None


class ConnectorSpec(Struct, frozen=True):
    """One connector as the console lists it and wiring builds it. `evidence` says what it was proved against."""

    name: str
    title: str
    kind: Kind
    ports: tuple[Port, ...]
    settings: tuple[Setting, ...]
    build: Callable[[Mapping[str, str], Around], Any]
    evidence: str
    verified: Verified = "offline_verified"
    lacks: frozenset[str] = frozenset()
    read_push: Callable[[Mapping[str, str], Push], Pushed] | None = None
    answer_check: Callable[[Mapping[str, str], Mapping[str, str]], str] | None = None  # (settings, query of a GET)
    prices: Literal["", "parallel", "sequential"] = ""  # prices carts itself, stacking in this way
    renews: str = ""  # the setting that holds an access token which ends; `renew` gets the next one (`renewal.Tokens`)
    renew: Callable[[Mapping[str, str], Around], Awaitable[Any]] | None = None

    def complete(self, given: Mapping[str, str]) -> dict[str, str]:
        """Fill defaults and check that nothing needed is missing.

        Raises:
            InvalidBody: a needed setting is empty.
        """
        values = {}
        for setting in self.settings:
            value = given.get(setting.name, "").strip() or setting.default
            if value is None:
                raise InvalidBody(f"Connector {self.name} needs the setting {setting.name} ({setting.title}).")
            values[setting.name] = value
        return values
