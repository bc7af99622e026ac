"""Who takes a conversation (分配): by skill, then by who knows the buyer, then by who has room.

An agent is available when he is online, was seen lately and has room. People with the wanted skill come
first; while such people are on duty but full, the buyer waits for them, though not for ever: after
`any_skill_after_s` whoever has room takes it, because a late expert is worse than a prompt colleague.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from xiaoer.kernel.worktime import BusinessHours, is_open, next_opening
from xiaoer.slices.desk.types import Agent, Assign, Case, DeskSettings, LeaveTicket, Route, Wait

_BY_REASON = {"sensitive": "complaints", "negative_sentiment": "complaints", "complex_after_sale": "after_sales",
              "bargain_exhausted": "pre_sale"}  # fmt: skip
_BY_RULE = {"safety": "complaints", "sales": "pre_sale"}  # what rules name, in the words of the desk
_BY_INTENT = (
    ("service.complaint", "complaints"),
    ("after.", "after_sales"),
    ("order.cancel", "after_sales"),
    ("order.invoice", "after_sales"),
    ("ship.", "logistics"),
    ("order.change_address", "logistics"),
    ("product.", "pre_sale"),
    ("promo.price_protect", "after_sales"),
    ("promo.", "pre_sale"),
    ("price.", "pre_sale"),
    ("order.how_to_buy", "pre_sale"),
    ("order.pay", "pre_sale"),
)
_BY_ORDER = {"unpaid": "pre_sale", "shipped": "logistics", "refunding": "after_sales", "refunded": "after_sales"}

FRONT = 3  # from this place on a buyer hears once more when the turn has come


def skill_for(reason: str, asked: str, intents: Sequence[str], earlier: Sequence[Sequence[str]] = ()) -> str:
    """The skill that a hand-over needs: what the rule asked for, else by its reason, else by what is talked about.

    `earlier` are the intents of the talk before, newest first: 「转人工」 alone is about what was asked just now.
    """
    if asked and asked != "general":
        return _BY_RULE.get(asked, asked)
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    for turn in (intents, *earlier):
        for intent in turn:
            for prefix, skill in _BY_INTENT:
                if intent.startswith(prefix):
                    return skill
    return "general"


def skill_by_order(status: str, *, has_refund: bool) -> str:
    """The skill that the order which is talked about asks for, when the words ask for none (订单状态路由)."""
    return "after_sales" if has_refund else _BY_ORDER.get(status, "general")


def is_reachable(agent: Agent, now: datetime, lost_after_s: int) -> bool:
    """Whether the agent is at the desk: not offline, and seen lately."""
    return (
        agent.status != "offline"
        and agent.seen_at is not None
        and now - agent.seen_at <= timedelta(seconds=lost_after_s)
    )


def choose_route(
    case: Case, agents: Sequence[Agent], work: BusinessHours, settings: DeskSettings, now: datetime
) -> Route:
    """Decide what happens to a waiting conversation now. `agents` carry their present load."""
    here = [agent for agent in agents if is_reachable(agent, now, settings.lost_after_s)]
    serving = [agent for agent in here if agent.status == "online"]
    waited_s = (now - case.queued_at).total_seconds() if case.queued_at else 0.0
    tried = case.tried if waited_s < settings.reroute_s else ()  # nobody else came: better the same one than nobody
    free = [agent for agent in serving if agent.load < agent.capacity and agent.id not in tried]
    if case.wanted_agent:
        wanted = next((agent for agent in free if agent.id == case.wanted_agent), None)
        if wanted is not None:
            return Assign(wanted, "wanted")
    skilled = [agent for agent in free if has_skill(agent, case.skill)]
    if skilled:
        return _best(case, skilled)
    expected = any(has_skill(agent, case.skill) for agent in serving)
    if free and (not expected or waited_s >= settings.any_skill_after_s):
        return _best(case, free)
    if here:
        if free or serving:
            return Wait("all_busy")
        if is_open(work, now):
            return Wait("all_busy")
    if not is_open(work, now):
        return LeaveTicket(next_opening(work, now))
    if waited_s >= settings.give_up_after_s:
        return LeaveTicket(None)
    return Wait("nobody_online")


def movable(
    order: Sequence[Case], agents: Sequence[Agent], work: BusinessHours, settings: DeskSettings, now: datetime
) -> list[Case]:
    """The waiting conversations, in the queue's order, to which something happens now.

    They find a person or become a ticket, they came a moment ago, or they must hear that they are next. A person's
    room is given away once: agents are counted with the talks that this look gives them.
    """
    team = {agent.id: agent for agent in agents}
    found = []
    for place, case in enumerate(order, start=1):
        route = choose_route(case, list(team.values()), work, settings, now)
        if isinstance(route, Assign):
            team[route.agent.id] = replace(route.agent, load=route.agent.load + 1)
        elif isinstance(route, Wait) and case.told_position and not (place == 1 and case.told_position >= FRONT):
            continue
        found.append(case)
    return found


def has_skill(agent: Agent, skill: str) -> bool:
    """No skills named means an all-rounder; a general question suits everybody."""
    return not agent.skills or skill in agent.skills or skill == "general"


def role_of(agent: Agent, skill: str) -> str:
    """As what the buyer is told that the agent comes: by the skill that is asked for, else by his own."""
    return skill if has_skill(agent, skill) else agent.skills[0]


def knows_category(agent: Agent, category: str) -> bool:
    """Whether the agent knows this category (女装/外套), or one that it lies in."""
    return bool({category, *category.split("/")} & set(agent.categories)) if category else False


def _best(case: Case, agents: Sequence[Agent]) -> Assign:
    chosen = max(agents, key=lambda agent: _fit(case, agent))
    if chosen.id == case.previous_agent:
        return Assign(chosen, "knows_buyer")
    return Assign(chosen, "skill" if case.skill in chosen.skills else "load")


def _fit(case: Case, agent: Agent) -> tuple[object, ...]:
    """Better is greater: who knows the buyer, VIP people, category, dialect, a named skill, room, longest idle."""
    idle_from = agent.assigned_at.timestamp() if agent.assigned_at else 0.0
    return (
        agent.id == case.previous_agent,
        case.vip and "vip" in agent.skills,
        knows_category(agent, case.category),
        bool(case.language) and case.language in agent.languages,
        case.skill in agent.skills,
        1.0 - agent.load / max(1, agent.capacity),
        -idle_from,
        agent.id,
    )


def must_reroute(
    case: Case,
    agent_answered: bool,
    waiting_s: float,
    agents: Sequence[Agent],
    settings: DeskSettings,
    now: datetime,
    holder: str = "",
) -> bool:
    """Whether a talk leaves its `holder` who does not answer: only when a colleague has room, and not endlessly."""
    if agent_answered or waiting_s < settings.reroute_s or len(case.tried) >= settings.most_reroutes:
        return False
    return any(
        agent.status == "online"
        and is_reachable(agent, now, settings.lost_after_s)
        and agent.load < agent.capacity
        and agent.id not in (*case.tried, holder)
        and has_skill(agent, case.skill)
        for agent in agents
    )
