"""Reading aloud (读音): a text as its syllables, whichever way each of them is written.

Characters have their reading, letters are cut into the syllables that they spell (zhuan ren gong, ren2 gong1, t0usu),
one letter or number stays what it is. So 转ren工, zhuanrengong and 砖仁公 sound alike, and what is told by sound need
not know how it was typed.
"""

import re
import unicodedata
from functools import lru_cache

_MARKED = re.compile(r"[^\x00-\x7f\u3400-\u9fff]")  # what may be a letter with a mark (ē)
_LETTERS_OR_HAN = re.compile(r"[a-z]+|[\u3400-\u9fff]")
# One Mandarin syllable in letters; few stand without an initial.
_FINAL = "iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|er|a|o|e|i|u|v"
_SYLLABLE = re.compile(f"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:{_FINAL})|ang|eng|ai|ei|ao|ou|an|en|er|a|o|e")
_LONGEST, _SPELT_OUT = 6, 60  # letters of a syllable, and of a run that anybody spells
# Numbers for the letters that they look like (t0usu), within a run of letters.
_LETTERS_AND_NUMBERS = re.compile(r"(?<![0-9a-z])(?=[0-9a-z]*[01])(?:[01]?[a-z]+)+[01]?(?![0-9a-z])")
_ALIKE = str.maketrans("01", "oi")
_TONED = re.compile(r"(?<![0-9a-z])(?:[a-z]{1,6}[1-5] ?){2,}(?![0-9a-z])")  # ren2 gong1
_LEAST_SPELT = 4  # letters of such a run
# Sounds that accents and voice input mix up: flat and curled tongue, the end of the nose.
_CURLED, _NASAL = re.compile("(?<=^[zcs])h"), re.compile("(?<=[aei]n)g$")


@lru_cache(maxsize=256)  # a turn is read by words and by the second net
def read_aloud(text: str, pinyin: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The characters and spelt syllables of a text, and their sounds; nothing when the two do not agree."""
    if _MARKED.search(text):
        text = "".join(c for c in unicodedata.normalize("NFD", text.replace("ü", "v")) if not unicodedata.combining(c))
    text = _LETTERS_AND_NUMBERS.sub(_as_letters, _TONED.sub(_without_tones, text))
    found = _LETTERS_OR_HAN.findall(text)
    heard = pinyin.split()
    if sum(1 for piece in found if not piece.isascii()) != len(heard):
        return (), ()
    at = iter(heard)
    pieces: list[str] = []
    sounds: list[str] = []
    for piece in found:
        if not piece.isascii():
            pieces.append(piece)
            sounds.append(next(at))
            continue
        spelt = syllables(piece) or (piece,)
        pieces += spelt
        sounds += spelt
    return tuple(pieces), tuple(sounds)


@lru_cache(maxsize=1024)
def syllables(run: str) -> tuple[str, ...]:
    """The syllables that a run of letters spells, each as long as it can be (zhuan ren gong); () for none."""
    if len(run) > _SPELT_OUT:
        return ()
    for length in range(min(_LONGEST, len(run)), 0, -1):
        if _SYLLABLE.fullmatch(run, 0, length):
            if length == len(run):
                return (run,)
            if rest := syllables(run[length:]):
                return (run[:length], *rest)
    return ()


@lru_cache(maxsize=1024)
def accentless(syllable: str) -> str:
    """The syllable without what accents mix up: zhen is zen, ping is pin."""
    return _NASAL.sub("", _CURLED.sub("", syllable))


def _as_letters(run: re.Match[str]) -> str:
    """A run with numbers in it as the syllables that it spells; as it is when it spells none."""
    letters = run.group().translate(_ALIKE)
    return letters if len(letters) >= _LEAST_SPELT and len(syllables(letters)) > 1 else run.group()


def _without_tones(run: re.Match[str]) -> str:
    spelt = re.findall(r"[a-z]+", run.group())
    return " ".join(spelt) if all(map(_SYLLABLE.fullmatch, spelt)) else run.group()
