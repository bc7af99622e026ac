"""Insight on real dialogues: import, every page, satisfaction against raters, unresolved talks, hand-over summaries.

    python benchmarks/dialogues.py FOLDER

FOLDER holds `weibo_helpdesk.jsonl`, `jddc_annotated.jsonl`, `csds_summary.jsonl` (any of them). Dialogues become a
file of the `dialogues` kind and go through the product's importer; nothing is trained here or shipped from here.
"""

import asyncio
import csv
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from xiaoer.app.insights import Choice
from xiaoer.app.wiring import running
from xiaoer.flows.show_insights.pages import PAGES
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.conversations.past import conversation_id_of
from xiaoer.slices.insights import store
from xiaoer.slices.insights.reviews import rank_correlation
from xiaoer.slices.insights.rules.feelings import is_settled
from xiaoer.slices.insights.types import Talk

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.open(encoding="utf-8")] if path.exists() else []


def lines_of(weibo: list[dict[str, Any]], jd: list[dict[str, Any]]) -> list[tuple[str, str, str, str, str, str]]:
    """(id, at, buyer, author, agent, text), three talks an hour, half a minute between lines."""
    talks: list[tuple[str, list[tuple[str, str]]]] = []
    for row in weibo:
        said = [(turn["role"], text) for turn in row["turns"] for text in turn["messages"]]
        talks.append((row["id"], said))
    for row in jd:
        said = []
        for turn in row["turns"]:
            said.append(("customer", turn["user"]))
            if turn["agent"]:
                said.append(("agent", turn["agent"]))
        talks.append((row["id"], said))
    out = []
    for number, (id_, said) in enumerate(talks):
        at = START + timedelta(minutes=20 * number)
        for role, text in said:
            author, agent = ("buyer", "") if role == "customer" else ("agent", f"客服{number % 5 + 1}")
            if text.strip():
                out.append((id_, at.isoformat(), f"buyer-{id_}", author, agent, text))
            at += timedelta(seconds=30)
    return out


async def imported(folder: Path, home: Path) -> dict[str, Talk]:
    """Import, roll up, open every page; return the talks by dialogue id."""
    weibo, jd = rows_of(folder / "weibo_helpdesk.jsonl"), rows_of(folder / "jddc_annotated.jsonl")
    settings = Settings(home=home)
    upgrade(settings.url)
    path = home / "dialogues.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "at", "buyer_id", "author", "agent", "text"))
        writer.writerows(lines_of(weibo, jd))
    async with running(settings) as product:
        await product.shops.ensure_shop(DEFAULT_SHOP, "评测")
        began = time.process_time()
        run = await product.importer.import_file(DEFAULT_SHOP, path)
        print(f"imported {run.added} lines, refused {run.refused}: {time.process_time() - began:.1f} s CPU")
        began = time.process_time()
        counted = await product.insights.roll_up(DEFAULT_SHOP)
        print(f"understood and counted {counted} talks: {time.process_time() - began:.1f} s CPU")
        last = (START + timedelta(minutes=20 * (len(weibo) + len(jd)))).date().isoformat()
        for name in PAGES:
            began = time.process_time()
            page = await product.insights.page(DEFAULT_SHOP, name, Choice("2026-03-01", last))
            print(f"  {name:14} {1000 * (time.process_time() - began):6.0f} ms  {page.finding}")
        ids = {conversation_id_of(row["id"]): row["id"] for row in [*weibo, *jd]}
        units = await product.db.read(lambda c: store.get_units(c, DEFAULT_SHOP, "talk", list(ids)))
    return {ids[id_]: unit.facts for id_, unit in units.items()}


def f1(pairs: list[tuple[bool, bool]]) -> str:
    """Precision, recall and F1 of (predicted, true)."""
    hit = sum(p and t for p, t in pairs)
    precision = hit / max(1, sum(p for p, _ in pairs))
    recall = hit / max(1, sum(t for _, t in pairs))
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def satisfaction(folder: Path, talks: dict[str, Talk]) -> None:
    """The estimate against the mean of the raters, unresolved talks against theirs."""
    from xiaoer.slices.insights.rules.feelings import estimate

    weibo = [row for row in rows_of(folder / "weibo_helpdesk.jsonl") if row["id"] in talks]
    if weibo:
        pairs = [(estimate(talks[row["id"]]), row["satisfaction_mean"]) for row in weibo]
        print(f"weibo_helpdesk: satisfaction, Spearman {rank_correlation(pairs)} with the raters (n {len(pairs)})")
        half = [(estimate(talks[row["id"]]), row["accomplished_mean"]) for row in weibo]
        print(f"weibo_helpdesk: the same against task accomplished {rank_correlation(half)}")
        unresolved = [(not is_settled(talks[row["id"]]), row["accomplished_mean"] < 0) for row in weibo]
        share = statistics.mean(t for _, t in unresolved)
        print(f"weibo_helpdesk: unresolved ({share:.0%} of talks) {f1(unresolved)}")
        print(f"weibo_helpdesk: all called unresolved             {f1([(True, t) for _, t in unresolved])}")
    jd = [row for row in rows_of(folder / "jddc_annotated.jsonl") if row["id"] in talks]
    if jd:
        order = {"negative": -1, "neutral": 0, "positive": 1}
        pairs = [(estimate(talks[row["id"]]), order[row["overall_satisfaction"]]) for row in jd]
        print(f"jddc_annotated: satisfaction, Spearman {rank_correlation(pairs)} (n {len(pairs)})")
        bad = [(not is_settled(talks[row["id"]]), row["overall_satisfaction"] == "negative") for row in jd]
        print(f"jddc_annotated: unhappy talks {f1(bad)}")


def main() -> None:
    """Run all parts on the folder."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="xiaoer-dialogues-") as home:
        talks = asyncio.run(imported(folder, Path(home)))
    satisfaction(folder, talks)


if __name__ == "__main__":
    main()
