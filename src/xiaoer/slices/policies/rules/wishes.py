# ruff: noqa: E501  patterns read better unbroken
"""A wish over several turns (求推荐): 送妈妈的, then 她六十了, then 两百以内吧, then 太老气了.

As long as the buyer's last word was about a recommendation, what she adds belongs to it: a condition, a taste, a sort of
goods, a no to what was shown. The model hears such pieces by themselves, as safety, price or cancelling.
"""

import re
from collections.abc import Callable

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.audiences import age_at_school, audiences_in
from xiaoer.kernel.decision import UNANSWERED, Act
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Memory, Wish
from xiaoer.kernel.turn import Turn
from xiaoer.packs.goods import thesaurus_of
from xiaoer.slices.policies.rules.conditions import Budget, read_avoids, read_budget
from xiaoer.slices.policies.rules.focus import names_place
from xiaoer.slices.policies.rules.follow_ups import NEED, READ
from xiaoer.slices.policies.rules.wish_words import (
    MORE,
    SORTS,
    asks_about_it,
    asks_beside,
    asks_if_sold,
    asks_which,
    is_alike,
    is_described,
    is_only_a_no,
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
_SEEKS = re.compile(
    r"有没有|有木有|有(?:啥|什么|哪些|适合)|有.{2,14}(?:吗|么|没)(?:[?？\s,，]|$)|有(?:没有)?[吗么没]|(?:能|可以|适合)[吃用喝穿玩戴擦抹骑养]?(?:什么|啥|哪)|^求|怎么(?:选|挑)|(?:选|挑)(?:什么|啥|哪)|能买到|想(?:买|要|送|给|凑|挑|选|找|整)|(?:给|帮|送).{1,8}(?:买|挑|选|带|整|配|凑|搭)|来(?:个|点)|找(?:个|点|一)|随便(?:推荐|来)"
)
_TASTE = re.compile(
    r"(?:想要|喜欢|最好(?:是)?|来|要|偏|选|看)(?:个|点|些|一?款)?[^?？]{1,10}(?:的|点|些)(?:吧|呗|就行|就好|都行)?[。.!！~]*$"
    r"|^(?!好|是|行|可以|嗯|对|知道|谢|就?要?第|[这那]个?)[^?？]{1,8}的(?:吧|呗|就行|就好|都行|也行)?[。.!！~]*$|随便|都(?:行|可以)|没(?:啥|什么)?(?:特别)?要求|你(?:看着|帮我)(?:选|挑|推荐|来)"
)
_ASKS = re.compile(r"[?？]|[吗么嘛呢]\W*$|什么|多少|怎么|哪|几(?!百|十|千)|能不能|有没有|会不会|是不是")
_BUSINESS = ("order.", "after.", "ship.", "service.")
_SURE = 0.9
_HEARD = 0.6  # from this, a question about goods is one (停电了猫喝得到水吗), though it is not known of which
_DOUBTFUL = 0.5
_SURE_ENOUGH = 0.75  # below this, words with a budget for a situation are no matter of an order
_SHORT = 6  # characters of words that only name somebody (送老师)
_LONGEST = 30  # characters of a piece that is only a condition
_TERM = 12  # the same within one message
_GIFT = re.compile(r"(?:送|给|买|带|挑|选).{0,8}(?:啥|什么|哪|点儿?|些)")
_NOT_LESS = re.compile(r"(?:不能|别|不要|不想要?)太.{1,3}")
_AMOUNTS = re.compile(
    r"^(?:预算|价位|大概|差不多|就|也就|顶多|最多|在|[\d一二两三四五六七八九十百千到至~\-—元块钱多左右上下以内之间吧呗的 ])+[。.!！]*$"
)
_ROUND = re.compile(r"([一二两三四五六七八九]|\d+)([百千]?)")
_SPAN = re.compile(r"到|至|-|~|—")
_NO_SPEC = re.compile(r"\d|货|[红橙黄绿青蓝紫黑白灰粉]色?的")  # 240的奶瓶有货吗 asks of a variant
_UNITS = {"": 1, "百": 100, "千": 1000}
_AGED = re.compile(r"(?:[五六七八九]十|(?<!\d)[5-9]\d)(?:多|来|几|[一二三四五六七八九])?(?:岁|了)")
_OLD = 55
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_LEAST_YUAN = 20
_GIVES = re.compile(r"^送.{1,4}[，,]|送(?:给)?.{1,5}的|送给|送(?:点|个|些|什么|啥)")
_THINGS_FOR = re.compile(r"能[吃用喝穿戴玩]的(?!吗|么|是|有没有|话)[\u4e00-\u9fff]{2}")  # 敏感肌能戴的首饰
_COUPLE = re.compile(r"爸妈|父母|公婆|爹妈")
_WITHIN = re.compile(r"预算|以内|以下|左右|之内|上下|不超过")
_GOODS = ("product.", "price.", "promo.")
_OCCASION = re.compile(r"送|礼|生日|母亲节|父亲节|情人节|七夕|中秋|过年|过节|纪念日|结婚|满月")
_HELPS = re.compile(
    r"(?:用|买|穿|吃|喝|带|准备|送|戴|选|擦|抹|涂|备|垫|盖|铺|玩|看|喂)(?:点儿?|些)?(?:什么|啥|哪)|有(?:没有)?(?:什么|啥|哪)|推荐|怎么(?:办|选|挑)|咋办|求|列(?:几|一|个)|(?:^|[，,])有(?:没有)?.{1,8}(?:吗|么|没|的)$"
)
_WHETHER_IT_SUITS = re.compile(
    r"(?!有|什么|啥|哪|求|推荐|我|给|帮|想)[^，。,\s]{1,8}适[合用][^，。,]{1,8}(?:吗|不|么)[?？]?$"
)
_EATS = re.compile(r"(?:能|可以|适合)[吃用喝穿玩戴擦抹骑养](?:什么|啥|哪)")
# what ails a thing or a body sounds like a complaint about goods (猫尿味太大了, 手裂了); these words say that it is one
_SOUNDS_BOUGHT = frozenset({"after.size_wrong", "after.defect", "after.repair", "after.color_diff", "after.missing"})
_BOUGHT = re.compile(
    r"收到|买的|买来|买了|拍的|拍了|你们|你家|(?<![酒饭旅书])店|这(?!么|样)|退|换货|刚到|到了|发来|发的|寄|快递|客服|售后|订单|单子|质量|投诉|赔|才用|用了|穿了|洗了|戴了|包装"
)
_GIVEN = re.compile(r"(?:[\u4e00-\u9fff]{1,4}(?:节|生日))?送(?!货|到|的|来)")  # 送爷爷，他手抖; 教师节送书法老师
_EACH_ONE = re.compile(r"各(?:买|挑|选|来|送)")
_NEEDED = re.compile(r"要(?:能|会)[^，。吗么]{1,4}的|要用的[\u4e00-\u9fff]|(?:用|穿|装|戴)的[\u4e00-\u9fff]{1,6}$")
_SOUGHT = ("product.", "price.", "oos.")
_MAY_LEAD = ("product.", "price.", "oos.", "chat.")
_FOR_WHAT = re.compile(r"送|礼|生日|(?:给|帮).{1,6}(?:买|挑|选|带)")
_NOT_LONG = 3  # messages of the buyer after which a no to what was shown is still one
_STORY = 40  # characters of words in which a situation is told
_LOST = frozenset({*UNANSWERED, "unclear", "product.which", "product.which_of", "recommend.ask", "size.ask"})
_OF_FIGURES = ("price.query", "product.stock", "product.restock")
_TELLS_MUCH = 10  # characters in which a situation may be told
_SIZE = re.compile(r"(?:几|多大|什么|啥子?|哪个?)的?[码号]|[码号]数?(?:合适|咋选|怎么选)")
_OF_THE_SHOP, _CLEAR = ("ship.", "order.", "promo."), 0.9  # matters that are no wish when heard so clearly
ASKS_NUMBER = ("order.which", "order.which_sorry")  # templates
_SMALL_TALK = ("talk.ack", "talk.chat.smalltalk", "talk.chat.bye")
_PHRASES = 6  # phrases of a wish that are remembered
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
    if named.defect and _BOUGHT.search(text) and not is_open(turn):
        return segment  # 牙刷用了一回掉毛，给个说法
    asks_size = segment.intent.startswith("product.size") and segment.confidence >= _CLEAR and _SIZE.search(text)
    if asks_size and not is_open(turn):
        return segment  # 防晒衣 我163 108 穿啥码
    if _is_about_shown(text, segment, turn):
        return wished(segment)
    talked = segment.intent.startswith(("promo.", "chat.", "oos.")) and not read_budget(text)
    if talked and named.relation and _GIVEN.match(text) and not _ASKS.search(text):
        return wished(segment)
    if named.relation and segment.intent.startswith(_GOODS) and _GIFT.search(text) and _FOR_WHAT.search(text):
        return wished(segment)
    if than_another(text) and segment.intent.startswith(_GOODS):
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
        ((is_alike(text) or asks_beside(text)) and segment.intent.startswith(_SOUGHT))
        or (named.relation and asks_about_it(text))
    ):
        return wished(segment)
    if (
        not turn.product_in_focus
        and not _WHETHER_IT_SUITS.match(text)
        and (
            _seeks(text, segment)
            or _is_gift(text, segment)
            or (troubled and _tells_trouble(text, segment))
            or _asks_if_sold(text, segment)
            or _describes(text, segment)
        )
    ):
        return wished(segment)
    shown = bool(turn.memory.wish and turn.memory.wish.shown)
    if (shown or MORE.match(text)) and says_no(text) and is_open(turn, _NOT_LONG):
        return wished(segment)
    if is_open(turn) and len(turn.memory.choices) == 1 and (named.size or named.color):
        return replace(segment, intent="product.stock", confidence=0.8, by="wish")  # 有没有黑的, of the only one shown
    if _WITHIN.search(text) and read_budget(text) is not None and is_open(turn, _NOT_LONG):
        return wished(segment)
    if is_open(turn) and (_WANTS.match(text) or (named.relation and len(text) <= _SHORT and not _ASKS.search(text))):
        return wished(segment)
    if not is_open(turn) or _ASKS.search(text):
        return segment
    business = segment.intent.startswith(_BUSINESS) and segment.confidence >= _SURE
    return wished(segment) if not business and (_is_term(segment) or _TASTE.search(text)) else segment


def gather(segments: tuple[Segment, ...], tells_preference: Callable[[str], bool]) -> tuple[Segment, ...]:
    """Put a condition (敏感肌，200以内，对坚果过敏, 有口袋) to the wish that it belongs to (推荐面霜): one list answers
    both."""
    kept: list[Segment] = []
    for segment in segments:
        if kept and segment.intent == "product.recommend" and _leads(kept[-1]):
            kept[-1] = _joined(segment, kept[-1], f"{kept[-1].text}，{segment.text}")
            continue
        wish = kept[-1] if kept and kept[-1].intent == "product.recommend" else None
        if wish is not None and segment.intent == "product.recommend" and len(segment.text) <= _TERM:
            kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
            continue
        limits = _NOT_LESS.search(segment.text) is not None
        if wish is not None and rather_cheap(segment.text):
            kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
            continue
        states = len(segment.text) <= _TERM and not (_ASKS.search(segment.text) or _BOUGHT.search(segment.text))
        if wish is not None and states and tells_preference(segment.text):
            kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
            continue
        asks = _ASKS.search(segment.text) or not segment.intent.startswith(_GOODS)
        if wish is None or not (_is_term(segment) or limits) or asks or len(segment.text) > _TERM:
            kept.append(segment)
            continue
        kept[-1] = _joined(wish, segment, f"{wish.text}，{segment.text}")
    return tuple(kept)


def _leads(segment: Segment) -> bool:
    """Whether the segment is only a condition of what is asked next (我对坚果过敏，有啥零食推荐)."""
    text = segment.text
    if not segment.intent.startswith(_MAY_LEAD) or len(text) > _TERM:
        return False
    condition = any(read_avoids(text)) or _is_term(segment)
    return _ANY_SUCH.match(text) is not None or (condition and not _ASKS.search(text))


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


def _is_gift(text: str, segment: Segment) -> bool:
    """Whether these words name somebody and an amount, and an occasion, or no question (女朋友生日快到了，200到300;
    刚出生的宝宝用的，一共不超过200)."""
    named = segment.entities
    may = segment.confidence < _DOUBTFUL or segment.intent.startswith(_MAY_LEAD)
    for_whom = bool(named.relation and _OCCASION.search(text))
    for_whom = for_whom or (bool(named.relation or named.audience) and not _ASKS.search(text))
    if (segment.intent == "promo.gift" or segment.confidence < _DOUBTFUL) and _GIVES.search(
        text
    ):  # given by her, not by the shop
        return read_budget(text) is not None or any(read_avoids(text))
    return may and for_whom and read_budget(text) is not None


def _asks_if_sold(text: str, segment: Segment) -> bool:
    """Whether the shop is asked for a sort of thing, of which nothing more is said."""
    may = segment.intent.startswith(("product.stock", "product.detail", "product.material", "product.package", "oos."))
    named = asks_if_sold(text) or (_NO_SPEC.search(text) is None and bool(thesaurus_of().asked_for(text)))
    return (may or segment.confidence < _DOUBTFUL) and not segment.entities.size and named


def _describes(text: str, segment: Segment) -> bool:
    """Whether goods of a sort are asked for by what they are like; of a size, the stock is told."""
    may = segment.intent.startswith(_GOODS) or segment.confidence < _DOUBTFUL
    return may and not segment.entities.size and is_described(text)


def _sounds_bought(text: str, segment: Segment) -> bool:
    """Whether these words were heard as a complaint though nothing says that anything was bought."""
    return segment.intent in _SOUNDS_BOUGHT and not _BOUGHT.search(text)


def _seeks(text: str, segment: Segment) -> bool:
    """Whether these words look for goods of a sort, for a price, for somebody (有没有敏感肌能用的护肤品)."""
    for_them = bool(segment.entities.audience) and _THINGS_FOR.search(text) is not None
    if _SEEKS.search(text) is None and _NEEDED.search(text) is None and not for_them:
        return False
    budget, bad = read_budget(text), any(read_avoids(text))
    if segment.intent.startswith("promo."):
        each = _EACH_ONE.search(text) is not None
        return bool((budget or each) and (segment.entities.relation or _COUPLE.search(text)))
    may = segment.intent.startswith(_SOUGHT) or segment.confidence < _DOUBTFUL
    may = may or (_sounds_bought(text, segment) and _NEEDED.search(text) is not None)
    if may and _NEEDED.search(text):
        return True
    for_her = segment.entities.relation and _FOR_WHAT.search(text)
    return may and bool(for_her or SORTS.search(text) or _EATS.search(text) or budget or bad or for_them)


def _tells_trouble(text: str, segment: Segment) -> bool:
    """Whether a trouble or an occasion is told and help is asked for, if anything (屋里太干了，嗓子疼)."""
    may = segment.intent.startswith(_SOUGHT) or segment.confidence < _DOUBTFUL
    may = may or _sounds_bought(text, segment)
    for_somebody = bool(segment.entities.relation or segment.entities.audience)
    may = may or (segment.intent in ("promo.gift", "chat.smalltalk") and for_somebody)
    may = may or (segment.intent.startswith("chat.") and read_budget(text) is not None)
    may = may or (segment.confidence < _SURE_ENOUGH and read_budget(text) is not None and not _BOUGHT.search(text))
    return may and (_HELPS.search(text) is not None or not QUESTION.search(text))


def _is_about_shown(text: str, segment: Segment, turn: Turn) -> bool:
    """Whether these words choose among several goods that were just shown (有红色的吗, 哪个更适合送礼, 便宜点), or among
    such as they name (项链和耳钉哪个适合送女友)."""
    if len(text) > _TERM + _SHORT or segment.entities.product_ids:
        return False
    if segment.intent == "product.compare" and segment.entities.relation and not turn.product_in_focus:
        return asks_which(text)
    if wants_cheaper_goods(text) and segment.intent.startswith(_GOODS):
        return True
    if turn.memory.wish is None or len(turn.memory.choices) < 2 or not is_open(turn, _NOT_LONG):
        return False
    colour = segment.entities.color and segment.intent.startswith(("product.", "oos.")) and not names_place(text)
    cheaper = is_too_dear(text) and len(text) <= _SHORT and not turn.product_in_focus
    return bool(colour) or cheaper or asks_which(text)


def may_be_one(act: Act, ask: Ask) -> bool:
    """Whether nothing answers these words and no goods are in sight: a situation may be told in them."""
    turn, named, said = ask.situation.turn, ask.segment.entities, ask.segment.text
    lost = act.template in _LOST or act.rule_id.startswith("talk.oos")
    unsure = ask.segment.confidence < _SURE_ENOUGH and len(said) >= _TELLS_MUCH
    lost = lost or (unsure and (act.template in ASKS_NUMBER or act.rule_id in _SMALL_TALK))
    known = named.order_no or named.waybill_no or ask.product_id or turn.product_in_focus
    clear = ask.segment.confidence >= _CLEAR and ask.segment.intent.startswith(_OF_THE_SHOP)
    asks_figures = ask.segment.intent in _OF_FIGURES or clear  # 手机壳发拉萨要邮费吗
    of_some_goods = ask.segment.intent.startswith("product.") and ask.segment.confidence >= _HEARD
    asks_plainly = of_some_goods and QUESTION.search(said) and len(said) < _TELLS_MUCH  # 防水吗, of goods unknown
    return lost and not (known or asks_figures or asks_plainly or _BOUGHT.search(ask.said)) and len(said) <= _STORY


def kept(segment: Segment, ask: Ask) -> Memory:
    """The memory with the wish that these words begin."""
    shown = tuple(pick.product.id for pick in ask.facts.picks.get(ask.index, ()))
    wish = told(segment, ask.situation.turn)
    return replace(ask.memory, wish=replace(wish, shown=(*wish.shown, *shown)))


def wished(segment: Segment) -> Segment:
    """The segment as a wish."""
    return replace(segment, intent="product.recommend", confidence=0.85, by="wish")


def _is_term(segment: Segment) -> bool:
    """Whether the segment says for whom, or what it may cost."""
    named = segment.entities
    told = bool(named.audience or named.relation or named.size or named.color)
    told = told or named.money_yuan is not None or named.age_years is not None or named.age_months is not None
    told = (
        told
        or bool(audiences_in(segment.text))
        or any(read_avoids(segment.text))
        or read_budget(segment.text) is not None
    )
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
    age = named.age_years if named.age_months is None else named.age_months / 12
    age = age_at_school(segment.text) if age is None else age
    limits, (bad, unliked) = _budget(segment), read_avoids(segment.text)
    return replace(
        before,
        words=before.words if is_only_a_no(segment.text) else (*before.words, segment.text)[-_PHRASES:],
        asked=(turn.memory.wish.asked if turn.memory.wish else 0) + (segment.by != "wish"),
        relation=named.relation or before.relation,
        audience=tuple(dict.fromkeys((*before.audience, *named.audience, *audience))),
        budget_yuan=limits.most if limits else before.budget_yuan,
        least_yuan=limits.least if limits else before.least_yuan,
        color=named.color or before.color,
        size=named.size or before.size,
        is_total=limits.total if limits else before.is_total,
        is_about=limits.about if limits else before.is_about,
        pieces=(limits.pieces if limits else 0) or before.pieces,
        age_years=before.age_years if age is None else age,
        bad=tuple(dict.fromkeys((*before.bad, *bad))),
        unliked=tuple(dict.fromkeys((*before.unliked, *unliked))),
    )


def _budget(segment: Segment) -> Budget | None:
    """What the segment says it may cost: in words for a bound, as an amount that stands alone, as the amount heard."""
    if (said := read_budget(segment.text)) is not None:
        return said
    if (alone := _yuan(segment.text)) is not None:
        return Budget(*alone)
    amount = segment.entities.money_yuan
    return None if amount is None else Budget(None, amount)
