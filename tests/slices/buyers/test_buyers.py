"""Buyers are found by id and by the end of their phone number, in their own shop."""

from datetime import UTC, datetime

import pytest

from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Buyer
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.ports import CustomerSource
from xiaoer.slices.buyers.rules import read_phone_ending
from xiaoer.slices.buyers.service import EmbeddedBuyers
from xiaoer.slices.buyers.store import BuyerSink

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)


async def test_buyers_are_found_by_id_and_phone_ending(db: Database, shop: ShopId) -> None:
    fish = Buyer("b1", "小鱼", "金卡", ("老客",), "13800008000", NOW)
    hidden = Buyer("b2", phone="138****8000#")
    await db.write(lambda c: BuyerSink().upsert(c, shop, [(fish, "h"), (hidden, "h")], NOW))
    source: CustomerSource = EmbeddedBuyers(db)
    assert await source.buyer(shop, "b1") == fish
    assert await source.buyer(ShopId("other"), "b1") is None
    assert await source.buyers_by_phone_ending(shop, "8000") == (fish,)
    for ending in ("8001", "", "000", "000#"):
        assert await source.buyers_by_phone_ending(shop, ending) == ()


@pytest.mark.parametrize(
    ("phone", "ending"),
    [("13800008000", "8000"), ("", ""), ("123", ""), ("138****8000", "8000"), ("1380000800X", "")],
)
def test_the_ending_is_four_digits_or_nothing(phone: str, ending: str) -> None:
    assert read_phone_ending(phone) == ending
