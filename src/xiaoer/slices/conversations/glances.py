"""What a list shows of a talk at one look (一眼): its last lines, and what waits for an answer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, case, func, select

from xiaoer.infra.statement import ListStatement
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations.owners import DRAFT_SENT
from xiaoer.slices.conversations.spoken import is_spoken
from xiaoer.slices.conversations.tables import messages
from xiaoer.slices.conversations.types import ENDS

# What answers a buyer who waits for people: an agent's words, or a draft that went out in his stead.
_FOR_PEOPLE = (messages.c.author == "agent") | (
    (messages.c.author == "bot") & messages.c.external_id.startswith(DRAFT_SENT)
)


def _last_lines(ids: Sequence[Any]) -> Any:
    ends = (
        select(
            messages.c.conversation_id,
            func.max(messages.c.seq).label("last"),
            func.max(case((_FOR_PEOPLE, messages.c.seq), else_=0)).label("agent"),
            func.max(case((is_spoken(), messages.c.seq), else_=0)).label("said"),
        )
        .where(messages.c.shop == bindparam("shop"), messages.c.conversation_id.in_(ids))
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    is_ask = (messages.c.author == "buyer") & (messages.c.seq > ends.c.agent)
    return (
        select(
            messages.c.conversation_id,
            messages.c.seq,
            messages.c.author,
            messages.c.text,
            messages.c.at,
            messages.c.meta,
            ends.c.last,
            ends.c.agent,
            ends.c.said,
        )
        .join(ends, messages.c.conversation_id == ends.c.conversation_id)
        .where(messages.c.shop == bindparam("shop"), (messages.c.seq.in_((ends.c.last, ends.c.said))) | is_ask)
        .order_by(messages.c.seq)
    )


_LAST_LINES = ListStatement(_last_lines)


class Glance(Struct, frozen=True):
    """What the list shows of a talk. `said` is the last line that somebody spoke, with its author: event lines are
    skipped. `agent_seq` is the last answer of an agent, or of a draft in his stead; `since` are (seq, at) of what the
    buyer wrote after it, `open_asks` those of them that want an answer (好的谢谢 wants none)."""

    last_text: str = ""
    last_author: str = ""
    last_seq: int = 0
    agent_seq: int = 0
    since: tuple[tuple[int, datetime], ...] = ()
    open_asks: tuple[tuple[int, datetime], ...] = ()
    said: tuple[str, str] = ("", "")


def glances(connection: Connection, shop: ShopId, conversation_ids: Sequence[str]) -> dict[str, Glance]:
    """The last lines, and the buyer's messages since an agent spoke, of each conversation."""
    rows = _LAST_LINES.all(connection, {"shop": shop}, conversation_ids)
    since: defaultdict[str, list[tuple[int, datetime]]] = defaultdict(list)
    asks: defaultdict[str, list[tuple[int, datetime]]] = defaultdict(list)
    for row in rows:
        if row.author == "buyer" and row.seq > row.agent:
            since[row.conversation_id].append((row.seq, row.at))
            if not (row.meta or {}).get(ENDS):
                asks[row.conversation_id].append((row.seq, row.at))
    said = {row.conversation_id: (row.text, row.author) for row in rows if row.seq == row.said}
    return {
        row.conversation_id: Glance(
            row.text,
            row.author,
            row.last,
            row.agent,
            tuple(since[row.conversation_id]),
            tuple(asks[row.conversation_id]),
            said.get(row.conversation_id, (row.text, row.author)),
        )
        for row in rows
        if row.seq == row.last
    }
