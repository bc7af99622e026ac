"""What answers claim, when two claims cannot both be true, and what the shop's own data deny."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import xiaoer
from xiaoer.kernel.ids import EntryId
from xiaoer.slices.knowledge.health.claims import claims_of, differ
from xiaoer.slices.knowledge.health.facts import ShopFacts, against_shop
from xiaoer.slices.knowledge.health.findings import against, by_use
from xiaoer.slices.knowledge.health.goods import ProductFacts, VariantFacts, against_product
from xiaoer.slices.knowledge.health.kinds import read_kinds
from xiaoer.slices.knowledge.health.meeting import overlap, same_words
from xiaoer.slices.knowledge.health.types import Usage
from xiaoer.slices.knowledge.health.units import name_of
from xiaoer.slices.knowledge.health.verdicts import is_yes_or_no
from xiaoer.slices.knowledge.types import Entry, EntryDraft

_PACK = Path(xiaoer.__file__).parent / "packs" / "ecommerce"


def _rows(path: str) -> dict[str, Any]:
    return tomllib.loads((_PACK / path).read_text(encoding="utf-8"))


_KINDS = read_kinds(_rows("knowledge/kinds.toml"), _rows("lexicons/entities.toml"))
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
        ("保修一年。", "质保12个月。", ""),
        ("3个工作日到账。", "3天到账。", ""),
        ("支持七天无理由。", "签收后24小时内拍照。", ""),
        ("现货当天发。", "尽快发出。", ""),
        ("48小时内发货，一般3-5天到。", "72小时内发货，一般3-5天到。", "时间"),
        ("48小时内发货。", "发货后3天到。", ""),
        ("半个月内可换。", "15天内可换。", ""),
        ("一年质保。", "质保365天。", ""),
        ("保修半年。", "保修两年。", "时间"),
        ("百分之八十是棉。", "棉95%。", "比例"),
        ("打八五折。", "现在85折。", ""),
        ("净重500克。", "一共1公斤。", "重量"),
        ("假一赔十。", "假一赔三。", "倍数"),
        ("一次最多买5件。", "每人限购2件。", "数量"),
        ("10月15日开始发。", "11月1号统一发。", "日期"),
        ("12月中旬到货。", "12月15日左右到货。", ""),
        ("3岁以上能玩。", "一岁半以上能玩。", "时间"),
        ("3岁以上能玩。", "5岁的孩子能玩。", ""),
        ("适合15斤以内。", "适合6公斤。", ""),
        ("54到58厘米。", "58到62厘米。", "尺寸"),
        ("2.5L大水箱。", "水箱4升。", "容量"),
        ("一共6个色号。", "4个色号。", "数量"),
        ("65W。", "最大30瓦。", "功率"),
        ("没拆封的7天内可以退。", "可以退，7天内。", ""),
        ("52度。", "42%vol。", "度数"),
        ("能用2万小时。", "能用5000小时。", "时间"),
        ("下午三点前付的当天寄。", "中午12点之前付的当天寄。", "钟点"),
        ("一盒6个。", "8枚。", "数量"),
        ("1200颗。", "一共800片。", "数量"),
        ("累计消费满1000元。", "花够2000就是。", "满额"),
        ("2026年的新茶。", "2025年采的。", "年份"),
    ],
)
def test_claims_differ_only_when_both_cannot_be_true(one: str, other: str, about: str) -> None:
    for first, second in ((one, other), (other, one)):
        unit = differ(claims_of(first), claims_of(second))
        assert (name_of(unit) if unit else "") == about


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
        ("你们几点下班", "凌晨3点下班。", "09:00"),
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


def test_only_a_question_for_yes_or_no_is_answered_by_one() -> None:
    assert is_yes_or_no("有没有实体店")
    assert is_yes_or_no("开发票")
    assert not is_yes_or_no("怎么退货")


_VARIANTS = (
    VariantFacts(("黑色", "M"), 59.0, 0),
    VariantFacts(("黑色", "L"), 69.0, 4),
    VariantFacts(("白色", "M"), 59.0, 2),
)


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("有货吗", "黑色M码有现货。", "M、黑色有货，现在库存是 0"),
        ("有货吗", "黑色有现货。", ""),
        ("黑色M有吗", "有现货。", "库存是 0"),
        ("有货吗", "白色M没货了。", "现在还有 2 件"),
        ("有货吗", "黑色M码缺货，白色有现货。", ""),
        ("L码多少钱", "黑色L码59元。", "59 元"),
        ("L码多少钱", "黑色L码69元。", ""),
        ("是什么材质", "涤纶的，好打理。", "商品资料里是棉"),
        ("是什么材质", "棉的。", ""),
        ("净含量多少", "一瓶600克。", "净含量 500g"),
        ("净含量多少", "一瓶半公斤。", ""),
    ],
)
def test_an_answer_about_a_product_is_held_against_its_variants_and_attributes(
    question: str, answer: str, says: str
) -> None:
    product = ProductFacts(
        frozenset({59.0, 69.0}), 6, variants=_VARIANTS, attributes={"面料材质": "95%棉", "净含量": "500g"}
    )
    found = against_product(EntryDraft(question, answer, product_id="P"), product, _KINDS)
    assert (says in found) if says else found == ""


_RULED = ShopFacts(
    15, 30, True, (540, 1380), frozenset(), frozenset({59}), frozenset({10}), frozenset({9.0}), frozenset({"gift"}),
    ship_within_hours=48, cutoff=960, refund_days=7, invoice_hours=24, return_address="浙江省杭州市余杭区仓前街道1号",
    never_returned=("定制",), ends=frozenset({(12, 31)}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("能退吗", "不支持七天无理由退货。", "15 天无理由"),
        ("定制的能退吗", "定制款不支持无理由退货。", ""),
        ("价保吗", "没有价保。", "价保 30 天"),
        ("有运费险吗", "没有运费险，自己买。", "打开了"),
        ("多久发货", "72小时内发货。", "48 小时"),
        ("多久发货", "48小时内发货，预售款15天内发。", ""),
        ("今天能发吗", "17点前付款当天发。", "16:00"),
        ("今天能发吗", "下午4点前付款当天发。", ""),
        ("退款多久到账", "15天左右到账。", "7 天"),
        ("退款多久到账", "1到3天到账。", ""),
        ("发票多久开", "7天内开票。", "24 小时"),
        ("退货寄到哪里", "寄到广东省东莞市虎门镇1号。", "仓前街道"),
        ("退货寄到哪里", "浙江省杭州市余杭区仓前街道1号。", ""),
        ("有满减吗", "满300减50。", "现在没有这样的活动"),
        ("有券吗", "可以领50元优惠券。", "50 元券"),
        ("有券吗", "可以领10元优惠券。", ""),
        ("有券吗", "没有优惠券。", "现在有"),
        ("打折吗", "全场8折。", "8 折"),
        ("打折吗", "全场九折。", ""),
        ("有活动吗", "第二件半价。", "第二件优惠"),
        ("包邮吗", "全国包邮。", "59 元"),
        ("活动什么时候结束", "12月20日晚上结束。", "12 月 20 日"),
        ("活动什么时候结束", "12月31日24点截止。", ""),
    ],
)
def test_rules_times_and_promotions_of_now_deny_an_answer(question: str, answer: str, says: str) -> None:
    found = against_shop(EntryDraft(question, answer), _RULED, _KINDS)
    assert (says in found) if says else found == ""


def test_answers_in_nearly_the_same_words_are_alike() -> None:
    assert same_words("顺时针上20圈", "顺时针上20圈。")


def test_words_of_one_channel_are_held_against_the_shop_too() -> None:
    draft = EntryDraft("能退吗", "签收后7天内可退。", channel_answers={"douyin": "支持15天无理由退货。"})
    entry = Entry(EntryId("K"), draft, 1, "", datetime(2026, 1, 1, tzinfo=UTC), "x")
    found = against(entry, _SHOP, {}, _KINDS)
    assert found is not None
    assert (found.kind, "在 抖店 上" in found.says) == ("contradiction", True)


def test_an_entry_put_right_since_it_was_last_said_is_not_blamed_for_hand_overs() -> None:
    said_at = datetime(2026, 6, 18, 12, tzinfo=UTC)
    usage = {"K1": Usage(9, 5, 0, 0, said_at)}
    for hours, kinds in ((-1, ["handoffs"]), (1, [])):
        entry = Entry(
            EntryId("K1"), EntryDraft("有实体店吗", "有的。"), 2, "", said_at + timedelta(hours=hours), "店长"
        )
        assert [found.kind for found in by_use([entry], usage)] == kinds
