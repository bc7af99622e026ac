"""A small HTTP load generator: keep-alive connections, raw sockets, latencies, and the server's processor time.

It sends only to loopback, a bounded number of requests, and stops by itself.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec


@dataclass(frozen=True)
class Outcome:
    """What a run gave: requests per second, processor milliseconds of the server per request, latencies, failures."""

    per_second: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    failed: int


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def press(port: int, pid: int, path: str, bodies: Sequence[dict[str, object]], connections: int) -> Outcome:
    """POST every body over `connections` connections and measure."""
    requests = iter([_request(path, body) for body in bodies])
    latencies: list[float] = []
    failed = 0

    async def worker() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            started = time.perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")
            size = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(size)
            latencies.append((time.perf_counter() - started) * 1000)
            failed += not answer.startswith(b"HTTP/1.1 200")
        writer.close()

    used, started = cpu_s(pid), time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    took, used = time.perf_counter() - started, cpu_s(pid) - used
    latencies.sort()
    return Outcome(
        len(latencies) / took,
        used / len(latencies) * 1000,
        latencies[len(latencies) // 2],
        latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))],
        failed,
    )


def _request(path: str, body: dict[str, object]) -> bytes:
    raw = msgspec.json.encode(body)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bench\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw
