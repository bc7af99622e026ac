"""When people take over (转人工), decided before anything else and before any model.

Order: a red line that was crossed; a call for somebody in the midst of a talk; anger, or anger that rises; the third
try that did not satisfy; a picture that needs eyes; several after-sales matters in one breath.
After answering: a second answer in a row that the bot was not sure of.
"""

from typing import Any

from xiaoer.kernel.decision import Act, Decision, Handoff, HandoffReason
from xiaoer.kernel.heard import COURTESY, THANKS
from xiaoer.kernel.turn import ImageContent
from xiaoer.kernel.worktime import next_opening
from xiaoer.slices.policies.first_aid import first_aid
from xiaoer.slices.policies.rules.calling import calls_person
from xiaoer.slices.policies.rules.trying import tells_news
from xiaoer.slices.policies.types import Situation

_TEMPLATE: dict[HandoffReason, str] = {
    "requested": "handoff.requested",
    "sensitive": "handoff.sensitive",
    "unsatisfied": "handoff.unsatisfied",
    "negative_sentiment": "handoff.negative",
    "complex_after_sale": "handoff.complex",
    "low_confidence": "handoff.unsure",
    "bargain_exhausted": "handoff.bargain",
    "image": "handoff.image",
    "error": "handoff.error",
}
_HARM = "handoff.harm"
AWAY = "_away"  # ends the name of what is said while nobody is there
_TOO_MANY_MATTERS = 3  # one order with three of them needs a plan, not three answers
_SAME_WORDS = 2
_SETTLES = THANKS | COURTESY
_RISING = 0.5  # of the anger that hands over by itself
_SURE = 0.5
_SETTLED_BY_PEOPLE = frozenset(
    f"after.{name}"
    for name in ("return", "exchange", "refund_only", "defect", "wrong_item", "missing", "color_diff", "size_wrong",
                 "repair", "compensation")
)  # fmt: skip


def stop_for_people(situation: Situation) -> Handoff | None:
    """Return the hand-over that this turn calls for before any answer; None when the bot may go on."""
    if situation.hits:
        hit = situation.hits[0]
        return Handoff(hit.reason, hit.rule_id, hit.skill)
    if calls_person(" ".join(message.text for message in situation.turn.messages), situation.turn):
        return Handoff("requested", "human.call")
    if situation.heard.sentiment.anger >= situation.limits.anger_handoff:
        return Handoff("negative_sentiment", "feeling.anger", "complaints")
    if _rises(situation):
        return Handoff("negative_sentiment", "feeling.rising", "complaints")
    tries = situation.unsatisfied + (1 if situation.heard.satisfied is False else 0)
    if tries >= situation.limits.unsatisfied_tries:
        return Handoff("unsatisfied", "tries.unsatisfied")
    waited_for = any(one.kind == "after_sale" and one.asks == "photo" for one in situation.turn.memory.matters)
    pictures = any(isinstance(message.content, ImageContent) for message in situation.turn.messages)
    if pictures and not waited_for:
        return Handoff("image", "content.image", "after_sales")
    if len(_matters(situation)) >= _TOO_MANY_MATTERS:
        return Handoff("complex_after_sale", "after_sale.many", "after_sales")
    return None


def goes_in_circles(situation: Situation, reply: str) -> bool:
    """Whether `reply` was said twice already although the buyer goes on about something and has accepted nothing.

    The same words a third time help nobody; a person does. Asked of something else (那175呢), they may be the answer.
    """
    chats = all(segment.intent.startswith("chat.") for segment in situation.heard.segments)
    if not reply or chats or tells_news(situation):
        return False
    said = 0
    for past in reversed(situation.turn.history):
        if past.author == "bot" and past.intents and all(i in _SETTLES for i in past.intents):
            break
        said += past.author == "bot" and past.text == reply
    return said >= _SAME_WORDS


def _rises(situation: Situation) -> bool:
    """Whether a buyer who was cross already is crosser now: from half of what hands over at once."""
    now, least = situation.heard.sentiment.anger, situation.limits.anger_handoff * _RISING
    since_people = []
    for past in reversed(situation.turn.history):
        if past.author == "agent":
            break
        since_people.append(past.anger)
    before = max(since_people, default=0.0)
    return min(now, before) >= least and now >= before


def _matters(situation: Situation) -> set[str]:
    """The after-sales matters (少件, 错发, 破损, 退货 …) that the turn reports or asks to be settled."""
    return {s.intent for s in situation.heard.segments if s.intent in _SETTLED_BY_PEOPLE and s.confidence >= _SURE}


# why a second try in a row ends with people, in its own words
_BY_RULE = {"tries.source_down": "handoff.source_down", "tries.other_money": "handoff.other_money"}


def hand_over(situation: Situation, handoff: Handoff, effect: Any = None) -> Decision:
    """The decision that tells the buyer who takes over; off hours that it is noted, and when somebody will be there.

    `effect` is kept with the first act.
    """
    template = _BY_RULE.get(handoff.rule_id) or _TEMPLATE[handoff.reason]
    advice = first_aid(handoff.rule_id, " ".join(message.text for message in situation.turn.messages))
    template, slots = of_people(_HARM if advice else template, situation)
    slots |= {"advice": advice} if advice else {}
    count = max(1, len(situation.heard.segments))
    acts = tuple(
        Act("handoff", index, template, slots, rule_id=handoff.rule_id, effect=None if index else effect)
        for index in range(count)
    )
    return Decision(acts=acts, handoff=handoff, notes=(f"handoff {handoff.reason} by {handoff.rule_id}",))


def of_people(template: str, situation: Situation) -> tuple[str, dict[str, object]]:
    """What is said of people, true at this hour: with nobody on duty its other words, and `opens_at`."""
    opens_at = next_opening(situation.hours, situation.now)
    if situation.people_on or opens_at == situation.now:
        return template, {}
    return template + AWAY, {"opens_at": opens_at}
