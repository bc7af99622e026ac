"""Whether two answers of people say the same (同一句话), though neither copied the other. Pure.

Most of the shorter one stands in the longer one, neither names a figure against the other's, and nothing that one
denies does the other speak of: 不能机洗 stands in no 能机洗.
"""

import re

_SHORTEST = 8  # characters; shorter ones are given to many questions
_MOST = 0.7  # of the shorter answer's letter pairs
_MARKS = re.compile(r"[^0-9a-z\u4e00-\u9fff]")
_DENIED = re.compile(r"[不没无别勿禁未]([^不没无别勿禁未])")
_FIGURE = re.compile(r"\d+|[一二两三四五六七八九十半百]+(?=[个只根件条张片次天年月周号码厘米斤克升元块折包盒瓶])")


def say_the_same(one: str, other: str) -> bool:
    """Whether two answers say the same."""
    mine, theirs = (_MARKS.sub("", text.lower()) for text in (one, other))
    if min(len(mine), len(theirs)) < _SHORTEST:
        return False
    if mine == theirs:
        return True
    here, there = _pairs(mine), _pairs(theirs)
    if len(here & there) < _MOST * min(len(here), len(there)):
        return False
    figures = [set(_FIGURE.findall(text)) for text in (mine, theirs)]
    denied = [set(_DENIED.findall(text)) for text in (mine, theirs)]
    against = (denied[0] - denied[1]) & set(theirs) | (denied[1] - denied[0]) & set(mine)
    return not against and (figures[0] <= figures[1] or figures[1] <= figures[0])


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
