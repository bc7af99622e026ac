"""The first words of a person who takes a talk over (开场白): who he is, that he has read it, what he does first.

Offered until he has spoken. It promises nothing but that he looks at once.
"""

from collections.abc import Sequence

from xiaoer.slices.assist.types import Suggestion

_ANGRY = 0.6
_ASKS_FOR_PEOPLE = ("service.", "chat.", "oos.")


def is_matter(intents: Sequence[str]) -> bool:
    """Whether one of the intents is business, not small talk or the call for a person."""
    return any(not intent.startswith(_ASKS_FOR_PEOPLE) for intent in intents)


def first_words(name: str, anger: float, *, has_matter: bool) -> Suggestion:
    """What he may begin with."""
    if anger >= _ANGRY:
        said = "给您添堵了，很抱歉，这件事我来跟到底。前面聊的我都看了，先核对一下，马上回您。"
    elif has_matter:
        said = "您刚才问的我来处理，前面聊的我都看了，先核对一下，马上回您。"
    else:
        said = "您具体想办什么，跟我说，我来处理。"
    return Suggestion("opening", "canned", f"您好，我是{name}。{said}")
