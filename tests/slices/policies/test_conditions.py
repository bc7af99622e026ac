"""What a wish may cost and must not hold, in the words in which buyers say it."""

import pytest

from xiaoer.slices.policies.rules.conditions import Budget, read_avoids, read_budget

BUDGETS = {
    "200以内": (None, 200), "不超过一百五": (None, 150), "单件不超过50，随便": (None, 50), "两三百": (200, 300),
    "千元左右": (500, 1_000), "预算只有十块钱": (None, 10), "预算五百块，买啥好": (None, 500), "三百到五百": (300, 500),
    "3百到5百吧": (300, 500), "200-300元": (200, 300), "百来块的": (50, 100), "最多花个两千三": (None, 2_300),
    "一百以上两百以下": (100, 200), "有没有100以上的": (100, None), "100多的": (100, 199), "十几块的有吗": (10, 19),
    "预算1k": (None, 1_000), "生日快到了，200到300": (200, 300), "给6岁的买 200左右": (100, 200), "两百五十以内": (None, 250), "送三个同事 每人50": (None, 50),
}  # fmt: skip
NO_BUDGETS = (
    "她六十了", "八个月的宝宝", "身高160以下", "满300减50的还有吗", "预算不高", "便宜点", "月薪三千的老公", "想要500ml的杯子", "160到170穿什么码",
    "三个人用", "俺娘六十多 想给她整件过年穿的",
)  # fmt: skip
BAD = {
    "我对坚果过敏": "坚果",
    "乳糖不耐受": "乳糖",
    "对牛奶蛋白过敏 能吃啥": "牛奶蛋白",
    "我花生过敏": "花生",
    "海鲜过敏的": "海鲜",
}
UNLIKED = {
    "不要酒精的": "酒精", "别给我推荐茶，我妈不喝茶": "茶", "她不吃辣": "辣", "不喜欢甜的": "甜", "不要化纤的": "化纤",
    "不能有糖": "糖",
}  # fmt: skip
NOTHING = (
    "不要太贵的",
    "不想要太老气的",
    "皮肤容易过敏",
    "换季过敏",
    "不用推荐了",
    "别推荐了",
    "不要了",
    "没有了吗",
    "有没有真丝的东西",
    "笔记本没有网口，会议室插不上",
)


@pytest.mark.parametrize("text", BUDGETS)
def test_a_budget_is_read(text: str) -> None:
    found = read_budget(text)
    assert found is not None and (found.least, found.most) == BUDGETS[text]


def test_a_budget_for_all_pieces_together() -> None:
    assert read_budget("一共300块，想凑两件送闺蜜") == Budget(None, 300, True, 2)


@pytest.mark.parametrize("text", NO_BUDGETS)
def test_ages_sizes_and_rules_are_no_budgets(text: str) -> None:
    assert read_budget(text) is None


@pytest.mark.parametrize("text", BAD)
def test_what_is_bad_for_the_body(text: str) -> None:
    assert read_avoids(text) == ((BAD[text],), ())


@pytest.mark.parametrize("text", UNLIKED)
def test_what_is_not_liked(text: str) -> None:
    assert read_avoids(text) == ((), (UNLIKED[text],))


@pytest.mark.parametrize("text", NOTHING)
def test_words_that_name_nothing(text: str) -> None:
    assert read_avoids(text) == ((), ())
