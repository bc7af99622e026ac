"""Places and the provinces they lie in: complete, each once, and no letters of other words."""

import pytest

from xiaoer.kernel.regions import CITIES, NAMES, PROVINCES, province_of, region_in


def test_every_division_of_the_second_level_lies_in_one_province() -> None:
    names = [name for some in CITIES.values() for name in some.split()]
    assert len(names) == len(set(names)) == 333  # as counted by 民政部
    assert len(PROVINCES) == 34
    assert all(province_of(name) in PROVINCES for name in NAMES)


@pytest.mark.parametrize(
    ("text", "name", "province"),
    [
        ("我在喀什，能寄吗", "喀什", "新疆"),
        ("寄海南几天", "海南", "海南"),
        ("海南州能到吗", "海南州", "青海"),
        ("吉林市包邮吗", "吉林市", "吉林"),
        ("长沙发货吗", "长沙", "湖南"),
        ("寄到开封", "开封", "河南"),
        ("普洱市能发吗", "普洱", "云南"),
        ("从北京寄乌鲁木齐", "北京", "北京"),
        ("内蒙古自治区锡林郭勒盟", "内蒙古", "内蒙古"),
    ],
)
def test_the_first_place_is_read_with_its_province(text: str, name: str, province: str) -> None:
    found = region_in(text)
    assert found is not None
    assert (found.name, found.province) == (name, province)
    assert text.startswith(name, found.start)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "这东西安全吗",
            "加长沙发多少钱",
            "已经开封了还能退吗",
            "在开封后七天内",
            "适宜春秋穿吗",
            "加长春秋款",
            "网上海淘的",
        ),
        *(
            "变成都是红的",
            "全新北欧风",
            "今天水壶能发吗",
            "三明治机",
            "第三明天",
            "大连衣裙",
            "发普洱茶吗",
            "这台中的",
            "其中卫衣",
        ),
        *("哈密瓜甜吗", "和田玉真的吗", "阿克苏苹果多少钱"),
    ],
)
def test_letters_of_other_words_are_no_place(text: str) -> None:
    assert region_in(text) is None


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("三亚", "海南"),
        ("乌鲁木齐市天山区", "新疆"),
        ("新疆维吾尔自治区喀什地区", "新疆"),
        ("白银", "甘肃"),
        ("火星", ""),
        ("", ""),
    ],
)
def test_a_known_place_has_a_province(place: str, province: str) -> None:
    assert province_of(place) == province
