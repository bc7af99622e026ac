"""Words pulled apart, half covered or turned round (拆开, 打码, 倒写), and the words as they were meant.

投，那个，诉 and 举（别打岔）报 put an aside into a word; 卖假○, 投* cover a character of it; 报举去就我 is written from
its end. Only words that are written by ear too (`disguises.py`) are looked for, where the text gives reason to.
Written from its end is what makes fewer words as it stands than the other way round: 警报器多少钱 is as it should be.
"""

import re
from collections.abc import Iterator

from xiaoer.slices.policies.borders import words_of
from xiaoer.slices.policies.disguises import BY_EAR

_ASIDE = r"[^\w]*(?:(?:怎么说呢?|我想想|那个|那什么|什么来着|一下子?|[啊呃额嗯唔哎呀呢])+[^\w]*)+|\([^)]{1,20}\)"
_PULLED = re.compile("|".join(f"{word[0]}(?:{_ASIDE}){word[1:]}" for word in BY_EAR))
_ASIDES = re.compile(_ASIDE)
_MASK = "[*○□〇●■◯△▲█_]"
_COVERED = {word[:at]: word for word in BY_EAR for at in (len(word) - 1,) if len(word) > 1}
_MASKED = re.compile(f"({'|'.join(_COVERED)}){_MASK}{{1,2}}(?![0-9])")
_TURNED = re.compile("|".join(word[::-1] for word in BY_EAR))


def as_meant(normal: str, compact: str) -> Iterator[str]:
    """Other readings of a text, without spaces and punctuation; mostly none."""
    if _PULLED.search(normal):
        yield _PULLED.sub(lambda word: _ASIDES.sub("", word.group()), normal)
    if _MASKED.search(normal):
        yield _MASKED.sub(lambda covered: _COVERED[covered[1]], normal)
    if _TURNED.search(compact) and len(words_of(turned := compact[::-1])) < len(words_of(compact)):
        yield turned
