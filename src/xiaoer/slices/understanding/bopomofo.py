"""Bopomofo (注音): syllables as Taiwan types them, in the letters of pinyin: ㄓㄨㄢˇ is zhuan."""

import re

_SIGNS = {
    **dict(zip("ㄅㄆㄇㄈㄉㄊㄋㄌㄍㄎㄏㄐㄑㄒㄗㄘㄙ", "bpmfdtnlgkhjqxzcs", strict=True)),
    **{
        "ㄓ": "zh",
        "ㄔ": "ch",
        "ㄕ": "sh",
        "ㄖ": "r",
        "ㄚ": "a",
        "ㄛ": "o",
        "ㄜ": "e",
        "ㄝ": "e",
        "ㄞ": "ai",
        "ㄟ": "ei",
    },
    **{
        "ㄠ": "ao",
        "ㄡ": "ou",
        "ㄢ": "an",
        "ㄣ": "en",
        "ㄤ": "ang",
        "ㄥ": "eng",
        "ㄦ": "er",
        "ㄧ": "i",
        "ㄨ": "u",
        "ㄩ": "v",
    },
}
_SYLLABLE = re.compile("([ㄅ-ㄙ]?)([ㄧㄨㄩ]?[ㄚ-ㄦ]?)[ˊˇˋ˙]?")
# Finals that pinyin writes otherwise than sign by sign.
_SHORTER = {
    "ien": "in",
    "ieng": "ing",
    "uen": "un",
    "ueng": "ong",
    "ven": "un",
    "veng": "iong",
    "iou": "iu",
    "uei": "ui",
}
_WHISTLED = ("zh", "ch", "sh", "r", "z", "c", "s")


def to_letters(text: str) -> str:
    """The text with its bopomofo as pinyin without tones."""
    return _SYLLABLE.sub(_spell, text)


def _spell(found: re.Match[str]) -> str:
    if not (found[1] or found[2]):
        return found.group()
    initial, final = _SIGNS.get(found[1], ""), "".join(map(_SIGNS.__getitem__, found[2]))
    if not final:
        return f"{initial}i" if initial in _WHISTLED else initial
    if not initial:
        return _alone(final)
    final = _SHORTER.get(final, final)
    return initial + (f"u{final[1:]}" if final[0] == "v" and initial in ("j", "q", "x") else final)


def _alone(final: str) -> str:
    if final[0] == "v":
        return {"v": "yu", "ven": "yun", "veng": "yong"}.get(final, f"yu{final[1:]}")
    if final[0] in "iu":
        glide, rest = ("y", final[1:]) if final[0] == "i" else ("w", final[1:])
        return glide + {"": final, "en": "in" if glide == "y" else "en", "eng": "ing" if glide == "y" else "eng"}.get(
            rest, rest
        )
    return final
