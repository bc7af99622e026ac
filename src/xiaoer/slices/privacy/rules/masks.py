"""Masked forms (脱敏): how much of each kind of personal data people, logs and exports may see.

Each function takes one value, as a form field or a column holds it. A value that does not have the expected
shape is hidden altogether, never shown as it is.
"""

import re

_HIDDEN = "****"
_DIGITS = re.compile(r"\D+")

_MUNICIPALITIES = ("北京", "上海", "天津", "重庆")
_REGIONS = {
    "内蒙古": "自治区",
    "广西": "壮族自治区",
    "西藏": "自治区",
    "宁夏": "回族自治区",
    "新疆": "维吾尔自治区",
    "香港": "特别行政区",
    "澳门": "特别行政区",
}
_PROVINCES = (
    *("河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北"),
    *("湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾"),
)
# A province or municipality at the start of an address, with or without its ending, as one alternation.
PROVINCE = "|".join(
    (
        *(f"{name}市?" for name in _MUNICIPALITIES),
        *(f"{name}(?:{ending}|自治区)?" for name, ending in _REGIONS.items()),
        *(f"{name}省?" for name in _PROVINCES),
    )
)
_AREA = re.compile(
    rf"\s*((?:{PROVINCE})?)\s*((?:[\u4e00-\u9fff]{{2,8}}?(?:自治州|地区|盟|市|州))?)",
)

_COMPOUND_SURNAMES = frozenset(
    (
        *("欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙"),
        *("夏侯", "端木", "百里", "南宫", "独孤", "轩辕", "申屠", "太史", "闻人", "拓跋", "呼延", "钟离", "澹台"),
    )
)


def mask_phone(phone: str) -> str:
    """First three and last four digits of a mobile number: 138****8000."""
    digits = _DIGITS.sub("", phone)
    if len(digits) > 11 and digits.endswith(digits[-11:]) and digits[-11] == "1":
        digits = digits[-11:]  # without the country code
    if len(digits) != 11:
        return _HIDDEN
    return mask_landline(phone) if digits[0] == "0" else f"{digits[:3]}****{digits[-4:]}"


def mask_landline(phone: str) -> str:
    """Area code and last two digits of a landline: 010-****21."""
    digits = _DIGITS.sub("", phone)
    if not digits.startswith("0") or len(digits) < 10:
        return _HIDDEN
    area = digits[:3] if digits[1] in "12" else digits[:4]
    number = digits[len(area) :][:8]
    return f"{area}-****{number[-2:]}"


def mask_name(name: str) -> str:
    """The surname, and a star for each further character: 王**; a foreign name keeps its first letter."""
    name = name.strip()
    if not name:
        return ""
    if not "\u4e00" <= name[0] <= "\u9fff":
        return f"{name[0]}***"
    surname = 2 if name[:2] in _COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:surname] + "*" * max(1, min(len(name), 8) - surname)


def mask_address(address: str) -> str:
    """Province and city, the rest hidden: 浙江省杭州市****."""
    match = _AREA.match(address)
    if not address.strip() or match is None:
        return _HIDDEN if address.strip() else ""
    province, city = match.groups()
    if province.startswith(_MUNICIPALITIES):
        city = ""
    return f"{province}{city}{_HIDDEN}"


def mask_id_card(number: str) -> str:
    """First three and last two characters of an ID card: 330***********12."""
    number = number.strip()
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}" if len(number) in (15, 18) else _HIDDEN


def mask_bank_card(number: str) -> str:
    """The last four digits of a bank card: ************1234."""
    digits = _DIGITS.sub("", number)
    return f"{'*' * (len(digits) - 4)}{digits[-4:]}" if 12 <= len(digits) <= 19 else _HIDDEN


def mask_email(address: str) -> str:
    """The first letter and the domain of an e-mail address: w***@example.cn."""
    name, at, domain = address.strip().rpartition("@")
    return f"{name[0]}***@{domain}" if name and at and domain else _HIDDEN


def mask_waybill(waybill_no: str) -> str:
    """The first four and last four characters of a waybill number: SF12****7890."""
    waybill_no = waybill_no.strip()
    return f"{waybill_no[:4]}****{waybill_no[-4:]}" if len(waybill_no) > 8 else _HIDDEN


def mask_order_no(order_no: str) -> str:
    """The last six characters of an order number, for a visitor who is not verified: ****456789."""
    order_no = order_no.strip()
    return f"{_HIDDEN}{order_no[-6:]}" if len(order_no) > 6 else _HIDDEN


def mask_named(name: str, value: str) -> str:
    """A value as the audit keeps it, masked by what it is named: address, receiver or phone; others stay."""
    hide = {"address": mask_address, "receiver": mask_name, "phone": mask_phone}.get(name)
    return hide(value) if hide else value
