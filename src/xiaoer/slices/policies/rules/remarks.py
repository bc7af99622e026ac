# ruff: noqa: E501  patterns read better unbroken
"""Short remarks (短话): what a few words mean at this point of the talk.

「那算了不要了」 after haggling is leaving, not the cancelling of an order; 「那M呢」 after a question about the cloth, which
is the same in every size, asks whether there is an M; 「一百个充电宝」 answers 「您问的是哪一款」.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.heard import Body, Entities, Segment
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import needs

_LEAVES = re.compile(
    r"^(?:那|那就|还是|哎|唉|行吧?|好吧|嗯)*(?:算了|[不唔勿莫冇]要[了啦咯]|不买了|不考虑了?|不需要了?|再(?:看看|想想|考虑|说|转转|逛逛)|我?先看看|看看再说|买不起)+"
    r"(?:吧|了|啊|哦|呗|罢|我|太贵|不要|不买|别家|去|看看|再说|谢谢|拜拜|再见|[,。.!~ ，！])*$"
)
# What every variant of a product shares: asked with a size or colour, it is the variant itself that is meant.
_SHARED = frozenset({"product.quality", "product.material", "product.usage", "product.authenticity", "product.detail",
                     "product.warranty", "product.package", "product.safety"})  # fmt: skip
_BARE_VARIANT = re.compile(
    r"^(?:那|那么|还|有没?有?|有木有|要|换|的|码|号|色|款|个|这|件|呢|吗|么|嘛|不|没|[?？\s]|〔〕)*$"
)
# Nothing but haste (急急急): it hurries what was talked of last, and is no matter by itself.
_HASTE = re.compile(
    r"^(?=.*(?:急|快[点些快]|^快\W*$|赶[紧快]|抓紧|速[度回]|在线等))"
    r"(?:急|死|坏|了|啊|的|呀|哦|吧|嘛|很|好|太|真|挺|我|快|点|些|赶紧|赶快|抓紧|速度|速回|在线等|十万火|人呢|\W)+$"
)
# Nothing but how long it has been (都一个星期了): of a request, it is asked about again.
# 尾号1234 by itself: of a telephone or an order, of which more must be known.
_LAST_FOUR = re.compile(
    r"^(?:我的?)?(?:手机|电话|订单)?(?:号|单)?(?:的)?(?:尾号|后四位|末四位)(?:是|为|[:：\s])*\d{4}\W*$"
)
# 孕妇裤什么时候到, where no goods are looked at: of a parcel
_ARRIVES = re.compile(r"(?:啥|什么)时候(?:能|会|可以)?到(?:啊|呀|呢|\W)*$")
_SO_LONG = re.compile(
    r"^(?:这|都|已经|过|等|了)*(?:[一二两三四五六七八九十半\d]+)(?:多|个)*(?:天|周|星期|礼拜|月|小时|钟头)(?:多|了|啦|还没|没动静|啊|呀|呢|\W)*$"
)
_WAITS_FOR = {"ship.when": "ship.urge", "ship.eta": "ship.urge", "order.status": "ship.urge"}
# What was done to the goods, told after a question about giving them back: it belongs to that question.
_DONE_TO_GOODS = re.compile(
    r"(?:吊牌|标签|水洗标|商标|包装|盒子?|袋子?|塑封|膜|说明书|配件|发票|赠品|瓶盖)[^，。]{0,4}(?:剪|撕|扔|丢|拆|弄|没|不在|坏|烂|破|用|吃)"
    r"|(?:剪|撕|扔|丢|拆|洗|穿|试|用|开|喝|吃)(?:了|过|掉|封|开)(?:[一二两三几]?[次回下点口]|了)?\W*$"
)
_CAME = re.compile(r"收到|到手|拿到|买回|穿上|试了|买大|买小|发错|换|退")
_YES = re.compile(r"^(?:好|嗯|哦|行|可以|谢|不用|算了|没事|知道|等|稍)")
_MEASURES = re.compile(
    r"多(?:高|重|长|宽|厚|深|粗)|几(?:斤|克|寸|瓦|层|档)|多少(?:厘米|毫米|公分|米|斤|克|公斤|毫升|升|瓦|毫安|寸|档|层)"
)
_OF_SIZE = re.compile(r"[码号大小长短宽紧胖瘦穿]|宽松|松紧|合身|合适|身高|体重|尺")
_ASKS = re.compile(r"[?？]|[吗嘛么不没](?:\W|$)|行不行|能不能|会不会|可不可以|怎么|咋|什么|哪")
# Another measure after one that was told: 那175呢, 120的行吗.
_BARE_MEASURE = re.compile(
    r"^(?:那|那么|要是|如果|换成?|我?是|身高|体重)*(\d{2,3})(?:的|呢|行|可以|能穿|穿|吗|么|嘛|不|合适|[?？,，。\s])*$"
)
_TALL = range(130, 211)  # cm; below, a bare number after a weight is a weight in 斤
# Another pack after one whose price was asked: 那10斤呢, 三盒的呢.
_BARE_AMOUNT = re.compile(
    r"^(?:那|那么|要是|如果|换成?|这个)*(?:\d{1,3}|[一二两三四五六七八九十]+)\s*(?:公?斤|克|千克|[两升片抽丸枚件个双条只瓶盒套包袋箱桶支张罐把份寸米])(?:的|装)?(?:呢|咋样|[?？\W])*$"
)
# What a question about stock or money says by itself.
_WORDS_OF = {
    intent: re.compile(words)
    for intents, words in (
        (("chat.ack",), r"[好行对是][吗吧么不嘛]|可以吗\W*$|知道|收到|明白|谢"),
        (("product.stock", "product.restock"), r"有|货|库存|现|卖|剩|缺|补|断|呢"),
        (
            ("promo.bundle", "price.query", "promo.discount"),
            r"钱|价|块|元|多少|贵|便宜|优惠|减|券|折|凑|一起|套|算|几|呢",
        ),
    )
    for intent in intents
}
_WHOLE = 4  # letters of a question that may stand by itself
_UNSURE, _FEW = 0.5, 14
_RECENT = 3  # questions of the buyer
_BEFORE_BUYING = ("product.", "promo.", "price.", "ship.fee")


def read(segment: Segment, turn: Turn) -> Segment:
    """The segment as this point of the talk makes it; unchanged when its words say enough by themselves."""
    text = segment.text.strip()
    if _LEAVES.match(text) and last_matter(turn).startswith(_BEFORE_BUYING):
        return replace(segment, intent="chat.bye", confidence=0.9, by="wording")
    if is_haste(text) and (last := last_matter(turn)).startswith(("ship.", "after.", "order.status")):
        return replace(segment, intent=_WAITS_FOR.get(last, last), confidence=0.8, by="context")
    if segment.intent == "product.restock" and turn.product_in_focus is None and _ARRIVES.search(text):
        return replace(segment, intent="ship.eta", confidence=0.8, by="wording")
    if segment.intent.startswith(("chat.", "oos.")) and _LAST_FOUR.match(text):
        return replace(segment, intent="order.status", confidence=0.8, by="wording")
    if _SO_LONG.match(text) and (last := last_matter(turn)).startswith("after."):
        return replace(segment, intent=last, confidence=0.8, by="context")
    weak = segment.intent.startswith(("chat.", "oos.")) or segment.confidence < _UNSURE
    if weak and (last := last_matter(turn)) in ("after.return", "after.exchange") and _DONE_TO_GOODS.search(text):
        return replace(segment, intent=last, confidence=0.8, by="context")
    if _BARE_AMOUNT.match(text) and turn.product_in_focus and _asked_price(turn):
        return replace(segment, intent="price.query", confidence=0.8, by="context")
    if segment.intent == "product.size_advice" and (told := _BARE_MEASURE.match(text)):
        return _with_measure(segment, turn, int(told.group(1)))
    if segment.intent == "after.size_wrong" and _asks_before_buying(segment, turn):
        return replace(segment, intent="product.size_advice", by="wording")
    if _drifts(segment, turn) or _asks_beside(segment, turn) or _strays(segment, turn):
        return replace(segment, intent="product.detail", by="wording")
    if _names_what_was_asked(segment, turn):
        return replace(segment, intent=turn.memory.choice_intent, confidence=0.8, by="choice")
    named = [word for word in (segment.entities.size, segment.entities.color) if word]
    if segment.by == "context" and segment.intent in _SHARED and named and is_bare_variant(text, named):
        return replace(segment, intent="product.stock", confidence=0.8, by="wording")
    return segment


def _with_measure(segment: Segment, turn: Turn, number: int) -> Segment:
    """A bare number as the measure that was talked of: a height, or a weight in 斤 where one is known."""
    told, body = segment.bodies, turn.body
    if any(one.height_cm or one.weight_kg for one in told) or not (body.height_cm or body.weight_kg):
        return segment
    if number in _TALL and (body.height_cm or not body.weight_kg):
        return replace(segment, bodies=(Body(height_cm=float(number)),))
    if body.weight_kg:
        return replace(segment, bodies=(Body(weight_kg=number / 2),))
    return segment


def is_haste(text: str) -> bool:
    """Whether the words say that it is urgent, and nothing else."""
    return _HASTE.match(text.strip()) is not None


def _asks_before_buying(segment: Segment, turn: Turn) -> bool:
    """Whether a doubt about the size (紧不紧) is of somebody who looks at a product, not of a parcel that came."""
    own = any(word in segment.text for word in needs.OWN_WORDS) or _CAME.search(segment.text)
    return turn.product_in_focus is not None and needs.is_shopping(turn) and not own


def _drifts(segment: Segment, turn: Turn) -> bool:
    """Whether only the talk before makes a matter of orders of a question on a product's page (最低能降到多少厘米)."""
    unsure = segment.by == "context" and (segment.confidence < _UNSURE or _MEASURES.search(segment.text) is not None)
    of_orders = segment.intent.startswith(("order.", "ship.", "after."))
    shopping = turn.product_in_focus is not None and needs.is_shopping(turn)
    return unsure and of_orders and shopping and not any(word in segment.text for word in needs.OWN_WORDS)


def _strays(segment: Segment, turn: Turn) -> bool:
    """Whether only the talk before makes a matter of stock or price of a question that has no word of it
    (领子磨脖子吗, 新手能用不)."""
    words, named = _WORDS_OF.get(segment.intent), segment.entities
    shopping = turn.product_in_focus is not None
    if words is None or not shopping or segment.by != "context" or named.size or named.color or named.variant_words:
        return False
    text = segment.text.strip()
    return len(text) >= _WHOLE and words.search(text) is None and _ASKS.search(text) is not None


def _asks_beside(segment: Segment, turn: Turn) -> bool:
    """Whether a question of its own (跑马拉松行吗) only seems to answer the bot's for measures."""
    bot = next((past for past in reversed(turn.history) if past.author == "bot"), None)
    waits = bot is not None and bool(bot.asked_for) and segment.intent == "product.size_advice"
    bare = segment.entities == Entities() and not _OF_SIZE.search(segment.text)
    return waits and segment.by == "context" and bare and _ASKS.search(segment.text) is not None


def _names_what_was_asked(segment: Segment, turn: Turn) -> bool:
    """Whether a few words without a matter of their own (一百个充电宝) answer 「您问的是哪一款」."""
    bot = next((past for past in reversed(turn.history) if past.author == "bot"), None)
    asked = bool(turn.memory.choice_intent and not turn.memory.choices and bot and "ask" in bot.act_types)
    bare = segment.intent in ("chat.ack", "oos.unclear", "oos.other") or segment.confidence < _UNSURE
    return asked and bare and 2 <= len(segment.text.strip()) <= _FEW and not _YES.match(segment.text.strip())


def last_matter(turn: Turn) -> str:
    """The business that the buyer asked about last; "" when there was none."""
    said = (code for past in reversed(turn.history) if past.author == "buyer" for code in reversed(past.intents))
    return next((code for code in said if not code.startswith(("chat.", "oos."))), "")


def _asked_price(turn: Turn) -> bool:
    """Whether one of the last questions of the buyer was of a price, and none of his size."""
    said = [code for past in turn.history if past.author == "buyer" for code in past.intents][-_RECENT:]
    return "price.query" in said and "product.size_advice" not in said


def is_bare_variant(text: str, named: list[str]) -> bool:
    """Whether the words name a size or a colour and say nothing else."""
    for word in named:
        text = re.sub(re.escape(word.removesuffix("色")), "", text, flags=re.IGNORECASE)
    return bool(_BARE_VARIANT.match(text))
