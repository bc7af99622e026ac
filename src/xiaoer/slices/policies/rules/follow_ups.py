"""Short follow-ups (接着说): words that say nothing by themselves and everything after what was said before.

「165 115」 and 「脚宽」 go on with a talk about size, whatever they sound like alone.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.heard import Body, Segment
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import size_words
from xiaoer.slices.policies.rules.remarks import last_matter

_OF_SIZE = "product.size"
_WEAK = 0.6  # below this, what was heard of a few words may be something else
_SHORT = 16  # characters of a remark about a body or a taste
_NUMBERS = r"(?:\d{2,3}(?:\.\d)?\s*(?:斤|公斤|kg|KG|千克|cm|CM|厘米|公分|mm|MM)?)"
# Nothing but one or two measures: 165 115, 我162, 116斤的呢
_ONLY_MEASURES = re.compile(
    rf"(?:那|那么|要是|如果|换成?|我?是|我|他|她|它|身高|体重|高|重|大概|差不多)*{_NUMBERS}(?:[\s,，、/和]*(?:体重|重)?{_NUMBERS})?"
    r"(?:左右|的|呢|行|可以|能穿|穿|吗|么|嘛|不|合适|多点|[?？,，。\s])*"
)
_WEIGHT = re.compile(r"(\d{2,3}(?:\.\d)?)\s*(斤|公斤|kg|KG|千克)")
_LEAST_KG, _MOST_KG = 25, 200  # of who is weighed where nobody is named


def read(segment: Segment, turn: Turn) -> Segment:
    """The segment as what was said before makes it; unchanged when its words say enough by themselves."""
    text = segment.text.strip()
    of_size = last_matter(turn).startswith(_OF_SIZE) or "height_cm" in _asked(turn) or "weight_kg" in _asked(turn)
    if _ONLY_MEASURES.fullmatch(text) and (of_size or turn.product_in_focus):
        return _with_measures(segment, of_size)
    weak = segment.confidence < _WEAK or segment.intent.startswith(("chat.", "oos."))
    if weak and len(text) <= _SHORT and (of_size or turn.product_in_focus) and _tells_measures(segment):
        return _of_size(segment)
    if of_size and len(text) <= _SHORT and not QUESTION.search(text) and size_words.shapes_in(text):
        return _of_size(segment)
    return segment


def _with_measures(segment: Segment, of_size: bool) -> Segment:
    """Bare measures as a question of size: a height with a weight anywhere, one alone where size is talked of."""
    body = next(iter(segment.bodies), Body())
    if body.height_cm and body.weight_kg:
        return _of_size(segment)
    weight = _WEIGHT.search(segment.text)
    if not of_size or (weight is None and not body.height_cm):
        return segment
    if weight is not None and body.weight_kg is None:
        kilos = float(weight[1]) / (2 if weight[2] == "斤" else 1)
        if not _LEAST_KG <= kilos <= _MOST_KG:
            return segment
        body = replace(body, weight_kg=kilos)
    return _of_size(replace(segment, bodies=(body,)))


def _tells_measures(segment: Segment) -> bool:
    """Whether a measure besides the age is told (脚长257, 腰72的)."""
    ages = ("age_years", "age_months")
    return any(replace(one, **dict.fromkeys(ages)) != Body(wearer=one.wearer) for one in segment.bodies)


def _of_size(segment: Segment) -> Segment:
    return replace(segment, intent="product.size_advice", confidence=max(segment.confidence, 0.8), by="wording")


def _asked(turn: Turn) -> tuple[str, ...]:
    bot = next((past for past in reversed(turn.history) if past.author == "bot"), None)
    return bot.asked_for if bot else ()
