"""What a past order of the sample shop cost."""

from datetime import UTC, datetime, timedelta

import pytest

from xiaoer.app.demo.pricing import Line, may_be_ordered, price_order, share_discount
from xiaoer.app.demo.shelf import Good

NOW = datetime(2026, 6, 18, 6, 30, tzinfo=UTC)
DRESS = Good("V1", "P1002", "服装", "碎花连衣裙", 16900)
COAT = Good("V2", "P1001", "服装", "防晒外套", 12900)
BEDDING = Good("V3", "P1301", "家居", "四件套", 39900)
TEA = Good("V4", "P1203", "食品", "龙井", 16800)
SOCKS = Good("V5", "P1012", "服装", "袜子", 3990)
QUILT = Good("V6", "P1316", "家居", "预售被", 29900)


@pytest.mark.parametrize(
    ("discount", "bases", "shares"),
    [
        (5000, [33300, 33300, 33400], [1665, 1665, 1670]),
        (5000, [29900, 15900], [3264, 1736]),
        (1, [100, 100], [1, 0]),
        (500, [0, 0], [0, 0]),
    ],
    ids=["E22", "E1", "tie-to-the-earlier", "no-base"],
)
def test_discounts_are_shared_to_the_fen(discount: int, bases: list[int], shares: list[int]) -> None:
    assert share_discount(discount, bases) == shares


@pytest.mark.parametrize(
    ("goods", "days_ago", "level", "coupon", "paid", "freight"),
    [
        ([DRESS], 5, "普通", False, [16900], 0),
        ([DRESS, COAT], 5, "普通", False, [16049, 12251], 0),
        ([DRESS, COAT], 70, "普通", False, [16900, 12900], 0),
        ([COAT], 0, "普通", False, [10900], 0),
        ([BEDDING], 5, "金卡", False, [34905], 0),
        ([BEDDING], 5, "银卡", True, [34900], 0),
        ([TEA], 0, "普通", False, [15800], 0),
        ([TEA], 5, "普通", False, [16800], 0),
        ([SOCKS], 5, "普通", False, [3990], 800),
    ],
    ids=[
        "below-the-threshold",
        "full-reduction-shared",
        "before-the-campaign",
        "direct-cut-today",
        "member-price-then-reduction",
        "reduction-and-coupon",
        "food-steps-now",
        "food-steps-not-yet",
        "freight-below-59",
    ],
)
def test_the_promotions_of_the_day_price_an_order(
    goods: list[Good], days_ago: int, level: str, coupon: bool, paid: list[int], freight: int
) -> None:
    lines = [Line(good, 1) for good in goods]
    at = NOW - timedelta(days=days_ago)
    bill = price_order(lines, at=at, now=NOW, level=level, coupon=coupon)
    assert (list(bill.paid), bill.freight) == (paid, freight)
    assert bill.payable == sum(paid) + freight


@pytest.mark.parametrize(
    ("good", "days_ago", "allowed"),
    [(SOCKS, 1, False), (SOCKS, 9, True), (DRESS, 0, True), (QUILT, 30, False)],
    ids=["running-piece-discount", "before-it-ran", "plain-good", "presale"],
)
def test_goods_of_activities_not_priced_here_stay_out(good: Good, days_ago: int, allowed: bool) -> None:
    assert may_be_ordered(good, NOW - timedelta(days=days_ago), NOW) is allowed
