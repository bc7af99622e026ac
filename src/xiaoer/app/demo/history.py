"""The weeks before the first start (往日会话): talks that the sample shop had, so that insight has something to show.

Made once, from a fixed seed, relative to the day of the first start. Planted in them: buyers of the earbuds ask about
battery life four times as often in the last two days, and returns of dresses are about size M.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from xiaoer.app.demo.shelf import Good, Row, read_data
from xiaoer.kernel.clock import SHOP_ZONE, parse_instant
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId, ConversationId, MessageId
from xiaoer.kernel.turn import Author, TextContent, TurnContext
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn
from xiaoer.slices.insights import api as insights

DAYS = 30
PER_DAY = 26
SPIKE_PRODUCT = "P1501"
_BUSY_HOURS = (9, 10, 10, 11, 12, 13, 14, 15, 16, 19, 20, 20, 21, 21, 21, 22, 22, 23, 0)
_SHOP = DEFAULT_SHOP


@dataclass
class PastTalk:
    """A talk with everything that is stored of it."""

    conversation: Conversation
    messages: list[Message] = field(default_factory=list)
    turns: list[StoredTurn] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)


def remember(now: datetime, goods: list[Good], buyers: list[str], refunds: list[Row], seed: int = 8) -> list[PastTalk]:
    """The talks of the last weeks, oldest first."""
    book, dice = tomllib.loads(read_data("history.toml")), Random(seed)
    talks: list[PastTalk] = []
    for back in range(DAYS, 0, -1):
        day = (now - timedelta(days=back)).astimezone(SHOP_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        count = round(PER_DAY * (1.25 if day.weekday() >= 5 else 1) * dice.uniform(0.8, 1.2))
        for _ in range(count):
            hour = dice.choice(_BUSY_HOURS)
            at = day + timedelta(hours=hour, minutes=dice.randrange(60), seconds=dice.randrange(60))
            good = dice.choice(goods)
            talks.append(_talk(len(talks), at, dice.choice(buyers), good, _choose(book, good, dice), book, dice))
    earbuds = next((good for good in goods if good.product_id == SPIKE_PRODUCT), goods[0])
    battery = next(s for s in book["script"] if s["intent"] == "product.detail")
    for number in range(70):  # spread over four weeks first, then four times as many in two days
        hours = dice.uniform(49, 24 * DAYS) if number < 30 else dice.uniform(1, 48)
        at = now - timedelta(hours=hours)
        talks.append(_talk(len(talks), at, dice.choice(buyers), earbuds, battery, book, dice))
    owners = {good.variant_id: good for good in goods}
    for row in refunds:
        talks.append(_refund_talk(len(talks), row, owners, goods, book, dice))
    return sorted((t for t in talks if t.conversation.opened_at < now), key=lambda t: t.conversation.opened_at)


def _choose(book: dict[str, Any], good: Good, dice: Random) -> dict[str, Any]:
    fitting = [s for s in book["script"] if s.get("category") in (None, good.category)]
    script: dict[str, Any] = dice.choices(fitting, [s["weight"] for s in fitting])[0]
    return script


def _refund_talk(
    number: int, row: Row, owners: dict[str, Good], goods: list[Good], book: dict[str, Any], dice: Random
) -> PastTalk:
    """What a buyer said before he asked for a refund."""
    words = book["refund_words"].get(str(row["reason"]), ["想退货"])
    intent = {"尺码": "after.size_wrong", "质量": "after.defect", "描述不符": "after.color_diff"}.get(
        str(row["reason"]), "after.return"
    )
    script = {
        "intent": intent,
        "ask": words,
        "say": "在订单里点「申请售后」就可以，运费按原因承担。",
        "then": ["silent"],
    }
    at = parse_instant(str(row["created_at"])) - timedelta(minutes=dice.randint(5, 90))
    good = owners.get(str(row.get("variant_id", "")), goods[number % len(goods)])
    return _talk(number, at, str(row["buyer_id"]), good, script | {"mood": -0.3}, book, dice, product="")


class _Writer:
    """Writes one talk, step by step in time."""

    def __init__(self, number: int, at: datetime, buyer: str, good: Good, product: str | None, dice: Random) -> None:
        self.id, self.buyer = ConversationId(f"demo-{number:05d}"), BuyerId(buyer)
        self.at = self.start = at.astimezone(SHOP_ZONE)
        self.product = good.product_id if product is None else product
        self.channel = dice.choice(("web", "web", "web", "wechat"))
        self.entry = dice.choice(("product", "product", "product", "search", "live", "home"))
        self.talk = PastTalk(self.conversation("closed"))
        self.owner = "bot"
        self.fact("conversation.opened", channel=self.channel, entry=self.entry, product_id=self.product)

    def conversation(self, state: Any) -> Conversation:
        context = TurnContext(entry=self.entry, product_id=self.product or None)  # type: ignore[arg-type]
        count = len(self.talk.messages) if hasattr(self, "talk") else 0
        return Conversation(
            _SHOP, self.id, self.buyer, self.channel, state, 1, count, count, self.start, self.at, context,
            closed_at=self.at,
        )  # fmt: skip

    def fact(self, type_: str, **data: Any) -> None:
        id_ = f"demo:{self.id}:{len(self.talk.facts):02d}"
        self.talk.facts.append(Event(_SHOP, id_, type_, self.at, self.id, self.buyer, data))

    def say(self, author: Author, text: str, name: str = "") -> None:
        seq = len(self.talk.messages) + 1
        id_ = MessageId(f"{self.id}-{seq}")
        self.talk.messages.append(Message(id_, self.id, seq, author, TextContent(text), text, self.at, name))

    def asks(
        self, text: str, intent: str, mood: float, anger: float, act: str, *, satisfied: bool | None = None
    ) -> None:
        self.say("buyer", text)
        self.fact("message.received", channel=self.channel, state=self.owner)
        heard = {"segments": [{"text": text, "intent": intent, "confidence": 0.9}], "normal": text}
        turn = StoredTurn(f"{self.id}-t{len(self.talk.turns)}", self.id, self.at, (), "{}", {"heard": heard}, 1500)
        self.talk.turns.append(turn)
        self.fact(
            "turn.decided",
            turn_id=turn.id,
            channel=self.channel,
            owner=self.owner,
            intents=[intent],
            words=[insights.wording_key(text)],
            acts=[act] if self.owner == "bot" else [],
            sentiment=mood,
            anger=anger,
            satisfied=satisfied,
            sources=[["policy", "demo"]] if act == "answer" else [],
            product_id=self.product or None,
            elapsed_us=1500,
        )

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def _talk(
    number: int,
    at: datetime,
    buyer: str,
    good: Good,
    script: dict[str, Any],
    book: dict[str, Any],
    dice: Random,
    *,
    product: str | None = None,
) -> PastTalk:
    writer, people = _Writer(number, at, buyer, good, product, dice), book["people"]
    how, mood, anger = dice.choice(script["then"]), script.get("mood", 0.05), script.get("anger", 0.0)
    to_people = how == "people"
    known = bool(script["say"])
    writer.asks(dice.choice(script["ask"]), script["intent"], mood, anger, "answer" if known else "fallback")
    writer.wait(1)
    writer.say("bot", script["say"] or "这个我需要确认一下，稍后答您。")
    writer.fact("message.sent", author="bot", count=1)
    if to_people:
        writer.fact("handoff.requested", reason="negative_sentiment" if anger > 0.5 else "requested", rule_id="demo")
        _served(writer, people, anger, dice)
    elif how == "buy" and dice.random() < 0.5:
        writer.wait(dice.randint(20, 90))
        writer.asks(dice.choice(people["thanks"][:2]), "chat.thanks", 0.5, 0.0, "answer", satisfied=True)
        writer.wait(1)
        writer.say("bot", "不客气，有问题随时找我。")
        writer.fact("message.sent", author="bot", count=1)
    writer.wait(600)
    writer.fact("conversation.closed", by="idle")
    writer.talk.conversation = writer.conversation("closed")
    return writer.talk


def _served(writer: _Writer, people: dict[str, Any], anger: float, dice: Random) -> None:
    """People take over: most in time, some late, some not at all."""
    writer.owner = "agent"
    agent = dice.choice(people["agents"])
    slow = dice.random()
    if slow > 0.95:
        return
    writer.wait(dice.randint(8, 70) if slow < 0.82 else dice.randint(190, 420))
    writer.fact("conversation.assigned", agent_id=agent, why="free", waited_s=0)
    for text in (dice.choice(people["opens"]), dice.choice(people["ends"])):
        writer.say("agent", text, agent)
        writer.fact("message.sent", author="agent", agent_id=agent, count=1, chars=len(text), flags=[])
        writer.wait(dice.randint(30, 110))
    happy = dice.random() > 0.3 + anger * 0.3
    text = dice.choice(people["thanks"] if happy else people["grumble"])
    writer.asks(text, "chat.thanks" if happy else "chat.ack", 0.4 if happy else -0.6, 0.0 if happy else anger, "")
    writer.wait(dice.randint(5, 40))
    writer.say("agent", "不客气，有问题随时找我。" if happy else "实在抱歉，我盯着这件事，有结果马上告诉您。", agent)
    writer.fact("message.sent", author="agent", agent_id=agent, count=1, chars=14, flags=[])
    if dice.random() < 0.5:
        writer.fact("csat.invited", agent_id=agent)
        writer.fact("conversation.rated", score=dice.choice((4, 5, 5)) if happy else dice.choice((1, 2, 3)))
