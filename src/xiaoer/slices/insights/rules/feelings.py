"""Feeling (情绪): its course through a talk, what set it off, how the talk was left, and who may write a bad review.

`estimate` is a sum of plain signs with weights chosen by reason, not fitted to anybody's labels; the benchmark
`benchmarks/dialogues.py` tells how well it follows human raters.
"""

from xiaoer.kernel.heard import COURTESY, THANKS
from xiaoer.slices.insights.rules.figures import is_complaint
from xiaoer.slices.insights.rules.rounds import find_rounds
from xiaoer.slices.insights.types import BUYER, Ask, Talk

ANGRY = 0.55
RISKY = 0.75
_NEGATIVE, _POSITIVE = -0.2, 0.25
_SLOW_MS = 180_000
_UNHAPPY = -0.15
_LEFT_OPEN = {"asks": 0.75, "later": 0.6, "sorry": 0.5}  # how much happier he must be to be believed settled
MOODS = {"neg": "不满", "neu": "平静", "pos": "满意"}
TRIGGERS = {
    "slow": "等太久没人答",
    "missed": "没答上来",
    "answer": "答得不满意",
    "queue": "转人工后排队久",
    "again": "同一件事又来问",
}


def mood_word(score: float) -> str:
    """neg, neu or pos."""
    return "neg" if score <= _NEGATIVE else "pos" if score >= _POSITIVE else "neu"


def anger_of(talk: Talk) -> float:
    """The highest anger of the talk, 0 to 1."""
    return max((ask.anger for ask in talk.asks), default=0.0)


def course_of(talk: Talk) -> str:
    """`neg>pos`: how the buyer came and how he left; "" without two turns."""
    if len(talk.asks) < 2:
        return ""
    return f"{mood_word(talk.asks[0].mood)}>{mood_word(talk.asks[-1].mood)}"


def trigger_of(talk: Talk) -> str:
    """What happened just before the buyer became angry; `matter:<intent>` when it is the matter itself; "" for calm."""
    place = next((i for i, ask in enumerate(talk.asks) if ask.anger >= ANGRY), -1)
    if place < 0:
        return ""
    ask = talk.asks[place]
    waits = [r for r in find_rounds(talk.beats, "rsa") if r.start <= ask.at and (r.end < 0 or r.end >= ask.at)]
    if waits and ask.at - waits[-1].start > _SLOW_MS:
        handed = any(s.what == "handoff" and s.at <= ask.at for s in talk.steps)
        return "queue" if handed else "slow"
    if ask.satisfied is False:
        return "answer"
    if place and not talk.asks[place - 1].answered:
        return "missed"
    matter = next((i for i in ask.intents if not i.startswith(("chat.", "oos.", "service."))), "")
    if not matter and place:
        matter = next((i for i in talk.asks[place - 1].intents if not i.startswith(("chat.", "oos."))), "")
    if matter:
        return f"matter:{matter}"
    return "again" if 0 <= talk.around.since_last_s <= 86_400 else "matter:service.complaint"


def is_at_risk(talk: Talk) -> bool:
    """Whether a bad review or a complaint is likely (差评风险)."""
    return is_complaint(talk) or anger_of(talk) >= RISKY


def estimate(talk: Talk) -> float:
    """How satisfied the buyer probably left, -1 to 1. A rating of his own outweighs every sign."""
    if talk.rating:
        return (talk.rating - 3) / 2
    if not talk.asks:
        return 0.0
    return max(-1.0, min(1.0, signs_of(talk)))


def signs_of(talk: Talk) -> float:
    """The weighted signs behind `estimate`."""
    asks = talk.asks
    last, lowest = asks[-1], min(asks, key=lambda ask: ask.mood)
    score = 0.35 * last.mood + 0.2 * lowest.mood + 0.1 * sum(a.mood for a in asks) / len(asks)
    score -= 0.25 * last.anger
    if any(_said(ask, THANKS) for ask in asks[-2:]):
        score += 0.45
    elif _said(last, COURTESY):
        score += 0.15
    score -= 0.15 * sum(ask.satisfied is False for ask in asks)
    rounds = find_rounds(talk.beats, "rsa")
    if rounds and rounds[-1].end < 0:
        score -= 0.2
    if len(asks) > 4:
        score -= 0.05 * min(4, len(asks) - 4)
    if is_complaint(talk):
        score -= 0.2
    if 0 <= talk.around.again_in_s <= 86_400:
        score -= 0.1
    return score


def is_settled(talk: Talk) -> bool:
    """Whether the matter looks resolved at the end of the talk.

    Thanks end a talk, and a courtesy that nobody answers leaves nothing open. Otherwise it is not settled when the
    buyer spoke last, when the last answer of a person leaves something to happen, or when the buyer left unhappy.
    """
    if talk.rating:
        return talk.rating >= 4
    if not any(beat.who == BUYER for beat in talk.beats):
        return False
    last = talk.asks[-1] if talk.asks else None
    if last and _said(last, THANKS):
        return estimate(talk) > _UNHAPPY
    rounds = find_rounds(talk.beats, "rsa")
    if rounds and rounds[-1].end < 0 and not (last and _said(last, COURTESY)):
        return False
    answers = [beat for beat in talk.beats if beat.who != BUYER]
    return estimate(talk) > _UNHAPPY + _LEFT_OPEN.get(answers[-1].leaves if answers else "", 0.0)


def _said(ask: Ask, intents: frozenset[str]) -> bool:
    return bool(intents & set(ask.intents))
