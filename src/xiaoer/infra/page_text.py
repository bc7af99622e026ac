"""The text of a page as a layout gives it, made plain (排版文字还原). Pure."""

import re
import unicodedata

_RADICAL = re.compile(r"[\u2e80-\u2fd5]")
# those that Unicode calls no other form of a character
_RADICALS = dict(
    zip(
        "⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳⺠⺁⺌⺮⻌",
        "虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟民厂小竹辶",
        strict=True,
    )
)
_SPACED = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \u00a0]+(?=[\u2e80-\u9fff\uff00-\uffef])")


def spaced_out(text: str) -> str:
    """A text without the blanks that a layout puts between Chinese characters."""
    return _SPACED.sub("", text)


def plain_characters(text: str) -> str:
    """Radicals as the characters that they look like: in the fonts of many PDFs ⾥ and 里 are one picture."""
    return _RADICAL.sub(lambda found: _RADICALS.get(found[0]) or unicodedata.normalize("NFKC", found[0]), text)
