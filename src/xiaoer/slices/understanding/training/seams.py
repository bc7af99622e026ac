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

from xiaoer.slices.understanding import joining, split
from xiaoer.slices.understanding.arrays import Floats, Judge
from xiaoer.slices.understanding.pack import Utterance
from xiaoer.slices.understanding.training.together import Parts, several, told_beside

# Reads raw text → (plain words, distribution, closed class), by a classifier blind to that line.
Reader = Callable[[str], tuple[str, Floats, bool]]

SEED = 7
COMPOUNDS = 9_000
_JOINTS = ("，", "，", "，", "，", "。", "？", "？", " ", " ", "", "", "", "", "\n")
_LINKS = ("还有", "另外", "顺便问下", "对了", "然后", "还想问下", "再问一下", "以及")
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
    described = joining.describe(labels, takes)
    rng = random.Random(SEED)
    views: list[Floats] = []
    cuts: list[int] = []

    def learn(raw: str, borders: frozenset[int]) -> None:
        spans = []
        for piece in split.pieces(raw, lambda text: read(text)[:2], halves):
            span = joining.Span(piece.start, piece.end, piece.joint, *read(raw[piece.start : piece.end]))
            if span.normal and not split.is_polite(span.normal):
                spans.append(span)
        left: joining.Span | None = None
        for span in spans:
            if left is None:
                left = span
                continue
            both = joining.Span(left.start, span.end, left.joint, *read(raw[left.start : span.end]))
            cut = any(left.end <= border <= span.start for border in borders)
            told = spans[-1].end - spans[0].start
            views.append(joining.seam(left, span, both.own, described, told, span is spans[-1]))
            cuts.append(int(cut))
            left = span if cut else both

    for parts in written:
        ends = [sum(len(part.text) for part in parts[:n]) for n in range(1, len(parts))]
        learn("".join(part.text for part in parts), frozenset(_loosened(set(ends))))
    views, cuts = views * WRITTEN, cuts * WRITTEN
    for line in lines:
        if len(line.text) > 4:
            learn(line.text, frozenset())
    draw = Parts(lines, takes)
    drawn = [several(draw, rng) for _ in range(COMPOUNDS)] + [told_beside(line, draw, rng) for line in draw.asked]
    for together in filter(None, drawn):
        raw, borders = together.parts[0].text, set()
        for part in together.parts[1:]:
            raw = raw.rstrip("。？！?!，,") + rng.choice(_JOINTS)
            raw += rng.choice(_LINKS) if together.apart and rng.random() < 0.2 else ""
            # A border is where the joint begins; a connective belongs to the part after it.
            borders.add(len(raw.rstrip()))
            raw += part.text
        learn(raw, frozenset(_loosened(borders)) if together.apart else frozenset())
    return np.stack(views), cuts


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
