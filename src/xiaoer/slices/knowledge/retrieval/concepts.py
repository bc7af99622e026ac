"""Words that ask for the same thing: reads `concepts.toml` and finds its phrases in a text.

A text becomes a row of tokens: a concept (`=close` for 关闭, 注销, 停用) where a phrase is known, the character,
word or number itself elsewhere. Fillers (请问, 帮我, 的, 了) are dropped. `asks` are the concepts that say what kind
of answer is wanted: how, why, when, how much; `opposites` are pairs such as open and close.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

_TOKEN = re.compile(r"[a-z]+|\d+|[\u3400-\u9fff]")


class Concepts:
    """A phrase table with longest match; built once."""

    def __init__(self, source: str) -> None:
        rows = tomllib.loads(source)
        self.asks = frozenset(f"={name}" for name in rows["asks"])
        self.opposites = tuple((f"={a}", f"={b}") for a, b in (pair.split() for pair in rows["opposites"]["pairs"]))
        self._token_of: dict[str, str] = {}
        for section in ("filler", "asks", "says"):
            for name, phrases in rows[section].items():
                token = "" if section == "filler" else f"={name}"
                for phrase in phrases.split():
                    self._token_of.setdefault(phrase, token)
        by_first: dict[str, dict[int, dict[str, str]]] = {}
        for phrase, token in self._token_of.items():
            by_first.setdefault(phrase[0], {}).setdefault(len(phrase), {})[phrase] = token
        self._by_first = {first: tuple(sorted(sizes.items(), reverse=True)) for first, sizes in by_first.items()}

    def tokens(self, compact: str) -> list[str]:
        """The canonical tokens of a compact text, in order."""
        out: list[str] = []
        by_first, at, end = self._by_first, 0, len(compact)
        while at < end:
            char = compact[at]
            for size, phrases in by_first.get(char, ()):
                token = phrases.get(compact[at : at + size])
                if token is not None:
                    if token:
                        out.append(token)
                    at += size
                    break
            else:
                if char >= "\u3400":
                    if char <= "\u9fff":
                        out.append(char)
                    at += 1
                    continue
                found = _TOKEN.match(compact, at)
                if found is not None:
                    out.append(found.group())
                at = found.end() if found is not None else at + 1
        return out


@cache
def builtin() -> Concepts:
    """The concepts that ship with the product."""
    return Concepts(files("xiaoer.slices.knowledge.retrieval").joinpath("concepts.toml").read_text("utf-8"))
