"""Figures beside the server (旁路汇总): a process of its own counts facts and looks for spikes.

Counting is work of the processor, milliseconds a talk and seconds an hour's watch; done on the server's event loop it
would be done while a buyer waits. So `xiaoer serve` starts a second process on the same database and asks it: one JSON
object a line on its standard input, one answer a line back. It ends when its input ends, also when the server was
killed; what it had not committed is taken up by the next one, because a roll-up may be interrupted anywhere.
"""

import asyncio
import contextlib
import os
import sys
from datetime import datetime
from itertools import count
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from xiaoer.app.figures import Figures, calendar_of, formulas_of
from xiaoer.infra.clickhouse import over_http
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database
from xiaoer.infra.log import set_up_logging
from xiaoer.infra.settings import Settings
from xiaoer.kernel.heard import Heard
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn

_log = structlog.get_logger(__name__)
_LEAVE_S = 5.0  # it has this long to finish its transaction at the end


class Ask(Struct, frozen=True):
    """`what` is roll_up (at most about `within_s`, null for all), watch or stream."""

    id: int
    what: str
    shop: ShopId
    within_s: float | None = None


class Told(Struct, frozen=True):
    """The answer to an `Ask`: what was counted or found, or why not."""

    id: int
    found: Any = None
    error: str = ""


class BesideFailed(RuntimeError):
    """The process ended or could not do it; the next question starts it anew."""


class Beside:
    """The server's end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._ids = count(1)

    @classmethod
    def wanted(cls, settings: Settings) -> "Beside | None":
        """One, if the settings want it."""
        return cls(settings) if settings.figures_beside else None

    async def ask(self, what: str, shop: ShopId, within_s: float | None = None) -> Any:
        """Have it done; return what was found.

        Raises:
            BesideFailed: it was not done, or not to the end.
        """
        ask = Ask(next(self._ids), what, shop, within_s)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        async with self._starting:
            process = await self._running()
            self._waiting[ask.id] = future
            try:
                await _send(process, msgspec.json.encode(ask))
            except (BrokenPipeError, ConnectionResetError) as error:
                self._waiting.pop(ask.id, None)
                raise BesideFailed("The process of the figures has ended.") from error
        try:
            return await future
        finally:
            self._waiting.pop(ask.id, None)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None:
            return self._process
        pipe = asyncio.subprocess.PIPE
        # A session of its own: Ctrl+C in a terminal is for the server, which then closes this one's input.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "xiaoer.app.beside", stdin=pipe, stdout=pipe, start_new_session=True
        )
        await _send(self._process, self._settings.model_dump_json().encode())
        self._listening = asyncio.create_task(self._listen(self._process))
        _log.info("figures_beside_started", pid=self._process.pid)
        return self._process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                told = msgspec.json.decode(line, type=Told)
                future = self._waiting.get(told.id)
                if future is None or future.done():
                    continue
                if told.error:
                    future.set_exception(BesideFailed(told.error))
                else:
                    future.set_result(told.found)
        finally:
            if self._process is process:  # whoever asks from now on starts another
                self._process = None
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(BesideFailed("The process of the figures has ended."))
            await process.wait()

    async def close(self) -> None:
        """Let it finish what it writes, then end it."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), _LEAVE_S)
            except TimeoutError:
                process.kill()
        if self._listening is not None:
            await self._listening


async def _send(process: asyncio.subprocess.Process, line: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(line + b"\n")
    await process.stdin.drain()


class Later:
    """Understanding and knowledge for the rare work that needs them: loaded then, so that the process stays small."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._product: Any = None

    def _all(self) -> Any:
        if self._product is None:
            from xiaoer.app.wiring import Wiring  # noqa: PLC0415  130 MB that counting does without

            self._product = Wiring(self._settings.model_copy(update={"figures_beside": False}))
        return self._product

    def understand(self, turn: Turn) -> Heard:
        heard: Heard = self._all().understanding.understand(turn)
        return heard

    async def ready(self, shop: ShopId) -> None:
        await self._all().insights.answers.ready(shop)

    def find(self, shop: ShopId, question: str, product_id: str, now: datetime) -> tuple[str, str] | None:
        found: tuple[str, str] | None = self._all().insights.answers.find(shop, question, product_id, now)
        return found

    async def close(self) -> None:
        if self._product is not None:
            await self._product.stop()


async def serve(reader: asyncio.StreamReader, answers: int) -> None:
    """The other end: do what is asked until the input ends. `answers` is the file that answers are written to."""
    settings = Settings.model_validate_json(await reader.readline())
    db, later, clock = Database(settings.url), Later(settings), SystemClock()
    profile = formulas_of(settings.home), calendar_of(settings.home)
    figures = Figures(db, clock, later, later, *profile, over_http(settings.clickhouse_url))
    figures.roll_up.yield_to_others()
    running: set[asyncio.Task[None]] = set()

    async def do(ask: Ask) -> None:
        try:
            told = Told(ask.id, await figures.do(ask.what, ask.shop, ask.within_s))
        except Exception as error:
            _log.exception("figures_beside_failed", what=ask.what, shop=ask.shop)
            told = Told(ask.id, error=f"{type(error).__name__}: {error}"[:500])
        with contextlib.suppress(BrokenPipeError):
            os.write(answers, msgspec.json.encode(told) + b"\n")

    while line := await reader.readline():
        task = asyncio.create_task(do(msgspec.json.decode(line, type=Ask)))
        running.add(task)
        task.add_done_callback(running.discard)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await later.close()
    await db.close()


async def _main() -> None:
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever prints must not print into the answers
    set_up_logging()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await serve(reader, answers)


if __name__ == "__main__":
    asyncio.run(_main())
