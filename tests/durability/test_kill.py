"""What was acknowledged is on disk: the server is killed with -9 under load, again and again, while a client counts.

`XIAOER_KILL_ROUNDS` sets how often (6 by default).
"""

import asyncio
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

pytestmark = pytest.mark.slow

_ROUNDS = int(os.environ.get("XIAOER_KILL_ROUNDS", "6"))
_BUYERS = 16  # each waits for its answer before it writes again
_SAYINGS = ("什么时候发货", "可以便宜点吗？", "170能穿吗", "转人工", "你好", "我的快递三天没动了", "谢谢", "怎么退货")


class Buyers:
    """Buyers who write without pause, repeat a message that got no answer, and remember every answer."""

    def __init__(self, base: str, headers: dict[str, str]) -> None:
        self.answers: dict[str, dict[str, Any]] = {}  # by message id: what was acknowledged
        self.repeated = 0
        self.refused: Counter[int] = Counter()
        self._base = base
        self._headers = headers
        self._up = asyncio.Event()
        self._goal, self._reached = 0, asyncio.Event()

    async def write_until_stopped(self) -> None:
        """All buyers at once, for ever."""
        async with httpx2.AsyncClient(base_url=self._base, headers=self._headers, timeout=20) as client:
            await asyncio.gather(*(self._write(client, f"b{number}") for number in range(_BUYERS)))

    async def _write(self, client: httpx2.AsyncClient, buyer: str) -> None:
        number = 0
        while True:
            number += 1
            body = {
                "channel": "api",
                "buyer_id": buyer,
                "message_id": f"{buyer}-m{number}",
                "content": {"type": "text", "text": f"{_SAYINGS[number % len(_SAYINGS)]}{number}"},
            }
            self.answers[body["message_id"]] = await self._insist(client, body)
            if len(self.answers) >= self._goal:
                self._reached.set()

    async def _insist(self, client: httpx2.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
        while True:
            await self._up.wait()
            try:
                response = await client.post("/api/v1/messages", json=body)
            except httpx2.TransportError:
                self._up.clear()  # the server was killed: try again when it is back
                self.repeated += 1
                continue
            if response.status_code == 200:
                return dict(response.json())
            self.refused[response.status_code] += 1
            await asyncio.sleep(0)

    async def work_until(self, more: int) -> None:
        """Let them write until `more` further messages were acknowledged."""
        self._goal = len(self.answers) + more
        self._reached.clear()
        self._up.set()
        await asyncio.wait_for(self._reached.wait(), timeout=120)

    def pause(self) -> None:
        """Nobody writes until `work_until`."""
        self._up.clear()


@dataclass(frozen=True)
class Stored:
    """One buyer message as it is on disk."""

    id: str
    conversation_id: str
    state: str
    answered: bool


def _on_disk(url: str) -> dict[str, list[Stored]]:
    """What the database holds, by the id that the client gave."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            answered = {
                id_ for ids in connection.scalars(text("SELECT message_ids FROM turns")) for id_ in json.loads(ids)
            }
            messages = connection.execute(
                text(
                    "SELECT m.id, m.external_id, m.conversation_id, c.state FROM messages m"
                    " JOIN conversations c ON c.shop = m.shop AND c.id = m.conversation_id WHERE m.author = 'buyer'"
                )
            ).all()
    finally:
        engine.dispose()
    stored = defaultdict(list)
    for row in messages:
        stored[row.external_id.rpartition("|")[2]].append(
            Stored(row.id, row.conversation_id, row.state, row.id in answered)
        )
    return stored


def _lost(answers: dict[str, dict[str, Any]], stored: dict[str, list[Stored]]) -> list[str]:
    """Acknowledged messages that are not on disk once, with the answer that was given."""
    return [
        id_
        for id_, answer in answers.items()
        if [(found.conversation_id, found.answered) for found in stored[id_]] != [(answer["conversation_id"], True)]
    ]


async def _post(client: httpx2.AsyncClient, message_id: str) -> dict[str, Any]:
    body = {
        "channel": "api",
        "buyer_id": message_id.partition("-")[0],
        "message_id": message_id,
        "content": {"type": "text", "text": "?"},
    }
    response = await client.post("/api/v1/messages", json=body)
    response.raise_for_status()
    return dict(response.json())


async def test_nothing_acknowledged_is_lost_or_doubled(make_server: Callable[..., Any], stored_at: str) -> None:
    server, dice = make_server(), random.Random(20260618)
    await asyncio.to_thread(server.start)
    buyers = Buyers(server.base, server.headers)
    writing = asyncio.create_task(buyers.write_until_stopped())
    lost: list[str] = []
    for _ in range(_ROUNDS):
        await buyers.work_until(dice.randint(40, 400))
        acknowledged = dict(buyers.answers)
        server.kill()
        lost += _lost(acknowledged, _on_disk(stored_at))
        buyers.pause()
        await asyncio.to_thread(server.start)
    await buyers.work_until(100)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)

    stored = _on_disk(stored_at)
    assert lost == []
    assert _lost(buyers.answers, stored) == []
    assert [id_ for id_, copies in stored.items() if len(copies) > 1] == []
    assert buyers.repeated > 0, "no kill ever hit a message on its way: the test proves nothing"
    assert buyers.refused == Counter()
    sample = dice.sample(sorted(buyers.answers), 50)
    async with httpx2.AsyncClient(base_url=server.base, headers=server.headers, timeout=20) as client:
        again = {id_: await _post(client, id_) for id_ in sample}
    assert again == {id_: buyers.answers[id_] for id_ in sample}
    server.kill()
    print(f"\n{len(buyers.answers)} acknowledged over {_ROUNDS} kills, {buyers.repeated} sent again, 0 lost")


async def test_a_message_that_was_stored_but_not_answered_is_answered_after_the_restart(
    make_server: Callable[..., Any], stored_at: str
) -> None:
    """Some messages are on disk at the kill, their senders never told; nobody repeats them, and the bot answers."""
    server = make_server()
    await asyncio.to_thread(server.start)
    buyers = Buyers(server.base, server.headers)
    writing = asyncio.create_task(buyers.write_until_stopped())
    await buyers.work_until(200)
    server.kill()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await asyncio.to_thread(server.start)

    def unanswered() -> list[str]:
        stored = [copy for copies in _on_disk(stored_at).values() for copy in copies]
        return [copy.id for copy in stored if copy.state == "bot" and not copy.answered]

    async with asyncio.timeout(60):
        while await asyncio.to_thread(unanswered):
            assert await asyncio.to_thread(server.is_up_after, 0.2)
