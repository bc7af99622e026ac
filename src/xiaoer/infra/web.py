"""Calls to systems outside: shops, ERPs, carriers, models. One client, the same manners for all of them.

- Every attempt and every call has a time limit; an answer has a maximal size; redirects are not followed.
- Only a call that is declared idempotent is repeated, after a jittered pause, and only when nothing or a
  5xx/429 came back. A refusal (4xx) is an answer and is handed to the caller.
- A host that fails several times in a row is left alone for a while (`Breaker`), so that a dead system costs
  a buyer microseconds instead of seconds. The breaker is data; the clock is given.
- An answer may be reused for `fresh_s` seconds under a key that the caller names, because signed requests
  differ in every byte. `Answer.at` says when the system really spoke.
- Logs and errors name host and path, never a query, a body, a token or a phone number.

Whatever goes wrong ends in `SourceUnavailable`.
"""

import asyncio
import json
import logging
import random
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import httpx2
import structlog
from msgspec import Struct, field
from msgspec.structs import replace

from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import SourceUnavailable

_log = structlog.get_logger(__name__)

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_SECRET = re.compile(
    r"(?i)((?:access_?token|session|secret|password|app_?key|client_id|api_?key|sign|authorization|token)"
    r"[\"']?\s*[=:]\s*[\"']?)(?:bearer\s+)?[^\s&\"',;]+"
)


def masked(text: str) -> str:
    """Take tokens, keys, signatures and phone numbers out of a text that is about to be logged."""
    return _PHONE.sub(r"\1****\2", _SECRET.sub(r"\1***", text))


class WebPolicy(Struct, frozen=True):
    """Limits of outside calls. Seconds and bytes."""

    connect_s: float = 1.0
    attempt_s: float = 2.0
    total_s: float = 5.0
    attempts: int = 3
    pause_s: float = 0.1  # doubled each time, then multiplied by 0.5..1.5
    max_bytes: int = 4_194_304
    per_host: int = 8  # calls under way to one host; more wait, so that a look-up of many things stays polite
    cached: int = 2_000  # answers kept
    open_after: int = 5  # failures in a row before a host is left alone
    open_s: float = 20.0


class Breaker(Struct, frozen=True):
    """What is known about a host (断路器): closed, open until an instant, or trying one call."""

    failures: int = 0
    open_until: datetime | None = None
    trying: bool = False


def may_call(breaker: Breaker, now: datetime) -> bool:
    """Say whether a call may go out: closed, or open time over and no trial under way."""
    return breaker.open_until is None or (now >= breaker.open_until and not breaker.trying)


def before_call(breaker: Breaker) -> Breaker:
    """Return the state while a call is under way; after open time that call is the only trial."""
    return replace(breaker, trying=True) if breaker.open_until is not None else breaker


def after_success() -> Breaker:
    return Breaker()


def after_failure(breaker: Breaker, now: datetime, policy: WebPolicy) -> Breaker:
    """Count a failure; at the limit, or when a trial failed, the host is left alone for `open_s`."""
    failures = breaker.failures + 1
    if breaker.open_until is not None or failures >= policy.open_after:
        return Breaker(failures, now + timedelta(seconds=policy.open_s))
    return Breaker(failures)


class Call(Struct, frozen=True):
    """One request. `idempotent` None means: as HTTP says (GET and HEAD are)."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    idempotent: bool | None = None
    fresh_s: float = 0.0
    cache_key: str = ""

    @property
    def repeatable(self) -> bool:
        return self.method in ("GET", "HEAD") if self.idempotent is None else self.idempotent


class Answer(Struct, frozen=True):
    """What came back. `at` is when; a cached answer keeps its first instant."""

    status: int
    body: bytes
    at: datetime
    source: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Decode a JSON object; numbers with a point come as their exact text.

        Raises:
            SourceUnavailable: the answer is an error, or not a JSON object.
        """
        if self.status >= 400:
            raise SourceUnavailable(f"{self.source} answered {self.status}. Check the connector's settings.")
        try:
            found = json.loads(self.body, parse_float=str)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise SourceUnavailable(f"{self.source} answered with something that is not a JSON object.")
        return found


class _Retry(Exception):
    """Nothing usable came back; another attempt may."""

    def __init__(self, reason: str, *, fault: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault  # counts against the host


class Web:
    """Makes calls. One per process; `close` it at the end."""

    def __init__(
        self,
        clock: Clock,
        policy: WebPolicy = WebPolicy(),  # noqa: B008  a frozen value
        transport: httpx2.AsyncBaseTransport | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        # httpx2 logs whole URLs, and some platforms want the token in the URL.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        self._clock, self._policy, self._pause, self._jitter = clock, policy, pause, jitter
        self._transport = transport
        self._breakers: dict[str, Breaker] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @cached_property
    def _client(self) -> httpx2.AsyncClient:
        """Made by the first call: reading the certificates takes longer than a shop without systems should wait."""
        return httpx2.AsyncClient(
            transport=self._transport,
            timeout=httpx2.Timeout(self._policy.attempt_s, connect=self._policy.connect_s),
            follow_redirects=False,
            headers={"User-Agent": "xiaoer"},
        )

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()

    def breaker(self, host: str) -> Breaker:
        """Return what is known about a host (`host:port` as in the URL), for the health page."""
        return self._breakers.get(host, Breaker())

    async def call(self, call: Call) -> Answer:
        """Make the call, or give a kept answer that is fresh enough; equal calls at once ask once.

        Raises:
            SourceUnavailable: time-out, refused, left alone, too large, or the system failed.
        """
        if not (call.cache_key and call.fresh_s > 0):
            return await self._ask(call)
        lock = self._locks.get(call.cache_key)
        if lock is None:
            lock = self._locks[call.cache_key] = asyncio.Lock()
        async with lock:
            kept = self._kept.get(call.cache_key)
            if kept is not None and self._clock.now() - kept.at < timedelta(seconds=call.fresh_s):
                return kept
            answer = await self._ask(call)
            if answer.status < 400:
                self._kept[call.cache_key] = answer
                self._kept.move_to_end(call.cache_key)
                while len(self._kept) > self._policy.cached:
                    self._kept.popitem(last=False)
            return answer

    def forget(self, cache_key: str) -> None:
        """Drop every kept answer whose key begins so, because it changed."""
        for key in [key for key in self._kept if key.startswith(cache_key)]:
            del self._kept[key]

    async def _ask(self, call: Call) -> Answer:
        parts = urlsplit(call.url)
        host, source = parts.netloc, f"{parts.netloc}{parts.path}"
        breaker = self.breaker(host)
        if not may_call(breaker, self._clock.now()):
            raise SourceUnavailable(f"{host} failed repeatedly and is left alone for a moment.")
        self._breakers[host] = before_call(breaker)
        settled = False
        try:
            slots = self._slots.setdefault(host, asyncio.Semaphore(self._policy.per_host))
            async with asyncio.timeout(self._policy.total_s), slots:
                answer = await self._attempts(call, source)
            self._breakers[host] = after_success()
            settled = True
            return answer
        except (_Retry, TimeoutError) as problem:
            reason = problem.reason if isinstance(problem, _Retry) else "took too long"
            if isinstance(problem, TimeoutError) or problem.fault:
                self._breakers[host] = after_failure(self._breakers[host], self._clock.now(), self._policy)
                settled = True
            _log.warning("call_failed", source=masked(source), method=call.method, reason=reason)
            raise SourceUnavailable(f"{masked(source)} could not be asked: {reason}.") from None
        finally:
            if not settled:  # cancelled or throttled: nothing learned, but no trial stays under way
                self._breakers[host] = replace(self._breakers[host], trying=False)

    async def _attempts(self, call: Call, source: str) -> Answer:
        last = self._policy.attempts if call.repeatable else 1
        for attempt in range(1, last + 1):
            try:
                async with asyncio.timeout(self._policy.attempt_s):
                    return await self._once(call, source)
            except (_Retry, TimeoutError) as problem:
                if attempt == last:
                    raise
                _log.info("call_repeated", source=masked(source), attempt=attempt, reason=str(problem) or "slow")
            await self._pause(self._policy.pause_s * 2 ** (attempt - 1) * (0.5 + self._jitter()))
        raise _Retry("no attempt is allowed")

    async def _once(self, call: Call, source: str) -> Answer:
        try:
            async with self._client.stream(
                call.method, call.url, params=call.query or None, headers=call.headers, content=call.body or None
            ) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    raise _Retry(f"it answered {response.status_code}", fault=response.status_code != 429)
                chunks, size = [], 0
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
                    if size > self._policy.max_bytes:
                        raise SourceUnavailable(f"{masked(source)} answered with more than the allowed size.")
                    chunks.append(chunk)
                return Answer(
                    response.status_code, b"".join(chunks), self._clock.now(), masked(source), dict(response.headers)
                )
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as problem:
            raise _Retry(type(problem).__name__) from None
