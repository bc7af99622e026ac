"""统一社会信用代码 (the tax number of a company): its check character, by GB 32100-2015.

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
