"""Old conversations come in whole, once, closed, with the facts that figures are computed from."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from xiaoer.flows.import_data.importer import Importer
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database
from xiaoer.kernel.ids import ShopId
from xiaoer.migrations.tables import load_tables
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import past
from xiaoer.slices.insights.tables import events

SHOP = ShopId("default")
TALKS = """id,at,buyer_id,author,agent,text
D1,2026-05-01 10:00,b-1,buyer,,这件170能穿吗
D1,2026-05-01 10:01,b-1,agent,小林,170 穿 L 码刚好。
D2,2026-05-02 09:00,,buyer,,什么时候发货
D2,2026-05-02 09:02,,bot,,付款后 48 小时内发出。
D2,2026-05-02 09:05,,agent,小周,今天下午就发。
"""


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    opened = Database("sqlite://")
    with opened.transaction() as connection:
        load_tables().create_all(connection)
    yield opened
    await opened.close()


async def take(database: Database, text: str) -> tuple[int, int, int]:
    run = await Importer(database, SystemClock()).import_file(SHOP, text.encode(), name="dialogues.csv")
    assert run.status == "done", run.error
    return run.added, run.changed, run.unchanged


async def test_a_talk_is_kept_closed_with_all_its_lines(database: Database) -> None:
    assert await take(database, TALKS) == (5, 0, 0)
    talk, lines = await database.read(lambda c: conversations.transcript(c, SHOP, past.conversation_id_of("D2")))
    assert (talk.state, talk.channel, talk.answered_seq) == ("closed", "import", 3)
    assert [(m.author, m.author_name, m.text) for m in lines] == [
        ("buyer", "", "什么时候发货"),
        ("bot", "", "付款后 48 小时内发出。"),
        ("agent", "小周", "今天下午就发。"),
    ]
    assert talk.closed_at == datetime(2026, 5, 2, 1, 5, tzinfo=UTC)


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    await take(database, TALKS)
    before = await database.read(lambda c: c.scalar(select(func.count()).select_from(events)))
    assert await take(database, TALKS) == (0, 0, 5)
    assert await database.read(lambda c: c.scalar(select(func.count()).select_from(events))) == before


async def test_a_corrected_line_replaces_the_old_one(database: Database) -> None:
    await take(database, TALKS)
    assert await take(database, TALKS.replace("刚好", "合适")) == (0, 1, 4)
    _, lines = await database.read(lambda c: conversations.transcript(c, SHOP, past.conversation_id_of("D1")))
    assert lines[1].text == "170 穿 L 码合适。"


async def test_lines_with_ids_of_their_own_are_joined_by_buyer_until_a_long_pause(database: Database) -> None:
    await take(
        database,
        "id,at,buyer_id,author,text\n"
        "m1,2026-05-01 10:00,b-1,buyer,在吗\n"
        "m2,2026-05-01 10:01,b-2,buyer,有货吗\n"
        "m3,2026-05-01 10:02,b-1,agent,在的\n"
        "m4,2026-05-02 10:00,b-1,buyer,发货了吗\n",
    )
    _, lines = await database.read(lambda c: conversations.transcript(c, SHOP, past.conversation_id_of("m1")))
    assert [m.text for m in lines] == ["在吗", "在的"]
    _, later = await database.read(lambda c: conversations.transcript(c, SHOP, past.conversation_id_of("m4")))
    assert [m.text for m in later] == ["发货了吗"]


async def test_each_talk_opens_and_closes_once_among_the_facts(database: Database) -> None:
    await take(database, TALKS)
    rows = await database.read(
        lambda c: c.execute(select(events.c.type, func.count()).group_by(events.c.type)).fetchall()
    )
    assert dict(tuple(row) for row in rows) == {
        "conversation.opened": 2,
        "message.received": 2,
        "message.sent": 3,
        "conversation.closed": 2,
    }
