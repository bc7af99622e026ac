"""Trains the net of `net.py` from a pack (part of `make model`).

`red_lines.tsv` and `stops.tsv` hold messages with their label, written one by one; each is learnt twice, the second
time by its sounds alone, so that no word has to be written as it was there. What else the pack knows that buyers say,
of goods, troubles, orders and talk, tells of no stop, unless the words of the red lines are crossed by it. A
multinomial logistic regression over features weighed by their rarity; signed bytes are kept.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from xiaoer.kernel.heard import TextForms
from xiaoer.slices.policies.stops.net import COUNT, NONE, StopNet, features_of

LINES = ("red_lines.tsv", "stops.tsv")
_WRITTEN, _HEARD = 3.0, 1.5  # how much a written line counts, and its sounds; others are taken as they come
_STEADY = 10.0
# folders of the pack, and one line of how many is taken
_OTHERS = (("intents", 1), ("needs", 3), ("facets", 4), ("talks", 1))  # matters tell of harm too
_LONG = "compounds.jsonl"  # whole messages, many of them long
_PEOPLE = ("service.human", "service.complaint")
_HEADS = ("# ", "= ", "~ ", "a |")

Lines = list[tuple[str, str]]


def written(names: tuple[str, ...] = LINES, pack: str = "ecommerce") -> Lines:
    """The label and the words of every written line."""
    lines = [line for name in names for line in (_folder(pack) / name).read_text("utf-8").splitlines()]
    rows = (line.split("\t", 1) for line in lines if line and not line.startswith("# "))
    return [(label, words) for label, words in rows]


def others(pack: str = "ecommerce") -> Iterator[str]:
    """What else buyers say, some of it, in a stable order."""
    for folder, apart in _OTHERS:
        for path in sorted((_folder(pack) / folder).iterdir(), key=lambda path: path.name):
            if not path.name.endswith(".txt") or path.name.startswith(_PEOPLE):
                continue
            lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
            said = [line for line in lines if not line.startswith(_HEADS) and not line.startswith("b service")]
            yield from (line.partition(" | ")[2] or line for line in said[::apart])
    for line in (_folder(pack) / _LONG).read_text("utf-8").splitlines():
        parts = json.loads(line)["parts"]
        if not any(code.startswith(_PEOPLE) for _, code in parts):
            yield "，".join(words for words, _ in parts)


def train(stops: Lines, innocent: list[str], forms: Callable[[str], TextForms]) -> StopNet:
    """The net of some lines; `forms` writes a text as the net will read it."""
    texts = [forms(words) for _, words in stops]
    truth = np.array([label for label, _ in stops] * 2 + [NONE] * len(innocent))
    weight = np.array([_WRITTEN] * len(stops) + [_HEARD] * len(stops) + [1.0] * len(innocent))
    held = [features_of(text) for text in texts] + [features_of(text, letters=False) for text in texts]
    held += [features_of(forms(words)) for words in innocent]
    ends = np.cumsum([0, *map(len, held)])
    flat = np.concatenate(held).astype(np.int64)
    table = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), (len(held), COUNT))
    importance = (np.log((1 + len(held)) / (1 + np.asarray(table.sum(0)).ravel())) + 1).astype(np.float32)
    table = table @ sparse.diags(importance)
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(1)).ravel())
    table = (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ table).tocsr()
    machine = LogisticRegression(C=_STEADY, max_iter=500).fit(table, truth, sample_weight=weight)
    weights = machine.coef_.T.astype(np.float32)
    scale = np.asarray(np.abs(weights).max(0) / 127 + 1e-12, np.float32)
    small = np.ascontiguousarray(np.round(weights / scale).astype(np.int8))
    labels, bias = tuple(map(str, machine.classes_)), machine.intercept_.astype(np.float32)
    return StopNet(labels, importance, small, scale, bias, fingerprint_of(stops))


def fingerprint_of(stops: Lines) -> str:
    """Tells one set of written lines from another."""
    return hashlib.sha256(repr(stops).encode()).hexdigest()[:16]


def _folder(pack: str) -> Traversable:
    return resources.files("xiaoer.packs") / pack
