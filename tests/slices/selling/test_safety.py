"""For whom a product is safe, by its own words."""

import pytest

from xiaoer.kernel.audiences import audiences_in
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.money import Money
from xiaoer.slices.selling.rules.picking import choose_picks, reason_for
from xiaoer.slices.selling.rules.safety import fits_age, is_free_of, is_safe
from xiaoer.slices.selling.types import Candidate, Limits, PickRules

NUTS = ("坚果", "核桃")
ALCOHOL = ("酒精", "乙醇")


def goods(category: str = "食品", title: str = "某物", **attributes: str) -> Product:
    return Product("P", title, category, attributes=attributes)


@pytest.mark.parametrize(
    ("product", "audience", "safe"),
    [
        (goods("美妆", 孕妇可用="可用"), "孕妇", True),
        (goods("美妆", 孕妇可用="不含维A酸和水杨酸，孕期使用前建议先问医生"), "孕妇", False),
        (goods("美妆", 功效="保湿"), "孕妇", False),
        (goods(孕妇可喝="含茶多酚和咖啡因，孕期少喝"), "孕妇", False),
        (goods(宝宝="不是婴幼儿辅食"), "婴儿", False),
        (goods("服装", 材质="棉"), "孕妇", True),
        (goods("家居", 孕妇可用="建议避开"), "孕妇", False),
        (goods("美妆", 适合肤质="干皮，敏感肌先在手臂内侧试"), "敏感肌", False),
        (goods("家居", 提示="乳胶过敏的人不要用"), "敏感肌", False),
        (goods("母婴", 新生儿="可用，破皮处别用"), "婴儿", True),
        (goods("母婴", 新生儿="可用，早产宝宝别用"), "婴儿", False),
        (goods("母婴", title="婴儿湿巾 无酒精", 适用="新生儿可用"), "婴儿", True),
    ],
)
def test_silence_and_ask_a_doctor_are_no_yes(product: Product, audience: str, safe: bool) -> None:
    assert is_safe(product, audience) is safe


@pytest.mark.parametrize(
    ("facts", "age", "fits"),
    [
        ({"儿童": "3岁以下不要整颗吃"}, 2, False),
        ({"儿童": "3岁以下不要整颗吃"}, 4, True),
        ({"1岁以下": "不满1岁的宝宝不能吃蜂蜜"}, 8 / 12, False),
        ({"适合月龄": "6个月以上"}, 8 / 12, True),
        ({"适合月龄": "6个月以上"}, 4 / 12, False),
        ({"适用": "3到6岁"}, 8, False),
        ({"适用年龄": "1.5-4岁"}, 2, True),
        ({"适用年龄": "1.5-4岁"}, 1, False),
        ({"适用年龄": "6个月-3岁"}, 1, True),
        ({"适用年龄": "6个月-3岁"}, 4, False),
        ({"适用": "0到12岁，40到150厘米"}, 8, True),
    ],
)
def test_the_ages_that_a_product_names(facts: dict[str, str], age: float, fits: bool) -> None:
    assert fits_age(goods("母婴", **facts), (), age) is fits


def test_an_audience_without_an_age_means_all_of_its_ages() -> None:
    assert not fits_age(goods(年龄="建议6岁以上"), ("儿童",), None)
    assert fits_age(goods(年龄="建议6岁以上"), (), None)


@pytest.mark.parametrize(
    ("product", "words", "strictly", "free"),
    [
        (goods(配料="藕粉、坚果碎"), NUTS, True, False),
        (goods(配料="藕粉、桂花"), NUTS, True, True),
        (goods(产地="杭州"), NUTS, True, False),  # it does not say what is in it
        (goods("服装", 产地="杭州"), NUTS, True, True),
        (goods("美妆", 酒精="不含乙醇", 成分="甘油"), ALCOHOL, False, True),
        (goods("美妆", 成分="乙醇、甘油"), ALCOHOL, False, False),
        (goods("母婴", title="湿巾无酒精无香"), ALCOHOL, False, True),
    ],
)
def test_what_must_not_be_in_it(product: Product, words: tuple[str, ...], strictly: bool, free: bool) -> None:
    assert is_free_of(product, words, strictly) is free


def test_an_allergy_to_food_is_no_sensitive_skin() -> None:
    assert audiences_in("我对坚果过敏") == ()
    assert audiences_in("她皮肤容易过敏") == ("敏感肌",)


def test_a_reason_is_a_whole_fact_and_never_a_warning() -> None:
    cream = goods(
        "美妆", 适合肤质="干皮、敏感肌、混干皮，大油皮夏天偏润", 孕妇可用="孕期使用前建议先问医生", 净含量="50克"
    )
    reason = reason_for(Candidate(cream, Money(4_500), 9), "敏感肌 200以内", Limits(("敏感肌",), most=Money(20_000)))
    assert "干皮、敏感肌、混干皮" in reason and "200" in reason
    assert all(word not in reason for word in ("大油皮", "医生", "净含量"))


def test_a_total_pays_for_all_that_is_chosen() -> None:
    shelf = [
        Candidate(Product(f"P{n}", "某物", f"类{n}"), Money(fen), 9) for n, fen in enumerate((19_000, 15_000, 9_000))
    ]
    chosen = choose_picks(shelf, PickRules(), Limits(most=Money(30_000), total=Money(30_000)), (), 2)
    assert [c.product.id for c in chosen] == ["P0", "P2"]


def test_what_says_to_ask_a_doctor_first_is_not_recommended_to_them_even_if_it_is_not_eaten() -> None:
    tub = Product("tub", "足浴盆按摩", "家电/足浴", attributes={"提醒": "孕妇、糖尿病人请先咨询医生"})
    assert not is_safe(tub, "孕妇") and is_safe(tub, "敏感肌")
