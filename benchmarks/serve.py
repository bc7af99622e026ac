"""Messages per second over HTTP on SQLite, next to a bare echo service with the same commit; idle widgets; start-up;
memory; and how soon a knowledge change is live in two workers.

    python benchmarks/serve.py [messages]

The server is one process, so it has one core; the load comes from another over loopback, 32 messages at a time, as
`talks` mixes them (see there for what is asked and how much is handed over). Four people are at the desk with room for
fifty talks each; whoever comes later waits in the queue, as on a busy evening. Background work (queue, roll-ups,
sweeps) goes on meanwhile and is part of the figure.

Seconds by the clock depend on what else the machine does; the processor time per message, and the ratio to the echo
service of the same run, hardly do. `a core-second` is what one undisturbed core would take.
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
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import websockets
from load import Outcome, cpu_s, press
from talks import talks

from xiaoer.infra.crypto import sign_token
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP

_HERE = Path(__file__).resolve().parent
_WIDGETS = 3_000
_PEOPLE = (("owner", "xiaoer-owner"), ("operator", "xiaoer-operator"), ("supervisor", "xiaoer-supervisor"),
           ("agent", "xiaoer-agent"))  # fmt: skip
_LOOKS = 40  # searches in a row, over new connections, that must find a change before it counts as live everywhere


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def _call(port: int, method: str, path: str, body: dict[str, Any], token: str = "bench") -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    url = f"http://127.0.0.1:{port}/api/v1/{path}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@contextmanager
def served(command: list[str], port: int, path: str) -> Iterator[tuple[subprocess.Popen[bytes], float, float]]:
    """Run a server until it answers at `path`; yield it with the seconds it took, by the clock and of the processor."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=_HERE, stdout=subprocess.DEVNULL)
    try:
        for _ in range(6_000):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).read()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.02)
        yield process, time.perf_counter() - started, cpu_s(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


async def _hold(addresses: list[str]) -> list[Any]:
    """Open WebSockets, a hundred at a time."""
    lines: list[Any] = []
    for start in range(0, len(addresses), 100):
        part = addresses[start : start + 100]
        lines += await asyncio.gather(*(websockets.connect(a, open_timeout=120, compression=None) for a in part))
    return lines


async def _idle(pid: int, addresses: list[str]) -> tuple[int, float, float]:
    """Hold WebSockets; return how many said something, and the server's megabytes before and after."""
    before = _resident_mb(pid)
    lines = await _hold(addresses)
    spoke = 0
    for line in lines:
        spoke += bool(await asyncio.wait_for(line.recv(), 60))
    after = _resident_mb(pid)
    for line in lines:
        line.transport.abort()
    return spoke, before, after


def _visits(port: int, count: int) -> list[str]:
    """Addresses of widgets, with tokens as the server signs them."""
    key, now = Settings().secret_key, datetime.now(UTC)
    claims = [{"shop": DEFAULT_SHOP, "sub": f"v-idle-{number}", "v": 0, "c": {}} for number in range(count)]
    return [
        f"ws://127.0.0.1:{port}/api/v1/widget/ws?token={sign_token(key, 'visitor', c, now, 86_400)}" for c in claims
    ]


def _open_desk(port: int) -> None:
    """Everybody logs in and comes online."""
    for name, password in _PEOPLE:
        entry = _call(port, "POST", "auth/login", {"username": name, "password": password})
        _call(port, "PUT", "desk/me", {"status": "online", "capacity": 50}, entry["access_token"])


def _live_after(port: int) -> float:
    """Seconds from the answer to a knowledge change until every worker finds it."""
    owner = _call(port, "POST", "auth/login", {"username": "owner", "password": "xiaoer-owner"})["access_token"]
    question = "紫霄琉璃盏能不能进洗碗机"
    entry = {"question": question, "answer": "可以，上层六十度以内。", "similar": [], "status": "published"}
    made = _call(port, "POST", "knowledge", entry, owner)["id"]
    changed, missed = time.perf_counter(), 0.0
    found = 0
    while found < _LOOKS and time.perf_counter() - changed < 30:
        hits = _call(port, "POST", "knowledge/search", {"queries": [question]})["results"][0]["hits"]
        found = found + 1 if hits and hits[0]["id"] == made else 0
        if not found:
            missed = time.perf_counter() - changed
    return missed


def _show(name: str, outcome: Outcome) -> None:
    print(
        f"{name:<32}{outcome.per_second:>7.0f}/s by the clock, {1000 / outcome.cpu_ms:>6.0f} a core-second"
        f"   p50 {outcome.p50_ms:.0f} ms   p99 {outcome.p99_ms:.0f} ms   failed {outcome.failed}",
        flush=True,
    )


def _line(name: str, text: str) -> None:
    print(f"{name:<32}{text}", flush=True)


def main() -> None:
    """Measure in turn: echo, Xiaoer with its start, widgets, two workers."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    warm, load = talks(500, 1), talks(total, 2)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(XIAOER_HOME=folder, XIAOER_API_KEY="bench", XIAOER_LOG_LEVEL="error")
        port = _port()
        uvicorn = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--log-level", "error", "--no-access-log"]
        uvicorn += ["--ws", "websockets-sansio"]
        with served([*uvicorn, "echo:app", "--port", str(port)], port, "/none") as (process, _, _):
            asyncio.run(press(port, process.pid, "/echo", warm, 32))
            echo = asyncio.run(press(port, process.pid, "/echo", load, 32))
            _, before, after = asyncio.run(_idle(process.pid, [f"ws://127.0.0.1:{port}/idle"] * _WIDGETS))
        bare_kb = (after - before) * 1024 / _WIDGETS
        _show("echo with the same commit", echo)
        port = _port()
        command = [sys.executable, "-m", "xiaoer.app.cli", "demo", "--port", str(port)]
        with served(command, port, "/healthz") as (_, took, used):
            _line("first start with the shop", f"{took:>7.1f} s, {used:.1f} s of the processor")
        with served(command, port, "/healthz") as (process, took, used):
            _line("start again", f"{took:>7.1f} s, {used:.1f} s of the processor")
            _line("resident, sample shop", f"{_resident_mb(process.pid):>7.0f} MB")
            _open_desk(port)
            asyncio.run(press(port, process.pid, "/api/v1/messages", warm, 8))
            ours = asyncio.run(press(port, process.pid, "/api/v1/messages", load, 32))
            _show("POST /api/v1/messages", ours)
            _line("ratio to echo", f"{echo.cpu_ms / ours.cpu_ms:>7.2f} by processor time")
        with served(command, port, "/healthz") as (process, _, _):
            spoke, before, after = asyncio.run(_idle(process.pid, _visits(port, _WIDGETS)))
            each = (after - before) * 1024 / _WIDGETS
            _line(
                "idle widgets",
                f"{spoke:>7} held, {before:.0f} -> {after:.0f} MB; {each:.0f} kB each, bare {bare_kb:.0f}",
            )
        command = [sys.executable, "-m", "xiaoer.app.cli", "serve", "--port", str(port), "--workers", "2"]
        with served(command, port, "/healthz"):
            _live_after(port)  # both workers have loaded the shop
            _line("knowledge change, two workers", f"{_live_after(port):>7.2f} s until live in both")


if __name__ == "__main__":
    main()
