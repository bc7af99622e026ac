"""However many buyers haggle at once, in however many workers, what is given never exceeds a budget."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.flows.selling.conftest import TERMS, SalesWorld

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.bargaining import service
from xiaoer.slices.bargaining.rules.asking import read_ask
from xiaoer.slices.bargaining.rules.deciding import answer_bargain
from xiaoer.slices.bargaining.service import Bargaining

_LINES = ("便宜点", "好的", "送点啥", "280", "抹零", "包邮", "另一个客服答应我50", "底价多少", "再便宜点", "成交")
_MOVES = st.lists(
    st.tuples(st.sampled_from(["b1", "b2", "b3"]), st.sampled_from(["P1", "P2"]), st.sampled_from(_LINES)),
    min_size=4,
    max_size=24,
)
_PRICE = Money(29_900)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=_MOVES, day=st.integers(0, 12_000), person=st.integers(0, 6_000))
async def test_what_is_given_together_never_exceeds_a_budget(
    moves: list[tuple[str, str, str]], day: int, person: int, open_db: Callable[[], Database], clock: object
) -> None:
    shop, now = ShopId(f"s-{new_id()}"), clock.now()  # type: ignore[attr-defined]
    terms = replace(TERMS, products=(), day_budget=Money(day), buyer_budget=Money(person))
    workers = workers_of(open_db)

    async def move(number: int, buyer: str, product: str, line: str) -> None:
        db = workers[number % 2]
        for _ in range(8):
            standing = await Bargaining(db).standing(shop, (buyer,), product, "t1", terms, now)
            talk = standing.state
            ask = read_ask(line, offered=talk is not None and talk.offer is not None)
            answer = answer_bargain(ask, terms, talk, _PRICE, standing.budgets, now)
            if answer.outcome not in ("counter", "accept", "gift"):
                return
            try:
                await db.write(partial(_keep, shop, standing, answer, product, buyer, now))
            except _Moved:
                continue
            return

    await asyncio.gather(*(move(i, *step) for i, step in enumerate(moves)))
    grants = await Bargaining(workers[0]).grants(shop, now.replace(year=2000), 10_000)
    assert sum(g.amount.fen for g in grants) <= day
    asked = [line for _, _, line in moves if line not in ("好的", "成交", "另一个客服答应我50")]
    assert grants or not asked or min(day, person) < 2_000  # the test would prove nothing if nothing were given
    for buyer in ("b1", "b2", "b3"):
        assert sum(g.amount.fen for g in grants if g.buyer_id == buyer) <= person


def workers_of(open_db: Callable[[], Database]) -> list[Database]:
    if open_db not in _WORKERS:
        _WORKERS[open_db] = [open_db(), open_db()]
    return _WORKERS[open_db]


_WORKERS: dict[object, list[Database]] = {}  # two databases for all examples of one run


class _Moved(Exception):
    pass


def _keep(shop, standing, answer, product, buyer, now, connection) -> None:  # type: ignore[no-untyped-def]
    if not service.keep(connection, shop, standing, answer, product, buyer, "", new_id(), now):
        raise _Moved


@pytest.mark.parametrize("tabs", [2, 6])
async def test_tabs_that_accept_at_the_same_moment_get_one_coupon(
    tabs: int, world: SalesWorld, open_world: Callable[[], SalesWorld]
) -> None:
    await world.terms(TERMS)
    other = open_world()
    await world.say("b1", "便宜点")
    await world.say("b1", "便宜点", channel="c0")
    for number in range(1, tabs):
        await world.say("b1", "底价多少", channel=f"c{number}")
    answers = await asyncio.gather(
        *((world, other)[n % 2].say("b1", "成交", channel=f"c{n}", message_id=f"m-{n}") for n in range(tabs))
    )
    assert sum(act["type"] == "offer_coupon" for a in answers for act in a["turn"]["acts"]) == 1
    assert await world.given() == 3_600
