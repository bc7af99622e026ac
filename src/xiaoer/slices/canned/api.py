"""Keeping canned replies (话术), on the caller's connection."""

from collections import Counter

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.infra.sheets import Sheet
from xiaoer.kernel.errors import Forbidden, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.canned import sheet as files
from xiaoer.slices.canned import store
from xiaoer.slices.canned.types import Canned, Reader, RowProblem, Taken


def create(connection: Connection, shop: ShopId, value: Canned) -> Canned:
    """Keep a new one; returns it with its id."""
    kept = msgspec.structs.replace(value, id=new_id())
    store.add(connection, shop, kept)
    return kept


def existing(connection: Connection, shop: ShopId, reader: Reader, canned_id: str) -> Canned:
    """One that the reader may see.

    Raises:
        NotFound: there is none, or it is a colleague's own.
    """
    found = next((item for item in store.visible(connection, shop, reader) if item.id == canned_id), None)
    if found is None:
        raise NotFound("Canned reply", canned_id)
    return found


def check_may_change(value: Canned, reader: Reader) -> None:
    """The shop's replies and those of groups are changed by those who lead; one's own by oneself.

    Raises:
        Forbidden: an agent changes what is not his own.
    """
    if value.scope != "own" and not reader.leads:
        raise Forbidden(
            "Canned replies of the shop and of groups are kept by the owner, operators and supervisors. "
            "Make one of your own."
        )
    if value.scope == "own" and value.owner != reader.staff_id:
        raise Forbidden("This canned reply belongs to a colleague.")


def take_file(connection: Connection, shop: ShopId, reader: Reader, sheet: Sheet) -> Taken:
    """Keep the replies of a file; one of the same place and title is changed, never doubled.

    Raises:
        InvalidBody: the file has no columns for title and text, or too many rows.
    """
    rows, problems = files.read(sheet, reader, shop)
    known = {_place(item): item for item in store.visible(connection, shop, reader)}
    counts: Counter[str] = Counter()
    for line, value in rows:
        before = known.get(_place(value))
        try:
            check_may_change(value, reader)
        except Forbidden:
            problems.append(RowProblem(line, "店铺和小组的话术由店主、运营或主管来导入，已跳过"))
            continue
        if before is None:
            known[_place(value)] = create(connection, shop, value)
            counts["added"] += 1
            continue
        wanted = msgspec.structs.replace(value, id=before.id, uses=before.uses)
        counts["unchanged" if wanted == before else "changed"] += 1
        if wanted != before:
            store.save(connection, shop, wanted)
    problems.sort(key=lambda problem: problem.line)
    return Taken(counts["added"], counts["changed"], counts["unchanged"], tuple(problems))


def _place(value: Canned) -> tuple[str, str, str, str]:
    return value.scope, value.owner, value.folder, value.title


count_use = store.count_use
remove = store.remove
save = store.save
visible = store.visible
