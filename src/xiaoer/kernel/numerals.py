"""Numbers as people write them: 一百二 → 120, 一米七五 → 1米75, 九块九 → 9块9, 俩 → 2个, 两双 → 2双."""

import re

_DIGIT = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_RUN = re.compile(r"[零〇一二两三四五六七八九十百千万]+")

# What may stand after a lone numeral for it to be a number: 一件 is one piece, 一下 is not one of anything.
_COUNTED = frozenset(
    "米尺斤公岁个件双条箱袋包盒瓶套只台份支本块元毛点号月天百千万厘寸码张把桶罐提盆对打组片粒枚串颗筒听板卷根朵床顶副幅辆部款星礼周折倍楼单"
)  # fmt: skip
# A height and the weight right after it (一米六三一百三) are two numbers.
_HEIGHT_THEN_WEIGHT = re.compile(r"(米(?:\d{1,2}|[零〇一二三四五六七八九]{1,2}?))(?=[一二两]百|[三四五六七八九]十)")
# Words that look like numbers and are not.
_IDIOMS = re.compile(
    r"(?<![晨上午晚早夜十])一点(?:[^0-9半钟一二三四五六七八九十]|$)|一(?:个(?:问题|人|劲|样)|下|样|起|直|些|般|共|定|切|边|旦|向|致|律|会儿?|次性|模一样|家人|步到位)|万一|千万(?!元|块)|百分百?|十分(?!钟)|三包|五金|四川|九江|六安|三亚|三明|三星|五常|八角|七夕|双十[一二]|五一|六一|十一(?:假期|放假|期间)|国庆|统一|唯一|同一|第一|单一|之一|周[一二三四五六]|星期[一二三四五六]|礼拜[一二三四五六]|二手|二维码|百度|百世|百货|百搭|两者|三七|三八|千牛|万能|万科|零食|零钱|零头|七天无理由|三无|四件套|三件套|四季|不一|一会"
)


def value(run: str) -> int | None:
    """The number of a run of numerals; a plain row of digits is read one by one (七五 → 75)."""
    if not any(c in _UNIT or c == "万" for c in run):
        return int("".join(str(_DIGIT[c]) for c in run))
    total = section = digit = 0
    last_unit = 1
    for c in run:
        if c in _DIGIT:
            digit = _DIGIT[c]
            if digit == 0:
                last_unit = 10
        elif c == "万":
            total += (section + digit or 1) * 10_000
            section = digit = 0
            last_unit = 10_000
        else:
            section += (digit or 1) * _UNIT[c]
            digit = 0
            last_unit = _UNIT[c]
    if digit and last_unit >= 100 and not run.endswith("零"):
        # 一百二 is 120, 两千五 is 2500; 一百零五 has its own zero.
        digit *= last_unit // 10
    return total + section + digit


def arabic(text: str) -> str:
    """The text with its Chinese numerals as digits, where they are numbers."""
    text = text.replace("俩", "两个").replace("仨", "三个")
    if not _RUN.search(text):
        return text
    text = _HEIGHT_THEN_WEIGHT.sub(r"\1 ", text)
    keep = [match.span() for match in _IDIOMS.finditer(text)]

    def put(match: re.Match[str]) -> str:
        start, end = match.span()
        if any(start < stop and begin < end for begin, stop in keep):
            return match.group()
        run = match.group()
        after = text[end : end + 1]
        before = text[start - 1 : start]
        if (
            len(run) == 1
            and run not in "十"
            and after not in _COUNTED
            and not before.isdigit()
            and before not in "米块"
        ):
            return run
        if run in ("百", "千", "万", "百千", "千万"):
            return run
        number = value(run)
        apart = " " if after.isdigit() else ""  # 一米六五110斤 holds two numbers
        return run if number is None else f"{number}{apart}"

    return _RUN.sub(put, text)
