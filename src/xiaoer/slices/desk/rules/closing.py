"""After the talk (会话结束): when a rating is asked for, when silence closes, and how the talk is filed."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from xiaoer.kernel.turn import State
from xiaoer.slices.desk.types import WrapUp

_BETWEEN_INVITES = timedelta(hours=24)
_ANGRY = 0.5
_NO_ANSWER = timedelta(days=1)
WRAP_UPS = (
    WrapUp("solved", "已解决"),
    WrapUp("info_given", "咨询已答复"),
    WrapUp("ordered", "已下单"),
    WrapUp("return_agreed", "同意退换"),
    WrapUp("refund_agreed", "同意退款"),
    WrapUp("compensated", "补偿安抚"),
    WrapUp("ticket", "已建工单跟进"),
    WrapUp("buyer_left", "买家未回复"),
    WrapUp("not_solved", "未解决"),
    WrapUp("spam", "广告骚扰"),
)
_BY_INTENT = (
    ("after.return", "return_agreed"),
    ("after.exchange", "return_agreed"),
    ("after.refund", "refund_agreed"),
    ("order.cancel", "refund_agreed"),
    ("after.compensation", "compensated"),
    ("product.", "info_given"),
    ("price.", "info_given"),
    ("promo.", "info_given"),
    ("ship.", "info_given"),
    ("order.", "info_given"),
)
# A question that waits for an answer, and one that only ends a talk: 还有别的可以帮您吗.
_ASKS, _ENDS = re.compile(r"(?:[?？]|[吗呢么][。~～!！]?)\s*$"), re.compile("还有|别的|其[他它]")
_NEVER_INVITED = frozenset({"not_solved", "spam", "buyer_left"})
InviteRefusal = Literal["not_closed", "nothing_answered", "angry", "not_solved", "invited_lately", "rated"]


class Talk(Struct, frozen=True):
    """What the closing rules look at. `awaits_buyer`: an agent asked last. Of a talk that the bot has: `is_open` while
    something is asked and not settled, `is_small_talk` when nothing but greetings was answered."""

    answers: int
    last_author: str
    anger: float = 0.0
    score: float = 0.0
    wrap_up: str = ""
    rated: bool = False
    invited_at: datetime | None = None
    open_tickets: int = 0
    intents: tuple[str, ...] = ()
    awaits_buyer: bool = False
    is_open: bool = False
    is_small_talk: bool = False


def refuse_invite(talk: Talk, now: datetime) -> InviteRefusal | None:
    """Why the buyer is not asked for a rating; None when asking is fine. Never mid-problem, never twice a day."""
    if talk.rated:
        return "rated"
    if talk.answers == 0 or talk.is_small_talk:
        return "nothing_answered"
    if talk.wrap_up in _NEVER_INVITED or talk.open_tickets > 0 or talk.is_open or talk.awaits_buyer:
        return "not_solved"
    if talk.last_author == "buyer" and any(not intent.startswith("chat.") for intent in talk.intents):
        return "not_solved"  # his last words are a question that nobody answered
    if talk.anger >= _ANGRY or talk.score <= -0.6:
        return "angry"
    if talk.invited_at is not None and now - talk.invited_at < _BETWEEN_INVITES:
        return "invited_lately"
    return None


def awaits_answer(said: str) -> bool:
    """Whether what an agent said last is a question that the buyer has yet to answer."""
    return _ASKS.search(said) is not None and _ENDS.search(said) is None


def lasting_feeling(heard: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Anger and score of the newest turns, newest first: a 「哦」 calms nobody; thanks or a good word do."""
    felt: list[tuple[float, float]] = []
    for one in heard:
        feeling = one.get("sentiment") or {}
        if one.get("satisfied") or feeling.get("label") == "positive":
            break
        felt.append((float(feeling.get("anger", 0.0)), float(feeling.get("score", 0.0))))
    return max((anger for anger, _ in felt), default=0.0), min((score for _, score in felt), default=0.0)


def may_close_idle(state: State, last_author: str, silent_for: timedelta, idle: timedelta) -> bool:
    """Whether silence ends the talk: never while the buyer is the one who waits, never in the queue.

    A word to which the bot has nothing to say keeps a talk open for a day at most.
    """
    if state == "agent":
        return last_author != "buyer" and silent_for > idle
    return state == "bot" and silent_for > (_NO_ANSWER if last_author == "buyer" else idle)


def suggest_wrap_up(talk: Talk) -> WrapUp:
    """The code that most likely fits, offered to the agent."""
    by_code = {wrap_up.code: wrap_up for wrap_up in WRAP_UPS}
    if talk.open_tickets:
        return by_code["ticket"]
    if talk.anger >= _ANGRY:  # he was not heard to calm down, whoever spoke last
        return by_code["not_solved"]
    if talk.awaits_buyer:
        return by_code["buyer_left"]
    for intent in talk.intents:
        for prefix, code in _BY_INTENT:
            if intent.startswith(prefix):
                return by_code[code]
    return by_code["solved"]


def is_wrap_up(code: str) -> bool:
    return any(wrap_up.code == code for wrap_up in WRAP_UPS)


def mode_of(default: str, by_intent: dict[str, str], intents: Sequence[str]) -> str:
    """The mode of a turn: the most careful one of its intents wins (影子 over 辅助 over 全自动)."""
    order = ("auto", "assist", "shadow")
    found = [by_intent.get(intent, by_intent.get(f"{intent.partition('.')[0]}.*", default)) for intent in intents]
    return max(found or [default], key=order.index)
