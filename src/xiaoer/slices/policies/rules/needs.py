"""Which facts a segment wants before it can be answered: a table from intents to needs."""

import re

from xiaoer.kernel.asking import QUESTION, wants_goods
from xiaoer.kernel.counting import PLUS
from xiaoer.kernel.decision import Need
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.regions import province_of
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import bargaining, carts
from xiaoer.slices.policies.types import Ask

_TALK = frozenset(
    {"chat.greeting", "chat.thanks", "chat.bye", "chat.ack", "chat.praise", "service.human", "service.bot"}
)
_PRODUCT_GROUPS = ("product.", "price.", "promo.")
_ORDER_GROUPS = ("order.", "ship.", "after.")
_ORDER_PROMO = frozenset({"promo.price_protect", "promo.not_applied"})
# asked before buying: the knowledge base or the product answers, no order is looked up unless one is named
_GENERAL = frozenset({"order.how_to_buy", "ship.carrier", "ship.fee", "ship.area", "ship.from"})

# asked on a product page without a word of an own order, these are questions before buying
_BEFORE_BUYING = frozenset({"ship.when", "ship.eta", "order.invoice", "order.note", "order.pay", "after.return"})
_WOULD = ("能退", "可以退", "可退", "支持", "不合适", "如果", "万一", "包退", "包换")
OWN_WORDS = (
    "我的",
    "订单",
    "买的",
    "拍的",
    "拍了",
    "下单了",
    "下的单",
    "付了",
    "付款了",
    "那单",
    "这单",
    "昨天",
    "前天",
    "还没",
    "怎么还",
    "别发",
    "先不发",
    "再发",
    "晚点发",
    "晚几天发",
)
_IN_USE = re.compile(
    r"[用穿戴买骑睡坐喝吃拆][了过][^，。]{0,4}(?:天|周|星期|礼拜|个月|年|次|回|双|袋|包|件|个|盒)|拆[了开][^，。]{0,6}(?:试|用|穿)"
)  # of goods that came, not before buying
PAID_FOR = re.compile(
    r"(?:上次|上回|之前|昨天|前天|那单|这单|我).{0,4}(?:买|拍|付|花).{0,6}(?:多少钱|多少)|(?:付了|花了|实付)多少"
)
_HOLIDAY = re.compile(r"国庆|中秋|春节|过年|放假|周末|周六|周日|双休|节假日|元旦|五一|端午|清明")
LISTS = re.compile(
    r"^(?:请|麻烦)?(?:给我|帮我)?(?:看看?|查查?)?(?:一?下)?我?(?:最近|之前|以前|都|一共|总共|这个月|上个月)+[^，。]{0,4}(?:买|拍|下|花)(?:过|了)?(?:啥|什么|哪些|几单|几样|些|多少钱)"
    r"|(?:看看?|查查?|列)[^，。]{0,3}(?:买|拍|下单)过(?:啥|什么|哪些|几单)"
    r"|我的订单(?:都有|有哪些|一共|总共|列)|我(?:名下|现在|这儿|这里)?(?:都|一共|总共)?(?:有|下了|拍了)(?:哪|几)(?:些|几)?个?(?:订单|单)|(?:买|拍|订)的[^，。]{0,6}都(?:到|在)哪"
)
AGAIN = re.compile(
    r"(?:上次|上回|之前|以前|原来|同样|一样)[^，。？]{0,8}(?:再|又)[^，。？]{0,3}(?:来|买|拍|下|要)|再来一单|复购|回购"
)
# another thing beside the product in sight: it is not what is asked about
_WORN_WITH = re.compile(
    r"(?:(?<![外四床件])套|搭|配|叠|里[头面]|外[头面]|下[头面]).{0,3}(?:穿|个|件|条|双|着)|(?:能|可以|会)[^，。]{0,2}(?:泡|装|放|盛|煮|炖|炒|充|连|插|接)"
    r"|(?:^|里)(?:加|放|倒|滴|兑|装|泡|煮)[^，。]{1,8}(?:行|可以|能|好|成|中|可)(?:不|吗|么)"
)
# what is named in these is used with the product in sight (能泡茶叶不, 苹果手机能连不)
_USED_WITH = ("product.compatibility", "product.usage")
# A question that says nothing of what it is about: that was told before.
_VAGUE = re.compile(
    r"^(?:那么?|就|现在|这[个样种下]?|该|我|要|可|又|咱|应该|\W)*"
    r"(?:怎么[办弄搞整处解]|如何是好|咋个?[办弄搞整处解]|点算|点办|哪能办|啷个[办整]|怎样办)"
    r"(?:理|决|才好|好|呢|啊|呀|嘛|吧|了|噻|哦|嘞|哟|\W)*$"
)
_CLAUSES = re.compile(r"[\s,，。；;、!！]+|(?<=[?？])")
_UNSURE, _FEW = 0.5, 10
_OF_GOODS = ("order.how_to_buy", "promo.gift", "ship.area", "ship.fee")
# on a page 有没有遥控器 asks what comes with the goods; these ask what else there is in the shop
_OF_THE_SHOP = re.compile(r"(?:有|在)卖|卖不卖|卖[^，。]{1,8}[吗么不]|你们家|你家|店里|咱家|别的|还有没有")
GIVING_BACK = ("after.return", "after.exchange", "after.refund_only", "after.policy")
_MAY_WANT = ("product.", "price.", "promo.", "oos.", "chat.")  # what words that want goods are heard as
_WORDED = 5  # characters from which what sounds like talk may be a question that the shop wrote down
_VAGUELY = 0.4  # of what is asked: goods that the words name may tell
_SAYS_NOTHING = re.compile(
    r"什么时候|啥时候|多久|多长时间|几[天点号]|怎么[样办弄]?|咋[样办整弄]?"
    r"|[吗嘛么呢啊呀吧不没能会可以好行要有是到得了的就还都也再那这它我你您们请问，。？?!！\s]"
)
_TELLS = 2  # characters that tell something
_CLAUSE = 4  # characters of a clause that may be a question by itself
_SEVERAL = ("product.compare", "promo.bundle", "price.query")  # questions that may be about several goods at once
_JOINED = re.compile(rf"[和跟与、+＋]|{PLUS}|再(?:来|加|拿|买|配)|还有|以及|一起|一块|对比|比较|哪[个款件]")
_SHOPPING = ("product", "search", "live", "campaign")


def product_of(segment: Segment, turn: Turn) -> str | None:
    """The product that a segment is about: the one it names, else the one in focus."""
    return segment.entities.product_ids[0] if segment.entities.product_ids else turn.product_in_focus


def of_goods(index: int, product_id: str) -> tuple[Need, ...]:
    """What must be read to tell of a product."""
    return Need("product", index, product_id), Need("variants", index, product_id)


def may_be_of(named: str, segment: Segment, turn: Turn) -> bool:
    """Whether a segment that names no product may be about the one that was named earlier in the same turn."""
    points = turn.product_in_focus not in (None, named) and "这" in segment.text
    about_goods = wants_product(segment) or segment.intent == "order.how_to_buy"
    return about_goods and not segment.entities.product_ids and not points


def needs_of(index: int, segment: Segment, turn: Turn) -> tuple[Need, ...]:
    """The facts that `segment` (number `index` of its turn) wants."""
    about = product_of(segment, turn)
    if about and bargaining.is_about_price(segment, turn):
        return (Need("bargain", index, about), *_others(index, segment, turn))
    return _others(index, segment, turn)


def _others(index: int, segment: Segment, turn: Turn) -> tuple[Need, ...]:
    intent = segment.intent
    if intent in _TALK and not (segment.entities.order_no or segment.entities.waybill_no):
        if intent == "chat.greeting" and turn.product_in_focus:
            return (Need("product", index, turn.product_in_focus),)
        unsure = segment.confidence < _UNSURE and turn.product_in_focus is not None
        if intent == "chat.ack" and turn.product_in_focus and segment.by != "pattern" and len(segment.text) <= _FEW:
            return of_goods(index, turn.product_in_focus)  # 炭灰的, which only the specs of the goods know
        worded = (intent.startswith("chat.") or unsure) and len(segment.text.strip()) >= _WORDED
        about = (Need("product", index, turn.product_in_focus),) if worded and turn.product_in_focus else ()
        return (Need("knowledge", index, segment.text), *about) if worded else ()
    needs = [Need("knowledge", index, _asked_of(segment, turn))]
    product = product_of(segment, turn)
    asks_back = intent in GIVING_BACK and QUESTION.search(segment.text)
    if product and (asks_back or not (intent.startswith("after.") and tells_own(segment.text))):
        needs += [Need("product", index, product), Need("variants", index, product)]
    beside: tuple[str, ...] = ()
    if intent == "product.compare":
        beside = (turn.product_in_focus,) if turn.product_in_focus else tuple(id_ for id_, _ in turn.memory.choices)
    for other in (*segment.entities.product_ids[1:3], *beside):
        needs += [Need("product", index, other), Need("variants", index, other)]
    if wants_orders(segment, turn):
        needs.append(Need("orders", index))
    if intent == "price.query" and product is None and turn.memory.order_id:
        needs.append(Need("orders", index))  # 到手多少, of the order that was talked about
    if intent.startswith("promo.") or intent == "price.query":
        needs.append(Need("offers", index))
    if product and (intent == "price.query" or segment.by == "variant"):
        needs.append(Need("price", index, product))
    if product and intent in ("product.stock", "product.restock"):
        needs.append(Need("similar", index, product))
    joined = _JOINED.search(segment.text) or carts.counts_several(segment.text)
    together = intent == "promo.bundle" and joined and not turn.product_in_focus
    vague = segment.confidence < _VAGUELY and not intent.startswith("oos.") and QUESTION.search(segment.text)
    if intent == "product.recommend":
        needs.append(Need("recommend", index))
    elif (
        not segment.entities.product_ids
        and not (turn.product_in_focus and (_WORN_WITH.search(segment.text) or intent in _USED_WITH))
        and (intent.startswith(("product.", "price.")) or intent in _OF_GOODS or together or vague)
    ):  # what she may mean by words
        needs.append(Need("named", index, segment.text))
    elsewhere = turn.product_in_focus is None or _OF_THE_SHOP.search(segment.text)
    if intent.startswith(_MAY_WANT) and elsewhere and wants_goods(segment.text):
        needs.append(Need("sold", index, segment.text))
    if intent in _SEVERAL and joined and len(segment.entities.product_ids) < 2:
        needs.append(Need("together", index, segment.text))
    if intent == "promo.coupon":
        needs.append(Need("coupons", index))
    return tuple(needs)


def _asked_of(segment: Segment, turn: Turn) -> str:
    """What the knowledge is asked: the segment, with the province of a place that freight or a parcel goes to (发日喀则
    in 西藏), or, when it asks of something told before (咋整), that with it."""
    if not _VAGUE.match(segment.text):
        province = province_of(segment.entities.place or "") if segment.intent.startswith("ship.") else ""
        return f"{segment.text} {province}" if province and province not in segment.text else segment.text
    told = next((past.text for past in reversed(turn.history) if past.author == "buyer" and past.text), "")
    return f"{told} {segment.text}".strip()


def names_goods_only(segment: Segment) -> bool:
    """Whether a few words of no matter may only name goods (那个壳, 充气泵)."""
    bare = segment.intent in ("oos.unclear", "oos.other") or (
        segment.intent.startswith("product.") and segment.confidence < _UNSURE
    )
    return bare and 1 < len(segment.text.strip()) <= _FEW and not QUESTION.search(segment.text)


def closer(ask: Ask) -> tuple[Need, ...]:
    """The knowledge asked once more with the clause that is the question: the story around it found nothing."""
    clauses = [one for one in _CLAUSES.split(ask.segment.text) if len(one) >= _CLAUSE and QUESTION.search(one)]
    clauses = [one for one in clauses if len(_SAYS_NOTHING.sub("", one)) >= _TELLS]  # 啥时候能好
    if not clauses or clauses[0] == ask.segment.text:
        return ()
    need = Need("knowledge", ask.index, clauses[0])
    return () if need in ask.facts.asked else (need,)


def needs_of_named(ask: Ask) -> tuple[Need, ...]:
    """What is read of the goods that only words of this turn named, once it is known which."""
    several = ask.facts.together.get(ask.index, ())
    if several:
        return tuple(Need(kind, ask.index, one.product.id) for one in several for kind in ("product", "variants"))
    if not ask.product_id or ask.product_id == product_of(ask.segment, ask.situation.turn):
        return ()
    index, product = ask.index, ask.product_id
    known = product in ask.facts.products
    needs = () if known else (Need("product", index, product), Need("variants", index, product))
    priced = ask.segment.intent != "price.query" or product in ask.facts.prices
    return needs if priced else (*needs, Need("price", index, product))


def wants_orders(segment: Segment, turn: Turn) -> bool:
    """Whether the buyer's orders bear on this segment."""
    if segment.entities.order_no or segment.entities.waybill_no:
        return True
    if PAID_FOR.search(segment.text) or AGAIN.search(segment.text):
        return True
    if of_holidays(segment) or _whether(segment) or segment.intent in _GENERAL or is_before_buying(segment, turn):
        return False
    return segment.intent.startswith(_ORDER_GROUPS) or segment.intent in _ORDER_PROMO


def _whether(segment: Segment) -> bool:
    """Whether the shop does such a thing at all (能帮忙刻字吗), asked of no order."""
    asks = segment.intent == "order.note" and segment.text.rstrip("?？ ").endswith(("吗", "么", "不", "嘛"))
    return asks and not any(word in segment.text for word in (*OWN_WORDS, "备注", "单"))


def of_holidays(segment: Segment) -> str:
    """The holiday over which shipping is asked about in general (国庆发货吗); empty when an own order is meant."""
    found = _HOLIDAY.search(segment.text) if segment.intent == "ship.when" else None
    own = any(word in segment.text for word in OWN_WORDS)
    return found.group() if found and not own else ""


def is_shopping(turn: Turn) -> bool:
    """Whether the visit began where goods are looked at."""
    return turn.context.entry in _SHOPPING


def is_about_goods_in_sight(segment: Segment, turn: Turn) -> bool:
    """Whether a matter after buying may be a question about the goods on the open page (笔芯能换吗, 坏了能修吗)."""
    return (
        segment.intent in ("after.exchange", "after.repair", "after.defect", "after.missing")
        and turn.product_in_focus is not None
        and is_shopping(turn)
        and not tells_own(segment.text)
    )


def tells_own(text: str) -> bool:
    """Whether the words are of goods that the buyer has, or of an order that was placed."""
    return any(word in text for word in OWN_WORDS) or _IN_USE.search(text) is not None


def is_before_buying(segment: Segment, turn: Turn) -> bool:
    """Whether this is asked by somebody who looks at a product, not about an order that exists."""
    return (
        segment.intent in _BEFORE_BUYING
        and turn.product_in_focus is not None
        and is_shopping(turn)
        and not tells_own(segment.text)
        and (segment.intent != "after.return" or any(word in segment.text for word in _WOULD))
    )


def wants_product(segment: Segment) -> bool:
    """Whether the answer depends on which product is meant."""
    return segment.intent.startswith(_PRODUCT_GROUPS) and segment.intent not in _ORDER_PROMO
