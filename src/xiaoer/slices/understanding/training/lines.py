"""Training lines: normalised, with their features, and copies with typing errors."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xiaoer.slices.understanding.features import features
from xiaoer.slices.understanding.normalise import Normaliser
from xiaoer.slices.understanding.pack import Pack
from xiaoer.slices.understanding.patterns import hints_of
from xiaoer.slices.understanding.sounds import readings

SEED = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One prepared training line."""

    text: str
    normal: str
    intent: str
    names: frozenset[str]


def prepare(texts: Iterable[tuple[str, str]], pack: Pack) -> list[Line]:
    """Normalised lines with their features."""
    normaliser = Normaliser(pack.lexicon)
    lines = []
    for text, intent in texts:
        normal = normaliser.normal(text)
        names = frozenset(features(normal, pack.lexicon.concepts, hints_of(normal, pack.patterns)))
        lines.append(Line(text, normal, intent, names))
    return lines


def noisy(texts: Sequence[tuple[str, str]], share: float, seed: int = SEED) -> list[tuple[str, str]]:
    """Copies of some lines with one character typed wrong by ear or left out."""
    rng = random.Random(seed)
    by_sound: dict[str, list[str]] = {}
    seen = Counter(c for text, _ in texts for c in text)
    for code, syllable in readings().items():
        if seen[chr(code)] > 2:
            by_sound.setdefault(syllable, []).append(chr(code))
    copies = []
    for text, intent in texts:
        if len(text) < 5 or rng.random() > share:
            continue
        at = rng.randrange(len(text))
        sound = readings().get(ord(text[at]))
        if sound is None:
            continue
        other = "" if rng.random() < 0.3 else rng.choice(by_sound.get(sound) or [text[at]])
        if other != text[at]:
            copies.append((text[:at] + other + text[at + 1 :], intent))
    return copies


def folds(intents: Sequence[str], count: int) -> list[int]:
    """A fold per line, every intent spread evenly."""
    rng = random.Random(SEED)
    members: dict[str, list[int]] = {}
    for n, intent in enumerate(intents):
        members.setdefault(intent, []).append(n)
    fold_of = [0] * len(intents)
    for _, places in sorted(members.items()):
        rng.shuffle(places)
        for place, n in enumerate(places):
            fold_of[n] = place % count
    return fold_of
