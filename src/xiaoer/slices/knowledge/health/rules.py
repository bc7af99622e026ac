"""Reading what answers claim (说法), and when two claims cannot both be true.

A claim is a number with its unit (48小时, 7天, 8元, 16:00, 满59) or a yes or no at the head. Times are compared in one
unit, so that 2天 and 48小时 agree. Two answers differ when they speak of the same unit and share no value, or when one
says yes and the other no. That is careful on purpose: a conflict that is none costs an operator's trust.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from xiaoer.kernel.worktime import clock_of
from xiaoer.slices.knowledge.types import EntryDraft

_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十五": 15}
_NUMBER = r"(\d+(?:\.\d+)?|十五|[一二两三四五六七八九十])"
_RANGE = r"(?:\s*(?:到|至|-|~|～|—)\s*(\d+(?:\.\d+)?))?"
_UNITS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("workdays", re.compile(rf"{_NUMBER}{_RANGE}\s*个?工作日"), 1.0),
    ("hours", re.compile(rf"{_NUMBER}{_RANGE}\s*(?:个?小时|h(?![a-z]))"), 1.0),
    ("hours", re.compile(rf"{_NUMBER}{_RANGE}\s*(?:天|日(?=内|之内|后|发|到))"), 24.0),
    ("months", re.compile(rf"{_NUMBER}{_RANGE}\s*个月"), 1.0),
    ("months", re.compile(rf"{_NUMBER}{_RANGE}\s*年"), 12.0),
    ("yuan", re.compile(rf"(?<![满\d]){_NUMBER}{_RANGE}\s*(?:元|块)"), 1.0),
    ("threshold", re.compile(r"满\s*(\d+(?:\.\d+)?)()\s*(?:元|块)?"), 1.0),
    ("percent", re.compile(r"(\d+(?:\.\d+)?)()\s*%"), 1.0),
    ("discount", re.compile(rf"{_NUMBER}()\s*折"), 1.0),
)
_NAME_OF_RULE = re.compile(r"[七7]\s*天无理由")  # a name, not a claim about days
_FILLERS = frozenset(
    "的吗呢了啊呀吧么什怎样多少几久时候可以能要会有是在现我你您咱们这那个一下请问大概一般到底还都就没不给把"
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：点](\d{2})?(?!\d)")
_NO = re.compile(
    r"^(您好[，,]?)?(不能|不可以|不支持|不会|不是|不行|没有|不用|不需要|无法|暂不|不包|不送|不开|不发|不含|不)"
)
_YES = re.compile(r"^(您好[，,]?)?(能|可以|支持|会|是的?|行|有|需要|要|包|送|开|发|含|都能|都可以|当然)")
_RETURN_DAYS = re.compile(
    rf"(?:{_NUMBER}\s*天(?:内|之内)?[^。，,；]{{0,4}}(?:无理由|可退|能退|退货|退换))|(?:无理由[^。，,；]{{0,6}}?{_NUMBER}\s*天)"
)
_PROTECT_DAYS = re.compile(rf"(?:{_NUMBER}\s*天(?:内)?(?:的)?价保|价保(?:期)?\s*{_NUMBER}\s*天)")
_MINUS = re.compile(r"满\s*(\d+)\s*(?:元|块)?\s*(?:立?减|省|优惠)\s*(\d+)")
_FREE_FROM = re.compile(r"满\s*(\d+)\s*(?:元|块)?\s*(?:就)?包邮")


class Claims(Struct, frozen=True):
    """What an answer claims: value spans by unit, and yes or no."""

    spans: dict[str, tuple[tuple[float, float], ...]]
    polarity: int = 0


def strangers(one: str, other: str) -> int:
    """How many telling characters stand in only one of two questions: above one each, they ask different things."""
    mine, theirs = ({letter for letter in text if letter.isalnum()} - _FILLERS for text in (one, other))
    return max(len(mine - theirs), len(theirs - mine))


def _value(text: str) -> float:
    return float(_HAN[text]) if text in _HAN else float(text)


def claims_of(answer: str) -> Claims:
    """The claims of an answer; pure and quick."""
    found: dict[str, list[tuple[float, float]]] = {}
    rest = _NAME_OF_RULE.sub("", answer)
    for unit, pattern, factor in _UNITS:
        for match in pattern.finditer(rest):
            low = _value(match.group(1)) * factor
            high = _value(match.group(2)) * factor if match.group(2) else low
            found.setdefault(unit, []).append((min(low, high), max(low, high)))
        rest = pattern.sub(lambda match: "＃" * len(match.group()), rest)
    for match in _CLOCK.finditer(answer):
        minute = int(match.group(1)) * 60 + int(match.group(2) or 0)
        if minute < 1440:
            found.setdefault("clock", []).append((minute, minute))
    head = answer.strip()
    polarity = -1 if _NO.match(head) else 1 if _YES.match(head) else 0
    return Claims({unit: tuple(spans) for unit, spans in found.items()}, polarity)


_UNIT_NAMES = {
    "workdays": "工作日", "hours": "时间", "months": "期限", "yuan": "金额", "threshold": "满额", "percent": "比例",
    "discount": "折扣", "clock": "钟点",
}  # fmt: skip


def differ(one: Claims, other: Claims) -> str:
    """What two claims cannot agree on (时间, 金额, 是否, …), or ""."""
    for unit, spans in one.spans.items():
        theirs = other.spans.get(unit)
        if theirs and not any(a <= d and c <= b for a, b in spans for c, d in theirs):
            return _UNIT_NAMES[unit]
    return "是否" if one.polarity * other.polarity < 0 else ""


def overlap(one: EntryDraft, other: EntryDraft) -> bool:
    """Whether two entries can be said to the same buyer at the same time. One for a product beats one for all."""
    if one.product_id != other.product_id or one.product_category != other.product_category:
        return False
    for name in ("channel", "audience", "order_state"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs and not set(mine.split("|")) & set(theirs.split("|")):
            return False
        if bool(mine) != bool(theirs):
            return False
    return not (
        (one.valid_to and other.valid_from and one.valid_to <= other.valid_from)
        or (other.valid_to and one.valid_from and other.valid_to <= one.valid_from)
    )


def same_words(one: str, other: str) -> bool:
    """Whether two answers say the same in nearly the same words."""
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} or {text} for text in (one, other)]
    return len(pairs[0] & pairs[1]) >= 0.75 * max(map(len, pairs))


class ShopFacts(Struct, frozen=True):
    """What the shop's own settings and data say now. `minus` are (threshold, off) in yuan, `free_from` in yuan."""

    return_days: int
    price_protect_days: int
    freight_insurance: bool
    hours: tuple[int, int]
    minus: frozenset[tuple[int, int]] | None = None
    free_from: frozenset[int] | None = None


def against_shop(draft: EntryDraft, facts: ShopFacts) -> str:
    """What an answer says otherwise than the shop's rules, promotions and hours, in Chinese; "" when nothing."""
    answer = draft.answer
    days = [_value(a or b) for a, b in _RETURN_DAYS.findall(answer)]
    wrong = next((int(day) for day in days if day != facts.return_days), None)
    if wrong is not None:
        return f"答案写 {wrong} 天退货，店铺规则是 {facts.return_days} 天"
    protected = [int(_value(a or b)) for a, b in _PROTECT_DAYS.findall(answer)]
    if protected and facts.price_protect_days not in protected:
        rule = f"{facts.price_protect_days} 天" if facts.price_protect_days else "没有价保"
        return f"答案写价保 {protected[0]} 天，店铺规则是{rule}"
    if not facts.price_protect_days and re.search(r"(?<![不没无])(支持|有|享受?)价保", answer):
        return "答案说有价保，店铺规则里没有开价保"
    if not facts.freight_insurance and re.search(
        r"(我们|本店|都|全店|默认|会)送?[^。，]{0,4}(送|赠送|有)运费险", answer
    ):
        return "答案说送运费险，店铺规则里没有打开"
    return _against_promotions(answer, facts) or _against_hours(draft, facts)


def _against_promotions(answer: str, facts: ShopFacts) -> str:
    if facts.minus is not None:
        for threshold, off in _MINUS.findall(answer):
            if (int(threshold), int(off)) not in facts.minus:
                return f"答案写满 {threshold} 减 {off}，现在没有这样的活动"
    if facts.free_from:
        for threshold in _FREE_FROM.findall(answer):
            if int(threshold) not in facts.free_from:
                return f"答案写满 {threshold} 包邮，现在的包邮门槛是 {min(facts.free_from)} 元"
    return ""


def _against_hours(draft: EntryDraft, facts: ShopFacts) -> str:
    if not re.search(r"(人工|客服|上班|在线)", draft.question + draft.answer[:20]) or facts.hours[0] == facts.hours[1]:
        return ""
    if not re.search(r"几点|什么时候|上班|下班|在线时间|工作时间|服务时间", draft.question):
        return ""
    clock = claims_of(draft.answer).spans.get("clock", ())
    if clock and not any(low in facts.hours for low, _ in clock):
        opens, closes = map(clock_of, facts.hours)
        return f"答案写的上班时间和店铺设置（{opens} 到 {closes}）对不上"
    return ""


class ProductFacts(Struct, frozen=True):
    """A product's live figures: prices in yuan and pieces in stock; `stock` None when there are no variants."""

    prices: frozenset[float]
    stock: int | None
    changed_at: datetime | None = None


def against_product(draft: EntryDraft, product: ProductFacts) -> str:
    """What an answer about a product says otherwise than its stock and prices, in Chinese; "" when nothing."""
    if product.stock is not None:
        if product.stock == 0 and re.search(r"(有现货|现货充足|有货|库存充足)", draft.answer):
            return "答案说有货，现在库存是 0"
        if product.stock > 0 and re.search(r"(已售罄|没货了|断货|缺货|下架了)", draft.answer):
            return f"答案说没货，现在还有 {product.stock} 件"
    if product.prices and re.search(r"(多少钱|价格|怎么卖|几块)", draft.question):
        said = [low for low, _ in claims_of(draft.answer).spans.get("yuan", ())]
        if said and not set(said) & product.prices:
            return f"答案写的价格 {said[0]:g} 元，和商品现在的价格对不上"
    return ""


def words_of(names: Iterable[str], most: int = 3) -> str:
    """「材质、保修」 of the first few names."""
    kept = list(dict.fromkeys(names))
    return "、".join(kept[:most]) + ("等" if len(kept) > most else "")


def pick_newer(one: tuple[str, datetime], other: tuple[str, datetime]) -> Sequence[str]:
    """Ids of two entries, the one that was changed later first."""
    return [id_ for id_, _ in sorted((one, other), key=lambda pair: pair[1], reverse=True)]
