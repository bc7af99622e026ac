"""Words, intents and models are rehearsed like knowledge, and taught on approval."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection
from tests.flows.learning.conftest import Talks
from tests.flows.learning.test_replay import rehearse

from xiaoer.flows.publish_knowledge.guard import GoldenBroken
from xiaoer.flows.replay_changes.replay import Proposal
from xiaoer.kernel.errors import Conflict, NotFound
from xiaoer.slices.learning.types import Golden, Replay
from xiaoer.slices.understanding.model import write_model
from xiaoer.slices.understanding.pack import shipped_model
from xiaoer.slices.wording import api as wording
from xiaoer.slices.wording.rules import WordingRefused
from xiaoer.slices.wording.types import Teaching, Wording

WEEK = Wording("", "word", "咚咚周", "优惠活动")
SAID = "咚咚周几时发"


def heard(answer: dict[str, Any]) -> list[str]:
    """The intents of an answer."""
    return [part["intent"] for part in answer["turn"]["segments"]]


async def taught(talks: Talks) -> list[Wording]:
    """What the shop has taught."""
    return await talks.product.db.read(lambda c: wording.all_of(c, talks.shop))


async def rehearse_words(talks: Talks, *lessons: Wording, forgotten: tuple[str, ...] = ()) -> Replay:
    """A finished rehearsal of lessons."""
    teaching = await talks.product.learning.proposals.taught(talks.shop, lessons, forgotten, None)
    return (await rehearse(talks, Proposal(teaching=teaching)))[0]


async def keep_model(talks: Talks, version: int, intent: str) -> None:
    """A version of the shop's model that hears nearly everything as one intent."""
    shipped = shipped_model()
    bias = shipped.bias.copy()
    bias[shipped.labels.index(intent)] += 1_000
    folder = talks.product.settings.home / "models" / talks.shop
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{version}.bin").write_bytes(write_model(replace(shipped, bias=bias)))


async def test_a_word_is_rehearsed_without_being_taught_and_taught_on_approval(talks: Talks) -> None:
    await talks.say(SAID)
    await talks.say("你好")
    done = await rehearse_words(talks, WEEK)
    assert (done.status, done.total, done.changed, done.counts["intent"]) == ("done", 2, 1, 1)
    assert await taught(talks) == []
    again = await talks.say(SAID)
    await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    await talks.product.learning.renew(talks.shop)
    assert [(one.text, one.means) for one in await taught(talks)] == [("咚咚周", "优惠活动")]
    now = await talks.say(SAID)
    assert heard(now) != heard(again)


async def test_a_word_that_would_go_is_rehearsed_and_forgotten_on_approval(talks: Talks) -> None:
    def teach(connection: Connection) -> Wording:
        return wording.keep(connection, talks.shop, WEEK, talks.product.understanding.codes)

    kept = await talks.product.db.write(teach)
    talks.product.understanding.forget(talks.shop)
    await talks.say(SAID)
    done = await rehearse_words(talks, forgotten=(kept.id,))
    assert done.counts["intent"] == 1
    await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert await taught(talks) == []


async def test_what_was_taught_since_the_rehearsal_is_not_overwritten(talks: Talks) -> None:
    done = await rehearse_words(talks, WEEK)

    def teach(connection: Connection) -> Wording:
        other = Wording("", "word", "嘎嘎日", "会员日")
        return wording.keep(connection, talks.shop, other, talks.product.understanding.codes)

    await talks.product.db.write(teach)
    with pytest.raises(Conflict, match="changed since"):
        await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert [one.text for one in await taught(talks)] == ["嘎嘎日"]


async def test_what_may_not_be_taught_is_not_rehearsed(talks: Talks) -> None:
    proposals = talks.product.learning.proposals
    with pytest.raises(WordingRefused):
        await proposals.taught(talks.shop, [Wording("", "word", "咚", "活动")], (), None)
    with pytest.raises(NotFound):
        await proposals.taught(talks.shop, [Wording("nowhere", "word", "咚咚周", "活动")], (), None)
    with pytest.raises(NotFound):
        await proposals.taught(talks.shop, [], ("nowhere",), None)


async def test_another_model_is_rehearsed_beside_the_one_in_force_and_serves_on_approval(talks: Talks) -> None:
    await talks.say("用什么快递")
    await keep_model(talks, 1, "chat.thanks")
    models = talks.product.models
    done, found = await rehearse(talks, Proposal(teaching=Teaching(model=1)))
    assert (done.changed, models.version(talks.shop)) == (1, 0)
    assert (found[0].before.intents, found[0].after.intents) == (("ship.carrier",), ("chat.thanks",))
    await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert models.version(talks.shop) == 1
    await talks.product.understanding.refresh(talks.shop)
    assert heard(await talks.say("用什么快递")) == ["chat.thanks"]


async def test_a_model_that_breaks_a_golden_question_takes_a_reason(talks: Talks) -> None:
    await talks.product.learning.keep_golden(talks.shop, Golden("", "用什么快递", intent="ship.carrier"), "店长")
    await keep_model(talks, 1, "chat.thanks")
    done, _ = await rehearse(talks, Proposal(teaching=Teaching(model=1)))
    with pytest.raises(GoldenBroken):
        await talks.product.learning.proposals.approve(talks.shop, done, "运营")
    assert talks.product.models.version(talks.shop) == 0
