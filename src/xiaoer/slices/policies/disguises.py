"""Disguises (伪装): how buyers write round a filter, and the plain words below.

Three ways leave the words readable for people and none for a pattern: a character written as its parts (扌殳讠斥),
characters written twice each (投投诉诉), a letter or numbers set between characters (投x诉, 转1人2工). Each is undone
over the whole text, so what comes out is not good Chinese: it is only for looking for words that are a red line anyway.
"""

import re

# Parts as buyers type them: what looks like the left side, with what stands at the right.
_PARTS = {
    "投": ("扌殳", "才殳", "手殳", "口殳"),
    "投诉": ("殳诉", "殳斥"),
    "机器人": ("机械人",),
    "客服": ("k服", "客f", "kefu", "kf"),
    "诉": ("讠斥", "言斥", "訁斥", "口斥"),
    "报": ("扌卩又", "扌𠬝"),
    "评": ("讠平", "言平", "訁平"),
    "律": ("彳聿",),
    "转": ("车专", "車专", "车専", "車專"),
    "假": ("亻叚",),
    "骗": ("马扁", "馬扁"),
    "诈": ("讠乍", "言乍"),
    "维": ("纟隹", "糸隹"),
    "诽": ("讠非",),
    "证": ("讠正", "言正"),
    "法": ("氵去", "三点水去"),
    "仿": ("亻方",),
    "服": ("月𠬝",),
}
_PART = {parts: whole for whole, ways in _PARTS.items() for parts in ways}
_IN_PARTS = re.compile("|".join(sorted(_PART, key=len, reverse=True)))
# Signs that are no characters of their own trade but stand for one.
_ALIKE = str.maketrans({"亻": "人", "亼": "人", "亽": "人", "𠆢": "人", "エ": "工", "丄": "工", "𠂇": "左", "銀": "银"})
_HAN = r"[\u3400-\u9fff]"
# One doubled character is ordinary (妈妈, 谢谢, 天天); two beside each other are not.
_DOUBLED = re.compile(rf"(?:({_HAN})\1){{2,}}")
_TWICE = re.compile(r"(.)\1")
_LONE_LETTER = re.compile(rf"(?<={_HAN})[a-z](?={_HAN})")
_THREADED = re.compile(rf"{_HAN}(?:[a-z0-9]{_HAN}){{2,}}")
_THREAD = re.compile(r"[a-z0-9]")


def undisguise(text: str) -> str:
    """The text (no spaces, no punctuation) with its disguises undone; most texts come back as they are."""
    text = _IN_PARTS.sub(lambda parts: _PART[parts.group()], text.translate(_ALIKE))
    text = _THREADED.sub(lambda run: _THREAD.sub("", run.group()), text)
    return _DOUBLED.sub(lambda run: _TWICE.sub(r"\1", run.group()), _LONE_LETTER.sub("", text))
