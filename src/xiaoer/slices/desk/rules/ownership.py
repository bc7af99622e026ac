"""Who may act on a conversation that somebody owns (归属): bot, queue or exactly one agent."""

from collections.abc import Sequence

from xiaoer.kernel.errors import Conflict, Forbidden
from xiaoer.kernel.turn import State

_MAY_FORCE = frozenset({"owner", "supervisor"})


def check_take(conversation_id: str, state: State, held_by: str, staff_id: str, role: str, *, force: bool) -> None:
    """Refuse to take a conversation that is closed or in other hands; a supervisor may take it by force.

    Raises:
        Conflict: closed, or another agent has it. Forbidden: force without the role for it.
    """
    if state == "closed":
        raise Conflict(f"Conversation {conversation_id} is closed. The buyer's next message opens a new one.")
    if state == "agent" and held_by != staff_id:
        if not force:
            raise Conflict(f"Conversation {conversation_id} was taken by another agent. Load it again.")
        if role not in _MAY_FORCE:
            raise Forbidden("Only a supervisor or the owner may take a conversation from a colleague.")


def check_holds(conversation_id: str, state: State, held_by: str, staff_id: str) -> None:
    """Refuse to speak in a conversation that the caller does not hold.

    Raises:
        Conflict: somebody else (or the bot, or the queue) has it.
    """
    if state != "agent" or held_by != staff_id:
        raise Conflict(f"Conversation {conversation_id} is not yours now. Take it over first.")


def check_speaks(conversation_id: str, state: State, held_by: str, staff_id: str, helpers: Sequence[str]) -> None:
    """Refuse to speak to the buyer unless the caller holds the talk or was asked in.

    Raises:
        Conflict: somebody else has it and did not ask the caller in.
    """
    if state == "agent" and staff_id in helpers:
        return
    check_holds(conversation_id, state, held_by, staff_id)


def check_pass_on(conversation_id: str, state: State, held_by: str, staff_id: str, role: str) -> None:
    """Refuse to transfer, close or return somebody else's conversation; a supervisor may.

    Raises:
        Conflict: closed already, or in other hands.
    """
    if state == "closed":
        raise Conflict(f"Conversation {conversation_id} is closed already.")
    if state == "agent" and held_by != staff_id and role not in _MAY_FORCE:
        raise Conflict(f"Conversation {conversation_id} belongs to a colleague. Ask a supervisor.")
