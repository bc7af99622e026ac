"""Engine time per message on one core: understanding, deciding, retrieval, composing, with 1k, 10k and 100k entries.

    python benchmarks/engine.py [sizes...]

No HTTP and no writes: the turn is built in memory. The intents of the entries are read beforehand (`ahead`), as the
server does a few at a time while it serves, and the collector is settled as after its start. Times are of the
processor, because a clock also counts what the machine does besides; what understanding takes is part of the whole and
told apart. The ratio is to a bare JSON decode and encode of the same message in the same run. Each size has a process
of its own: in one, the later sizes would find every text remembered from the first.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from corpus import entries, utterances

from xiaoer.app.server import settle_memory
from xiaoer.app.wiring import Wiring
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId, ConversationId, MessageId
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.policies.api import decide, look_again
from xiaoer.slices.policies.types import Situation
from xiaoer.slices.replies.api import compose

_ROUNDS = 3_000


async def measure(size: int, folder: Path) -> str:
    """Measure one size; return its line of the table."""
    settings = Settings(home=folder)
    upgrade(settings.url)
    product = Wiring(settings)
    await product.shops.ensure_shop(DEFAULT_SHOP, "测速店")
    data = "\n".join(json.dumps(row, ensure_ascii=False) for row in entries(size)).encode()
    await product.importer.import_file(DEFAULT_SHOP, data, name="knowledge.jsonl")
    started = time.process_time()
    await product.knowledge.ensure_loaded(DEFAULT_SHOP)
    loaded = time.process_time() - started
    started = time.process_time()
    product.knowledge.read_ahead(size)
    ahead = time.process_time() - started
    settle_memory()  # as a server process does after its start
    whole, heard_in, bare = [], [], []
    now = datetime.now(UTC)
    for number, text in enumerate((utterances() * 2)[: _ROUNDS + 200]):
        message = BuyerMessage(MessageId(f"m{number}"), TextContent(text), now)
        turn = Turn(DEFAULT_SHOP, ConversationId("c"), BuyerId("b"), "api", (message,))
        started = time.thread_time()
        heard = product.understanding.understand(turn)
        heard_in.append(time.thread_time() - started)
        heard = look_again(heard, turn)
        situation = Situation(turn, heard, now, product.red_lines(turn, heard))
        decision = decide(situation)
        if decision.needs:
            facts = await product.answering.gather(turn, heard, decision.needs, now)
            decision = decide(situation, facts)
        compose(decision, product.templates, now, "c")
        whole.append(time.thread_time() - started)
        started = time.thread_time()
        json.loads(json.dumps({"text": text, "buyer_id": "b", "channel": "api"}))
        bare.append(time.thread_time() - started)
    await product.stop()
    whole, heard_in, bare = sorted(whole[200:]), sorted(heard_in[200:]), sorted(bare[200:])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    half, most = len(whole) // 2, int(len(whole) * 0.99)
    return (
        f"{size:>7} {loaded:>8.2f} {ahead:>8.2f} {whole[half] * 1e3:>8.3f} {whole[most] * 1e3:>8.3f}"
        f" {heard_in[half] * 1e3:>11.3f} {whole[half] / bare[half]:>17.0f} {memory:>13.0f}"
    )


def measured(size: int) -> str:
    """One size, over a new database."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(size, Path(folder)))


def main() -> None:
    """Measure each size in turn."""
    read = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000], help="entries of the shop")
    sizes = read.parse_args().sizes
    os.environ.setdefault("XIAOER_LOG_LEVEL", "error")
    print("entries   load s  ahead s   p50 ms   p99 ms   understand   p50 / bare JSON   resident MB", flush=True)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as alone:
        for line in alone.map(measured, sizes):
            print(line, flush=True)


if __name__ == "__main__":
    main()
