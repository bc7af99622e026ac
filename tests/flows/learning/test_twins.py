"""Both sides of a comparison: what they answer alike is thought once, and each answers as it would alone."""

from typing import Any

import pytest
from msgspec import structs
from tests.flows.learning.conftest import Talks

from xiaoer.kernel.ids import BuyerId, ConversationId, EntryId, MessageId
from xiaoer.kernel.rehearsal import Rehearses
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.knowledge.types import Entry
from xiaoer.slices.policies.own_red_lines import OwnRule, RuleBook
from xiaoer.slices.policies.types import Limits

ENGRAVED, STORE = "刻字要多少钱", "你们有实体店吗"


def asks(talks: Talks, text: str) -> Turn:
    """A turn of somebody new."""
    message = BuyerMessage(MessageId(text), TextContent(text), talks.clock.now())
    return Turn(talks.shop, ConversationId("c"), BuyerId("b"), "api", (message,))


async def sides(talks: Talks, text: str, book: RuleBook | None = None) -> tuple[Rehearses, Rehearses]:
    """The shop where engraving is told in other words and with another rule book, and the shop as it is."""
    id_ = await talks.keep(ENGRAVED, "刻字每件 20 元。")
    await talks.keep(STORE, "有的，龙湖天街 3 楼。")
    entry = await talks.product.entries.get(talks.shop, EntryId(id_))
    changed = Entry(EntryId(id_), structs.replace(entry.draft, answer=text), 2, "", talks.clock.now(), "")
    stages = talks.product.learning.replay._stages.fresh()
    return await stages.stage(talks.shop, (changed,), book), await stages.stage(talks.shop, (), None)


async def test_what_both_find_alike_is_answered_once(talks: Talks) -> None:
    after, before = await sides(talks, "刻字每件 15 元。")
    answer = await after.rehearse(asks(talks, STORE))
    assert "3 楼" in answer.reply.parts[0].text
    assert await before.rehearse(asks(talks, STORE)) is answer


async def test_each_says_its_own_entry(talks: Talks) -> None:
    after, before = await sides(talks, "刻字每件 15 元。")
    told = [(await side.rehearse(asks(talks, ENGRAVED))).reply.parts[0].text for side in (after, before)]
    assert told == ["刻字每件 15 元。", "刻字每件 20 元。"]


@pytest.mark.parametrize(
    ("book", "tries"),
    [
        (RuleBook((OwnRule("r1", "门店", ("实体店",)),)), {}),
        (RuleBook((), frozenset(), Limits(unsatisfied_tries=9)), {"unsatisfied": 4}),
    ],
    ids=["a-line-of-its-own", "more-patience"],
)
async def test_other_rules_are_other_answers(talks: Talks, book: RuleBook, tries: dict[str, Any]) -> None:
    after, before = await sides(talks, "刻字每件 20 元。", book)
    handed = [(await side.rehearse(asks(talks, STORE), **tries)).decision.handoff for side in (after, before)]
    assert (handed[0] is None) != (handed[1] is None)


async def test_earlier_tries_count_for_each_alone(talks: Talks) -> None:
    after, before = await sides(talks, "刻字每件 20 元。")
    assert (await after.rehearse(asks(talks, STORE))).decision.handoff is None
    assert (await before.rehearse(asks(talks, STORE), unsatisfied=9)).decision.handoff is not None
