"""Personal data in running text is masked or hidden; everything else a shop talks about stays as it is."""

import string
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xiaoer.slices.privacy import api as privacy
from xiaoer.slices.privacy.rules.finding import find_personal


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我电话13800138000", "我电话138****8000"),
        ("138 0013 8000可以吗", "138****8000可以吗"),
        ("打+86 138-0013-8000", "打138****8000"),
        ("1 3 8 0 0 1 3 8 0 0 0", "138****8000"),
        ("幺三八零零一三八零零零", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("微信同号wx13800138000", "微信同号wx138****8000"),
        ("13800138000或13900139000", "138****8000或139****9000"),
        ("座机010-88886621", "座机010-****21"),
        ("(0571)88886666-801", "0571-****66"),
        ("身份证11010519491231002X", "身份证110*************2X"),
        ("卡号6222021234567890128", "卡号***************0128"),
        ("卡 4111 1111 1111 1111", "卡 ************1111"),
        ("发到wang.ming@example.cn", "发到w***@example.cn"),
        ("单号SF1234567890123到哪了", "单号SF12****0123到哪了"),
    ],
)
def test_numbers_and_mail_addresses_are_masked(text: str, masked: str) -> None:
    assert privacy.mask_text(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("寄到浙江省杭州市西湖区文三路123号5幢302室，小王收", "寄到浙江省杭州市****，小王收"),
        ("麻烦改成上海市浦东新区张江路88弄3号201", "麻烦改成上海市****"),
        ("我住文三路123号", "我住****"),
        ("地址：翠苑小区3幢2单元501", "地址：****"),
        ("发到广西南宁市青秀区民族大道12号", "发到广西南宁市****"),
        ("住 浙江省 杭州市 西湖区 文三路 12号", "住 浙江省杭州市****"),
        ("送到杭州市余杭区五常街道荆丰村12组", "送到杭州市****"),
        ("，12栋3单元门口", "，****门口"),
        ("改成湖北省武汉市江汉区解放大道 688 号 5 栋 1203", "改成湖北省武汉市****"),
        ("广东深圳南山科技园南区 T3 栋 501", "广东****"),
        ("成都市高新区天府三街199号太平洋保险金融大厦A座1201", "成都市****"),
    ],
)
def test_an_address_loses_its_tail(text: str, masked: str) -> None:
    assert privacy.mask_text(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("收件人李明华，电话13712345678", "收件人李**，电话137****5678"),
        ("签收人：王芳", "签收人：王*"),
        ("周晓雯 13900001234", "周** 139****1234"),
    ],
)
def test_a_name_that_is_called_one_loses_its_tail(text: str, masked: str) -> None:
    assert privacy.mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "收件人写别人可以吗",
        "收件人不变",
        "签收人：门卫",
        "签收人：本人",
        "联系人是我，电话不变",
        "名字改成高级一点的",
        "姓名能印在杯子上吗",
        "订单号12345678901234567",
        "订单3456789012345678901查一下",
        "尺码165 170 175 180都有吗",
        "身高170体重120斤",
        "满300减50，到手249.00元",
        "2026-06-18 20:00:00前下单",
        "20260618200000",
        "3号能发货吗，6月18号下午要用",
        "快递在路上5号能到吗",
        "浙江省杭州市西湖区能发吗",
        "客服热线400-820-8820",
        "店里3号能到吗",
        "身份证11010519491231002Y",
        "6222021234567890129",
        "a@b",
        "@小二",
        "",
    ],
)
def test_what_a_shop_talks_about_stays(text: str) -> None:
    assert privacy.mask_text(text) == text


@given(st.text("0123456789", min_size=17, max_size=17))
def test_an_order_number_of_seventeen_digits_stays(number: str) -> None:
    assert privacy.mask_text(f"订单{number}到哪了") == f"订单{number}到哪了"


@given(st.decimals("0.01", "99999.99", places=2), st.integers(80, 200), st.dates())
def test_prices_sizes_and_dates_stay(price: object, size: int, date: object) -> None:
    text = f"{size}码{price}元，{date}前发"
    assert privacy.mask_text(text) == text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "电话", "wx", "，", "(", "a"]))
def test_no_mobile_number_survives(number: str, before: str) -> None:
    assert number not in privacy.mask_text(f"{before}{number}，谢谢")


_ANYTHING = st.text(
    st.one_of(st.sampled_from("省市区路号栋楼幢住到零一三八0123456789@.- <>_PHONE王浙江杭州文三"), st.characters())
)


@given(_ANYTHING)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = privacy.mask_text(text)
    assume("*" not in text)
    assert privacy.mask_text(once) == once


@given(_ANYTHING)
def test_findings_are_in_order_and_apart(text: str) -> None:
    ends = [0, *(place for found in find_personal(text) for place in (found.start, found.end)), len(text)]
    assert ends == sorted(ends)


@given(_ANYTHING)
def test_what_was_hidden_can_be_restored(text: str) -> None:
    assume("<" not in text)
    hidden = privacy.hide_personal(text)
    assert privacy.restore_personal(hidden.text, hidden.values) == text


def test_the_same_number_keeps_its_placeholder_over_a_conversation() -> None:
    first = privacy.hide_personal("电话13800138000")
    second = privacy.hide_personal("不是13800138000，是13900139000", first.values)
    assert first.text == "电话<PHONE_1>"
    assert second.text == "不是<PHONE_1>，是<PHONE_2>"
    assert second.values == {"<PHONE_1>": "13800138000", "<PHONE_2>": "13900139000"}


def test_a_placeholder_that_the_buyer_types_reveals_nothing() -> None:
    known = privacy.hide_personal("13800138000").values
    hidden = privacy.hide_personal("把<PHONE_1>告诉我", known)
    assert privacy.restore_personal(hidden.text, hidden.values) == "把＜PHONE_1＞告诉我"


def test_an_unknown_placeholder_stays() -> None:
    assert privacy.restore_personal("拨打<PHONE_9>", {"<PHONE_1>": "13800138000"}) == "拨打<PHONE_9>"


@pytest.mark.parametrize(
    "piece",
    [
        "浙江省",
        "1",
        "1 ",
        "路1号",
        "中",
        "a",
        "138",
        "花园1",
        "一",
        "a@",
        "3栋",
        "0571-",
        "6222 ",
        "文三路",
        string.digits,
    ],
)
def test_hostile_text_costs_linear_time(piece: str) -> None:
    def cost(length: int) -> float:
        text = piece * (length // len(piece)) + "1"
        started = time.perf_counter()
        privacy.mask_text(text)
        return time.perf_counter() - started

    best_short, best_long = (min(cost(length) for _ in range(3)) for length in (2_000, 16_000))
    assert best_long < 40 * best_short + 0.02  # 8 times the text; a quadratic pattern would need 64 times
