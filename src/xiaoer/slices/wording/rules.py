"""What a shop may teach (店铺词规则): short, unambiguous, and never a word that would turn everything around."""

import re
from collections.abc import Iterable

from xiaoer.kernel.errors import XiaoerError
from xiaoer.slices.wording.types import Wording

MOST = 5_000
MOST_EXAMPLES = 200
_OWN_CODE = re.compile(r"shop\.[a-z][a-z0-9_]{0,39}")


class WordingRefused(XiaoerError):
    """A lesson that cannot be taken; `told` says why to the person who wrote it."""

    code = "wording_refused"
    status = 422

    def __init__(self, detail: str, told: str) -> None:
        super().__init__(detail)
        self.told = told


def check(value: Wording, known: Iterable[str], others: Iterable[Wording]) -> Wording:
    """The lesson, tidied. `known` are the pack's intent codes, `others` what the shop taught before.

    Raises:
        WordingRefused: it is empty, taught twice, or of no known intent.
    """
    others = [other for other in others if other.id != value.id and other.kind == value.kind]
    if len(others) >= MOST:
        raise WordingRefused(
            f"A shop keeps at most {MOST} of a kind. Remove what is not used any more.",
            f"一类最多 {MOST} 条，先删掉不用的",
        )
    text = value.text.strip()
    if value.kind == "word":
        return _word(value, text, others)
    examples = tuple(dict.fromkeys(line for line in (example.strip() for example in value.examples) if line))
    if value.intent not in set(known) and not _OWN_CODE.fullmatch(value.intent):
        raise WordingRefused(
            f"“{value.intent}” is no intent of the pack. One of your own is called shop.name, "
            "with small letters, digits and underscores, such as shop.taster.",
            f"没有「{value.intent}」这个意图；自己的意图写成 shop.taster 这样，小写字母、数字和下划线",
        )
    if not examples:
        raise WordingRefused(
            "An intent is learnt from what buyers say. Give at least one sentence.", "意图要靠买家的话来学，至少写一句"
        )
    if any(other.intent == value.intent for other in others):
        raise WordingRefused(
            f"{value.intent} is taught already. Add the sentences there.",
            f"「{value.intent}」已经教过，把句子加到那一条",
        )
    return Wording(value.id, "intent", text, "", value.intent, examples[:MOST_EXAMPLES])


def _word(value: Wording, text: str, others: list[Wording]) -> Wording:
    means = value.means.strip()
    if len(text) < 2:
        raise WordingRefused(
            "A word has at least two characters: a single one stands in too many others.", f"「{text}」太短，至少两个字"
        )
    if not means or means == text:
        raise WordingRefused(
            "Say in plain words what it means, such as 活动 for 薅薅节.", f"「{text}」没写意思，写一个平常的说法"
        )
    if text in means:
        raise WordingRefused(
            f"“{means}” holds “{text}” itself, so it would be replaced for ever. Use other words.",
            f"「{means}」里又有「{text}」，换个说法",
        )
    if any(other.text == text for other in others):
        raise WordingRefused(f"“{text}” is taught already. Change that one.", f"「{text}」已经教过，改那一条")
    return Wording(value.id, "word", text, means)
