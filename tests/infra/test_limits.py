"""A key that comes too often is told how long to wait; others are not touched."""

from collections.abc import Callable

import pytest

from xiaoer.infra.idgen import new_id
from xiaoer.infra.limits import RateLimiter


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.server)])
def make_limiter(request: pytest.FixtureRequest) -> Callable[[], RateLimiter]:
    """Makes limiters; those over one Redis count together."""
    if request.param == "memory":
        return RateLimiter
    url = request.getfixturevalue("redis_url")
    return lambda: RateLimiter(url)


async def test_hits_beyond_the_rate_are_told_to_wait(make_limiter: Callable[[], RateLimiter]) -> None:
    limiter, key = make_limiter(), new_id()
    outcomes = [await limiter.hit(key, "3/minute") for _ in range(5)]
    assert outcomes[:3] == [None] * 3
    assert all(wait is not None and 1 <= wait <= 60 for wait in outcomes[3:])


async def test_keys_and_rates_are_counted_apart(make_limiter: Callable[[], RateLimiter]) -> None:
    limiter, key = make_limiter(), new_id()
    assert await limiter.hit(f"{key}-a", "1/minute") is None
    assert await limiter.hit(f"{key}-b", "1/minute") is None
    assert await limiter.hit(f"{key}-a", "1/hour") is None
    assert await limiter.hit(f"{key}-a", "1/minute") is not None


async def test_the_tightest_of_several_limits_holds(make_limiter: Callable[[], RateLimiter]) -> None:
    limiter, key = make_limiter(), new_id()
    outcomes = [await limiter.hit(key, "100/minute;2/hour") for _ in range(3)]
    assert outcomes[:2] == [None, None]
    assert outcomes[2] is not None
    assert outcomes[2] > 60


@pytest.mark.server
async def test_two_machines_count_together(redis_url: str) -> None:
    one, other, key = RateLimiter(redis_url), RateLimiter(redis_url), new_id()
    assert await one.hit(key, "1/minute") is None
    assert await other.hit(key, "1/minute") is not None


async def test_a_store_that_is_away_does_not_silence_the_shop() -> None:
    limiter = RateLimiter("redis://127.0.0.1:1")
    assert await limiter.hit("k", "1/minute") is None
    assert await limiter.hit("k", "1/minute") is not None  # counted here meanwhile


async def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="often"):
        await RateLimiter().hit("k", "often")
