"""A decision is put into words (措辞); where the same words would only be said again, a person takes over instead."""

from xiaoer.kernel.decision import Decision, Handoff
from xiaoer.kernel.reply import Reply
from xiaoer.slices.policies.rules.handoff import goes_in_circles, hand_over
from xiaoer.slices.policies.types import Situation
from xiaoer.slices.replies import api as replies
from xiaoer.slices.replies.types import Templates


def worded(situation: Situation, decision: Decision, templates: Templates) -> tuple[Decision, Reply]:
    """The reply of a decision, and the decision that stands in the end."""
    now, talk = situation.now, situation.turn.conversation_id
    reply = replies.compose(decision, templates, now, talk)
    if decision.handoff or not reply.parts or not goes_in_circles(situation, reply.parts[0].text):
        return decision, reply
    decision = hand_over(situation, Handoff("unsatisfied", "tries.same_answer"))
    return decision, replies.compose(decision, templates, now, talk)
