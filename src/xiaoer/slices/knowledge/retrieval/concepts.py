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
        longest: dict[str, int] = {}
        for phrase in self._token_of:
            longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
        self._longest = longest

    def tokens(self, compact: str) -> list[str]:
        """The canonical tokens of a compact text, in order."""
        out: list[str] = []
        table, longest = self._token_of, self._longest
        at, end = 0, len(compact)
        while at < end:
            char = compact[at]
            size = longest.get(char, 0)
            while size:
                token = table.get(compact[at : at + size])
                if token is not None and at + size <= end:
                    if token:
                        out.append(token)
                    break
                size -= 1
            if size:
                at += size
                continue
            found = _TOKEN.match(compact, at)
            if found is None:
                at += 1
                continue
            out.append(found.group())
            at = found.end()
        return out


@cache
def builtin() -> Concepts:
    """The concepts that ship with the product."""
    return Concepts(files("xiaoer.slices.knowledge.retrieval").joinpath("concepts.toml").read_text("utf-8"))
