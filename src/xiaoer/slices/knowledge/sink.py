"""Where the importer puts knowledge rows, and the rows that an export gives back.

A row that says what is stored already makes no new
version, whatever file it comes from; so an export can be imported again and changes nothing.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.kernel.channels import CHANNELS
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.kernel.variables import LIVE, variables_in
from xiaoer.slices.knowledge import pending, rules, store
from xiaoer.slices.knowledge.ports import KnowledgeRow
from xiaoer.slices.knowledge.types import Entry, EntryDraft

_BY = "import"
_NAMED = 40  # groups of buyers that a refusal names
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
Pairs = Sequence[tuple[Any, str]]

# The columns of an export, in their order; an import knows each of them.
COLUMNS = (
    "id", "question", "answer", "similar", "category", "status", "product_id", "product_category", "channel",
    "channel_answers", "audience", "order_state", "valid_from", "valid_to", "attachments", "source",
)  # fmt: skip


def draft_of(row: KnowledgeRow) -> EntryDraft:
    """What a row says; cells that the file does not have are the defaults."""
    return EntryDraft(
        row.question,
        row.answer,
        tuple(row.similar or ()),
        row.product_id or "",
        row.category or "",
        row.channel or "",
        row.audience or "",
        row.order_state or "",
        row.valid_from,
        row.valid_to,
        row.status or "published",
        tuple(row.attachments or ()),
        row.product_category or "",
        dict(row.channel_answers or {}),
        dict(row.source or {}),
    )


def row_of(entry: Entry) -> dict[str, Any]:
    """An entry as a row of an export: plain JSON values by column, empty ones left out."""
    values = {"id": entry.id, **msgspec.structs.asdict(entry.draft)}
    return {name: values[name] for name in COLUMNS if values[name] not in ("", None, (), {})}


class KnowledgeSink:
    """Takes parsed rows of knowledge files into a shop."""

    def check(self, row: KnowledgeRow) -> str | None:
        """Why the row cannot be kept (for the import report), or None. The shop's own variables are not known here."""
        texts = (row.answer, *(row.channel_answers or {}).values())
        try:
            rules.check_entry(draft_of(row), [name for text in texts for name in variables_in(text)])
        except rules.InvalidEntry as error:
            return error.detail
        return None

    def unfit(
        self,
        rows: Sequence[KnowledgeRow],
        own: Collection[str],
        audiences: Collection[str],
        strange_channels: Collection[str] = (),
    ) -> dict[str, tuple[str, str, str]]:
        """By id the rows that name an unknown variable, group of buyers or channel: column, code, reason."""
        found = {}
        for row in rows:
            texts = (row.answer, *(row.channel_answers or {}).values())
            names = [name for text in texts for name in variables_in(text) if name not in LIVE and name not in own]
            if names:
                found[row.id] = ("答案", "unknown_variable", f"答案里的变量{{{names[0]}}}不存在")
            groups = [name.strip() for name in (row.audience or "").split("|")]
            if strange := [name for name in groups if name and name not in audiences]:
                reason = f"店里没有『{strange[0][:40]}』这个人群，可以写：{'、'.join(list(audiences)[:_NAMED])}"
                found[row.id] = ("人群", "unknown_audience", reason)
            for column, codes in (("渠道", (row.channel or "").split("|")), ("渠道答案", row.channel_answers or {})):
                if unknown := next((code for code in codes if code in strange_channels), ""):
                    reason = f"没有『{unknown[:40]}』这个渠道，可以写：{'、'.join(CHANNELS.values())}"
                    found[row.id] = (column, "unknown_channel", reason)
        return found

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str], /) -> dict[str, str]:
        return store.hashes(connection, shop, ids)

    def same(self, connection: Connection, shop: ShopId, rows: Pairs, keep: Collection[str]) -> set[str]:
        """Ids of rows that would change nothing, though they come with another fingerprint."""
        known, own = store.get_many(connection, shop, [row.id for row, _ in rows]), store.variables_of(connection, shop)
        return {
            row.id for row, _ in rows if row.id in known and _fit(row, known[row.id], own, keep) == known[row.id].draft
        }

    def after(self, connection: Connection, shop: ShopId, rows: Pairs, keep: Collection[str]) -> list[Entry]:
        """The live entries that the rows would make or change; none where they wait for review."""
        if pending.is_on(connection, shop):
            return []
        known = store.get_many(connection, shop, [row.id for row, _ in rows])
        own, found = store.variables_of(connection, shop), list[Entry]()
        for row, hash_ in rows:
            stored = known.get(row.id)
            draft = _fit(row, stored, own, keep)
            if "published" in (draft.status, stored.draft.status if stored else "") and (
                stored is None or draft != stored.draft
            ):
                version = stored.version + 1 if stored else 1
                found.append(Entry(EntryId(row.id), draft, version, hash_, _NEVER, _BY))
        return found

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Pairs,
        now: datetime,
        keep: Collection[str] = (),
        /,
    ) -> None:
        """Add or replace the rows' entries, in one revision; of stored ones the fields in `keep` stay.

        In a shop with review, new entries wait as `review` and changes of live ones wait beside them.
        """
        known = store.get_many(connection, shop, [row.id for row, _ in rows])
        own = store.variables_of(connection, shop)
        revision, review = store.next_revision(connection, shop), pending.is_on(connection, shop)
        added: dict[str, Entry] = {}
        for row, hash_ in rows:
            stored = known.get(row.id)
            draft = _fit(row, stored, own, keep)
            if stored is None:
                if review and draft.status == "published":
                    draft = msgspec.structs.replace(draft, status="review")
                added[row.id] = Entry(EntryId(row.id), draft, 1, hash_, now, _BY)
            elif review and stored.draft.status == "published":
                pending.keep(connection, shop, stored, draft, _BY, now)
            elif review and draft.status == "published":
                waits = msgspec.structs.replace(draft, status="review")
                entry = Entry(stored.id, waits, stored.version + 1, hash_, now, _BY)
                store.change(connection, shop, entry, "import", revision)
            else:
                entry = Entry(stored.id, draft, stored.version + 1, hash_, now, _BY)
                store.change(connection, shop, entry, "import", revision)
        store.add(connection, shop, list(added.values()), "import", revision)


def _fit(row: KnowledgeRow, stored: Entry | None, own: Collection[str], keep: Collection[str]) -> EntryDraft:
    draft = draft_of(row)
    if stored is not None:
        kept = msgspec.structs.asdict(stored.draft)
        draft = msgspec.structs.replace(draft, **{name: kept[name] for name in keep if name in kept})
    elif "source" in keep or not draft.source:
        draft = msgspec.structs.replace(draft, source={"kind": "import"})
    return rules.check_entry(draft, own)
