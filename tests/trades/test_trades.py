"""Shops of other trades than the sample shop (别的行当): imported as a merchant would, and asked as buyers do.

Each folder is a shop as its owner wrote it, `asked.yaml` in it what buyers say, each by a buyer of their own without
orders: words that the answer must hold (`mentions`) and must not hold (`never`). What works in the sample shop only is
a defect: no rule may know a trade that these shops are not of. `wished.yaml`: wishes, with all goods that fit each.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import yaml
from tests.scenarios.conftest import NOW

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.idgen import new_id
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId
from xiaoer.kernel.turn import TextContent
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.shops.types import Shop

_SHOPS = sorted(path.parent for path in Path(__file__).parent.glob("*/asked.yaml"))
_ASKED = [(shop.name, row) for shop in _SHOPS for row in yaml.safe_load((shop / "asked.yaml").read_text("utf-8"))]

_WISHED = [
    (shop.parent.name, row)
    for shop in sorted(Path(__file__).parent.glob("*/wished.yaml"))
    for row in yaml.safe_load(shop.read_text("utf-8"))
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trades(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Wiring]]:
    """Every shop in a home of its own; no background work runs."""
    opened = {}
    for folder in _SHOPS:
        settings = Settings(home=tmp_path_factory.mktemp(folder.name), api_key="k")
        upgrade(settings.url)
        wiring = opened[folder.name] = Wiring(settings, ManualClock(NOW))
        await wiring.shops.save_shop(DEFAULT_SHOP, Shop(DEFAULT_SHOP, folder.name, hours=BusinessHours(540, 1320)))
        runs = await wiring.importer.import_folder(DEFAULT_SHOP, folder, by="test")
        assert all(run.status == "done" for run in runs if run.kind != "asked")
    yield opened
    for wiring in opened.values():
        await wiring.stop()


@pytest.mark.parametrize(("shop", "row"), _ASKED, ids=[f"{shop}: {row['say']}" for shop, row in _ASKED])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_shop_of_any_trade_answers(trades: dict[str, Wiring], shop: str, row: dict[str, Any]) -> None:
    product, said = trades[shop], row["say"]
    incoming = Incoming(BuyerId(new_id()), "api", TextContent(said))
    answer: dict[str, Any] = msgspec.json.decode(await product.take_message(DEFAULT_SHOP, incoming))
    text = "\n".join(part["text"] for part in answer["replies"])
    for word in row.get("mentions", ()):
        assert str(word) in text, f"{word!r} is missing of {said}:\n{text}"
    for word in (*row.get("never", ()), "订单号", "None"):
        assert str(word) not in text, f"{word!r} must not be said of {said}:\n{text}"


@pytest.mark.parametrize(("shop", "row"), _WISHED, ids=[f"{shop}: {row['say']}" for shop, row in _WISHED])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_wish_is_shown_what_fits_and_nothing_else(
    trades: dict[str, Wiring], shop: str, row: dict[str, Any]
) -> None:
    incoming = Incoming(BuyerId(new_id()), "api", TextContent(row["say"]))
    answer: dict[str, Any] = msgspec.json.decode(await trades[shop].take_message(DEFAULT_SHOP, incoming))
    cards = [part["content"] for part in answer["replies"]]
    shown = {card["product_id"] for card in cards if card["type"] == "product_card"}
    assert shown <= set(row["fit"]) and bool(shown) == bool(row["fit"])
