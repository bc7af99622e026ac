"""Each kind of personal data has one masked form, and a value of an unexpected shape is hidden altogether."""

import pytest

from xiaoer.slices.privacy import api as privacy


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("0086 13800138000", "138****8000"),
        ("01088886621", "010-****21"),
        ("12345", "****"),
        ("", "****"),
        ("138****8000", "****"),
    ],
)
def test_a_mobile_number_shows_its_first_three_and_last_four_digits(phone: str, masked: str) -> None:
    assert privacy.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("010-88886621", "010-****21"), ("(0571)88886666-801", "0571-****66"), ("0371 6666888", "0371-****88")],
)
def test_a_landline_shows_its_area_and_last_two_digits(phone: str, masked: str) -> None:
    assert privacy.mask_landline(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王明", "王*"),
        ("王小明", "王**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧*"),
        ("Tom Lee", "T***"),
        ("  李雷 ", "李*"),
        ("王", "王*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname(name: str, masked: str) -> None:
    assert privacy.mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("浙江省杭州市西湖区文三路1号", "浙江省杭州市****"),
        ("浙江 杭州市 西湖区", "浙江杭州市****"),
        ("上海市浦东新区张江路88弄", "上海市****"),
        ("北京朝阳区望京街10号", "北京****"),
        ("广西壮族自治区南宁市民族大道1号", "广西壮族自治区南宁市****"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市1号", "新疆维吾尔自治区伊犁哈萨克自治州****"),
        ("文三路1号", "****"),
        ("", ""),
    ],
)
def test_an_address_keeps_province_and_city(address: str, masked: str) -> None:
    assert privacy.mask_address(address) == masked


def test_the_other_kinds_keep_what_the_rule_says() -> None:
    assert privacy.mask_id_card("330106199001011212") == "330*************12"
    assert privacy.mask_bank_card("6222 0212 3456 1234") == "************1234"
    assert privacy.mask_email("wang@example.cn") == "w***@example.cn"
    assert privacy.mask_waybill("SF1234567890") == "SF12****7890"
    assert privacy.mask_order_no("20260618123456789") == "****456789"


@pytest.mark.parametrize("value", ["", "x", "12", "no"])
def test_a_value_of_an_unexpected_shape_is_hidden(value: str) -> None:
    for mask in (
        privacy.mask_id_card,
        privacy.mask_bank_card,
        privacy.mask_email,
        privacy.mask_waybill,
        privacy.mask_order_no,
    ):
        assert mask(value) == "****"
