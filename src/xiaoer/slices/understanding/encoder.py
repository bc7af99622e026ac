"""The encoder (编码器): a small convolutional network over characters and their sounds, served with numpy alone.

Every character has a vector, and its syllable another, so that a word typed wrong by ear stays near the right one.
Filters of one to four characters slide over them, and the strongest answer of each filter gives a score per label.
A filter is a sum over its characters, so what every character adds to it is worked out once, at loading, as short
integers with one scale per filter; reading a text is then adding rows and taking the largest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding.arrays import Floats, to_bytes, to_words
from xiaoer.slices.understanding.features import canonical
from xiaoer.slices.understanding.sounds import fuzzy_readings

WIDTHS = (1, 2, 3)
SHORTEST, LONGEST = 5, 48
# Number 0 is the emptiness around a text, 1 every character (or syllable) that training did not see.
UNKNOWN = 1
_HANG = max(WIDTHS) - 1
_FULL = 32_000  # of a short integer
_TEXTS = 1_024  # remembered: those of the turns that are under way
_ARRAYS = ("character_vectors", "syllable_vectors", "filters", "filter_bias", "out", "out_bias")


@dataclass(frozen=True)
class Encoder:
    """Weights as trained.

    `filters` is (size of a character, places * filters): all places of the first width, then of the second, and so on.
    """

    labels: tuple[str, ...]
    characters: Mapping[str, int]
    syllables: Mapping[str, int]
    character_vectors: Floats
    syllable_vectors: Floats
    filters: Floats
    filter_bias: Floats
    out: Floats
    out_bias: Floats

    def scores(self, normal: str) -> Floats:
        """The logarithm of a probability per label for a normalised text."""
        score = self.evidence(normal)
        score -= score.max()
        result: Floats = score - np.log(np.exp(score).sum())
        return result

    def evidence(self, normal: str) -> Floats:
        """How much a normalised text speaks for each label: as `scores`, but for a sum that all labels share."""
        result: Floats = self.heard(normal) @ self.out + self.out_bias
        return result

    def heard(self, normal: str) -> Floats:
        """The strongest answer of every filter in a normalised text; remembered for a while, not to be written to."""
        return self._remembered(shortened(normal))

    @cached_property
    def _remembered(self) -> Callable[[str], Floats]:
        return lru_cache(maxsize=_TEXTS)(self._strongest)

    def _strongest(self, text: str) -> Floats:
        rows = [0] * _HANG
        get = self.characters.get
        for character in text:
            at = get(character)
            rows.append(self._of_sound(character) if at is None else at)
        rows += [0] * (_HANG + max(0, SHORTEST - len(text)))
        parts, scale = self._parts
        stacked = parts.take(rows, 0)
        size, count = len(rows), len(self.filter_bias) // len(WIDTHS)
        strongest, at = np.empty(len(self.filter_bias), np.int16), 0
        for n, width in enumerate(WIDTHS):
            # Windows may hang over either end by all but one character.
            first, last = _HANG - width + 1, size - _HANG
            total = stacked[first:last, at : at + count]
            for offset in range(1, width):
                at += count
                total = total + stacked[first + offset : last + offset, at : at + count]
            at += count
            np.maximum.reduce(total, 0, out=strongest[n * count : (n + 1) * count])
        hidden = strongest * scale
        hidden += self.filter_bias
        result: Floats = np.maximum(hidden, 0, out=hidden)
        return result

    def halves(self, text: str, places: Sequence[int]) -> tuple[Floats, Floats]:
        """What is left and what is right of some places of a text of letters, read apart: two tables of log chances.

        A place k lies before character k, 0 < k < size. One look instead of two readings a place.
        """
        get, size = self.characters.get, len(text)
        rows = [0] * _HANG + [self._of_sound(c) if (at := get(c)) is None else at for c in text] + [0] * _HANG
        known, scale = self._parts
        parts, count = known.take(rows, 0), len(self.filter_bias) // len(WIDTHS)
        wanted = np.array(places)
        sides = np.empty((2, len(places), len(self.filter_bias)), np.int16)
        column = 0
        for n, width in enumerate(WIDTHS):
            add = [parts[:, column + offset * count : column + (offset + 1) * count] for offset in range(width)]
            column += width * count
            left, right = sides[:, :, n * count : (n + 1) * count]
            # Window s covers the characters s to s + width - 1 of the text; those before its start hang over.
            windows = add[0][_HANG - width + 1 : _HANG + size].copy()
            for offset in range(1, width):
                windows += add[offset][_HANG - width + 1 + offset : _HANG + size + offset]
            for at, place in enumerate(places):
                windows[:place].max(0, out=left[at])
                windows[place + width - 1 :].max(0, out=right[at])
            for inside in range(1, width):
                for side, start, offset in ((left, wanted - inside, 0), (right, wanted, width - inside)):
                    hanging = add[offset][_HANG + start]
                    for more in range(1, inside):
                        hanging = hanging + add[offset + more][_HANG + start + more]
                    np.maximum(side, hanging, out=side)
        score = np.maximum(sides * scale + self.filter_bias, 0) @ self.out + self.out_bias
        score -= score.max(2, keepdims=True)
        score -= np.log(np.exp(score).sum(2, keepdims=True))
        return score[0], score[1]

    def _of_sound(self, character: str) -> int:
        """The row of a character that training did not see: only its sound speaks."""
        return len(self.character_vectors) + self.syllables.get(sound(character), UNKNOWN)

    @cached_property
    def _parts(self) -> tuple[NDArray[np.int16], Floats]:
        """What every known character, and every sound alone, adds to every place of every filter; a filter's scale."""
        spoken = np.zeros(len(self.character_vectors), np.int64)
        spoken[UNKNOWN] = UNKNOWN
        for character, at in self.characters.items():
            spoken[at] = self.syllables.get(sound(character), UNKNOWN)
        known = np.concatenate([self.character_vectors, self.syllable_vectors[spoken]], 1)
        unseen = np.repeat(self.character_vectors[UNKNOWN][None], len(self.syllable_vectors), 0)
        heard = np.concatenate([unseen, self.syllable_vectors], 1)
        every = np.concatenate([known, heard])
        parts = np.empty((len(every), self.filters.shape[1]), np.int16)
        count, scales, at = len(self.filter_bias) // len(WIDTHS), [], 0
        for width in WIDTHS:  # the places of one filter share a scale, and their sum must not overflow
            block = every @ self.filters[:, at : at + width * count]
            largest = np.maximum(block.max(0), -block.min(0)).reshape(width, count).max(0)
            scales.append(largest * width / _FULL + 1e-12)
            block /= np.tile(scales[-1], width)
            parts[:, at : at + width * count] = np.rint(block, out=block)
            at += width * count
        return parts, np.concatenate(scales).astype(np.float32)


def shortened(normal: str) -> str:
    """The letters that are read: those of the classifier, long texts without their middle."""
    text = canonical(normal)
    return text if len(text) <= LONGEST else text[: LONGEST // 3] + text[-2 * LONGEST // 3 :]


def sound(character: str) -> str:
    """The syllable of a character with confused sounds joined; the character itself when it has none."""
    return fuzzy_readings().get(ord(character), character)


def arrays_of(encoder: Encoder) -> list[Floats]:
    """The weights in the order of the fields."""
    return [getattr(encoder, name) for name in _ARRAYS]


def pack_encoder(encoder: Encoder) -> dict[str, NDArray[np.generic]]:
    """The arrays of the model file that hold an encoder; half precision costs no measurable accuracy."""
    return {
        "encoder_labels": to_bytes(encoder.labels),
        "encoder_characters": to_bytes(_in_order(encoder.characters)),
        "encoder_syllables": to_bytes(_in_order(encoder.syllables)),
        **{f"encoder_{name}": getattr(encoder, name).astype(np.float16) for name in _ARRAYS},
    }


def unpack_encoder(arrays: Mapping[str, NDArray[np.generic]]) -> Encoder:
    """The encoder of a model file."""
    return Encoder(
        tuple(to_words(arrays["encoder_labels"])),
        {word: at for at, word in enumerate(to_words(arrays["encoder_characters"]), UNKNOWN + 1)},
        {word: at for at, word in enumerate(to_words(arrays["encoder_syllables"]), UNKNOWN + 1)},
        *(arrays[f"encoder_{name}"].astype(np.float32) for name in _ARRAYS),
    )


def as_kept(encoder: Encoder) -> Encoder:
    """The encoder as it is read back from a model file."""
    return unpack_encoder(pack_encoder(encoder))


def _in_order(numbers: Mapping[str, int]) -> list[str]:
    return sorted(numbers, key=numbers.__getitem__)
