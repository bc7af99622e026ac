"""What answers claim, when two claims cannot both be true, and what the shop's own data deny."""

from datetime import UTC, datetime

import pytest

from xiaoer.slices.knowledge.health.rules import (
    ProductFacts,
    ShopFacts,
    against_product,
    against_shop,
    claims_of,
    differ,
    overlap,
    same_words,
    strangers,
)
from xiaoer.slices.knowledge.types import EntryDraft

_SHOP = ShopFacts(7, 0, False, (540, 1380), frozenset({(199, 15)}), frozenset({59}))


@pytest.mark.parametrize(
    ("one", "other", "about"),
    [
        ("付款后48小时内发。", "付款后2天内发。", ""),
        ("付款后48小时内发。", "付款后72小时内发。", "时间"),
        ("一般3到5天到。", "4天左右到。", ""),
        ("一般1到2天到。", "大概5天到。", "时间"),
        ("收8元运费。", "收12元运费。", "金额"),
        ("满59元包邮。", "满99包邮。", "满额"),
        ("打9折。", "打八折。", "折扣"),
        ("16:00前付款当天发。", "下午18点前付款当天发。", "钟点"),
        ("可以开发票。", "不能开发票。", "是否"),
        ("保修一年。", "质保12个月。", ""),
        ("3个工作日到账。", "3天到账。", ""),
        ("支持七天无理由。", "签收后24小时内拍照。", ""),
        ("现货当天发。", "尽快发出。", ""),
    ],
)
def test_claims_differ_only_when_both_cannot_be_true(one: str, other: str, about: str) -> None:
    assert differ(claims_of(one), claims_of(other)) == about
    assert differ(claims_of(other), claims_of(one)) == about


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("能退吗", "支持15天无理由退货。", "15 天退货"),
        ("能退吗", "签收后七天内无理由可退。", ""),
        ("价保吗", "支持价保，30天价保。", "没有价保"),
        ("价保吗", "本店没有价保。", ""),
        ("有运费险吗", "本店都送运费险。", "运费险"),
        ("有运费险吗", "没有运费险。", ""),
        ("有满减吗", "满199减15。", ""),
        ("有满减吗", "满300减50。", "满 300 减 50"),
        ("包邮吗", "满59元包邮。", ""),
        ("包邮吗", "满88包邮。", "59 元"),
        ("客服几点上班", "早上9点到晚上23点。", ""),
        ("客服几点上班", "早上8点半到晚上18点。", "09:00"),
    ],
)
def test_an_answer_against_the_shops_own_rules_is_named(question: str, answer: str, says: str) -> None:
    found = against_shop(EntryDraft(question, answer), _SHOP)
    assert (says in found) if says else found == ""


def test_an_answer_against_stock_or_price_is_named() -> None:
    product = ProductFacts(frozenset({59.0, 69.0}), 0)
    assert "库存是 0" in against_product(EntryDraft("有吗", "有现货。", product_id="P"), product)
    assert "39 元" in against_product(EntryDraft("多少钱", "39 元。", product_id="P"), product)
    assert against_product(EntryDraft("多少钱", "59 元起。", product_id="P"), product) == ""


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {}, True),
        ({"product_id": "P1"}, {}, False),
        ({"channel": "web|api"}, {"channel": "api"}, True),
        ({"channel": "web"}, {"channel": "api"}, False),
        ({"audience": "新客"}, {}, False),
        ({"valid_to": datetime(2026, 1, 1, tzinfo=UTC)}, {"valid_from": datetime(2026, 1, 1, tzinfo=UTC)}, False),
        ({"valid_to": datetime(2026, 1, 2, tzinfo=UTC)}, {"valid_from": datetime(2026, 1, 1, tzinfo=UTC)}, True),
    ],
)
def test_only_entries_that_may_meet_can_conflict(one: dict, other: dict, meet: bool) -> None:  # type: ignore[type-arg]
    assert overlap(EntryDraft("问", "答", **one), EntryDraft("问", "答", **other)) is meet


def test_words_that_only_one_question_has_tell_them_apart() -> None:
    assert strangers("鲁班锁几天能拼好", "鲁班锁要几天拼好") == 0
    assert strangers("现在有什么优惠活动", "新客有什么优惠") > 1
    assert same_words("顺时针上20圈", "顺时针上20圈。")
