"""Where imported rows of slices with their own form go: knowledge and promotions."""

from collections.abc import Mapping

from xiaoer.flows.import_data.ports import Check, Sink
from xiaoer.slices.knowledge.sink import KnowledgeSink
from xiaoer.slices.promotions.service import PromotionSink


def build_sinks() -> Mapping[str, Sink]:
    """The sinks of kinds that the importer does not keep itself."""
    return {"knowledge": KnowledgeSink(), "promotions": PromotionSink()}


def build_checks() -> Mapping[str, Check]:
    """Why a row of such a kind may be refused before anything is written."""
    return {"knowledge": KnowledgeSink().check, "promotions": PromotionSink().check}
