"""Whom an entry may be for (适用范围): the groups of buyers of the pack, levels and tags of the shop's buyers and
promotions; the channels that the product knows, and those through which buyers came."""

import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from xiaoer.infra.db import Database
from xiaoer.kernel.channels import CHANNELS
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers import store as buyers
from xiaoer.slices.conversations import told
from xiaoer.slices.knowledge.rules import InvalidEntry
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.knowledge.sink import KnowledgeSink
from xiaoer.slices.promotions.service import Promotions

_NAMED = 40  # groups that an error names


class UnknownAudience(InvalidEntry):
    code = "unknown_audience"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"“{name[:40]}” is no group of buyers in this shop. Use {', '.join(known[:_NAMED])}, joined by |; "
            "other levels and tags come with the buyers that have them."
        )


class Audiences:
    """The groups of buyers of each shop."""

    def __init__(self, db: Database, promotions: Promotions, entries: EntryService, pack: Path) -> None:
        self._db = db
        self._promotions = promotions
        self._entries = entries
        self._sink = KnowledgeSink()
        rows = tomllib.loads((pack / "knowledge" / "audiences.toml").read_text(encoding="utf-8"))
        self._shipped: tuple[str, ...] = tuple(rows["names"].split())

    async def of(self, shop: ShopId) -> tuple[str, ...]:
        """Every group that an entry may name, those of the pack first."""
        own = set(await self._db.read(lambda c: buyers.groups(c, shop)))
        for promotion in await self._promotions.all(shop):
            own |= promotion.audience.values
        return (*self._shipped, *sorted(own - {*self._shipped}))

    async def check(self, shop: ShopId, audience: str, before: str = "") -> str:
        """The groups without blanks; those that were there before are not looked at again.

        Raises:
            UnknownAudience: a group is none of this shop.
        """
        names = [name.strip() for name in audience.split("|") if name.strip()]
        if fresh := set(names) - {*before.split("|")}:
            known = await self.of(shop)
            for name in names:
                if name in fresh and name not in known:
                    raise UnknownAudience(name, known)
        return "|".join(names)

    async def strange_channels(self, shop: ShopId, codes: Collection[str]) -> set[str]:
        """Those of some channels that do not exist."""
        unknown = {code for code in codes if code} - CHANNELS.keys()
        return {c for c in unknown if not await self._db.read(lambda db, c=c: told.has_channel(db, shop, c))}  # type: ignore[misc]

    async def vet(self, shop: ShopId, rows: Sequence[Any], /) -> dict[str, tuple[str, str, str]]:
        """By id the rows of a knowledge file that do not fit this shop: column, code, reason."""
        stored = await self._entries.get_many(
            shop, [row.id for row in rows if row.audience or row.channel or row.channel_answers]
        )
        kept = {name for entry in stored.values() for name in entry.draft.audience.split("|")}
        groups = (*await self.of(shop), *sorted(kept))
        named = {code for row in rows for code in (*(row.channel or "").split("|"), *(row.channel_answers or {}))}
        used = {c for e in stored.values() for c in (*e.draft.channel.split("|"), *e.draft.channel_answers)}
        strange = await self.strange_channels(shop, named - used)
        return self._sink.unfit(rows, await self._entries.variables(shop), groups, strange)
