"""The facts that a turn wants first (先取数), and what it is found to want once the buyer's orders are known.

Several own goods that one message speaks of are heard apart then (`policies.hear_apart`), and the facts are those of
the parts. The orders are read beside the rest, so that this waits for nothing.
"""

from typing import Any

from msgspec.structs import replace

from xiaoer.flows.answer_message.ports import GathersFacts, Understands
from xiaoer.kernel.decision import Facts, Need
from xiaoer.slices.policies import api as policies
from xiaoer.slices.policies.types import Situation


async def first_facts(
    gather: GathersFacts, hears: Understands, situation: Situation, trace: dict[str, Any]
) -> tuple[Situation, Facts | None]:
    """The situation as it is heard then, and the facts; None where the turn wants none."""
    needs = policies.decide(situation).needs
    if not needs:
        return situation, None
    several = policies.may_speak_of_several(situation)
    wanted = tuple(dict.fromkeys((*needs, Need("orders", 0)))) if several else needs
    turn, now = situation.turn, situation.now
    facts = await gather(turn, situation.heard, wanted, now)
    apart = policies.hear_apart(situation, facts.orders or (), hears.understand) if several else situation
    if apart is not situation:
        situation, wanted = apart, policies.decide(apart).needs
        known = Facts(orders=facts.orders, terms=facts.terms, scene=facts.scene)
        facts = await gather(turn, situation.heard, wanted, now, known)
    elif all(need.kind != "orders" for need in needs):
        facts = replace(facts, orders=None, asked=needs)  # read for nothing: nobody asked of them
    note_needs(trace, wanted)
    return situation, facts


def note_needs(trace: dict[str, Any], needs: tuple[Need, ...]) -> None:
    """Keep in the trace what was asked for."""
    trace.setdefault("needs", []).extend([need.kind, need.segment, need.key] for need in needs)


def note_facts(trace: dict[str, Any], facts: Facts | None) -> None:
    """Keep in the trace what came of it: entries, sources that were down, deeds and trials."""
    if facts is None:
        return
    trace["knowledge"] = {
        str(index): [[hit.id, hit.question, hit.score] for hit in hits[:3]] for index, hits in facts.knowledge.items()
    }
    trace["missing"] = facts.missing
    trace["done"] = facts.outcomes
    trace["trials"] = facts.trials
