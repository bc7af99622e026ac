"""What counts as said in a talk (说过的话): no event line, no invitation to rate, no questions to choose from."""

from sqlalchemy import ColumnElement

from xiaoer.kernel.reply import CHIPS_SAY
from xiaoer.slices.conversations.tables import messages

STARS = "stars|"  # how the channel id of an invitation to rate begins


def is_spoken() -> ColumnElement[bool]:
    """Whether a message is something that somebody said; for a query over messages."""
    invites = messages.c.external_id.startswith(STARS)
    chips = (messages.c.author == "bot") & messages.c.text.startswith(CHIPS_SAY)
    return (messages.c.author != "event") & ~chips & (messages.c.external_id.is_(None) | ~invites)
