# ruff: noqa: E501  patterns read better unbroken
"""A wish over several turns (求推荐): 送妈妈的, then 她六十了, then 两百以内吧, then 太老气了.

As long as the buyer's last word was about a recommendation, what she adds belongs to it: a condition, a taste, a sort of
goods, a no to what was shown. The model hears such pieces by themselves, as safety, price or cancelling.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Wish
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules.focus import names_place

_OTHERS = re.compile(
    r"^(?:那|那么|就)?(?:还有|有没有|有木有|还有没有|有|换|看看|要)(?:点|个|一?些)?(?:别的|其他|其它|另外|便宜)(?:的|款|点|些|一点|一些)*(?:么|吗|没|不|呢|推荐|看看|的|[?？])*$"
)
_DISLIKES = re.compile(
    r"太(?:老气|老土|土|贵|花哨?|素|普通|一般|小|大|重|丑|艳|暗|简单|便宜|幼稚|成熟|俗|单调|常见)|不(?:太|怎么|是很)?(?:喜欢|好看|合适|实用|想要|要这)"
    r"|看不上|没(?:有)?(?:看上|相中|中意)|换(?:个|一?批|几个|别的|点)|拿不出手"
)
_TASTE = re.compile(
    r"(?:想要|喜欢|最好(?:是)?|来|要|偏|选|看)(?:个|点|些|一?款)?[^?？]{1,10}(?:的|点|些)(?:吧|呗|就行|就好|都行)?[。.!！~]*$"
    r"|^(?!好|是|行|可以|嗯|对|知道|谢|就?要?第|[这那]个?)[^?？]{1,8}的(?:吧|呗|就行|就好|都行|也行)?[。.!！~]*$|随便|都(?:行|可以)|没(?:啥|什么)?(?:特别)?要求|你(?:看着|帮我)(?:选|挑|推荐|来)"
)
_ASKS = re.compile(r"[?？]|[吗么嘛呢]\W*$|什么|多少|怎么|哪|几(?!百|十|千)|能不能|有没有|会不会|是不是")
_BUSINESS = ("order.", "after.", "ship.", "service.")
_SURE = 0.9
_LONGEST = 30  # characters of a piece that is only a condition
_TERM = 12  # the same within one message
_GIFT = re.compile(r"(?:送|给|买|带|挑|选).{0,8}(?:啥|什么|哪|点儿?|些)")
_NOT_LESS = re.compile(r"(?:不能|别|不要|不想要?)太.{1,3}")
_AMOUNTS = re.compile(
    r"^(?:预算|价位|大概|差不多|就|也就|顶多|最多|在|[\d一二两三四五六七八九十百千到至~\-—元块钱多左右上下以内之间吧呗的 ])+[。.!！]*$"
)
_ROUND = re.compile(r"([一二两三四五六七八九]|\d+)([百千]?)")
_SPAN = re.compile(r"到|至|-|~|—")
_UNITS = {"": 1, "百": 100, "千": 1000}
_AGED = re.compile(r"(?:[五六七八九]十|(?<!\d)[5-9]\d)(?:多|来|几|[一二三四五六七八九])?(?:岁|了)")
_OLD = 55
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_LEAST_YUAN = 20
_WITHIN = re.compile(r"以内|以下|左右|之内|上下|不超过")
_GOODS = ("product.", "price.", "promo.")
_FOR_WHAT = re.compile(r"送|礼|生日|(?:给|帮).{1,6}(?:买|挑|选|带)")
_NOT_LONG = 3  # messages of the buyer after which a no to what was shown is still one
_PHRASES = 6  # phrases of a wish that are remembered


def read(segment: Segment, turn: Turn) -> Segment:
    """The segment as a part of the wish that is open; unchanged when it is about something else."""
    text, named = segment.text.strip(), segment.entities
    if named.relation and segment.intent.startswith(_GOODS) and _GIFT.search(text) and _FOR_WHAT.search(text):
        return _wished(segment)
    if (
        segment.by == "pattern"
        or segment.intent == "chat.bye"
        or len(text) > _LONGEST
        or named.order_no
        or named.waybill_no
        or named.product_ids
        or names_place(text)
    ):
        return segment
    shown = bool(turn.memory.wish and turn.memory.wish.shown)
    if shown and says_no(text) and is_open(turn, _NOT_LONG):
        return _wished(segment)
    if is_open(turn) and len(turn.memory.choices) == 1 and (named.size or named.color):
        return replace(segment, intent="product.stock", confidence=0.8, by="wish")  # 有没有黑的, of the only one shown
    if named.money_yuan is not None and _WITHIN.search(text) and is_open(turn, _NOT_LONG):
        return _wished(segment)
    if not is_open(turn) or _ASKS.search(text):
        return segment
    business = segment.intent.startswith(_BUSINESS) and segment.confidence >= _SURE
    return _wished(segment) if not business and (_is_term(segment) or _TASTE.search(text)) else segment


def gather(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Put a condition (敏感肌，200以内，不能太便宜) to the wish that it belongs to (推荐面霜): one list answers both."""
    kept: list[Segment] = []
    for segment in segments:
        wish = kept[-1] if kept and kept[-1].intent == "product.recommend" else None
        named = segment.entities
        limits = _NOT_LESS.search(segment.text) is not None
        asks = _ASKS.search(segment.text) or not segment.intent.startswith(_GOODS)
        if wish is None or not (_is_term(segment) or limits) or asks or len(segment.text) > _TERM:
            kept.append(segment)
            continue
        entities = replace(
            wish.entities,
            audience=tuple(dict.fromkeys((*wish.entities.audience, *named.audience))),
            money_yuan=wish.entities.money_yuan if named.money_yuan is None else named.money_yuan,
            relation=wish.entities.relation or named.relation,
        )
        kept[-1] = replace(wish, text=f"{wish.text}，{segment.text}", entities=entities)
    return tuple(kept)


def _wished(segment: Segment) -> Segment:
    return replace(segment, intent="product.recommend", confidence=0.85, by="wish")


def _is_term(segment: Segment) -> bool:
    """Whether the segment says for whom, or what it may cost."""
    named = segment.entities
    told = bool(named.audience or named.relation or named.size or named.color)
    told = told or named.money_yuan is not None or named.age_years is not None
    return told or _AGED.search(segment.text) is not None or _yuan(segment.text) is not None


def _yuan(text: str) -> tuple[float | None, float] | None:
    """The least and the most of amounts that stand alone (三百到五百, 两三百吧); None when the text says more."""
    if len(text) > _TERM or not _AMOUNTS.match(text.strip()):
        return None
    said = [float((_DIGITS.get(n) or int(n)) * _UNITS[unit]) for n, unit in _ROUND.findall(text)]
    if not said or max(said) < _LEAST_YUAN:
        return None
    return (min(said) if len(said) > 1 and _SPAN.search(text) else None), max(said)


def is_open(turn: Turn, back: int = 1) -> bool:
    """Whether one of the buyer's last `back` messages was about a recommendation."""
    said = [past for past in reversed(turn.history) if past.author == "buyer"][:back]
    return turn.memory.wish is not None and any("product.recommend" in past.intents for past in said)


def told(segment: Segment, turn: Turn) -> Wish:
    """The wish with what this segment says of it; a new one when another person is named or none is open."""
    named = segment.entities
    before = turn.memory.wish if is_open(turn, _NOT_LONG) else None
    if before is None or (named.relation and before.relation and named.relation != before.relation):
        before = Wish()
    aged = _AGED.search(segment.text) or (named.age_years or 0) >= _OLD
    audience = ("老人",) if aged else ()
    least, most = _yuan(segment.text) or (before.least_yuan, before.budget_yuan)
    return replace(
        before,
        words=(*before.words, segment.text)[-_PHRASES:],
        relation=named.relation or before.relation,
        audience=tuple(dict.fromkeys((*before.audience, *named.audience, *audience))),
        budget_yuan=named.money_yuan or most,
        least_yuan=least,
        age_years=named.age_years or before.age_years,
    )


def is_too_dear(text: str) -> bool:
    """Whether what was shown costs too much for her (太贵了, 有便宜点的吗)."""
    return re.search(r"太贵|贵了|便宜(?:点|些|一点)", text) is not None


def says_no(text: str) -> bool:
    """Whether these words want something else than what was shown."""
    return _OTHERS.match(text.strip()) is not None or _DISLIKES.search(text) is not None
