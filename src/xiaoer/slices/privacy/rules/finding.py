"""Where personal data stands in running text (识别).

Long numbers mean many things in a shop: order numbers (17 to 19 digits), prices, sizes, dates. So a number
counts only when its length, its first digits and, where there is one, its check digit fit, and when it does
not stand inside a longer number. Full-width digits count like plain ones, and a mobile number may be spelt
in Chinese digits (幺三八…), because buyers write so to get past platform filters.

Every pattern is of bounded length or runs on RE2, so hostile text costs linear time.
"""

import re
from collections.abc import Iterator

import re2
from stdnum import luhn
from stdnum.cn import ric

from xiaoer.slices.privacy.rules.masks import PROVINCE
from xiaoer.slices.privacy.types import Finding, Kind

_PLAIN = str.maketrans("０１２３４５６７８９－＠．　", "0123456789-@. ")  # one character each: positions stay
_SPELT = str.maketrans("零〇一幺二三四五六七八九", "001123456789")
_SPELT_RUN = re.compile("[零〇一幺二三四五六七八九0-9]{11,}")

_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[- ]?)?1[3-9][0-9](?:[0-9]{8}|([- .])[0-9]{4}\1[0-9]{4})(?![0-9])")
_DIGIT_BY_DIGIT = re.compile(r"(?<![0-9])1([- .,、])[3-9](?:\1[0-9]){9}(?![0-9])")
_LANDLINE = re.compile(
    r"(?<![0-9])[(（]?"
    r"(?:0(?:10|2[0-57-9])[)）]?[- ]?[2-8][0-9]{7}"
    r"|0(?:3[1-9]|4[1-8]|5[1-9]|6[3-9]|7[0-9]|8[1-9]|9[0-9])[0-9][)）]?[- ]?[2-8][0-9]{6,7})"
    r"(?:[- 转]{1,2}[0-9]{1,5})?(?![0-9])"
)
_ID_CARD = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
# UnionPay 62… and 9558… with 16 or 19 digits, Visa, Mastercard and JCB with 16; whole or in groups of four.
_BANK_CARD = re.compile(
    r"(?<![0-9])(?:62[0-9]{2}|9558|4[0-9]{3}|5[1-5][0-9]{2}|35[0-9]{2})"
    r"(?:[0-9]{12}(?:[0-9]{3})?|([- ])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?)(?![0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,3}\.[A-Za-z]{2,10}"
)
_WAYBILL = re.compile(
    r"(?<![0-9A-Za-z])(?:SF[0-9]{12,15}|YT[0-9]{13,15}|JT[0-9]{13}|JD[A-Z0-9]{11,15}|STO?[0-9]{12,15}"
    r"|ZTO?[0-9]{12,15}|DP[A-Z]?[0-9]{9,14}|E[A-Z][0-9]{9}CN)(?![0-9A-Za-z])",
    re.IGNORECASE,
)

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # lone surrogates, which re2 cannot read
_TRACE = re.compile("[0-9@]|[件货收系]人|姓名|名字")  # without one of these there is nothing to look for
_SIMPLE = (
    (Kind.EMAIL, _EMAIL),
    (Kind.WAYBILL, _WAYBILL),
    (Kind.PHONE, _MOBILE),
    (Kind.PHONE, _DIGIT_BY_DIGIT),
    (Kind.LANDLINE, _LANDLINE),
)

# An address counts from a road or an estate with a number behind it, or from a building with a flat.
_COUNT = r"[A-Za-z]?[0-9]{1,5}[A-Za-z]?"
_ROAD = rf"\p{{Han}}{{1,10}}(?:路|街|大道|巷|胡同)[东西南北中]?段?\s?{_COUNT}\s?(?:号楼|号院|号|弄|[-－])"
_ESTATE = (
    r"\p{Han}{1,12}(?:小区|花园|花苑|家园|苑|园|大厦|公寓|广场|新城|社区|校区|宿舍|工业区|园区|村|公馆|大学|学院|学部|医院|写字楼)"
    rf"(?:\p{{Han}}{{1,3}}区)?\s?{_COUNT}\s?(?:号楼|号院|弄|栋|幢|座|单元|室|楼|层|组|户|舍|区|#|[-－])"
)
_BUILDING = rf"{_COUNT}\s?(?:栋|幢|号楼)\s?{_COUNT}(?:单元|号|层)?"
_FLAT = rf"(?:\s?\p{{Han}}{{0,12}}?(?:{_COUNT}|[A-Za-z])\s?(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|组|户|#|[-－]))"
_ADDRESS = re2.compile(rf"(?:{_ROAD}|{_ESTATE}|{_BUILDING}){_FLAT}{{0,6}}(?:\s?{_COUNT}\b)?[室户楼层]?")
# A name counts where it is called one, or stands before its phone; surnames of nine in ten people.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
)
_NAME = re.compile(
    rf"(?:(?<=收件人)|(?<=收货人)|(?<=签收人)|(?<=联系人)|(?<=姓名)|(?<=名字))(?P<lead>[:：是为叫改成\s]{{0,4}})"
    rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,3}}?)(?=[,，。;；、\s\d电手]|$)"
    rf"|(?<![\u4e00-\u9fff])(?P<caller>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[\s,，]{{0,2}}1[3-9][0-9])"
)
_BEFORE = re.compile(r"[\u4e00-\u9fff ]{0,40}$")
_PROVINCE = re.compile(PROVINCE)
_LEAD_IN = re.compile(r".*(?:[到在住址是往给寄送: ：]|改成|改为|发货?)")  # 「寄到…」, 「我住…」


def find_personal(text: str) -> tuple[Finding, ...]:
    """Find personal data in `text`, from left to right, without overlaps."""
    plain = _HALF_CHARACTER.sub("?", text.translate(_PLAIN))
    spelt = _SPELT_RUN.search(plain) is not None
    if not spelt and not _TRACE.search(plain):
        return ()
    if spelt:
        plain = _SPELT_RUN.sub(lambda run: run.group().translate(_SPELT), plain)
    kept: list[Finding] = []
    taken = bytearray(len(plain))
    for found in _candidates(plain):
        if not any(taken[found.start : found.end]):
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
            kept.append(found)
    return tuple(sorted(kept, key=lambda found: found.start))


def _candidates(plain: str) -> Iterator[Finding]:
    """Everything that looks like personal data, the surest kinds first."""
    for kind, pattern in _SIMPLE:
        for match in pattern.finditer(plain):
            yield Finding(kind, match.start(), match.end())
    for match in _ID_CARD.finditer(plain):
        if ric.is_valid(match.group()):
            yield Finding(Kind.ID_CARD, match.start(), match.end())
    for match in _BANK_CARD.finditer(plain):
        if luhn.is_valid(re.sub("[- ]", "", match.group())):
            yield Finding(Kind.BANK_CARD, match.start(), match.end())
    for match in _NAME.finditer(plain):
        yield Finding(Kind.NAME, *match.span("name" if match["name"] else "caller"))
    for match in _ADDRESS.finditer(plain):
        yield Finding(Kind.ADDRESS, _address_start(plain, match.start(), match.end()), match.end())


def _address_start(plain: str, start: int, end: int) -> int:
    """Where the address that surely stands at `start:end` begins: at its province, or after 「寄到」 and the like."""
    before = _BEFORE.search(plain, max(0, start - 40), start)
    first = before.start() if before else start
    province = _PROVINCE.search(plain, first, end)
    if province:
        return province.start()
    lead_in = _LEAD_IN.match(plain, first, start + _name_length(plain, start, end))
    return lead_in.end() if lead_in else first


def _name_length(plain: str, start: int, end: int) -> int:
    """Characters before the first digit: the part in which a lead-in may hide."""
    return next((index - start for index in range(start, end) if plain[index].isdigit()), 0)
