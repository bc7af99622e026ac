"""Where imported rows of slices with their own form go: knowledge and promotions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.flows.import_data.importer import Check, Sink
from xiaoer.flows.import_data.rows import KnowledgeRow
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.sink import KnowledgeSink
from xiaoer.slices.promotions.service import PromotionSink


class HashedEntry(Struct, frozen=True):
    """A knowledge row with the importer's fingerprint."""

    id: str
    question: str
    answer: str
    similar: tuple[str, ...]
    product_id: str
    channel: str
    valid_from: datetime | None
    valid_to: datetime | None
    category: str
    hash: str


def hashed(row: KnowledgeRow, hash: str) -> HashedEntry:
    """Join a row and its fingerprint."""
    return HashedEntry(
        row.id,
        row.question,
        row.answer,
        row.similar,
        row.product_id,
        row.channel,
        row.valid_from,
        row.valid_to,
        row.category,
        hash,
    )


class KnowledgeIntake:
    """Hands knowledge rows to the knowledge slice."""

    def __init__(self) -> None:
        self._sink = KnowledgeSink()

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str], /) -> dict[str, str]:
        return self._sink.existing_hashes(connection, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[KnowledgeRow, str]],
        now: datetime,
        keep: Collection[str] = (),
        /,
    ) -> None:
        self._sink.upsert(connection, shop, [hashed(row, hash) for row, hash in rows], now)

    def check(self, row: KnowledgeRow) -> str | None:
        """Why a row cannot be kept, or None."""
        return self._sink.check(hashed(row, ""))


def build_sinks() -> Mapping[str, Sink]:
    """The sinks of kinds that the importer does not keep itself."""
    return {"knowledge": KnowledgeIntake(), "promotions": PromotionSink()}


def build_checks() -> Mapping[str, Check]:
    """Why a row of such a kind may be refused before anything is written."""
    return {"knowledge": KnowledgeIntake().check, "promotions": PromotionSink().check}
