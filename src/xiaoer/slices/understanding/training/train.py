"""Training (学习): from utterances to the arrays of `model`, the same arrays every time.

1. A linear classifier over the features of every line that speaks for itself, with noisy copies (a character typed
   wrong by ear, one left out) so that typing errors are nothing new; and the encoder over the same lines. Both are
   first made blind to one line in four; the encoder then goes on from there over all of them.
2. The weight of each of the two, from predictions on lines that neither was trained on.
3. The gate of `context` and the seams of `split`, fitted to the same held-out predictions: see `gate` and `seams`.
4. The `listener`, from rows with turns before.

A shop's own training (`judges` given) does the linear part of 1 only and takes the rest over: seconds, not minutes.
"""

import random
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from xiaoer.kernel.heard import Entities
from xiaoer.slices.understanding import context, joining
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.arrays import nothing_judged
from xiaoer.slices.understanding.encoder import Encoder, as_kept
from xiaoer.slices.understanding.entities.extract import read_entities
from xiaoer.slices.understanding.gate import nothing_gated
from xiaoer.slices.understanding.model import Model, as_bytes
from xiaoer.slices.understanding.normalise import Normaliser
from xiaoer.slices.understanding.pack import Pack, Utterance, takes_of
from xiaoer.slices.understanding.training.encoder import MORE_ROUNDS, Example, More, fit_encoder
from xiaoer.slices.understanding.training.gate import fit_gate, gate_rows
from xiaoer.slices.understanding.training.linear import (
    Fitted,
    fit,
    fit_temperatures,
    refine,
    scores,
)
from xiaoer.slices.understanding.training.lines import SEED, Line, folds, noisy, prepare
from xiaoer.slices.understanding.training.listener import Heard, fit_listener
from xiaoer.slices.understanding.training.seams import fit_seam
from xiaoer.slices.understanding.training.together import Parts, several, told_beside, with_outburst

# One line in so many is kept back from the blind classifier, and read by it for the judges.
FOLDS = 4
# Share of lines that get a noisy copy.
NOISE = 0.4
# Parts of written messages of at least this many characters also teach the classifier; follow-ups never do, since
# their own words often mean something else.
SPOKEN_ALONE = 4
REGRESSION = 40
# Lines put together in every round of the encoder: several matters, a story with its ask, an outburst with a matter.
# The linear part learns as many of the last, once.
SEVERAL, STORIES, OUTBURSTS = 6_000, 3_000, 3_000
# How much of the encoder's fitted weight it keeps in the vote: the weight that makes held-out lines of the pack most
# likely is too much for messages of other writers (own benchmark and real messages alike: see docs/understanding.md).
HEARD = 0.5
# The model that learnt every line is this much surer than the blind one whose predictions the weights were fitted to.
SURER = 1.2
# Lines of the pack that a shop's own training goes over beside the shop's.
REMINDERS = 8_000
# How often a shop's own line counts beside them.
OWN = 6


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with what is known of it: lines used, and accuracy on held-out lines where these were read."""

    model: Model
    lines: int
    held_out_accuracy: float | None = None


def train(
    pack: Pack,
    utterances: Sequence[Utterance],
    fingerprint: str,
    judges: Model | None = None,
    noise: float = NOISE,
    written: Sequence[tuple[Utterance, ...]] = (),
    talks: Sequence[Utterance] = (),
) -> Trained:
    """Trains a model of some utterances.

    With `judges`, the encoder, the gate and the seams of that model are kept: a shop's own training touches the
    linear classifier only. `noise` is the share of lines that get a copy with a typing error; `written` are messages
    with their asks apart (`read_compounds`); `talks` are rows of whole talks, for the listener (`lines_of`).
    """
    ordinary = [u for u in utterances if u.prev_buyer is None]
    following = [u for u in utterances if u.prev_buyer is not None]
    lines = prepare([(u.text, u.intent) for u in ordinary], pack)
    copies = prepare(noisy([(u.text, u.intent) for u in ordinary], noise), pack)
    copies += prepare(_with_outbursts(ordinary, pack), pack)
    parts = [part for message in written for part in message]
    spoken = prepare([(u.text, u.intent) for u in parts if len(u.text) >= SPOKEN_ALONE], pack)
    if judges is not None:
        whole = fit([*lines, *copies, *spoken])
        model = _model(whole, judges.encoder, (judges.temperature, judges.trust), fingerprint)
        model = replace(model, gate=judges.gate, seam=judges.seam, listener=judges.listener)
        return Trained(model, len(lines) + len(spoken))
    fold_of = folds([line.intent for line in lines], FOLDS)
    kept_back = [line for line, fold in zip(lines, fold_of, strict=True) if fold == 0]
    known = [line for line, fold in zip(lines, fold_of, strict=True) if fold]
    labels = tuple(sorted({line.intent for line in lines}))
    with ThreadPoolExecutor(1) as beside:
        # One after the other, since the library's chance is shared, but beside the encoder on a second core.
        linear = [beside.submit(fit, some) for some in ([*lines, *copies, *spoken], known)]
        every = _examples([*lines, *spoken], labels)
        blind_encoder = fit_encoder(_examples(known, labels), labels, every, more=_together(known, labels, pack))
        encoder = fit_encoder(
            every, labels, every, blind_encoder, MORE_ROUNDS, more=_together([*lines, *spoken], labels, pack)
        )
        whole, blind = (task.result() for task in linear)
    truth = np.array([blind.labels.index(line.intent) for line in kept_back])
    margins = scores(blind, kept_back)
    read = np.stack([blind_encoder.scores(line.normal) for line in kept_back])
    free = fit_temperatures([margins, read], truth)
    (sharp,) = fit_temperatures([free[0] * margins + HEARD * free[1] * read], truth)
    trust = (sharp * free[0], sharp * HEARD * free[1])
    accuracy = float(((trust[0] * margins + trust[1] * read).argmax(1) == truth).mean())
    model = _model(whole, encoder, (SURER * trust[0], SURER * trust[1]), fingerprint)
    blind_model = _model(blind, blind_encoder, trust)
    held = [u for u, fold in zip(ordinary, fold_of, strict=True) if fold == 0]
    model = _with_judges(pack, model, blind_model, held, following, written)
    turns = _heard([*following, *talks], [*lines, *spoken], labels, pack)
    model = replace(model, listener=fit_listener(*turns, as_kept(encoder)))
    return Trained(model, len(lines) + len(spoken), accuracy)


def refined(pack: Pack, own: Sequence[Utterance], reminders: Sequence[Utterance], base: Model) -> Trained:
    """A model that also knows a shop's own lines. Some of the pack's remind it of what it knew; its judges are kept."""
    chosen = [*[*own] * OWN, *reminders[:: max(1, len(reminders) // REMINDERS)]]
    lines = prepare([(u.text, u.intent) for u in chosen], pack)
    model = _model(refine(lines, base), base.encoder, (base.temperature, base.trust), base.pack_hash)
    learnt = len(own) + len(lines) - OWN * len(own)
    return Trained(replace(model, gate=base.gate, seam=base.seam, listener=base.listener), learnt)


def parted(utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[Utterance]]:
    """The pack's lines to be learnt, and one in `REGRESSION` that no model ever learns: there two are compared."""
    kept = [u.prev_buyer is None and zlib.crc32(u.text.encode()) % REGRESSION == 0 for u in utterances]
    return (
        [u for u, back in zip(utterances, kept, strict=True) if not back],
        [u for u, back in zip(utterances, kept, strict=True) if back],
    )


def _with_judges(
    pack: Pack,
    model: Model,
    blind: Model,
    held: Sequence[Utterance],
    following: Sequence[Utterance],
    written: Sequence[tuple[Utterance, ...]],
) -> Model:
    labels = blind.labels
    blind_one = Understanding(pack, blind)
    reader = blind_one.read_closed

    def has_value(normal: str) -> bool:
        return read_entities(normal, pack.lexicon) != Entities()

    gate = fit_gate(gate_rows(following, held, reader, labels, has_value), labels)
    seam = fit_seam(held, written, reader, blind_one.halves, labels, takes_of(pack))
    return replace(model, gate=gate, seam=seam)


def _heard(
    following: Sequence[Utterance], lines: Sequence[Line], labels: tuple[str, ...], pack: Pack
) -> tuple[list[Heard], list[Heard]]:
    """Practice for the listener: rows with turns before, and ordinary lines."""
    normal = Normaliser(pack.lexicon).normal
    rows = [
        Heard(
            (normal(u.text), normal(u.prev_buyer or ""), normal((u.prev_agent or "")[-context.AGENT_CHARS :])),
            labels.index(u.intent),
        )
        for u in following
        if u.intent in labels
    ]
    return rows, [Heard((line.normal, "", ""), labels.index(line.intent)) for line in lines]


def _with_outbursts(lines: Sequence[Utterance], pack: Pack) -> list[tuple[str, str]]:
    parts, rng = Parts(lines, takes_of(pack), pack.lexicon.outbursts), random.Random(SEED)
    if not (parts.asked and parts.told):
        return []
    drawn = [with_outburst(parts, rng) for _ in range(min(OUTBURSTS, len(lines)))]
    return [("，".join(part.text for part in together.parts), together.ask) for together in drawn]


def _together(lines: Sequence[Line], labels: tuple[str, ...], pack: Pack) -> More:
    """Makes examples of lines put together."""
    normaliser = Normaliser(pack.lexicon)
    outbursts = [normaliser.normal(text) for text in pack.lexicon.outbursts]
    parts = Parts([Utterance(line.normal, line.intent) for line in lines], takes_of(pack), outbursts)

    def more(rng: random.Random) -> list[Example]:
        drawn = [several(parts, rng) for _ in range(SEVERAL)]
        drawn += [told_beside(rng.choice(parts.asked), parts, rng) for _ in range(STORIES)]
        drawn += [with_outburst(parts, rng) for _ in range(OUTBURSTS)]
        made = []
        for together in filter(None, drawn):
            text = "".join(part.text for part in together.parts)
            codes = tuple(labels.index(part.intent) for part in together.parts) if together.apart else ()
            made.append(Example(text, codes[0], codes[1:]) if codes else Example(text, labels.index(together.ask)))
        return made

    return more


def _examples(lines: Sequence[Line], labels: tuple[str, ...]) -> list[Example]:
    return [Example(line.normal, labels.index(line.intent)) for line in lines]


def _model(fitted: Fitted, encoder: Encoder | None, trust: tuple[float, ...], fingerprint: str = "") -> Model:
    weights, scale = as_bytes(fitted.weights)
    return Model(
        labels=fitted.labels,
        vocabulary=fitted.vocabulary,
        importance=fitted.importance,
        weights=weights,
        scale=scale,
        bias=fitted.bias,
        temperature=trust[0],
        trust=trust[1],
        encoder=encoder,
        gate=nothing_gated(context.SIZE, len(context.READINGS)),
        seam=nothing_judged(joining.SIZE, 1),
        pack_hash=fingerprint,
    )
