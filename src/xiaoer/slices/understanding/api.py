"""Understanding (理解): what a buyer's turn means. The way in for everything outside this slice.

`understand` is pure: no I/O, no clock, no randomness after construction, well under a millisecond. The steps are the
modules beside this file: `split` cuts the turn, `normalise` gives plain words, `patterns` and `model` say what each
piece means alone, `context` what it means after the turns before, `entities` its values, `feeling` the mood.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec
import numpy as np

from xiaoer.kernel.heard import Entities, Heard, Segment, TextForms
from xiaoer.kernel.turn import PastMessage, Turn
from xiaoer.slices.understanding import context, feeling, joining, split
from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.entities.extract import bodies_in, read_entities
from xiaoer.slices.understanding.features import features
from xiaoer.slices.understanding.model import Model
from xiaoer.slices.understanding.normalise import MAX_CHARS, Normaliser, compact
from xiaoer.slices.understanding.overlay import Examples, ShopWords, lean
from xiaoer.slices.understanding.pack import Pack, read_pack, shipped_model, takes_of
from xiaoer.slices.understanding.patterns import decide_by_pattern, hints_of
from xiaoer.slices.understanding.phrases import PhraseTable
from xiaoer.slices.understanding.sounds import pinyin

_ALTERNATIVES = 3
_REMEMBERED = 8_192
# How far back an open matter may lie, in buyer messages.
_BACK = 3
# Below this share of business in it, an earlier message opens no matter.
_MATTER = 0.35
# From this confidence a message is talk from end to end and is not cut.
_ONLY_CHAT = 0.85
# A greeting is not among them: after it comes the matter.
_WHOLE_CHAT = frozenset(("chat.thanks", "chat.ack", "chat.praise", "chat.smalltalk", "chat.bye"))
# Pieces heard as these are no asks beside others.
_NO_ASK = frozenset(("chat.ack", "oos.unclear"))
_CHAT_ORDER = ("chat.thanks", "chat.bye", "chat.praise", "chat.smalltalk", "chat.greeting", "chat.ack")
# Asked of goods and their terms before anything was bought: strong words there are the buyer's way of asking.
_OF_GOODS = ("product.", "price.", "ship.fee")
_HAGGLES = frozenset({"promo.bargain", "promo.discount", "promo.coupon", "promo.bundle", "promo.member", "promo.gift"})


class Understanding:
    """Understands turns by one pack, one model and, if given, one shop's words. Safe to share between threads."""

    def __init__(
        self, pack: Pack, model: Model, shop: ShopWords | None = None, normaliser: Normaliser | None = None
    ) -> None:
        self._pack = pack
        self._model = model
        shop = shop or ShopWords()
        extra = tuple(sorted({code for _, code in shop.examples} - set(model.labels)))
        self.labels = model.labels + extra
        self._gate = model.gate.over(self.labels)
        self._listener = model.listener
        self._described = joining.describe(self.labels, takes_of(pack))
        self._products = PhraseTable({word.lower(): "|".join(ids) for word, ids in shop.products.items()})
        names = PhraseTable({word: word for word in shop.products})
        self._normaliser = (normaliser or Normaliser(pack.lexicon)).with_words(names, shop.means)
        at = {code: n for n, code in enumerate(self.labels)}
        self._at = at
        self._examples = Examples(
            [(self._normaliser.normal(text), at[code]) for text, code in shop.examples], model.weight_of
        )
        self._mood = feeling.compile_mood(pack.lexicon.mood, pack.lexicon.emoji_feels)
        self._remember = lru_cache(maxsize=_REMEMBERED)(self._read)

    @classmethod
    @lru_cache(maxsize=4)  # safe to share: one for all of a process
    def shipped(cls, pack: str = "ecommerce") -> "Understanding":
        """The pack and the model that came with the program."""
        return cls(read_pack(pack), shipped_model(pack))

    def with_shop(self, shop: ShopWords, model: Model | None = None) -> "Understanding":
        """A copy that also knows a shop's words, with its own model if given; takes milliseconds."""
        return Understanding(self._pack, model or self._model, shop, self._normaliser)

    def forms(self, text: str) -> TextForms:
        """The spellings of a text that matching needs (`kernel.heard.TextAnalyser`)."""
        named = self._normaliser.name_pictures(text)
        return self._forms(text, None if named == text else self._forms(named))

    def _forms(self, text: str, pictured: TextForms | None = None) -> TextForms:
        normal = self._normaliser.normal(text)
        return TextForms(normal=normal, compact=compact(normal), pinyin=pinyin(normal), pictured=pictured)

    def understand(self, turn: Turn) -> Heard:
        """Segments, feeling and urgency of the buyer's unanswered messages."""
        raw = "\n".join(message.text for message in turn.messages if message.text)[:MAX_CHARS]
        asks = self._asks(raw)
        segments = self._segments(raw, asks, turn.history)
        normal = " ".join(ask.normal for ask in asks)
        whole = self._remember(raw)[0] if len(asks) != 1 or asks[0].end - asks[0].start != len(raw) else normal
        repeats = _repeats(compact(whole), turn.history, self._remember)
        weights = tuple(i.feeling if (i := self._pack.intents.get(s.intent)) else 0.0 for s in segments)
        goods = all(s.intent.startswith(_OF_GOODS) or s.intent in _HAGGLES for s in segments)
        mood = feeling.feel(raw, whole, weights, repeats, self._mood, goods)
        answered = any(past.author in ("bot", "agent") for past in turn.history)
        return Heard(
            segments=segments,
            sentiment=mood,
            urgency=feeling.urgency_of(whole, self._mood, mood.anger),
            normal=whole,
            satisfied=feeling.satisfaction_of(whole, self._mood, answered, mood.label),
            repeats=repeats,
        )

    def probabilities(self, text: str) -> Floats:
        """What one text means by itself, over `labels`; for evaluation and retrieval, which ask once and are not
        remembered."""
        return self._read(text)[1]

    def read(self, text: str) -> tuple[str, Floats]:
        """The plain words of a text and what they mean by themselves."""
        return self._remember(text)[:2]

    @property
    def halves(self) -> split.Halves | None:
        """A quick look at what is left and right of some places; for dividing breaths."""
        return None if self._model.encoder is None else self._model.encoder.halves

    def read_closed(self, text: str) -> tuple[str, Floats, bool]:
        """As `read`, and whether a pattern left no doubt; for training the judges."""
        normal, own, by = self._remember(text)
        return normal, own, by == "pattern"

    def _read(self, raw: str) -> tuple[str, Floats, str]:
        """Plain words of a stretch, what they mean by themselves, and by which mechanism."""
        normal = self._normaliser.normal(raw)
        decided = decide_by_pattern(normal, self._pack.patterns)
        own = self._model.probabilities(
            features(normal, self._pack.lexicon.concepts, hints_of(normal, self._pack.patterns)), normal
        )
        if len(self.labels) > len(own):
            own = np.concatenate([own, np.zeros(len(self.labels) - len(own), np.float32)])
        by = "model"
        if decided is not None:
            own = own * 0.04
            own[self._at[decided]] += 0.96
            by = "pattern"
        if len(self._examples):
            label, nearness = self._examples.nearest(normal)
            leant = lean(own, label, nearness)
            if leant is not own:
                own, by = leant, "example"
        return normal, own, by

    def _asks(self, raw: str) -> list[joining.Span]:
        whole = self._span(raw, 0, len(raw), 0)
        decided = decide_by_pattern(whole.normal, self._pack.patterns)
        if decided is not None or self._says_nothing_else(whole):
            return [whole]
        spans = [self._span(raw, *piece) for piece in split.pieces(raw, self.read, self.halves)]
        spans = [s for s in spans if s.normal] or [whole]
        if len(spans) > 1:
            spans = self._without_pleasantries(spans)
        pieces = spans
        if len(spans) > 1:
            spans = joining.join(spans, lambda a, b: self._span(raw, a, b, 0), self._model.seam, self._described)
        asks = [s for s in spans if self._asks_something(s)]
        # What is asked is no assent, whatever stands beside it: 可以刻字不 刻我老婆名字.
        asks = asks or [s for s in pieces if split.is_question(s.normal) and self._asks_something(s)]
        return asks or spans[-1:]

    def _asks_something(self, span: joining.Span) -> bool:
        return self.labels[int(span.own.argmax())] not in _NO_ASK

    def _says_nothing_else(self, span: joining.Span) -> bool:
        """Thanks, assent or praise from end to end, however long."""
        top = int(span.own.argmax())
        return self.labels[top] in _WHOLE_CHAT and float(span.own[top]) >= _ONLY_CHAT

    def _span(self, raw: str, start: int, end: int, joint: int) -> joining.Span:
        normal, own, by = self._remember(raw[start:end])
        return joining.Span(start, end, joint, normal, own, by == "pattern")

    def _without_pleasantries(self, spans: list[joining.Span]) -> list[joining.Span]:
        kept = [
            s
            for s in spans
            if not (
                split.is_polite(s.normal)
                or (self._described.chat[int(s.own.argmax())] and decide_by_pattern(s.normal, self._pack.patterns))
            )
        ]
        if kept:
            return kept
        order = {code: n for n, code in enumerate(_CHAT_ORDER)}
        return [min(spans, key=lambda s: order.get(self.labels[int(s.own.argmax())], 9))]

    def _segments(self, raw: str, asks: list[joining.Span], history: Sequence[PastMessage]) -> tuple[Segment, ...]:
        """One segment an ask; neighbours that ask the same are one; a later one that asks nothing is left out."""
        found: list[tuple[joining.Span, Segment]] = []
        for ask in asks:
            earlier = found[-1][0] if found else None
            segment = self._segment(raw[ask.start : ask.end].strip(), ask, history, earlier)
            if earlier is not None and segment.intent in _NO_ASK:
                continue
            if earlier is not None and found[-1][1].intent == segment.intent:
                both = self._span(raw, earlier.start, ask.end, earlier.joint)
                merged = msgspec.structs.replace(
                    max(found[-1][1], segment, key=lambda s: s.confidence),
                    text=raw[both.start : both.end].strip(),
                    entities=read_entities(both.normal, self._pack.lexicon, self._products),
                    bodies=bodies_in(both.normal, self._pack.lexicon),
                )
                found[-1] = (both, merged)
            else:
                found.append((ask, segment))
        return tuple(segment for _, segment in found)

    def _segment(
        self, text: str, ask: joining.Span, history: Sequence[PastMessage], earlier: joining.Span | None
    ) -> Segment:
        _, own, by = self._remember(text) if text else (ask.normal, ask.own, "model")
        entities = read_entities(ask.normal, self._pack.lexicon, self._products)
        hears = self._listener is not None and earlier is None and bool(history)
        if by == "model" and not context.is_clear(own, ask.normal, hears):  # mostly the words say enough by themselves
            before = self._before(history) if earlier is None else self._just_before(earlier)
            if not before.nothing:
                view = context.signals(ask.normal, own, before, self.labels, entities != Entities())
                listened = self._listened(ask.normal, before)
                mixed = context.blend(self._gate, view, own, before, self.labels, ask.normal, listened)
                by = "context" if int(mixed.argmax()) != int(own.argmax()) else by
                own = mixed
        order = np.argsort(own)[::-1][: _ALTERNATIVES + 1]
        best = int(order[0])
        return Segment(
            text=text or ask.normal,
            intent=self.labels[best],
            confidence=round(float(own[best]), 4),
            entities=entities,
            alternatives=tuple((self.labels[int(n)], round(float(own[n]), 4)) for n in order[1:] if own[n] > 0.01),
            by=by,
            bodies=bodies_in(ask.normal, self._pack.lexicon),
        )

    def _just_before(self, earlier: joining.Span) -> context.Before:
        """The ask before this one, in the same turn."""
        spread, mass = context.business(earlier.own, self.labels)
        return context.Before(earlier.normal, spread, mass)

    def _before(self, history: Sequence[PastMessage]) -> context.Before:
        if not history:
            return context.Before()
        agent_text, asked = "", False
        buyer: Floats | None = None
        buyer_text, mass, back = "", 0.0, 0
        for past in reversed(history):
            if past.author in ("agent", "bot"):
                if not back and not agent_text:
                    agent_text, asked = past.text, bool(past.asked_for)
            elif past.author == "buyer" and past.text and back < _BACK:
                back += 1
                spread, mass = self._matter(past)
                buyer_text = buyer_text or past.text
                if mass >= _MATTER:
                    buyer = spread
                    break
        agent = (
            context.business(self._remember(agent_text[-context.AGENT_CHARS :])[1], self.labels)[0]
            if agent_text
            else None
        )
        return context.Before(buyer_text, buyer, mass, agent_text, agent, asked, self._heard(buyer_text, agent_text))

    def _heard(self, buyer_text: str, agent_text: str) -> Floats | None:
        """What the words of the turns before add to the listener's hidden layer."""
        if self._listener is None or self._model.encoder is None:
            return None
        told = (buyer_text, agent_text[-context.AGENT_CHARS :])
        return self._listener.before(*(self._model.encoder.heard(self._remember(t)[0]) if t else None for t in told))

    def _listened(self, normal: str, before: context.Before) -> Floats | None:
        if self._listener is None or self._model.encoder is None or before.heard is None:
            return None
        return self._listener(self._model.encoder.heard(normal), before.heard, self.labels)

    def _matter(self, past: PastMessage) -> tuple[Floats, float]:
        codes = [
            code for code in past.intents if code in self._at and not code.startswith("chat.") and code != "oos.unclear"
        ]
        if codes:
            spread = np.zeros(len(self.labels), np.float32)
            spread[self._at[codes[-1]]] = 1.0
            return spread, 1.0
        return context.business(self._remember(past.text)[1], self.labels)


def _repeats(said: str, history: Sequence[PastMessage], read: Callable[[str], tuple[str, Floats, str]]) -> int:
    """How often the buyer said the same before (same letters, at least four)."""
    if len(said) < 4:
        return 0
    said_before = (past.text for past in history if past.author == "buyer" and past.text)
    return sum(1 for text in said_before if compact(read(text)[0]) == said)
