"""50 agents, 2,000 open conversations: how long from a message to every workbench (`python -m benchmarks.desk`).

One process, SQLite, no sockets: each workbench is the product's own `Line` with a socket that only notes when the
message arrived, so that what is measured is everything but the wire: receive, decide, save, feed, rows, JSON.
"""

import asyncio
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from xiaoer.app.entrypoints.desk_live import Line
from xiaoer.app.wiring import Wiring
from xiaoer.infra.idgen import new_id
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.shops.types import Principal, Role

AGENTS, TALKS, MESSAGES, RATE = 50, 2_000, 300, 20
SHOP = ShopId("bench")


class Arrivals:
    """Tells when every workbench has seen the words that are waited for."""

    def __init__(self) -> None:
        self.waited_for: dict[str, tuple[set[int], asyncio.Event]] = {}

    def expect(self, words: str, count: int) -> asyncio.Event:
        event = asyncio.Event()
        self.waited_for[words] = (set(range(count)), event)
        return event

    def see(self, socket: int, text: str) -> None:
        for words, (left, event) in tuple(self.waited_for.items()):
            if socket in left and words in text:
                left.discard(socket)
                if not left:
                    del self.waited_for[words]
                    event.set()


class Socket:
    """One workbench's end of the line."""

    def __init__(self, arrivals: Arrivals, number: int) -> None:
        self._arrivals, self._number = arrivals, number
        self.opened = asyncio.Event()

    async def send_text(self, text: str) -> None:
        if not self.opened.is_set() and '"snapshot"' in text:
            self.opened.set()
        if '"conversation.changed"' in text:
            self._arrivals.see(self._number, text)

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(3_600)
        return {"type": "websocket.disconnect"}


async def log_in(product: Wiring, number: int) -> Principal:
    await product.shops.add_staff(SHOP, f"a{number}", f"坐席{number}", Role.AGENT, "desk-bench")
    pair = await product.shops.log_in(SHOP, f"a{number}", "desk-bench")
    return await product.shops.staff_principal(pair.access_token)


async def run(home: Path) -> None:
    settings = Settings(home=home, secret="s" * 32)
    upgrade(settings.url)
    product = Wiring(settings)
    await product.shops.ensure_shop(SHOP, "压测店")
    staff = [await log_in(product, n) for n in range(AGENTS)]
    for who in staff:
        await product.desk.agents.change(who, {"status": "online", "capacity": 50})

    def seed(connection: Any, first: int) -> None:
        now = product.clock.now()
        for number in range(first, first + 200):
            incoming = Incoming(BuyerId(f"b{number}"), "web", TextContent("在吗"))
            taken = conversations.receive(connection, SHOP, incoming, now, settings_idle)
            who = staff[number % AGENTS]
            owners.assign(connection, SHOP, taken.conversation.id, who.staff_id, who.name, now)

    settings_idle = timedelta(minutes=30)
    for first in range(0, TALKS, 200):
        await product.db.write(lambda c, first=first: seed(c, first))  # type: ignore[misc]
    feed = product.spawn(product.desk.feed.work())
    arrivals = Arrivals()
    sockets = [Socket(arrivals, number) for number in range(AGENTS)]
    lines = [
        asyncio.create_task(Line(socket, product, who).run(""))  # type: ignore[arg-type]
        for socket, who in zip(sockets, staff, strict=True)
    ]
    for each in sockets:
        await each.opened.wait()

    async def write(number: int) -> tuple[float, BuyerId]:
        """One message; the seconds until the last workbench shows it."""
        words = f"什么时候发货 {new_id()}"
        arrived = arrivals.expect(words, AGENTS)
        sent = time.perf_counter()
        incoming = Incoming(BuyerId(f"b{number * 7 % TALKS}"), "web", TextContent(words))
        await product.take_message(SHOP, incoming)
        product.desk.feed.ring(SHOP)
        async with asyncio.timeout(10):
            await arrived.wait()
        return time.perf_counter() - sent, incoming.buyer_id

    waits: list[float] = []
    helps: list[float] = []
    began_cpu = time.process_time()
    for number in range(MESSAGES):
        wait, buyer_id = await write(number)
        waits.append(wait)
        talk = await product.db.read(lambda c, b=buyer_id: conversations.find_open(c, SHOP, "web", b))  # type: ignore[misc]
        assert talk is not None
        asked = time.perf_counter()
        found = await product.desk.suggest(staff[0], talk.id)
        assert found.items
        helps.append(time.perf_counter() - asked)
    cpu = (time.process_time() - began_cpu) / MESSAGES
    writing = []
    for number in range(MESSAGES):
        writing.append(asyncio.create_task(write(number)))
        await asyncio.sleep(1 / RATE)
    busy = sorted(wait for wait, _ in await asyncio.gather(*writing))
    waits.sort()
    helps.sort()
    for task in (*lines, feed):
        task.cancel()
    await asyncio.gather(*lines, feed, return_exceptions=True)
    await product.stop()
    p50, p99 = waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000
    about = f"{AGENTS} agents, {TALKS} talks: message to the last workbench"
    print(f"{about} p50 {p50:.0f} ms, p99 {p99:.0f} ms, CPU {cpu * 1000:.1f} ms a message")
    b50, b99 = busy[len(busy) // 2] * 1000, busy[int(len(busy) * 0.99)] * 1000
    print(f"the same with {RATE} messages a second: p50 {b50:.0f} ms, p99 {b99:.0f} ms")
    h50, h99 = helps[len(helps) // 2] * 1000, helps[int(len(helps) * 0.99)] * 1000
    print(f"suggestions for it: p50 {h50:.1f} ms, p99 {h99:.1f} ms after it arrived there")
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(run(Path(home)))


if __name__ == "__main__":
    main()
