"""A shop's rule book, read and written whole."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.policies.own_red_lines import RuleBook
from xiaoer.slices.policies.tables import rule_books


def get_book(connection: Connection, shop: ShopId) -> RuleBook:
    """The shop's rule book; an empty one when it never decided anything."""
    row = connection.execute(select(rule_books.c.book).where(rule_books.c.shop == shop)).one_or_none()
    return msgspec.convert(row.book, RuleBook) if row else RuleBook()


def save_book(connection: Connection, shop: ShopId, book: RuleBook, now: datetime) -> None:
    values = {"book": book, "updated_at": now}
    if connection.execute(update(rule_books).where(rule_books.c.shop == shop).values(**values)).rowcount == 0:
        connection.execute(insert(rule_books).values(shop=shop, **values))
