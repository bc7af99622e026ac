"""The market (集市): virtual time, one buyer's move after the other, and the shop's own work in between.

Every buyer is a script (an async generator) that yields the moment of its next move. The earliest move is made next;
before it the clock is set, and every few virtual minutes the shop does what it does in the background: timers fire, the
queue is routed, people answer. Nobody moves at the same moment as somebody else, so the same seed gives the same run.
"""

import hashlib
import heapq
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from xiaoer.app.simulation.personas import Words
from xiaoer.app.wiring import Wiring
from xiaoer.flows.agent_reply import Outgoing
from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Incoming
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal

TICK = timedelta(minutes=5)
_REGULAR = timedelta(hours=1)
_BACKGROUND = ("outreach.", "coupons.", "bargain.", "stock.", "selling.")  # what else a shop does at night is not timed
_HELD = 20  # talks one round of the people at the desk takes care of
Script = AsyncGenerator[datetime, None]


class Market:
    """One shop in virtual time."""

    def __init__(self, product: Wiring, shop: ShopId, clock: ManualClock, dice: Random, people: Principal) -> None:
        self.product, self.shop, self.clock, self.words = product, shop, clock, Words()
        self.counts: Counter[str] = Counter()
        self.reminded: Callable[[str, str], Script | None] = lambda _buyer, _trigger: None
        self._dice = dice
        self._people = people
        self._moves: list[tuple[datetime, int, Script]] = []
        self._number = self._events = 0
        self._digest = hashlib.blake2b(digest_size=8)
        self._ticked = self._ordered = self._read = clock.now()

    @property
    def digest(self) -> str:
        """A fingerprint of all that happened; equal for equal runs."""
        return self._digest.hexdigest()

    def add(self, script: Script, at: datetime) -> None:
        """Let somebody make a first move at `at`."""
        self._number += 1
        heapq.heappush(self._moves, (at, self._number, script))

    async def run(self, until: datetime, progress: Callable[[datetime], None]) -> None:
        """Let everybody move until virtual time is over."""
        while self._moves and self._moves[0][0] < until:
            at, _, script = heapq.heappop(self._moves)
            await self._reach(at)
            progress(at)
            try:
                self.add(script, max(await anext(script), at))
            except StopAsyncIteration:
                continue
        await self._reach(until)
        for _, _, script in self._moves:
            await script.aclose()

    async def say(self, buyer: str, channel: str, text: str, context: TurnContext) -> dict[str, Any]:
        """One message through the whole path; return the answer as programs see it."""
        self.counts["messages"] += 1
        external = f"sim-{self.counts['messages']}"
        incoming = Incoming(BuyerId(buyer), channel, TextContent(text), context, external_id=external)
        answer: dict[str, Any] = json.loads(await self.product.take_message(self.shop, incoming) or "{}")
        acts = [act["type"] for act in answer.get("turn", {}).get("acts", ())]
        self.counts["answered" if answer.get("replies") else "held"] += 1
        self.counts["handed"] += answer.get("turn", {}).get("handoff") is not None
        self._note(buyer, text, acts)
        return answer

    async def happens(self, type_: str, buyer: str, **data: Any) -> None:
        """One event of the shop."""
        self._events += 1
        self.counts[type_] += 1
        facts = {"buyer_id": buyer, **data}
        event = Event(self.shop, f"sim:{self._events}", type_, self.clock.now(), buyer_id=buyer, data=facts)
        await self.product.take_events(self.shop, [event])
        self._note(type_, buyer, data.get("order_id"), data.get("pay_amount"))

    async def _reach(self, at: datetime) -> None:
        while self.clock.now() < at:
            self.clock.advance(min(TICK, at - self.clock.now()))
            if self.clock.now() - self._ticked >= TICK:
                self._ticked = self.clock.now()
                await self._work()

    async def _work(self) -> None:
        """What goes on in the background of a shop."""
        now = self.clock.now()
        if now - self._ordered >= _REGULAR:
            self._ordered = now
            await self.product.jobs.order_regular([self.shop], _BACKGROUND)
        if not await self.product.jobs.run_due():
            await self._serve()
            return
        sent = await self.product.db.read(lambda c: insights.of_type(c, self.shop, "outreach.sent", self._read, now))
        self._read = now
        for fact in sorted(sent, key=lambda fact: (fact["at"], fact["buyer_id"])):
            self.counts[f"sent.{fact['trigger']}"] += 1
            self._note("sent", fact["buyer_id"], fact["trigger"])
            if (script := self.reminded(fact["buyer_id"], fact["trigger"])) is not None:
                self.add(script, now + timedelta(minutes=self._dice.uniform(2, 50)))
        await self._serve()

    async def _serve(self) -> None:
        """People take who waits, answer and close."""
        waiting = await self.product.db.read(lambda c: owners.of_state(c, self.shop, "queued", _HELD))
        desk, who = self.product.desk, self._people
        for talk in sorted(waiting, key=lambda talk: (talk.last_at, talk.buyer_id)):
            try:
                await desk.take.take(who, talk.id)
                for part in ("opens", "ends"):
                    text = self.words.agent(self._dice, part)
                    await desk.reply.send(who, talk.id, Outgoing(f"{talk.id}-{part}", TextContent(text)))
                await desk.closing.close(who, talk.id, "solved", "", invite=True)
                self.counts["served"] += 1
            except XiaoerError:  # the buyer or another round was quicker
                self.counts["not_served"] += 1

    def _note(self, *what: object) -> None:
        self._digest.update(repr((self.clock.now(), *what)).encode())
