"""Moments as people say them, at the shop and to the second."""

from datetime import date, datetime

import pytest

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.moments import last_day_named, parse_moment

NOW = datetime(2026, 6, 18, 15, 0, 5, tzinfo=SHOP_ZONE)  # a Thursday


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("今晚8点", "2026-06-18 20:00:00"),
        ("到今晚八点半", "2026-06-18 20:30:00"),
        ("今晚8点30分15秒", "2026-06-18 20:30:15"),
        ("今晚12点", "2026-06-19 00:00:00"),
        ("今晚零点", "2026-06-19 00:00:00"),
        ("6月18日24点", "2026-06-19 00:00:00"),
        ("明早9点", "2026-06-19 09:00:00"),
        ("明天中午12点", "2026-06-19 12:00:00"),
        ("明晚十点一刻前", "2026-06-19 22:15:00"),
        ("后天", "2026-06-20 00:00:00"),
        ("3天后", "2026-06-21 00:00:00"),
        ("下周一9点", "2026-06-22 09:00:00"),
        ("周五18:00", "2026-06-19 18:00:00"),
        ("12月31日23:59:59", "2026-12-31 23:59:59"),
        ("2026年6月18日晚8点", "2026-06-18 20:00:00"),
        ("8点", "2026-06-18 20:00:00"),
        ("今天8点", "2026-06-18 20:00:00"),
        ("08:00", "2026-06-18 08:00:00"),
        ("早上8点", "2026-06-18 08:00:00"),
        ("2点", "2026-06-19 02:00:00"),
        ("后天中午", "2026-06-20 12:00:00"),
        ("凌晨2点", "2026-06-18 02:00:00"),
        ("2026-06-18 20:00", "2026-06-18 20:00:00"),
        ("2026-06-18T12:00:00Z", "2026-06-18 20:00:00"),
    ],
)
def test_words_name_an_instant_at_the_shop(words: str, at: str) -> None:
    assert parse_moment(words, NOW).astimezone(SHOP_ZONE) == datetime.fromisoformat(at).replace(tzinfo=SHOP_ZONE)


def test_a_day_long_past_is_of_next_year() -> None:
    december = datetime(2026, 12, 20, tzinfo=SHOP_ZONE)
    assert parse_moment("1月5日8点", december).astimezone(SHOP_ZONE).year == 2027
    assert parse_moment("11月5日8点", december).astimezone(SHOP_ZONE).year == 2026


@pytest.mark.parametrize("words", ["今晚", "晚上", "改天", "今晚25点", "8点70分", "2月30日", "", "8"])
def test_what_names_no_instant_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(InvalidBody, match="今晚8点"):
        parse_moment(words, NOW)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12月1号之前能到西安吗", date(2026, 12, 1)),
        ("5号收得到不", date(2026, 12, 5)),
        ("29号能到吗", date(2026, 11, 29)),
        ("这周末能用上吗", date(2026, 11, 29)),
        ("周五能到吗", date(2026, 12, 4)),
        ("下周一要用", date(2026, 11, 30)),
        ("今天拍后天能到吗", date(2026, 11, 30)),
        ("三天后要出差", date(2026, 12, 1)),
        ("3号色还有吗", None),
        ("39号鞋有货吗", None),
        ("几天能到", None),
    ],
)
def test_the_last_day_named(text: str, day: date | None) -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=SHOP_ZONE)  # a Saturday
    named = last_day_named(text, now)
    assert (named[1] if named else None) == day
