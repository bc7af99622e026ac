"""Whether a changed page worked: whole days before against whole days after, beside products that nobody touched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from xiaoer.app.figures import formulas_of
from xiaoer.flows.watch_insights import WatchInsights, onset, shop_hour
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import alerts, store
from xiaoer.slices.insights.rules.around import place_talks
from xiaoer.slices.insights.rules.days import micros
from xiaoer.slices.insights.rules.measures import row_of_talk
from xiaoer.slices.insights.types import Alert, Ask, Beat, Talk

SHOP = ShopId("s")
FORMULAS = formulas_of(Path("/no/such/folder"))
_MIDNIGHT = datetime(2026, 6, 10, tzinfo=UTC) - timedelta(hours=8)  # in the shop
# asks by day: the spike begins on day 0 in the afternoon, the page is changed on day 3, now is the morning of day 6
COURSE = {
    "P1": (8, 20, 20, 15, 5, 5, 1),
    "P2": (30, 30, 30, 30, 30, 30, 4),
    "P3": (30, 30, 30, 30, 0, 0, 0),  # changed as well
    "": (30, 30, 30, 30, 0, 0, 0),  # about nobody knows which
}


class Silent:
    """Knows nothing."""

    async def ready(self, shop: ShopId) -> None: ...

    def find(self, shop: ShopId, question: str, product_id: str, now: datetime) -> None:
        return None


def at(day: float) -> datetime:
    return _MIDNIGHT + timedelta(days=day)


async def asked(db: Database) -> None:
    talks = [
        Talk(
            f"{product}-{day}-{n}", f"b{product}{day}{n}", "web", micros(at(day)) + n, product=product,
            beats=(Beat(0, "b", owner="bot"),), asks=(Ask(0, ("product.detail",), product=product, acts=("answer",)),),
        )
        for product, days in COURSE.items() for day, count in enumerate(days) for n in range(count)
    ]  # fmt: skip
    rows = [row_of_talk(talk) for talk in place_talks(talks, [])]
    await db.write(lambda c: store.put_units(c, SHOP, rows, FORMULAS))


async def effect(db: Database, now: float, *, since: float = 0.6, changed: float = 3.5) -> dict[str, Any] | None:
    facts = {"intent": "product.detail", "since_hour": shop_hour(at(since))}
    mine, other = (
        Alert(id_, "spike", f"spike:product.detail|{p}", "high", at(since), "", "", facts={**facts, "product_id": p})
        for id_, p in (("a1", "P1"), ("a3", "P3"))
    )
    watch = WatchInsights(db, ManualClock(at(now)), {}, Silent())

    def change(connection: Any) -> dict[str, Any] | None:
        alerts.raise_new(connection, SHOP, [mine, other])
        first, _ = (alerts.change(connection, SHOP, id_, at(changed), state="fixed") for id_ in ("a1", "a3"))
        return watch.effect(connection, SHOP, first, at(now))

    return await db.write(change)


@pytest.mark.parametrize(
    ("hours", "usual", "times", "since"),
    [
        ({100: 1, 130: 1, 190: 5, 191: 6, 192: 4}, 0.05, 12.0, 190),
        ({100: 1, 124: 2, **dict.fromkeys(range(150, 193, 2), 3)}, 0.3, 4.0, 150),
        ({192: 7}, 0.0, 30.0, 192),
    ],
    ids=["single-asks-before", "a-day-and-a-half", "never-asked-before"],
)
def test_a_spike_begins_where_the_asks_grew_and_not_with_a_lone_one_days_before(
    hours: dict[int, int], usual: float, times: float, since: int
) -> None:
    assert onset(hours, 193, usual, times) == since


async def test_a_change_that_worked_is_told_with_what_untouched_products_did(db: Database) -> None:
    await asked(db)
    found = await effect(db, 6.4)
    assert found is not None
    assert (found["before"], found["after"], found["days_after"], found["works"]) == (20.0, 5.0, 2, True)
    assert found["control"] == pytest.approx(1.0, abs=0.02)
    assert found["text"].startswith("改动有效：每天 20 次 → 5 次，同期没改的商品变成 100%；算下来是原来的")


@pytest.mark.parametrize(("now", "days"), [(4.9, None), (5.1, 1)], ids=["first-day-not-over", "one-whole-day"])
async def test_a_day_that_is_not_over_counts_for_nothing(db: Database, now: float, days: int | None) -> None:
    await asked(db)
    found = await effect(db, now)
    assert (found and found["days_after"]) == days


async def test_a_page_that_was_changed_on_the_day_of_the_spike_is_measured_too(db: Database) -> None:
    await asked(db)
    found = await effect(db, 6.4, since=3.3, changed=3.6)
    assert found is not None
    assert (found["before"], found["after"], found["works"]) == (15.0, 5.0, True)
