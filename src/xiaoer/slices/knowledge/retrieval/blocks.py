"""A block of entries that can be asked: their texts as a segment, and the scopes that open or close each of them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from xiaoer.kernel.heard import TextForms
from xiaoer.slices.knowledge.retrieval.rows import Rows
from xiaoer.slices.knowledge.retrieval.segment import Segment
from xiaoer.slices.knowledge.retrieval.traits import Traits
from xiaoer.slices.knowledge.retrieval.vectors import VectorTable
from xiaoer.slices.knowledge.types import Entry

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ALWAYS = (-(2**62), 2**62)
_LEVEL = re.compile(r"[/>＞»、]+")
_Scope = tuple[str, str, str, str]  # channel, audience, order state, category of the product


class Asked(Struct, frozen=True):
    """One question with its surroundings. Empty means not known.

    `thorough`: every hit's intent counts, not only where it can change which entry answers; for comparing entries.
    """

    forms: TextForms
    now: datetime
    intent: str = ""
    product_id: str = ""
    channel: str = ""
    audience: tuple[str, ...] = ()
    order_state: str = ""
    top_k: int = 5
    product_category: str = ""
    thorough: bool = False


class Block:
    """A segment with the scopes of its entries."""

    def __init__(self, entries: Sequence[Entry], rows: Rows, traits: Traits, table: VectorTable) -> None:
        self.entries = list(entries)
        self.texts = [text for entry in self.entries for text in texts_of(entry)]
        owner = [number for number, entry in enumerate(self.entries) for _ in texts_of(entry)]
        self.segment, size = Segment(rows, owner, traits, table), len(self.entries)
        self.alive = np.ones(size, np.bool_)
        self.valid_from: NDArray[np.int64] = np.full(size, _ALWAYS[0])
        self.valid_to: NDArray[np.int64] = np.full(size, _ALWAYS[1])
        self.product: NDArray[np.int32] = np.zeros(size, np.int32)
        self.scope: NDArray[np.int32] = np.zeros(size, np.int32)
        self.products: dict[str, int] = {"": 0}
        self.scopes: dict[_Scope, int] = {("", "", "", ""): 0}
        for number, entry in enumerate(self.entries):
            draft = entry.draft
            if draft.valid_from:
                self.valid_from[number] = microseconds(draft.valid_from)
            if draft.valid_to:
                self.valid_to[number] = microseconds(draft.valid_to)
            self.product[number] = self.products.setdefault(draft.product_id, len(self.products))
            scope = (draft.channel, draft.audience, draft.order_state, draft.product_category)
            self.scope[number] = self.scopes.setdefault(scope, len(self.scopes))
        self.timed = any(entry.draft.valid_from or entry.draft.valid_to for entry in self.entries)
        self.struck = False

    def strike(self, numbers: list[int]) -> None:
        """Take entries out that changed since."""
        self.alive[numbers] = False
        self.struck = self.struck or bool(numbers)

    def may_be_closed(self, asked: Asked) -> bool:
        """Whether any entry of this block could be closed to this question; mostly none is."""
        scoped = len(self.scopes) > 1 or bool(asked.product_id and len(self.products) > 1)
        return self.timed or self.struck or scoped

    def open_to(self, entries: NDArray[np.int32], asked: Asked, now: int) -> NDArray[np.bool_]:
        """Which of these entries may be cited in answer to `asked`."""
        live = self.alive.take(entries)
        if self.timed:
            live &= (self.valid_from.take(entries) <= now) & (now < self.valid_to.take(entries))
        if asked.product_id and len(self.products) > 1:
            product = self.product[entries]
            live &= (product == 0) | (product == self.products.get(asked.product_id, -1))
        if len(self.scopes) > 1:
            allowed = np.array([_meets(scope, asked) for scope in self.scopes], np.bool_)
            live &= allowed[self.scope[entries]]
        return live


def texts_of(entry: Entry) -> tuple[str, ...]:
    return (entry.draft.question, *entry.draft.similar)


def microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _meets(scope: _Scope, asked: Asked) -> bool:
    channel, audience, state, category = scope
    if channel and asked.channel and asked.channel not in channel.split("|"):
        return False
    if audience and asked.audience and not set(audience.split("|")) & set(asked.audience):
        return False
    if not is_for_goods(category, asked.product_category):
        return False
    return not (state and asked.order_state and asked.order_state not in state.split("|"))


def is_for_goods(scope: str, category: str) -> bool:
    """Whether an entry for goods of some categories may be said of goods of this one; of unknown goods it may."""
    return not scope or not category or not set(scope.split("|")).isdisjoint(_levels(category))


def _levels(category: str) -> tuple[str, ...]:
    """A catalogue path and each of its levels: 女装/连衣裙 is 女装 and 连衣裙."""
    return (category, *(level.strip() for level in _LEVEL.split(category)))
