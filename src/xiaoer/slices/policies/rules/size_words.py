# ruff: noqa: E501  patterns read better unbroken
"""What is told of a body or a taste beside the measures (身形与喜好): 肚子有肉, 脚背高, 喜欢宽松, and what a sheet says of it.

Each group knows its words in a buyer's mouth and in a sheet (啤酒肚建议大一码), and which way it moves the size. What a
sheet says of the group goes first; without it only who is near the end of a size is moved. Pure data and reading.
"""

import re
from typing import NamedTuple

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.quick_pattern import Sieve

_VERY = r"(?:还|又|有点|有些|比较|偏|很|太|特别|挺|蛮|略|稍微?|也|是|掌|长得)*"


class Shape(NamedTuple):
    """One group: `said` in the buyer's words, `sheet` in the shop's; `step` is +1 for larger, -1 for smaller. `always`:
    a taste, which moves also who is in the middle of a size."""

    said: re.Pattern[str]
    sheet: re.Pattern[str]
    step: int = 1
    always: bool = False


class Rule(NamedTuple):
    """A clause of a sheet that moves the size: as it stands there, and which way."""

    clause: str
    step: int


def _shape(said: str, sheet: str, step: int = 1, *, always: bool = False) -> Shape:
    return Shape(re.compile(said), re.compile(sheet), step, always)


_LOOSE = _shape(
    r"(?<!不)(?<!不要)(?<!不想)(?<!太)宽松|松快|松一?点|松些|(?:不(?:要|想|喜欢|能)太?|怕|别太?)(?:紧|勒|贴身)|(?:穿|要|喜欢|买)(?:的)?大一?点"
    r"|[oO]versize|里面(?:要|想|还)?(?:加|穿|套)[^，。]{0,3}(?:厚|毛衣|卫衣)",
    r"松",
    always=True,
)
_TIGHT = _shape(
    r"(?:喜欢|想要?|要|爱|偏爱|习惯)(?:穿)?(?:得)?(?:稍微|比较)?(?:紧|合身|修身|贴身|贴|勒|显身材)|(?:紧身?|合身|修身|贴身)(?:一?点|些)"
    r"|(?:不(?:要|想|喜欢|爱)|别)太?(?:宽松|松|肥|大|宽)|怕(?:太)?(?:大|松|肥|宽)",
    r"合身|修身|紧",
    -1,
    always=True,
)
GROWS = _shape(
    r"怀孕|怀着|孕(?:期|\d|[一二三四五六]|早|中)|[会还要](?:再)?(?:长|发)(?:胖|肉|个|高|大|身体)|长得快|(?:多|久)穿(?:一?[年阵季]|久)|穿(?:久|得久|长)一?点|留[点些]余",
    r"孕|长得?快|会长",
)
_LATE = re.compile(r"(?:怀孕|孕|怀)\D{0,3}(?:[789七八九十]|10)个?多?月|快生|足月|孕晚")
SHAPES: tuple[Shape, ...] = (
    _LOOSE,
    _TIGHT,
    GROWS,
    _shape(rf"脚背{_VERY}(?:高|肉|厚|胖)|高脚背|脚{_VERY}(?:肉|厚)", r"脚背"),
    _shape(rf"脚{_VERY}(?:宽|肥|胖)(?!\s*\d)|宽脚|胖脚|脚型宽|大脚骨|拇外翻|拇指外翻", r"脚宽|宽脚|脚胖|脚肥"),
    _shape(
        rf"(?:肚子?|小腹|腰){_VERY}(?:大|有肉|凸|粗|鼓|肉|挺)|(?:肚子|腰)上?{_VERY}有(?:点|些)?(?:肉|赘肉)|啤酒肚|将军肚|大肚腩|小肚子|游泳圈",
        r"肚|腰粗|腰围",
    ),
    _shape(rf"(?:假?胯|臀|屁股){_VERY}(?:宽|大|肥|有肉)|梨形|大屁股", r"胯|臀|屁股|梨形"),
    _shape(rf"(?:大腿|小腿|腿){_VERY}(?:粗|有肉|壮)|粗腿", r"腿粗|粗腿|腿围"),
    _shape(rf"肩膀?{_VERY}宽(?!\s*\d)|宽肩|骨架{_VERY}(?:大|宽)|骨头大", r"肩宽|宽肩|骨架"),
    _shape(rf"(?:胳膊|手臂|大臂|上臂){_VERY}(?:粗|有肉|壮)|拜拜肉|麒麟臂", r"臂|胳膊"),
    _shape(rf"脖子{_VERY}(?:粗|肉)|粗脖子", r"领口|脖子|脖围"),
    _shape(rf"胸{_VERY}(?:大|丰满)(?!\s*\d)|丰满|胸部大", r"胸大|丰满"),
    _shape(
        r"(?<!不)(?<!不太)(?<!不算)(?<!显)(?<!会)(?<!脚)微?胖(?!了?[吗不])|肉肉的|(?:身上|全身|比较)有肉|(?<!粗)壮",
        r"(?<!期)胖|壮",
    ),
)
_SIEVE = Sieve([shape.said for shape in SHAPES])
_STEP = re.compile(r"(?:[大小][一半]?个?[码号]|大[一半]码)")
_CLAUSES = re.compile(r"[，,。；;、\s]+")
_OF_NOBODY = re.compile(
    r"^(?:建议|推荐|可|可以|最好|一般|都|要|需|请|选|拍|买|穿|宜|整体|平时|大家)*[大小][一半]?个?[码号](?:拍|选|买|穿)?$"
)


def shapes_in(text: str) -> tuple[Shape, ...]:
    """The groups of which the words tell."""
    found = tuple(SHAPES[at] for at in _SIEVE.worth(text) if SHAPES[at].said.search(text))
    return tuple(shape for shape in found if shape is not GROWS or not _LATE.search(text))


def name_of(shape: Shape) -> int:
    """The place of a group among all, by which it is remembered."""
    return SHAPES.index(shape)


def said_of(shape: Shape, text: str) -> str:
    """The buyer's own words of a group; empty when he told nothing of it."""
    found = shape.said.search(text)
    return found.group() if found else ""


def rules_of(product: Product) -> tuple[Rule, ...]:
    """The clauses of a sheet that tell when another size is to be taken; one that names nobody stands with its key."""
    found = []
    for key, value in product.attributes.items():
        clauses = _CLAUSES.split(value)
        for at, clause in enumerate(clauses):
            step = _STEP.search(clause)
            if step is None:
                continue
            whole = clause
            if _OF_NOBODY.match(clause):
                whole = f"{key}{clauses[at - 1]}，{clause}" if at else f"{key}{clause}"
            found.append(Rule(whole, 1 if step.group().startswith("大") else -1))
    return tuple(found)


def is_for_all(rule: Rule) -> bool:
    """Whether a clause moves everybody's size (缩水约3%，建议大一码)."""
    return _OF_NOBODY.match(rule.clause.rpartition("，")[2]) is not None and not any(
        shape.sheet.search(rule.clause) for shape in SHAPES
    )
