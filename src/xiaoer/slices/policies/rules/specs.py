"""Which variants the words mean (规格): by size and colour, by a spec that is named, by a measure (6米3, 500毫升), by
the numbers and letters of a spec (15pro for iPhone 15 Pro, 26+16 for 26寸+16寸)."""

import re

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.heard import Entities
from xiaoer.kernel.measures import Measure, in_base, in_digits, measures
from xiaoer.slices.policies.rules import next_size
from xiaoer.slices.policies.rules.extremes import extreme_of
from xiaoer.slices.policies.rules.spec_words import named_of

_FILL = re.compile(r"[\s,，。.!！的个款码号色吧呗要那这就我来拿选拍]")
_FEW = 8  # letters of a spec that is said alone
_NAME = 2  # letters of a spec that names itself
_LETTER_SIZES = {"小": "S", "中": "M", "大": "L"}
# Numbers and letters that stand together are one name (15pro); a number that counts pieces or money is none.
_JOINED = re.compile(r"[a-z\d]+(?:[ .+x*/-][a-z\d]+)*", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+", re.IGNORECASE)
_MODEL = re.compile(
    r"(?P<make>[^\W\d_]{2,10}?\s?)(?P<number>\d+)(?![\d.]*\s*(?:cm|mm|ml|kg|g|l|厘米|毫米|毫升|克|斤|升|米|寸|片|只|件))",
    re.I,
)
_COUNTED = re.compile(r"\d+(?:\.\d+)?\s*(?=[件个条双瓶盒袋包箱台只支把套罐桶块元毛折天号点月年岁斤人分楼层倍])")


def matching(variants: tuple[Variant, ...], entities: Entities, text: str = "") -> tuple[Variant, ...]:
    """The variants that fit what was named; all when nothing was, none when there is no such variant."""
    several = named_together(variants, text)
    if len(several) > 1:  # 白的黑的一样价吗
        return tuple(v for v in variants if set(v.spec.values()) & several)
    chosen = variants
    if entities.variant_ids:
        chosen = tuple(v for v in variants if v.id in entities.variant_ids)
    if entities.size:
        chosen = tuple(v for v in chosen if _has(v, entities.size))
    if entities.color:
        chosen = tuple(v for v in chosen if _has(v, entities.color))
    if not text or entities.variant_ids:
        return chosen
    if measures_of(text, variants) and not entities.size:
        chosen = _measured(chosen, text)
    named = extreme_of(_named(chosen, text), text)
    if len(named) < len(chosen) or len(chosen) < len(variants) or entities.size or entities.color:
        return named
    return _by_tokens(chosen, text)


def named_together(variants: tuple[Variant, ...], text: str) -> set[str]:
    """The values of one axis that the text names, in the shop's words (白的 names 白色 and 米白 alike)."""
    axes: dict[str, set[str]] = {}
    for variant in variants:
        for axis, value in variant.spec.items():
            axes.setdefault(axis, set()).add(value)
    for axis, values in axes.items():
        named = {value for value in values if len(value) >= _NAME and value in text}
        if len(named) > 1 and not any(one != other and one in other for one in named for other in named):
            return named  # 青花跟纯白差多少钱
        if "色" in axis and (colors := _colors(values, text)):
            return colors
    return set()


def _colors(colors: set[str], text: str) -> set[str]:
    whole = {color for color in colors if color in text or f"{color.removesuffix('色')}的" in text}
    return whole or {color for color in colors if f"{color.removesuffix('色')[-1:]}的" in text}


def named_in(variants: tuple[Variant, ...], text: str) -> str:
    """The spec or measure that the text names of these variants, in the shop's words where it has it; else empty."""
    words = [value for v in variants for value in v.spec.values() if len(value) >= _NAME and value in text]
    return max(words, key=len, default="") or " ".join(f"{n:g}{unit}" for n, unit in measures_of(text, variants))


def other_model(variants: tuple[Variant, ...], text: str) -> str:
    """The model that the text names of a make that the specs name too, where none of them is it (华为mate70, of a case
    for 华为Mate60); empty when one is, or none is named."""
    numbers: dict[str, set[str]] = {}
    for variant in variants:
        for value in variant.spec.values():
            if found := _MODEL.match(value):
                numbers.setdefault(found["make"].strip().lower(), set()).add(found["number"])
    said = [
        (found[0], found[1] in there)
        for make, there in numbers.items()
        for found in re.finditer(rf"{re.escape(make)}\s*(\d+)", text.lower())
    ]
    return "" if any(is_there for _, is_there in said) or not said else said[0][0]


def measures_of(text: str, variants: tuple[Variant, ...]) -> set[Measure]:
    """The measures in the text of a kind that some spec counts in (10斤 where specs tell 5kg)."""
    kinds = {in_base(one)[1] for v in variants for value in v.spec.values() for one in measures(value)}
    return {one for one in measures(text) if in_base(one)[1] in kinds}


def _measured(variants: tuple[Variant, ...], text: str) -> tuple[Variant, ...]:
    """Those whose specs hold most of the measures that the text tells (五公分厚的一米五)."""
    wanted = set(map(in_base, measures_of(text, variants)))
    held = {
        v.id: len(wanted & {in_base(one) for value in v.spec.values() for one in measures(value)}) for v in variants
    }
    most = max(held.values(), default=0)
    return tuple(v for v in variants if most and held[v.id] == most)


def _named(variants: tuple[Variant, ...], text: str) -> tuple[Variant, ...]:
    """Those of the specs that the words name, axis by axis; all when they name none."""
    for axis in dict.fromkeys(axis for v in variants for axis in v.spec):
        values = {v.spec[axis] for v in variants if axis in v.spec}
        if len(values) > 1 and (named := named_of(values, text)):
            variants = tuple(v for v in variants if v.spec.get(axis) in named)
    return variants


def _by_tokens(variants: tuple[Variant, ...], text: str) -> tuple[Variant, ...]:
    """Those whose specs hold the numbers and letters that the text shares with any of them, the barest of these
    (15 names no 15 Pro); all when it shares none, none when letters beside them are in no spec (16 pro max)."""
    told = {v.id: {token for value in v.spec.values() for token in _tokens(value)} for v in variants}
    known = set().union(*told.values()) if told else set()
    said = [tokens for one in _JOINED.findall(_COUNTED.sub(" ", in_digits(text))) if known & (tokens := _tokens(one))]
    asked = set().union(*said) if said else set()
    if not asked or asked <= set.intersection(*told.values()):
        return variants
    holding = [v for v in variants if asked <= told[v.id]]
    least = min((len(told[v.id]) for v in holding), default=0)
    return tuple(v for v in holding if len(told[v.id]) == least)


def _tokens(text: str) -> set[str]:
    return {token.lower() for token in _TOKEN.findall(text)}


def _has(variant: Variant, word: str) -> bool:
    """Whether a spec value is this size (exactly; 中码 is M) or this colour (黑色 is in 曜石黑, 沙子色 in 沙色)."""
    wanted = next_size.plain(word.upper().removesuffix("码"))
    shade = wanted.removesuffix("色").removesuffix("子")
    for value in variant.spec.values():
        text = next_size.plain(value.upper().removesuffix("码"))
        if text in (wanted, _LETTER_SIZES.get(wanted)) or (not wanted.isascii() and shade in text):
            return True
    return False


def is_only_spec(variants: tuple[Variant, ...], text: str) -> bool:
    """Whether a few words are letters of some spec and nothing else (炭灰2XL, 燕麦的)."""
    bare = _FILL.sub("", text.upper())
    if len(bare) == 1:  # 粗的
        return len(_named(variants, text)) < len(variants)
    if not bare or len(bare) > _FEW:
        return False
    return any(_covers(set("".join(one.spec.values()).upper()), bare) for one in variants)


def _covers(letters: set[str], text: str) -> bool:
    return all(letter in letters for letter in text) and any(letter.isalpha() for letter in text)


def other_than(variants: tuple[Variant, ...], text: str, facts: tuple[tuple[str, str], ...]) -> str:
    """The spec that the words name where the facts tell of other specs only (28 where the sheet has the weight of
    32厘米), with what is not told of it; empty where they tell of it, or of all alike."""
    chosen = matching(variants, Entities(), text)
    if not chosen or len(chosen) == len(variants) or len(facts) != 1:
        return ""
    meant = {value for one in chosen for value in one.spec.values()}
    others = {value for one in variants for value in one.spec.values()} - meant
    key, told = facts[0]
    if any(value in told for value in others) and not any(value in told for value in meant):
        named = next((v for v in meant if all(v in one.spec.values() for one in chosen)), "")
        return f"{named}的{key}" if named else ""
    return ""
