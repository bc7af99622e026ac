"""Teaching a shop's own words and intents, on the caller's connection."""

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.wording import rules, store
from xiaoer.slices.wording.types import Wording


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


all_of = store.all_of
revision = store.revision
