"""What a wish is for when no goods are named (处境): 久坐腰疼, 周末露营, 屋里太干.

The pack's `situations.toml` says which words tell a situation and which words of titles, tags, categories and purposes
then fit. Words beside the situation still count; where no goods fit, nothing is found and the buyer is told.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from xiaoer.kernel.quick_pattern import Sieve

# the words are a part of a thing's name: 露营灯, 瑜伽垫
_THING_AFTER = re.compile(
    r"[灯椅桌鞋服衣裤裙垫包杯枕被箱架器机仪帽伞套袋笔本球车锅刀炉扇膜霜油杖桶绳壶席帘柜板盒罐瓶贴液粉竿笛琴凳]"
)
_OWN = re.compile(r"[\u4e00-\u9fff]{2}")
_PACKS = Path(__file__).resolve().parents[2] / "packs"


class Situation(Struct, frozen=True):
    """One row of the table. `said` are patterns; the first words of `fits` say most. An `occasion` may go without; the
    first word of a `place` may stand anywhere in a title."""

    name: str
    said: tuple[str, ...]
    fits: tuple[str, ...]
    never: tuple[str, ...] = ()
    occasion: bool = False
    users: tuple[str, ...] = ()
    place: bool = False


class Situations:
    """The table of an industry pack, ready to be looked up."""

    def __init__(self, rows: Sequence[Situation]) -> None:
        self._rows = [(row, re.compile("|".join(row.said))) for row in rows]
        self._sieve = Sieve([said for _, said in self._rows])

    def told_in(self, text: str) -> tuple[Situation, ...]:
        """The situations that the words tell, in the order of the table; what a product says in the very words (种菜)
        fits best."""
        worth = (self._rows[number] for number in self._sieve.worth(text))
        found = ((row, said.search(text)) for row, said in worth)
        return tuple(
            replace(row, fits=(heard[0], *row.fits)) if _OWN.fullmatch(heard[0]) and not row.place else row
            for row, heard in found
            if heard is not None
        )

    def without(self, text: str) -> str:
        """The words without those that only tell a situation (手机没电 is no wish for a 手机)."""
        for number in self._sieve.worth(text):
            said = self._rows[number][1]
            text = said.sub(lambda found: found[0] if _THING_AFTER.match(found.string, found.end()) else " ", text)
        return text


@lru_cache(maxsize=4)
def situations_of(pack: str = "ecommerce") -> Situations:
    """The table of an industry pack; a pack without one knows no situations."""
    path = _PACKS / pack / "situations.toml"
    rows = tomllib.loads(path.read_text("utf-8"))["situations"] if path.exists() else []
    return Situations(msgspec.convert(rows, list[Situation]))
