"""A shop of the benchmark, imported as a merchant would and asked in process."""

import argparse
import csv
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.idgen import new_id
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.shops.types import Shop

_DAY = 24 * 60


@asynccontextmanager
async def opened(shop: Path) -> AsyncIterator[Wiring]:
    """The product with one shop, open day and night; gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), api_key="k", log_level="error")
        upgrade(settings.url)
        product = Wiring(settings, SystemClock())
        await product.shops.save_shop(DEFAULT_SHOP, Shop(DEFAULT_SHOP, shop.name, hours=BusinessHours(0, _DAY)))
        await product.importer.import_folder(DEFAULT_SHOP, shop, by="benchmark")
        yield product
        await product.stop()


async def asked(product: Wiring, say: str, page: str | None = None) -> tuple[dict[str, Any], str]:
    """The answer to a new buyer's first message, and its words."""
    incoming = Incoming(BuyerId(new_id()), "api", TextContent(say), TurnContext(product_id=page))
    answer = msgspec.json.decode(await product.take_message(DEFAULT_SHOP, incoming))
    return answer, "\n".join(part.get("text", "") for part in answer["replies"])


def told_to(doc: str | None) -> tuple[str, bool]:
    """Of the command line: which set of shops, and whether what is wrong is printed."""
    read = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    read.add_argument("set", nargs="?", choices=("held", "dev"), default="held", help="shops kept apart, or our own")
    read.add_argument("--wrong", action="store_true", help="print what was answered wrongly")
    told = read.parse_args()
    return told.set, told.wrong


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a file of a shop, by their headers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def pairs(text: str) -> set[str]:
    """The pairs of letters in a text."""
    return {text[at : at + 2] for at in range(len(text) - 1)}
