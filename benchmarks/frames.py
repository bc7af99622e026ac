"""How smoothly the workbench scrolls with 200 open conversations and 5,000 messages in one (`benchmarks/frames.py`).

A real server and a Chromium without a window (`XIAOER_CHROMIUM` names it; the pages must have been built). Each part
moves something every frame for some seconds and notes the time between frames: at 60 a second that is 16.7 ms.
"""

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Page, sync_playwright

from xiaoer.app.wiring import Wiring
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.shops.types import Role

TALKS, MESSAGES, FRAMES = 200, 5_000, 300
PASSWORD, KEY = "frames-bench", "frames-bench"
LINES = (
    "在吗",
    "这件大衣 170 能穿吗？我平时穿 L，有点怕肩宽不合适，麻烦帮我看看尺码表",
    "好的谢谢",
    "什么时候发货呀",
    "嗯嗯",
)
CHROMIUM = os.environ.get("XIAOER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
MOVE = """
async ([selector, step, frames]) => {
  const element = document.querySelector(selector), deltas = [], long = []
  const note = (list) => long.push(...list.getEntries().map((entry) => entry.duration))
  new PerformanceObserver(note).observe({ entryTypes: ['longtask'] })
  let way = step
  await new Promise((done) => {
    let last = 0
    const tick = (now) => {
      if (last) deltas.push(now - last)
      last = now
      if (deltas.length >= frames) return done()
      if (element) {
        const end = element.scrollHeight - element.clientHeight
        if (element.scrollTop + way < 0 || element.scrollTop + way > end) way = -way
        element.scrollTop += way
      }
      requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  return { deltas, long, drawn: element ? element.querySelectorAll('*').length : 0 }
}
"""


async def seed(settings: Settings) -> str:
    """The shop with its talks; returns the long one."""
    product = Wiring(settings)
    await product.shops.ensure_shop(DEFAULT_SHOP, "压测店")
    lin = await product.shops.add_staff(DEFAULT_SHOP, "lin", "小林", Role.AGENT, PASSWORD)
    start = product.clock.now() - timedelta(days=2)

    def talk(connection: Any, number: int) -> str:
        incoming = Incoming(BuyerId(f"b{number}"), "web", TextContent("在吗"))
        taken = conversations.receive(connection, DEFAULT_SHOP, incoming, start, timedelta(days=3))
        owners.assign(connection, DEFAULT_SHOP, taken.conversation.id, lin.id, lin.name, start)
        return str(taken.conversation.id)

    ids = await product.db.write(lambda c: [talk(c, number) for number in range(TALKS)])

    def fill(connection: Any, first: int) -> None:
        for number in range(first, first + 500):
            author, at = ("buyer", "agent", "agent")[number % 3], start + timedelta(seconds=number * 30)
            parts = [ReplyPart(TextContent(LINES[number % len(LINES)]), LINES[number % len(LINES)])]
            conversations.say(connection, DEFAULT_SHOP, ids[0], author, lin.name, parts, at)  # type: ignore[arg-type]

    for first in range(0, MESSAGES, 500):
        await product.db.write(lambda c, first=first: fill(c, first))  # type: ignore[misc]
    await product.stop()
    return ids[0]


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-c", "from xiaoer.app.cli import main; main()", "serve", "--port", str(port)]
    environment = {**os.environ, "XIAOER_HOME": str(settings.home), "XIAOER_API_KEY": KEY}
    with (settings.home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        with httpx2.Client(transport=httpx2.HTTPTransport(retries=8), timeout=60) as client:
            client.get(f"http://127.0.0.1:{port}/readyz").raise_for_status()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def buyers_write(url: str, every_s: float) -> Iterator[None]:
    """Buyers of the list write, one after the other."""
    stop = threading.Event()

    def work() -> None:
        with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}, timeout=20) as client:
            number = 0
            while not stop.wait(every_s):
                number += 1
                body = {
                    "channel": "web",
                    "buyer_id": f"b{number % 20}",
                    "content": {"type": "text", "text": f"第{number}句"},
                }
                client.post("/api/v1/messages", json=body)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def measure(page: Page, name: str, selector: str, step: int) -> None:
    found = page.evaluate(MOVE, [selector, step, FRAMES])
    deltas = sorted(found["deltas"])
    late = sum(delta > 25 for delta in deltas)
    print(
        f"{name}: {1000 / statistics.fmean(deltas):.0f} frames a second, p50 {deltas[len(deltas) // 2]:.1f} ms, "
        f"p99 {deltas[int(len(deltas) * 0.99)]:.1f} ms, {late} of {len(deltas)} late, "
        f"long tasks {len(found['long'])} (longest {max(found['long'], default=0):.0f} ms), {found['drawn']} elements"
    )


def run(url: str, talk: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai")
        page.goto(f"{url}/workbench/login")
        page.get_by_label("账号").fill("lin")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.get_by_role("region", name="会话列表").wait_for()
        page.wait_for_timeout(1_500)
        measure(page, "nothing moves", "none", 0)
        measure(page, "list of 200 talks", ".virtual", 30)
        page.goto(f"{url}/workbench/c/{talk}")
        page.get_by_role("log").locator(".line").first.wait_for()
        print(f"the long talk shows after {page.evaluate('performance.now()'):.0f} ms")  # from the address on
        page.wait_for_timeout(1_500)
        parts: tuple[Callable[[], None], ...] = (
            lambda: measure(page, "5,000 messages", "[role=log]", -80),
            lambda: measure(page, "5,000 messages, fast", "[role=log]", -2_000),
        )
        for part in parts:
            part()
        with buyers_write(url, 0.1):
            measure(page, "5,000 messages while buyers write", "[role=log]", -80)
            measure(page, "list while buyers write", ".virtual", 30)
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        upgrade(settings.url)
        talk = asyncio.run(seed(settings))
        with served(settings) as url:
            run(url, talk)
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
