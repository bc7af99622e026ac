"""Whether the bot is sure of an answer (把握): sure enough to say it where a person was to look at it first."""

from xiaoer.kernel.decision import Decision
from xiaoer.kernel.heard import Heard

_LEAST = 0.6  # confidence in what was asked; more than answering by itself needs, because nobody asked for that here
_UNSURE_ACTS = frozenset({"fallback", "handoff"})
_LEFT_TO_PEOPLE = frozenset({"action.held", "action.failed"})  # nothing was done: a person does it and says so


def is_sure(heard: Heard, decision: Decision) -> bool:
    """Whether every part of the turn was understood and answered."""
    understood = all(
        segment.confidence >= _LEAST for segment in heard.segments if not segment.intent.startswith("chat.")
    )
    return understood and not any(
        act.type in _UNSURE_ACTS or act.template == "unclear" or act.rule_id in _LEFT_TO_PEOPLE for act in decision.acts
    )
