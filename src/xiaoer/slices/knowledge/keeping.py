"""Entries are written (保存): what one change of the shop writes, within a connection that the caller commits.

Under review (see `pending`) a change of a live entry is not written but waits beside it, whoever asks for it.
"""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from xiaoer.infra import audit
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import EntryId, ShopId
from xiaoer.slices.knowledge import pending, rules, store
from xiaoer.slices.knowledge.types import Action, Entry, EntryDraft


def keep_new(
    connection: Connection, shop: ShopId, draft: EntryDraft, now: datetime, by: str, entry_id: str = ""
) -> Entry:
    """Keep a new entry; see `EntryService.create`."""
    fit = rules.check_entry(draft, store.variables_of(connection, shop))
    entry = Entry(EntryId(entry_id or new_id()), fit, 1, rules.content_hash(fit), now, by)
    if store.get(connection, shop, entry.id) is not None:
        raise Conflict(f"Entry {entry.id} exists already. Change that one, or choose another id.")
    store.add(connection, shop, [entry], "create", store.next_revision(connection, shop))
    return entry


def keep_change(
    connection: Connection,
    shop: ShopId,
    stored: Entry,
    draft: EntryDraft,
    now: datetime,
    by: str,
    *,
    seen: bool = False,
) -> str:
    """Change an entry, when anything changes at all; return its id.

    Under review a change of a live one waits, unless a second person has `seen` it.

    Raises:
        InvalidEntry, UnknownVariable: see `rules.check_entry`.
    """
    if not seen and stored.draft.status == "published" and pending.is_on(connection, shop):
        keep_waiting(connection, shop, stored, _with_waiting(connection, shop, stored, draft), by, now)
        return str(stored.id)
    fit = rules.check_entry(draft, store.variables_of(connection, shop))
    if fit != stored.draft:
        change(connection, shop, stored, fit, now, by, "update", store.next_revision(connection, shop))
    return str(stored.id)


def keep_waiting(connection: Connection, shop: ShopId, live: Entry, draft: EntryDraft, by: str, now: datetime) -> None:
    """Let a change of a live entry wait for review. Sent to review, it waits to be live; taken out, it need not be fit.

    Raises:
        InvalidEntry, UnknownVariable: see `rules.check_entry`.
    """
    if draft.status == "review":
        draft = msgspec.structs.replace(draft, status="published")
    if draft.status == "published":
        draft = rules.check_entry(draft, store.variables_of(connection, shop))
    pending.keep(connection, shop, live, draft, by, now)
    audit.record(connection, shop, by, "knowledge.change_waits", str(live.id), now, status=draft.status)


def _with_waiting(connection: Connection, shop: ShopId, live: Entry, draft: EntryDraft) -> EntryDraft:
    """`draft` together with what waits already, so that questions merged one after another all wait."""
    waits = pending.of(connection, shop, [str(live.id)]).get(str(live.id))
    base = store.get_version(connection, shop, str(live.id), waits.version) if waits else None
    if waits is None or base is None:
        return draft
    fields = {one.field: one.after for one in rules.diff_drafts(base.draft, waits.draft)}
    if "similar" in fields:
        fields["similar"] = tuple(dict.fromkeys((*waits.draft.similar, *draft.similar)))
    mine = {one.field: one.after for one in rules.diff_drafts(live.draft, draft) if one.field not in fields}
    return msgspec.structs.replace(live.draft, **fields, **mine)


def change(
    connection: Connection,
    shop: ShopId,
    stored: Entry,
    draft: EntryDraft,
    now: datetime,
    by: str,
    action: Action,
    revision: int,
) -> Entry:
    """Write the next version of an entry; a waiting change of what is taken out of use goes with it."""
    entry = Entry(stored.id, draft, stored.version + 1, rules.content_hash(draft), now, by)
    store.change(connection, shop, entry, action, revision)
    if draft.status != "published":
        pending.drop(connection, shop, str(entry.id))
    return entry
