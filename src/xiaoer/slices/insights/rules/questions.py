"""Questions (问法归并): wordings that ask the same are one question, named by the wording that was seen most.

A wording is known by a key, which is all that an event fact keeps of a text. Wordings are compared within one
intent as bags of hashed letters and letter pairs; one that is near enough to a question joins it, another
founds a new question. Nothing is moved later, so figures of the past stay what they were.
"""

import re
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
_WIDTH = 256
_NEAR = 0.62
_NUMBER = re.compile(r"\d+")
_ASKS_NOTHING = re.compile(r"\[[^\[\]]{1,30}\]|https?://[^\s\u4e00-\u9fff]+")
_NOISE = re.compile(r"[^\u4e00-\u9fffA-Za-z#]+")
# Particles and pleasantries: they tell nothing about what is asked.
_EMPTY = frozenset("的了吗呢啊呀哦吧嘛么嗯亲您你我们请问一下这那个是有会能可以想要就都还也在给和跟")


def normal_form(text: str) -> str:
    """Letters only, numbers as `#`, lower case; what keys and vectors are made of.

    Faces, masked data ([微笑], [订单号]) and links ask nothing.
    """
    return _NOISE.sub("", _NUMBER.sub("#", _ASKS_NOTHING.sub("", text.lower())))


def wording_key(text: str) -> str:
    """The key of a wording, 12 hex digits; "" for a text without letters."""
    form = normal_form(text)
    return blake2b(form.encode(), digest_size=6).hexdigest() if form else ""


def vector_of(text: str) -> Vector:
    """A unit vector of the text's letters and letter pairs."""
    form = [letter for letter in normal_form(text) if letter not in _EMPTY] or list(normal_form(text))
    value = np.zeros(_WIDTH, dtype=np.float32)
    grams = [(letter, 0.6) for letter in form]
    grams += [(a + b, 1.0) for a, b in pairwise(form)]
    for gram, weight in grams:
        code = crc32(gram.encode())
        value[code % _WIDTH] += weight if code & 0x10000 else -weight
    size = float(np.sqrt(value @ value))
    return value / size if size else value


class Questions:
    """The questions of one intent, ready for look-ups. `first` of the two names is the key of its founder."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._vectors: Vector = np.zeros((64, _WIDTH), dtype=np.float32)

    def add(self, key: str, text: str) -> None:
        """Keep a question by its founding wording."""
        size = len(self._keys)
        if size == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[size] = vector_of(text)
        self._keys.append(key)

    def place(self, key: str, text: str) -> str:
        """The question that a wording belongs to; founds one when none is near."""
        size = len(self._keys)
        if size:
            near = self._vectors[:size] @ vector_of(text)
            best = int(np.argmax(near))
            if near[best] >= _NEAR:
                return self._keys[best]
        self.add(key, text)
        return key
