"""Practice for the judge of seams (`split`): where a new matter begins.

It must see predictions as unsure as real ones, so every line is read by a classifier that was not trained on it. It
learns from messages written with several asks, from lines of different intents put together (cut here) and from the
inner pauses of single lines, and of a story before its ask (do not cut here).
"""

import random
import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from xiaoer.slices.understanding import split
from xiaoer.slices.understanding.arrays import Floats, Judge
from xiaoer.slices.understanding.pack import Utterance

# Reads raw text → (plain words, distribution, closed class), by a classifier blind to that line.
Reader = Callable[[str], tuple[str, Floats, bool]]

SEED = 7
COMPOUNDS = 9_000
_JOINTS = ("，", "，", "，", "，", "。", "？", "？", " ", " ", "", "", "", "", "\n")
# What people say beside their ask as a point of its own.
_ASIDE = ("chat.praise", "chat.smalltalk", "oos.platform", "oos.other")
_LINKS = ("还有", "另外", "顺便问下", "对了", "然后", "还想问下", "再问一下", "以及")
# People who ask several things at once ask each in few words.
_PART_CHARS = 20
# How often a part of a compound is told, not asked; the rest ask or want something by their wording.
_TOLD = 0.15
# How often a message that was written as a whole counts beside those put together.
WRITTEN = 2
HIDDEN, RIDGE = 16, 3.0


def seam_rows(
    lines: Sequence[Utterance],
    written: Sequence[tuple[Utterance, ...]],
    read: Reader,
    halves: split.Halves | None,
    labels: Sequence[str],
    takes: Mapping[str, Sequence[str]],
) -> tuple[Floats, list[int]]:
    """Views of seams, and 1 where a new matter begins."""
    described = split.describe(labels, takes)
    rng = random.Random(SEED)
    views: list[Floats] = []
    cuts: list[int] = []

    def learn(raw: str, borders: frozenset[int]) -> None:
        spans = []
        for piece in split.pieces(raw, lambda text: read(text)[:2], halves):
            span = split.Span(piece.start, piece.end, piece.joint, *read(raw[piece.start : piece.end]))
            if span.normal and not split.is_polite(span.normal):
                spans.append(span)
        left: split.Span | None = None
        for span in spans:
            if left is None:
                left = span
                continue
            both = split.Span(left.start, span.end, left.joint, *read(raw[left.start : span.end]))
            cut = any(left.end <= border <= span.start for border in borders)
            told = spans[-1].end - spans[0].start
            views.append(split.seam(left, span, both.own, described, told, span is spans[-1]))
            cuts.append(int(cut))
            left = span if cut else both

    for parts in written:
        ends = [sum(len(part.text) for part in parts[:n]) for n in range(1, len(parts))]
        learn("".join(part.text for part in parts), frozenset(_loosened(set(ends))))
    views, cuts = views * WRITTEN, cuts * WRITTEN
    for line in lines:
        if len(line.text) > 4:
            learn(line.text, frozenset())
    for texts, new in _compounds(lines, takes, rng):
        raw, borders = texts[0], set()
        for part in texts[1:]:
            raw = raw.rstrip("。？！?!，,") + rng.choice(_JOINTS)
            raw += rng.choice(_LINKS) if new and rng.random() < 0.2 else ""
            # A border is where the joint begins; a connective belongs to the part after it.
            borders.add(len(raw.rstrip()))
            raw += part
        learn(raw, frozenset(_loosened(borders)) if new else frozenset())
    return np.stack(views), cuts


def _compounds(
    lines: Sequence[Utterance], takes: Mapping[str, Sequence[str]], rng: random.Random
) -> list[tuple[list[str], bool]]:
    """Texts to put together, and whether each is a matter of its own (else a story and its ask)."""
    parts = [
        line
        for line in lines
        if len(line.text) <= _PART_CHARS
        and (line.intent.split(".")[0] not in ("chat", "oos") or (line.intent in _ASIDE and len(line.text) > 4))
    ]
    asked = [line for line in parts if split.is_asking(line.text)]
    told = [line for line in parts if not split.is_asking(line.text)]
    by_group: dict[str, list[Utterance]] = {}
    by_code: dict[str, list[Utterance]] = {}
    for line in asked:
        by_group.setdefault(line.intent.split(".")[0], []).append(line)
    for line in told:
        by_code.setdefault(line.intent, []).append(line)
    found: list[tuple[list[str], bool]] = []
    for _ in range(COMPOUNDS):
        first = rng.choice(told if rng.random() < _TOLD else asked)
        chosen = [first]
        for _ in range(1 if rng.random() < 0.75 else 2):
            # Half of what people ask in one breath is about the same business: a return and its postage.
            near = by_group.get(first.intent.split(".")[0], asked)
            chosen.append(rng.choice(told if rng.random() < _TOLD / 2 else near if rng.random() < 0.5 else asked))
        codes = [line.intent for line in chosen]
        if len(set(codes)) == len(codes) and not any(a in takes.get(b, ()) for a in codes for b in codes):
            found.append(([line.text for line in chosen], True))
    for line in asked:
        stories = [story for code in takes.get(line.intent, ()) for story in by_code.get(code, ())]
        if stories:
            pair = [rng.choice(stories).text, line.text]
            found.append((pair if rng.random() < 0.8 else pair[::-1], False))
    return found


def fit_seam(
    lines: Sequence[Utterance],
    written: Sequence[tuple[Utterance, ...]],
    read: Reader,
    halves: split.Halves | None,
    labels: Sequence[str],
    takes: Mapping[str, Sequence[str]],
) -> Judge:
    """The judge of seams."""
    views, cuts = seam_rows(lines, written, read, halves, labels, takes)
    judge = MLPClassifier((HIDDEN,), alpha=RIDGE, solver="lbfgs", max_iter=400, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        judge.fit(views, cuts)
    inner, outer = judge.coefs_
    # The view holds a constant 1 at its head, which carries the inner bias.
    inner[0] += judge.intercepts_[0]
    return Judge(inner.astype(np.float32), np.concatenate([outer, judge.intercepts_[1][None]]).astype(np.float32))


def _loosened(borders: set[int]) -> set[int]:
    """Positions around a border that count as it: the joint sign and a connective may lie on either side."""
    return {border + shift for border in borders for shift in (-5, -4, -3, -2, -1, 0, 1)}
