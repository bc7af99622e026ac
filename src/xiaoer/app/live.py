"""Live feeds: who must be told that something new is on disk.

A hint carries ids only; whoever gets it reads the database from the last sequence number it sent. So a
lost hint delays and never loses, and a doubled one shows nothing twice.
"""

import asyncio
from collections import defaultdict

from xiaoer.kernel.ids import ShopId


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
    """Bells by topic within this process."""

    def __init__(self) -> None:
        self._bells: dict[str, set[Bell]] = defaultdict(set)

    @staticmethod
    def topic(shop: ShopId, channel: str, buyer_id: str) -> str:
        return f"{shop}|{channel}|{buyer_id}"

    def listen(self, topic: str) -> Bell:
        bell = Bell()
        self._bells[topic].add(bell)
        return bell

    def leave(self, topic: str, bell: Bell) -> None:
        self._bells[topic].discard(bell)
        if not self._bells[topic]:
            del self._bells[topic]

    def ring(self, topic: str, signal: dict[str, object] | None = None) -> None:
        for bell in self._bells.get(topic, ()):
            bell.ring(signal)

    @property
    def listeners(self) -> int:
        return sum(len(bells) for bells in self._bells.values())
