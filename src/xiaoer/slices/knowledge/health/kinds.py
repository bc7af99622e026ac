"""Values in words (说法里的词): couriers, materials, places and the like, as far as a question asks for them.

Two answers to one question deny each other when each names values of a kind that the question asks for and they share
none (纯棉 and 涤纶, 顺丰 and 中通, two addresses), or when one names a material pure and the other names another.
What is denied (不发中通) or left out (除新疆) is not named. Words come from the industry pack; pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from xiaoer.kernel.regions import NAMES, province_of

_DENIED = re.compile(
    r"(?:不|没|非|无|别|除了?|不是|不发|没有|不能|不可|不支持|不要|不含)(?:用|走|发|含|是|有|可以?|能|支持)?$"
)
_PURE = re.compile(r"(?:纯|全|100\s*%|百分之?百的?)$")
_EXCEPT = re.compile(r"^[^，,。；;]{0,6}(?:除外|以外|之外)")
_STREET = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,8}?)(?P<level>街道|大道|省|市|区|县|镇|乡|村|路|街|巷|弄)"
    r"|(?P<number>[A-Za-z]?\d+)(?P<door>号楼|号|栋|幢|单元|室|弄)"
)
_WHERE = re.compile(r"(?<![改换])地址|在哪|哪里|哪儿|寄到|寄回|退到|退回|什么地方|仓库|门店|位置")
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[\s-]?){6,}\d(?!\d)")
_CONTACT = re.compile(r"电话|手机|号码|热线|联系|微信|QQ|群|地址", re.IGNORECASE)


class Kind(Struct, frozen=True):
    """One kind of value: what it is called, when a question asks for it, word → value, and value → how it is put."""

    name: str
    about: str
    asked: re.Pattern[str]
    words: dict[str, str]
    pattern: re.Pattern[str]
    spoken: tuple[tuple[str, re.Pattern[str]], ...] = ()
    naming_asks: bool = True

    def value_of(self, found: re.Match[str]) -> str:
        """The value that a match of `pattern` stands for."""
        said = self.words.get(found.group())
        return said or next(value for value, way in self.spoken if way.match(found.string, found.start()))


def read_kinds(kinds: Mapping[str, Any], entities: Mapping[str, Any]) -> tuple[Kind, ...]:
    """The kinds of `knowledge/kinds.toml`; those without values take them from `lexicons/entities.toml`."""
    found = []
    for name, row in kinds.items():
        values = row.get("values") or ({} if "patterns" in row else entities[name])
        if isinstance(values.get("names"), str):
            values = {_within(word): (word,) for word in (*NAMES, *values["names"].split())}
        words = {word.lower(): value for value, ways in values.items() for word in ways}
        longest = [re.escape(word) for word in sorted(words, key=len, reverse=True)]
        spoken = tuple((value, re.compile(way)) for value, way in row.get("patterns", {}).items())
        pattern = re.compile("|".join((*(way.pattern for _, way in spoken), *longest)))
        asked, naming_asks = re.compile(row["asked"]), row.get("naming_asks", True)
        found.append(Kind(name, row["about"], asked, words, pattern, spoken, naming_asks))
    return tuple(found)


def _within(place: str) -> str:
    """A city with its province before it: 浙江 and 杭州 do not deny each other (新疆/喀什)."""
    province = province_of(place)
    return f"{province}/{place}" if province not in ("", place) else place


def values_in(text: str, kind: Kind) -> tuple[frozenset[str], frozenset[str]]:
    """(values that a text names, those of them that it calls pure); what it denies or leaves out is not named."""
    named, pure = set(), set()
    low = text.lower()
    for match in kind.pattern.finditer(low):
        before = low[max(0, match.start() - 6) : match.start()]
        if _DENIED.search(before) or _EXCEPT.match(low[match.end() :]):
            continue
        value = kind.value_of(match)
        named.add(value)
        if _PURE.search(before) or match.group()[0] in "纯全":
            pure.add(value)
    return frozenset(named), frozenset(pure)


def share(mine: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether a value is in both; 塑料 is in 塑料/PP too, 塑料/PC is not in 塑料/PP."""
    return any(f"{a}/".startswith(f"{b}/") or f"{b}/".startswith(f"{a}/") for a in mine for b in theirs)


def asks_for(question: str, kind: Kind) -> bool:
    """Whether a question asks for a kind of value, or names one (能发顺丰吗, but not 新疆能发吗)."""
    return bool(kind.asked.search(question) or (kind.naming_asks and kind.pattern.search(question.lower())))


def streets_differ(questions: tuple[str, str], answers: tuple[str, str]) -> bool:
    """Whether two answers to where something is name other streets or numbers."""
    return all(map(_WHERE.search, questions)) and _streets_differ(*map(_streets, answers))


def contacts_differ(questions: tuple[str, str], answers: tuple[str, str]) -> bool:
    """Whether two answers to how somebody is reached name other numbers."""
    if not all(map(_CONTACT.search, questions)):
        return False
    one, other = ({re.sub(r"\D", "", n) for n in _LONG_NUMBER.findall(answer)} for answer in answers)
    return bool(one and other and not one & other)


def _streets(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in _STREET.finditer(text):
        found.setdefault(match["level"] or match["door"], set()).add(match["number"] or match["name"][-2:])
    return found


def _streets_differ(one: dict[str, set[str]], other: dict[str, set[str]]) -> bool:
    return any(not names & other[level] for level, names in one.items() if level in other)


def places_differ(one: str, other: str, kinds: Sequence[Kind]) -> bool:
    """Whether two addresses are of different places."""
    for kind in kinds:
        if kind.name == "places":
            mine, theirs = values_in(one, kind)[0], values_in(other, kind)[0]
            if mine and theirs and not share(mine, theirs):
                return True
    return _streets_differ(_streets(one), _streets(other))


def denies(answer: str, stated: str, kind: Kind) -> tuple[str, str]:
    """(what an answer says, what a fact states) when both name values of the kind and share none, else ("", "")."""
    said, fact = values_in(answer, kind)[0], values_in(stated, kind)[0]
    return (min(said), min(fact)) if said and fact and not share(said, fact) else ("", "")
