"""From what to what (从哪个改成哪个): which specs the words name, which of them are to go and which are wanted.

奶白XL改成L names 奶白 and XL as what there is, L as what is wanted. A spec is to go when the words before it take it
away (不要雾灰, 拍成黑色), or those after it do (XL太大了, 35改36); every other one is wanted. What the line is already
is never wanted beside another value of its kind. Pure; the shop's own values decide what is a spec at all.
"""

import re

from msgspec import Struct, field

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.measures import in_digits
from xiaoer.slices.policies.rules import next_size
from xiaoer.slices.policies.rules.spec_words import named_of

_DIGITS = str.maketrans("一二两三四五六七八九", "1223456789")
_NUMERAL = re.compile(rf"(?<![一二两三四五六七八九十第几])[一二两三四五六七八九](?={PIECE})")
_TOKENS = re.compile(r"[a-z\d]+(?:\.\d+)?(?:[ +x*/-]?[a-z\d]+)*", re.I)
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+", re.I)
_NO_SIZE = re.compile(rf"\d+(?={PIECE}(?!码)|[块元毛天点月年岁斤人分楼层倍])|(?<![换改要发拍到为成])\d+(?=号)|\d{{5,}}")
_LETTERS = {"加大": "xl", "特大": "xl", "大": "l", "中": "m", "小": "s"}
_LETTER_SIZE = re.compile(r"(加大|特大|大|中|小)(?=码|号)")
_COLOR_WORDS = "黑白红蓝绿灰粉紫黄橙棕金银杏米青咖"
_AFTER_COLOR = r"(?=色|的|$|[\s,，。!！?？;；]|[a-z\d])"
_MEASURED = re.compile(r"\d+(?:\.\d+)?[a-z\u4e00-\u9fff]?$")  # 冬被4斤 is called 冬被
_SWAP = (
    r"(?:[改换]|调(?=成|为))(?:成|为|到|作|做)?"
    r"(?!码|下|一下|1下|了|吧|个?(?:颜色|尺码|大小)|[得不]了|$|[\s,，。!！?？])"
)
# before a spec: it is what there is (拍成黑色, 不要雾灰, 从44)
_GOES_BEFORE = re.compile(
    r"(?:不(?:想)?要|不是|别发|(?:拍|买|选|点|下|订|写)(?:成|错成|的是?|了)|错(?:拍|选|买)成?|把|从|由|原来(?:的|是|拍的?是?)?|现在(?:的)?是)了?(?:那|这)?[个件双条]?$"
)
# after a spec: it is what there is (XL太大了, 35改36, 黑色拍错了, 浅灰紫没货)
_GOES_AFTER = re.compile(
    rf"(?:(?!{_SWAP}|不要|没货|没了|缺货|断货|太|偏|有点|[大小]了|[拍买选点订要发])[\u4e00-\u9fffa-z\d]){{0,5}}"
    rf"(?:{_SWAP}|太|偏|有点[大小紧松长短]|[大小紧松长短]了|[拍买选点订]的?(?:错|大|小)|不想?要(?:了|$)|没货|没了|缺货|断货)"
    rf"|\s{_SWAP}"
)
_GOES = re.compile(r"[拍买选点订](?:成|错)|不想?要|错了|太|[大小]了|没货")
_CUT = re.compile(r"[，,。；;!！?？\n]")
_CLAUSE = re.compile(r"[^，,。；;!！?？\s]+")
_SWAPPED = re.compile(_SWAP)
_TO_PIECES = re.compile(
    rf"(?:改|换|减|变)(?:成|为|到|至)(?:只要)?(\d)(?={PIECE})|\d{PIECE}[^\d，,。]{{0,4}}[改换](\d)(?={PIECE})"
    rf"|[只就](?:要|留|发|拍)(\d)(?={PIECE})|(?<!保)留下?(\d)(?={PIECE})"
)
_LESS = re.compile(
    rf"(?:减|少|去掉?|取消|退掉?|砍|删掉?)(?![到成为至])(?:[了去发要]|1下|其中的?)?[^\d，,。\s]{{0,6}}?(\d)(?={PIECE})"
    rf"|(?:其中|里面)的?(\d){PIECE}(?:不要了|取消|退掉?|减掉)"
)
_ONLY = re.compile(rf"[只就][改换](\d)(?={PIECE})|[改换](?:其中)?(\d)(?={PIECE})|其中的?(\d){PIECE}")
_MORE = re.compile(rf"(?:加|多|再)(?:要|拍|买|来|发|1下)?(\d)(?={PIECE})")


class Told(Struct, frozen=True):
    """What the words tell of one line: the values of each axis that are wanted, and those that are to go; `step` sizes
    up or down; how many pieces change (`only`), are to be left (`left`), taken away (`less`) or added (`more`)."""

    wanted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: dict[str, tuple[str, ...]] = field(default_factory=dict)
    step: int = 0
    only: int = 0
    left: int = 0
    less: int = 0
    more: int = 0

    @property
    def swaps(self) -> bool:
        """Whether another spec is wanted."""
        return bool(self.wanted or self.step)

    @property
    def counts(self) -> bool:
        """Whether another number of pieces is wanted."""
        return bool(self.left or self.less or self.more)


def read(text: str, variants: tuple[Variant, ...], now: Variant | None) -> Told:
    """What the words tell of goods that come in these variants, of which the buyer has `now`."""
    plain = in_digits(_NUMERAL.sub(lambda found: found.group().translate(_DIGITS), text)).lower()
    wanted: dict[str, tuple[str, ...]] = {}
    given: dict[str, tuple[str, ...]] = {}
    for axis in dict.fromkeys(axis for variant in variants for axis in variant.spec):
        values = {variant.spec[axis] for variant in variants if axis in variant.spec}
        here = now.spec.get(axis, "") if now is not None else ""
        goes, comes = _of_axis(plain, values, here)
        if comes:
            wanted[axis] = comes
        if goes:
            given[axis] = goes
    left, less, only, more = (_number(pattern, plain) for pattern in (_TO_PIECES, _LESS, _ONLY, _MORE))
    return Told(wanted, given, next_size.step_of(text), only, left, less, more)


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(next(filter(None, found.groups()))) if found else 0


def _of_axis(text: str, values: set[str], here: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The values of one axis that are to go, and those that are wanted."""
    goes: list[str] = []
    comes: list[str] = []
    mentions = _mentions(text, values)
    for start, end, named in sorted(mentions):
        before, after = _CUT.split(text[:start])[-1].rstrip(), _CUT.split(text[end:])[0]
        away = bool(_GOES_BEFORE.search(before) or _GOES_AFTER.match(after))
        (goes if away else comes).extend(named)
    for part, away in _parts(text, mentions):
        named_here = named_of(values, part) or _by_pairs(values, part)
        if 0 < len(named_here) < len(values):
            (goes if away else comes).extend(sorted(named_here))
    wanted = tuple(dict.fromkeys(value for value in comes if value not in goes or value != here))
    others = tuple(value for value in wanted if value != here)
    return tuple(dict.fromkeys(goes)), others if others and here in wanted else wanted


def _by_pairs(values: set[str], text: str) -> set[str]:
    """The value of which the text has two letters together that no other value has (粉格, of 浅粉格)."""
    pairs = {text[at : at + 2] for at in range(len(text) - 1)}
    common = {pair for pair in pairs if sum(pair in value for value in values) > 1}
    named = {value for value in values if any(pair in value for pair in pairs - common)}
    return named if len(named) == 1 else set()


def _parts(text: str, mentions: list[tuple[int, int, tuple[str, ...]]]) -> list[tuple[str, bool]]:
    """The clauses in which no value stands as it is written, parted at 改成, each with whether it tells what goes."""
    parts = []
    for clause in _CLAUSE.finditer(text):
        swap = _SWAPPED.search(clause.group())
        bounds = [(clause.start(), clause.end(), False)]
        if swap is not None:
            at, on = clause.start() + swap.start(), clause.start() + swap.end()
            bounds = [(clause.start(), at, True), (on, clause.end(), False)]
        for start, end, away in bounds:
            words = text[start:end]
            if words and not any(one[0] < end and one[1] > start for one in mentions):
                parts.append((words, away or _GOES.search(words) is not None))
    return parts


def _mentions(text: str, values: set[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where the text names which values; of two at one place the longer one, several where a word is all of theirs."""
    found = _by_letters(text, values)
    for value in values:
        names = {value.lower(), value.lower().removesuffix("色"), _MEASURED.sub("", value.lower())}
        for name in names:
            if len(name) > 1 and not _TOKENS.fullmatch(name) and (name == value or name not in values):
                found += [(at.start(), at.end(), (value,)) for at in re.finditer(re.escape(name), text)]
    for color in _COLOR_WORDS:
        shaded = tuple(sorted(value for value in values if value.removesuffix("色").endswith(color)))
        if shaded:
            found += [(at.start(), at.end(), shaded) for at in re.finditer(f"{color}{_AFTER_COLOR}", text)]
    kept: list[tuple[int, int, tuple[str, ...]]] = []
    for one in sorted(found, key=lambda one: one[0] - one[1]):
        if all(one[1] <= other[0] or one[0] >= other[1] for other in kept):
            kept.append(one)
    return kept


def _by_letters(text: str, values: set[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Numbers and letters that stand together (24, 2xl, 16pro): the barest value that holds them all."""
    tokens = {value: _tokens(value) for value in values}
    shared = set.intersection(*tokens.values()) if tokens else set()
    found = []
    plain = _NO_SIZE.sub(lambda at: " " * len(at.group()), text)
    spans = [(at.start(), at.end(), _tokens(at.group())) for at in _TOKENS.finditer(plain)]
    spans += [(at.start(), at.end(), {_LETTERS[at.group()]}) for at in _LETTER_SIZE.finditer(plain)]
    for start, end, said in spans:
        holding = [value for value, own in tokens.items() if said and said <= own and not said <= shared]
        least = min((len(tokens[value]) for value in holding), default=0)
        if barest := tuple(sorted(value for value in holding if len(tokens[value]) == least)):
            found.append((start, end, barest))
    return found


def _tokens(text: str) -> set[str]:
    plain = re.sub(r"x{2,}(?=l)", lambda at: f"{len(at.group())}x", text.lower())  # XXL is 2XL
    return set(_TOKEN.findall(plain))
