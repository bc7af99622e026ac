"""What counts as said in a talk (说过的话): no event line, and no invitation to rate."""

from sqlalchemy import ColumnElement

from xiaoer.slices.conversations.tables import messages

STARS = "stars|"  # how the channel id of an invitation to rate begins


def is_spoken() -> ColumnElement[bool]:
    """Whether a message is something that somebody said; for a query over messages."""
    invites = messages.c.external_id.startswith(STARS)
    return (messages.c.author != "event") & (messages.c.external_id.is_(None) | ~invites)
