# ruff: noqa: E501  patterns and tables read better unbroken
"""Numbers that name things (号码): phone, order number, waybill number. Read before any other number."""

import re
from typing import Any

_PHONE = re.compile(r"(?<![\d])(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)")
_LETTERED = re.compile(r"(?<![A-Za-z0-9])((?:SF|YT|JT|JD[A-Z]{0,2}|ZTO|STO|YD|YTO|DPK|DBL|EMS|ZJS|HT|BT|TT|ANE|KY|E[A-Z]|L[A-Z]|VD|VB|JDV[A-Z]?)\d{8,18}(?:CN)?)(?![A-Za-z0-9])", re.I)  # fmt: skip
_LONG = re.compile(r"(?<![\dA-Za-z.])(\d{8,22})(?![\dA-Za-z.])")
# A number of the shop's own making, right after the word: 订单K9004.
_CODED = re.compile(
    r"(?:订单|单号|单子)(?:号|编号|是|为|[:：\s])*(#?[A-Za-z]{1,4}[-_]?\d{3,18}(?:[-_]\d{1,8})?)(?![A-Za-z0-9])"
)
_SPACED = re.compile(r"(?<!\d)(\d{4}(?: \d{3,5}){2,4})(?!\d)")
_WAYBILL_WORD = re.compile(
    r"运单|快递|物流|单号|包裹|顺丰|中通|圆通|申通|韵达|极兔|邮政|EMS|德邦|百世|菜鸟|快件|寄出|寄回", re.I
)
_ORDER_WORD = re.compile(r"订单|编号|这单|那单|单子|下的单|拍的单|交易号|ORDER", re.I)
_NEAR = 6
_TAX = re.compile(r"税号|信用代码|识别号|账号|卡号?\W?$|身份证|尾号|开户")


def read_contact(text: str, found: dict[str, Any]) -> str:
    """Adds phone, order_no, waybill_no; returns the text without them."""
    match = _LETTERED.search(text)
    if match:
        found["waybill_no"] = match.group(1).upper()
        text = _without(text, match)
    if "waybill_no" not in found and (match := _CODED.search(text)):
        found["order_no"] = match.group(1)
        text = text[: match.start(1)] + " " + text[match.end(1) :]
    if "税" not in text:
        match = _PHONE.search(text)
        if match and not _inside_longer(text, match):
            found["phone"] = "".join(match.groups())
            text = _without(text, match)
    match = _SPACED.search(text)
    if match and len(match.group(1).replace(" ", "")) >= 12 and _near(text, match):
        text = text[: match.start()] + match.group(1).replace(" ", "") + text[match.end() :]
    for match in sorted(_LONG.finditer(text), key=lambda one: not _is_named(text, one)):
        kind = _kind(text, match)
        if kind and kind not in found:
            found[kind] = match.group(1)
    return _LONG.sub(" ", text)


def _is_named(text: str, match: re.Match[str]) -> bool:
    """Whether the word for what it is stands right before the number: it goes before numbers that only look so."""
    before = text[max(0, match.start() - _NEAR) : match.start()]
    return bool(_ORDER_WORD.search(before) or _WAYBILL_WORD.search(before))


def _kind(text: str, match: re.Match[str]) -> str | None:
    digits = match.group(1)
    before, around = text[: match.start()], text
    if _TAX.search(before[-8:]):
        return None
    waybill, order = _last(_WAYBILL_WORD, before), _last(_ORDER_WORD, before)
    if waybill >= 0 or order >= 0:
        if len(digits) < 10 and not order >= 0:
            return None
        # 订单号 ends in 单号: the later and longer word decides.
        return (
            "waybill_no" if waybill > order and not re.search(r"订单(?:单?号|编号)?[^\d]{0,4}$", before) else "order_no"
        )
    if len(digits) < 11:
        return None
    if len(digits) >= 16:
        return "order_no"
    if _WAYBILL_WORD.search(around) and not _ORDER_WORD.search(around):
        return "waybill_no"
    return "order_no" if len(digits) >= 12 or _ORDER_WORD.search(around) else None


def _last(pattern: re.Pattern[str], text: str) -> int:
    at = -1
    for match in pattern.finditer(text):
        at = match.start()
    return at


def _near(text: str, match: re.Match[str]) -> bool:
    return bool(_WAYBILL_WORD.search(text) or _ORDER_WORD.search(text)) and match.start() >= 0


def _inside_longer(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()].isalnum() and text[match.start() - 1 : match.start()].isascii()


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
