# ruff: noqa: E501  patterns read better unbroken
"""Short follow-ups (接着说): words that say little by themselves and everything after what was said before.

「165 115」 and 「脚宽」 go on with a talk about size; 「那10斤呢」 asks of another spec what was asked before; 「我说的是音箱」
puts right what the last question was about; 「墨绿的」 chooses a variant; 「我怕热」 asks what the sheet says of it. Whatever
such words sound like alone.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.heard import Body, Entities, Segment
from xiaoer.kernel.measures import in_one_unit
from xiaoer.kernel.turn import PastMessage, Turn
from xiaoer.slices.policies.rules import carts, needs, needs_told, size_words
from xiaoer.slices.policies.rules.conditions import is_refused
from xiaoer.slices.policies.rules.remarks import is_bare_variant, last_matter

VARIANT, NEED = "variant", "need"  # by which mechanism: a variant was chosen, a need was told
FOLLOW_UP = "of_orders"  # other goods that were bought, of which the same is asked
READ = (VARIANT, NEED, "follow_up", FOLLOW_UP)  # what is read here is nothing else
_OF_SIZE = "product.size"
_OF_OTHERS = ("product.recommend",)
_CLEAR = 0.8  # from here a wish for other goods is one
_WEAK = 0.6  # below this, what was heard of a few words may be something else
_SHORT = 16  # characters of a remark about a body or a taste
_NUMBERS = (
    r"(?:\d{2,3}(?:\.\d)?\s*(?:斤|公斤|kg|KG|千克|cm|CM|厘米|公分|mm|MM)?|\d(?:\.\d{1,2})?\s*(?:斤|公斤|kg|KG|千克))"
)
# Nothing but one or two measures: 165 115, 我162, 116斤的呢
_ONLY_MEASURES = re.compile(
    rf"(?:那|那么|要是|如果|换成?|我?是|我|他|她|它|身高|体重|高|重|大概|差不多)*{_NUMBERS}(?:[\s,，、/和]*(?:体重|重)?{_NUMBERS})?"
    r"(?:左右|的|呢|行|可以|能穿|穿|吗|么|嘛|不|合适|多点|[?？,，。\s])*"
)
_WEIGHT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*(斤|公斤|kg|KG|千克)")
_TALL_ALONE = re.compile(r"(1[4-9]\d)(?:cm|厘米|公分)?\W*")
_WHICH_SIZE = re.compile(r"多大的?|(?:几|哪个?|什么|啥)[码号]")
_OF_FOOT = re.compile(r"(?:还|又|有点|有些|比较|偏|很|挺|稍微?|略)*(?P<what>[宽肥胖厚高])(?:的|了|点|些|呢|\W)*")
_LEAST_KG, _MOST_KG = 25, 200  # of who is weighed where nobody is named
# Another spec is asked the same: 那10斤呢, 冬被的呢, 那28的
_ANOTHER = re.compile(
    r"(?:那|那么|还有)(?P<one>[^，。?？]{1,7}?)(?:(?:的|码|号|款|装)呢?|呢)\W*|(?P<other>[^，。?？]{1,7}?)(?:的|码|号|款|装)?呢\W*"
)
_POINTS = re.compile(
    r"^(?:这|那|它|他|她|你|您|我|咱|人|别的|其他|其它|现在|今天|明天|后来|然后)|[吗么嘛]|怎么|什么|哪|多少|几|为啥|行|好|能|可以|有$"
)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z\u4e00-\u9fff]{0,2})")
_PARTS = re.compile(r"[\s,，。?？!！]+")
_EITHER = re.compile(
    r"(?:那|要|选|买|拍)*[\u4e00-\u9fff]{1,4}?色?的?(?:好看?)?还是[\u4e00-\u9fff]{1,4}?色?的?(?:好看?|好点)?(?:呢|啊)?\W*"
)
_BUYS = re.compile(r"(?:还|再|又)(?:想|要)?(?:再)?(?:买|拍|入|囤|来)(?:一|几|两|点|个|件|双|条|套|盒|瓶|些)")
_WHICH_CAN = re.compile(
    r"(?:那|那么)?(?:有)?(?:哪(?:一)?(?:个|款|种)|什么|啥)(?:的)?(?:才|是)?(?:能|可以|行|支持)(?:的)?(?:啊|呀|呢|吗)?\W*"
)
_WHETHER = re.compile(r"(?:这|那|它|请问|这个|这款)+(?=能|可以|支持|会)|(?:吗|么|嘛|不|没有?|呢|啊|\W)+$")
_BE_SO = re.compile(r"(?:我)?(?:要|想要)[\u4e00-\u9fff]{1,4}的")
_ORDERS = re.compile(
    rf"(?:给我|帮我|我|想)*(?:要|来|买|拿|整)(?:[一二两三四五六七八九十\d]+){PIECE}(?P<what>[\u4e00-\u9fff]{{2,6}}?)(?<!的)(?:吧|呗)?\W*"
)
_OF_MINE = re.compile(
    r"(?:那|那么|还有|对了)+(?:我的?|那个?|个|\W)*(?P<what>[\u4e00-\u9fff]{1,6}?)(?:呢|咋样了?|怎么样了?)\W*"
)
_BOUGHT = (
    "ship.track",
    "ship.when",
    "ship.urge",
    "ship.eta",
    "ship.stuck",
    "ship.deliver",
    "after.refund_progress",
    "after.progress",
)
_BACK = 3  # messages of the buyer's in which the question that is taken over may stand
_MAY_GO_ON = ("product.", "price.", "promo.discount", "promo.bundle", "ship.fee")
_MEANT = re.compile(
    r"(?:(?:不是|不对|错了|哎|唉|嗯)[\s,，。]*)*我?(?:刚才?)?(?:说|问|指|要问|想问|讲|看)的?(?:是|就是|的)(?P<what>[^，。?？]{2,14}?)\W*"
    r"|不是(?:这个|那个|它|这款|这)?[\s,，]*(?:我?(?:要|说|问)的?)?是(?P<that>[^，。?？]{2,14}?)\W*"
)
_TAKES = re.compile(
    r"(?:那|就|我)*(?:要|拿|来|选|拍|买)(?:个|一[个件袋盒瓶条双套])?\d+(?:\.\d+)?\s*[a-zA-Z\u4e00-\u9fff]{0,2}(?:的|码|款|装)?(?:吧|呗)?\W*"
)
_WHICH_ONE = re.compile(
    r"(?:那|我|她|他)*(?:适合|该|应该|要|选|用|买|拍)*哪(?:一)?(?:个|款|种|支|色|件|套)(?:色号?|颜色|口味|规格|型号|款式)?(?:好|合适|比较好|最好|最?多人买|卖得(?:最)?(?:好|多)|划算)?(?:点|些|一点)?(?:呢|啊|呀)?\W*"
)


def read(segment: Segment, turn: Turn) -> Segment:
    """The segment as what was said before makes it; unchanged when its words say enough by themselves."""
    if (
        segment.intent.startswith(("chat.", "product."))
        and _BUYS.search(segment.text)
        and not QUESTION.search(segment.text)
    ):  # 上次的卫衣不错，还想再买一件
        return replace(segment, intent="order.how_to_buy", confidence=0.8, by="follow_up")
    if carts.goes_on(segment, turn):
        return replace(segment, intent="price.query", confidence=0.8, by="follow_up")
    ordered = _ORDERS.fullmatch(segment.text.strip())
    may_order = segment.confidence < _WEAK or segment.intent.startswith(("product.", "chat.", "oos."))
    if ordered and turn.product_in_focus is None and may_order:  # 我要三斤草莓
        return replace(segment, text=f"有{ordered['what']}吗", intent="product.stock", confidence=0.8, by="follow_up")
    found = _of_orders(segment, turn) or _size(segment, turn) or _meant(segment, turn) or _another(segment, turn)
    return found or _other_goods(segment, turn) or _on_page(segment, turn) or segment


def _of_orders(segment: Segment, turn: Turn) -> Segment | None:
    """还有咖啡呢, after where a parcel is: the same is asked of other goods that were bought."""
    found, last = _OF_MINE.fullmatch(segment.text.strip()), last_matter(turn)
    if found is None or not turn.memory.order_id or _POINTS.search(found["what"]) or not last.startswith(_BOUGHT):
        return None
    return replace(segment, intent=last, confidence=0.8, by=FOLLOW_UP)


def _size(segment: Segment, turn: Turn) -> Segment | None:
    """What goes on with a talk about size, or begins one by measures alone."""
    text, asked = in_one_unit(segment.text.strip()), _asked(turn)
    of_size = last_matter(turn).startswith(_OF_SIZE) or "height_cm" in asked or "weight_kg" in asked
    if _ONLY_MEASURES.fullmatch(text) and (of_size or turn.product_in_focus):
        return _with_measures(replace(segment, text=text), of_size, asked="weight_kg" in asked)
    if of_size and turn.body.foot_length_mm and (foot := _OF_FOOT.fullmatch(text)):  # 有点宽, of who told his foot
        return _of_size(replace(segment, text=f"{'脚背' if foot['what'] == '高' else '脚'}{text}"))
    weak = segment.confidence < _WEAK or segment.intent.startswith(("chat.", "oos."))
    if weak and len(text) <= _SHORT and (of_size or turn.product_in_focus) and _tells_measures(segment):
        return _of_size(segment)
    if turn.product_in_focus and segment.confidence < _CLEAR and segment.bodies and _WHICH_SIZE.search(text):
        return _of_size(segment)  # 双胞胎还没生，要多大的
    if (
        weak
        and turn.product_in_focus
        and len(text) <= _SHORT
        and size_words.shapes_in(text)
        and not QUESTION.search(text)
    ):
        return _of_size(segment)
    if of_size and len(text) <= _SHORT and not QUESTION.search(text) and size_words.shapes_in(text):
        return _of_size(segment)
    return None


def _meant(segment: Segment, turn: Turn) -> Segment | None:
    """我说的是蓝牙音箱: the last question, of what is named now."""
    found, last = _MEANT.fullmatch(segment.text.strip()), _last(turn)
    if found is None or last is None or not last.intents[-1].startswith(_MAY_GO_ON):
        return None
    what = found["what"] or found["that"]
    return _again(segment, last, f"跟{what}比" if last.intents[-1] == "product.compare" else f"{what}，{last.text}")


def _another(segment: Segment, turn: Turn) -> Segment | None:
    """那10斤呢: the question before about 20斤, with 10斤 in its place; also 那冬被呢 after 春秋被多重."""
    found = _ANOTHER.fullmatch(segment.text.strip())
    what = (found["one"] or found["other"]).strip() if found else ""
    if not what or what.startswith("加") or _POINTS.search(what) or segment.bodies or turn.product_in_focus is None:
        return None
    number = _NUMBER.fullmatch(what)
    if number and segment.intent.startswith(_OF_SIZE) and turn.body != Body():
        return None  # 那175呢, of who told his measures
    for past in _asked_before(turn):
        if not past.intents[-1].startswith(_MAY_GO_ON):
            continue
        said = next((now for part in _PARTS.split(past.text) if (now := _in_place(what, number, part))), "")
        if said:
            return _again(segment, past, said)
    last = _last(turn)
    if segment.confidence < _WEAK and last is not None and last.intents[-1].startswith("product.") and not number:
        return _again(segment, last, f"{what}，{last.text}")  # 中号呢, after 特大的能装几床被
    return None


def _in_place(what: str, number: re.Match[str] | None, text: str) -> str:
    """The earlier question with the other spec in place of its own; empty where it names none of that kind."""
    if number:
        unit = re.escape(number[2]) if number[2] else rf"(?![\d年月日号元块天人]|{PIECE})"
        found = re.search(rf"(?<![\d.])\d+(?:\.\d+)?\s*{unit}", text)
        return f"{text[: found.start()]}{what}{text[found.end() :]}" if found and found.group() != what else ""
    at = text.find(what[-1])
    if len(what) > 1 and at > 0 and what not in text and len(text) > at + 1:
        return what + text[at + 1 :]
    return ""


def _other_goods(segment: Segment, turn: Turn) -> Segment | None:
    """那哪个能, after a no; a need that is told of goods that were compared: both look for goods."""
    text, last = segment.text.strip(), _last(turn)
    if last is None or not last.intents[-1].startswith("product."):
        return None
    if _WHICH_CAN.fullmatch(text) and turn.product_in_focus is not None:
        return _wish(segment, f"有没有{_WHETHER.sub('', last.text)}的")
    compared = last.intents[-1] in ("product.compare", "product.recommend") and len(turn.memory.choices) > 1
    if compared and turn.product_in_focus is None and (needs_told.is_need(text) or _BE_SO.fullmatch(text)):
        return _wish(segment, f"{last.text}，{text}")
    return None


def _wish(segment: Segment, text: str) -> Segment:
    return replace(segment, text=text, intent="product.recommend", confidence=0.85, by="follow_up")


def _on_page(segment: Segment, turn: Turn) -> Segment | None:
    """What is said of the goods in sight: a variant is chosen, one of them is asked for, a need is told."""
    if turn.product_in_focus is None or segment.by in ("pattern", "choice") or segment.entities.product_ids:
        return None
    text, named = segment.text.strip(), segment.entities
    words = [word for word in (named.size, named.color) if word]
    if named.color and is_refused(named.color, text):
        return replace(segment, intent="product.color", confidence=0.8, by="follow_up")
    bare = bool(words) and is_bare_variant(text, words) and not QUESTION.search(text)
    either = named.color is not None and _EITHER.fullmatch(text) is not None
    if (
        (bare or either or _TAKES.fullmatch(text))
        and (not text.endswith("呢") or _is_color_of_sized(named, turn))
        and not segment.intent.startswith(("after.", "ship."))
    ):
        return replace(segment, intent="product.stock", confidence=0.8, by=VARIANT)
    if (
        _WHICH_ONE.fullmatch(text)
        and len(turn.memory.choices) < 2
        and segment.intent.startswith(("product.", "chat.", "oos."))
    ):
        last = _last(turn)
        told = f"{last.text}，" if last is not None and needs_told.is_need(last.text) else ""
        return replace(segment, text=f"{told}{text}", intent="product.detail", confidence=0.8, by="follow_up")
    if needs_told.is_need(text) and _may_be_need(segment, turn):  # of a wish that is open, it narrows it
        return replace(segment, intent="product.detail", confidence=0.8, by=NEED)
    return None


def _is_color_of_sized(named: Entities, turn: Turn) -> bool:
    """Whether a color is named by who was told his size (那奶白的呢): which size does not hang on it, stock does."""
    return named.color is not None and named.size is None and last_matter(turn).startswith(_OF_SIZE)


def _may_be_need(segment: Segment, turn: Turn) -> bool:
    """Whether what was heard may be a need that is told: talk, nothing, or a matter of orders before any is named."""
    intent, sure = segment.intent, segment.confidence
    if intent.startswith(("chat.", "oos.")):
        return True
    if intent.startswith("product."):
        return (
            sure < _CLEAR
            if intent in _OF_OTHERS
            else not intent.startswith(("product.stock", "product.restock", "product.safety", _OF_SIZE))
        )
    looks = needs.is_shopping(turn) or turn.context.product_id is not None
    return not needs.tells_own(segment.text) and (sure < _WEAK or (looks and intent.startswith(("order.", "ship."))))


def asks_which_variant(text: str) -> bool:
    """Whether the words end in which one to take (我皮肤黑，适合哪个)."""
    return _WHICH_ONE.fullmatch(re.split(r"[，,。\s]", text.strip())[-1]) is not None


def _again(segment: Segment, past: PastMessage, text: str) -> Segment:
    """The earlier question in these words."""
    return replace(segment, text=text, intent=past.intents[-1], confidence=0.8, by="follow_up")


def _asked_before(turn: Turn) -> list[PastMessage]:
    """The buyer's last messages that asked something, the newest first."""
    said = [past for past in reversed(turn.history) if past.author == "buyer" and past.text and past.intents]
    return said[:_BACK]


def _last(turn: Turn) -> PastMessage | None:
    return next(iter(_asked_before(turn)), None)


def _with_measures(segment: Segment, of_size: bool, *, asked: bool) -> Segment | None:
    """Bare measures as a question of size: a height with a weight anywhere, one alone where size is talked of."""
    body = next(iter(segment.bodies), Body())
    if body.height_cm and body.weight_kg:
        return _of_size(segment)
    weight = _WEIGHT.search(segment.text)
    tall = _TALL_ALONE.fullmatch(segment.text.strip())
    if tall and body == Body() and segment.confidence < _WEAK:
        return _of_size(replace(segment, bodies=(Body(height_cm=float(tall[1])),)))
    if not of_size or (weight is None and not body.height_cm):
        return None
    if weight is not None and body.weight_kg is None:
        body = replace(body, weight_kg=float(weight[1]) / (2 if weight[2] == "斤" else 1))
        if not (0 if asked else _LEAST_KG) < (body.weight_kg or 0) <= _MOST_KG:
            return None
    return _of_size(replace(segment, bodies=(body,)))


def _tells_measures(segment: Segment) -> bool:
    """Whether a measure besides the age is told (脚长257, 腰72的)."""
    return any(replace(one, age_years=None, age_months=None) != Body(wearer=one.wearer) for one in segment.bodies)


def _of_size(segment: Segment) -> Segment:
    return replace(segment, intent="product.size_advice", confidence=max(segment.confidence, 0.8), by="follow_up")


def _asked(turn: Turn) -> tuple[str, ...]:
    bot = next((past for past in reversed(turn.history) if past.author == "bot"), None)
    return bot.asked_for if bot else ()
