"""One shop's knowledge, ready to be asked (检索): a large block, a small block of what changed since, and scopes.

Only published entries are in here. Validity, channel, product, audience and order state are checked at the moment of
asking, so that an entry comes alive and dies to the second without any job. A changed entry is struck from its block
and joins the small block, which is built anew each time; when there is no more room, the owner builds a
new index in the background and swaps it in.
"""

import copy
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from xiaoer.kernel.decision import NEAR, KnowledgeHit
from xiaoer.kernel.heard import TextAnalyser, TextForms
from xiaoer.slices.knowledge.retrieval.blocks import Asked, Block, microseconds, texts_of
from xiaoer.slices.knowledge.retrieval.concepts import Concepts, builtin
from xiaoer.slices.knowledge.retrieval.features import marks_of
from xiaoer.slices.knowledge.retrieval.ranking import (
    NEAR_POINTS,
    SWAY,
    THRESHOLD,
    WORTH_RESTS,
    intent_points,
    of_shop,
    probability,
    product_points,
    rank,
    rest_points,
    strangeness,
    told_points,
)
from xiaoer.slices.knowledge.retrieval.rests import NO_REST, rests_of
from xiaoer.slices.knowledge.retrieval.rows import rows_of
from xiaoer.slices.knowledge.retrieval.segment import Weighed
from xiaoer.slices.knowledge.retrieval.told import share_told
from xiaoer.slices.knowledge.retrieval.traits import Traits
from xiaoer.slices.knowledge.retrieval.vectors import shipped
from xiaoer.slices.knowledge.retrieval.weighing import Weighing
from xiaoer.slices.knowledge.types import Entry, SearchResult

_ROOM = 8  # changed entries that any shop may hold beside its large block
FOLD_AT = 400  # most entries in the small block; building it takes about 0.1 ms an entry
_LOOKED = 3  # candidates whose rests are compared: those that may be said
_SPARE = 3  # candidates beyond those wanted, so that an agreeing intent can bring one up
_SAMPLED = 2_000  # entries from which a shop's alternatives are learnt
_WEIGHED = 16  # questions that are remembered: one is asked of several goods, and of both sides of a rehearsal
_NOTHING = SearchResult(False)


IntentOf = Callable[[str], str]


class Found(NamedTuple):
    """A candidate: its points, what the rests take from the certainty, and the text that was nearest."""

    points: float
    rest: float
    entry: Entry
    text: str


def _by_points(found: Found) -> float:
    return -found.points


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
        self._intents: dict[str, str] = {}  # by question
        self._concepts = concepts or builtin()
        self._table = shipped()
        self._asks = frozenset("s" + ask for ask in self._concepts.asks)
        self._weigh = lru_cache(_WEIGHED)(self._weighed)
        self._lock = threading.Lock()
        rows = list(entries)
        sample = rows[:: 1 + len(rows) // _SAMPLED]
        self._traits = Traits(self._concepts, [marks_of(forms, self._concepts) for forms in self._forms(sample)])
        self._base = self._block(rows)
        self._weighing = Weighing((segment := self._base.segment).vocabulary, segment.counts, segment.size)
        segment.weigh(self._weighing)
        self._where = {entry.id: number for number, entry in enumerate(self._base.entries)}
        self._ahead = iter(self._base.entries)
        self._fresh: dict[str, Entry] = {}
        self._delta: Block | None = None
        self.asks_about = self._asks_about()

    @property
    def size(self) -> int:
        """Live entries in the index."""
        return int(self._base.alive.sum()) + len(self._fresh)

    def live(self) -> dict[str, Entry]:
        """The live entries by id."""
        return {e.id: e for e, on in zip(self._base.entries, self._base.alive, strict=True) if on} | self._fresh

    def branch(self) -> "ShopIndex":
        """A copy that changes by itself; the large block and what was read are shared, so it costs next to nothing."""
        other, block = copy.copy(self), copy.copy(self._base)
        block.alive = block.alive.copy()
        other._lock, other._base = threading.Lock(), block
        other._ahead = iter(())
        return other

    def _asks_about(self) -> frozenset[str]:
        """What asking must tell because some entry is for some only: `buyer` (audience, order state), `category`."""
        scopes = (*self._base.scopes, *(self._delta.scopes if self._delta else ()))
        about = {"buyer": any(scope[1] or scope[2] for scope in scopes), "category": any(scope[3] for scope in scopes)}
        return frozenset(name for name, asked in about.items() if asked)

    def has_room(self, changes: int) -> bool:
        """Whether so many more changes fit beside the large block. A small shop is built anew sooner: it is quick."""
        return len(self._fresh) + changes <= min(FOLD_AT, _ROOM + len(self._base.entries) // 8)

    def _forms(self, entries: Iterable[Entry]) -> Iterator[TextForms]:
        return (self._analyser.forms(text) for entry in entries for text in texts_of(entry))

    def _block(self, entries: Sequence[Entry]) -> Block:
        return Block(entries, rows_of(self._forms(entries), self._concepts), self._traits, self._table)

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
        delta = None
        if fresh:
            delta = self._block(list(fresh.values()))
            delta.segment.weigh(self._weighing)
        with self._lock:
            self._base.strike(gone)
            self._fresh, self._delta, self.revision = fresh, delta, revision
            self.asks_about = self._asks_about()

    def _weighed(self, forms: TextForms) -> Weighed:
        return Weighed(marks_of(forms, self._concepts), self._weighing, self._table)

    def search(self, asked: Asked) -> SearchResult:
        """The entries nearest to the question that may be cited now, best first."""
        question = self._weigh(asked.forms)
        with self._lock:
            strange = strangeness(question.unknown_share(self._delta.segment if self._delta else None))
            found = self._best(self._base, question, asked, strange)
            if self._delta is not None:
                found = sorted(found + self._best(self._delta, question, asked, strange), key=_by_points)
        if not found:
            return _NOTHING
        if asked.intent and self._intent_of is not None:
            found = self._agree(found, asked)
        if probability(found[0].points) < NEAR:
            found = self._told(found, question)
        hits = tuple(
            _hit(probability(one.points + one.rest), one.entry, one.text, asked.channel) for one in found[: asked.top_k]
        )
        return SearchResult(probability(found[0].points) >= THRESHOLD, hits)

    def _best(self, block: Block, question: Weighed, asked: Asked, strange: float) -> list[Found]:
        segment, now = block.segment, microseconds(asked.now)
        located = segment.locate(question)
        closed = block.may_be_closed(asked)
        documents = segment.candidates(
            located, (lambda d: block.open_to(segment.owner.take(d), asked, now)) if closed else None
        )
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
        number, of, told = documents.tolist(), owners.tolist(), points.tolist()
        chosen: dict[int, int] = {}  # entry number -> place among the candidates of its nearest text
        for at in (-points).argsort(kind="stable").tolist():
            chosen.setdefault(of[at], at)
            if len(chosen) >= asked.top_k + _SPARE:
                break
        worth = [number[at] for at in list(chosen.values())[:_LOOKED] if told[at] >= WORTH_RESTS]
        rests = iter(rests_of(worth, segment, question, self._asks, self._table))
        return [
            Found(told[at] + strange, rest_points(next(rests, NO_REST)), block.entries[owner], block.texts[number[at]])
            for owner, at in chosen.items()
        ]

    def _agree(self, found: list[Found], asked: Asked) -> list[Found]:
        """Let the intents of question and entry have their say, where it can change which entry answers.

        Reading an entry's question costs as much as understanding the buyer's, so it is done once an entry, ahead of
        the buyers or when one asks, and then not for those too far behind the first or too far below the threshold.
        """
        intent = asked.intent
        worth = max(found[0].points - SWAY, NEAR_POINTS) if not asked.thorough else -math.inf
        judged = []
        for one in found:
            own = self._intents.get(one.entry.draft.question)
            if own is None and one.points >= worth and of_shop(intent):
                own = self._read_intent(one.entry)
            judged.append(Found(one.points + intent_points(intent, own or ""), *one[1:]))
        return sorted(judged, key=_by_points)

    def _told(self, found: list[Found], question: Weighed) -> list[Found]:
        """Where none is near: those whose answers hold all that is asked come up."""
        raised = [
            one._replace(points=one.points + told_points(share_told(question, one.entry, self._concepts, self._asks)))
            for one in found[:_LOOKED]
        ]
        return sorted([*raised, *found[_LOOKED:]], key=_by_points)

    def read_ahead(self, count: int) -> bool:
        """Read the intents of the next `count` entries, so that no buyer waits for it; False when all are read."""
        if self._intent_of is None:
            return False
        entries = list(islice(self._ahead, count))
        for entry in entries:
            if entry.draft.question not in self._intents:
                self._read_intent(entry)
        return bool(entries)

    def _read_intent(self, entry: Entry) -> str:
        assert self._intent_of is not None
        own = self._intents[entry.draft.question] = self._intent_of(entry.draft.question)
        return own


def _hit(score: float, entry: Entry, text: str, channel: str) -> KnowledgeHit:
    draft = entry.draft
    return KnowledgeHit(
        str(entry.id),
        draft.question,
        draft.said_on(channel),
        round(score, 4),
        draft.product_id,
        draft.category,
        text,
        draft.attachments,
    )
