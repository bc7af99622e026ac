"""What tells of a stop in words of its own (话里的险情): 面膜敷完脸上跟火燎似的, 有没有下班要回家吃饭的, 7诉你们.

No list of words knows how people tell that somebody was hurt, food was spoilt, something burnt, goods were passed off,
a child bought, an authority will hear of it, or that they want a person; nor every way to write round a filter.
`red_lines.tsv` and `stops.tsv` of the pack hold such messages, and as many that only look like them
(老公腰疼想买个靠垫, 家里亲人工作日不在); a linear model over letters, runs of letters, words and sounds has learnt to
tell them apart. Sounds hide accents and how they were typed (`aloud.py`), so 偷诉 and tousu teach what 投诉 taught.
It is the second net: the words of `red_lines.toml` decide first, and only where none is crossed it is asked. Who is
stopped by mistake reaches a person; who is missed is answered by a machine. Labels that no rule asks for (payments)
are learnt so that they are not taken for another.
"""

import re
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from xiaoer.kernel.heard import TextForms
from xiaoer.slices.policies.aloud import accentless, read_aloud
from xiaoer.slices.policies.disguises import undisguise
from xiaoer.slices.policies.sides.space import Floats, checksums

Rows = NDArray[np.uint32]

FILE = "stops.bin"
NONE = "-"  # the label of what is no stop
_BITS = 17  # features are known by so many bits of their checksums
COUNT = 1 << _BITS
_HEAD = 256  # bytes of the file that hold fingerprint and labels
_MOST = 60  # syllables that are read
_NUMBERED = re.compile(r"(?<![\da-z])\d(?![\da-z])")  # 7诉: a number that is a syllable
_SAID = dict(zip("0123456789", ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"), strict=True))
_LIQUID = re.compile("^[nr](?=.)")  # n, l and r are one sound to many


class Told(NamedTuple):
    """What a message tells of, and how surely it tells of any stop at all, 0 to 1."""

    label: str
    sure: float


class StopNet:
    """A trained model. `weights[f]` (signed bytes, one scale a label) is what feature `f` says for each of `labels`;
    `importance[f]` is how much it tells."""

    def __init__(
        self,
        labels: tuple[str, ...],
        importance: Floats,
        weights: NDArray[np.int8],
        scale: Floats,
        bias: Floats,
        fingerprint: str,
    ) -> None:
        self.labels, self.importance, self.weights, self.scale, self.bias = labels, importance, weights, scale, bias
        self.fingerprint = fingerprint  # of the lines that it was learnt from

    def told(self, forms: TextForms) -> Told:
        """The likeliest stop in a text."""
        rows = features_of(forms)
        values = self.importance[rows]
        values /= max(float(np.sqrt(values @ values)), 1e-9)
        scores = (values @ self.weights.take(rows, 0).astype(np.float32)) * self.scale + self.bias
        chances = np.exp(scores - np.maximum.reduce(scores))
        chances /= np.add.reduce(chances)
        none = self.labels.index(NONE)
        sure, chances[none] = 1 - float(chances[none]), 0.0
        return Told(self.labels[int(chances.argmax())], sure)


def features_of(forms: TextForms, letters: bool = True) -> Rows:
    """The numbers of the features of a text; without `letters` of its sounds alone."""
    forms = forms.pictured or forms
    held = [_sounds_of(forms)]
    if letters:
        held.append(checksums(forms.normal))
        if (plain := undisguise(forms.compact)) != forms.compact:
            held.append(checksums(plain))
    rows = np.sort(np.concatenate(held) & (COUNT - 1))
    return rows[np.concatenate(([True], rows[1:] != rows[:-1]))] if len(rows) else rows


def _sounds_of(forms: TextForms) -> Rows:
    """The checksums of one to three syllables beside each other, and of the letters that three begin with."""
    said = _NUMBERED.sub(lambda number: f" {_SAID[number.group()]} ", forms.normal.lower())
    sounds = [_LIQUID.sub("l", accentless(sound)) for sound in read_aloud(said, forms.pinyin)[1][:_MOST]]
    framed = ["^", *sounds, "$"]
    begins = "".join(sound[0] for sound in framed)
    names = [" ".join(framed[at : at + size]) for size in (2, 3) for at in range(len(framed) - size + 1)]
    names += [*sounds, *(f"_{begins[at : at + 3]}" for at in range(len(begins) - 2))]
    return np.fromiter(map(crc32, "\n".join(f"s{name}" for name in names).encode().split(b"\n")), np.uint32)


def write_net(net: StopNet) -> bytes:
    """The file: the fingerprint and the labels, then the arrays as they are used. The same net gives the same bytes."""
    head = " ".join((net.fingerprint, *net.labels)).encode().ljust(_HEAD)
    arrays = (net.scale, net.bias, net.importance, net.weights)
    return b"".join((head, *(array.tobytes() for array in arrays)))


def read_net(data: NDArray[np.uint8]) -> StopNet:
    """The net of a file written by `write_net`, on its own bytes."""
    fingerprint, *labels = data[:_HEAD].tobytes().decode().split()
    count = len(labels)
    figures: NDArray[Any] = data[_HEAD : _HEAD + 4 * (2 * count + COUNT)].view(np.float32)
    weights = data[_HEAD + 4 * (2 * count + COUNT) :].view(np.int8).reshape(COUNT, count)
    scale, bias, importance = figures[:count], figures[count : 2 * count], figures[2 * count :]
    return StopNet(tuple(labels), importance, weights, scale, bias, fingerprint)


@cache
def stop_net() -> StopNet:
    """The net that came with the pack."""
    with resources.as_file(resources.files("xiaoer.packs") / "ecommerce" / FILE) as path:
        return read_net(np.memmap(path, np.uint8, "r"))
