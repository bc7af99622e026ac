"""Many pieces at once (大单、团购): 我要20件 60一件行不行, 50盒有没有团购价, 团购找谁.

The quote for so many pieces with the offers that run comes first: a price that the buyer names is not haggled over
where the quote is no higher. What may be agreed beyond it is people's: where the shop's own entry on bulk (or its
bargaining terms) says that they deal with it, who asks for less gets a person, with the quote told.
"""

import re
from typing import Any, NamedTuple

from msgspec.structs import replace

from xiaoer.kernel.decision import Act, KnowledgeHit, Need
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.money import Money
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import offer_words, pieces, quotes
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.types import Ask, Move

_CONTENT = frozenset("斤片粒颗枚抽")  # counted within a piece
_GUESSED = 0.5
_MANY = 10  # pieces from which a price is asked for many
_WORDS = re.compile(
    r"团购|批发|拿货|进货价|批量|大批|集采|(?:公司|单位|学校|厂里|企业|部门|工会|员工|团建)[^，。]{0,8}(?:福利|采购|订|定|买|发|要|用|下午茶|礼品)|大单|(?<![含容重质流电用剂产雾])量(?:大|多(?!少))|要得多|买得多|买的多|上百[件个份盒]|几[十百][件个份盒箱套]"
)
_HAGGLES = re.compile(r"(?:便宜|优惠|少|让|降)(?:点|些|一点|几|多少)|打个?折|能不能少")
_WHO = re.compile(r"找谁|联系谁|谁负责|哪里谈|怎么谈|跟谁谈|怎么联系|有没有专人|对接")
_LESS = re.compile(
    r"便宜|优惠|多少|价|折|少点|能不能少|行不行|行吗|可以吗|可不可以|卖不卖|卖吗|呢|吧|成不成|\d\s*(?:元|块)?\s*(?:一|每|/)"
)
_PIECE = "[件个条双只瓶盒套台包袋箱罐支把张份]"
_EACH = re.compile(
    rf"(?<![\d.])(?P<a>\d{{1,5}}(?:\.\d{{1,2}})?)\s*(?:元|块钱?)?\s*(?:一|1|每|/)\s*{_PIECE}|(?:一|1|每){_PIECE}\s*(?P<b>\d{{1,5}}(?:\.\d{{1,2}})?)(?!\s*{_PIECE})"
)
_BARE = re.compile(
    r"^(?:那|就|要是|给你|我出|按|\W)*(\d{1,5}(?:\.\d{1,2})?)\s*(?:元|块钱?)?(?:一?[件个盒套])?(?:呢|吧|行不行|行吗|可以吗|成吗|卖吗|\W)*$"
)
# for all of them: 一共给350, 5件400块卖不卖
_ALL = re.compile(
    rf"(?:一共|总共|全部|加起来|合计|打包|一起)(?:给你?|算|出|就)?\s*(\d{{2,6}}(?:\.\d{{1,2}})?)(?!\s*{_PIECE})|"
    rf"[\d两二三四五六七八九十]{_PIECE}[，,\s]*(?:给你?|算我?|出|就)?\s*(\d{{2,6}}(?:\.\d{{1,2}})?)\s*(?:元|块钱?)?\s*(?:卖|行|成|可以|拿|包)"
)
_OF_BULK = re.compile(r"团购|批发|批量|大批|大量|[件份台]以上")
_OF_PEOPLE = re.compile(r"转|同事|人工|客服|专人|负责|联系|报价")
_FROM = re.compile(r"(\d{1,5})\s*[件个份台盒套箱]以上")
_ASKED = "团购批发 买得多有优惠吗 公司要一百件"
_GROUPS = ("product.", "price.", "promo.", "order.", "oos.", "chat.", "service.human")
_NOT = re.compile(r"退|换货|坏|发货|到货|少发|漏发|收到|订单|还有(?:货|没有)|有货")


class Wished(NamedTuple):
    """A price that the buyer names, as it was told and for all the pieces."""

    told: Money
    of_all: Money


def read(segment: Segment, turn: Turn, before: str = "") -> Segment:
    """The segment as asking the price of several pieces; unchanged when it does not. `before`: what the same message
    said before it."""
    guessed = segment.confidence < _GUESSED
    if not (segment.intent.startswith(_GROUPS) or guessed) or segment.by == "pattern" or _NOT.search(segment.text):
        return segment
    if (turn.product_in_focus or _WHO.search(segment.text)) and _is_bulk(segment.text, turn):
        return replace(segment, intent="promo.bargain", confidence=0.9, by="bulk")
    reckoned = segment.intent == "price.query"  # 拍两双能便宜多少
    haggles = segment.intent == "promo.bargain" or _HAGGLES.search(segment.text) or offer_words.asks_less(segment.text)
    several = _several(segment.text) or (_several(before) and not pieces.counted(segment.text))
    if turn.product_in_focus and not reckoned and haggles and several and not offer_words.asks_of_offer(segment.text):
        return replace(segment, intent="promo.bargain", confidence=0.9, by="bulk")  # 送老师要三盒 能便宜点不
    return segment


def is_bulk(ask: Ask) -> bool:
    """Whether the segment was read so."""
    return ask.segment.by == "bulk"


def answer(ask: Ask) -> Move | None:
    """The quote for the pieces, what the shop wrote of bulk, and a person who asks for less."""
    if not is_bulk(ask):
        return None
    known = Need("knowledge", ask.index, _ASKED)
    if known not in ask.facts.asked:
        return Move(needs=(known,))
    entry = _entry(ask)
    told = _told(ask)
    if told is None:
        if _WHO.search(ask.segment.text) or entry is None:
            act = say(ask, "bulk.people" if _WHO.search(ask.segment.text) else "bulk.which", rule="bulk.which")
            return Move(replace(act, rule_id="bulk.people") if _WHO.search(ask.segment.text) else act)
        return None  # the shop's entry is the answer
    if told.key not in ask.facts.priced:
        return quotes.want(ask, "priced", told.key)
    priced = ask.facts.priced[told.key]
    count = told.said or told.number
    each = Money(round(priced.payable.fen / count))
    wished = _wished(ask.segment.text, count, each)
    least = priced.claim.payable if priced.claim and not priced.claim.for_new else priced.payable
    is_less = wished is not None and wished.of_all.fen < least.fen
    people = is_less or _WHO.search(ask.segment.text) is not None or _WORDS.search(ask.segment.text) is not None
    by_terms = (found := ask.facts.bargains.get(ask.index)) is not None and found.outcome == "people"
    by_entry = count >= _least(entry) and entry is not None and _OF_PEOPLE.search(entry.answer) is not None
    slots: dict[str, Any] = {
        "count": f"{count} {told.unit or '件'}",
        "unit": told.unit or "件",
        "payable": priced.payable,
        "per": each,
        "offers_used": quotes.titles_of(priced),
        "wished": [wished.told, is_less] if wished is not None else None,
        "cart": told.key,
        "short": quotes.short_of(ask, told.key),
        **quotes.claim_of(priced),
    }
    rule = "bulk.people" if people and (by_terms or by_entry) else "bulk.quote"
    if is_less and rule == "bulk.quote":
        slots |= {"may_ask": True, "chips": ("转人工",)}
    template = "bargain.quoted" if count < _MANY and wished is None and rule == "bulk.quote" else "bulk.quote"
    return Move(say(ask, template, type_="quote", sources=quotes.causes(priced.causes), rule=rule, **slots))


def wants_people(acts: list[Act]) -> bool:
    """Whether an act says that people go on from there."""
    return any(act.rule_id == "bulk.people" for act in acts)


def has_quoted(acts: list[Act]) -> bool:
    """Whether the quote for many pieces is answer enough: no lower price was asked for."""
    return any(act.rule_id == "bulk.quote" for act in acts)


def _several(text: str) -> bool:
    return any(number > 1 for number, _ in pieces.counted(text))


def _is_bulk(text: str, turn: Turn) -> bool:
    many = max((number for number, unit in pieces.counted(text) if unit not in _CONTENT), default=0)
    if _WORDS.search(text) and (_LESS.search(text) or _WHO.search(text) or many >= _MANY):
        return True
    if many >= _MANY and _LESS.search(pieces.without_counts(text)):
        return True
    if (
        _HAGGLES.search(text)
        and "," not in turn.memory.cart
        and not turn.memory.cart.endswith("*1")
        and _just_quoted(turn)
    ):
        return True  # 再便宜点呗, after three were reckoned: no single piece is haggled over
    before = max((int(part.rpartition("*")[2]) for part in turn.memory.cart.split(",") if "*" in part), default=0)
    goes_on = before > 1 and _BARE.match(text) is not None and _just_quoted(turn)  # 那360呢, of three
    return goes_on or (before >= _MANY and (_BARE.match(text) is not None or _EACH.search(text) is not None))


def _just_quoted(turn: Turn) -> bool:
    """Whether the bot's last words were a sum."""
    last = next((past for past in reversed(turn.history) if past.act_types), None)
    return bool(turn.memory.cart) and last is not None and "quote" in last.act_types


def _told(ask: Ask) -> pieces.Pieces | None:
    """So many of the product in sight: as the words count, else as was reckoned just before."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None:
        return None
    variants = ask.facts.variants.get(product.id, ())
    earlier = "，".join(one.text for one in ask.situation.heard.segments[: ask.index])
    text = ask.segment.text if _several(ask.segment.text) else f"{earlier}，{ask.segment.text}"
    told = pieces.asked(variants, ask.segment.entities, text, product.title)
    counted = [one for one in told if max(one.number, one.said) > 1]
    if counted:
        return max(counted, key=lambda one: max(one.number, one.said))
    variant_id, _, number = ask.memory.cart.partition("*")
    held = next((v for v in variants if v.id == variant_id), None)
    return pieces.Pieces(held, int(number)) if held is not None and number.isdigit() else None


def _wished(text: str, count: int, each: Money) -> Wished | None:
    """The price for all `count` pieces that the buyer names; told for one, it is multiplied. A bare sum that is far
    above what one costs is of all."""
    if (whole := _ALL.search(text)) is not None:
        asked = Money(round(float(whole[1] or whole[2]) * 100))
        return Wished(asked, asked)
    found, bare = _EACH.search(text), _BARE.match(text)
    told = (found["a"] or found["b"]) if found else bare[1] if bare else None
    if not told:
        return None
    value = Money(round(float(told) * 100))
    of_all = not found and value.fen * 2 > each.fen * 3
    return Wished(value, value if of_all else value * count)


def _entry(ask: Ask) -> KnowledgeHit | None:
    """What the shop wrote of bulk."""
    hits = ask.facts.knowledge.get(ask.index, ())
    return next((hit for hit in hits if not hit.product_id and _OF_BULK.search(f"{hit.question}{hit.answer}")), None)


def _least(entry: KnowledgeHit | None) -> int:
    found = _FROM.search(entry.answer) if entry is not None else None
    return int(found[1]) if found else _MANY
