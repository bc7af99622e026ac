"""Who is cross and does not get what he wants at once hears a word of regret first, once, and not always the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xiaoer.kernel.decision import Act, Decision
from xiaoer.kernel.heard import Heard, Segment, Sentiment
from xiaoer.kernel.ids import BuyerId, ConversationId, ShopId
from xiaoer.kernel.turn import PastMessage, Turn
from xiaoer.slices import policies
from xiaoer.slices.policies.rules.regret import say_regret
from xiaoer.slices.policies.types import Situation
from xiaoer.slices.replies import api as replies

NOW = datetime(2026, 6, 18, 7, tzinfo=UTC)
PACK = Path(policies.__file__).parents[2] / "packs" / "ecommerce"
TEMPLATES = replies.load_templates(PACK / "templates.toml")
ASK, ANSWER = Act("ask", 0, "order.which"), Act("answer", 0, "knowledge", {"answer": "支持。"})
CROSS, CALM = Sentiment("negative", -0.6, 0.3), Sentiment("neutral", 0.0)


def situation(feeling: Sentiment, answers: int = 0) -> Situation:
    history = tuple(PastMessage("bot", "好的", NOW) for _ in range(answers))
    turn = Turn(ShopId("s"), ConversationId("c"), BuyerId("b"), "web", (), history)
    return Situation(turn, Heard((Segment("说了八百遍要发票", "order.invoice", 0.9),), feeling, "normal"), NOW)


@pytest.mark.parametrize(
    ("feeling", "act", "is_said"),
    [(CROSS, ASK, True), (CROSS, Act("fallback", 0, "not_found"), True), (CALM, ASK, False), (CROSS, ANSWER, False)],
    ids=["asked", "not found", "calm", "answered"],
)
def test_regret_is_for_the_cross_who_must_wait(feeling: Sentiment, act: Act, is_said: bool) -> None:
    assert (say_regret(situation(feeling), (act,)) is not None) == is_said


def text_of(act: Act, answers: int) -> str:
    decision = Decision((act,), regret=say_regret(situation(CROSS, answers), (act,)))
    return replies.compose(decision, TEMPLATES, NOW, "voice").parts[0].text


def test_regret_stands_first_and_changes_its_words() -> None:
    openings = {text_of(ASK, answers).partition("。")[0] for answers in range(12)}
    assert all("抱歉" in opening or "对不起" in opening for opening in openings)
    assert len(openings) > 1


def test_a_reply_that_regrets_by_itself_gets_no_second_word() -> None:
    assert text_of(Act("ask", 0, "order.which_sorry"), 0).count("抱歉") == 1
