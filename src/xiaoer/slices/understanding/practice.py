"""Practice (演练): made-up conversations for the two small judges, the gate of `context` and the seams of `split`.

Both must see predictions as unsure as real ones, so every line is read by a classifier that was not trained on it.
The gate learns from the pack's context rows and from ordinary lines put after unrelated turns (these must keep their
own meaning). The seam judge learns from two lines of different intents put together (cut here) and from the inner
pauses of single lines (do not cut here).
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from xiaoer.slices.understanding import context, split
from xiaoer.slices.understanding.model import Floats
from xiaoer.slices.understanding.pack import Utterance

# Reads raw text → (plain words, distribution, closed class, asks), by a classifier blind to that line.
Reader = Callable[[str], tuple[str, Floats, bool, float]]
HasValue = Callable[[str], bool]

_SEED = 7
_ORDINARY = 6_000
_COMPOUNDS = 5_000
_JOINTS = ("，", "，", "，", "，", "。", "？", "？", " ", " ", "", "", "\n")
_LINKS = ("还有", "另外", "顺便问下", "对了", "然后", "还想问下", "再问一下", "以及")
# Real messages are mostly single asks: a missed cut is as bad as a false one, but there are more places for false ones.
_CUT_WEIGHT = 1.5
# People who ask several things at once ask each in few words.
_PART_CHARS = 20


@dataclass(frozen=True, slots=True)
class GateRow:
    view: Floats
    likely: Floats
    weight: float


def gate_rows(
    context_lines: Sequence[Utterance],
    ordinary: Sequence[Utterance],
    readers: Sequence[Reader],
    fold_of: Sequence[int],
    labels: tuple[str, ...],
    has_value: HasValue,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Views, likelihoods of the true label under each reading, and weights, for `train.fit_mixture`."""
    rng = random.Random(_SEED)
    at = {code: n for n, code in enumerate(labels)}
    rows: list[GateRow] = []

    def add(read: Reader, text: str, buyer: str, agent: str, intent: str, weight: float) -> None:
        normal, own, *_ = read(text)
        earlier, mass = context.business(read(buyer)[1], labels) if buyer else (None, 0.0)
        talk = context.business(read(agent)[1], labels)[0] if agent else None
        before = context.Before(buyer, earlier if mass >= 0.35 else None, mass, agent, talk)
        if before.nothing:
            return
        view = context.signals(normal, own, before, labels, has_value(normal))
        rows.append(GateRow(view, context.readings(own, before, labels)[:, at[intent]], weight))

    agents = [line.prev_agent for line in context_lines if line.prev_agent]
    for n, line in enumerate(context_lines):
        read = readers[n % len(readers)]
        add(read, line.text, line.prev_buyer or "", line.prev_agent or "", line.intent, 3.0)
        if line.prev_buyer and line.prev_agent:
            add(read, line.text, line.prev_buyer, "", line.intent, 2.0)
    same: dict[tuple[int, str], list[int]] = {}
    for n, line in enumerate(ordinary):
        same.setdefault((fold_of[n], line.intent), []).append(n)
    folds = [[n for n in range(len(ordinary)) if fold_of[n] == k] for k in range(len(readers))]
    for _ in range(_ORDINARY):
        n = rng.randrange(len(ordinary))
        line = ordinary[n]
        others = same[fold_of[n], line.intent] if rng.random() < 0.3 else folds[fold_of[n]]
        agent = rng.choice(agents) or "" if agents and rng.random() < 0.6 else ""
        add(readers[fold_of[n]], line.text, ordinary[rng.choice(others)].text, agent, line.intent, 1.0)
    return (
        np.stack([r.view for r in rows]),
        np.stack([r.likely for r in rows]),
        np.array([r.weight for r in rows], np.float32),
    )


def whole_and_part(
    lines: Sequence[Utterance], readers: Sequence[Reader], fold_of: Sequence[int], labels: tuple[str, ...]
) -> list[tuple[str, bool, int]]:
    """(text, stands as an ask of its own, fold): whole lines stand, pieces that say another intent do not."""
    found = []
    for n, line in enumerate(lines):
        pieces = split.cut(line.text)
        if len(pieces) == 1:
            found.append((line.text, True, fold_of[n]))
            continue
        for piece in pieces:
            text = line.text[piece.start : piece.end]
            normal, own, *_ = readers[fold_of[n]](text)
            if normal and not split.is_polite(normal):
                top = int(own.argmax())
                found.append((text, labels[top] == line.intent and float(own[top]) > 0.5, fold_of[n]))
    return found


def fit_seam(
    lines: Sequence[Utterance],
    readers: Sequence[Reader],
    fold_of: Sequence[int],
    groups: Sequence[int],
    chat: Sequence[bool],
) -> Floats:
    """The weights of the seam judge; above 0 it cuts."""
    rng = random.Random(_SEED)
    views: list[Floats] = []
    cuts: list[int] = []

    def learn(read: Reader, raw: str, borders: frozenset[int]) -> None:
        spans = []
        for piece in _pieces(raw, read):
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
            views.append(split.seam(left, span, both.own, groups, chat))
            cuts.append(int(cut))
            left = span if cut else both

    folds = [[n for n in range(len(lines)) if fold_of[n] == k] for k in range(len(readers))]
    by_group: dict[tuple[int, str], list[int]] = {}
    for n, line in enumerate(lines):
        by_group.setdefault((fold_of[n], line.intent.split(".")[0]), []).append(n)
        if len(line.text) > 4:
            learn(readers[fold_of[n]], line.text, frozenset())
    for _ in range(_COMPOUNDS):
        k = rng.randrange(len(readers))
        texts = [lines[rng.choice(folds[k])]]
        for _ in range(1 if rng.random() < 0.75 else 2):
            # Half of what people ask in one breath is about the same business: a return and its postage.
            near = by_group[k, texts[0].intent.split(".")[0]]
            texts.append(lines[rng.choice(near if rng.random() < 0.5 else folds[k])])
        if (
            len({t.intent for t in texts}) < len(texts)
            or any(t.intent.split(".")[0] in ("chat", "oos") for t in texts)
            or max(len(t.text) for t in texts) > _PART_CHARS
        ):
            continue
        raw = texts[0].text
        borders = set()
        for part in texts[1:]:
            raw = raw.rstrip("。？！?!，,") + rng.choice(_JOINTS)
            raw += rng.choice(_LINKS) if rng.random() < 0.2 else ""
            # A border is where the joint begins; a connective belongs to the part after it.
            borders.add(len(raw.rstrip()))
            raw += part.text
        learn(readers[k], raw, frozenset(_loosened(borders)))
    judge = LogisticRegression(C=1.0, max_iter=500, class_weight={0: 1.0, 1: _CUT_WEIGHT}, fit_intercept=False)
    judge.fit(np.stack(views), np.array(cuts))
    result: Floats = judge.coef_[0].astype(np.float32)
    return result


def _pieces(raw: str, read: Reader) -> Iterator[split.Piece]:
    for piece in split.cut(raw):
        middle = split.divide(raw[piece.start : piece.end], lambda text: read(text)[:2])
        if middle:
            yield split.Piece(piece.start, piece.start + middle, piece.joint)
            yield split.Piece(piece.start + middle, piece.end, 3)
        else:
            yield piece


def _loosened(borders: set[int]) -> set[int]:
    """Positions around a border that count as it: the joint sign and a connective may lie on either side."""
    return {border + shift for border in borders for shift in (-5, -4, -3, -2, -1, 0, 1)}
