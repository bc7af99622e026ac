"""Live feeds: who must be told that something new is on disk.

A hint carries ids only; whoever gets it reads the database from the last sequence number it sent. So a
lost hint delays and never loses, and a doubled one shows nothing twice. With several processes the bus
carries the hints between them.
"""

import asyncio
from collections import defaultdict
from typing import Any

from xiaoer.infra.bus import Bus, DatabaseRelay, Deliver, Hint, Relay
from xiaoer.infra.db import Database
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import ShopId

_PREFIX = "ring."


def choose_relay(settings: Settings, db: Database) -> Relay | None:
    """Redis when it is configured, the database when several processes share it or may (PostgreSQL), else nothing."""
    if settings.redis_url:
        from xiaoer.infra.bus_redis import RedisRelay  # noqa: PLC0415  19 MB, and part of the extra `scale`

        return RedisRelay(settings.redis_url)
    return DatabaseRelay(db) if settings.workers > 1 or not db.is_sqlite else None


class Bell:
    """One listener's bell: rings are merged until somebody answers."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.signals: list[dict[str, object]] = []

    def ring(self, signal: dict[str, object] | None = None) -> None:
        if signal is not None:
            self.signals.append(signal)
        self._event.set()

    async def heard(self) -> list[dict[str, object]]:
        """Wait for the next ring; return the passing signals (typing) that came with it."""
        await self._event.wait()
        self._event.clear()
        signals, self.signals = self.signals, []
        return signals


class Live:
    """Bells by topic, in this process and, through the bus, in the others."""

    def __init__(self) -> None:
        self._bus: Bus | None = None
        self._bells: dict[str, set[Bell]] = defaultdict(set)

    async def join(self, relay: Relay | None) -> None:
        """Hear and be heard by the other processes."""
        self._bus = Bus(relay)
        await self._bus.attach(_PREFIX, self._hear)

    async def close(self) -> None:
        """Leave the bus."""
        if self._bus is not None:
            await self._bus.close()

    @staticmethod
    def topic(shop: ShopId, channel: str, buyer_id: str) -> str:
        return f"{_PREFIX}{shop}.{channel}|{buyer_id}"

    def listen(self, topic: str) -> Bell:
        bell = Bell()
        self._bells[topic].add(bell)
        return bell

    def leave(self, topic: str, bell: Bell) -> None:
        self._bells[topic].discard(bell)
        if not self._bells[topic]:
            del self._bells[topic]

    def ring(self, topic: str, signal: dict[str, object] | None = None) -> None:
        """Ring every listener of a topic, here and elsewhere."""
        self.tell(topic, dict(signal or {}))

    def tell(self, topic: str, payload: dict[str, Any]) -> None:
        """Give a hint to whoever has attached to this topic, here and elsewhere; `payload["shop"]` names the shop."""
        if self._bus is not None:
            self._bus.publish(topic, payload)

    async def attach(self, prefix: str, deliver: Deliver) -> None:
        """Call `deliver` with every hint below a topic; it must not block."""
        if self._bus is not None:
            await self._bus.attach(prefix, deliver)

    def _hear(self, hint: Hint) -> None:
        for bell in self._bells.get(hint.topic, ()):
            bell.ring(hint.payload or None)

    @property
    def listeners(self) -> int:
        return sum(len(bells) for bells in self._bells.values())
