"""Training the encoder (编码器): plain numpy, deterministic, some minutes on one core; see `encoder` for its shape.

Noise is made anew in every round: homophones, dropped and doubled characters. Labels are smoothed, whole filters and
characters are left out at random. The gradient of a largest answer touches one window per filter, so going back costs
less than going forth.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.encoder import SHORTEST, UNKNOWN, WIDTHS, Encoder, arrays_of, shortened, sound

Ints = NDArray[np.int64]
CHARACTER, SYLLABLE, FILTERS = 96, 48, 256
ROUNDS, BATCH, RATE = 11, 128, 2e-3
# Rounds over all lines for an encoder that knows most of them already, and the share of the rate.
MORE_ROUNDS, GOING_ON = 4, 0.6
SMOOTHING, NOISE, NOISY_SHARE = 0.1, 0.06, 0.7
DROP_OUT, DROP_CHARACTER = 0.4, 0.2
DECAY = 1e-2
WARM = 0.15
SEED = 11
MIN_SEEN = 2
_HANG = max(WIDTHS) - 1
_KEY = 100_000


class Example(NamedTuple):
    """A normalised line and its label's number, and two more when it holds several matters (else the same)."""

    normal: str
    label: int
    others: tuple[int, ...] = ()


# Makes some more examples, other ones in every round.
More = Callable[[random.Random], Sequence[Example]]


class Adam:
    """Adam with decoupled decay for a list of arrays, changed in place."""

    def __init__(self, arrays: Sequence[Floats]) -> None:
        self._arrays = arrays
        self._mean = [np.zeros_like(a) for a in arrays]
        self._square = [np.zeros_like(a) for a in arrays]
        self._step = 0

    def step(self, slopes: Sequence[Floats], rate: float) -> None:
        self._step += 1
        size = float(np.sqrt(sum(float((g * g).sum()) for g in slopes)))
        clip = min(1.0, 1.0 / (size + 1e-9))
        fix = np.sqrt(1 - 0.999**self._step) / (1 - 0.9**self._step)
        for n, array in enumerate(self._arrays):
            slope, mean, square = slopes[n] * clip, self._mean[n], self._square[n]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            np.multiply(array, 1 - rate * DECAY, out=array)
            np.subtract(array, rate * fix * mean / (np.sqrt(square) + 1e-8), out=array)


class _Network:
    """The weights while they are learnt."""

    def __init__(self, characters: int, syllables: int, labels: int, seed: int) -> None:
        rng = np.random.default_rng(seed)

        def normal(*shape: int, scale: float) -> Floats:
            return (rng.standard_normal(shape) * scale).astype(np.float32)

        size, total = CHARACTER + SYLLABLE, FILTERS * len(WIDTHS)
        self.rng = rng
        self.characters = normal(characters, CHARACTER, scale=0.3)
        self.syllables = normal(syllables, SYLLABLE, scale=0.3)
        self.characters[0] = self.syllables[0] = 0
        # One block for all places of all filters: (size, places * FILTERS), the places of width 1 first.
        bounds = np.repeat([1 / np.sqrt(width * size) for width in WIDTHS for _ in range(width)], FILTERS)
        self.filters = (rng.uniform(-1, 1, (size, len(bounds))) * bounds).astype(np.float32)
        self.filter_bias = np.zeros(total, np.float32)
        self.out = normal(total, labels, scale=1 / np.sqrt(total))
        self.out_bias = np.zeros(labels, np.float32)

    def arrays(self) -> list[Floats]:
        return [self.characters, self.syllables, self.filters, self.filter_bias, self.out, self.out_bias]

    def learn(self, letters: Ints, sounds: Ints, sizes: Ints, truth: Floats) -> tuple[float, list[Floats]]:
        """Loss and slopes of one batch; `letters` and `sounds` are (batch, longest), `truth` is (batch, labels)."""
        rng, count = self.rng, len(letters)
        # Each character with its sound is worked out once a batch; the key 0 is emptiness and always there.
        keys, where = np.unique(np.pad(letters * _KEY + sounds, ((0, 0), (_HANG, _HANG))), return_inverse=True)
        rows = where.reshape(count, -1)
        which, spoken = keys // _KEY, keys % _KEY
        vectors = np.concatenate([self.characters[which], self.syllables[spoken]], 1)
        kept = left_out(rng, vectors.shape, DROP_CHARACTER)
        vectors *= kept
        parts = vectors @ self.filters
        strongest, windows = _strongest(parts, rows, sizes)
        hidden = strongest + self.filter_bias
        mask = left_out(rng, hidden.shape, DROP_OUT) * (hidden > 0)
        shown = hidden * mask
        score = shown @ self.out + self.out_bias
        power = np.exp(score - score.max(1, keepdims=True))
        chance = power / power.sum(1, keepdims=True)
        wanted = np.float32(SMOOTHING / chance.shape[1]) + np.float32(1 - SMOOTHING) * truth
        loss = float(-(wanted * np.log(chance + 1e-9)).sum() / count)

        pull = (chance - wanted) / np.float32(count)
        d_hidden = (pull @ self.out.T) * mask
        d_parts = _spread(d_hidden, windows, rows, parts.shape)
        d_vectors = (d_parts @ self.filters.T) * kept
        d_characters = _summed(which, d_vectors[:, :CHARACTER], len(self.characters))
        d_syllables = _summed(spoken, d_vectors[:, CHARACTER:], len(self.syllables))
        d_characters[0] = d_syllables[0] = 0
        return loss, [
            d_characters, d_syllables, vectors.T @ d_parts, d_hidden.sum(0), shown.T @ pull, pull.sum(0),
        ]  # fmt: skip


def left_out(rng: np.random.Generator, shape: tuple[int, ...], share: float) -> Floats:
    """Zeros for a share of places, the rest raised so that sums keep their size."""
    return (rng.random(shape, np.float32) >= share).astype(np.float32) / np.float32(1 - share)


def warmed(done: float, warm: float) -> float:
    """The share of the top rate after so much of the steps: up during the share `warm`, then down along a cosine."""
    share = done / warm if done < warm else 0.5 * (1 + np.cos(np.pi * (done - warm) / (1 - warm)))
    return 0.04 + 0.96 * float(share)


def _strongest(parts: Floats, rows: Ints, sizes: Ints) -> tuple[Floats, list[Ints]]:
    """The largest answer of every filter in every text, and the first place of its window, per width."""
    largest, windows, at = [], [], 0
    for width in WIDTHS:
        first, last = _HANG - width + 1, rows.shape[1] - _HANG
        total = parts[rows[:, first:last], at : at + FILTERS]
        for offset in range(1, width):
            at += FILTERS
            total += parts[rows[:, first + offset : last + offset], at : at + FILTERS]
        at += FILTERS
        beyond = np.arange(last - first)[None, :] >= (np.maximum(sizes, SHORTEST) + width - 1)[:, None]
        total[beyond] = -1e9
        place = total.argmax(1)
        largest.append(np.take_along_axis(total, place[:, None], 1)[:, 0])
        windows.append(place + first)
    return np.concatenate(largest, 1), windows


def _spread(slope: Floats, windows: Sequence[Ints], rows: Ints, shape: tuple[int, ...]) -> Floats:
    """The slope of what each character adds: that of every filter goes to the characters of its one window."""
    batch, column, at = np.arange(len(rows))[:, None], np.arange(FILTERS), 0
    touched: list[Ints] = []
    weights: list[Floats] = []
    for n, (width, window) in enumerate(zip(WIDTHS, windows, strict=True)):
        for offset in range(width):
            touched.append((rows[batch, window + offset] * shape[1] + at + column).ravel())
            weights.append(slope[:, n * FILTERS : (n + 1) * FILTERS].ravel())
            at += FILTERS
    total = np.bincount(np.concatenate(touched), np.concatenate(weights), shape[0] * shape[1])
    return total.astype(np.float32).reshape(shape)


def _summed(rows: Ints, values: Floats, count: int) -> Floats:
    total = np.zeros((count, values.shape[1]), np.float32)
    np.add.at(total, rows, values)
    return total


class _Noise:
    """Typing errors over the characters that training knows."""

    def __init__(self, known: Sequence[str], seed: int) -> None:
        self._rng = random.Random(seed)
        self._alike: dict[str, list[str]] = {}
        for character in known:
            self._alike.setdefault(sound(character), []).append(character)

    def __call__(self, text: str) -> str:
        rng = self._rng
        if rng.random() >= NOISY_SHARE:
            return text
        written = []
        for character in text:
            chance = rng.random()
            if chance >= NOISE:
                written.append(character)
            elif chance < 0.6 * NOISE:
                written.append(rng.choice(self._alike.get(sound(character)) or [character]))
            elif chance > 0.85 * NOISE:
                written.append(character * 2)
        return "".join(written) or text

    def shuffle(self, items: list[list[int]]) -> None:
        self._rng.shuffle(items)

    def jitter(self) -> float:
        return 4 * self._rng.random()

    def more(self, makes: More | None) -> list[Example]:
        return [] if makes is None else list(makes(self._rng))


def fit_encoder(
    examples: Sequence[Example],
    labels: tuple[str, ...],
    letters_of: Sequence[Example],
    start: Encoder | None = None,
    rounds: int = ROUNDS,
    seed: int = SEED,
    more: More | None = None,
) -> Encoder:
    """The encoder of some lines. The same lines give the same weights.

    Its letters are those of `letters_of`. With `start`, learning goes on from there: give fewer rounds.
    """
    own = [(shortened(example.normal), example) for example in examples]
    seen = Counter(character for example in letters_of for character in shortened(example.normal))
    known = sorted(character for character, n in seen.items() if n >= MIN_SEEN)
    characters = {character: n for n, character in enumerate(known, UNKNOWN + 1)}
    syllables = {s: n for n, s in enumerate(sorted({sound(c) for c in seen}), UNKNOWN + 1)}
    network = _Network(len(characters) + 2, len(syllables) + 2, len(labels), seed)
    if start is not None:
        for array, learnt in zip(network.arrays(), arrays_of(start), strict=True):
            array[...] = learnt
    top_rate = RATE if start is None else RATE * GOING_ON
    noise = _Noise(known, seed)
    optimiser = Adam(network.arrays())
    made = noise.more(more)
    steps, step = rounds * -(-(len(own) + len(made)) // BATCH), 0
    for _ in range(rounds):
        lines = own + [(shortened(example.normal), example) for example in made]
        order = sorted(range(len(lines)), key=lambda n: len(lines[n][0]) + noise.jitter())
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        noise.shuffle(batches)
        for rows in batches:
            letters, sounds, sizes = numbered([noise(lines[n][0]) for n in rows], characters, syllables)
            truth = _shares([lines[n][1] for n in rows], len(labels))
            _, slopes = network.learn(letters, sounds, sizes, truth)
            done = min(1.0, step / steps)
            step += 1
            optimiser.step(slopes, top_rate * warmed(done, WARM))
        made = noise.more(more)
    return Encoder(labels, characters, syllables, *network.arrays())


def _shares(examples: Sequence[Example], labels: int) -> Floats:
    """What every example holds: its matters in equal shares."""
    truth = np.zeros((len(examples), labels), np.float32)
    for row, example in enumerate(examples):
        matters = (example.label, *example.others)
        truth[row, matters] = 1 / len(matters)
    return truth


def numbered(texts: Sequence[str], characters: dict[str, int], syllables: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    """Texts as two padded tables of numbers, with their sizes."""
    longest = max(SHORTEST, *(len(text) for text in texts))
    letters = np.zeros((len(texts), longest), np.int64)
    sounds = np.zeros_like(letters)
    for row, text in enumerate(texts):
        letters[row, : len(text)] = [characters.get(c, UNKNOWN) for c in text]
        sounds[row, : len(text)] = [syllables.get(sound(c), UNKNOWN) for c in text]
    return letters, sounds, np.array([len(text) for text in texts])
