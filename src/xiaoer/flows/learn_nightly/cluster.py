"""Questions find their gap (归类): one that is known, or a new one. Run in a thread; nothing is read or written here.

A question joins the gap whose wordings ask the same, whatever became of that gap: what was dismissed stays dismissed.
What the product page decides is kept apart by product, because its answer differs from product to product.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from xiaoer.kernel.heard import TextAnalyser
from xiaoer.slices.knowledge.candidates.clusters import Group, cluster, join, leading
from xiaoer.slices.knowledge.health.meeting import Reading
from xiaoer.slices.learning.types import Ask, Gap

_WORDINGS = 40  # kept of one gap


def product_key(ask: Ask) -> str:
    """The product that the answer depends on; "" when it does not."""
    return ask.product_id if ask.intent.startswith("product.") else ""


def place(
    asks: Sequence[Ask], known: Sequence[Gap], analyser: TextAnalyser, now: datetime, reading: Reading
) -> tuple[list[Gap], dict[str, str]]:
    """New gaps, and for each question the gap that it belongs to."""
    by_product: dict[str, list[Ask]] = {}
    for ask in asks:
        by_product.setdefault(product_key(ask), []).append(ask)
    made: list[Gap] = []
    places: dict[str, str] = {}
    for product, members in sorted(by_product.items()):
        gaps = [gap for gap in known if gap.product_id == product]
        intents = {ask.text: ask.intent for ask in members} | {
            text: gap.intent for gap in gaps for text in (gap.question, *gap.wordings)
        }
        groups = [Group(gap.id, gap.question, gap.wordings, gap.status == "dismissed") for gap in gaps]
        loose = []
        texts = [ask.text for ask in members]
        joined = join(texts, groups, analyser, lambda t, i=intents: i.get(t, ""), reading)
        for ask, gap_id in zip(members, joined, strict=True):
            if gap_id:
                places[ask.id] = gap_id
            else:
                loose.append(ask)
        loose_texts = [ask.text for ask in loose]
        for group in cluster(loose_texts, analyser, lambda t, i=intents: i.get(t, ""), reading) if loose else ():
            gap = _found([loose[at] for at in group], product, analyser, now)
            made.append(gap)
            places |= {loose[at].id: gap.id for at in group}
    return made, places


def _found(members: Sequence[Ask], product: str, analyser: TextAnalyser, now: datetime) -> Gap:
    texts = [ask.text for ask in members]
    question = leading(texts)
    intents = [ask.intent for ask in members if ask.text == question]
    id_ = blake2b(f"{product}\n{analyser.forms(question).compact or question}".encode(), digest_size=12).hexdigest()
    return Gap(id_, intents[0], question, wordings_of((question, *texts)), now, now, product)


def wordings_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Distinct wordings, the first ones kept."""
    return tuple(dict.fromkeys(texts))[:_WORDINGS]


def widened(gaps: Mapping[str, Gap], asks: Sequence[Ask], places: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The wordings of known gaps with those that have just joined."""
    texts: dict[str, list[str]] = {}
    for ask in asks:
        if (gap_id := places.get(ask.id, "")) in gaps:
            texts.setdefault(gap_id, []).append(ask.text)
    wider = {gap_id: wordings_of((*gaps[gap_id].wordings, *found)) for gap_id, found in texts.items()}
    return {gap_id: wordings for gap_id, wordings in wider.items() if wordings != gaps[gap_id].wordings}
