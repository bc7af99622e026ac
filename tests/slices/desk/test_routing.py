"""Who gets a waiting conversation: the table in routing.yaml, and where skills come from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.ids import ConversationId, ShopId
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.desk.rules.routing import choose_route, knows_category, must_reroute, skill_by_order, skill_for
from xiaoer.slices.desk.types import Agent, Assign, Case, DeskSettings, LeaveTicket, Wait

ROWS = yaml.safe_load((Path(__file__).parent / "routing.yaml").read_text(encoding="utf-8"))
TUESDAY = datetime(2026, 6, 16, 15, tzinfo=SHOP_ZONE)


def agent(name: str, row: list[Any], now: datetime) -> Agent:
    status, load, skills, *rest = row
    extra: dict[str, Any] = next((item for item in rest if isinstance(item, dict)), {})
    taken, capacity = (int(part) for part in load.split("/"))
    return Agent(
        name,
        name,
        "agent",
        status,
        capacity,
        taken,
        tuple(skills),
        tuple(extra.get("categories", ())),
        tuple(extra.get("languages", ())),
        now - timedelta(seconds=600 if "gone" in rest else 5),
        now - timedelta(seconds=extra.get("idle_s", 60)),
    )


def outcome(route: Assign | Wait | LeaveTicket) -> str:
    match route:
        case Assign(agent=chosen):
            return chosen.id
        case Wait(why=why):
            return f"wait {why}"
        case LeaveTicket(opens_at=None):
            return "ticket none"
        case LeaveTicket(opens_at=opens_at):
            assert opens_at is not None
            return f"ticket {opens_at.astimezone(SHOP_ZONE):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_routing(row: dict[str, Any]) -> None:
    now = datetime.fromisoformat(row["at"]) if "at" in row else TUESDAY
    given = dict(row.get("case", {}))
    waited = timedelta(seconds=given.pop("waited_s", 0))
    given["tried"] = tuple(given.get("tried", ()))
    case = Case(ShopId("s"), ConversationId("c"), "requested", queued_at=now - waited, **given)
    hours, settings = BusinessHours(weekly=row.get("weekly", {}), special=row.get("special", {})), DeskSettings()
    agents = [agent(name, value, now) for name, value in row["agents"].items()]
    assert outcome(choose_route(case, agents, hours, settings, now)) == row["expect"]


@pytest.mark.parametrize(
    ("status", "has_refund", "skill"),
    [("unpaid", False, "pre_sale"), ("shipped", False, "logistics"), ("delivered", True, "after_sales"),
     ("refunding", False, "after_sales"), ("paid", False, "general")],
)  # fmt: skip
def test_the_order_that_is_talked_about_names_the_skill(status: str, has_refund: bool, skill: str) -> None:
    assert skill_by_order(status, has_refund=has_refund) == skill


@pytest.mark.parametrize(
    ("category", "knows"),
    [("女装/外套", True), ("女装", True), ("男装/外套", False), ("", False)],
    ids=["below", "itself", "other", "none"],
)
def test_a_category_is_known_with_all_that_lies_in_it(category: str, knows: bool) -> None:
    assert knows_category(Agent("a", "a", categories=("女装",)), category) is knows


@pytest.mark.parametrize(
    ("reason", "asked", "intents", "skill"),
    [
        ("requested", "", [], "general"),
        ("requested", "", ["service.human"], "general"),
        ("requested", "", ["service.human", "after.return"], "after_sales"),
        ("requested", "", ["ship.stuck"], "logistics"),
        ("requested", "", ["product.size_advice"], "pre_sale"),
        ("requested", "", ["promo.price_protect"], "after_sales"),
        ("requested", "", ["promo.coupon"], "pre_sale"),
        ("requested", "", ["order.cancel"], "after_sales"),
        ("requested", "logistics", ["after.return"], "logistics"),
        ("requested", "general", ["after.return"], "after_sales"),
        ("sensitive", "", ["product.quality"], "complaints"),
        ("negative_sentiment", "", ["ship.when"], "complaints"),
        ("complex_after_sale", "", [], "after_sales"),
        ("bargain_exhausted", "", ["promo.bargain"], "pre_sale"),
        ("image", "after_sales", ["oos.unclear"], "after_sales"),
        ("low_confidence", "", ["oos.unclear"], "general"),
    ],
)
def test_the_skill_that_a_hand_over_needs(reason: str, asked: str, intents: list[str], skill: str) -> None:
    assert skill_for(reason, asked, intents) == skill


@pytest.mark.parametrize(
    ("intents", "earlier", "skill"),
    [
        (["service.human"], [["after.compensation"], ["promo.gift"]], "after_sales"),
        (["service.human"], [["chat.ack"], ["ship.urge"]], "logistics"),
        (["product.stock"], [["after.return"]], "pre_sale"),
        (["service.human"], [["chat.greeting"]], "general"),
    ],
)
def test_a_bare_call_for_a_person_is_about_what_was_asked_before(
    intents: list[str], earlier: list[list[str]], skill: str
) -> None:
    assert skill_for("requested", "general", intents, earlier) == skill


@pytest.mark.parametrize(
    ("answered", "waiting_s", "tried", "colleague", "moves"),
    [
        (False, 121, (), "online", True),
        (False, 119, (), "online", False),
        (True, 500, (), "online", False),
        (False, 500, (), "paused", False),
        (False, 500, (), "offline", False),
        (False, 500, ("x", "y"), "online", False),
        (False, 500, ("b",), "online", False),
    ],
    ids=["silent", "not-long-enough", "answered", "paused", "offline", "moved-twice", "tried-him-before"],
)
def test_a_silent_agent_loses_the_talk_to_a_free_colleague(
    answered: bool, waiting_s: float, tried: tuple[str, ...], colleague: str, moves: bool
) -> None:
    now = TUESDAY.astimezone(UTC)
    case = Case(ShopId("s"), ConversationId("c"), "requested", tried=tried)
    agents = [agent("b", [colleague, "0/5", []], now)]
    assert must_reroute(case, answered, waiting_s, agents, DeskSettings(), now) is moves


def test_a_silent_agent_keeps_the_talk_when_he_is_the_only_one() -> None:
    now = TUESDAY.astimezone(UTC)
    case, alone = Case(ShopId("s"), ConversationId("c"), "requested"), [agent("b", ["online", "1/5", []], now)]
    assert must_reroute(case, False, 500, alone, DeskSettings(), now, holder="b") is False
