"""Promotions are read whole or refused with the promotion, the key and the expected form, in Chinese."""

import tomllib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.kernel.money import Money
from xiaoer.slices.promotions.rules.parsing import InvalidPromotion, parse_promotion, parse_promotions
from xiaoer.slices.promotions.rules.review import review_promotion
from xiaoer.slices.promotions.types import Audience, Benefit, Level, Scope, Tier

WRITTEN = """
[[promotions]]
id = "full-cut"
name = "外套满减"
title = "满300减30，满500减60"
level = "shop_activity"
starts_at = "2026-06-18 20:00"
ends_at = 2026-06-21T00:00:00+08:00
scope = { categories = ["外套"], exclude_items = ["P9"] }
audience = { kind = "member_tier", tiers = ["金卡"] }
threshold = "amount"
benefit = "amount_off"
tiers = [{ threshold = "300.00", benefit = "30.00" }, { threshold = 500, benefit = 60 }]

[[promotions]]
id = "half"
name = "第二件半价"
level = "shop_activity"
starts_at = 2026-06-18
ends_at = "2026-06-21 00:00"
benefit = "nth_piece_rate"
rate = 5000

[[promotions]]
id = "ticket"
name = "店铺券"
level = "shop_coupon"
starts_at = "2026-06-18 00:00"
ends_at = "2026-06-21 00:00"
benefit = { kind = "percent_off", rate = 9000, cap = "30.00" }
per_user_limit = 1
budget_left = "500.00"
coupon = { code = "JUN", total = 100, valid_to = "2026-06-20 00:00" }
"""


def row(**changes: Any) -> dict[str, Any]:
    written = {
        "id": "x",
        "name": "满减",
        "level": "shop_activity",
        "benefit": "amount_off",
        "starts_at": "2026-06-18 00:00",
        "ends_at": "2026-06-21 00:00",
        "tiers": [{"threshold": "300.00", "benefit": "30.00"}],
        **changes,
    }
    return {key: value for key, value in written.items() if value is not ...}


def test_toml_is_read_as_written() -> None:
    cut, half, ticket = parse_promotions(tomllib.loads(WRITTEN))
    assert cut.tiers == (Tier(30_000, 3_000), Tier(50_000, 6_000))
    assert (cut.starts_at, cut.ends_at) == (
        datetime(2026, 6, 18, 12, tzinfo=UTC),
        datetime(2026, 6, 20, 16, tzinfo=UTC),
    )
    assert cut.scope == Scope(categories=frozenset({"外套"}), exclude_items=frozenset({"P9"}))
    assert cut.audience == Audience("member_tier", frozenset({"金卡"}))
    assert (half.benefit, half.nth, half.repeat, half.threshold) == (Benefit.NTH_PIECE_RATE, 2, True, "pieces")
    assert half.starts_at == datetime(2026, 6, 17, 16, tzinfo=UTC)
    assert (ticket.level, ticket.tiers, ticket.cap) == (Level.SHOP_COUPON, (Tier(0, 9_000),), Money(3_000))
    assert ticket.coupon is not None
    assert (ticket.coupon.code, ticket.coupon.total, ticket.budget_left) == ("JUN", 100, Money(50_000))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": ...}, "id：这一项必须写"),
        ({"level": "vip"}, "level：只能是"),
        ({"benefit": "cheap"}, "benefit：只能是"),
        ({"benefit": "freight_off"}, "benefit：shop_activity 这一层只能用"),
        ({"starts_at": "明天"}, "starts_at：要写成 2026-06-18 20:00"),
        ({"ends_at": "2026-06-17 00:00"}, "ends_at：结束时间要晚于开始时间"),
        ({"ends_at": "2026-06-18 00:00"}, "ends_at：结束时间要晚于开始时间"),
        ({"tiers": ...}, "tiers：要写成"),
        ({"tiers": []}, "tiers：要写成"),
        ({"tiers": [{"threshold": "300", "benefit": "0"}]}, "优惠金额要大于 0"),
        ({"tiers": [{"threshold": "300"}]}, "缺少 benefit"),
        ({"tiers": [{"threshold": "三百", "benefit": "30"}]}, "现在是“三百”"),
        ({"tiers": [{"threshold": "300", "benefit": "30.005"}]}, "最多两位小数"),
        ({"tiers": [{"threshold": "300", "benefit": "-30"}]}, "金额不能是负数"),
        ({"tiers": [["500", "60"], ["300", "30"]]}, "各档门槛要从低到高"),
        ({"benefit": "percent_off", "tiers": [["300", 10001]]}, "0 到 10000 的整数"),
        ({"benefit": "percent_off", "tiers": [["300", -1]]}, "0 到 10000 的整数"),
        ({"benefit": "percent_off", "tiers": ..., "rate": 95.5}, "0 到 10000 的整数"),
        ({"repeat": True, "tiers": [["0", "30"]]}, "repeat：每满减的门槛要大于 0"),
        ({"repeat": "yes"}, "repeat：只能是 true 或 false"),
        ({"priority": -1}, "priority：要写成从 0 起的整数"),
        ({"scope": ["外套"]}, "scope：要写成 { 名称 = 值 }"),
        ({"scope": {"categorys": ["外套"]}}, "categorys：不认识这一项，是不是 categories"),
        ({"end_at": "2026-06-21"}, "end_at：不认识这一项，是不是 ends_at"),
        ({"audience": {"kind": "member_tier"}}, "tiers：要写出名称"),
        ({"benefit": "gift"}, "gift：要写成"),
        ({"level": "item", "benefit": "presale", "tiers": ...}, "presale：要写成"),
        ({"benefit": "nth_piece_rate", "threshold": "amount", "tiers": [["2", 5000]]}, "按件数计算"),
        ({"benefit": "bundle_price", "scope": {"skus": ["A"]}}, "两个以上的 SKU"),
        ({"coupon": {"valid_from": "2026-06-20", "valid_to": "2026-06-19"}}, "valid_to：结束时间要晚于"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_nonsense_is_refused_by_name(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidPromotion) as refused:
        parse_promotion(row(**changes))
    text = "；".join(refused.value.problems)
    assert said in text
    assert "优惠“x”" in text or "优惠“满减”" in text


def test_every_problem_of_every_promotion_is_told_at_once() -> None:
    rows = [row(level="vip"), row(id="y", starts_at="?", ends_at="?"), row(id="z"), row(id="z")]
    with pytest.raises(InvalidPromotion) as refused:
        parse_promotions({"promotions": rows})
    names = [problem.split("的 ")[0] for problem in refused.value.problems]
    assert names == ["优惠“x”", "优惠“y”", "优惠“y”", "优惠“z”"]


@pytest.mark.parametrize("data", [None, "text", 3, {"promotion": 1}, {"other": []}])
def test_something_else_is_refused(data: Any) -> None:
    with pytest.raises(InvalidPromotion, match="没有找到优惠"):
        parse_promotions(data)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tiers": [["30", "300"]]}, "减得比门槛还多"),
        ({"benefit": "percent_off", "tiers": [["300", 90]]}, "低于1折"),
        ({"benefit": "percent_off", "tiers": [["300", 8000], ["500", 9000]]}, "折扣反而没有更低"),
        ({"tiers": [["300", "60"], ["500", "30"]]}, "没有减得更多"),
    ],
)
def test_a_likely_slip_is_told_and_kept(changes: dict[str, Any], said: str) -> None:
    (warning,) = review_promotion(parse_promotion(row(**changes)))
    assert said in warning
    assert review_promotion(parse_promotion(row())) == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from([*row(), "scope", "audience", "gift", "presale", "coupon", "rate", "nth", "budget_left"]), _JSON)
def test_any_json_is_read_or_refused_in_words(key: str, value: Any) -> None:
    try:
        problems = review_promotion(parse_promotion(row(**{key: value})))
    except InvalidPromotion as refused:
        problems = list(refused.problems) or [""]
    assert all(problem.startswith(("优惠“", "第1个优惠")) for problem in problems)
