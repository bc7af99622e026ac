"""Bargaining of a shop: reading where a talk stands, and keeping what was decided, in the change of the answer.

`keep` runs inside the transaction that stores the answer. It checks that the talk is as it was read, takes the
budgets, and refuses (False) when either moved on; then the turn is decided anew. So a grant and the sentence
that promises it are on disk together or not at all.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.rulebook import Rulebook
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.money import ZERO, Money
from xiaoer.slices.bargaining import store
from xiaoer.slices.bargaining.rules.deciding import advance, current
from xiaoer.slices.bargaining.rules.terms import terms_for
from xiaoer.slices.bargaining.types import Answer, Budgets, State, Terms


class Standing(Struct, frozen=True):
    """Where a talk stands as it was read; `seen` is the version that must still hold when the answer is kept."""

    terms_id: str
    terms: Terms
    persons: tuple[str, ...]
    state: State | None
    seen: int
    budgets: Budgets

    @property
    def person(self) -> str:
        return self.persons[0]

    def __repr__(self) -> str:
        return f"Standing({self.terms_id}, version {self.seen})"


class Bargaining:
    """Terms, talks and budgets."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.terms = Rulebook(db, "bargaining", Terms)

    async def terms_of(self, shop: ShopId, product: Product) -> tuple[str, Terms] | None:
        """The terms that hold for a product, with their id; None when it is not bargained about."""
        return terms_for(product, [(d.id, d.value) for d in await self.terms.live(shop)])

    async def standing(
        self, shop: ShopId, persons: Sequence[str], product_id: str, terms_id: str, terms: Terms, now: datetime
    ) -> Standing:
        """Read a talk. `persons` are the accounts known to be one person, the one that names the talk first."""
        return await self._db.read(lambda c: read_standing(c, shop, persons, product_id, terms_id, terms, now))

    async def release_lapsed(self, shop: ShopId, now: datetime) -> int:
        """Give budgets back what is held for offers that nobody took; return how many amounts."""
        total = 0
        while count := await self._db.write(lambda c: store.release(c, shop, now)):
            total += count
        return total

    async def grants(self, shop: ShopId, since: datetime, limit: int = 200) -> list[store.Grant]:
        """What was given since, newest first."""
        return await self._db.read(lambda c: store.list_grants(c, shop, since, limit))

    async def taken_today(self, shop: ShopId, terms_id: str, now: datetime) -> Money:
        """How much of today's budget is taken."""
        return await self._db.read(lambda c: store.taken_on(c, shop, terms_id, day_of(now)))


def day_of(now: datetime) -> str:
    """The shop's day."""
    return f"{now.astimezone(SHOP_ZONE):%Y-%m-%d}"


def read_standing(
    connection: Connection,
    shop: ShopId,
    persons: Sequence[str],
    product_id: str,
    terms_id: str,
    terms: Terms,
    now: datetime,
) -> Standing:
    """As `Bargaining.standing`, within a transaction."""
    person = persons[0]
    found = {state.person: state for state in store.talks_of(connection, shop, persons, product_id)}
    own = found.get(person)
    merged = own
    for other in found.values():
        if other is not own and (other.ends_at is None or now < other.ends_at):
            merged = _merge(merged, replace(other, person=person))
    day = terms.day_budget - store.taken_on(connection, shop, terms_id, day_of(now))
    since = now - timedelta(days=max(terms.buyer_days, 1))
    left = terms.buyer_budget - store.given_to(connection, shop, terms_id, persons, since)
    return Standing(terms_id, terms, tuple(persons), merged, own.version if own else 0, Budgets(left, day))


def _merge(own: State | None, other: State) -> State:
    """Rounds and agreements of another account of the same person count; its open offer does not."""
    if own is None:
        agreed = other.stage == "agreed"
        return replace(other, offer=other.offer if agreed else None, held=other.held if agreed else ZERO, version=0)
    if other.stage == "agreed" and own.stage != "agreed":
        return replace(other, version=own.version, serial=own.serial)
    return replace(own, pushes=max(own.pushes, other.pushes), gifts=tuple(dict.fromkeys((*own.gifts, *other.gifts))))


def keep(
    connection: Connection,
    shop: ShopId,
    standing: Standing,
    answer: Answer,
    product_id: str,
    buyer_id: str,
    conversation_id: str,
    coupon_id: str,
    now: datetime,
) -> bool:
    """Keep a decided answer and take its cost from the budgets; False when talk or budgets moved on meanwhile."""
    terms, person = standing.terms, standing.person
    own = next(iter(store.talks_of(connection, shop, [person], product_id)), None)
    if (own.version if own else 0) != standing.seen:
        return False
    talk = current(own, answer.base, now)
    serial = own.serial if own else 1
    if own is not None and own.held and (talk is None or not talk.held) and own.stage == "open":
        store.release_talk(connection, shop, person, product_id, serial)
        serial += 1
    elif own is not None and talk is None:
        serial += 1
    until = now + timedelta(hours=max(terms.valid_hours, 1))
    if answer.take and not _take(
        connection, shop, standing, answer, product_id, buyer_id, conversation_id, serial, until, coupon_id, now
    ):
        return False
    known = replace(talk, serial=serial) if talk else State(person, product_id, serial=serial)
    state = advance(known, answer, terms, coupon_id, now)
    if answer.outcome in ("counter", "accept"):
        store.hold_until(connection, shop, person, product_id, serial, until)
    if answer.outcome == "accept":
        store.spend(connection, shop, person, product_id, serial, coupon_id)
    return store.save_talk(connection, shop, state, standing.seen, standing.terms_id, now)


def _take(
    connection: Connection,
    shop: ShopId,
    standing: Standing,
    answer: Answer,
    product_id: str,
    buyer_id: str,
    conversation_id: str,
    serial: int,
    until: datetime,
    coupon_id: str,
    now: datetime,
) -> bool:
    terms, person, day = standing.terms, standing.person, day_of(now)
    store.touch_person(connection, shop, standing.terms_id, person, answer.take)
    since = now - timedelta(days=max(terms.buyer_days, 1))
    given = store.given_to(connection, shop, standing.terms_id, standing.persons, since)
    if given + answer.take > terms.buyer_budget:
        return False
    if not store.take_of_day(connection, shop, standing.terms_id, day, answer.take, terms.day_budget):
        return False
    gift = answer.gift
    store.add_grant(
        connection,
        shop,
        id=new_id(),
        terms_id=standing.terms_id,
        person=person,
        buyer_id=buyer_id,
        product_id=product_id,
        serial=serial,
        kind=gift.kind if gift else "price",
        title=gift.title if gift else "",
        amount=answer.take,
        day=day,
        state="spent" if gift else "held",
        coupon_id=coupon_id if gift else "",
        conversation_id=conversation_id,
        at=now,
        lapses_at=until,
    )
    return True
