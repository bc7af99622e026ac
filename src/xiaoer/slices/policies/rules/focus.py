"""Which product a talk is about (话题商品): a list that was shown can be chosen from, and what was chosen stays.

After 「您说的是哪一款？」 or a recommendation the buyer answers 「第二个」, 「羊绒的」, or asks on (「第一个多少钱」).
The choice gives the segment its product, and a bare choice the question that was open. The product that the
buyer named last stays the topic until another page is opened or another product is named.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import QUESTION
from xiaoer.kernel.decision import Act
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import products

_PIECE = r"(?:个|款|件|种|双|条|套|瓶|盒|台|只|支|张)"
_ORDINAL = re.compile(rf"(?:第([一二三四五六七八九1-9]){_PIECE}|([一二三四五1-5]){_PIECE}(?!多少))(?!月|小时|人)")
_NTH = re.compile(rf"第([一二三四五六七八九1-9]){_PIECE}")
_BOTH = re.compile(r"(?:那)?这(?:俩|两[个款种件样])(?:哪|有(?:什么|啥)|区别|差|怎么选|比)")
_PRICE_OF_MORE = re.compile(r"半价|折|[减免]|优惠|起送")
_FILLER = re.compile(r"[\s,，。.!！?？的吧呢就要那了我选拿来啊呀是好吗么]|多少钱|怎么样|咋样|价格")
_THIS_ONE = re.compile(
    r"(?:那|我|就)*(?:是|要|买|拿|选|来|它)?(?:最?(?:贵|便宜)的)?(?:这|那)?(?:个|款|件|它|双|条|支|台|套)(?:了|吧|的|呗)*[。!！]?"
)
_WEAK, _GUESSED = 0.5, 0.7
BEYOND = "beyond"  # how a segment is marked that points past the end of the list
_BARE = re.compile(r"^(?:要|就|选|看|问的?是?)?第?([一二三四五1-5])(?:号|吧|呢|$)")
_ENDS = {"头一个": 0, "第一个": 0, "前面那个": 0, "上面那个": 0, "最后一个": -1, "后面那个": -1, "下面那个": -1}
_DIGITS = {digit: at for at, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_TALK = frozenset({"chat.ack", "chat.smalltalk", "oos.unclear", "oos.other"})
_OF_NOTHING = _TALK | {"product.recommend"}
_COMES = re.compile(r"到|收到|送")
_SHORT = 12  # characters of a message that may be nothing but a choice
_PART = 2  # characters of a title that a choice must share in a row


def choose(segment: Segment, turn: Turn) -> Segment:
    """The segment with the product that it picks from the list shown last; unchanged when it picks none."""
    memory = turn.memory
    if memory.listed and names_place(segment.text):
        return _of_listed(segment, memory.listed)
    if not memory.choices or segment.entities.product_ids:
        return segment
    if len(memory.choices) == 1 and _THIS_ONE.fullmatch(segment.text.strip()) and _is_vague(segment):
        entities = replace(segment.entities, product_ids=(memory.choices[0][0],))
        return replace(segment, entities=entities, intent="price.query", confidence=0.8, by="choice")
    if _is_beyond(segment, memory):
        return replace(segment, by=BEYOND)
    picked = _picked(segment, memory) if segment.intent != "product.compare" else None
    if picked is None:
        return segment
    entities = replace(segment.entities, product_ids=(picked,))
    bare = len(segment.text) <= _SHORT and (segment.intent in _TALK or segment.confidence < 0.5)
    if bare and memory.choice_intent:
        return replace(segment, entities=entities, intent=memory.choice_intent, confidence=0.9, by="choice")
    if names_place(segment.text) and products.asks_how_it_is(segment.text):
        return replace(segment, entities=entities, intent="product.detail", confidence=0.8, by="choice")
    unsure = segment.intent in _OF_NOTHING or segment.confidence < _WEAK
    if names_place(segment.text) and unsure and _asks_more(segment.text):  # 第二个能冲厕所吗
        asked = _NTH.sub("", segment.text)
        return replace(segment, text=asked, entities=entities, intent="product.detail", confidence=0.8, by="choice")
    if names_place(segment.text) and segment.intent in _OF_NOTHING:  # 就要第一个的: what it costs, and how to buy it
        return replace(segment, entities=entities, intent="price.query", confidence=0.8, by="choice")
    return replace(segment, entities=entities)


def _is_beyond(segment: Segment, memory: Memory) -> bool:
    """Whether the words point past the end of the list: at the second of one (第二个多少钱), at both (这俩哪个好)."""
    text, count = segment.text.strip(), len(memory.choices)
    if segment.intent.startswith("promo.") or _PRICE_OF_MORE.search(text) or len(text) > _SHORT:
        return False  # 第二件半价吗
    if count == 1 and _BOTH.match(text):
        return True
    found = _NTH.search(text)
    return found is not None and (_DIGITS.get(found[1]) or int(found[1])) > count


def say_beyond(index: int, memory: Memory) -> Act:
    """What there is to choose from, where the buyer pointed past its end."""
    slots = {"count": len(memory.choices), "products": [list(one) for one in memory.choices]}
    return Act("ask", index, "product.only_one" if len(memory.choices) == 1 else "product.which_beyond", slots)


def _is_vague(segment: Segment) -> bool:
    return segment.intent in _OF_NOTHING or segment.confidence < _GUESSED


def _asks_more(text: str) -> bool:
    """Whether words that point at a place ask something besides (第二个能冲厕所吗)."""
    rest = _NTH.sub("", text)
    for words in _ENDS:
        rest = rest.replace(words, "")
    return QUESTION.search(text) is not None and len(_FILLER.sub("", rest)) >= _PART


def _of_listed(segment: Segment, listed: tuple[str, ...]) -> Segment:
    """第一个啥时候到, after the buyer's orders were listed: about that order."""
    place = _place(segment.text.strip(" ,，。.!！?？"))
    if place is None or place >= len(listed):
        return segment
    intent = "ship.eta" if _COMES.search(segment.text) else "order.status"
    intent = segment.intent if segment.intent.startswith(("order.", "ship.", "after.")) else intent
    entities = replace(segment.entities, order_no=listed[place])
    return replace(segment, entities=entities, intent=intent, confidence=0.9, by="choice")


def names_place(text: str) -> bool:
    """Whether the words point at a place in the list shown last (第一个, 最后那个), and say little else."""
    told = text.strip(" ,，。.!！?？")
    return len(told) <= _SHORT and (any(words in told for words in _ENDS) or _ORDINAL.search(told) is not None)


def _picked(segment: Segment, memory: Memory) -> str | None:
    text = segment.text.strip(" ,，。.!！?？")
    ids = [id_ for id_, _ in memory.choices]
    place = _place(text)
    if place is not None:
        return ids[place] if place < len(ids) else None
    if len(text) > _SHORT:
        return None
    shared = [max((n for n in range(len(text), _PART - 1, -1) if _has(text, title, n)), default=0)
              for _, title in memory.choices]  # fmt: skip
    best = max(shared)
    return ids[shared.index(best)] if best and shared.count(best) == 1 else None


def _place(text: str) -> int | None:
    """The place in a list that the words point at, from 0; -1 is the last."""
    for words, place in _ENDS.items():
        if words in text:
            return place
    match = _ORDINAL.search(text) or (_BARE.search(text) if len(text) <= _SHORT else None)
    if match is None:
        return None
    told = next(one for one in match.groups() if one)
    return (_DIGITS.get(told) or int(told)) - 1


def _has(text: str, title: str, length: int) -> bool:
    return any(text[at : at + length] in title for at in range(len(text) - length + 1))


def shown_by(act: Act) -> list[tuple[str, str]]:
    """The goods (id, title) that an act lists."""
    return [(str(id_), str(title)) for id_, title in act.slots.get("products", ())]


def keep(memory: Memory, turn: Turn, product_id: str | None, act: Act, intent: str) -> Memory:
    """The memory after an act: the product that it was about, the list that it showed, and the question (`intent`)
    for which a product is to be chosen or named."""
    shown = shown_by(act)
    product_id = None if act.template == "product.compare" else product_id  # 跟那个音箱比呢: still of what is in sight
    if shown or intent:
        memory = replace(memory, choices=tuple(shown), choice_intent=intent, listed=())
    if "orders" in act.slots:
        memory = replace(memory, choices=(), choice_intent="", listed=tuple(source.id for source in act.sources))
    if len(shown) == 1:
        product_id = product_id or shown[0][0]
    if product_id and product_id != turn.product_in_focus:
        memory = replace(memory, product_id=product_id, page_id=turn.context.product_id or "")
    return memory
