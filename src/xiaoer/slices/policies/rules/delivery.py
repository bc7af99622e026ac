"""Whether goods go to a place, and for how much (能寄吗, 要加钱吗): 我在乌鲁木齐能买吗, 海南发不发, 椅子能发不.

A place lies in a province; the goods' own 「不发」 comes first, then the shop's entry that speaks of that province, or
of all others. An entry that names only other places (港澳台) says nothing of this one. A place that was told keeps for
the questions after it.
"""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from xiaoer.kernel.commerce import Product
from xiaoer.kernel.decision import Act, KnowledgeHit, Need
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.regions import Region, province_of, regions_in
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import entries
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask, Move

_INTENTS = ("ship.area", "ship.fee")
_COMES = re.compile(
    r"(?:能|可以|可不可以|能不能|会不会|给不给|包不包|会|给(?![我他她你咱爸妈老孩朋])|让)(?:不能|不可以)?(?:[^，。？?\s]{0,4}?)(?:发货?|寄|送|邮|配送|到(?:货|得了)?|买|下单|收)(?:到|去|过来|过去|达|得到|货)?[^，。？?\s]{0,6}?(?:吗|不|么|没|嘛|啊|[?？]|$|\s)"
    r"|(?:发|寄|送|邮|到)不(?:发|寄|送|邮|到)|(?:发|寄|送|邮)(?:得|不)?(?:到|了)(?:吗|不|么)?"
)
_WHEN = re.compile(
    r"几[天日时]|何时|多久|什么时候|啥时候|几号|哪天|多长时间|最快|今天|明天|后天|(?:周|星期|礼拜)[一二三四五六日天末]|\d[号日]|月底|之前能|前能"
)
_COST = re.compile(r"运费|邮费|快递费|包邮|加钱|补钱|加多少|另外(?:收|加)|贵多少")
_OWN = re.compile(r"我的|订单|买的|拍的|下的单|付了|还没|退|换")
_NOT_THERE = re.compile(
    r"(?:不|没法|无法|不能|暂不|不支持|不可)(?:发货?|送|寄|配送|邮|到)|[发送寄到]不(?:了|到)|除外|以外|不含"
)
_OTHERS = re.compile(r"其他|其余|别的(?:省|地)|全国|各省|各地|都(?:能|可以)?(?:发|寄|送|包邮)")
_ABROAD = re.compile(r"港澳台|海外|国外|境外|出国")
_BEYOND = ("香港", "澳门", "台湾")
_GROUPS = {
    "江浙沪": ("江苏", "浙江", "上海"),
    "东北": ("辽宁", "吉林", "黑龙江"),
    "西北": ("陕西", "甘肃", "青海", "宁夏", "新疆"),
    "西南": ("四川", "重庆", "贵州", "云南", "西藏"),
    "偏远": ("新疆", "西藏", "青海", "内蒙古", "甘肃", "宁夏", "海南"),
}
_TO = re.compile(r"(?:发|寄|送|邮|到)(?:往|到|去)?$")
_ASKS = re.compile(r"[省市州县]?(?:那边|这边|去)?(?:行|可以|成|得行)?(?:吗|不|么|没|嘛|[?？])")
_AND, _ALSO = (
    re.compile(r"(?:那|那么|要是|如果|寄|发|换成?)*"),
    re.compile(r"[省市州县]?(?:那边|这边)?(?:呢|的话|咋样|怎么样|\W)*"),
)
_SENDS = re.compile(r"发|寄|送|邮|配送")
_OF_FREIGHT = re.compile(r"运费|邮费|包邮|免邮|\d+\s*元|加钱|补钱")
_SENTENCES = re.compile(r"[。；;！!\n]")
# how a shop's rule for places is asked for, whatever the place
_RULE = "偏远地区能发吗 新疆西藏包邮吗 哪些地方不发 运费多少"
_OF_TRANSPORT = re.compile(r"陆运|冷链|物流|大件|不能空运")
_BACK = 3  # messages of the buyer in which a place keeps


def carry(segments: tuple[Segment, ...], turn: Turn) -> tuple[Segment, ...]:
    """The segments that ask whether something comes to a place, as such, each with the place that was told last."""
    said = [past.text for past in turn.history if past.author == "buyer"][-_BACK:]
    place = next((found[-1].name for text in reversed(said) if (found := regions_in(text))), "")
    heard = []
    for segment in segments:
        own = regions_in(segment.text)
        place = own[-1].name if own else place
        if own and _asks_of(segment.text, own[-1], turn):
            entities = replace(segment.entities, place=place)
            heard.append(replace(segment, intent="ship.area", confidence=0.9, by="wording", entities=entities))
        else:
            heard.append(_of_place(segment, place, told=bool(own)) if place else segment)
    return tuple(heard)


def _asks_of(text: str, place: Region, turn: Turn) -> bool:
    """Whether it is but asked of a place: 草莓发三亚吗; 那昆明呢 after another."""
    before, after = text[: place.start], text[place.start + len(place.name) :]
    if _WHEN.search(text) or _OWN.search(text):
        return False
    if _TO.search(before) and _ASKS.match(after):
        return True
    again = next((past.intents for past in reversed(turn.history) if past.author == "buyer"), ())
    return bool(_AND.fullmatch(before) and _ALSO.fullmatch(after)) and any(one in _INTENTS for one in again)


def _of_place(segment: Segment, place: str, told: bool) -> Segment:
    text, intent = segment.text, segment.intent
    if (
        intent == "product.recommend"
        or _WHEN.search(text)
        or _OWN.search(text)
        or intent.startswith(("after.", "service."))
    ):
        return segment
    asks = _COMES.search(text) is not None
    of_cost = _COST.search(text) is not None and intent.startswith(("ship.", "oos.", "chat.", "price."))
    if not (intent in _INTENTS or asks or (told and of_cost)):
        return segment
    if not told and not (intent in _INTENTS or (asks and _SENDS.search(text))):
        return segment
    entities = segment.entities if segment.entities.place and told else replace(segment.entities, place=place)
    if intent in _INTENTS:
        return replace(segment, entities=entities)
    return replace(segment, intent="ship.area", confidence=0.9, by="wording", entities=entities)


def answer(ask: Ask) -> Move | None:
    """Tell it of the place that is asked about; None where no place is, or nothing the shop wrote covers it."""
    place = ask.segment.entities.place or ""
    province = province_of(place)
    if ask.segment.intent not in _INTENTS or not province:
        return None
    product = ask.facts.products.get(ask.product_id or "")
    if product is not None and (told := _of_goods(ask, product, place, province)) is not None:
        return Move(told)
    need = Need("knowledge", ask.index, _RULE)
    if need not in ask.facts.asked:
        return Move(needs=(need,))
    hits = [hit for hit in ask.facts.knowledge.get(ask.index, ()) if hit.product_id in ("", ask.product_id)]
    of_cost = ask.segment.intent == "ship.fee" or _COST.search(ask.segment.text) is not None
    ranked = sorted(hits, key=lambda hit: (-covers(hit, province), _is_beside(hit, of_cost), -hit.score))
    best = ranked[0] if ranked and covers(ranked[0], province) > 0 else None
    said = entries.say_entry(ask, best) if best is not None and not entries.needs_of_entry(ask, best) else None
    if said is None:
        return None
    act = entries.say(ask, said)
    words = str(act.slots["answer"])
    if best is not None and covers(best, province) == 1:
        words = _of_others(words)
        act = replace(act, template="delivery.entry")
    more = _transport(product) if product is not None else ""
    return Move(replace(act, slots={**act.slots, "answer": f"{words}{more}", "place": place}))


def covers(hit: KnowledgeHit, province: str) -> int:
    """How an entry speaks of sending to a province: 2 by name, 1 as one of all others or of all, 0 of no place, -1 of
    other places only."""
    text = f"{hit.question} {hit.answer}"
    if not (_OF_FREIGHT.search(hit.answer) or _NOT_THERE.search(hit.answer) or _COMES.search(hit.question)):
        return 0
    if _WHEN.search(hit.question):  # 几天能到
        return 0
    named = listed(text)
    if province in _BEYOND:  # what holds for all others holds within the mainland
        return 2 if province in named or _ABROAD.search(text) else 0
    if province in named:
        return 2
    if named and _OTHERS.search(hit.answer):
        return 1
    if any(_OF_FREIGHT.search(one) and not listed(one) for one in _SENTENCES.split(hit.answer)):
        return 1 if named else 0
    return -1 if named or _ABROAD.search(text) else 0


def _of_others(told: str) -> str:
    """What an entry says of all but the places that it names."""
    parts = [part.strip() for part in _SENTENCES.split(told) if part.strip()]
    kept = [part for part in parts if _OTHERS.search(part) or (_OF_FREIGHT.search(part) and not listed(part))]
    return "。".join(kept or parts) + "。"


def _is_beside(hit: KnowledgeHit, of_cost: bool) -> bool:
    """Whether an entry tells less of what is asked: of the freight, or whether it comes there at all."""
    not_there = _NOT_THERE.search(hit.answer) is not None
    return not_there or _COST.search(hit.question) is None if of_cost else not not_there


def _of_goods(ask: Ask, product: Product, place: str, province: str) -> Act | None:
    """What the sheet tells of where the goods do not go."""
    for key, value in product.attributes.items():
        named = listed(value)
        if not named or not _NOT_THERE.search(value):
            continue
        template = "delivery.not_there" if province in named else "delivery.there"
        slots = {"place": place, "facts": [[key, value]], "title": product.title}
        return Act("answer", ask.index, template, slots, (product_source(product),), "delivery.goods")
    return None


def listed(text: str) -> set[str]:
    """The provinces that a text names, by themselves or in a group (江浙沪, 偏远)."""
    return {region.province for region in regions_in(text)} | {
        one for group, members in _GROUPS.items() if group in text for one in members
    }


def _transport(product: Product) -> str:
    told: Iterable[str] = (value for value in product.attributes.values() if _OF_TRANSPORT.search(value))
    first = next(iter(told), "")
    return f"这款{first.rstrip('。')}。" if first and len(first) <= 20 and "发" not in first[:1] else ""
