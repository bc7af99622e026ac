"""Keeping canned replies (话术), on the caller's connection."""

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.idgen import new_id
from xiaoer.kernel.errors import Forbidden, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.canned import store
from xiaoer.slices.canned.types import Canned


def create(connection: Connection, shop: ShopId, value: Canned) -> Canned:
    """Keep a new one; returns it with its id."""
    kept = msgspec.structs.replace(value, id=new_id())
    store.add(connection, shop, kept)
    return kept


def existing(connection: Connection, shop: ShopId, staff_id: str, canned_id: str) -> Canned:
    """One that the caller may see.

    Raises:
        NotFound: there is none, or it is a colleague's own.
    """
    found = next((item for item in store.visible(connection, shop, staff_id) if item.id == canned_id), None)
    if found is None:
        raise NotFound("Canned reply", canned_id)
    return found


def check_may_change(value: Canned, staff_id: str, role: str) -> None:
    """The shop's replies are changed by those who lead; one's own by oneself.

    Raises:
        Forbidden: an agent changes the shop's.
    """
    if value.scope == "shop" and role == "agent":
        raise Forbidden(
            "The shop's canned replies are kept by the owner, operators and supervisors. Make one of your own."
        )
    if value.scope == "own" and value.owner != staff_id:
        raise Forbidden("This canned reply belongs to a colleague.")


count_use = store.count_use
remove = store.remove
save = store.save
visible = store.visible
