"""Which language or dialect a buyer writes (方言与外语): by letters and words that no other has; empty if plain."""

import re

_BY_LETTER = (
    ("日语", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("韩语", re.compile(r"[\uac00-\ud7a3]")),
    ("俄语", re.compile(r"[\u0410-\u044f]")),
)
_BY_WORD = (
    ("粤语", re.compile(r"[唔係嘅喺咁冇嚟啲佢哋嘢畀攞嗰]|点解|乜嘢|几多钱")),
    ("四川话", re.compile(r"啥子|咋个|莫得|要得嘛|巴适|晓不晓得|好多钱嘛|得行不")),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH = re.compile(
    r"\b(the|my|is|are|i|you|when|where|how|what|please|help|need|want|have|can|do|does|it|this|will|with|order|refund"
    r"|return|hello|shipping|size|arrive)\b",
    re.IGNORECASE,
)
_WORDS = 3  # fewer may be a brand; pinyin has none
_SIGNS = 2  # fewer signs of a dialect may be a joke or a quoted word


def language_of(texts: list[str]) -> str:
    """The language of what the buyer wrote, in the words of the team page (粤语, 英语, …)."""
    text = " ".join(texts)
    for name, letters in _BY_LETTER:
        if len(letters.findall(text)) >= _SIGNS:
            return name
    for name, signs in _BY_WORD:
        if len(signs.findall(text)) >= _SIGNS:
            return name
    is_english = any(not _HAN.search(part) and len(_ENGLISH.findall(part)) >= _WORDS for part in texts)
    return "英语" if is_english else ""
