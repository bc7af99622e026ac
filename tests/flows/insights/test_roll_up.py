"""The roll-up: whatever the order and the pauses in which facts come, the figures are those of the facts."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import xiaoer
from xiaoer.app.figures import calendar_of
from xiaoer.flows.roll_up.roll_up import RollUp
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database, metadata
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Heard, Segment, Sentiment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.days import from_date
from xiaoer.slices.insights.rules.formulas import load_formulas
from xiaoer.slices.insights.rules.free_days import NO_YEARS, Calendar

FORMULAS = load_formulas((Path(xiaoer.__file__).parent / "packs/ecommerce/metrics.toml").read_text(encoding="utf-8"))
SHOP = ShopId("s1")
START = datetime(2026, 6, 18, 1, tzinfo=UTC)


class Hears:
    """Understanding that hears the same in everything."""

    def understand(self, turn: Turn) -> Heard:
        text = turn.messages[-1].text
        return Heard((Segment(text, "ship.when", 0.9),), Sentiment("neutral", 0.0), "normal", text)


def talk_facts(number: int, buyer: int, minute: int, kinds: list[str]) -> list[Event]:
    """A talk of one buyer that begins at a minute; `kinds` say what happens, half a minute apart."""
    talk, facts = f"c{number}", []

    def add(type_: str, data: dict[str, Any]) -> None:
        at = START + timedelta(minutes=minute, seconds=30 * len(facts))
        facts.append(Event(SHOP, f"x:{talk}:{len(facts)}", type_, at, talk, f"b{buyer}", data))

    add("conversation.opened", {"channel": "web", "entry": "product"})
    add("message.received", {"channel": "web", "state": "bot"})
    for kind in kinds:
        match kind:
            case "ask":
                add("message.received", {"channel": "web", "state": "agent"})
            case "turn":
                data = {"intents": ["promo.discount"], "acts": ["answer"], "sentiment": -0.4, "anger": 0.7}
                add("turn.decided", {**data, "product_id": "P1", "words": ["aaaa"], "owner": "bot"})
            case "bot":
                add("message.sent", {"author": "bot", "count": 1})
            case "agent":
                add("message.sent", {"author": "agent", "agent_id": "amy", "chars": 5})
            case "handoff":
                add("handoff.requested", {"reason": "requested"})
            case "rated":
                add("conversation.rated", {"score": 2})
            case "closed":
                add("conversation.closed", {"by": "agent"})
    return facts


_KINDS = st.lists(st.sampled_from(["ask", "turn", "bot", "agent", "handoff", "rated", "closed"]), max_size=6)
_TALK = st.tuples(st.integers(0, 2), st.integers(0, 3000), _KINDS)


async def _figures(parts: list[list[Event]], *, rebuild: bool) -> Counter[tuple[Any, ...]]:
    load_tables()
    db = Database("sqlite://")
    metadata.create_all(db.writer_engine)
    roll_up = RollUp(db, ManualClock(START + timedelta(days=9)), Hears(), FORMULAS)
    for part in parts:
        await db.write(lambda c, part=part: insights.append_new(c, SHOP, part))
        await roll_up(SHOP)
    if rebuild:
        await roll_up.rebuild(SHOP)
    found = await db.read(lambda c: store.all_cells(c, SHOP))
    await db.close()
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talks=st.lists(_TALK, min_size=1, max_size=5), data=st.data())
def test_facts_in_any_order_and_any_parts_give_the_figures_of_a_rebuild(
    talks: list[tuple[int, int, list[str]]], data: st.DataObject
) -> None:
    facts = [f for n, (buyer, minute, kinds) in enumerate(talks) for f in talk_facts(n, buyer, minute, kinds)]
    shuffled = data.draw(st.permutations(facts))
    cut = data.draw(st.integers(0, len(facts)))
    piecemeal = asyncio.run(_figures([shuffled[:cut], shuffled[cut:], shuffled], rebuild=False))
    at_once = asyncio.run(_figures([facts], rebuild=False))
    rebuilt = asyncio.run(_figures([shuffled], rebuild=True))
    assert piecemeal == at_once == rebuilt
    talks_counted = sum(key[7] for key in at_once if (key[0], key[4]) == ("flag", "talks"))
    assert talks_counted == len(talks)


async def test_a_late_fact_corrects_the_hour_and_the_day_it_belongs_to(db: Database, clock: ManualClock) -> None:
    roll_up = RollUp(db, clock, Hears(), FORMULAS)
    day = (START + timedelta(hours=8)).date().toordinal() - datetime(1970, 1, 1).toordinal()
    early = talk_facts(1, 1, 0, ["bot"])
    late = Event(SHOP, "x:late", "conversation.rated", START + timedelta(minutes=3), "c1", "b1", {"score": 1})

    async def solved() -> list[tuple[Any, ...]]:
        return await db.read(lambda c: store.sums(c, SHOP, "flag", (day, day), ("a",), a="solved_lax"))

    await db.write(lambda c: insights.append_new(c, SHOP, early))
    await roll_up(SHOP)
    assert await solved() == [("solved_lax", 1, 1)]
    await db.write(lambda c: insights.append_new(c, SHOP, [late]))
    await roll_up(SHOP)
    assert await solved() == []


async def test_running_again_without_news_changes_nothing(db: Database, clock: ManualClock) -> None:
    roll_up = RollUp(db, clock, Hears(), FORMULAS)
    await db.write(lambda c: insights.append_new(c, SHOP, talk_facts(1, 1, 0, ["turn", "bot", "handoff", "agent"])))
    assert await roll_up(SHOP) == 1
    before = await db.read(lambda c: store.all_cells(c, SHOP))
    assert await roll_up(SHOP) == 0
    assert await RollUp(db, clock, Hears(), FORMULAS)(SHOP) == 0
    assert await db.read(lambda c: store.all_cells(c, SHOP)) == before


async def test_a_changed_formula_makes_the_figures_anew(db: Database, clock: ManualClock) -> None:
    from msgspec import structs

    await db.write(lambda c: insights.append_new(c, SHOP, talk_facts(1, 1, 0, ["handoff", "agent"])))
    await RollUp(db, clock, Hears(), FORMULAS)(SHOP)
    newer = [structs.replace(f, version=2, limit_s=1) if f.id == "douyin.reply_3min" else f for f in FORMULAS]
    await RollUp(db, clock, Hears(), newer)(SHOP)
    names = {key[4] for key in await db.read(lambda c: store.all_cells(c, SHOP)) if key[0] == "kpi"}
    assert "douyin.reply_3min@2" in names
    assert "douyin.reply_3min@1" not in names


async def test_an_order_of_a_holiday_is_rescued_once_the_table_knows_the_year(db: Database, clock: ManualClock) -> None:
    """9:10 on a Thursday, and on the Friday after it, which is the Dragon Boat Festival."""
    facts = []
    for number in range(2):
        facts += talk_facts(number, number, 1440 * number, ["bot"])
        paid = START + timedelta(days=number, minutes=10)
        facts.append(
            Event(SHOP, f"x:o{number}", "order.paid", paid, "", f"b{number}", {"id": f"o{number}", "paid": 90})
        )
    await db.write(lambda c: insights.append_new(c, SHOP, facts))
    day = from_date(START.date())

    async def rescued(calendar: Calendar) -> list[tuple[int, int]]:
        await RollUp(db, clock, Hears(), FORMULAS, calendar)(SHOP)
        rows = await db.read(lambda c: store.sums(c, SHOP, "flag", (day, day + 1), ("day",), a="night_fen"))
        return [(found - day, fen) for found, _, fen in rows]

    assert await rescued(NO_YEARS) == []
    assert await rescued(calendar_of(Path("/no/such/folder"))) == [(1, 9_000)]
