"""Each shop's own understanding: the shipped one plus the shop's product names, its own words and its own intents.

Renewed when the catalogue or the words change: a lesson is in force in every process within a second of its saving.

Swapping is one assignment; turns that are under way finish with the words they began with.
"""

import asyncio
import re
import time
import tomllib
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from xiaoer.app.shop_models import ShopModels
from xiaoer.infra.db import Database
from xiaoer.kernel.heard import Heard, TextForms
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.turn import Turn
from xiaoer.slices.catalog.service import EmbeddedCatalog
from xiaoer.slices.understanding.api import Understanding
from xiaoer.slices.understanding.arrays import Floats
from xiaoer.slices.understanding.overlay import ShopWords
from xiaoer.slices.wording import api as wording
from xiaoer.slices.wording.types import Teaching, Wording

_SHOPS = 200  # overlays kept in memory
_FORMS = 2_000  # texts whose spellings are remembered
_SHORT = 100  # characters; longer texts are hardly ever the same
_NAME = re.compile(r"[\s/|·,，()（）【】\[\]]+")
_CHECK_EVERY_S = 0.4  # how often the revision of own words is looked up
_ID = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9_-]{4,}")  # shorter ones are sizes, counts and years
_SURE = 0.5  # below this, a question's intent does not count for retrieval


class ShopUnderstanding:
    """Understands a turn in the words of its shop."""

    def __init__(self, base: Understanding, catalog: EmbeddedCatalog, db: Database, learning: ShopModels) -> None:
        self._base = base
        self._catalog = catalog
        self._db = db
        self._learning = learning
        self._taught: dict[ShopId, tuple[float, int, int]] = {}
        self._shops: OrderedDict[ShopId, tuple[tuple[int, int, int], Understanding]] = OrderedDict()
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

    def leaning_of(self, text: str, /) -> Floats:
        """What a question means, as a direction of length one: questions of one intent point the same way."""
        chances = np.sqrt(self._base.probabilities(text))
        return np.asarray(chances / np.linalg.norm(chances), np.float32)

    @property
    def codes(self) -> tuple[str, ...]:
        """The intents of the pack."""
        return self._base.labels

    def forget(self, shop: ShopId) -> None:
        """Look the shop's words up anew before the next turn of this process."""
        self._taught.pop(shop, None)

    async def _revision(self, shop: ShopId) -> tuple[int, int, int]:
        """Revisions of the catalogue and of the words, and the version of the shop's own model."""
        seen = self._taught.get(shop)
        if seen is None or seen[0] < time.monotonic():
            taught = await self._db.read(lambda c: wording.revision(c, shop))
            seen = self._taught[shop] = (time.monotonic() + _CHECK_EVERY_S, taught, self._learning.version(shop))
        return await self._catalog.revision(shop), seen[1], seen[2]

    async def refresh(self, shop: ShopId) -> None:
        """Take over new product names and own words; costs two dictionary look-ups when nothing changed."""
        revision = await self._revision(shop)
        held = self._shops.get(shop)
        if held is not None and held[0] == revision:
            return
        lessons = await self._db.read(lambda c: wording.all_of(c, shop)) if revision[1] else []
        self._shops[shop] = (revision, await self._taught_by(shop, lessons, revision[2]))
        self._shops.move_to_end(shop)
        while len(self._shops) > _SHOPS:
            self._shops.popitem(last=False)

    async def preview(self, shop: ShopId, teaching: Teaching) -> Understanding:
        """The shop's understanding as it would be; nothing is kept.

        Raises:
            WordingRefused: the rules do not allow it. NotFound: an id or a version is not there.
        """
        version = self._learning.version(shop) if teaching.model is None else teaching.model
        self._learning.check(shop, version)
        lessons = await self._db.read(lambda c: wording.as_taught(c, shop, teaching, self.codes))
        return await self._taught_by(shop, lessons, version)

    async def use(self, shop: ShopId, version: int) -> None:
        """Put a version of the shop's model in force; 0 is the one that came with the program.

        Raises:
            NotFound: there is no such version.
        """
        self._learning.check(shop, version)
        await asyncio.to_thread(self._learning.use, shop, version)
        self.forget(shop)

    async def _taught_by(self, shop: ShopId, lessons: Sequence[Wording], version: int) -> Understanding:
        words = ShopWords(
            products=nicknames(await self._catalog.names(shop)),
            means={lesson.text: lesson.means for lesson in lessons if lesson.kind == "word"},
            examples=[(text, lesson.intent) for lesson in lessons for text in lesson.examples],
        )
        own = await asyncio.to_thread(self._learning.model, shop, version) if version else None
        return self._base.with_shop(words, own)


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
