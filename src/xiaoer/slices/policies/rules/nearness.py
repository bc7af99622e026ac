"""Which knowledge entries may be said (够不够近): near enough by score, and about the very thing.

The nearer the better is not enough. What was written of one product holds for no other when health or a broken parcel
is at stake; what helps after a mishap is no answer to one who asks whether it happens.
"""

import re
from functools import lru_cache

from msgspec.structs import replace

from xiaoer.kernel.decision import NEAR, KnowledgeHit
from xiaoer.kernel.regions import province_of
from xiaoer.slices.policies.rules import for_others, other_goods, products
from xiaoer.slices.policies.rules.delivery import covers
from xiaoer.slices.policies.sides import matching
from xiaoer.slices.policies.types import Ask

NEAR_FOR_TALK = 0.58  # the same when the message looks like talk or like nothing of the shop's, or was guessed at
OWN_WORDS = 0.8  # an entry that asks just this: the shop has written what it wants said
_NEAR_ELSEWHERE = 0.65  # the same for an entry of a product that nobody has named
_ALONE = 0.45  # the same where no other entry of the shop comes near
_ALONE_BY_FAR, _FAR = 0.33, 4  # the same where it is so many times as near as the next
_FAR_AHEAD = 0.2
_ONLY = 0.25  # the same where the matter is sure and the next entry is far less near
_LESS = 2.5  # times
_TIE = 0.05  # of a question that was guessed at, entries this near to each other answer nothing
_LIKELY = 0.5  # how likely an entry must answer to be said for what both are about (`sides`)
_SURE = 0.9  # of what the question is about
_OF_MONEY = ("promo.", "price.")  # live figures and terms: only near words count
_ELSEWHERE = ("oos.platform", "oos.other")
_WIDE_OF = 0.03  # less likely than this, an entry of the shop is about another matter, whatever letters it shares
_BESIDE = 0.2  # less likely than this, an entry is about another side of the goods
_WORTH_A_LOOK = 0.04  # score of an entry that may be about the same
_MATTERS = ("order.", "ship.", "promo.")
_OF_OTHER_THINGS = 0.9  # an intent this sure to be no matter of the shop's yields only to the buyer's own words

_ASKS_WHICH = re.compile(
    r"(?:也可以|可以|您)?(?:告诉|发给?|说下|说一下|报给?)(?:我们?)?(?:一下|一声)?(?:您)?(?:是|要|想买|看的是)?哪[一几]?[款件个样]|您?想看哪[一几]?款|把(?:您)?(?:两|几|这两)款(?:商品|链接)?发|告诉我给谁用"
)
_TELLS, _LESS_SO = 8, 0.6  # characters that still tell something; share of the score that such an entry keeps
_REMEDY = re.compile(r"(?:怎么办|咋办|咋整|怎么处理|如何处理|怎么弄|怎么(?:投诉|举报|赔|补偿))(?:呢|啊|呀)?[?？]?$")
_MISHAP = re.compile(r"了(?![吗嘛没不解])|已经|刚|都[^是会能]|怎么|咋|如何|[办整]$")


def near(ask: Ask) -> list[KnowledgeHit]:
    """The entries near enough to the question to be said: by its words, or else by what both are about."""
    hits = hits_of(ask)
    by_words = _by_words(ask, hits) if hits and ask.facts.answerable.get(ask.index) else []
    return _not_beside(ask, by_words) or _by_sides(ask, hits)


def hits_of(ask: Ask) -> tuple[KnowledgeHit, ...]:
    """The entries that were found. Where the goods are known, what asks which they are is cut out of those of the shop
    (告诉我是哪款，我查给您), and these come after what answers of the goods; an entry that only asks is left out."""
    hits = ask.facts.knowledge.get(ask.index, ())
    if ask.product_id not in ask.facts.products or ask.segment.intent == "product.recommend":
        return hits
    kept = []
    for hit in hits:
        told = None if hit.product_id else _before_asking(hit.answer)
        if told is None:
            kept.append(hit)
        elif len(told) >= _TELLS:
            kept.append(replace(hit, answer=f"{told}。", score=hit.score * _LESS_SO))
    return tuple(sorted(kept, key=lambda hit: -hit.score))


@lru_cache(maxsize=4_096)  # the answers of a shop, the same for every question
def _before_asking(answer: str) -> str | None:
    """What an answer tells before it asks which goods are meant; None where it asks nothing."""
    asks = _ASKS_WHICH.search(answer)
    return answer[: asks.start()].rstrip("，,。；; ") if asks else None


def chances(ask: Ask) -> dict[str, matching.Chance]:
    """How likely each entry that was found answers, by its id."""
    hits = hits_of(ask)
    found = matching.chances_of_entries(ask.segment.text, hits, ask.facts.products.get(ask.product_id or ""))
    return {hit.id: one for hit, one in zip(hits, found, strict=True)}


def _not_beside(ask: Ask, found: list[KnowledgeHit]) -> list[KnowledgeHit]:
    """Without those that share some words with a question about the goods in focus and no side of them (裙子带兜不 and
    裙子多长, 走路会掉出来不 and 几天能到)."""
    product = ask.facts.products.get(ask.product_id or "")
    if not found or found[0].score >= OWN_WORDS:
        return found
    likely, of_goods = chances(ask), product is not None and ask.segment.intent.startswith("product.")
    return [
        hit
        for hit in found
        if likely[hit.id].sure >= (_BESIDE if of_goods or (product and hit.product_id == product.id) else _WIDE_OF)
    ]


def _by_words(ask: Ask, hits: tuple[KnowledgeHit, ...]) -> list[KnowledgeHit]:
    """Those near by score; nearer still when the question seems to be about other things."""
    if ask.is_guess and len(hits) > 1 and hits[0].score < OWN_WORDS and hits[0].score - hits[1].score < _TIE:
        return []  # neither the words nor the entries say what is meant
    intent = ask.segment.intent
    far = NEAR_FOR_TALK if ask.is_guess or intent.startswith(("oos.", "chat.")) else NEAR
    if intent in _ELSEWHERE and ask.segment.confidence >= _OF_OTHER_THINGS:
        far = OWN_WORDS
    if far == NEAR and ask.segment.confidence >= _SURE and intent.startswith(_MATTERS) and not hits[0].product_id:
        far = _ONLY if _is_far_ahead(hits, _LESS) else far
    alone = _stands_alone(hits) and ask.product_id is None
    elsewhere = _ALONE if alone else _NEAR_ELSEWHERE
    if alone and far == NEAR and _is_far_ahead(hits, _FAR):
        far = elsewhere = _ALONE_BY_FAR
    named = {one.id for one in ask.facts.recommended.get(ask.index, ()) if intent != "product.recommend"}
    if (intent.startswith("after.") and not alone) or intent == "product.safety":  # 收到货碎了, 会过敏吗
        named = named or {ask.product_id or ""}
    return [
        hit
        for hit in hits
        if not (named and hit.product_id and hit.product_id not in named)
        and not (len(named) > 1 and hit.product_id and hit.score < OWN_WORDS)  # of which of them, nobody knows
        and not _speaks_of_others(ask, hit)
        and not _speaks_of_other_places(ask, hit)
        and hit.score >= (max(far, elsewhere) if hit.product_id and hit.product_id != ask.product_id else far)
    ]


def _by_sides(ask: Ask, hits: tuple[KnowledgeHit, ...]) -> list[KnowledgeHit]:
    """Those of the shop and of the goods in focus that likely answer though they share few words (`sides`)."""
    intent = ask.segment.intent
    if not hits or hits[0].score < _WORTH_A_LOOK or intent.startswith(_OF_MONEY):
        return []
    if intent in _ELSEWHERE and ask.segment.confidence >= _OF_OTHER_THINGS:
        return []
    if products.asks_how_it_is(ask.segment.text):
        return []
    likely, own = chances(ask), ("", ask.product_id)
    return [
        h
        for h in hits
        if likely[h.id].sure >= _LIKELY
        and h.product_id in own
        and not _speaks_of_others(ask, h)
        and not _speaks_of_other_places(ask, h)
    ]


def _speaks_of_other_places(ask: Ask, hit: KnowledgeHit) -> bool:
    """Whether the entry is of places (港澳台) and not of the one that goods shall go to."""
    province = province_of(ask.segment.entities.place or "") if ask.segment.intent.startswith("ship.") else ""
    return bool(province) and hit.score < OWN_WORDS and covers(hit, province) < 0


def _is_far_ahead(hits: tuple[KnowledgeHit, ...], times: float) -> bool:
    """Whether no other entry comes nearly as near as the first (公司买能开专票吗, where one tells of invoices)."""
    return len(hits) < 2 or hits[1].score * times < hits[0].score


def _stands_alone(hits: tuple[KnowledgeHit, ...]) -> bool:
    """Whether the first entry is so far ahead that only its product can be meant (刻了字还能退吗)."""
    others = [hit.score for hit in hits[1:] if hit.product_id != hits[0].product_id]
    return hits[0].score - max(others, default=0.0) >= _FAR_AHEAD


def _speaks_of_others(ask: Ask, hit: KnowledgeHit) -> bool:
    """Whether the entry would tell what was written for others (of a dog, while pregnant), what to do when a thing has
    happened to one who asks whether it does (会过敏吗), or what holds of other stuff than the goods are made of."""
    if hit.score >= OWN_WORDS or not ask.segment.intent.startswith("product."):
        return False
    product = ask.facts.products.get(ask.product_id or "")
    if product is not None and not hit.product_id and for_others.is_of_other_stuff(product, hit.answer):
        return True
    if product is not None and other_goods.tells_of_others(product, ask.segment.text, hit):
        return True
    if _REMEDY.search(hit.question) and not _MISHAP.search(ask.segment.text):
        return True
    return ask.segment.intent == "product.safety" and for_others.is_for_others(
        ask.segment.text, hit.question + hit.answer
    )
