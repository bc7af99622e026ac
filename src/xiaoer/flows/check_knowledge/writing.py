"""A first draft for a product about which buyers asked in vain (补一条). Pure.

What people answered about it comes first, else what its sheet says; where there is neither, the draft tells its writer
what is missing. It is a draft: nothing of it is said to a buyer before a person publishes it.
"""

from collections.abc import Mapping, Sequence

from xiaoer.slices.knowledge.health.types import Found
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.learning.types import Gap

_SIZES = "product.size_advice"
_LONGEST = 2_000


def draft_for(
    found: Found, title: str, sheet: Mapping[str, str], gaps: Sequence[Gap], questions: Mapping[str, str]
) -> EntryDraft:
    """The draft that answers what was asked most about the product of a finding."""
    intents: Sequence[str] = found.detail.get("intents") or (_SIZES,)
    asked = [gap for gap in gaps if gap.product_id == found.product_id and gap.intent in intents]
    best = max(asked, key=lambda gap: (bool(gap.answers), -intents.index(gap.intent)), default=None)
    question = best.question if best else questions.get(intents[0], "有什么要注意的")
    told = "；".join(f"{name}：{value}" for name, value in sheet.items() if value)
    answer = best.answers[0].text if best and best.answers else told
    similar = tuple(text for text in best.wordings if text != question)[:20] if best else ()
    return EntryDraft(
        question,
        (answer or f"（还没写：{title} {question}）")[:_LONGEST],
        similar,
        found.product_id,
        status="draft",
        source={"kind": "health", "finding": found.kind},
    )
