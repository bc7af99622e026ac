"""Scenarios of the desk as plain sentences, played on the whole product with a clock moved by hand.

    b1 says 转人工                      a buyer writes; `b1 sends a picture`
    lin comes [paused|offline] [x2] [after_sales, vip]        `x2` is the room, words are skills
    lin goes offline / pauses / vanishes / returns to the desk
    lin takes b1 · boss forces b1 · lin answers b1 您好 · lin notes b1 记得补发 · lin recalls b1
    lin transfers b1 to mei: 她懂 · lin passes b1 to after_sales: 要退货
    lin asks mei into b1: 尺码问题 · lin corrects b1: 应该说三天 · lin sends the draft for b1
    lin closes b1 as solved · lin gives b1 to the bot
    clock +5m · clock at 2026-06-19T09:00                     people who are there stay there
    b1 has order O1 shipped paying 199.00 · b1 is level 黑金会员
    setting reroute_s 60 · mode assist · mode after.return shadow
    together: … | … | …                                       at once; refusals are fine
    refused: …                                                the desk must refuse this
Time and workers: `workers.py`. What is expected: `expectations.py`.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from xiaoer.app.wiring import Wiring
from xiaoer.flows.agent_reply import Outgoing
from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Buyer, Order
from xiaoer.kernel.errors import XiaoerError
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import ImageContent, TextContent
from xiaoer.slices.buyers.store import BuyerSink
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation, Incoming, Message
from xiaoer.slices.desk.types import Modes
from xiaoer.slices.orders.store.sinks import order_line_sink, order_sink
from xiaoer.slices.orders.types import OrderLine
from xiaoer.slices.shops.types import Principal, Role
from xiaoer.slices.tickets import api as tickets

ROLES = {"boss": "supervisor", "owner": "owner"}
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_BEAT = timedelta(seconds=60)  # how often people who are there give a sign of life
Step = Callable[..., Awaitable[None]]
_STEPS: list[tuple[re.Pattern[str], Step]] = []


def step(pattern: str) -> Callable[[Step], Step]:
    """Register what a sentence does."""

    def keep(do: Step) -> Step:
        _STEPS.append((re.compile(pattern, re.DOTALL), do))
        return do

    return keep


class Play:
    """One scenario in a shop of its own."""

    def __init__(self, product: Wiring, clock: ManualClock, shop: ShopId) -> None:
        self.product, self.clock, self.shop = product, clock, shop
        self.here: set[str] = set()
        self.numbers = count(1)

    def person(self, name: str) -> Principal:
        return Principal(self.shop, Role(ROLES.get(name, "agent")), name, name, f"session-{name}")

    async def run(self, line: str) -> None:
        """Play one sentence.

        Raises:
            AssertionError: an expectation does not hold, or the sentence is not understood.
        """
        for pattern, do in _STEPS:
            if found := pattern.fullmatch(line.strip()):
                await do(self, *found.groups())
                return
        raise AssertionError(f"no such sentence: {line}")

    async def talk(self, buyer: str) -> Conversation:
        found = await self.product.db.read(lambda c: owners.of_buyer(c, self.shop, buyer, 50))
        assert found, f"{buyer} has not written"
        return next((one for one in found if one.state != "closed"), found[0])

    async def said(self, buyer: str) -> list[Message]:
        talk = await self.talk(buyer)
        return (await self.product.db.read(lambda c: conversations.transcript(c, self.shop, talk.id)))[1]

    async def since_asked(self, buyer: str) -> list[Message]:
        said = await self.said(buyer)
        last = max((m.seq for m in said if m.author == "buyer"), default=0)
        return [m for m in said if m.seq > last]

    async def settle(self) -> None:
        """Everybody who is there shows it, and the desk looks at everything once."""
        for name in self.here:
            await self.product.desk.agents.appear(self.person(name))
        await self.product.desk.round(self.shop)
        await self.product.jobs.run_due()

    async def tickets(self, buyer: str) -> list[Any]:
        return await self.product.db.read(lambda c: tickets.of_buyer(c, self.shop, buyer))


# What people do


@step(r"(b\d) says (.+)")
async def _says(play: Play, buyer: str, text: str) -> None:
    incoming = Incoming(BuyerId(buyer), "web", TextContent(text), external_id=f"m{next(play.numbers)}")
    await play.product.take_message(play.shop, incoming)


@step(r"(b\d) sends a picture")
async def _picture(play: Play, buyer: str) -> None:
    content = ImageContent("/media/x.png")
    await play.product.take_message(
        play.shop, Incoming(BuyerId(buyer), "web", content, external_id=f"m{next(play.numbers)}")
    )


@step(r"(\w+) comes(?: (paused|offline))?(?: x(\d+))?(?: \[([\w, ]+)\])?")
async def _comes(play: Play, name: str, status: str | None, room: str | None, skills: str | None) -> None:
    changes: dict[str, Any] = {"status": status or "online", "capacity": int(room or 8)}
    if skills:
        changes["skills"] = tuple(word.strip() for word in skills.split(","))
    await play.product.desk.agents.change(play.person(name), changes)
    play.here.add(name)
    await play.settle()


@step(r"(\w+) (goes offline|pauses|returns to the desk)")
async def _status(play: Play, name: str, how: str) -> None:
    status = {"goes offline": "offline", "pauses": "paused"}.get(how, "online")
    play.here.add(name)
    await play.product.desk.agents.change(play.person(name), {"status": status})
    await play.settle()


@step(r"(\w+) vanishes")
async def _vanishes(play: Play, name: str) -> None:
    play.here.discard(name)


@step(r"(\w+) (takes|forces) (b\d)")
async def _takes(play: Play, name: str, how: str, buyer: str) -> None:
    await play.product.desk.take.take(play.person(name), (await play.talk(buyer)).id, force=how == "forces")


@step(r"(\w+) answers (b\d) (.+)")
async def _answers(play: Play, name: str, buyer: str, text: str) -> None:
    out = Outgoing(f"c{next(play.numbers)}", TextContent(text))
    await play.product.desk.reply.send(play.person(name), (await play.talk(buyer)).id, out)


@step(r"(\w+) notes (b\d) (.+)")
async def _notes(play: Play, name: str, buyer: str, text: str) -> None:
    await play.product.desk.reply.note(play.person(name), (await play.talk(buyer)).id, text)


@step(r"(\w+) recalls (b\d)")
async def _recalls(play: Play, name: str, buyer: str) -> None:
    last = [m for m in await play.said(buyer) if m.author == "agent"][-1]
    await play.product.desk.reply.recall(play.person(name), last.conversation_id, last.id)


@step(r"(\w+) transfers (b\d) to (\w+)(?:: (.+))?")
async def _transfers(play: Play, name: str, buyer: str, to: str, why: str | None) -> None:
    await play.product.desk.take.transfer(play.person(name), (await play.talk(buyer)).id, to, None, why or "")


@step(r"(\w+) passes (b\d) to (\w+)(?:: (.+))?")
async def _passes(play: Play, name: str, buyer: str, skill: str, why: str | None) -> None:
    talk = await play.talk(buyer)
    await play.product.desk.take.transfer(play.person(name), talk.id, None, skill, why or "")
    await play.product.desk.hand_off(play.shop, talk.id)


@step(r"(\w+) asks (\w+) into (b\d)(?:: (.+))?")
async def _invites(play: Play, name: str, to: str, buyer: str, why: str | None) -> None:
    await play.product.desk.take.invite(play.person(name), (await play.talk(buyer)).id, to, why or "")


@step(r"(\w+) corrects (b\d): (.+)")
async def _corrects(play: Play, name: str, buyer: str, text: str) -> None:
    last = [m for m in await play.said(buyer) if m.author == "bot"][-1]
    await play.product.desk.reply.correct(play.person(name), last.conversation_id, last.id, text)


@step(r"(\w+) sends the draft for (b\d)")
async def _sends_draft(play: Play, name: str, buyer: str) -> None:
    suggested = await play.product.desk.suggest(play.person(name), (await play.talk(buyer)).id)
    text = next(item.text for item in suggested.items if item.kind == "draft")
    await play.run(f"{name} answers {buyer} {text}")


@step(r"(\w+) turns the draft for (b\d) into: (.+)")
async def _edits_draft(play: Play, name: str, buyer: str, text: str) -> None:
    talk = await play.talk(buyer)
    suggested = await play.product.desk.suggest(play.person(name), talk.id)
    draft = next(item for item in suggested.items if item.kind == "draft")
    out = Outgoing(f"c{next(play.numbers)}", TextContent(text.replace("…", draft.text)), None, draft.id, draft.text)
    await play.product.desk.reply.send(play.person(name), talk.id, out)
    opened = await play.product.desk.detail.opened(play.shop, talk.id)
    assert opened.messages[-1].edited_from == draft.text


@step(r"(\w+) closes (b\d) as (\w+)")
async def _closes(play: Play, name: str, buyer: str, code: str) -> None:
    await play.product.desk.closing.close(play.person(name), (await play.talk(buyer)).id, code, "", invite=True)


@step(r"(\w+) gives (b\d) to the bot")
async def _returns(play: Play, name: str, buyer: str) -> None:
    await play.product.desk.closing.give_to_bot(play.person(name), (await play.talk(buyer)).id)


@step(r"clock \+(\d+)([smhd])")
async def _clock(play: Play, amount: str, unit: str) -> None:
    left = timedelta(**{_UNIT[unit]: int(amount)})
    if left > timedelta(minutes=30):  # nobody's talks move meanwhile but those of people who went
        play.clock.advance(left)
        await play.settle()
        return
    while left > timedelta(0):
        play.clock.advance(min(left, _BEAT))
        left -= _BEAT
        await play.settle()


@step(r"clock at (\S+)")
async def _clock_at(play: Play, at: str) -> None:
    play.clock.advance(datetime.fromisoformat(at).replace(tzinfo=SHOP_ZONE) - play.clock.now())
    await play.settle()


@step(r"(b\d) has order (\w+) (\w+) paying (\S+)")
async def _order(play: Play, buyer: str, id_: str, status: str, paid: str) -> None:
    now, price = play.clock.now(), Money.from_yuan(paid)
    order = Order(id_, buyer, status, now - timedelta(days=3), price, paid_at=now - timedelta(days=3))
    line = OrderLine(f"{id_}-1", id_, "V1", "羊毛混纺圆领针织衫", 1, price, price)

    def change(connection: Any) -> None:
        order_sink.upsert(connection, play.shop, [(order, "h")], now)
        order_line_sink.upsert(connection, play.shop, [(line, "h")], now)

    await play.product.db.write(change)


@step(r"(b\d) is level (\S+)")
async def _level(play: Play, buyer: str, level: str) -> None:
    row = Buyer(buyer, buyer, level)
    await play.product.db.write(lambda c: BuyerSink().upsert(c, play.shop, [(row, "h")], play.clock.now()))


@step(r"setting (\w+) (\d+)")
async def _setting(play: Play, name: str, value: str) -> None:
    await play.product.desk.change_settings(play.shop, **{name: int(value)})


@step(r"holiday (\S+)")
async def _holiday(play: Play, day: str) -> None:
    shop = await play.product.shops.shop(play.shop)
    hours = msgspec.structs.replace(shop.hours, special={day: None})
    await play.product.shops.save_shop(play.shop, msgspec.structs.replace(shop, hours=hours))


@step(r"mode (?:(\w+\.[\w*]+) )?(auto|assist|shadow)(?: sending after (\d+)s)?")
async def _mode(play: Play, intent: str | None, mode: Any, after: str | None) -> None:
    modes = Modes(intents={intent: mode}) if intent else Modes(default=mode, auto_send_s=int(after) if after else None)
    await play.product.desk.change_settings(play.shop, modes=modes)


@step(r"together: (.+)")
async def _together(play: Play, lines: str) -> None:
    for outcome in await asyncio.gather(*(play.run(line) for line in lines.split("|")), return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, XiaoerError):
            raise outcome


@step(r"refused: (.+)")
async def _refused(play: Play, line: str) -> None:
    try:
        await play.run(line)
    except XiaoerError:
        return
    raise AssertionError(f"was not refused: {line}")


@step(r"the desk looks again")
async def _looks(play: Play) -> None:
    await play.settle()
