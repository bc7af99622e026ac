"""What the shop's own settings and promotions deny of an answer (和店铺数据对不上). Pure.

Facts are those of now. What is not known (a shop that keeps no promotions) denies nothing.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from xiaoer.kernel.worktime import clock_of
from xiaoer.slices.knowledge.health.claims import claims_of, spans_about, topics_of
from xiaoer.slices.knowledge.health.kinds import Kind, places_differ
from xiaoer.slices.knowledge.health.units import NUMBER, value_of
from xiaoer.slices.knowledge.types import EntryDraft

_RETURN_DAYS = re.compile(
    rf"(?:{NUMBER}\s*天(?:内|之内)?[^。，,；]{{0,4}}(?:无理由|可退|能退|退货|退换))|(?:无理由[^。，,；]{{0,6}}?{NUMBER}\s*天)"
)
_NO_RETURN = re.compile(r"(?:不支持|没有|不提供|不能)(?:[七7]天)?无理由|不退不换|概不退|不支持退(?:货|换)")
_EXCEPTED = re.compile(r"拆封|拆了|洗过|穿过|影响二次|人为|超过|特殊商品")
_PROTECT_DAYS = re.compile(rf"(?:{NUMBER}\s*天(?:内)?(?:的)?价保|价保(?:期)?\s*{NUMBER}\s*天)")
_INSURED = re.compile(r"(?<!不)(?<!没)(?:送|赠送|有|含|带)了?运费险")
_NOT_INSURED = re.compile(r"(?:不送|没有|不含|不带|不赠送|无)运费险")
_CUTOFF = re.compile(r"(\d{1,2}[:：点](?:\d{2}|半)?)\s*(?:之前|以前|前)[^。；;]{0,12}?(?:当天|当日|今天)")
_MINUS = re.compile(r"满\s*(\d+)\s*(?:元|块)?\s*(?:立?减|省|优惠)\s*(\d+)")
_FREE_FROM = re.compile(r"满\s*(\d+)\s*(?:元|块)?\s*(?:就|即)?(?:可以?)?包邮")
_ALL_FREE = re.compile(r"(?:全场|全店|都|一律|全部|统统|全国)包邮|不收(?:运费|邮费)|免运费")
_COUPON = re.compile(r"(\d+)\s*(?:元|块)(?:无门槛|店铺|新人|的)?(?:优惠)?券")
_WHOLE_RATE = re.compile(
    r"(?:全场|全店|一律|现在|目前|活动|今天|统一)[^，。；;]{0,6}?(\d+(?:\.\d+)?|[一二三四五六七八九]{1,2})\s*折"
)
_OFFERS = (
    (re.compile(r"第[二三两23]件(?:半价|\S{1,3}折)"), "nth_piece_rate", "第二件优惠"),
    (re.compile(r"买[一二两三1-3]送[一二1-2]"), "gift", "买赠"),
    (re.compile(r"加价购|加\s*\d+\s*元换购"), "add_on", "加价购"),
)
_OFFER_ASKED = re.compile(r"活动|优惠|满减|折|促销|券")
_ENDS_ON = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号](?=\S{0,6}(?:结束|截止|为止|之?前))")
_NO_OFFER = re.compile(r"(?:没有|暂无|没)(?:任何|什么|别的|其他)?(满减|优惠券|优惠活动|活动)")
_NOT_USUAL = re.compile(r"预售|定制|定做|大件|偏远|节假日|大促|除外")
_RETURNED_TO = re.compile(r"[退换寄][^，,。]{0,6}地址|[寄退](?:回|货)*(?:到|去)?(?:哪|什么地方)")


class ShopFacts(Struct, frozen=True):
    """What the shop's own settings and data say now. Amounts are yuan, discounts tenths (8.5 is 八五折).

    `minus` are (threshold, off), `free_from` thresholds (0: everything ships free), `benefits` the kinds of running
    promotions, `ends` the (month, day) on which they end. None where the shop has no such data.
    `cutoff` is a minute of the day, -1 for none.
    """

    return_days: int
    price_protect_days: int
    freight_insurance: bool
    hours: tuple[int, int]
    minus: frozenset[tuple[int, int]] | None = None
    free_from: frozenset[int] | None = None
    coupons: frozenset[int] | None = None
    rates: frozenset[float] | None = None
    benefits: frozenset[str] | None = None
    ship_within_hours: int = 0
    cutoff: int = -1
    refund_days: int = 0
    invoice_hours: int = 0
    return_address: str = ""
    never_returned: tuple[str, ...] = ()
    ends: frozenset[tuple[int, int]] | None = None


def against_shop(draft: EntryDraft, facts: ShopFacts, kinds: Sequence[Kind] = ()) -> str:
    """What an answer says otherwise than the shop's rules, promotions and hours, in Chinese; "" when nothing."""
    return (
        _against_returns(draft, facts)
        or _against_promises(draft.answer, facts)
        or _against_times(draft, facts)
        or _against_promotions(draft, facts)
        or _against_hours(draft, facts)
        or _against_address(draft, facts, kinds)
    )


def _against_returns(draft: EntryDraft, facts: ShopFacts) -> str:
    answer, text = draft.answer, draft.question + draft.answer
    about_some = bool(draft.product_id or draft.product_category or draft.order_state)
    excepted = _EXCEPTED.search(text) or any(word in text for word in facts.never_returned)
    if _NO_RETURN.search(answer):
        kept = about_some or excepted
        return "" if kept else f"答案说不支持无理由退货，店铺规则是 {facts.return_days} 天无理由"
    days = [value_of(a or b) for a, b in _RETURN_DAYS.findall(answer)]
    wrong = next((int(day) for day in days if day != facts.return_days), None)
    return f"答案写 {wrong} 天退货，店铺规则是 {facts.return_days} 天" if wrong is not None else ""


def _against_promises(answer: str, facts: ShopFacts) -> str:
    protected = [int(value_of(a or b)) for a, b in _PROTECT_DAYS.findall(answer)]
    if protected and facts.price_protect_days not in protected:
        rule = f"{facts.price_protect_days} 天" if facts.price_protect_days else "没有价保"
        return f"答案写价保 {protected[0]} 天，店铺规则是{rule}"
    if not facts.price_protect_days and re.search(r"(?<![不没无])(支持|有|享受?)价保", answer):
        return "答案说有价保，店铺规则里没有开价保"
    if facts.price_protect_days and re.search(r"(不支持|没有|不享受?|无)价保", answer):
        return f"答案说没有价保，店铺规则是价保 {facts.price_protect_days} 天"
    if not facts.freight_insurance and _INSURED.search(answer) and not re.search(r"如果|若|商品页|详情页|标", answer):
        return "答案说送运费险，店铺规则里没有打开"
    if facts.freight_insurance and _NOT_INSURED.search(answer):
        return "答案说没有运费险，店铺规则里打开了"
    return ""


def _against_times(draft: EntryDraft, facts: ShopFacts) -> str:
    """Times that the rules promise otherwise: shipping, the hour until which it is the same day, refund, invoice."""
    answer = draft.answer
    if draft.product_id or _NOT_USUAL.search(draft.question):
        return ""
    usual = "。".join(part for part in re.split(r"[。；;\n]", answer) if not _NOT_USUAL.search(part))
    if facts.cutoff >= 0:
        for text in _CUTOFF.findall(usual):
            minute = _minute(text)
            if minute not in (facts.cutoff, facts.cutoff - 720):
                return f"答案写 {text}前付款当天发，店铺规则是 {clock_of(facts.cutoff)}"
    asked = topics_of(draft.question)
    promised = (
        ("ship", facts.ship_within_hours, "发货", False),
        ("refund", facts.refund_days * 24, "退款", True),
        ("invoice", facts.invoice_hours, "开票", True),
    )
    for topic, hours, says, only_longer in promised:
        if not hours or topic not in asked:
            continue
        said = [(low, high) for low, high in spans_about(usual, topic) if (low, high) != (0.0, 24.0)]
        kept = [low <= hours and (only_longer or hours <= high) for low, high in said]
        if said and not any(kept):
            return f"答案写的{says}时间是 {_duration(said[0][1])}，店铺规则是 {_duration(hours)}"
    return ""


def _duration(hours: float) -> str:
    return f"{hours / 24:g} 天" if hours >= 72 and hours % 24 == 0 else f"{hours:g} 小时"


def _minute(text: str) -> int:
    hour, _, minute = re.sub(r"[:：点]", ":", text).partition(":")
    return int(hour) * 60 + (30 if minute == "半" else int(minute or 0))


def _against_promotions(draft: EntryDraft, facts: ShopFacts) -> str:
    answer = draft.answer
    if facts.minus is not None:
        for threshold, off in _MINUS.findall(answer):
            if (int(threshold), int(off)) not in facts.minus:
                return f"答案写满 {threshold} 减 {off}，现在没有这样的活动"
    if facts.free_from:
        for threshold in _FREE_FROM.findall(answer):
            if int(threshold) not in facts.free_from:
                return f"答案写满 {threshold} 包邮，现在的包邮门槛是 {min(facts.free_from)} 元"
        asked = re.search(r"包邮|运费|邮费|快递费", draft.question)
        if asked and min(facts.free_from) > 0 and _ALL_FREE.search(answer) and not _FREE_FROM.search(answer):
            return f"答案说全部包邮，现在的包邮门槛是 {min(facts.free_from)} 元"
    if facts.coupons is not None:
        for amount in map(int, _COUPON.findall(answer)):
            if amount not in facts.coupons:
                return f"答案写 {amount} 元券，现在没有这样的券"
    if facts.rates is not None:
        for claim in _WHOLE_RATE.finditer(answer):
            said = claims_of(claim[0]).spans.get("discount", ())
            if said and not any(low in facts.rates for _, low, _ in said):
                return f"答案写{said[0][1]:g} 折，现在没有这样的活动"
    if facts.benefits is not None:
        for pattern, benefit, says in _OFFERS:
            if pattern.search(answer) and benefit not in facts.benefits:
                return f"答案写有{says}，现在没有这样的活动"
    return _denied_offer(answer, facts) or _against_end(draft, facts)


def _against_end(draft: EntryDraft, facts: ShopFacts) -> str:
    """A day on which offers end that is the end of none that runs."""
    if not facts.ends or not _OFFER_ASKED.search(draft.question):
        return ""
    for month, day in _ENDS_ON.findall(draft.answer):
        if (int(month), int(day)) not in facts.ends:
            return f"答案写活动到 {month} 月 {day} 日，现在的活动没有在这天结束的"
    return ""


def _denied_offer(answer: str, facts: ShopFacts) -> str:
    running = {
        "满减": facts.minus, "优惠券": facts.coupons, "活动": facts.benefits, "优惠活动": facts.benefits
    }  # fmt: skip
    denied = _NO_OFFER.search(answer)
    return f"答案说没有{denied[1]}，现在有" if denied and running[denied[1]] else ""


def _against_hours(draft: EntryDraft, facts: ShopFacts) -> str:
    if (
        not re.search(r"人工|客服|[上下]班|在线", draft.question + draft.answer[:20])
        or facts.hours[0] == facts.hours[1]
    ):
        return ""
    if not re.search(r"几点|什么时候|上班|下班|在线时间|工作时间|服务时间", draft.question):
        return ""
    clock = claims_of(draft.answer).spans.get("clock", ())
    near = {minute for edge in facts.hours for minute in (edge, edge - 720)}  # 晚上11点 is written as 11点 too
    if clock and not any(low in near for _, low, _ in clock):
        opens, closes = map(clock_of, facts.hours)
        return f"答案写的上班时间和店铺设置（{opens} 到 {closes}）对不上"
    return ""


def _against_address(draft: EntryDraft, facts: ShopFacts, kinds: Sequence[Kind]) -> str:
    asked = _RETURNED_TO.search(draft.question)
    if asked and facts.return_address and places_differ(draft.answer, facts.return_address, kinds):
        return f"答案写的退货地址和店铺规则（{facts.return_address[:30]}）对不上"
    return ""
