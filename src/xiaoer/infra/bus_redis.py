"""The bus between machines: Redis or Valkey publish/subscribe (needs the extra `scale`)."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from xiaoer.infra.bus import Deliver, Hint

_log = structlog.get_logger()
_RETRY_S = 0.5  # between attempts to reach a server that is away


class RedisRelay:
    """One channel for all hints; each process takes out what its own subscribers watch.

    While the server cannot be reached, hints between processes are lost and a new attempt is made twice
    a second; hints inside a process go on.
    """

    def __init__(self, url: str, channel: str = "xiaoer:bus", retry_s: float = _RETRY_S) -> None:
        self._client: Redis = Redis.from_url(
            url, client_name=channel, health_check_interval=15, socket_connect_timeout=2
        )
        self._channel = channel
        self._retry_s = retry_s
        self._listening: asyncio.Task[None] | None = None

    async def listen(self, origin: str, deliver: Deliver) -> None:
        ready = asyncio.Event()
        self._listening = asyncio.create_task(self._receive(origin, deliver, ready))
        await ready.wait()

    async def silence(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    async def send(self, origin: str, hints: Sequence[Hint]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for hint in hints:
                pipeline.publish(self._channel, msgspec.json.encode((origin, hint)))
            await pipeline.execute()

    async def close(self) -> None:
        await self._client.aclose()

    async def _receive(self, origin: str, deliver: Deliver, ready: asyncio.Event) -> None:
        """Listen for ever; `ready` is set after the first attempt, so that a server that is away delays nobody."""
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(self._channel)
                    ready.set()
                    await self._hand_over(pubsub, origin, deliver)
            except (RedisError, OSError) as error:
                ready.set()
                _log.warning("bus_disconnected", error=str(error))
            await asyncio.sleep(self._retry_s)

    @staticmethod
    async def _hand_over(pubsub: PubSub, origin: str, deliver: Deliver) -> None:
        async for message in pubsub.listen():
            try:
                sender, hint = _decode(message["data"])
            except msgspec.MsgspecError:
                continue  # a stranger wrote to our channel
            if sender != origin:
                deliver(hint)


def _decode(data: Any) -> tuple[str, Hint]:
    return msgspec.json.decode(data, type=tuple[str, Hint])
