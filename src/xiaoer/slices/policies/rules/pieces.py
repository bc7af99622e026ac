"""Which variant of one product words ask for, and how many pieces (几件哪款): 两盒多少钱, 三盒装还是单盒拍三次, 20件.

A measure word that only some specs have names these (两盒 the box, 两袋 the bag). A pack (三盒装) is not the unit that
is counted: two boxes are twice the single box, unless a pack of just so many is sold for no more. Where nothing
tells the variants apart, it is the one that the title names (10斤 of 大米10斤), else the cheapest in stock.
"""

import re
from typing import NamedTuple

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.heard import Entities
from xiaoer.kernel.measures import in_base, in_digits, measures
from xiaoer.kernel.numerals import value
from xiaoer.slices.policies.rules.spec_words import pieces_in
from xiaoer.slices.policies.rules.specs import matching

_NUMBER = r"\d{1,3}|俩|[一二两三四五六七八九十百]+"
_NOT_ONE = r"(?<![第.一二两三四五六七八九十百满])(?!(?<=\d)[\d一])"  # 27两条 are two of size 27
_PACKED = re.compile(rf"{_NOT_ONE}({_NUMBER})({PIECE})(?:套?装|一[组套])")
_COUNTED = re.compile(rf"{_NOT_ONE}({_NUMBER})({PIECE})(?![套装入组]|一[组套])")
_PACK_OF = re.compile(rf"{_NOT_ONE}({_NUMBER})({PIECE})(?:的|那[种款个])")
_CONTENT = frozenset("片粒颗枚抽")
_TIMES = re.compile(rf"(?:拍|买|下单|点)({_NUMBER})(?:次|回|遍)")
_EACH_PRICE = re.compile(r"\d\s*(?:元|块钱?|米)?\s*(?:一|1|每)$")
_TOLD_OF_IT = re.compile(r"[有是含乘抽]$")  # 绘本有十本吧: what is in it, not what is bought
_OF_PRICE = re.compile(
    r"^(?:一起|一共|总共|合计|加起来|到手|能|可以|会|要|得|是|卖|拍|买|下来|算|优惠|便宜|划算|省|减|打折|送|包邮|实付|最低|大概|的话|呢|的|价格?|啥价|什么价|几块|几多|好多|多少|怎么|咋|有|没|给|和|跟|还|吗|么|吧|\d|$|\W)"
)
_NOT_WHOLE = re.compile(r"替换|补充装|配件|试[吃用]|样品|小样|体验装|单独")
_CLAUSES = re.compile(r"[\s,，。；;？?！!、]+|还是|或者|跟|和|比")
_ANY_UNIT = frozenset("个件套份")
_MONEY_FROM = 10  # 200块 are yuan, 一块 is together
_MOST = 999  # pieces of one line
_MOST_OPTIONS = 4


class Pieces(NamedTuple):
    """So many of one variant; `unit` is the measure word that counted them, or nothing. `pack` is the key of the pack
    of just so many, beside which it is told where it costs less; `said` is the number of units that the words told."""

    variant: Variant
    number: int
    unit: str = ""
    pack: str = ""
    said: int = 0

    @property
    def key(self) -> str:
        return f"{self.variant.id}*{min(max(self.number, 1), _MOST)}"


def asked(variants: tuple[Variant, ...], entities: Entities, text: str, title: str = "") -> list[Pieces]:
    """What the words count of one product, each once, in their order; empty where they count nothing."""
    found: list[Pieces] = []
    for clause in filter(None, _CLAUSES.split(text)):
        found += [one for one in _of_clause(variants, entities, clause, title) if one not in found]
    return found[:_MOST_OPTIONS]


def counted(text: str) -> list[tuple[int, str]]:
    """Numbers of pieces with their measure words, without a price each (60一件) and what the goods hold (有十本)."""
    return [
        (number_of(one[1]), one[2])
        for one in _COUNTED.finditer(text)
        if not _EACH_PRICE.search(text[: one.end(1)])
        and not _TOLD_OF_IT.search(text[: one.start()])
        and not (one[2] == "块" and not 1 < number_of(one[1]) < _MONEY_FROM)
    ]


def spans(text: str) -> list[tuple[int, int, int]]:
    """Where each number of pieces begins and ends, and the number."""
    return [(one.start(), one.end(), number_of(one[1])) for one in _COUNTED.finditer(text)]


def counts_others(text: str, known: str) -> bool:
    """Whether a number counts goods that `known` (title, specs, sheet) has no word of: 一个火箭筒."""
    for one in _COUNTED.finditer(text):
        after = text[one.end() :]
        if not _OF_PRICE.search(after) and len(after) > 1 and not set(after[:2]) & set(known):
            return True
    return False


def without_counts(text: str) -> str:
    """The words without the numbers of pieces, which name no variant."""
    return _COUNTED.sub(" ", text)


def one_of(variants: tuple[Variant, ...], title: str = "", unit: str = "") -> Variant | None:
    """The variant that is meant where nothing tells them apart; None where there is none."""
    ready = [v for v in variants if v.stock > 0] or list(variants)
    return min(
        ready,
        key=lambda v: (_holds(v, unit) or 1, _distance(v, title), v.pays, v.id),
        default=None,
    )


def _of_clause(variants: tuple[Variant, ...], entities: Entities, clause: str, title: str) -> list[Pieces]:
    times = _TIMES.search(clause)
    if packed := _PACKED.search(clause):
        number, unit = number_of(packed[1]), packed[2]
        pool = tuple(v for v in variants if _holds(v, unit) == number)
        if (meant := one_of(pool, title)) is not None:
            return [Pieces(meant, number_of(times[1]) if times else _first_other(clause, packed), unit)]
    pool = matching(variants, entities, without_counts(clause)) or variants
    found: list[Pieces] = []
    counts = counted(clause)
    if len(counts) > 1 and (of_pack := _PACK_OF.search(clause)):  # 四包的来两份
        of_size = tuple(v for v in pool if _holds(v, of_pack[2]) == number_of(of_pack[1]))
        pool, counts = (of_size, counts[1:]) if of_size else (pool, counts)
    for number, unit in counts:
        of_unit = tuple(v for v in pool if unit in " ".join(v.spec.values())) if unit not in _ANY_UNIT else ()
        single = one_of(of_unit or pool, title, unit)
        if single is None:
            continue
        pack = _pack_of(pool, unit, number)
        if (
            pack is None
            and unit in _CONTENT
            and (_holds(single, unit) or 1) > 1
            and number % (_holds(single, unit) or 1)
        ):
            continue  # 十片 of a pack of a hundred
        if unit == "斤" and pack is not None:  # 20斤 of rice is what is in the bag
            found.append(Pieces(pack, 1))
            continue
        held = _holds(single, unit) or 1
        if pack is not None:
            found.append(Pieces(pack, 1, unit, said=number))
        if pack is None or (held == 1 and single != pack):
            count = number // held if number % held == 0 else number
            found.append(Pieces(single, count, unit, found[-1].key if pack is not None else "", number))
    if not found and times and (one := one_of(pool, title)) is not None:
        found.append(Pieces(one, number_of(times[1])))
    return found


def _first_other(clause: str, packed: re.Match[str]) -> int:
    """How many of a pack (两个三盒装); one, where nothing is told."""
    others = counted(clause[: packed.start()])
    return others[0][0] if others else 1


def _pack_of(variants: tuple[Variant, ...], unit: str, number: int) -> Variant | None:
    """The variant that is just so many pieces (1L×12盒 of 12 boxes, 双机套装 of two)."""
    fitting = tuple(
        v
        for v in variants
        if number > 1
        and (
            _holds(v, unit) == number
            or (_holds(v, unit) is None and (unit in _ANY_UNIT or not _units(v)) and number in pieces_in(_spec(v)))
        )
    )
    return one_of(fitting)


def _holds(variant: Variant, unit: str) -> int | None:
    """How many of a unit the spec tells: 三盒 of 10片三盒; None where it tells of no such unit."""
    if not unit:
        return None
    spec = in_digits(_spec(variant))
    found = re.search(rf"(?<![\d.])(\d+|[一二两三四五六七八九十]|[单双]){re.escape(unit)}", spec)
    return ({"单": 1, "双": 2}.get(found[1]) or number_of(found[1])) if found else None


def _units(variant: Variant) -> set[str]:
    return {one[1] for one in re.findall(rf"({_NUMBER})({PIECE})", _spec(variant))}


def _spec(variant: Variant) -> str:
    return " ".join(variant.spec.values())


def _distance(variant: Variant, title: str) -> int:
    """How far a spec is from the title: told in its words (0), by its measures and numbers (1), not at all (2); a part
    of it or a sample (3)."""
    values = variant.spec.values()
    if _NOT_WHOLE.search(_spec(variant)):
        return 3
    if title and values and all(value in title for value in values):
        return 0
    return 1 if _is_in(variant, _marks(title)) else 2


def _is_in(variant: Variant, known: set[tuple[float, str]]) -> bool:
    own = _marks(_spec(variant))
    return bool(own) and own <= known


def _marks(text: str) -> set[tuple[float, str]]:
    """The measures and numbers of pieces that a title or spec tells."""
    pieces = {(float(number_of(number)), unit) for number, unit in re.findall(rf"({_NUMBER})({PIECE})", text)}
    return {in_base(one) for one in measures(text)} | pieces


def number_of(word: str) -> int:
    if word.isdigit():
        return int(word)
    return 2 if word == "俩" else value(word) or 1
