"""Who owns a conversation (会话归属): a table of allowed moves, so that bot, queue and agent never own it at once."""

from datetime import datetime, timedelta

from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.turn import State

# state -> states it may become. Closed is final: a new message opens a new conversation.
MOVES: dict[State, frozenset[State]] = {
    "bot": frozenset({"queued", "agent", "closed"}),
    "queued": frozenset({"agent", "bot", "closed"}),
    "agent": frozenset({"queued", "agent", "bot", "closed"}),
    "closed": frozenset(),
}


def check_move(conversation_id: str, current: State, target: State) -> None:
    """Refuse a move that the table does not hold.

    Raises:
        Conflict: the conversation is owned by somebody who cannot pass it on like that.
    """
    if target not in MOVES[current]:
        raise Conflict(f"Conversation {conversation_id} is {current} and cannot become {target}. Load it again.")


def is_idle(state: State, last_at: datetime, now: datetime, idle: timedelta) -> bool:
    """Whether the next message starts a new conversation; one that people hold never goes idle by itself."""
    return state == "bot" and now - last_at > idle
