"""Whether the bot would have said the same (一致率), and what follows for its mode (晋级与降级).

Same means the same facts: every number, the same yes or no, and words that are near. A nicer wording is no
disagreement; another amount, date or a 不 too many is one, however near the words are.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Literal

import msgspec
from msgspec import Struct

Mode = Literal["auto", "assist", "shadow"]
_NEAR = 0.45  # people shorten and greet; below this they said something else
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN_NUMBER = str.maketrans("零一二两三四五六七八九", "01223456789")
_HAN_COUNT = re.compile(r"(?<!第)[零一二两三四五六七八九](?=[天日号月件个折元块次年周小])")
_NO = re.compile(r"不(?:能|可以|可|行|支持|会|包|需要|用|是)|没有|没法|无法|暂无|未")
_POLITE = re.compile(r"您好|你好|亲|哦|呢|哈|的话|~|～|请|麻烦|谢谢|[^\w\u4e00-\u9fff]")
_DAY = re.compile(r"今天|明天|后天|大后天|本周|下周|周[一二三四五六日]")


class Terms(Struct, frozen=True):
    """From which evidence a mode changes. Shares of agreement and cases behind them, counted over the window."""

    window_days: int = 30
    to_assist_ratio: float = 0.8
    to_assist_cases: int = 30
    to_auto_ratio: float = 0.9
    to_auto_cases: int = 50
    demote_ratio: float = 0.7
    demote_cases: int = 20


def terms_with(own: Mapping[str, float]) -> Terms:
    """The usual thresholds with the shop's own ones; shares between 0 and 1, counts whole."""
    return msgspec.convert({**msgspec.structs.asdict(Terms()), **own}, Terms, strict=False)


class Proposal(Struct, frozen=True):
    """A change that the evidence speaks for. A promotion waits for a person; a demotion holds at once."""

    to: Mode
    is_demotion: bool


def agrees(draft: str, sent: str) -> bool:
    """Whether what a person sent says what the bot's draft said."""
    if draft.strip() == sent.strip():
        return True
    if _facts(draft) != _facts(sent):
        return False
    one, other = _POLITE.sub("", draft), _POLITE.sub("", sent)
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _NEAR


def _facts(text: str) -> tuple[frozenset[str], frozenset[str], bool]:
    plain = _HAN_COUNT.sub(lambda m: m.group().translate(_HAN_NUMBER), text)
    numbers = frozenset(
        number.rstrip("0").rstrip(".") if "." in number else number for number in _NUMBER.findall(plain)
    )
    return numbers, frozenset(_DAY.findall(text)), bool(_NO.search(text))


def propose(mode: Mode, cases: int, agreed: int, terms: Terms) -> Proposal | None:
    """What the evidence of one intent says about its mode; None when it may stay."""
    ratio = agreed / cases if cases else 0.0
    if mode != "shadow" and cases >= terms.demote_cases and ratio < terms.demote_ratio:
        return Proposal("assist" if mode == "auto" else "shadow", is_demotion=True)
    if mode == "shadow" and cases >= terms.to_assist_cases and ratio >= terms.to_assist_ratio:
        return Proposal("assist", is_demotion=False)
    if mode == "assist" and cases >= terms.to_auto_cases and ratio >= terms.to_auto_ratio:
        return Proposal("auto", is_demotion=False)
    return None
