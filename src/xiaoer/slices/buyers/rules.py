"""Telling a buyer by the end of the phone number."""


def read_phone_ending(phone: str) -> str:
    """The last four digits; empty when the number is hidden or too short."""
    digits = phone[-4:]
    return digits if len(digits) == 4 and digits.isascii() and digits.isdigit() else ""


def is_whole_number(phone: str) -> bool:
    """Whether a phone number is whole, so that two accounts with it are one person; masked ones are not."""
    return phone.isascii() and phone.isdigit() and len(phone) >= 7
