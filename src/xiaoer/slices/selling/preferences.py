"""What is wished of goods beyond what they are (偏好): 要轻, 一整套, 不吵, 防水; and where they are not used (车载).

The pack's `preferences.toml` says which words tell a quality and by which words goods say that they have it.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

_PACKS = Path(__file__).resolve().parents[2] / "packs"


class Row(Struct, frozen=True):
    """`said` is a pattern over the buyer's words, `words` stand in titles, tags, categories or attributes."""

    said: str
    words: tuple[str, ...]


class _Table(Struct, frozen=True):
    features: tuple[Row, ...] = ()
    elsewhere: tuple[Row, ...] = ()


class Preferences:
    """The table of an industry pack, ready to be looked up."""

    def __init__(self, table: _Table) -> None:
        self._features = [(re.compile(row.said), row.words) for row in table.features]
        self._elsewhere = [(re.compile(row.said), row.words) for row in table.elsewhere]

    def features_in(self, text: str) -> tuple[tuple[str, ...], ...]:
        """The words of every quality that the text tells."""
        return tuple(words for said, words in self._features if said.search(text))

    def elsewhere(self, text: str) -> tuple[str, ...]:
        """The words of goods for places and uses that the text does not name."""
        return tuple(word for said, words in self._elsewhere if not said.search(text) for word in words)


@lru_cache(maxsize=4)
def preferences_of(pack: str = "ecommerce") -> Preferences:
    """The table of an industry pack; a pack without one knows no preferences."""
    path = _PACKS / pack / "preferences.toml"
    return Preferences(msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Table) if path.exists() else _Table())
