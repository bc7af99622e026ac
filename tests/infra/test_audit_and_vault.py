"""The audit is append-only and per shop; sealed secrets open only where they belong."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from xiaoer.infra import audit
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.infra.vault import SealBroken, Vault
from xiaoer.kernel.ids import ShopId


@pytest.fixture
async def db(new_url: Callable[[], str]) -> AsyncIterator[Database]:
    database = Database(new_url())
    with database.transaction() as connection:
        audit.audit.create(connection)
    yield database
    await database.close()


async def test_lines_come_newest_first_and_only_the_shop_s_own(db: Database, clock: ManualClock, shop: ShopId) -> None:
    for n in range(5):
        clock.advance(timedelta(seconds=1))
        await db.write(lambda c, n=n: audit.record(c, shop, "王店长", "coupon.issue", f"c{n}", clock.now(), n=n))
    await db.write(lambda c: audit.record(c, ShopId("other"), "李", "coupon.issue", "x", clock.now()))
    seen = await db.read(lambda c: audit.page(c, shop, limit=3))
    rest = await db.read(lambda c: audit.page(c, shop, before=seen[-1].id))
    assert sorted(line.thing for line in (*seen, *rest)) == [f"c{n}" for n in range(5)]
    assert await db.read(lambda c: audit.page(c, shop, action="refund.")) == []


def test_a_sealed_text_opens_in_its_own_place_only() -> None:
    vault = Vault("a secret of the installation")
    sealed = vault.seal(ShopId("s1"), "system:1", "密钥")
    assert "密钥" not in sealed
    assert vault.open(ShopId("s1"), "system:1", sealed) == "密钥"
    for shop, place, text in (("s2", "system:1", sealed), ("s1", "system:2", sealed), ("s1", "system:1", "v1.AAAA")):
        with pytest.raises(SealBroken):
            vault.open(ShopId(shop), place, text)
    with pytest.raises(SealBroken):
        Vault("another").open(ShopId("s1"), "system:1", sealed)
