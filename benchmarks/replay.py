"""Replay before publish: how long 10,000 past messages take on one core.

    python benchmarks/replay.py [MESSAGES] [ENTRIES]

Real-looking talks are made from the pack's own utterances, kept as imported conversations, and answered twice: by a
shop with ENTRIES entries, and by the same shop with ten of them changed.
"""

import asyncio
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from msgspec import structs
from rich.console import Console

from xiaoer.app.demo.start import prepare_demo
from xiaoer.app.server import settle_memory
from xiaoer.app.wiring import Wiring
from xiaoer.flows.replay_changes.replay import Proposal, ProposedEntry
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.conversations import past
from xiaoer.slices.conversations.past import PastLine
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.understanding.pack import read_utterances

_TALK = 4  # messages of a buyer in one talk
_CHANGED = 10


async def main(messages: int, entries: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), demo=True, log_level="error")
        upgrade(settings.url)
        await prepare_demo(settings, Console(quiet=True))
        product = Wiring(settings)
        texts = sorted({row.text for row in read_utterances()})
        chosen = random.Random(1).choices(texts, k=messages)
        now = product.clock.now()
        lines = [
            PastLine(
                f"{n}-{side}", str(n // _TALK), 2 * (n % _TALK) + side + 1, now - timedelta(hours=1), f"b{n // _TALK}",
                "agent" if side else "buyer", "", "好的，请稍等" if side else text, "",
            )
            for n, text in enumerate(chosen)
            for side in (0, 1)
        ]  # fmt: skip
        for at in range(0, len(lines), 2_000):
            part = lines[at : at + 2_000]
            await product.db.write(lambda c, part=part: past.keep(c, DEFAULT_SHOP, part))
        for n in range(entries):
            await product.entries.create(
                DEFAULT_SHOP, EntryDraft(f"{texts[n * 7 % len(texts)]}（{n}）", f"答案 {n}"), "bench"
            )
        await product.knowledge.ensure_loaded(DEFAULT_SHOP)
        await product.knowledge.refresh(DEFAULT_SHOP)
        kept = [entry async for entry in product.entries.every(DEFAULT_SHOP) if entry.draft.status == "published"]
        changed = tuple(
            ProposedEntry(str(e.id), e.version, structs.replace(e.draft, answer=e.answer + "（新）"))
            for e in kept[:: max(1, len(kept) // _CHANGED)][:_CHANGED]
        )
        learning = product.learning
        begun = await learning.proposals.begin(DEFAULT_SHOP, "bench", Proposal(changed), "now", 7, "bench")
        settle_memory()  # as a server does
        began = time.process_time()
        done = await learning.replay(DEFAULT_SHOP, begun.id)
        took = time.process_time() - began
        per = took / max(1, done.messages) * 10_000
        print(
            f"replay: {done.messages} messages against {len(kept)} entries in {took:.1f} s CPU on one core, "
            f"{per:.1f} s per 10,000; {done.changed} of {done.total} turns change {done.counts}"
        )
        await product.stop()


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    asyncio.run(main(numbers[0] if numbers else 10_000, numbers[1] if len(numbers) > 1 else 0))
