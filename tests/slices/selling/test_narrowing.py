"""Of goods that would do, those that say most of what was told are left; figures that do not reach rule out."""

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from xiaoer.kernel.audiences import age_at_school
from xiaoer.kernel.commerce import Product, Taste
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.money import Money
from xiaoer.slices.selling.preferences import preferences_of
from xiaoer.slices.selling.recipients import recipients_of
from xiaoer.slices.selling.rules.measures import Measures, area_in, reaches
from xiaoer.slices.selling.rules.narrowing import denies, narrow
from xiaoer.slices.selling.types import Candidate


def candidate(id_: str, title: str, **attributes: str) -> Candidate:
    return Candidate(Product(id_, title, "", attributes=attributes), Money(100), 1)


POT = candidate("pot", "玻璃壶 带滤网", 电陶炉="能用电陶炉", 明火="不能直接明火烧")
SET = candidate("set", "白瓷茶具套装", 电陶炉="不能")
LAMP = candidate("lamp", "自行车前灯", 亮度="800流明")
TORCH = candidate("torch", "强光手电筒", 亮度="1200流明")


def left(candidates: list[Candidate], taste: Taste) -> list[str]:
    return [one.product.id for one in narrow(candidates, taste)]


@pytest.mark.parametrize(
    ("said", "ids"),
    [("电陶炉上用的", ["pot"]), ("明火烧的", ["pot", "set"]), ("送人的", ["pot", "set"])],
    ids=["one-says-it", "denied-is-not-said", "nobody-says-it"],
)
def test_what_says_more_of_what_was_told_is_left(said: str, ids: list[str]) -> None:
    assert left([POT, SET], Taste(said=said)) == ids


def test_several_kinds_are_left_where_several_are_wanted() -> None:
    assert left([POT, SET], Taste(said="电陶炉上用的", broad=True)) == ["pot", "set"]


def test_qualities_and_places_are_wishes_and_no_conditions() -> None:
    taste = Taste(prefers=(("套",),), elsewhere=("自行车",))
    assert left([POT, SET], taste) == ["set"]
    assert left([LAMP, TORCH], taste) == ["torch"]
    assert left([LAMP], taste) == ["lamp"]


@pytest.mark.parametrize(
    ("attributes", "measures", "does"),
    [
        ({"适合身高": "155-188cm"}, Measures(height_cm=190), False),
        ({"适合身高": "26寸155-175cm 29寸170-190cm"}, Measures(height_cm=185), True),
        ({"承重": "120kg"}, Measures(weight_kg=130), False),
        ({"承重": "200斤"}, Measures(weight_kg=90), True),
        ({"适用面积": "30-55平"}, Measures(area_m2=20), True),
        ({"适用面积": "30-55平"}, Measures(area_m2=80), False),
        ({"颜色": "白"}, Measures(190, 130, 80), True),
    ],
)
def test_goods_whose_own_figures_do_not_reach_are_ruled_out(
    attributes: dict[str, str], measures: Measures, does: bool
) -> None:
    assert reaches(Product("p", "某物", "", attributes=attributes), measures) is does


def test_the_room_is_read_from_the_words() -> None:
    assert (area_in("客厅45平"), area_in("2平方厘米"), area_in("卧室")) == (45, None, None)


@pytest.mark.parametrize(
    ("said", "word"), [("要轻一点", "轻便"), ("下雨也能用", "防水"), ("最好一整套", "套"), ("不能太甜", "无糖")]
)
def test_a_quality_is_heard_in_many_words(said: str, word: str) -> None:
    assert any(word in group for group in preferences_of().features_in(said))


def test_goods_for_a_place_are_looked_for_only_where_it_is_named() -> None:
    assert "车载" in preferences_of().elsewhere("手机支架") and "车载" not in preferences_of().elsewhere("开车用的支架")


@pytest.mark.parametrize(("said", "years"), [("上小学", 6), ("三年级", 8), ("初一", 12), ("上班", None)])
def test_who_goes_to_school_has_an_age(said: str, years: float | None) -> None:
    assert age_at_school(said) == years


BAND = Product(
    "band",
    "智能手环",
    "数码",
    attributes={
        "血压": "不支持测血压",
        "防水": "5ATM，可以游泳",
        "洗碗机": "不建议",
        "近视": "不能预防和治疗近视",
        "包装": "不含充电头",
    },
)


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("给老人量血压的手环", True),
        ("能进洗碗机的", True),
        ("游泳戴的", False),
        ("孩子近视了", False),
        ("带充电头的", False),
        ("智能手环", False),
    ],
)
def test_what_goods_say_they_cannot_do_is_not_shown_to_who_asks_for_it(said: str, denied: bool) -> None:
    assert denies(BAND, said) is denied


def test_no_situation_stands_twice_in_the_table() -> None:
    table = tomllib.loads(files("xiaoer.packs").joinpath("ecommerce/situations.toml").read_text("utf-8"))
    assert [name for name, times in Counter(row["name"] for row in table["situations"]).items() if times > 1] == []


def test_who_carries_a_child_looks_for_himself() -> None:
    taste = recipients_of().taste_of(Wish(words=("带娃出门东西太多 要能背的",), audience=("儿童",)))
    assert "待产" not in taste.never and any("妈咪包" in words for words in taste.fits)


def test_what_helps_a_person_is_shown_though_it_is_praised_as_a_present_for_another() -> None:
    def never(said: str) -> tuple[str, ...]:
        return recipients_of().taste_of(Wish(words=(said,), relation="妈妈")).never

    assert "送女友" not in never("妈妈手裂口子") and "送女友" in never("送妈妈生日礼物")
