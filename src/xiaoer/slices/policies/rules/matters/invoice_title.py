"""Whom an invoice names (发票抬头): the title, and the 统一社会信用代码 with its check character, by GB 32100-2015.

A wrong digit found now saves an invoice that must be voided later. Old 15-digit numbers have no check character.
"""

import re

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_FIND = re.compile(r"(?<![0-9A-Za-z])([0-9A-Za-z]{15}|[0-9A-Za-z]{16,20})(?![0-9A-Za-z])")


def is_tax_no(number: str) -> bool:
    """Whether a number may stand on an invoice: 18 characters with the right check character, or 15 digits."""
    number = number.upper()
    if len(number) == 15:
        return number.isdigit()
    if len(number) != 18 or any(character not in _ALPHABET for character in number):
        return False
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(number, _WEIGHTS, strict=False))
    return _ALPHABET[(31 - total % 31) % 31] == number[17]


def find_tax_no(text: str) -> str:
    """What the buyer gave as a tax number, right or wrong; empty without one."""
    match = _FIND.search(text)
    return match.group(1).upper() if match and any(c.isdigit() for c in match.group(1)) else ""


_NO_TITLE = re.compile(r"(?:我们?|我司|本|贵)?(?:公司|单位|企业|专票|普票|电子)(?:的?(?:名|名字|名称|抬头|票))?")


def of_company(text: str) -> bool:
    """Whether the invoice shall name a company, though not which (抬头写公司, 开专票)."""
    return bool(re.search(r"公司|单位|企业|专票", text))


def title_of(text: str) -> dict[str, str]:
    """Invoice title and tax number: 个人, or a company with its number."""
    found: dict[str, str] = {}
    number = find_tax_no(text)
    if number:
        found["tax_no"] = number
        text = text.replace(number, " ")
    company = re.search(
        r"([\u4e00-\u9fffA-Za-z0-9（）()·]{2,40}?(?:有限责任公司|股份有限公司|有限公司|公司|事务所|合作社|医院|学校|大学|中心|工作室|研究院|研究所|委员会|个体工商户|经营部|商行|店))",
        re.sub(
            r"(?:发票)?抬头(?:是|为|写|开)?[:：]?|公司名称?[:：]|单位[:：]|开(?:公司|单位|企业)的?|税号.*$", " ", text
        ),
    )
    if company:
        found["title"] = company.group(1)
    elif re.search(r"个人|私人", text):
        found["title"] = "个人"
    elif match := re.search(r"抬头(?:是|为|写|开)?[:：\s]*([\u4e00-\u9fffA-Za-z·]{2,40})", text):
        found["title"] = match.group(1)
    if re.search(
        r"写错|弄错|错了|能改|想改|要改|改成|改到|地址|寄到|送到|收件人|不一样|跟公司|和公司|顺便|怎么|[吗么没不]$",
        found.get("title", ""),
    ) or _NO_TITLE.fullmatch(found.get("title", "")):
        del found["title"]  # 抬头写错了能改不, 顺便把地址改成公司: about something else, not a title
    mail = re.search(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)
    if mail:
        found["email"] = mail.group()
    return found
