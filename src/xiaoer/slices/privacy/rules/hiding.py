"""Masking whole texts for good, or with placeholders that the one tool call that needs them can fill in again."""

import re
from collections.abc import Callable, Mapping

from xiaoer.slices.privacy.rules.finding import find_personal
from xiaoer.slices.privacy.rules.masks import (
    mask_address,
    mask_bank_card,
    mask_email,
    mask_id_card,
    mask_landline,
    mask_name,
    mask_phone,
    mask_waybill,
)
from xiaoer.slices.privacy.types import Hidden, Kind

_MASKS: dict[Kind, Callable[[str], str]] = {
    Kind.PHONE: mask_phone,
    Kind.LANDLINE: mask_landline,
    Kind.ID_CARD: mask_id_card,
    Kind.BANK_CARD: mask_bank_card,
    Kind.EMAIL: mask_email,
    Kind.WAYBILL: mask_waybill,
    Kind.ADDRESS: mask_address,
    Kind.NAME: mask_name,
}
_SPELT = str.maketrans("零〇一幺二三四五六七八九０１２３４５６７８９", "0011234567890123456789")
_PLACEHOLDER = re.compile(rf"<((?:{'|'.join(Kind)})_[0-9]{{1,6}})>")


def mask_text(text: str) -> str:
    """Replace personal data in a text by its masked form; what is left cannot be turned back."""
    return _replace(text, lambda kind, found: _MASKS[kind](found.translate(_SPELT) if kind in _NUMBERS else found))


_NUMBERS = frozenset({Kind.PHONE, Kind.LANDLINE, Kind.ID_CARD, Kind.BANK_CARD})


def hide_personal(text: str, known: Mapping[str, str] | None = None) -> Hidden:
    """Replace personal data by placeholders such as `<PHONE_1>`.

    `known` are the values of earlier texts of the same conversation, so that the same number keeps its
    placeholder; the result's values hold them too. A placeholder that the buyer typed is made harmless:
    nobody gets at another value by naming it.
    """
    values = dict(known or {})
    names = {value: name for name, value in values.items()}
    counts = dict.fromkeys(Kind, 0)
    for name in values:
        counts[Kind(name[1:].rpartition("_")[0])] += 1

    def name_of(kind: Kind, found: str) -> str:
        if found not in names:
            counts[kind] += 1
            names[found] = f"<{kind}_{counts[kind]}>"
            values[names[found]] = found
        return names[found]

    return Hidden(_replace(_PLACEHOLDER.sub(r"＜\1＞", text), name_of), values)


def restore_personal(text: str, values: Mapping[str, str]) -> str:
    """Put the originals back for the placeholders in `text`; one that is not in `values` stays."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(), match.group()), text)


def _replace(text: str, word_for: Callable[[Kind, str], str]) -> str:
    parts, at = [], 0
    for found in find_personal(text):
        parts += [text[at : found.start], word_for(found.kind, text[found.start : found.end])]
        at = found.end
    return "".join([*parts, text[at:]])
