"""What was told where little was understood gives way to what likelier answers, and nothing else does."""

from datetime import UTC, datetime

import pytest

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import Act, Facts, KnowledgeHit
from xiaoer.kernel.heard import Entities, Heard, Segment, Sentiment
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.policies.rules.likelier import instead
from xiaoer.slices.policies.types import Ask, Move, Situation

NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)
WATCH = Product("P1", "自动机械表男", attributes={"动力储存": "约41小时", "表带": "牛皮", "防水": "30米生活防水"})
PICKUP = KnowledgeHit("K1", "可以到店自提吗", "可以，到仓库自提点取。", 0.25)
CARRIER = KnowledgeHit("K2", "发什么快递", "默认发中通。", 0.1)


def ask(said: str, intent: str, sure: float, *hits: KnowledgeHit) -> Ask:
    message = BuyerMessage(MessageId("m"), TextContent(said), NOW)
    turn = Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "api", (message,), product_in_focus="P1")
    segment = Segment(said, intent, sure, Entities(), by="model")
    situation = Situation(turn, Heard((segment,), Sentiment("neutral", 0.0, 0.0), "normal"), NOW, ())
    facts = Facts(products={"P1": WATCH}, knowledge={0: hits}, orders=())
    return Ask(0, segment, situation, facts, "P1", Memory(), "")


def fact(key: str) -> Move:
    return Move(Act("answer", 0, "product.facts", {"facts": [[key, WATCH.attributes[key]]]}))


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        (ask("自己过来拎走行吗", "ship.redirect", 0.25, PICKUP), "unclear", "knowledge"),
        (ask("自己过来拎走行吗", "ship.redirect", 0.25, CARRIER), "unclear", "unclear"),
        (ask("自己过来拎走行吗", "chat.smalltalk", 0.5, PICKUP), "chat.smalltalk", "knowledge"),
        (ask("今天天气真不错呀", "chat.smalltalk", 0.9, PICKUP), "chat.smalltalk", "chat.smalltalk"),
        (ask("自己过来拎走行吗", "oos.platform", 0.95, PICKUP), "oos.platform", "oos.platform"),
        (ask("自己过来拎走行吗", "ship.track", 0.95, PICKUP), "order.which", "order.which"),
        (ask("戴着能游泳不", "product.detail", 0.9), "unclear", "product.facts"),
    ],
)
def test_what_yields(asked: Ask, before: str, after: str) -> None:
    move = instead(asked, Move(Act("answer", 0, before)))
    assert move.act is not None
    assert move.act.template == after


def test_an_unlikely_fact_of_a_rule_yields_and_a_likely_one_stays() -> None:
    asked = ask("戴着能游泳不", "product.detail", 0.9)
    yielded, kept = instead(asked, fact("表带")), instead(asked, fact("防水"))
    assert yielded.act is not None
    assert "生活防水" in yielded.act.slots["nearest"]
    assert kept == fact("防水")
