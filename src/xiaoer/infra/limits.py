"""Rate limits: how often one key may do one thing, in memory or, for several machines, in Redis.

A limit is written `10/15 minutes`, several as `5/second;100/minute`. Windows move with time, so a burst at a
window's edge gets no double share. A limiter whose Redis is away lets requests pass and counts in memory
until it is back: a shop that answers too much is better than one that is silent.
"""

import time
from functools import lru_cache
from math import ceil

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

_log = structlog.get_logger()
_RETRY_S = 5.0  # how long counting stays in memory after Redis failed


class RateLimiter:
    """Counts hits. One per process; `redis_url` empty means this process only."""

    def __init__(self, redis_url: str = "") -> None:
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(_redis(redis_url)) if redis_url else None
        self._away_until = 0.0

    async def hit(self, key: str, rate: str) -> int | None:
        """Count one hit of `key`; None when it is within `rate`, else the seconds after which to try again.

        A refused hit is not counted. Raises ValueError when `rate` is not a rate.
        """
        items = _items(rate)
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return await _hit(self._shared, items, key)
            except Exception as error:
                self._away_until = time.monotonic() + _RETRY_S
                _log.warning("rate_limit_store_away", error=str(error))
        return await _hit(self._local, items, key)


async def _hit(limiter: MovingWindowRateLimiter, items: tuple[RateLimitItem, ...], key: str) -> int | None:
    for item in items:
        if not await limiter.test(item, key):
            stats = await limiter.get_window_stats(item, key)
            return max(1, ceil(stats.reset_time - time.time()))
    for item in items:
        if not await limiter.hit(item, key):
            return 1
    return None


@lru_cache(maxsize=256)
def _items(rate: str) -> tuple[RateLimitItem, ...]:
    return tuple(parse_many(rate))


def _redis(url: str) -> RedisStorage:
    return RedisStorage(f"async+{url}", implementation="redispy", key_prefix="xiaoer:limit")
