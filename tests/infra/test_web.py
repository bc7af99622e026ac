"""Calls outside: time limits, repeats only where safe, a host that fails is left alone, nothing secret is written."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.web import (
    Breaker,
    Call,
    Web,
    WebPolicy,
    after_failure,
    before_call,
    masked,
    may_call,
)
from xiaoer.kernel.errors import SourceUnavailable

_NOW = datetime(2026, 3, 5, 4, tzinfo=UTC)
_URL = "http://shop.example/orders"


class _Line:
    """A wire that answers from a script (the last entry repeats) and notes what was asked and how long was waited."""

    def __init__(self, *script: int | Exception | Callable[[], httpx2.Response]) -> None:
        self.script, self.asked, self.waited = list(script), 0, list[float]()
        self.clock = ManualClock(_NOW)

    async def _pause(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return httpx2.Response(step, json={"n": self.asked}) if isinstance(step, int) else step()

    def web(self, **policy: float) -> Web:
        limits = WebPolicy(**policy)  # type: ignore[arg-type]
        return Web(self.clock, limits, httpx2.MockTransport(self._answer), self._pause, lambda: 0.5)


@pytest.mark.parametrize("trouble", [500, 503, 429, httpx2.ConnectError("x"), httpx2.ReadTimeout("x")])
async def test_a_read_is_repeated_after_growing_pauses(trouble: int | Exception) -> None:
    line = _Line(trouble, trouble, 200)
    assert (await line.web().call(Call("GET", _URL))).document() == {"n": 3}
    assert line.waited == [0.1, 0.2]


async def test_a_write_is_never_repeated_unless_it_is_declared_harmless() -> None:
    line = _Line(500, 200)
    with pytest.raises(SourceUnavailable):
        await line.web().call(Call("POST", _URL))
    assert line.asked == 1
    line = _Line(500, 200)
    assert (await line.web().call(Call("POST", _URL, idempotent=True))).status == 200


async def test_a_refusal_is_an_answer_and_is_not_repeated() -> None:
    line = _Line(404)
    assert (await line.web().call(Call("GET", _URL))).status == 404
    assert line.asked == 1


async def test_a_slow_host_costs_no_more_than_the_limit() -> None:
    async def never(_: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError

    web = Web(ManualClock(_NOW), WebPolicy(attempt_s=0.01, total_s=0.02), httpx2.MockTransport(never))
    async with asyncio.timeout(2):
        with pytest.raises(SourceUnavailable, match="too long"):
            await web.call(Call("GET", _URL))


async def test_an_answer_over_the_limit_is_refused() -> None:
    line = _Line(lambda: httpx2.Response(200, content=b"x" * 1001))
    with pytest.raises(SourceUnavailable, match="size"):
        await line.web(max_bytes=1000).call(Call("GET", _URL))


async def test_a_failing_host_is_left_alone_then_tried_once_then_trusted_again() -> None:
    line = _Line(500)
    web = line.web(attempts=1, open_after=3, open_s=20)
    for _ in range(5):
        with pytest.raises(SourceUnavailable):
            await web.call(Call("GET", _URL))
    assert line.asked == 3
    line.clock.advance(timedelta(seconds=20))
    with pytest.raises(SourceUnavailable):
        await web.call(Call("GET", _URL))
    with pytest.raises(SourceUnavailable, match="left alone"):
        await web.call(Call("GET", _URL))
    assert line.asked == 4
    line.clock.advance(timedelta(seconds=20))
    line.script = [200]
    assert (await web.call(Call("GET", _URL))).status == 200
    assert web.breaker("shop.example") == Breaker()


async def test_one_host_s_failure_does_not_stop_another() -> None:
    line = _Line(500)
    web = line.web(attempts=1, open_after=1)
    with pytest.raises(SourceUnavailable):
        await web.call(Call("GET", _URL))
    line.script = [200]
    assert (await web.call(Call("GET", "http://other.example/"))).status == 200


async def test_throttling_and_cancelling_say_nothing_about_the_host() -> None:
    line = _Line(429)
    web = line.web(attempts=1, open_after=1)
    with pytest.raises(SourceUnavailable):
        await web.call(Call("GET", _URL))
    assert web.breaker("shop.example") == Breaker()


async def test_a_cancelled_trial_does_not_lock_the_host_out() -> None:
    line = _Line(500)
    web = line.web(attempts=1, open_after=1, open_s=20)
    with pytest.raises(SourceUnavailable):
        await web.call(Call("GET", _URL))
    line.clock.advance(timedelta(seconds=20))

    def cancel() -> httpx2.Response:
        raise asyncio.CancelledError

    line.script = [cancel]
    with pytest.raises(asyncio.CancelledError):
        await web.call(Call("GET", _URL))
    line.script = [200]
    assert (await web.call(Call("GET", _URL))).status == 200


@given(st.lists(st.sampled_from(["fail", "ok", "wait"]), max_size=40))
def test_an_open_breaker_always_closes_again_after_a_good_call(steps: list[str]) -> None:
    breaker, now, policy = Breaker(), _NOW, WebPolicy(open_after=2, open_s=10)
    for step in steps:
        if step == "wait":
            now += timedelta(seconds=10)
        elif may_call(breaker, now):
            before = before_call(breaker)
            breaker = after_failure(before, now, policy) if step == "fail" else Breaker()
        assert not breaker.trying
    assert may_call(breaker, now + timedelta(seconds=10))


async def test_a_fresh_answer_is_reused_and_tells_when_it_was_given() -> None:
    line = _Line(200)
    web, call = line.web(), Call("GET", _URL, fresh_s=30, cache_key="k")
    first = await web.call(call)
    line.clock.advance(timedelta(seconds=29))
    assert await web.call(call) == first
    assert first.at == _NOW
    line.clock.advance(timedelta(seconds=1))
    assert (await web.call(call)).document() == {"n": 2}
    web.forget("k")
    assert (await web.call(call)).document() == {"n": 3}


async def test_equal_questions_at_once_are_asked_once() -> None:
    line = _Line(200)
    web = line.web()
    answers = await asyncio.gather(*(web.call(Call("GET", _URL, fresh_s=9, cache_key="k")) for _ in range(9)))
    assert (line.asked, len({answer.body for answer in answers})) == (1, 1)


async def test_many_calls_to_one_host_wait_for_their_turn() -> None:
    under_way, most = 0, 0

    async def answer(_: httpx2.Request) -> httpx2.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _turn in range(3):
            await asyncio.sleep(0)
        under_way -= 1
        return httpx2.Response(200)

    web = Web(ManualClock(_NOW), WebPolicy(per_host=4), httpx2.MockTransport(answer))
    await asyncio.gather(*(web.call(Call("GET", _URL)) for _ in range(20)))
    assert most == 4


async def test_old_answers_make_room() -> None:
    line = _Line(200)
    web = line.web(cached=2)
    for key in ("a", "b", "c", "a"):
        await web.call(Call("GET", _URL, fresh_s=9, cache_key=key))
    assert line.asked == 4


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b'{"a":' * 9999])
async def test_a_body_that_is_no_object_is_unavailable(body: bytes) -> None:
    line = _Line(lambda: httpx2.Response(200, content=body))
    with pytest.raises(SourceUnavailable):
        (await line.web().call(Call("GET", _URL))).document()


async def test_numbers_with_a_point_keep_their_text() -> None:
    line = _Line(lambda: httpx2.Response(200, content=b'{"a": 49.99999999999999, "b": 0.10}'))
    assert (await line.web().call(Call("GET", _URL))).document() == {"a": "49.99999999999999", "b": "0.10"}


async def test_no_query_token_or_phone_is_written_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    line = _Line(500)
    call = Call("GET", f"{_URL}/13800138000", {"access_token": "tok-123", "phone": "13800138000"}, {"X-Key": "key-9"})
    web = line.web()
    with (
        caplog.at_level(logging.DEBUG),
        structlog.testing.capture_logs() as logs,
        pytest.raises(SourceUnavailable) as caught,
    ):
        await web.call(call)
    written = str(caught.value) + str(logs) + "".join(r.getMessage() for r in caplog.records if r.name != "asyncio")
    assert "call_failed" in written
    assert not [secret for secret in ("tok-123", "13800138000", "key-9") if secret in written]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 13800138000 now", "call 138****8000 now"),
        ("order 213800138000123", "order 213800138000123"),
        ("?access_token=abc&x=1", "?access_token=***&x=1"),
        ('{"app_secret": "s3"}', '{"app_secret": "***"}'),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
    ],
)
def test_tokens_and_phones_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected
