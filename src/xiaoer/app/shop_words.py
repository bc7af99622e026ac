"""Each shop's own understanding: the shipped one plus the shop's product names, renewed when the catalogue changes.

Swapping is one assignment; turns that are under way finish with the words they began with.
"""

import re
import tomllib
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

from xiaoer.kernel.heard import Heard, TextForms
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.overlay import ShopWords

_SHOPS = 200  # overlays kept in memory
_FORMS = 2_000  # texts whose spellings are remembered
_SHORT = 100  # characters; longer texts are hardly ever the same
_NAME = re.compile(r"[\s/|·,，()（）【】\[\]]+")
_ID = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_-]{4,}")  # shorter ones are sizes, counts and years
_SURE = 0.5  # below this, a question's intent does not count for retrieval


class ShopUnderstanding:
    """Understands a turn in the words of its shop."""

    def __init__(self, base: Understanding, catalog: EmbeddedCatalog) -> None:
        self._base = base
        self._catalog = catalog
        self._shops: OrderedDict[ShopId, tuple[int, Understanding]] = OrderedDict()
        self._short_forms = lru_cache(maxsize=_FORMS)(base.forms)

    def understand(self, turn: Turn) -> Heard:
        """What the turn means."""
        held = self._shops.get(turn.shop)
        return (held[1] if held else self._base).understand(turn)

    def forms(self, text: str) -> TextForms:
        """The spellings of a text that matching needs; red lines and retrieval ask for the same ones in a turn."""
        return self._short_forms(text) if len(text) <= _SHORT else self._base.forms(text)

    def intent_of(self, text: str, /) -> str:
        """The intent of a question by itself, or "" when unsure."""
        chances = self._base.probabilities(text)
        best = int(chances.argmax())
        return self._base.labels[best] if chances[best] >= _SURE else ""

    async def refresh(self, shop: ShopId) -> None:
        """Take over new product names; costs one dictionary look-up when nothing changed."""
        revision = await self._catalog.revision(shop)
        held = self._shops.get(shop)
        if held is not None and held[0] == revision:
            return
        titles = await self._catalog.names(shop)
        self._shops[shop] = (revision, self._base.with_shop(ShopWords(products=nicknames(titles))))
        self._shops.move_to_end(shop)
        while len(self._shops) > _SHOPS:
            self._shops.popitem(last=False)


def trade_words(pack: Path) -> frozenset[str]:
    """Words that name a kind of thing in any trade of the pack: 大米, 保温杯, 连衣裙."""
    files = sorted((pack / "categories").glob("*.toml"))
    return frozenset(w for file in files for w in tomllib.loads(file.read_text(encoding="utf-8")).get("words", ()))


def nicknames(titles: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Words that name products: whole titles, title parts that only one product has, and ids that look like ids."""
    parts: dict[str, list[str]] = {}
    for product_id, title in titles:
        for part in {title, *(piece for piece in _NAME.split(title) if len(piece) >= 3)}:
            parts.setdefault(part, []).append(product_id)
    names = {part: tuple(ids) for part, ids in parts.items() if len(ids) == 1}
    return names | {id_: (id_,) for id_, _ in titles if _ID.fullmatch(id_)}
