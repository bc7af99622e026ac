"""Event facts drawn at random: what the benchmarks of insight count. Same dice, same facts."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import DEFAULT_SHOP

INTENTS = (
    *("ship.when", "ship.eta", "ship.track", "ship.urge", "ship.stuck", "product.size_advice", "product.detail"),
    *("product.material", "product.color", "product.stock", "product.quality", "product.warranty", "price.query"),
    *("promo.coupon", "promo.discount", "promo.bargain", "promo.gift", "order.invoice", "order.change_address"),
    *("after.return", "after.refund_progress", "after.exchange", "after.defect", "after.size_wrong", "after.missing"),
    *("after.freight", "after.color_diff", "service.complaint", "product.usage", "product.compatibility"),
)
WEIGHTS = [1 / (place + 1) ** 0.7 for place in range(len(INTENTS))]
PRODUCTS = 300
AGENTS = 12
CHANNELS = ("taobao", "douyin", "web")


def talk_facts(dice: Random, number: int, at: datetime) -> list[Event]:
    """One talk: two to five asks, the bot first, people in a quarter of them."""
    talk, buyer = f"bench-{number}", f"buyer-{dice.randrange(2_000_000)}"
    channel = dice.choices(CHANNELS, (6, 3, 1))[0]
    product = f"P{min(PRODUCTS - 1, int(dice.paretovariate(0.6)) - 1):04d}"
    facts: list[Event] = []

    def tell(type_: str, **data: Any) -> None:
        id_ = f"bench:{talk}:{len(facts):02d}"
        facts.append(Event(DEFAULT_SHOP, id_, type_, at, talk, buyer, {"channel": channel, **data}))

    tell("conversation.opened", entry=dice.choice(("product", "search", "live")), product_id=product)
    people = dice.random() < 0.25
    owner = "bot"
    for turn in range(dice.randint(2, 5)):
        intent = dice.choices(INTENTS, WEIGHTS)[0]
        anger = 0.7 if dice.random() < 0.02 else 0.0
        tell("message.received", state=owner)
        wording = f"{INTENTS.index(intent):04x}{min(60, int(dice.paretovariate(0.9))):04x}0000"
        answered = dice.random() < 0.93
        tell(
            "turn.decided",
            owner=owner,
            intents=[intent],
            words=[wording],
            acts=["answer" if answered else "fallback"] if owner == "bot" else [],
            sentiment=-0.6 if anger else dice.uniform(-0.2, 0.4),
            anger=anger,
            satisfied=None,
            sources=[["knowledge", "k"]],
            product_id=product,
        )
        if owner == "bot":
            at += timedelta(seconds=1)
            tell("message.sent", author="bot", count=1)
            if people and turn == 0:
                tell("handoff.requested", reason="requested", rule_id="r")
                tell("conversation.assigned", agent_id=f"agent-{dice.randrange(AGENTS)}", why="free", waited_s=2)
                owner = "agent"
                at += timedelta(seconds=dice.uniform(5, 240))
                tell("message.sent", author="agent", agent_id=facts[-1].data["agent_id"], chars=18, flags=[])
        else:
            at += timedelta(seconds=dice.uniform(5, 200))
            agent = next(f.data["agent_id"] for f in facts if f.type == "conversation.assigned")
            tell("message.sent", author="agent", agent_id=agent, chars=22, flags=[])
        at += timedelta(seconds=dice.uniform(10, 90))
    tell("conversation.closed", by="idle")
    if dice.random() < 0.1:
        tell("conversation.rated", score=dice.choice((1, 3, 4, 5, 5)))
    return facts
