"""What one step of the roll-up found, and forgetting all figures so that they are made anew."""

from sqlalchemy import Connection

from xiaoer.flows.roll_up.wordings import Placed
from xiaoer.kernel.events import MODEL_CALLED
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights import columns, store
from xiaoer.slices.insights.types import Row, Talk


def forget(connection: Connection, shop: ShopId, streams: bool = False) -> None:
    """Drop all figures and have everything counted again."""
    waiting = columns.ids_of_units(connection, shop) if streams else {}
    places = columns.places_of_cells(connection, shop) if streams else []
    begun = store.cursor(connection, shop, columns.BEGUN)
    store.clear(connection, shop)
    if begun:
        store.set_cursor(connection, shop, columns.BEGUN, begun)
    for kind, ids in waiting.items():  # those that are not made again are told to be gone
        columns.mark(connection, shop, kind, ids)
    columns.mark_cells(connection, shop, places)
    store.mark_dirty(connection, shop, "talk", insights.conversation_ids(connection, shop))
    store.mark_dirty(connection, shop, "buyer", insights.buyer_ids(connection, shop))
    store.mark_dirty(connection, shop, "call", insights.ids_of_type(connection, shop, MODEL_CALLED))


class Work:
    """What one step found: talks placed among their buyer's others, rows of days and refunds with the wordings that are
    new of these, talks that are gone."""

    def __init__(self, gone: list[str]) -> None:
        self.gone = gone
        self.talks: list[Talk] = []
        self.days: list[Row] = []
        self.refunds: list[Row] = []
        self.wordings: Placed = {}
