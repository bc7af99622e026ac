"""The shop's own systems in this process (店铺系统): connectors built from what the shop typed in.

A shop without any costs one dictionary look-up. A changed setting holds in every process within `_CHECK_S`.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct, structs

from xiaoer.connectors import registry
from xiaoer.connectors.push import Push, Pushed
from xiaoer.connectors.renewal import RenewalRefused, Tokens
from xiaoer.connectors.spec import Around, ConnectorSpec, ParcelHint, Port
from xiaoer.infra import audit
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.vault import Vault
from xiaoer.infra.web import Web
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidBody, SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.orders.service import EmbeddedOrders
from xiaoer.slices.systems import api
from xiaoer.slices.systems.types import System

_CHECK_S = 2.0
_KEEP = "••••••"  # what stands for a secret that stays as it is
_AHEAD = timedelta(hours=2)  # before its end a token is renewed; the shortest life on any platform is a day
_NOTHING = "xiaoer-connection-test"  # an id that no system has: a good connection answers "unknown"


class Connected(Struct, frozen=True):
    """One system, ready to be asked."""

    system: System
    spec: ConnectorSpec
    source: Any

    def can(self, call: str) -> bool:
        return call not in self.spec.lacks


class OwnRows:
    """Hints from the shop's own rows (`connectors.spec.Hints`)."""

    def __init__(self, catalog: EmbeddedCatalog, orders: EmbeddedOrders) -> None:
        self._catalog, self._orders = catalog, orders

    async def product_of(self, shop: ShopId, variant_id: str) -> str | None:
        variant = await self._catalog.variant(shop, variant_id)
        return variant.product_id if variant else None

    async def parcel(self, shop: ShopId, waybill_no: str) -> ParcelHint | None:
        parcel = await self._orders.track(shop, waybill_no)
        order = await self._orders.order(shop, parcel.order_id) if parcel else None
        return ParcelHint(parcel.carrier, parcel.order_id, order.phone if order else "") if parcel else None


class Systems:
    """Connects, lists, tests and disconnects systems; builds their sources."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        vault: Vault,
        catalog: EmbeddedCatalog,
        orders: EmbeddedOrders,
        web: Web | None = None,
    ) -> None:
        self._db, self._clock, self._vault = db, clock, vault
        self.web = web or Web(clock)
        self._around = Around(self.web, clock, OwnRows(catalog, orders))
        self._known: dict[ShopId, tuple[float, tuple[Connected, ...]]] = {}
        self.token_ended: Callable[[ShopId, System], Awaitable[None]] | None = None

    async def close(self) -> None:
        """Let go of every connection."""
        await self.web.close()

    async def serving(self, shop: ShopId, port: Port) -> tuple[Connected, ...]:
        """The systems that answer for a port, the first connected one first."""
        connected = await self.connected(shop)
        return tuple([one for one in connected if port in one.system.ports]) if connected else ()

    async def connected(self, shop: ShopId) -> tuple[Connected, ...]:
        """Every enabled system of the shop."""
        held = self._known.get(shop)
        if held and held[0] > time.monotonic():
            return held[1]
        rows = await self._db.read(lambda c: api.listed(c, shop))
        before = {(one.system.id, one.system.updated_at): one for one in (held[1] if held else ())}
        built = tuple(before.get((row.id, row.updated_at)) or self._build(shop, row) for row in rows if row.enabled)
        self._known[shop] = (time.monotonic() + _CHECK_S, built)
        return built

    def _build(self, shop: ShopId, row: System) -> Connected:
        spec = registry.connector_spec(row.connector)

        async def ended() -> None:
            if self.token_ended is not None:
                await self.token_ended(shop, row)

        around = structs.replace(self._around, ended=ended)
        return Connected(row, spec, registry.build(row.connector, self._opened(shop, row, spec), around))

    def _opened(self, shop: ShopId, row: System, spec: ConnectorSpec) -> dict[str, str]:
        secret = {setting.name for setting in spec.settings if setting.secret}
        return {
            name: self._vault.open(shop, _place(row.id, name), value) if name in secret and value else value
            for name, value in row.settings.items()
        }

    async def listed(self, shop: ShopId) -> tuple[System, ...]:
        """Every system as the console shows it: secrets are hidden."""
        rows = await self._db.read(lambda c: api.listed(c, shop))
        return tuple(structs.replace(row, settings=_hidden(row)) for row in rows)

    async def save(
        self,
        shop: ShopId,
        who: str,
        *,
        id_: str,
        connector: str,
        title: str,
        ports: tuple[str, ...],
        settings: Mapping[str, str],
        enabled: bool,
    ) -> System:
        """Connect a system, or change one; an unchanged secret may be sent back as it was shown.

        Raises:
            NotFound: no such connector or system. InvalidBody: a needed setting or a port is missing.
        """
        spec = registry.connector_spec(connector)
        if not ports or not set(ports) <= set(spec.ports):
            raise InvalidBody(f"{spec.title} serves {', '.join(spec.ports)}. Choose at least one of these as ports.")
        old = await self._db.read(lambda c: api.find(c, shop, id_)) if id_ else None
        given = dict(settings)
        if old is not None and old.connector == connector:
            opened = self._opened(shop, old, spec)
            given = {name: opened.get(name, "") if value == _KEEP else value for name, value in given.items()}
        complete, id_ = spec.complete(given), id_ or new_id()
        secret = {setting.name for setting in spec.settings if setting.secret}
        sealed = {
            name: self._vault.seal(shop, _place(id_, name), value) if name in secret and value else value
            for name, value in complete.items()
        }
        system, now = System(id_, connector, title or spec.title, ports, sealed, enabled), self._clock.now()

        def change(connection: Any) -> None:
            api.save(connection, shop, system, now)
            action = "system.change" if old else "system.connect"
            audit.record(connection, shop, who, action, id_, now, connector=connector, enabled=enabled)

        await self._db.write(change)
        self._known.pop(shop, None)
        return structs.replace(system, settings=_hidden(system), updated_at=now)

    async def ending(self, shop: ShopId) -> tuple[System, ...]:
        """Systems whose token ends soon, or of which that is not known yet."""
        soon = self._clock.now() + _AHEAD
        rows = await self._db.read(lambda c: api.listed(c, shop))
        return tuple(
            row
            for row in rows
            if row.enabled
            and registry.connector_spec(row.connector).renew is not None
            and row.settings.get("refresh_token")
            and (row.token_ends_at is None or row.token_ends_at <= soon)
        )

    async def renew(self, shop: ShopId, id_: str) -> System:
        """Get the next token of a system and keep it sealed; a refusal is kept for the console.

        Raises:
            NotFound: no such system. SourceUnavailable: the platform could not be asked; the old token stays.
        """
        row = await self._db.read(lambda c: api.find(c, shop, id_))
        spec = registry.connector_spec(row.connector)
        opened = self._opened(shop, row, spec)
        try:
            if spec.renew is None or not opened.get("refresh_token"):
                raise RenewalRefused(spec.title, "令牌已到期")
            tokens: Tokens = await spec.renew(opened, self._around)
            new = {spec.renews: tokens.access, "refresh_token": tokens.refresh}
            sealed = {name: self._vault.seal(shop, _place(id_, name), value) for name, value in new.items()}
            after = structs.replace(
                row, settings={**row.settings, **sealed}, token_ends_at=tokens.ends_at, token_refused=""
            )
        except RenewalRefused as refusal:
            after = structs.replace(row, token_refused=refusal.said[:200])
        if after == row:
            return row
        after, now = structs.replace(after, updated_at=self._clock.now()), self._clock.now()

        def change(connection: Any) -> None:
            if api.renewed(connection, shop, row, after):
                done = "system.token_refused" if after.token_refused else "system.token_renewed"
                audit.record(connection, shop, "小二", done, id_, now, connector=row.connector)

        await self._db.write(change)
        self._known.pop(shop, None)
        return after

    async def remove(self, shop: ShopId, who: str, id_: str) -> None:
        """Disconnect a system.

        Raises:
            NotFound: there is none.
        """
        now = self._clock.now()

        def change(connection: Any) -> None:
            api.remove(connection, shop, id_)
            audit.record(connection, shop, who, "system.disconnect", id_, now)

        await self._db.write(change)
        self._known.pop(shop, None)

    async def test(self, shop: ShopId, id_: str) -> dict[str, str]:
        """Ask each port for something that does not exist; return per port "ok" or what went wrong.

        Raises:
            NotFound: no such system.
        """
        row = await self._db.read(lambda c: api.find(c, shop, id_))
        one = self._build(shop, row)
        return {port: await self._tried(shop, one, port) for port in row.ports}

    async def _tried(self, shop: ShopId, one: Connected, port: str) -> str:
        call = {"orders": "order", "parcels": "track", "products": "product", "stock": "variant", "buyers": "buyer"}
        try:
            if port == "actions":
                return "ok" if await one.source.supported(shop) else "It names no action that it can do."
            await getattr(one.source, call[port])(shop, _NOTHING)
        except SourceUnavailable as problem:
            return problem.detail
        return "ok"

    async def read_push(self, shop: ShopId, id_: str, push: Push) -> tuple[System, Pushed]:
        """Check and read a push to this system.

        Raises:
            NotFound: no such system, or it takes no pushes. Unauthorised: forged. InvalidBody: unreadable.
        """
        row = await self._db.read(lambda c: api.find(c, shop, id_))
        settings = self._opened(shop, row, registry.connector_spec(row.connector))
        return row, registry.read_push(row.connector, settings, push)

    async def answer_check(self, shop: ShopId, id_: str, query: Mapping[str, str]) -> str:
        """What a platform wants to read back when the push address of this system is typed in there.

        Raises:
            NotFound: no such system, or its platform does not ask. Unauthorised: forged.
        """
        row = await self._db.read(lambda c: api.find(c, shop, id_))
        return registry.answer_check(
            row.connector, self._opened(shop, row, registry.connector_spec(row.connector)), query
        )


def _place(id_: str, name: str) -> str:
    return f"system:{id_}:{name}"


def _hidden(row: System) -> dict[str, str]:
    secret = {setting.name for setting in registry.connector_spec(row.connector).settings if setting.secret}
    return {name: _KEEP if name in secret and value else value for name, value in row.settings.items()}
