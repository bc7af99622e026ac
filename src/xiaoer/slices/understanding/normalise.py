# ruff: noqa: E501  patterns and tables read better unbroken
"""Normalising (归一): the buyer's spelling → the plain words that everything after reads.

In order: HTML remains and masks of the platform, width (NFKC) and script (traditional → simplified), emoji and
platform codes, runs of the same character, letters that stand for words (yhq, fahuo), slang and dialect, words
typed wrong (by list, then by sound). Numbers, sizes, model names and the shop's own product names pass untouched:
`protected` phrases are set aside before any word is replaced.
"""

import copy
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

import opencc
import rjieba

from xiaoer.slices.understanding.bopomofo import to_letters
from xiaoer.slices.understanding.lexicon import Lexicon
from xiaoer.slices.understanding.phrases import Found, PhraseTable
from xiaoer.slices.understanding.sounds import readings

# Longer than any real message; a pasted page is cut so that the time stays bounded.
MAX_CHARS = 10_000
_REMEMBERED = 256  # texts: those of the turns that are under way

_MASKS = (
    (re.compile(r"#E-[a-z](?:\[数字x\]|\d{1,3})?", re.I), " "),
    (re.compile(r"\[ORDERID_\d*\]", re.I), "〔单号〕"),
    (re.compile(r"(?:\[数字x\][-~ ]?)+(\d*)", re.I), "〔数〕"),
    (re.compile(r"\[金额x\]", re.I), "〔数〕元"),
    (re.compile(r"\[电话x\]", re.I), "〔电话〕"),
    (re.compile(r"\[地址x\]", re.I), "〔地址〕"),
    (re.compile(r"\[姓名x\]", re.I), "〔姓名〕"),
    (re.compile(r"\[时间x\]|\[日期x\]", re.I), "〔时间〕"),
    (re.compile(r"\[组织机构x\]", re.I), "〔公司〕"),
    (re.compile(r"\[(?:链接|站点|URL)x\]", re.I), "〔链接〕"),
    (re.compile(r"\[[\u4e00-\u9fff]{1,5}x\]", re.I), "〔号码〕"),
)
_HTML = (("&nbsp;", " "), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&"), ("&quot;", '"'), ("<br>", " "), ("<br/>", " "))
_URL = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+", re.I)
_REPEATED_HAN = re.compile(r"([\u4e00-\u9fff])\1{2,}")
_REPEATED_MARK = re.compile(r"([!?。,，、~～;；:.…\-_=*+^—])\1+")
_MARKS = str.maketrans({"，": ",", "？": "?", "！": "!", "；": ";", "：": ":", "～": "~", "（": "(", "）": ")", "【": "(", "】": ")", "“": '"', "”": '"', "‘": "'", "’": "'", "…": ".", "·": "."})  # fmt: skip
# Letters of other scripts that look like Latin ones, one by one among other words: chа评.
_LETTERS_ALIKE = str.maketrans("аеорсухіѕһ", "aeopcyxish")
_SPACES = re.compile(r"[ \t\u3000\xa0\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_LETTERS = re.compile(r"[A-Za-z]+(?: [a-z]+)*")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_PICTURE = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u200d\U000e0000-\U000e007f\u20e3\u2300-\u23ff]"
)
_SIGNS = re.compile("[\U0001f200-\U0001f2ff\u3297\u3299]")  # 🈲🈚㊙: emoji that NFKC would turn into characters
_CODES = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,10}\]|/:[\x21-\x7e]{1,5}")
_WORDY = re.compile(r"[\w〔]")
_BOPOMOFO = re.compile("[ㄅ-ㄩ]")
_COMPACT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")

# Two characters that sound like a trade word are often two words of their own when one of these is among them.
_FUNCTION = frozenset("不没有要会在是的了我你他她它就都也还很太给把被到去来和与或又再这那个之以及上下里吗呢吧啊呀哦")

_to_simplified = opencc.OpenCC("t2s").convert


@cache
def _traditional() -> re.Pattern[str]:
    """Characters that simplifying changes: a text without any, as nearly all are, need not be looked at."""
    letters = [chr(code) for code in range(0x3400, 0xA000)]
    plain = _to_simplified("\n".join(letters)).split("\n")
    changed = "".join(letter for letter, now in zip(letters, plain, strict=True) if letter != now)
    return re.compile(f"[{changed}]")


def fold(text: str) -> str:
    """Width, script, invisible characters and platform masks; no word is changed."""
    text = text[:MAX_CHARS]
    if "[" in text or "#" in text:
        for pattern, mask in _MASKS:
            text = pattern.sub(mask, text)
    if "&" in text or "<" in text:
        for entity, plain in _HTML:
            text = text.replace(entity, plain)
    text = unicodedata.normalize("NFKC", text if text.isascii() else _SIGNS.sub(" ", text))
    if not text.isascii():
        text = text.translate(_MARKS).translate(_LETTERS_ALIKE).encode("utf-8", "ignore").decode()
        text = _to_simplified(text) if _traditional().search(text) else text
        text = to_letters(text) if _BOPOMOFO.search(text) else text
    return _SPACES.sub(" ", text)


def strip_pictures(text: str, says: PhraseTable) -> str:
    """Without emoji and platform codes; a message that is nothing else becomes the word that they stand for."""
    if text.isascii() and "[" not in text and "/:" not in text:
        return text
    bare = _PICTURE.sub(" ", _CODES.sub(" ", text))
    if _WORDY.search(bare):
        return bare
    said = next((found.value for found in says.find(text)), "")
    return said or bare


class Normaliser:
    """Folds and rewrites texts by a lexicon. Pure after construction; safe to share between threads.

    A turn is read several times, by the shop's words and without them; what does not depend on them is done once.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._means: PhraseTable | None = None
        self._protected: PhraseTable | None = None
        self._smooth = lru_cache(maxsize=_REMEMBERED)(self._smoothed)
        self._rewrite = lru_cache(maxsize=_REMEMBERED)(self._rewritten)
        self._repaired = lru_cache(maxsize=_REMEMBERED)(self._by_sound)

    def with_words(self, protected: PhraseTable, means: Mapping[str, str]) -> "Normaliser":
        """The same with a shop's words: `protected` stay as they are, `means` become what they mean."""
        other = copy.copy(self)
        other._means = PhraseTable(means) if means else None
        other._protected = protected if len(protected) else None
        return other

    def normal(self, text: str) -> str:
        """The plain words of a text. Applying it twice gives the same as once."""
        text = self._smooth(text)
        if self._means is not None:
            text = self._means.replace(text)
        if self._protected is None:
            return _SPACES.sub(" ", self._rewrite(text)).strip()
        pieces: list[str] = []
        last = 0
        for found in self._protected.find(text):
            pieces.append(self._rewrite(text[last : found.start]))
            pieces.append(text[found.start : found.end])
            last = found.end
        pieces.append(self._rewrite(text[last:]))
        return _SPACES.sub(" ", "".join(pieces)).strip()

    def name_pictures(self, text: str) -> str:
        """The text with its pictures as what they show: 差🍎 becomes 差苹."""
        return self._lexicon.pictures.replace(text)

    def _smoothed(self, text: str) -> str:
        text = strip_pictures(fold(text), self._lexicon.emoji_says)
        return _REPEATED_MARK.sub(r"\1", _REPEATED_HAN.sub(r"\1", text))

    def _rewritten(self, text: str) -> str:
        if _URL.search(text):
            start, end = _URL.search(text).span()  # type: ignore[union-attr]
            return self._words(text[:start]) + text[start:end] + self._rewritten(text[end:])
        return self._words(text)

    def _words(self, text: str) -> str:
        # Replaced words may stand beside characters that make a new key; a few rounds reach the fixed point.
        for _ in range(4):
            before = text
            text = _LETTERS.sub(self._letters, text)
            text = self._spoken(text)
            text = self._lexicon.near.replace(text, self._far)
            text = _HAN_RUN.sub(lambda run: self._repaired(run[0]), text)
            if text == before:
                break
        return text

    def _spoken(self, text: str) -> str:
        hits = [f for f in self._lexicon.spoken.find(text) if f.value != text[f.start : f.end] and _whole(text, f)]
        return _repair(text, hits) if hits else text

    def _far(self, text: str, found: Found) -> bool:
        by = self._lexicon.near_by[text[found.start : found.end]]
        return bool(by) and not any(word in text for word in by)

    def _letters(self, match: re.Match[str]) -> str:
        run = match.group()
        text, start, end = match.string, match.start(), match.end()
        before = text[:start].rstrip()[-1:]
        after = text[end : end + 1]
        if before.isdigit() or after.isdigit() or before in ("-", "/", "_", ".") or after in ("-", "_"):
            return run
        spelled = self._lexicon.letters.read(run)
        return run if spelled is None else spelled

    def _by_sound(self, text: str) -> str:
        sounds, begins = self._lexicon.term_sounds, self._lexicon.sound_begins
        known = rjieba.has_word
        get = readings().get
        heard = [get(ord(c), "") for c in text]
        hits: list[Found] = []
        for at in range(len(text) - 1):
            # Few pairs of sounds begin a trade word at all.
            if heard[at] + heard[at + 1] not in begins:
                continue
            for length in (4, 3, 2):
                window = text[at : at + length]
                if len(window) < length:
                    continue
                term = sounds.get(" ".join(heard[at : at + length]))
                if term is None or term == window:
                    continue
                if known(window) or _FUNCTION.issuperset(window) or not set(term) & set(window):
                    continue
                if length == 2 and not _FUNCTION.isdisjoint(window):
                    continue
                hits.append(Found(at, at + length, term))
                break
        if not hits:
            return text
        return _repair(text, hits)


def _whole(text: str, found: Found) -> bool:
    """Latin keys are whole words; letters and digits around them belong to a model name or a size."""
    if not (text[found.start].isascii() or text[found.end - 1].isascii()):
        return True
    before = text[found.start - 1] if found.start else " "
    after = text[found.end] if found.end < len(text) else " "
    return not (_of_name(before) or _of_name(after))


def _of_name(character: str) -> bool:
    return character in "-_/" or (character.isascii() and character.isalnum())


def _repair(text: str, hits: list[Found]) -> str:
    """Puts new words in, except where one would cut through a word of the language (京东结算 holds no 东结)."""
    edges = {0}
    at = 0
    for word in rjieba.cut(text, False):
        at += len(word)
        edges.add(at)
    pieces: list[str] = []
    last = 0
    for start, end, term in hits:
        if start >= last and start in edges and end in edges:
            pieces.append(text[last:start])
            pieces.append(term)
            last = end
    pieces.append(text[last:])
    return "".join(pieces)


def compact(normal: str) -> str:
    """Letters, digits and Han characters only, lower case."""
    return _COMPACT.sub("", normal.lower())
