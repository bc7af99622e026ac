"""What likeliest answers (最可能的答案) of the sheet and the entries, where no rule of words is sure.

Half of the questions that no fact and no entry surely answers are answered by what comes nearest. It is said with its
doubt and a person beside it, and counts as unanswered: the gap is shown to the shop. Who has no order here and asks
what sounds like a matter of one is told the likely answer first; and on the page of goods what surely answers is told
though the words were heard as something else.
"""

import re

from msgspec import Struct

from xiaoer.kernel.asking import QUESTION, telling_letters
from xiaoer.kernel.commerce import say_fact
from xiaoer.kernel.decision import Act, KnowledgeHit, Source
from xiaoer.slices.policies.rules import entries, for_others, nearness, needs, other_goods, presale, products
from xiaoer.slices.policies.rules.conditions import read_avoids
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.sides import matching
from xiaoer.slices.policies.types import Ask, Move

_TELL_LITTLE = ("品类", "产地", "包装清单")  # rules of words name these where they are asked; they come nearest to much
_CLOSE = 0.5  # the second is told too from this share of the first
_MOST = 2
_OF_NEED = 0.16  # from here a fact is told to a need; what is less near is beside the point as often as not
_OF_ALL_GOODS = 0.7  # from here an entry of the shop is told to a need; of these goods the sheet knows better
_LONG = 120  # characters of an entry that are quoted
_AS_ANSWER = 0.3  # from here it is told to who has no order, before a number is asked for
_BESIDE_NUMBER = 0.25  # from here an entry is told beside asking for it
SAYS = 3  # letters that tell something, in what is no mere number
_OF_COMPLAINTS = re.compile(r"12315|举报|维权")  # 投诉率高吗 is told no way to complain
_MEANT = 0.3  # how likely what was heard as something else must be answered by the sheet or an entry, to be told it
_SURELY_MEANT = 0.6  # the same of what was heard clearly
HEARD = 0.6  # from this confidence
_OF_OTHERS = ("oos.", "chat.", "service.", "order.", "ship.", "after.", "product.color", "product.recommend")
_OF_ORDERS = ("order.", "ship.", "after.", "promo.price_protect", "promo.not_applied")
_ASKS_BY_ITSELF = ("after.refund_progress", "after.progress")  # 东西你们签收两天了，我钱呢
_CALMS = 0.5  # from here what the shop wrote is told also to who is cross


class Likely(Struct, frozen=True):
    """A fact (with its key and value) or an entry, and how likely it answers."""

    chance: matching.Chance
    source: Source
    of: str  # the product of which it tells; empty for an entry of the shop
    fact: tuple[str, str] | None = None
    hit: KnowledgeHit | None = None

    @property
    def sure(self) -> float:
        return self.chance.sure

    @property
    def words(self) -> str:
        if self.hit:
            return self.hit.answer.rstrip("。")
        return say_fact(*self.fact) if self.fact else ""

    @property
    def is_quotable(self) -> bool:
        """Whether its words may stand in a sentence of ours as they are."""
        return self.hit is None or ("{" not in self.hit.answer and len(self.hit.answer) <= _LONG)


def tell(ask: Ask) -> Act | None:
    """The nearest facts and entries, at most two, as no sure answer; None where nothing is near."""
    found = likely(ask)
    if not found or found[0].sure < matching.NEAREST:
        return None
    kept = [one for one in found[:_MOST] if one.sure >= max(matching.NEAREST, found[0].sure * _CLOSE)]
    slots = {"nearest": "；".join(one.words for one in kept), "about": ask.segment.text}
    return Act("fallback", ask.index, "product.nearest", slots, tuple(one.source for one in kept), "knowledge.miss")


def tell_for_need(ask: Ask) -> Move:
    """What the sheet or an entry says of a need that is told (我怕热: 厚薄), else that it says nothing of it."""
    product = ask.facts.products.get(ask.product_id or "")
    for one in likely(ask) if product is not None else ():
        if product is not None and one.fact is not None and one.sure >= _OF_NEED:
            return Move(products.say_facts(ask, product, (one.fact,)))
        if one.hit is not None and one.sure >= (matching.STATED if one.of else _OF_ALL_GOODS):
            return say_entry(ask, one.hit) or Move(_untold(ask))
    return Move(_untold(ask))


def _untold(ask: Ask) -> Act:
    return Act("answer", ask.index, "need.untold", {"about": ask.segment.text}, rule_id="need.untold")


def tell_of_same(ask: Ask, picked: Act) -> Act | None:
    """What the sheet says of the only product that was shown, where a need only shows it again (我怕热, 要轻点的)."""
    shown = [id_ for id_, _ in ask.memory.choices]
    again = [str(id_) for id_, _ in picked.slots.get("products", ())]
    product = ask.facts.products.get(shown[0]) if len(shown) == 1 and again == shown else None
    if product is None or any(read_avoids(ask.segment.text)) or ask.segment.text.strip("?？。 ").endswith("呢"):
        return None  # 不要透明的 asks nothing of it; 蜂蜜呢 asks of others
    told = [one for one in matching.ranked(product, ask.segment.text) if one.key not in _TELL_LITTLE]
    near = [one.pair for one in told if one.sure >= _OF_NEED]
    return products.say_facts(ask, product, tuple(near[:1]))


def tell_first(ask: Ask) -> Act | None:
    """To who has no order here: what likely answers, before or beside asking for an order's number."""
    if ask.facts.orders != () or ask.segment.entities.order_no or not ask.segment.intent.startswith(_OF_ORDERS):
        return None
    if any(word in ask.segment.text for word in needs.OWN_WORDS) or len(telling_letters(ask.segment.text)) < SAYS:
        return None  # 我的快递到哪了, 尾号1234
    done = ask.segment.intent.startswith(presale.OF_MONEY_BACK) and ask.segment.intent not in _ASKS_BY_ITSELF
    if done and not QUESTION.search(ask.segment.text):
        return None  # 我要退货 wants it done
    product = ask.facts.products.get(ask.product_id or "")
    found = likely(ask)
    if not found:
        return None
    best = found[0]
    calm = ask.situation.heard.sentiment.label != "negative" or best.sure >= _CALMS
    if not calm and best.fact is None and best.of != ask.product_id:
        return None  # who is cross wants no guess
    of_terms = best.fact is None and not ask.segment.intent.startswith("ship.")
    if best.sure < (_BESIDE_NUMBER if of_terms else _AS_ANSWER):
        return None
    if best.fact is not None and product is not None:
        return products.say_facts(ask, product, (best.fact,))
    slots = {"answer": f"{best.words}。", "asks": "order_no"}
    return Act("ask", ask.index, "knowledge.and_order", slots, (best.source,), "knowledge.hit")


def tell_meant(ask: Ask) -> Move | None:
    """What the sheet or an entry of the goods on the open page surely answers, though it was heard as something else
    (家里没磨豆机诶 as a matter of the platform); the surer that was, the surer this must be."""
    segment, product = ask.segment, ask.facts.products.get(ask.product_id or "")
    if product is None or ask.facts.orders or segment.by not in ("model", "context") or needs.tells_own(segment.text):
        return None
    if (
        segment.entities.order_no
        or not segment.intent.startswith(_OF_OTHERS)
        or segment.intent.startswith(presale.OF_MONEY_BACK)
    ):
        return None
    if len(telling_letters(segment.text)) < SAYS:
        return None
    best = max((*_facts(ask), *_entries(ask)), key=lambda one: one.chance.blind, default=None)
    if (
        best is None
        or best.of != product.id
        or best.chance.blind < (_MEANT if segment.confidence < HEARD else _SURELY_MEANT)
    ):
        return None
    if best.fact is not None:
        return Move(products.say_facts(ask, product, (best.fact,)))
    return say_entry(ask, best.hit) if best.hit else None


def say_entry(ask: Ask, hit: KnowledgeHit) -> Move | None:
    """The move that tells an entry, or what must be read first; None where nothing is left of it."""
    if more := entries.needs_of_entry(ask, hit):
        return Move(needs=more)
    said = entries.say_entry(ask, hit)
    return Move(entries.say(ask, said)) if said else None


def likely(ask: Ask) -> list[Likely]:
    """What of the sheet and the entries may be quoted, the likeliest first."""
    found = (one for one in (*_facts(ask), *_entries(ask)) if one.is_quotable)
    return sorted(found, key=lambda one: -one.sure)


def _facts(ask: Ask) -> list[Likely]:
    product = ask.facts.products.get(ask.product_id or "")
    if product is None:
        return []
    return [
        Likely(matching.Chance(one.sure, one.blind), product_source(product), product.id, fact=one.pair)
        for one in matching.ranked(product, ask.segment.text)
        if one.key not in _TELL_LITTLE and not for_others.names_others(ask.segment.text, one.key + one.value)
    ]


def _entries(ask: Ask) -> list[Likely]:
    likely, product = nearness.chances(ask), ask.facts.products.get(ask.product_id or "")
    return [
        Likely(likely[hit.id], Source("knowledge", hit.id, hit.question, hit.score), hit.product_id, hit=hit)
        for hit in nearness.hits_of(ask)
        if hit.product_id in ("", ask.product_id)
        and not (product and not hit.product_id and for_others.is_of_other_stuff(product, hit.answer))
        and not (product and other_goods.tells_of_others(product, ask.segment.text, hit))
        and not for_others.names_others(ask.segment.text, hit.question + hit.answer)
        and (ask.segment.intent.startswith("service.") or not _OF_COMPLAINTS.search(hit.question + hit.answer))
    ]
