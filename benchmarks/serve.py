"""Messages per second over HTTP on SQLite, next to a bare echo service with the same commit; idle widgets; start-up.

    python benchmarks/serve.py [messages]

The server runs in one process; the load comes from another over loopback.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websockets
from corpus import utterances
from load import Outcome, press

_HERE = Path(__file__).resolve().parent
_WIDGETS = 3_000


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


@contextmanager
def served(command: list[str], port: int, path: str) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run a server until it answers at `path`; yield it with its start-up time in seconds."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=_HERE, stdout=subprocess.DEVNULL)
    try:
        for _ in range(3_000):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).read()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.02)
        yield process, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


async def _widgets(port: int, count: int) -> int:
    """Open idle widget connections; return how many answered with a hello."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/widget/sessions", b"{}", {"Content-Type": "application/json"}
    )
    lines = []
    for start in range(0, count, 100):
        tokens = [json.load(urllib.request.urlopen(request))["token"] for _ in range(min(100, count - start))]
        lines += await asyncio.gather(
            *(websockets.connect(f"ws://127.0.0.1:{port}/api/v1/widget/ws?token={t}", open_timeout=60) for t in tokens)
        )
    hellos = 0
    for line in lines:
        hellos += json.loads(await line.recv())["type"] == "hello"
    held.extend(lines)
    return hellos


held: list[object] = []


def _show(name: str, outcome: Outcome) -> None:
    print(
        f"{name:<28}{outcome.per_second:>9.0f}/s   p50 {outcome.p50_ms:>7.1f} ms   p99 {outcome.p99_ms:>7.1f} ms"
        f"   failed {outcome.failed}",
        flush=True,
    )


def main() -> None:
    """Measure in turn: echo, Xiaoer, widgets."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 8_000
    texts = utterances()

    def body(number: int) -> dict[str, object]:
        return {
            "channel": "api",
            "buyer_id": f"bench-{number % 2000}",
            "message_id": f"m-{number}",
            "content": {"type": "text", "text": texts[number % len(texts)]},
        }

    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XIAOER_HOME=folder, XIAOER_API_KEY="bench", XIAOER_LOG_LEVEL="error")
        port = _port()
        uvicorn = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--log-level", "error", "--no-access-log"]
        with served([*uvicorn, "echo:app", "--port", str(port)], port, "/none"):
            echo = asyncio.run(press(port, "/echo", body, total, 32))
        _show("echo with the same commit", echo)
        port = _port()
        command = [sys.executable, "-m", "xiaoer.app.cli", "demo", "--port", str(port)]
        with served(command, port, "/healthz") as (_, first):
            print(f"{'first start with the shop':<28}{first:>9.1f} s")
        with served(command, port, "/healthz") as (process, again):
            print(f"{'start again':<28}{again:>9.1f} s")
            print(f"{'resident, sample shop':<28}{_resident_mb(process.pid):>9.0f} MB")
            asyncio.run(press(port, "/api/v1/messages", body, 500, 8))
            ours = asyncio.run(press(port, "/api/v1/messages", lambda n: body(n + 1_000_000), total, 32))
            _show("POST /api/v1/messages", ours)
            print(f"{'ratio to echo':<28}{ours.per_second / echo.per_second:>9.2f}")
            before = _resident_mb(process.pid)
            hellos = asyncio.run(_widgets(port, _WIDGETS))
            after = _resident_mb(process.pid)
            print(f"{'idle widgets':<28}{hellos:>9}     {before:.0f} -> {after:.0f} MB")


if __name__ == "__main__":
    main()
