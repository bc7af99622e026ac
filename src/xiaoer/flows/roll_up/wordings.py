"""Wordings find their questions (问法归并): what was asked in talks, and what was said about refunds.

Facts hold only keys; here the masked text of a new key is kept once, with the question that it belongs to. Refunds have
questions of their own, one set a reason: those are what sub-reasons are made of.
"""

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import Connection

from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations import told
from xiaoer.slices.insights import store
from xiaoer.slices.insights.rules.questions import Questions, wording_key
from xiaoer.slices.insights.rules.themes import said_about
from xiaoer.slices.insights.types import RefundFacts, Talk
from xiaoer.slices.privacy import api as privacy

_WORDING = 120
_Kept = tuple[str, str, str, str]  # key, intent, question, masked text
Placed = dict[str, _Kept]


class Wordings:
    """The questions of every shop, as far as they were needed."""

    def __init__(self) -> None:
        self._questions: dict[tuple[ShopId, str], Questions] = {}

    def forget(self) -> None:
        """They may name questions that were not kept."""
        self._questions.clear()

    def of_talks(self, connection: Connection, shop: ShopId, talks: Sequence[Talk]) -> Placed:
        """Wordings of the talks by key: known ones with an empty first field, new ones as they are to be kept."""
        keys = list(dict.fromkeys(key for talk in talks for ask in talk.asks for key in ask.words if key))
        known = store.questions_of(connection, shop, keys)
        found = {key: ("", "", question, "") for key, question in known.items()}
        unknown = {key for key in keys if key not in known}
        if not unknown:
            return found
        where = [talk.id for talk in talks if any(key in unknown for ask in talk.asks for key in ask.words)]
        segments = [pair for pairs in told.heard_segments(connection, shop, where).values() for pair in pairs]
        return found | self.place(connection, shop, segments, set(known), only=unknown)

    def of_refunds(
        self, connection: Connection, shop: ShopId, refunds: Sequence[RefundFacts]
    ) -> tuple[list[RefundFacts], Placed]:
        """The refunds with the question that their words belong to, and the wordings that are new."""
        keys = {r.id: wording_key(f"{said_about(r.reason)} {r.words}") for r in refunds if r.words}
        known = store.questions_of(connection, shop, list(dict.fromkeys(keys.values())))
        new: Placed = {}
        for refund in refunds:
            key = keys.get(refund.id, "")
            if key and key not in known:
                new[key] = self._kept(connection, shop, key, said_about(refund.reason), refund.words)
                known[key] = new[key][2]
        placed = [structs.replace(r, said_key=known[keys[r.id]]) if r.id in keys else r for r in refunds]
        return placed, new

    def place(
        self,
        connection: Connection,
        shop: ShopId,
        segments: Sequence[tuple[str, str]],
        known: set[str],
        only: set[str] | None = None,
    ) -> Placed:
        """The questions that new (intent, text) pairs belong to."""
        found: Placed = {}
        for intent, text in segments:
            key = wording_key(text)
            if key and key not in known and key not in found and (only is None or key in only):
                found[key] = self._kept(connection, shop, key, intent, text)
        return found

    def _kept(
        self, connection: Connection, shop: ShopId, key: str, intent: str, text: str
    ) -> tuple[str, str, str, str]:
        place = (shop, intent)
        if place not in self._questions:
            self._questions[place] = Questions()
            for row in store.founders(connection, shop, [intent]):
                self._questions[place].add(row.key, row.text)
        shown = privacy.mask_text(text.strip())[:_WORDING]
        return key, intent, self._questions[place].place(key, shown), shown
