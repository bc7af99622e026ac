"""Promises of an answer (承诺): what was not found just now is looked at again, ordered in the change that says so."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from xiaoer.infra import jobs
from xiaoer.kernel.decision import Decision
from xiaoer.kernel.turn import Turn

KIND = "follow_up"
OWED = "source.unavailable"  # rule of an act that says: not found just now, I will look again
_PAUSES = (timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=10))
TRIES = len(_PAUSES)


def owes(decision: Decision) -> bool:
    """Whether the decision promises to look again."""
    return decision.handoff is None and any(act.rule_id == OWED for act in decision.acts)


def promise(connection: Connection, turn: Turn, now: datetime, tried: int = 0) -> None:
    """Order the next look at a turn."""
    payload = {"conversation_id": turn.conversation_id, "messages": [m.id for m in turn.messages], "tried": tried}
    jobs.enqueue(
        connection, turn.shop, KIND, payload,
        at=now + _PAUSES[tried], id_=f"{KIND}:{turn.messages[-1].id}:{tried}", subject=f"talk:{turn.conversation_id}",
    )  # fmt: skip
