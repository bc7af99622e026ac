"""Questions that ask the same, put together (聚类): the same retrieval that answers buyers says what is near.

The most frequent wording leads; what finds it as near enough joins it. No chains: two wordings meet only through their
leader, so a cluster stays about one thing. Used by the mining of old chats and by whoever collects unanswered
questions. About a millisecond a distinct question; run it in a thread.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from xiaoer.kernel.heard import TextAnalyser
from xiaoer.kernel.ids import EntryId
from xiaoer.slices.knowledge.health.meeting import Reading
from xiaoer.slices.knowledge.ports import IntentOf
from xiaoer.slices.knowledge.retrieval.blocks import Asked
from xiaoer.slices.knowledge.retrieval.index import ShopIndex
from xiaoer.slices.knowledge.types import Entry, EntryDraft

# Scores from which two wordings ask the same, by what their intents say (质保 and 保质期 look alike, 多久发货 and
# 什么时候发货 do not; the intents tell).
_SAME_INTENT, _NO_INTENT, _OTHER_INTENT = 0.44, 0.6, 0.72
_NEIGHBOURS = 40
_JOINED = 8  # known groups that are looked at for one question
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cluster(
    questions: Sequence[str],
    analyser: TextAnalyser,
    intent_of: IntentOf | None = None,
    reading: Reading | None = None,
) -> list[list[int]]:
    """Groups of positions in `questions`, largest first; every position is in exactly one group.

    With a `reading`, wordings that ask the same about the same thing meet also where they look unlike.
    """
    forms = [analyser.forms(text) for text in questions]
    by_text: dict[str, list[int]] = {}
    for number, form in enumerate(forms):
        by_text.setdefault(form.compact or questions[number], []).append(number)
    leaders = sorted(by_text, key=lambda text: (-len(by_text[text]), len(text), text))
    entries = [
        Entry(EntryId(str(number)), EntryDraft(questions[by_text[text][0]] or "?", "-"), 1, "", _EPOCH, "")
        for number, text in enumerate(leaders)
    ]
    index = ShopIndex(entries, 0, analyser, intent_of)
    taken: set[int] = set()
    groups: list[list[int]] = []
    for number, text in enumerate(leaders):
        if number in taken:
            continue
        taken.add(number)
        group = list(by_text[text])
        first = by_text[text][0]
        intent = intent_of(questions[first]) if intent_of else ""
        found = index.search(Asked(forms[first], _EPOCH, intent, top_k=_NEIGHBOURS, thorough=True))
        for hit in found.hits:
            other = int(hit.id)
            theirs = intent_of(hit.question) if intent_of else ""
            if other not in taken and _is_near(questions[first], hit.question, hit.score, intent, theirs, reading):
                taken.add(other)
                group += by_text[leaders[other]]
        groups.append(group)
    return sorted(groups, key=lambda group: (-len(group), group[0]))


class Group(Struct, frozen=True):
    """A cluster that was found before: the wording that leads it, and others of it.

    A `closed` one takes longer wordings of its question too: what was dismissed shall not come back in other words.
    """

    id: str
    question: str
    wordings: tuple[str, ...] = ()
    closed: bool = False


def join(
    questions: Sequence[str],
    groups: Sequence[Group],
    analyser: TextAnalyser,
    intent_of: IntentOf | None = None,
    reading: Reading | None = None,
) -> list[str]:
    """For each question the id of the known group that asks the same, or ""; so that a cluster stays what it was."""
    if not groups:
        return [""] * len(questions)
    entries = [
        Entry(EntryId(group.id), EntryDraft(group.question, "-", group.wordings), 1, "", _EPOCH, "") for group in groups
    ]
    closed = {group.id for group in groups if group.closed}
    exact: dict[str, str] = {}
    for group in groups:
        for text in (group.question, *group.wordings):
            exact.setdefault(analyser.forms(text).compact or text, group.id)
    index = ShopIndex(entries, 0, analyser, intent_of)
    found: dict[str, str] = {}
    for text in questions:
        if text in found:
            continue
        forms = analyser.forms(text)
        known = exact.get(forms.compact or text, "")
        if not known:
            intent = intent_of(text) if intent_of else ""
            for hit in index.search(Asked(forms, _EPOCH, intent, top_k=_JOINED, thorough=True)).hits:
                theirs = intent_of(hit.matched) if intent_of else ""
                if reading is not None and hit.id in closed:
                    near = _stays_closed(text, hit.matched, hit.score, intent, theirs, reading)
                else:
                    near = _is_near(text, hit.matched, hit.score, intent, theirs, reading)
                if near:
                    known = hit.id
                    break
        found[text] = known
    return [found[text] for text in questions]


def _is_near(one: str, other: str, score: float, intent: str, other_intent: str, reading: Reading | None) -> bool:
    if score >= _least(intent, other_intent):
        return True
    return reading is not None and reading.is_one(one, other, intent, other_intent)


def _stays_closed(one: str, other: str, score: float, intent: str, other_intent: str, reading: Reading) -> bool:
    """Whether a wording belongs to what was dismissed: other words do, another way of asking (收费吗) does not."""
    if not reading.asks_alike(one, other):
        return False
    same = reading.same_matter(one, other, intent, other_intent)
    return same or _is_near(one, other, score, intent, other_intent, reading)


def _least(one: str, other: str) -> float:
    if not one or not other:
        return _NO_INTENT
    return _SAME_INTENT if one == other else _OTHER_INTENT


def leading(texts: Sequence[str]) -> str:
    """The wording that stands for a group: the most frequent, then the one nearest to ten characters."""
    counted = Counter(texts)
    return min(counted, key=lambda text: (-counted[text], abs(len(text) - 10), text))
