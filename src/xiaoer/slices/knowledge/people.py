"""Search for people (搜索框): by a piece of the text, pinyin in full or initials, with typos, marked where it matches.

All texts of a shop lie in a few long strings, so that a look-up is one scan of memory; what changed since lies beside
them until there is enough to build them anew. What no scan finds is looked for by its sound, then by what may have been
meant (`misspelt`), then asked of the retrieval index, which knows other words of the same sense.
"""

import asyncio
import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from xiaoer.infra.db import Database
from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge import rules, store
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.misspelt import Syllables
from xiaoer.slices.knowledge.types import Entry, EntryDraft

_READ = 500  # about 20 ms of the event loop
_SHOPS = 50  # shops whose texts are held
_REBUILD_AT = 400  # changed entries that are searched one by one
_MOST = 300  # matches of one word that are looked at
_BREAK = "\x1f"
_LATIN = re.compile(r"[a-z']+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SNIPPET = 60
_SENSE = 0.2  # least score of what only the retrieval index finds
_FAINT = 0.05  # the same where nothing holds the words: a near miss helps more than an empty list
_KINDS = ("text", "pinyin", "initials", "answer")
_IN_ANSWER = _KINDS.index("answer")

Spans = tuple[tuple[int, int], ...]


class Hit(Struct, frozen=True):
    """One entry found. `by`: text, pinyin, initials or sense; spans are half-open places to be marked."""

    entry: Entry
    by: str
    score: float
    question_spans: Spans
    snippet: str
    snippet_spans: Spans


class _Texts:
    """The searchable texts of some entries, each kind in one long string."""

    def __init__(self, entries: Sequence[Entry], analyser: TextAnalyser) -> None:
        self.ids = [str(entry.id) for entry in entries]
        self.lengths = [len(entry.draft.question) for entry in entries]
        asks = [_BREAK.join((e.draft.question, *e.draft.similar)).lower() for e in entries]
        sounds = [analyser.forms(e.draft.question).pinyin.split() for e in entries]
        self.syllables = Syllables(sounds)
        self.kinds = {
            "text": _Joined(asks),
            "pinyin": _Joined(["".join(syllables) for syllables in sounds]),
            "initials": _Joined(["".join(syllable[0] for syllable in syllables) for syllables in sounds]),
            "answer": _Joined([e.draft.answer.lower() for e in entries]),
        }


class _Joined:
    """Texts joined by line feeds, and where each begins."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.starts: list[int] = []
        at = 0
        for text in texts:
            self.starts.append(at)
            at += len(text) + 1
        self.whole = "\n".join(text.replace("\n", " ") for text in texts)

    def numbers(self, word: str) -> dict[int, int]:
        """Numbers of the texts that hold the word and where in them, at most `_MOST`."""
        found: dict[int, int] = {}
        at = self.whole.find(word)
        while at >= 0 and len(found) < _MOST:
            number = bisect_right(self.starts, at) - 1
            found[number] = at - self.starts[number]
            following = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.whole)
            at = self.whole.find(word, following)
        return found


class _Held(Struct):
    revision: int
    base: _Texts
    changed: _Texts
    hidden: set[str]


class PeopleSearch:
    """Searches the entries of a shop for its staff."""

    def __init__(self, db: Database, analyser: TextAnalyser, knowledge: Knowledge) -> None:
        self._db = db
        self._analyser = analyser
        self._knowledge = knowledge
        self._held: OrderedDict[ShopId, _Held] = OrderedDict()
        self._building: dict[ShopId, asyncio.Lock] = {}
        self._sound = lru_cache(maxsize=20_000)(lambda letter: analyser.forms(letter).pinyin)

    async def __call__(
        self, shop: ShopId, words: str, now: datetime, *, limit: int = 20, live: bool = False
    ) -> tuple[Hit, ...]:
        """Entries that fit, best first; with `live` only those that may be said now."""
        wanted = words.strip().lower()[:100]
        parts = [part for part in re.split(r"[\s,，]+", wanted) if part][:5]
        if not parts:
            return ()
        held = await self._fresh(shop)
        ranked = self._ranked(held, parts)
        if all(rank[0] == _IN_ANSWER for rank, _, _ in ranked):
            for heard in self._heard(held, parts):
                if meant := self._ranked(held, heard):
                    ranked, parts = meant, heard
                    break
        found = {id_: by for _, id_, by in sorted(ranked)[: 3 * limit]}
        scores = dict.fromkeys(found, 0.0)
        if len(found) < 5:
            await self._knowledge.ensure_loaded(shop)
            least = _SENSE if found else _FAINT
            for hit in self._knowledge.search(shop, wanted, now=now, top_k=10).hits:
                if hit.score >= least and hit.id not in found:
                    found[hit.id], scores[hit.id] = "sense", hit.score
        entries = await self._db.read(lambda c: store.get_many(c, shop, list(found)))
        hits = [
            self._hit(entry, found[id_], parts, scores[id_])
            for id_, entry in entries.items()
            if entry.draft.status != "archived" and (not live or rules.is_live(entry.draft, now))
        ]
        best = sorted((hit for hit in hits if hit), key=lambda hit: (-hit.score, len(hit.entry.question), hit.entry.id))
        return tuple(best[:limit])

    async def warm(self, shop: ShopId) -> None:
        """Build what the first search would otherwise wait for."""
        await self._fresh(shop)

    async def _fresh(self, shop: ShopId) -> _Held:
        async with self._building.setdefault(shop, asyncio.Lock()):
            revision = await self._db.read(lambda c: store.revision_of(c, shop))
            held = self._held.get(shop)
            if held is None or held.revision != revision:
                known = held.revision if held else -1
                rows = (
                    await self._db.read(lambda c: store.changed_since(c, shop, known, _REBUILD_AT + 1)) if held else []
                )
                if held is None or len(rows) + len(held.changed.ids) > _REBUILD_AT:
                    held = await self._build(shop, revision)
                elif rows:
                    again = {str(row.id) for row in rows}
                    ids = held.changed.ids
                    old = await self._db.read(lambda c: store.get_many(c, shop, ids))
                    kept = [entry for id_, entry in old.items() if id_ not in again]
                    texts = _Texts([*rows, *kept], self._analyser)
                    held = _Held(revision, held.base, texts, held.hidden | again)
                else:
                    held.revision = revision
                self._held[shop] = held
            self._held.move_to_end(shop)
            while len(self._held) > _SHOPS:
                self._held.popitem(last=False)
            return held

    async def _build(self, shop: ShopId, revision: int) -> _Held:
        rows: list[Entry] = []
        while True:
            after = str(rows[-1].id) if rows else ""
            chunk = await self._db.read(lambda c, after=after: store.every(c, shop, after, _READ))  # type: ignore[misc]
            rows += chunk
            if len(chunk) < _READ:
                break
            await asyncio.sleep(0)
        return _Held(revision, await asyncio.to_thread(_Texts, rows, self._analyser), _Texts((), self._analyser), set())

    def _ranked(self, held: _Held, parts: Sequence[str]) -> list[tuple[tuple[int, bool, int], str, str]]:
        return self._scan(held.changed, parts) + [
            one for one in self._scan(held.base, parts) if one[1] not in held.hidden
        ]

    def _heard(self, held: _Held, parts: Sequence[str]) -> Iterator[list[str]]:
        """The parts as they sound, where they are Han; then each with one mistake mended that may be in it."""
        sounds = [self._sound_of(part) for part in parts]
        if sounds != list(parts):
            yield sounds
        for at, sound in enumerate(sounds):
            if _LATIN.fullmatch(sound):
                for texts in (held.base, held.changed):
                    for meant in texts.syllables.meant(sound):
                        yield [*sounds[:at], meant, *sounds[at + 1 :]]

    def _sound_of(self, part: str) -> str:
        """A part of two Han characters or more in pinyin; others as they are."""
        return "".join(map(self._sound, part)) if len(part) >= 2 and _HAN.fullmatch(part) else part

    def _scan(self, texts: _Texts, parts: Sequence[str]) -> list[tuple[tuple[int, bool, int], str, str]]:
        """(rank, id, by what) of the entries whose texts hold every part; the smallest rank is the best."""
        found: dict[int, tuple[int, bool]] | None = None
        for part in parts:
            here: dict[int, tuple[int, bool]] = {}
            for order, kind in enumerate(_KINDS):
                if kind in ("pinyin", "initials") and not (len(part) >= 2 and _LATIN.fullmatch(part)):
                    continue
                for number, place in texts.kinds[kind].numbers(part).items():
                    here.setdefault(number, (order, place > 0))
            found = here if found is None else {n: rank for n, rank in found.items() if n in here}
        return [
            ((order, inside, texts.lengths[number]), texts.ids[number], _KINDS[order])
            for number, (order, inside) in (found or {}).items()
            if number < len(texts.ids)
        ]

    def _hit(self, entry: Entry, by: str, parts: Sequence[str], near: float) -> Hit | None:
        question = entry.draft.question
        spans = self._spans(question, parts)
        if by in ("pinyin", "initials") and not spans:
            return None  # it began in the middle of a syllable
        snippet, marks = _snippet(entry.draft, parts)
        low = question.lower()
        score = {"text": 3.0, "pinyin": 2.5, "initials": 2.0, "answer": 1.0, "sense": 0.5}[by] + near
        if by == "text":
            score += 2.0 * (low == " ".join(parts)) + 1.0 * low.startswith(parts[0]) + 0.5 * bool(spans)
        if by == "sense" and not spans:
            same = {at for at, letter in enumerate(question) if letter.lower() in "".join(parts)}
            spans = tuple((at, at + 1) for at in sorted(same))
        return Hit(entry, "text" if by == "answer" else by, round(score, 3), spans, snippet, marks)

    def _spans(self, text: str, parts: Sequence[str]) -> Spans:
        """Where the parts stand in a text, by letters or by sound."""
        found = []
        low = text.lower()
        for part in parts:
            at = low.find(part)
            if at >= 0:
                found.append((at, at + len(part)))
            elif _LATIN.fullmatch(part):
                found += self._sounded(text, part)
        return tuple(sorted(found))

    def _sounded(self, text: str, part: str) -> list[tuple[int, int]]:
        letters = [(at, self._sound(letter)) for at, letter in enumerate(text) if letter > "\u3400"]
        for full in (True, False):
            for begin in range(len(letters)):
                sound = ""
                for end in range(begin, len(letters)):
                    syllable = letters[end][1]
                    sound += syllable if full else syllable[:1]
                    if sound == part or (full and sound.startswith(part) and end > begin):
                        return [(letters[begin][0], letters[end][0] + 1)]
                    if not part.startswith(sound):
                        break
        return []


def _snippet(draft: EntryDraft, parts: Sequence[str]) -> tuple[str, Spans]:
    """The piece of the answer around the first match, and the marks in it."""
    answer = draft.answer.replace("\n", " ")
    low = answer.lower()
    first = min((at for part in parts if (at := low.find(part)) >= 0), default=0)
    begin = max(0, first - 15)
    piece = answer[begin : begin + _SNIPPET]
    marks = [(at, at + len(part)) for part in parts if (at := piece.lower().find(part)) >= 0]
    return ("…" if begin else "") + piece, tuple((a + bool(begin), b + bool(begin)) for a, b in sorted(marks))
