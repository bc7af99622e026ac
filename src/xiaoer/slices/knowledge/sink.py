"""Where the importer puts knowledge rows. A row that is not fit to be said is kept as a draft, never live."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge import rules, store
from xiaoer.slices.knowledge.ports import KnowledgeRow
from xiaoer.slices.knowledge.types import Entry, EntryDraft

_BY = "import"


def draft_of(row: KnowledgeRow) -> EntryDraft:
    return EntryDraft(
        row.question,
        row.answer,
        tuple(row.similar or ()),
        row.product_id or "",
        row.category or "",
        row.channel or "",
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


class KnowledgeSink:
    """Takes parsed rows of knowledge files into a shop."""

    def check(self, row: KnowledgeRow) -> str | None:
        """Why the row cannot be kept (for the import report), or None. The shop's own variables are not known here."""
        try:
            rules.check_entry(draft_of(row), rules.variables_in(row.answer))
        except rules.InvalidEntry as error:
            return error.detail
        return None

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return store.hashes(connection, shop, ids)

    def upsert(self, connection: Connection, shop: ShopId, rows: Sequence[KnowledgeRow], now: datetime) -> None:
        """Add or replace the rows' entries, in one revision. What a file cannot say (audience, cards) stays."""
        known = store.get_many(connection, shop, [row.id for row in rows])
        own = store.variables_of(connection, shop)
        revision = store.next_revision(connection, shop)
        added: dict[str, Entry] = {}
        for row in rows:
            draft = draft_of(row)
            stored = known.get(row.id)
            if stored is not None:
                kept = stored.draft
                draft = msgspec.structs.replace(
                    draft, audience=kept.audience, order_state=kept.order_state, attachments=kept.attachments
                )
            try:
                draft = rules.check_entry(draft, own)
            except rules.UnknownVariable:
                draft = msgspec.structs.replace(draft, status="draft")
            if stored is None:
                added[row.id] = Entry(EntryId(row.id), draft, 1, row.hash, now, _BY)
            else:
                entry = Entry(stored.id, draft, stored.version + 1, row.hash, now, _BY)
                store.change(connection, shop, entry, "import", revision)
        store.add(connection, shop, list(added.values()), "import", revision)
