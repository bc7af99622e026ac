"""One shop's knowledge, ready to be asked (检索): a large block, a small block of what changed since, and scopes.

Only published entries are in here. Validity, channel, product, audience and order state are checked at the moment of
asking, so that an entry comes alive and dies to the second without any job. A changed entry is struck from its block
and joins the small block, which is built anew each time; when there is no more room, the owner builds a
new index in the background and swaps it in.
"""

import copy
import math
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.kernel.heard import TextAnalyser, TextForms
from xiaoer.slices.knowledge.retrieval.concepts import Concepts, builtin
from xiaoer.slices.knowledge.retrieval.features import marks_of
from xiaoer.slices.knowledge.retrieval.ranking import (
    NEAR_POINTS,
    SWAY,
    THRESHOLD,
    intent_points,
    of_shop,
    probability,
    product_points,
    rank,
    strangeness,
)
from xiaoer.slices.knowledge.retrieval.rows import Rows, rows_of
from xiaoer.slices.knowledge.retrieval.segment import KEPT, Segment, Weighed
from xiaoer.slices.knowledge.retrieval.traits import Traits
from xiaoer.slices.knowledge.retrieval.vectors import VectorTable, shipped
from xiaoer.slices.knowledge.retrieval.weighing import Weighing
from xiaoer.slices.knowledge.types import Entry, SearchResult

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ALWAYS = (-(2**62), 2**62)
_ROOM = 8  # changed entries that any shop may hold beside its large block
FOLD_AT = 400  # most entries in the small block; building it takes about 0.1 ms an entry
_SPARE = 3  # candidates beyond those wanted, so that an agreeing intent can bring one up
_SAMPLED = 2_000  # entries from which a shop's alternatives are learnt
_NOTHING = SearchResult(False)

_LEVEL = re.compile(r"[/>＞»、]+")
_Scope = tuple[str, str, str, str]  # channel, audience, order state, category of the product

IntentOf = Callable[[str], str]


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


class _Block:
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
                self.valid_from[number] = _microseconds(draft.valid_from)
            if draft.valid_to:
                self.valid_to[number] = _microseconds(draft.valid_to)
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


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _meets(scope: _Scope, asked: Asked) -> bool:
    channel, audience, state, category = scope
    if channel and asked.channel and asked.channel not in channel.split("|"):
        return False
    if audience and asked.audience and not set(audience.split("|")) & set(asked.audience):
        return False
    if category and asked.product_category and not set(category.split("|")) & set(_levels(asked.product_category)):
        return False
    return not (state and asked.order_state and asked.order_state not in state.split("|"))


def _levels(category: str) -> tuple[str, ...]:
    """A catalogue path and each of its levels: 女装/连衣裙 is 女装 and 连衣裙."""
    return (category, *(level.strip() for level in _LEVEL.split(category)))


class ShopIndex:
    """Build it with all published entries at `revision`; then `apply` changes, `search` at any time."""

    def __init__(
        self,
        entries: Iterable[Entry],
        revision: int,
        analyser: TextAnalyser,
        intent_of: IntentOf | None = None,
        concepts: Concepts | None = None,
    ) -> None:
        self.revision = revision
        self._analyser = analyser
        self._intent_of = intent_of
        self._intents: dict[str, str] = {}
        self._concepts = concepts or builtin()
        self._table = shipped()
        self._lock = threading.Lock()
        rows = list(entries)
        sample = rows[:: 1 + len(rows) // _SAMPLED]
        self._traits = Traits(self._concepts, [marks_of(forms, self._concepts) for forms in self._forms(sample)])
        self._base = self._block(rows)
        self._weighing = Weighing((segment := self._base.segment).vocabulary, segment.counts, segment.size)
        segment.weigh(self._weighing)
        self._where = {entry.id: number for number, entry in enumerate(self._base.entries)}
        self._fresh: dict[str, Entry] = {}
        self._delta: _Block | None = None

    @property
    def size(self) -> int:
        """Live entries in the index."""
        return int(self._base.alive.sum()) + len(self._fresh)

    def live(self) -> dict[str, Entry]:
        """The live entries by id."""
        return {e.id: e for e, on in zip(self._base.entries, self._base.alive, strict=True) if on} | self._fresh

    def branch(self) -> "ShopIndex":
        """A copy that changes by itself; the large block is shared, so it costs next to nothing."""
        other, block = copy.copy(self), copy.copy(self._base)
        block.alive = block.alive.copy()
        other._lock, other._base, other._intents = threading.Lock(), block, dict(self._intents)
        return other

    @property
    def asks_about_buyer(self) -> bool:
        """Whether an entry is meant for some buyers or order states only, so that asking must say which."""
        scopes = (*self._base.scopes, *(self._delta.scopes if self._delta else ()))
        return any(scope[1] or scope[2] for scope in scopes)

    def has_room(self, changes: int) -> bool:
        """Whether so many more changes fit beside the large block. A small shop is built anew sooner: it is quick."""
        return len(self._fresh) + changes <= min(FOLD_AT, _ROOM + len(self._base.entries) // 8)

    def _forms(self, entries: Iterable[Entry]) -> Iterator[TextForms]:
        return (self._analyser.forms(text) for entry in entries for text in texts_of(entry))

    def _block(self, entries: Sequence[Entry]) -> _Block:
        return _Block(entries, rows_of(self._forms(entries), self._concepts), self._traits, self._table)

    def apply(self, changed: Iterable[Entry], revision: int) -> None:
        """Take over entries that changed since `self.revision`, whatever their status is now."""
        fresh = dict(self._fresh)
        gone: list[int] = []
        for entry in changed:
            fresh.pop(entry.id, None)
            if entry.id in self._where:
                gone.append(self._where[entry.id])
            if entry.draft.status == "published":
                fresh[entry.id] = entry
            self._intents.pop(entry.id, None)
        delta = None
        if fresh:
            delta = self._block(list(fresh.values()))
            delta.segment.weigh(self._weighing)
        with self._lock:
            self._base.strike(gone)
            self._fresh, self._delta, self.revision = fresh, delta, revision

    def search(self, asked: Asked) -> SearchResult:
        """The entries nearest to the question that may be cited now, best first."""
        question = Weighed(marks_of(asked.forms, self._concepts), self._weighing, self._table)
        with self._lock:
            found = self._best(self._base, question, asked)
            if self._delta is not None:
                found = sorted(found + self._best(self._delta, question, asked), key=lambda hit: -hit[0])
        if not found:
            return _NOTHING
        strange = strangeness(question.unknown_share(self._delta.segment if self._delta else None))
        found = [(points + strange, entry, text) for points, entry, text in found]
        if asked.intent and self._intent_of is not None:
            found = self._agree(found, asked)
        hits = tuple(
            _hit(probability(points), entry, text, asked.channel) for points, entry, text in found[: asked.top_k]
        )
        return SearchResult(bool(hits) and hits[0].score >= THRESHOLD, hits)

    def _best(self, block: _Block, question: Weighed, asked: Asked) -> list[tuple[float, Entry, str]]:
        segment, now = block.segment, _microseconds(asked.now)
        located = segment.locate(question)
        documents = segment.candidates(located)
        if not len(documents):
            return []
        if block.may_be_closed(asked) and not (live := block.open_to(segment.owner.take(documents), asked, now)).all():
            if len(documents) < KEPT:
                documents = documents[live]
            else:  # closed entries may have pushed open ones off the short list: choose again among the open
                documents = segment.candidates(located, lambda d: block.open_to(segment.owner[d], asked, now))
            if not len(documents):
                return []
        shared = segment.shared(documents, located)
        traits, theirs, own = self._traits, segment.traits.take(documents), self._traits.of(question.marks)
        points = rank(
            shared,
            segment.masses.take(documents, 0),
            question.totals,
            segment.directions.take(documents, 0).dot(question.direction),
            traits.asks_differ(own, theirs),
            traits.opposed(own, theirs),
        )
        owners = segment.owner.take(documents)
        if len(block.products) > 1:
            points += product_points(
                block.product.take(owners), block.products.get(asked.product_id, -1 if asked.product_id else 0)
            )
        best: list[tuple[float, Entry, str]] = []
        seen: set[int] = set()
        for at in np.argsort(-points, kind="stable").tolist():
            owner = int(owners[at])
            if owner in seen:
                continue
            seen.add(owner)
            best.append((float(points[at]), block.entries[owner], block.texts[documents[at]]))
            if len(best) >= asked.top_k + _SPARE:
                break
        return best

    def _agree(self, found: list[tuple[float, Entry, str]], asked: Asked) -> list[tuple[float, Entry, str]]:
        """Let the intents of question and entry have their say, where it can change which entry answers.

        Reading an entry's question costs as much as understanding the buyer's, so it is done once an entry, and never
        for those too far behind the first or too far below the threshold.
        """
        intent = asked.intent
        worth = max(found[0][0] - SWAY, NEAR_POINTS) if not asked.thorough else -math.inf
        judged = []
        for points, entry, text in found:
            own = self._intents.get(entry.id)
            if own is None and points >= worth and of_shop(intent) and self._intent_of is not None:
                own = self._intents[entry.id] = self._intent_of(entry.draft.question)
            judged.append((points + intent_points(intent, own or ""), entry, text))
        return sorted(judged, key=lambda hit: -hit[0])


def _hit(score: float, entry: Entry, text: str, channel: str) -> KnowledgeHit:
    draft = entry.draft
    answer = draft.channel_answers.get(channel, draft.answer) if draft.channel_answers else draft.answer
    return KnowledgeHit(
        str(entry.id),
        draft.question,
        answer,
        round(score, 4),
        draft.product_id,
        draft.category,
        text,
        draft.attachments,
    )
