"""A word of regret first (先道歉), before a cross buyer is asked for data or told that nothing was found."""

from xiaoer.kernel.decision import Act
from xiaoer.slices.policies.types import Situation


def say_regret(situation: Situation, acts: tuple[Act, ...]) -> Act | None:
    """The regret that the reply opens with; None when the feeling is not negative or the buyer gets what he wants."""
    if situation.heard.sentiment.label != "negative":
        return None
    owed = next((act for act in acts if act.type in ("ask", "fallback")), None)
    said = sum(past.author == "bot" for past in situation.turn.history)  # another time, other words
    return Act("answer", owed.segment, "regret", {"round": said}, rule_id="feeling.regret") if owed else None
