"""Words about a price (议价) as an act: which segments are such, and how a decided answer is said.

How far the price may go is decided in `slices/bargaining`; here only the wording is chosen. What is said must be
kept with the answer, so the act carries it as its effect.
"""

import re
from collections.abc import Sequence

from xiaoer.kernel.decision import Act, BargainAnswer, Source
from xiaoer.kernel.digits import plain_digits
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import offer_words
from xiaoer.slices.policies.types import Ask

_OFFERED = frozenset({"counter_offer", "offer_coupon"})
HAGGLES = 0.4  # below this, words that only sound like haggling are none
_TALKS_PRICE = re.compile(
    r"(?<!还)卖不卖|(?<!还)卖(?:我|吗|么|呗|给我)|说好(?:的|了)[^。]{0,4}\d|给(?:个|我)?(?:什么|多少|啥)价|(?:发|给|来)(?:个|点|我)?(?:个|点)?(?:小)?红包|底价|最低(?:价|多少|能)|成本价|进货价|一口价|砍(?:价|一刀)|抹零|抹个零|凑整|零头|"
    r"(?:便宜|优惠|少|降|让|减)(?:点|些|一?点|个|\d|[一二两三五十百])(?!点?的(?!话))|(?:元|(?<!一)块|块钱)\s*(?:行|成|可以|卖|拿|要|吧|给)|"
    r"(?:答应|同意|说好|承诺|说可以)[^。]{0,10}(?:\d|[一二三五六七八九十百]|便宜|优惠|折|价|送)|送(?:点|我|些|个)|"
    r"\d\s*折|半价|(?:给我|改成|改为|按)\s*\d+(?:\.\d+)?\s*(?:元|块)|不(?:便宜|降价|优惠)"
)
_SUM = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十百千万]+|\d百[\d一二三四五六七八九]?)"
_UNIT = r"(?:元|块钱|块|圆|整|毛|角|rmb|人民币|刀|欧|(?:美|日|韩|港|欧|台|英|越南|卢|比特|q|冥)\S{0,2})"
_ONLY_A_SUM = re.compile(
    rf"(?:那|就|那就|给你|我出|我给|出)*(?:[-负$€£¥₩]\s*{_SUM}{_UNIT}?|{_SUM}\s*{_UNIT})\s*(?:吧|呢|了|呗|行吗|可以吗|卖吗|成吗|左右|上下|包邮)?",
    re.IGNORECASE,
)
_ONLY_A_NUMBER = re.compile(
    rf"(?:那|就|那就|给你|我出|我给|出|-|负)*{_SUM}[\d./*+x-]*\s*(?:吧|呢|了|呗|行吗|可以吗|卖吗|成吗|左右|上下|包邮)?"
)
_NAMES_A_SUM = re.compile(
    rf"^[-负]?\s*{_SUM}\s*{_UNIT}\s*(?:吧|呢|呗|行吗|行不行|可以吗|卖吗|成吗|包邮)?\W*$|(?!一块)[-负]?{_SUM}\s*{_UNIT}\s*(?:卖|行|成|拿|可以)",
    re.IGNORECASE,
)
# the offer is taken, whatever else these words might be by themselves
_TAKES = re.compile(
    r"(?:那|嗯|好|行|可以|成|中|ok|得)*(?:吧|的|呀|啊|了|嘞)*[,，\s]*(?:就)?(?:按|要)?(?:这个?价|这样|成交|这个|拍了|要了)(?:格|吧|了|下单)?$"
)
_ANSWERS = ("chat.ack", "chat.thanks", "chat.bye", "order.how_to_buy", "oos.unclear", "promo.gift", "ship.fee")
_SURE = 0.6  # from here words that were heard as another matter must ask for less in so many words
_MAY_HAGGLE = ("promo.", "price.", "oos.", "chat.", "service.")
_NEVER = ("after.", "service.", "ship.track", "ship.stuck", "ship.lost", "promo.price_protect", "promo.not_applied")
_AFTER_BUYING = ("退", "赔", "补差", "差价", "维权")


def is_about_price(segment: Segment, turn: Turn) -> bool:
    """Whether the segment asks for a lower price or a favour, or answers the offer that was made just before."""
    if segment.by == "wish":
        return False
    text, recent = plain_digits(segment.text), turn.history[-4:]
    plain = text.strip(" ,.!?~，。！？").lower()
    asked = any(past.asked_for for past in recent)  # a number may answer what was asked for
    bought = any(intent.startswith(_NEVER) for past in recent for intent in past.intents)
    if not asked and not bought and _ONLY_A_SUM.fullmatch(plain):
        return True  # whatever else an amount might be by itself
    if segment.intent.startswith(_NEVER) or any(word in text for word in _AFTER_BUYING):
        return False
    if offer_words.asks_of_offer(text):
        return False
    offered = has_offer(turn)
    of_another = segment.confidence >= _SURE and not segment.intent.startswith(_MAY_HAGGLE)
    if of_another and not offer_words.asks_less_money(text):
        return offered and segment.intent.startswith(_ANSWERS)
    haggles = segment.intent == "promo.bargain" and segment.confidence >= HAGGLES
    if (haggles and (offered or segment.by != "context")) or _TALKS_PRICE.search(text):
        return True
    if offered and (_TAKES.match(plain) or (not asked and _ONLY_A_NUMBER.fullmatch(plain))):
        return True
    return segment.intent.startswith(_ANSWERS) and offered


def talks_price(segment: Segment) -> bool:
    """Whether the words themselves are about a price or an offer, whatever was said before."""
    return segment.intent.startswith(("promo.", "price.")) or bool(_TALKS_PRICE.search(plain_digits(segment.text)))


def is_only_context(segments: Sequence[Segment], turn: Turn) -> bool:
    """Whether only the talk before makes these words haggling (那比150高吗, 你们是不是骗子 after an offer): they are
    answered with the offer that stands, and earn no concession."""
    about = [segment for segment in segments if is_about_price(segment, turn)]
    return all(one.by == "context" and not _TALKS_PRICE.search(plain_digits(one.text)) for one in about)


def price_words(segments: Sequence[Segment], turn: Turn) -> str:
    """All that the turn says about the price."""
    return "，".join(segment.text for segment in segments if is_about_price(segment, turn))


def has_offer(turn: Turn) -> bool:
    """Whether the bot's last words made an offer."""
    for past in reversed(turn.history):
        if past.author == "agent":
            return False
        if past.act_types:  # the first message of an answer carries its acts, cards and chips follow it
            return bool(_OFFERED & set(past.act_types))
    return False


def say_bargain(ask: Ask) -> Act | None:
    """The act for a decided price request; None when it is not one, or leaves the segment to others."""
    answer = ask.facts.bargains.get(ask.index)
    if ask.segment.by == "bulk":
        return None  # of many pieces the quote comes first
    if answer is None:
        about = is_about_price(ask.segment, ask.situation.turn)
        if about and ask.facts.bargains:
            return Act("counter_offer", ask.index, "silent", rule_id="bargain.same_turn")
        if about and ask.product_id and _NAMES_A_SUM.search(plain_digits(ask.segment.text)):
            return Act("answer", ask.index, "bargain.firm", rule_id="bargain.no_discount")
        return None
    if (
        answer.reason in ("accept", "decline")
        and answer.outcome == "firm"
        and not ask.segment.intent.startswith("promo.")
    ):
        return None
    return act_of(answer, ask.index)


def act_of(answer: BargainAnswer, index: int) -> Act:
    """How a decided price request is said."""
    source = Source("policy", f"bargain:{answer.product_id}", "议价规则")
    sources = (Source("product", answer.product_id, answer.title), source)
    slots: dict[str, object] = {"title": answer.title, "base": answer.base, "off": answer.off, "round": answer.pushes}
    if answer.price is not None:
        slots["price"] = answer.price
    if answer.gift:
        slots["gift"] = answer.gift
    if answer.coupon is not None:
        slots |= {"coupon": answer.coupon, "code": answer.coupon.code, "until": answer.coupon.valid_until}
    effect = answer if answer.proof is not None else None
    rule = f"bargain.{answer.reason}"
    match answer.outcome:  # what people answer has no words here: the hand-over speaks
        case "counter":
            template = "bargain.last_offer" if answer.last else "bargain.counter"
            return Act("counter_offer", index, template, slots, sources, rule, effect)
        case "accept":
            return Act("offer_coupon", index, "bargain.agreed", slots, sources, rule, effect)
        case "gift":
            template = "bargain.gift_packed" if answer.gift_kind == "small_gift" else "bargain.gift_coupon"
            return Act("offer_coupon", index, template, slots, sources, rule, effect)
        case "stand":
            template = _STAND.get(answer.reason, "bargain.stand")
            return Act("counter_offer", index, template, slots, sources, rule, effect)
        case "already":
            return Act("answer", index, "bargain.already", slots, sources, rule)
        case "settled":
            return Act("counter_offer", index, "bargain.settled", slots, sources, rule)
    template = "bargain.no_claim" if answer.reason == "claim" else "bargain.no"
    return Act("answer", index, template, slots, sources, rule, effect)


_STAND = {
    "claim": "bargain.stand_claim",
    "floor": "bargain.stand_floor",
    "decline": "bargain.stand_decline",
    "question": "bargain.stand_floor",
}


def wants_people(answers: dict[int, BargainAnswer]) -> BargainAnswer | None:
    """The answer that asks for a person, when there is one."""
    return next((answer for answer in answers.values() if answer.outcome == "people"), None)
