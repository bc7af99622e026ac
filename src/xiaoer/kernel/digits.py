"""Digits as buyers type them: full width, circled, keycaps, and the numerals of bank notes, as plain ones."""

import unicodedata

_NOTES = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬零", "一二二三三四五六六七八九十百千万零")
_HIDDEN = dict.fromkeys(map(ord, "\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff"))  # what keycaps and evaders put between


def plain_digits(text: str) -> str:
    """The text with every digit as ASCII (1️⃣５⓪ 150) and 壹佰伍拾 as 一百五十."""
    folded = unicodedata.normalize("NFKC", text.translate(_HIDDEN)).translate(_NOTES)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in folded)
