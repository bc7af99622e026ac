# ruff: noqa: E501  patterns read better unbroken
"""Calling out (有人吗, 客服, 0): words that greet at the door and ask for a person anywhere else.

As the first words of a talk they are answered by a greeting that offers a person at once. In the midst of it, or said
again, they say that the bot's answers are not what is wanted, and a person comes.
"""

import re

from xiaoer.kernel.turn import PastMessage, Turn

_PARTICLES = r"[吗么没嘛不啊呀呢哈哦吧了的\W]*"
_CALL = r"(?:(?:到底|究竟|还|都)?(?:有没有|有无|有木有|有)(?:个)?人(?:在|在线|值班)?|人(?:去哪(?:了|儿)?|在哪里?|在)?(?=呢|吗|哪|不|在|\W*$)|(?:在线)?等?(?:在线)?客服(?:人员|小姐姐|小哥)?(?:在|在线|上线|人)?)"
_BARE = re.compile(rf"(?:(?:请问|喂+|哈喽|哎|诶|你好|您好|亲|急|在线等)\W*)*(?:{_CALL}{_PARTICLES})+")
_CALLS = re.compile(_CALL)
# 客服是死了吗, 人都死哪去了: nobody greets so
_GONE = re.compile(r"(?:客服|你们|人)(?:是|都|全)*死(?:了|光|绝|哪)|(?:客服|你们|人)都?(?:哪去了|跑哪去了|失踪了)")
# Telephones have taught buyers that 0 is a person; where something was asked for, it may be the answer.
_ZERO = re.compile(r"0+\W*")
_ASKS = re.compile(r"[?？]|几|多少")
_PHONE_END = 4  # digits of a phone that prove an order: 0000 may be them
_GREETS = frozenset({"chat.greeting", "chat.ack", "chat.thanks", "chat.bye"})


def is_bare_call(text: str) -> bool:
    """Whether the words call for somebody and say nothing else."""
    return _BARE.fullmatch(text.strip()) is not None


def calls_person(text: str, turn: Turn) -> bool:
    """Whether these words, which alone would be a greeting, ask for a person at this point of the talk."""
    said = text.strip()
    if _ZERO.fullmatch(said):
        if turn.memory.asked is not None and turn.memory.asked.asks == "digits" and len(said) == _PHONE_END:
            return False
        bot = next((past.text for past in reversed(turn.history) if past.author == "bot"), "")
        return _ASKS.search(bot) is None
    if _GONE.search(said) is not None:
        return True
    if not is_bare_call(said):
        return False
    return len(_CALLS.findall(said)) > 1 or any(_is_begun(past) for past in turn.history)


def _is_begun(past: PastMessage) -> bool:
    """Whether the talk was under way: something was asked, or somebody was called before."""
    if past.author != "buyer":
        return past.author == "bot" and any(intent not in _GREETS for intent in past.intents)
    return is_bare_call(past.text) or any(intent not in _GREETS for intent in past.intents)
