"""Rounds and platform metrics: the industry's worked cases, then the edges."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import xiaoer
from xiaoer.slices.insights.rules.days import micros
from xiaoer.slices.insights.rules.figures import flags_of
from xiaoer.slices.insights.rules.formulas import apply, load_formulas
from xiaoer.slices.insights.rules.rounds import find_rounds
from xiaoer.slices.insights.types import Around, Beat, Formula, Step, Talk

FORMULAS = {
    f.id: f
    for f in load_formulas((Path(xiaoer.__file__).parent / "packs/ecommerce/metrics.toml").read_text(encoding="utf-8"))
}
_DAY = datetime(2026, 6, 18, tzinfo=UTC) - timedelta(hours=8)  # midnight in the shop


def talk(*lines: str, owner: str = "agent", steps: tuple[Step, ...] = (), **values: object) -> Talk:
    """Lines such as `10:10:15 b`: who said something at that time of the shop's day."""
    at = [timedelta(hours=int(t[:2]), minutes=int(t[3:5]), seconds=int(t[6:8])) for t in lines]
    begin = min(at)
    beats = tuple(
        Beat(
            int((when - begin).total_seconds() * 1000),
            line[9],
            "amy" if line[9] == "a" else "",
            4,
            owner if line[9] == "b" else "",
        )
        for when, line in zip(at, lines, strict=True)
    )
    return Talk("c", "buyer", "taobao", micros(_DAY + begin), beats=beats, steps=steps, **values)  # type: ignore[arg-type]


def score(formula: Formula, subject: Talk) -> tuple[int, int]:
    """(hits or amount, of how many)."""
    counts = apply(formula, subject, flags_of(subject), "amy")
    return sum(c.v for c in counts), sum(c.n for c in counts)


ONE = ("10:10:15 b", "10:15:20 b", "10:18:10 a")
TWO = (*ONE, "10:18:30 b", "10:19:00 a")
TEN = tuple(f"20:0{minute}:{second:02d} b" for minute in range(2) for second in range(0, 50, 10))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [(ONE, (0, 1)), (TWO, (1, 2)), (TEN, (0, 1))],
    ids=["asked-twice-answered-late", "then-answered-in-time", "ten-questions-never-answered"],
)
def test_the_worked_cases_of_the_three_minute_rate_hold(lines: tuple[str, ...], expected: tuple[int, int]) -> None:
    assert score(FORMULAS["taobao.reply_3min"], talk(*lines)) == expected


@pytest.mark.parametrize(
    ("metric", "lines", "expected"),
    [
        ("taobao.reply_3min", ("10:00:00 b", "10:03:00 a"), (1, 1)),
        ("taobao.reply_3min", ("10:00:00 b", "10:03:01 a"), (0, 1)),
        ("taobao.reply_3min", ("07:59:59 b", "08:00:10 a"), (0, 0)),
        ("taobao.reply_3min", ("22:59:59 b", "23:00:10 a"), (1, 1)),
        ("taobao.reply_3min", ("23:00:00 b", "23:00:10 a"), (0, 0)),
        ("taobao.reply_3min", ("10:00:00 b", "10:00:02 r", "10:04:00 a"), (0, 1)),
        ("taobao.reply_3min", ("10:00:00 b", "10:00:02 s"), (1, 1)),
        ("douyin.reply_3min", ("10:00:00 b", "10:00:02 s"), (0, 1)),
        ("douyin.reply_3min", ("22:59:59 b", "23:01:00 a"), (1, 1)),
        ("jd.first_30s", ("10:00:00 b", "10:00:30 a"), (1, 1)),
        ("jd.first_30s", ("10:00:00 b", "10:00:31 a"), (0, 1)),
        ("jd.first_30s", ("08:59:59 b", "09:00:01 a"), (0, 0)),
        ("jd.avg_response", ("10:00:00 b", "10:00:30 a", "10:01:00 b", "10:01:10 a"), (40_000, 2)),
        ("pdd.reply", ("10:00:00 b", "10:00:02 r"), (1, 1)),
        ("pdd.reply", ("10:00:00 b", "10:05:01 a"), (0, 1)),
        ("pdd.reply", ("10:00:00 b", "10:00:02 r", "10:01:00 b"), (0, 1)),
        ("xhs.reply_3min", ("08:59:59 b", "09:00:10 a"), (0, 0)),
        ("xhs.first_45s", ("10:00:00 b", "10:00:45 a"), (1, 1)),
        ("kuaishou.reply_3min", ("10:00:00 b", "10:02:00 a"), (1, 1)),
        ("first_response", ("10:00:00 b", "10:00:20 a", "10:05:00 b", "10:05:50 a"), (20_000, 1)),
        ("answer_ask", ("10:00:00 b", "10:00:20 a", "10:00:21 a", "10:05:00 b"), (2, 2)),
        ("agent_chars", ("10:00:00 b", "10:00:20 a", "10:00:21 a"), (8, 1)),
        ("talk_length", ("10:00:00 b", "10:00:20 a"), (20_000, 1)),
        ("no_service", ("10:00:00 b",), (1, 1)),
        ("connected", ("10:00:00 b", "10:00:20 a"), (1, 1)),
    ],
)
def test_each_platform_counts_by_its_own_rule(metric: str, lines: tuple[str, ...], expected: tuple[int, int]) -> None:
    assert score(FORMULAS[metric], talk(*lines)) == expected


def test_what_the_bot_settled_alone_is_no_round_of_people() -> None:
    alone = talk("10:00:00 b", "10:00:02 r", owner="bot")
    assert score(FORMULAS["taobao.reply_3min"], alone) == (0, 0)
    assert score(FORMULAS["douyin.reply_3min"], alone) == (0, 0)
    assert score(FORMULAS["bot_solved_strict"], alone) == (1, 1)


def test_a_handed_over_question_waits_for_a_person_from_the_question_on() -> None:
    handed = talk(
        "10:00:00 b", "10:00:02 r", "10:02:00 a", owner="bot", steps=(Step(2_000, "handoff", "requested"),)
    )  # fmt: skip
    assert [(r.start, r.end) for r in find_rounds(handed.beats, "a", handed.steps, "people")] == [(0, 120_000)]
    assert score(FORMULAS["douyin.reply_3min"], handed) == (1, 1)
    assert score(FORMULAS["first_response"], handed) == (118_000, 1)
    assert score(FORMULAS["to_people"], handed) == (1, 1)


def test_a_message_left_while_everybody_is_away_counts_as_left_and_not_as_missed_on_jd() -> None:
    left = talk("10:00:00 b", off_duty=True)
    assert score(FORMULAS["jd.first_30s"], left) == (0, 0)
    assert score(FORMULAS["jd.leave_message"], left) == (1, 1)
    assert score(FORMULAS["douyin.reply_3min"], left) == (0, 1)


def test_jd_takes_a_buyer_who_comes_back_within_ten_minutes_as_the_same_talk() -> None:
    again = talk("10:00:00 b", "10:00:10 a", around=Around(since_last_s=590))
    assert score(FORMULAS["jd.first_30s"], again) == (0, 0)
    assert score(FORMULAS["xhs.first_45s"], again) == (1, 1)


def test_a_buyer_counts_once_a_day_with_the_rounds_of_all_talks() -> None:
    first = talk("10:00:00 b", "10:00:05 a", around=Around(day_rounds=((50_000, -1),)))
    later = talk("10:00:00 b", around=Around(first_today=False))
    assert score(FORMULAS["pdd.reply"], first) == (0, 1)
    assert score(FORMULAS["pdd.reply"], later) == (0, 0)


@pytest.mark.parametrize(
    ("rating", "again", "strict", "lax"),
    [(0, -1, 1, 1), (0, 3_600, 0, 1), (0, 90_000, 1, 1), (2, -1, 0, 0), (5, -1, 1, 1)],
    ids=["silent", "came-again-within-a-day", "came-after-a-day", "rated-bad", "rated-good"],
)
def test_the_bots_resolution_is_told_strictly_and_laxly(rating: int, again: int, strict: int, lax: int) -> None:
    subject = talk("10:00:00 b", "10:00:02 r", owner="bot", rating=rating, around=Around(again_in_s=again))
    assert score(FORMULAS["bot_solved_strict"], subject) == (strict, 1)
    assert score(FORMULAS["bot_solved_lax"], subject) == (lax, 1)


def test_every_metric_names_its_version_and_how_it_is_computed() -> None:
    assert len(FORMULAS) >= 40
    assert all(f.version >= 1 and len(f.how) > 6 and f.title for f in FORMULAS.values())
    assert {f.platform for f in FORMULAS.values()} >= {"taobao", "jd", "douyin", "pdd", "xhs", "kuaishou", "general"}
