"""Whether an answer is good or bad news to a buyer (好消息, 坏消息), whatever was asked. Pure.

不掉色, 放心 and 耐烫 are good, 会缩水, 另外收费 and 不支持 are bad. So 抗黄，一直透亮 and 半年后微微发黄 are told to
deny each other though they share no word, and though one question asks whether it yellows and the other if it stays.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

_CLAUSE = re.compile(r"[^，,。！!？?；;：:\n]+")
_READ = 4  # clauses of an answer
_FADES = 0.6  # what each further clause counts of the one before
_NEAR, _CLOSE = 2, 1  # letters between a no and what it turns round; behind a no of one letter


class News(Struct, frozen=True):
    """Words of `knowledge/news.toml` as one pattern; of each, what it says and what it does to the next word."""

    words: re.Pattern[str]
    signs: dict[str, int]
    turns: frozenset[str]
    denies: frozenset[str]

    def told(self, answer: str) -> float:
        """Above 0 for good news, below for bad, 0 where no word tells; the first clause counts most."""
        points, share = 0.0, 1.0
        for clause in _CLAUSE.findall(answer)[:_READ]:
            if sign := self._clause(clause):
                points += share * sign
                share *= _FADES
        return points

    def _clause(self, clause: str) -> int:
        points, before, until = 0, "", -1
        for match in self.words.finditer(clause):
            word = match[0]
            sign, near = self.signs[word], match.start() - until <= (_CLOSE if len(before) == 1 else _NEAR)
            if near and before in self.turns:
                sign = -sign
            elif near and before in self.denies:
                sign = 0
            points += sign
            before, until = word, match.end()
        return (points > 0) - (points < 0)


def read_news(rows: Mapping[str, str]) -> News:
    """The words of `knowledge/news.toml`."""
    signs = dict.fromkeys((*rows["no"].split(), *rows["neither"].split()), 0)
    signs |= dict.fromkeys((*rows["good"].split(), *rows["welcome"].split()), 1)
    signs |= dict.fromkeys((*rows["bad"].split(), *rows["denied"].split()), -1)
    longest = sorted(signs, key=len, reverse=True)
    return News(
        re.compile("|".join(map(re.escape, longest))), signs,
        frozenset(word for word in rows["no"].split() if signs[word] == 0), frozenset(rows["denied"].split()),
    )  # fmt: skip
