"""One shop's knowledge, ready to be asked (检索): a large block, a small block of what changed since, and scopes.

Only published entries are in here. Validity, channel, product, audience and order state are checked at the moment of
asking, so that an entry comes alive and dies to the second without any job. A changed entry is struck from its block
and joins the small block, which is built anew each time; when that grows past `fold_at`, the owner builds a
new index in the background and swaps it in.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from xiaoer.kernel.decision import KnowledgeHit
from xiaoer.kernel.heard import TextAnalyser, TextForms
from xiaoer.slices.knowledge.retrieval.concepts import Concepts, builtin
from xiaoer.slices.knowledge.retrieval.features import Marks, marks_of
from xiaoer.slices.knowledge.retrieval.ranking import THRESHOLD, intent_odds, probability, product_odds, rank
from xiaoer.slices.knowledge.retrieval.segment import KEPT, Segment, Weighed
from xiaoer.slices.knowledge.retrieval.weighing import Weighing
from xiaoer.slices.knowledge.types import Entry, SearchResult

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ALWAYS = (-(2**62), 2**62)
FOLD_AT = 400  # entries in the small block; building it takes about 0.1 ms an entry
_INTENTS_AT = 3  # best candidates whose intent is compared
_NOTHING = SearchResult(False)

IntentOf = Callable[[str], str]


class Asked(Struct, frozen=True):
    """One question with its surroundings. Empty means not known."""

    forms: TextForms
    now: datetime
    intent: str = ""
    product_id: str = ""
    channel: str = ""
    audience: tuple[str, ...] = ()
    order_state: str = ""
    top_k: int = 5


class _Block:
    """A segment with the scopes of its entries."""

    def __init__(self, entries: Sequence[Entry], marks: Callable[[str], Marks], ask_bits: dict[str, int]) -> None:
        self.entries = list(entries)
        documents: list[Marks] = []
        owner: list[int] = []
        self.texts: list[str] = []
        for number, entry in enumerate(self.entries):
            for text in (entry.draft.question, *entry.draft.similar):
                documents.append(marks(text))
                owner.append(number)
                self.texts.append(text)
        self.segment = Segment(documents, owner, ask_bits)
        size = len(self.entries)
        self.alive = np.ones(size, np.bool_)
        self.valid_from: NDArray[np.int64] = np.full(size, _ALWAYS[0])
        self.valid_to: NDArray[np.int64] = np.full(size, _ALWAYS[1])
        self.product: NDArray[np.int32] = np.zeros(size, np.int32)
        self.scope: NDArray[np.int32] = np.zeros(size, np.int32)
        self.products: dict[str, int] = {"": 0}
        self.scopes: dict[tuple[str, str, str], int] = {("", "", ""): 0}
        for number, entry in enumerate(self.entries):
            draft = entry.draft
            if draft.valid_from:
                self.valid_from[number] = _microseconds(draft.valid_from)
            if draft.valid_to:
                self.valid_to[number] = _microseconds(draft.valid_to)
            self.product[number] = self.products.setdefault(draft.product_id, len(self.products))
            scope = (draft.channel, draft.audience, draft.order_state)
            self.scope[number] = self.scopes.setdefault(scope, len(self.scopes))

    def open_to(self, entries: NDArray[np.int32], asked: Asked, now: int) -> NDArray[np.bool_]:
        """Which of these entries may be cited in answer to `asked`."""
        live = self.alive[entries] & (self.valid_from[entries] <= now) & (now < self.valid_to[entries])
        if asked.product_id and len(self.products) > 1:
            product = self.product[entries]
            live &= (product == 0) | (product == self.products.get(asked.product_id, -1))
        if len(self.scopes) > 1:
            allowed = np.array([_meets(scope, asked) for scope in self.scopes], np.bool_)
            live &= allowed[self.scope[entries]]
        return live


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _meets(scope: tuple[str, str, str], asked: Asked) -> bool:
    channel, audience, state = scope
    if channel and asked.channel and asked.channel not in channel.split("|"):
        return False
    if audience and asked.audience and not set(audience.split("|")) & set(asked.audience):
        return False
    return not (state and asked.order_state and asked.order_state not in state.split("|"))


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
        self._ask_bits = {ask: 1 << bit for bit, ask in enumerate(sorted(self._concepts.asks))}
        self._lock = threading.Lock()
        self._base = _Block(list(entries), self._marks, self._ask_bits)
        segment = self._base.segment
        counts = dict(zip(segment.vocabulary, segment.counts, strict=True))
        self._weighing = Weighing(counts, segment.size)
        segment.weigh(self._weighing)
        self._where = {entry.id: number for number, entry in enumerate(self._base.entries)}
        self._fresh: dict[str, Entry] = {}
        self._delta: _Block | None = None

    @property
    def size(self) -> int:
        """Live entries in the index."""
        return int(self._base.alive.sum()) + len(self._fresh)

    @property
    def must_fold(self) -> bool:
        """Whether so much has changed that a new index pays."""
        return len(self._fresh) > FOLD_AT

    def _marks(self, text: str) -> Marks:
        return marks_of(self._analyser.forms(text), self._concepts)

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
            delta = _Block(list(fresh.values()), self._marks, self._ask_bits)
            delta.segment.weigh(self._weighing)
        with self._lock:
            self._base.alive[gone] = False
            self._fresh, self._delta, self.revision = fresh, delta, revision

    def search(self, asked: Asked) -> SearchResult:
        """The entries nearest to the question that may be cited now, best first."""
        marks = marks_of(asked.forms, self._concepts)
        question = Weighed(marks, self._weighing)
        with self._lock:
            found = self._best(self._base, question, asked)
            if self._delta is not None:
                found = sorted(found + self._best(self._delta, question, asked), key=lambda hit: -hit[0])
        if not found:
            return _NOTHING
        if asked.intent and self._intent_of is not None:
            found = self._agree(found, asked.intent)
        hits = tuple(_hit(probability(odds), entry, text) for odds, entry, text in found[: asked.top_k])
        return SearchResult(bool(hits) and hits[0].score >= THRESHOLD, hits)

    def _best(self, block: _Block, question: Weighed, asked: Asked) -> list[tuple[float, Entry, str]]:
        segment, now = block.segment, _microseconds(asked.now)
        documents = segment.candidates(question)
        if not len(documents):
            return []
        live = block.open_to(segment.owner[documents], asked, now)
        if not live.all():
            if len(documents) < KEPT:
                documents = documents[live]
            else:  # closed entries may have pushed open ones off the short list: choose again among the open
                documents = segment.candidates(question, lambda d: block.open_to(segment.owner[d], asked, now))
            if not len(documents):
                return []
        shared = segment.shared(documents, question)
        asks = sum(self._ask_bits[ask] for ask in question.asks)
        odds = rank(shared, segment.masses[documents], segment.asks[documents], question, asks)
        owners = segment.owner[documents]
        if len(block.products) > 1:
            odds += product_odds(
                block.product[owners], block.products.get(asked.product_id, -1 if asked.product_id else 0)
            )
        best: list[tuple[float, Entry, str]] = []
        seen: set[int] = set()
        for at in np.argsort(-odds, kind="stable").tolist():
            owner = int(owners[at])
            if owner in seen:
                continue
            seen.add(owner)
            best.append((float(odds[at]), block.entries[owner], block.texts[documents[at]]))
            if len(best) >= asked.top_k + _INTENTS_AT:
                break
        return best

    def _agree(self, found: list[tuple[float, Entry, str]], intent: str) -> list[tuple[float, Entry, str]]:
        """Let the intents of question and entry have their say about the best few."""
        judged = []
        for odds, entry, text in found[: 2 * _INTENTS_AT]:
            own = self._intents.get(entry.id)
            if own is None and self._intent_of is not None:
                own = self._intents[entry.id] = self._intent_of(entry.draft.question)
            judged.append((odds + intent_odds(intent, own or ""), entry, text))
        judged.sort(key=lambda hit: -hit[0])
        return judged + found[2 * _INTENTS_AT :]


def _hit(score: float, entry: Entry, text: str) -> KnowledgeHit:
    draft = entry.draft
    return KnowledgeHit(
        str(entry.id), draft.question, draft.answer, round(score, 4), draft.product_id, draft.category, text
    )
