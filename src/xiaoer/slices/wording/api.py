"""Teaching a shop's own words and intents, on the caller's connection."""

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.wording import rules, store
from xiaoer.slices.wording.types import Teaching, Wording


def keep(connection: Connection, shop: ShopId, value: Wording, known: tuple[str, ...]) -> Wording:
    """Keep a new one (empty id) or change one; returns it as kept.

    Raises:
        WordingRefused: the rules do not allow it. NotFound: the id is not in the shop.
    """
    others = store.all_of(connection, shop)
    if value.id and not any(other.id == value.id for other in others):
        raise NotFound("Wording", value.id)
    kept = rules.check(value, known, others)
    kept = msgspec.structs.replace(kept, id=kept.id or new_id())
    store.put(connection, shop, kept)
    return kept


def remove(connection: Connection, shop: ShopId, id_: str) -> None:
    """Forget one.

    Raises:
        NotFound: the id is not in the shop.
    """
    if not store.remove(connection, shop, id_):
        raise NotFound("Wording", id_)


def as_taught(connection: Connection, shop: ShopId, teaching: Teaching, known: tuple[str, ...]) -> list[Wording]:
    """All that the shop would have taught; nothing is kept.

    Raises:
        WordingRefused: the rules do not allow it. NotFound: an id is not in the shop.
    """
    found = {one.id: one for one in store.all_of(connection, shop)}
    for id_ in teaching.forgotten:
        if found.pop(id_, None) is None:
            raise NotFound("Wording", id_)
    for place, one in enumerate(teaching.lessons):
        if one.id and one.id not in found:
            raise NotFound("Wording", one.id)
        found[one.id or f"new-{place}"] = rules.check(one, known, list(found.values()))
    return list(found.values())


def teach(connection: Connection, shop: ShopId, teaching: Teaching, known: tuple[str, ...]) -> None:
    """Keep all of it.

    Raises:
        Conflict: words were taught or forgotten since. WordingRefused. NotFound.
    """
    if (teaching.lessons or teaching.forgotten) and store.revision(connection, shop) != teaching.revision:
        raise Conflict("The shop's words were changed since the replay. Rehearse it again.")
    for id_ in teaching.forgotten:
        remove(connection, shop, id_)
    for one in teaching.lessons:
        keep(connection, shop, one, known)


all_of = store.all_of
revision = store.revision
