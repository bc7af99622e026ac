"""A small HTTP load generator: keep-alive connections, raw sockets, latencies per request.

It sends only to loopback, a bounded number of requests, and stops by itself.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What a run gave: requests per second, latencies in milliseconds, failures."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


async def press(
    port: int, path: str, body_of: Callable[[int], dict[str, object]], total: int, connections: int
) -> Outcome:
    """POST `total` bodies over `connections` connections and measure."""
    numbers = iter(range(total))
    latencies: list[float] = []
    failed = 0

    async def worker() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            body = json.dumps(body_of(number)).encode()
            head = (
                f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bench\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            started = time.perf_counter()
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            size = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(size)
            latencies.append((time.perf_counter() - started) * 1000)
            failed += not answer.startswith(b"HTTP/1.1 200")
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    took = time.perf_counter() - started
    latencies.sort()
    return Outcome(
        len(latencies) / took,
        latencies[len(latencies) // 2],
        latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))],
        failed,
    )
