# ruff: noqa: E501  patterns read better unbroken
"""A wish over several turns (求推荐): 送妈妈的, then 她六十了, then 两百以内吧, then 太老气了.

As long as the buyer's last word was about a recommendation, what she adds belongs to it: a condition, a taste, a sort of
goods, a no to what was shown. The model hears such pieces by themselves, as safety, price or cancelling.
"""

import re
from collections.abc import Callable

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.decision import UNANSWERED, Act
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules.conditions import read_avoids, read_budget
from xiaoer.slices.policies.rules.focus import names_place
from xiaoer.slices.policies.rules.follow_ups import NEED, READ
from xiaoer.slices.policies.rules.wish_begun import ASKS, BOUGHT, FOR_WHAT, GOODS, MAY_LEAD, SOUGHT, SURE_ENOUGH, begins
from xiaoer.slices.policies.rules.wish_terms import NOT_LONG, TERM, is_open, is_term, told
from xiaoer.slices.policies.rules.wish_words import (
    MORE,
    asks_about_it,
    asks_beside,
    asks_which,
    gives_back,
    is_alike,
    is_too_dear,
    rather_cheap,
    says_no,
    than_another,
    wants_cheaper_goods,
)
from xiaoer.slices.policies.types import Ask

_WANTS = re.compile(
    r"^(?:我|就|那)?(?:想)?(?:要|看看?|来)(?:个|点|款|支|条)?(?!人工|退|换|发票|求|不|赔)[\u4e00-\u9fff]{2,5}[。.!！]?$"
)
_TASTE = re.compile(
    r"(?:想要|喜欢|最好(?:是)?|来|要|偏|选|看)(?:个|点|些|一?款)?[^?？]{1,10}(?:的|点|些)(?:吧|呗|就行|就好|都行)?[。.!！~]*$"
    r"|^(?!好|是|行|可以|嗯|对|知道|谢|就?要?第|[这那]个?)[^?？]{1,8}的(?:吧|呗|就行|就好|都行|也行)?[。.!！~]*$|随便|都(?:行|可以)|没(?:啥|什么)?(?:特别)?要求|你(?:看着|帮我)(?:选|挑|推荐|来)"
)
_BUSINESS = ("order.", "after.", "ship.", "service.")
_SURE = 0.9
_HEARD = 0.6  # from this, a question about goods is one (停电了猫喝得到水吗), though it is not known of which
_SHORT = 6  # characters of words that only name somebody (送老师)
_LONGEST = 30  # characters of a piece that is only a condition
_GIFT = re.compile(r"(?:送|给|买|带|挑|选).{0,8}(?:啥|什么|哪|点儿?|些)")
_NOT_LESS = re.compile(r"(?:不能|别|不要|不想要?)太.{1,3}")
_WITHIN = re.compile(r"预算|以内|以下|左右|之内|上下|不超过")
_WHETHER_IT_SUITS = re.compile(
    r"(?!有|什么|啥|哪|求|推荐|我|给|帮|想)[^，。,\s]{1,8}适[合用][^，。,]{1,8}(?:吗|不|么)[?？]?$"
)
_GIVEN = re.compile(r"(?:[\u4e00-\u9fff]{1,4}(?:节|生日))?送(?!货|到|的|来)")  # 送爷爷，他手抖; 教师节送书法老师
_STORY = 40  # characters of words in which a situation is told
_LOST = frozenset({*UNANSWERED, "unclear", "product.which", "product.which_of", "recommend.ask", "size.ask"})
_OF_FIGURES = ("price.query", "product.stock", "product.restock")
_TELLS_MUCH = 10  # characters in which a situation may be told
_SIZE = re.compile(r"(?:几|多大|什么|啥子?|哪个?)的?[码号]|[码号]数?(?:合适|咋选|怎么选)")
_OF_THE_SHOP, _CLEAR = ("ship.", "order.", "promo."), 0.9  # matters that are no wish when heard so clearly
ASKS_NUMBER = ("order.which", "order.which_sorry")  # templates
_SMALL_TALK = ("talk.ack", "talk.chat.smalltalk", "talk.chat.bye")
# Asks for goods of a kind and for nothing of them (清真的有吗).
_STILL = re.compile(r"[^，。\s]{2,}还(?:有(?:没有?|货|吗|么|不|几)|剩(?:下)?(?:几|多少))")
_ANY_SUCH = re.compile(r"^(?:有没有)?[^，。]{1,6}的(?:有吗|有没有|有么|有不)\W*$")


def read(segment: Segment, turn: Turn, troubled: bool = False) -> Segment:
    """The segment as a part of the wish that is open, or as one that begins; unchanged when it is about something else.
    `troubled`: the words tell a situation for which there are goods (屋里太干, 久坐腰疼)."""
    text, named = segment.text.strip(), segment.entities
    if segment.by in READ:  # 不要太亮, of the lamps that were asked for
        return wished(segment) if segment.by == NEED and is_open(turn) else segment
    of_goods = turn.product_in_focus or not (named.relation or named.audience)  # 油皮适合用吗 seeks goods
    if segment.intent == "product.recommend" and of_goods and _WHETHER_IT_SUITS.match(text):
        return replace(segment, intent="product.detail", by="wording")  # F调适合小孩吗, of the flute in sight
    of_known = segment.intent == "product.restock" or (segment.intent == "product.stock" and _STILL.search(text))
    if of_known and not is_open(turn):
        return segment  # 40个头的还有没有, 米白的啥时候补
    if named.defect and (BOUGHT.search(text) or gives_back(text)) and not is_open(turn):
        return segment  # 牙刷用了一回掉毛，给个说法
    asks_size = segment.intent.startswith("product.size") and segment.confidence >= _CLEAR and _SIZE.search(text)
    if asks_size and not is_open(turn):
        return segment  # 防晒衣 我163 108 穿啥码
    if _is_about_shown(text, segment, turn):
        return wished(segment)
    talked = segment.intent.startswith(("promo.", "chat.", "oos.")) and not read_budget(text)
    if talked and named.relation and _GIVEN.match(text) and not ASKS.search(text):
        return wished(segment)
    if named.relation and segment.intent.startswith(GOODS) and _GIFT.search(text) and FOR_WHAT.search(text):
        return wished(segment)
    if than_another(text) and segment.intent.startswith(GOODS):
        return wished(segment)
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
    if turn.product_in_focus and (
        ((is_alike(text) or asks_beside(text)) and segment.intent.startswith(SOUGHT))
        or (named.relation and asks_about_it(text))
    ):
        return wished(segment)
    if not turn.product_in_focus and not _WHETHER_IT_SUITS.match(text) and begins(text, segment, troubled):
        return wished(segment)
    shown = bool(turn.memory.wish and turn.memory.wish.shown)
    if (shown or MORE.match(text)) and says_no(text) and is_open(turn, NOT_LONG):
        return wished(segment)
    if is_open(turn) and len(turn.memory.choices) == 1 and (named.size or named.color):
        return replace(segment, intent="product.stock", confidence=0.8, by="wish")  # 有没有黑的, of the only one shown
    if _WITHIN.search(text) and read_budget(text) is not None and is_open(turn, NOT_LONG):
        return wished(segment)
    if is_open(turn) and (_WANTS.match(text) or (named.relation and len(text) <= _SHORT and not ASKS.search(text))):
        return wished(segment)
    if not is_open(turn) or ASKS.search(text):
        return segment
    business = segment.intent.startswith(_BUSINESS) and segment.confidence >= _SURE
    return wished(segment) if not business and (is_term(segment) or _TASTE.search(text)) else segment


def _is_about_shown(text: str, segment: Segment, turn: Turn) -> bool:
    """Whether these words choose among several goods that were just shown (有红色的吗, 哪个更适合送礼, 便宜点), or among
    such as they name (项链和耳钉哪个适合送女友)."""
    if len(text) > TERM + _SHORT or segment.entities.product_ids:
        return False
    if segment.intent == "product.compare" and segment.entities.relation and not turn.product_in_focus:
        return asks_which(text)
    if wants_cheaper_goods(text) and segment.intent.startswith(GOODS):
        return True
    if turn.memory.wish is None or len(turn.memory.choices) < 2 or not is_open(turn, NOT_LONG):
        return False
    colour = segment.entities.color and segment.intent.startswith(("product.", "oos.")) and not names_place(text)
    cheaper = is_too_dear(text) and len(text) <= _SHORT and not turn.product_in_focus
    return bool(colour) or cheaper or asks_which(text)


def gather(segments: tuple[Segment, ...], tells_preference: Callable[[str], bool]) -> tuple[Segment, ...]:
    """Put a condition (敏感肌，200以内，对坚果过敏, 有口袋) to the wish that it belongs to (推荐面霜): one list answers
    both."""
    kept: list[Segment] = []
    for segment in segments:
        if kept and segment.intent == "product.recommend" and _leads(kept[-1]):
            kept[-1] = _joined(segment, kept[-1], f"{kept[-1].text}，{segment.text}")
            continue
        wish = kept[-1] if kept and kept[-1].intent == "product.recommend" else None
        if wish is not None and segment.intent == "product.recommend" and len(segment.text) <= TERM:
            kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
            continue
        limits = _NOT_LESS.search(segment.text) is not None
        if wish is not None and rather_cheap(segment.text):
            kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
            continue
        states = len(segment.text) <= TERM and not (ASKS.search(segment.text) or BOUGHT.search(segment.text))
        if wish is not None and states and tells_preference(segment.text):
            kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
            continue
        asks = ASKS.search(segment.text) or not segment.intent.startswith(GOODS)
        if wish is None or not (is_term(segment) or limits) or asks or len(segment.text) > TERM:
            kept.append(segment)
            continue
        kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
    return tuple(kept)


def _leads(segment: Segment) -> bool:
    """Whether the segment is only a condition of what is asked next (我对坚果过敏，有啥零食推荐)."""
    text = segment.text
    if not segment.intent.startswith(MAY_LEAD) or len(text) > TERM:
        return False
    condition = any(read_avoids(text)) or is_term(segment)
    return _ANY_SUCH.match(text) is not None or (condition and not ASKS.search(text))


def _joined(wish: Segment, condition: Segment, text: str) -> Segment:
    """The wish with a condition that another segment said."""
    named, more = wish.entities, condition.entities
    entities = replace(
        named,
        audience=tuple(dict.fromkeys((*named.audience, *more.audience))),
        money_yuan=named.money_yuan if more.money_yuan is None else more.money_yuan,
        relation=named.relation or more.relation,
        age_years=named.age_years if more.age_years is None else more.age_years,
        age_months=named.age_months if more.age_months is None else more.age_months,
    )
    return replace(wish, text=text, entities=entities)


def may_be_one(act: Act, ask: Ask) -> bool:
    """Whether nothing answers these words and no goods are in sight: a situation may be told in them."""
    turn, named, said = ask.situation.turn, ask.segment.entities, ask.segment.text
    lost = act.template in _LOST or act.rule_id.startswith("talk.oos")
    unsure = ask.segment.confidence < SURE_ENOUGH and len(said) >= _TELLS_MUCH
    lost = lost or (unsure and (act.template in ASKS_NUMBER or act.rule_id in _SMALL_TALK))
    known = named.order_no or named.waybill_no or ask.product_id or turn.product_in_focus
    clear = ask.segment.confidence >= _CLEAR and ask.segment.intent.startswith(_OF_THE_SHOP)
    asks_figures = ask.segment.intent in _OF_FIGURES or clear  # 手机壳发拉萨要邮费吗
    of_some_goods = ask.segment.intent.startswith("product.") and ask.segment.confidence >= _HEARD
    asks_plainly = of_some_goods and QUESTION.search(said) and len(said) < _TELLS_MUCH  # 防水吗, of goods unknown
    return lost and not (known or asks_figures or asks_plainly or BOUGHT.search(ask.said)) and len(said) <= _STORY


def kept(segment: Segment, ask: Ask) -> Memory:
    """The memory with the wish that these words begin."""
    shown = tuple(pick.product.id for pick in ask.facts.picks.get(ask.index, ()))
    wish = told(segment, ask.situation.turn)
    return replace(ask.memory, wish=replace(wish, shown=(*wish.shown, *shown)))


def wished(segment: Segment) -> Segment:
    """The segment as a wish."""
    return replace(segment, intent="product.recommend", confidence=0.85, by="wish")
