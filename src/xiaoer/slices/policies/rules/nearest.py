"""What comes nearest (沾边的), where nothing answers for sure: told as that, with a person beside it.

Half of the questions that no fact and no entry surely answers are answered by the one that comes nearest. It is said
with its doubt, and counts as unanswered: the gap is shown to the shop.
"""

from xiaoer.kernel.decision import Act, KnowledgeHit, Source
from xiaoer.slices.policies.rules import attributes
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.sides import matching
from xiaoer.slices.policies.types import Ask

_CLOSE = 0.5  # the second is told too from this share of the first
_MOST = 2
_LONG = 120  # characters of an entry that are quoted


def tell(ask: Ask) -> Act | None:
    """The nearest fact or entry of the goods in focus, at most two, as no sure answer; None where nothing is near."""
    found = sorted((*_facts(ask), *_entries(ask)), key=lambda one: -one[0])
    if not found or found[0][0] < matching.NEAREST:
        return None
    kept = [one for one in found[:_MOST] if one[0] >= max(matching.NEAREST, found[0][0] * _CLOSE)]
    slots = {"nearest": "；".join(words for _, words, _ in kept), "about": ask.segment.text}
    sources = tuple(source for _, _, source in kept)
    return Act("fallback", ask.index, "product.nearest", slots, sources, "knowledge.miss")


def _facts(ask: Ask) -> list[tuple[float, str, Source]]:
    product = ask.facts.products.get(ask.product_id or "")
    if product is None:
        return []
    return [
        (one.sure, f"{one.key}：{one.value}", product_source(product))
        for one in matching.ranked(product, ask.segment.text)
        if not attributes.is_for_others(ask.segment.text, one.key + one.value)
    ]


def _entries(ask: Ask) -> list[tuple[float, str, Source]]:
    hits = [
        hit
        for hit in ask.facts.knowledge.get(ask.index, ())
        if hit.product_id in ("", ask.product_id) and "{" not in hit.answer and len(hit.answer) <= _LONG
    ]
    sure = matching.sure_of_entries(ask.segment.text, hits, ask.product_id or "")
    return [(one, hit.answer.rstrip("。"), _source(hit)) for one, hit in zip(sure, hits, strict=True)]


def _source(hit: KnowledgeHit) -> Source:
    return Source("knowledge", hit.id, hit.question, hit.score)
