"""Ratings, silence and filing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xiaoer.kernel.errors import Conflict, Forbidden
from xiaoer.slices.desk.rules.closing import (
    Talk,
    awaits_answer,
    may_close_idle,
    mode_of,
    refuse_invite,
    suggest_wrap_up,
)
from xiaoer.slices.desk.rules.ownership import check_holds, check_pass_on, check_take
from xiaoer.slices.desk.rules.words import day_and_time, left_as_ticket, queued

NOW = datetime(2026, 6, 16, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"answers": 3}, None),
        ({"answers": 0}, "nothing_answered"),
        ({"answers": 3, "rated": True}, "rated"),
        ({"answers": 3, "anger": 0.7}, "angry"),
        ({"answers": 3, "score": -0.8}, "angry"),
        ({"answers": 3, "wrap_up": "not_solved"}, "not_solved"),
        ({"answers": 3, "wrap_up": "spam"}, "not_solved"),
        ({"answers": 3, "wrap_up": "buyer_left"}, "not_solved"),
        ({"answers": 3, "awaits_buyer": True}, "not_solved"),
        ({"answers": 3, "open_tickets": 1}, "not_solved"),
        ({"answers": 3, "is_open": True}, "not_solved"),
        ({"answers": 3, "is_small_talk": True}, "nothing_answered"),
        ({"answers": 3, "invited_at": NOW - timedelta(hours=2)}, "invited_lately"),
        ({"answers": 3, "invited_at": NOW - timedelta(hours=24)}, None),
        ({"answers": 1, "wrap_up": "solved", "score": 0.5}, None),
    ],
)
def test_a_rating_is_asked_for_only_when_that_is_decent(values: dict[str, Any], refusal: str | None) -> None:
    assert refuse_invite(Talk(last_author="agent", **values), NOW) == refusal


@pytest.mark.parametrize(
    ("intents", "refusal"),
    [(("ship.when",), "not_solved"), (("chat.thanks",), None), (("chat.ok", "after.return"), "not_solved")],
    ids=["question-open", "thanks", "agrees-and-asks"],
)
def test_a_buyer_whose_question_is_open_is_not_asked_for_stars(intents: tuple[str, ...], refusal: str | None) -> None:
    assert refuse_invite(Talk(answers=2, last_author="buyer", intents=intents), NOW) == refusal


@pytest.mark.parametrize(
    ("state", "last", "silent_min", "closes"),
    [
        ("agent", "agent", 31, True),
        ("agent", "agent", 29, False),
        ("agent", "buyer", 500, False),
        ("agent", "event", 31, True),
        ("queued", "event", 500, False),
        ("queued", "buyer", 500, False),
        ("bot", "bot", 31, True),
        ("bot", "buyer", 31, False),
        ("bot", "buyer", 1441, True),
        ("closed", "agent", 500, False),
    ],
)
def test_silence_closes_only_when_the_buyer_is_not_waiting(
    state: Any, last: str, silent_min: int, closes: bool
) -> None:
    assert may_close_idle(state, last, timedelta(minutes=silent_min), timedelta(minutes=30)) is closes


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"intents": ("after.return",)}, "return_agreed"),
        ({"intents": ("after.refund_only",)}, "refund_agreed"),
        ({"intents": ("product.stock",)}, "info_given"),
        ({"intents": ("chat.thanks",)}, "solved"),
        ({"intents": ("ship.track",), "open_tickets": 1}, "ticket"),
        ({"intents": ("ship.track",), "anger": 0.9, "last_author": "buyer"}, "not_solved"),
        ({"intents": ("service.human",), "anger": 0.9}, "not_solved"),
        ({"intents": ("after.return",), "awaits_buyer": True}, "buyer_left"),
    ],
)
def test_the_wrap_up_code_is_suggested(values: dict[str, Any], code: str) -> None:
    assert suggest_wrap_up(Talk(**{"answers": 1, "last_author": "agent", **values})).code == code


@pytest.mark.parametrize(
    ("said", "awaits"),
    [
        ("给您补发一件，您看可以吗？", True),
        ("方便拍张照片吗", True),
        ("给您登记好了，今天就发。", False),
        ("还有别的可以帮您吗？", False),
    ],
)
def test_a_question_of_the_agent_waits_for_the_buyer(said: str, awaits: bool) -> None:
    assert awaits_answer(said) is awaits


@pytest.mark.parametrize(
    ("default", "by_intent", "intents", "mode"),
    [
        ("auto", {}, ["ship.when"], "auto"),
        ("auto", {"after.return": "assist"}, ["after.return"], "assist"),
        ("auto", {"after.return": "assist"}, ["ship.when"], "auto"),
        ("auto", {"after.*": "assist"}, ["after.exchange"], "assist"),
        ("auto", {"after.*": "assist", "after.progress": "auto"}, ["after.progress"], "auto"),
        ("assist", {"chat.*": "auto"}, ["chat.greeting"], "auto"),
        ("auto", {"after.*": "assist", "promo.bargain": "shadow"}, ["after.return", "promo.bargain"], "shadow"),
        ("shadow", {}, [], "shadow"),
    ],
)
def test_the_most_careful_mode_of_a_turn_holds(
    default: str, by_intent: dict[str, str], intents: list[str], mode: str
) -> None:
    assert mode_of(default, by_intent, intents) == mode


@pytest.mark.parametrize(
    ("state", "held_by", "role", "force", "error"),
    [
        ("bot", "", "agent", False, None),
        ("queued", "", "agent", False, None),
        ("agent", "me", "agent", False, None),
        ("agent", "her", "agent", False, Conflict),
        ("agent", "her", "agent", True, Forbidden),
        ("agent", "her", "operator", True, Forbidden),
        ("agent", "her", "supervisor", False, Conflict),
        ("agent", "her", "supervisor", True, None),
        ("agent", "her", "owner", True, None),
        ("closed", "", "owner", True, Conflict),
    ],
)
def test_who_may_take(state: Any, held_by: str, role: str, force: bool, error: type[Exception] | None) -> None:
    if error is None:
        check_take("c", state, held_by, "me", role, force=force)
    else:
        with pytest.raises(error):
            check_take("c", state, held_by, "me", role, force=force)


@pytest.mark.parametrize(
    ("state", "held_by", "role", "speaks", "passes"),
    [
        ("agent", "me", "agent", True, True),
        ("agent", "her", "agent", False, False),
        ("agent", "her", "supervisor", False, True),
        ("queued", "", "agent", False, True),
        ("bot", "", "agent", False, True),
        ("closed", "me", "owner", False, False),
    ],
)
def test_who_may_speak_and_pass_on(state: Any, held_by: str, role: str, speaks: bool, passes: bool) -> None:
    def is_allowed(check: Any, *args: Any) -> bool:
        try:
            check(*args)
        except Conflict:
            return False
        return True

    assert is_allowed(check_holds, "c", state, held_by, "me") is speaks
    assert is_allowed(check_pass_on, "c", state, held_by, "me", role) is passes


@pytest.mark.parametrize(
    ("position", "minutes", "words"),
    [
        (1, 2, "您排在第一位，大约 2 分钟"),
        (4, 6, "前面还有 3 位，大约 6 分钟"),
        (9, 45, "半小时以上"),
        (1, None, "不在座位上"),
    ],
)
def test_the_buyer_hears_his_place(position: int, minutes: int | None, words: str) -> None:
    assert words in queued(position, minutes)


def test_times_are_said_as_people_say_them() -> None:
    assert day_and_time(datetime(2026, 6, 16, 10, tzinfo=UTC), NOW) == "今天 18:00"
    assert day_and_time(datetime(2026, 6, 17, 1, tzinfo=UTC), NOW) == "明天 9:00"
    assert day_and_time(datetime(2026, 6, 20, 1, 30, tzinfo=UTC), NOW) == "6月20日 9:30"


@pytest.mark.parametrize(
    ("opens_at", "is_told", "said"),
    [
        (None, False, "同事这会儿都不在，您的问题我记好了（工单 T1），同事回来后第一时间给您回复。这期间"),
        (None, True, "工单号 T1，同事回来后第一时间给您回复。这期间"),
        (NOW, False, "上班，您的问题我记好了（工单 T1），同事回来后第一时间给您回复。这期间"),
        (NOW, True, "工单号 T1，同事回来后第一时间给您回复。这期间"),
    ],
    ids=["no-opening", "no-opening-told", "opening", "opening-told"],
)
def test_what_the_first_line_told_is_not_said_again(opens_at: Any, is_told: bool, said: str) -> None:
    assert said in left_as_ticket("T1", opens_at, None, NOW, is_told=is_told)
