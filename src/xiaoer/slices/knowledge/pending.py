"""Changes of live entries that wait for a second pair of eyes (复核): the old version answers until then.

A shop switches review on. From then on a change of a published entry, taking it out of use included, is kept beside it,
one at a time for each entry; approving it makes it the newest version, sending it back drops it. New entries of such a
shop wait as `review`. Whoever wrote a change does not approve it, except an owner: in a shop of one there is nobody
else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from xiaoer.infra import audit
from xiaoer.kernel.errors import Forbidden
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge import rules
from xiaoer.slices.knowledge.tables import entries, pendings, revisions
from xiaoer.slices.knowledge.types import Entry, EntryDraft, FieldChange


class Pending(Struct, frozen=True):
    """A change that waits: the whole content as it would be, made on version `version` of the entry."""

    entry_id: EntryId
    draft: EntryDraft
    version: int
    at: datetime
    by: str

    def changes(self, live: Entry) -> tuple[FieldChange, ...]:
        """What it would change."""
        return rules.diff_drafts(live.draft, self.draft)


def is_on(connection: Connection, shop: ShopId) -> bool:
    """Whether changes of live entries wait for review in this shop."""
    return bool(connection.scalar(select(revisions.c.review).where(revisions.c.shop == shop)))


def first_status(connection: Connection, shop: ShopId, publish: bool) -> str:
    """The status of a new entry that is to be published, or only drafted: under review it waits for a second person."""
    if not publish:
        return "draft"
    return "review" if is_on(connection, shop) else "published"


def switch(connection: Connection, shop: ShopId, on: bool, by: str, now: datetime) -> None:
    """Let changes wait from now on, or no longer; what waits already keeps waiting."""
    if connection.execute(update(revisions).where(revisions.c.shop == shop).values(review=on)).rowcount == 0:
        connection.execute(insert(revisions).values(shop=shop, revision=0, review=on))
    audit.record(connection, shop, by, "knowledge.review_switched", "on" if on else "off", now)


def keep(connection: Connection, shop: ShopId, live: Entry, draft: EntryDraft, by: str, now: datetime) -> Pending:
    """Let a change wait; it replaces one that waits already. A change back to what is live leaves nothing to wait."""
    drop(connection, shop, str(live.id))
    waiting = Pending(live.id, draft, live.version, now, by)
    if draft != live.draft:
        values: dict[str, Any] = {"draft": draft, "version": live.version, "at": now, "by": by}
        connection.execute(insert(pendings).values(shop=shop, entry_id=live.id, **values))
    return waiting


def drop(connection: Connection, shop: ShopId, entry_id: str) -> bool:
    """Forget a waiting change."""
    gone = connection.execute(delete(pendings).where(pendings.c.shop == shop, pendings.c.entry_id == entry_id))
    return gone.rowcount == 1


def of(connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, Pending]:
    """The changes that wait for these entries."""
    chosen = select(pendings).where(pendings.c.shop == shop, pendings.c.entry_id.in_(list(ids)))
    return {
        row.entry_id: Pending(
            EntryId(row.entry_id), msgspec.convert(row.draft, EntryDraft), row.version, row.at, row.by
        )
        for row in connection.execute(chosen)
    }


def count(connection: Connection, shop: ShopId) -> int:
    """How many changes of live entries and how many entries in review wait."""
    waiting = connection.scalar(select(func.count()).select_from(pendings).where(pendings.c.shop == shop)) or 0
    in_review = select(func.count()).select_from(entries).where(entries.c.shop == shop, entries.c.status == "review")
    return waiting + (connection.scalar(in_review) or 0)


def check_second_eyes(author: str, by: str, alone: bool) -> None:
    """
    Raises:
        Forbidden: the author approves his own change.
    """
    if author == by and not alone:
        raise Forbidden("Whoever wrote a change does not approve it. Ask a colleague, or the owner of the shop.")
