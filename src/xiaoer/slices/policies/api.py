"""Deciding a turn (决策): what to do for every segment, and which facts that takes.

`decide` is pure. Called without facts it returns the needs of the turn, or the hand-over that must come
first; called with them it returns one act per segment. The order in which a segment may be answered is
the same everywhere: small talk, then the buyer's orders and parcels, then a knowledge entry of the very
product, then the catalogue, then general knowledge. Nothing found means saying so.
"""

from typing import Any

from xiaoer.kernel.decision import Act, Decision, Facts, Handoff, KnowledgeHit, Need
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.turn import OrderContent, ProductContent
from xiaoer.slices.policies.rules import bargaining, entries, handoff, needs, offers, orders, products, talk
from xiaoer.slices.policies.rules.entries import Said
from xiaoer.slices.policies.types import Ask, Situation

NEAR = 0.42  # retrieval score from which an entry is said; below it the bot says that it does not know
NEAR_FOR_TALK = 0.58  # the same when the message looks like talk or like nothing of the shop's
_NEAR_ELSEWHERE = 0.65  # the same for an entry of a product that nobody has named
_OWN_WORDS = 0.8  # an entry that asks just this: the shop has written what it wants said, so nothing is recommended
_OF_OTHER_THINGS = (
    0.9  # an intent as sure as this that it is not the shop's matter yields only to the buyer's own words
)
_TELLS = 0.3  # below this, what looks like talk is not taken for talk
_ASKS_FOR_PEOPLE = 0.6  # from this, a call for a person that no red line names still reaches one
_SURE = 0.5  # below this, an intent alone decides little: a good knowledge hit comes before the catalogue


def decide(situation: Situation, facts: Facts | None = None) -> Decision:
    """Decide one turn; see the module docstring. Never raises for any turn."""
    stop = handoff.stop_for_people(situation) or _asked_for_people(situation)
    if stop is not None:
        return handoff.hand_over(situation, stop)
    wanted = _needs(situation)
    if facts is None and wanted:
        return Decision(needs=wanted)
    known = facts or Facts()
    stuck = bargaining.wants_people(known.bargains)
    if stuck is not None:
        return handoff.hand_over(situation, Handoff("bargain_exhausted", f"bargain.{stuck.reason}", "sales"), stuck)
    asks = [
        Ask(index, segment, situation, known, _meant(index, segment, situation, known))
        for index, segment in enumerate(situation.heard.segments)
    ]
    more = [need for ask in asks for hit in _near(ask) for need in entries.needs_of_entry(ask, hit)]
    more += [need for ask in asks for need in needs.needs_of_named(ask) if need not in known.asked]
    if more:
        return Decision(needs=tuple(dict.fromkeys((*wanted, *known.asked, *more))))
    return _after(situation, tuple(_without_small_talk([_answer(ask) for ask in asks])))


def _meant(index: int, segment: Segment, situation: Situation, known: Facts) -> str | None:
    """The product that a segment is about; with none in sight, the only one that its words name."""
    product = needs.product_of(segment, situation.turn)
    named = known.recommended.get(index, ()) if segment.intent != "product.recommend" else ()
    return product or (named[0].id if len(named) == 1 else None)


def _asked_for_people(situation: Situation) -> Handoff | None:
    """A call for a person in words that no red line lists (问不出来，换个人)."""
    calls = any(s.intent == "service.human" and s.confidence >= _ASKS_FOR_PEOPLE for s in situation.heard.segments)
    return Handoff("requested", "intent.human") if calls else None


def _needs(situation: Situation) -> tuple[Need, ...]:
    turn = situation.turn
    wanted = [n for i, segment in enumerate(situation.heard.segments) for n in needs.needs_of(i, segment, turn)]
    haggling = [need for need in wanted if need.kind == "bargain"]  # one answer about the price a turn
    return tuple(need for need in dict.fromkeys(wanted) if need not in haggling[1:])


def _answer(ask: Ask) -> Act:
    card = _sent_card(ask)
    if card is not None:
        return card
    bargain = bargaining.say_bargain(ask)
    if bargain is not None:
        return bargain
    hit = _hit(ask)
    picks = ask.facts.recommended.get(ask.index) if ask.segment.intent == "product.recommend" else ()
    if picks and not (hit is not None and hit.hit.score >= _OWN_WORDS):
        slots = {"products": [[pick.id, pick.title] for pick in picks]}
        sources = tuple(products.product_source(pick) for pick in picks)
        return Act("recommend", ask.index, "recommend.list", slots, sources)
    spoken = talk.answer_talk(ask)
    if spoken is not None:
        if hit is None and ask.segment.confidence < _TELLS and spoken.rule_id in ("talk.ack", "talk.chat.smalltalk"):
            return Act("ask", ask.index, "unclear", rule_id="unclear")
        talks = ask.segment.confidence >= _SURE and not ask.segment.intent.startswith("oos.")
        return spoken if talks or hit is None else _knowledge(ask, hit)
    found = orders.answer_from_orders(ask)
    if found is not None:
        return found
    if hit is not None and not _live(ask) and (hit.hit.product_id == ask.product_id or ask.segment.confidence < _SURE):
        return _knowledge(ask, hit)
    found = products.answer_from_catalogue(ask)
    if found is None and _live(ask) and (hit is None or hit.hit.score < _OWN_WORDS):
        found = products_wanted(ask)
    if found is None and hit is not None:
        return _knowledge(ask, hit)
    return found or offers.answer_from_offers(ask) or products_wanted(ask) or _not_found(ask)


def _sent_card(ask: Ask) -> Act | None:
    """A product or order card without words: show what it is and offer the next step."""
    content = ask.situation.turn.messages[-1].content
    if ask.segment.intent != "oos.unclear" or not isinstance(content, (ProductContent, OrderContent)):
        return None
    if isinstance(content, ProductContent):
        product = ask.facts.products.get(content.product_id)
        if product is None:
            return Act("ask", ask.index, "product.unknown", rule_id="card.product")
        variants = ask.facts.variants.get(product.id, ())
        price = min((v.price for v in variants), default=None)
        slots = {"product": product, "price": price, "title": product.title}
        return Act("answer", ask.index, "product.card", slots, (products.product_source(product),), "card.product")
    return orders.answer_from_orders(ask) or Act(
        "ask", ask.index, "order.not_found", {"order_no": content.order_id[-6:]}
    )


def _near(ask: Ask) -> list[KnowledgeHit]:
    """The entries near enough to the question to be said; nearer still when it seems to be about other things."""
    hits = ask.facts.knowledge.get(ask.index, ())
    if not hits or not ask.facts.answerable.get(ask.index):
        return []
    far = NEAR_FOR_TALK if ask.segment.intent.startswith(("oos.", "chat.")) else NEAR
    if ask.segment.intent in ("oos.platform", "oos.other") and ask.segment.confidence >= _OF_OTHER_THINGS:
        far = _OWN_WORDS
    named = {one.id for one in ask.facts.recommended.get(ask.index, ()) if ask.segment.intent != "product.recommend"}
    return [
        hit
        for hit in hits
        if not (named and hit.product_id and hit.product_id not in named)
        and hit.score >= (max(far, _NEAR_ELSEWHERE) if hit.product_id and hit.product_id != ask.product_id else far)
    ]


def _hit(ask: Ask) -> Said | None:
    """The best of the near entries of which something can be said now."""
    return next((said for hit in _near(ask) if (said := entries.say_entry(ask, hit))), None)


def _live(ask: Ask) -> bool:
    """Whether the question is about figures that change, which only the live systems may answer."""
    return ask.segment.intent in ("product.stock", "product.restock", "price.query", "product.size_advice")


def _knowledge(ask: Ask, said: Said) -> Act:
    slots: dict[str, Any] = {"answer": said.answer}
    if said.values:
        slots["values"] = said.values
    if said.cards:
        slots["cards"] = said.cards
    return Act("answer", ask.index, "knowledge", slots, said.sources, "knowledge.hit")


def products_wanted(ask: Ask) -> Act | None:
    """Ask which product is meant when the answer depends on it and none is in sight."""
    if not needs.wants_product(ask.segment) or ask.product_id in ask.facts.products:
        return None
    if ask.segment.intent == "product.recommend":
        return Act("ask", ask.index, "recommend.ask")
    named = ask.facts.recommended.get(ask.index, ())
    if not named:
        return Act("ask", ask.index, "product.which", {"intent": ask.segment.intent})
    slots: dict[str, Any] = {"products": [[one.id, one.title] for one in named], "intent": ask.segment.intent}
    return Act("ask", ask.index, "product.which_of", slots, tuple(products.product_source(one) for one in named))


def _not_found(ask: Ask) -> Act:
    if needs.wants_orders(ask.segment, ask.situation.turn) and ask.facts.orders is not None:
        return Act("ask", ask.index, "order.which", rule_id="order.ask_number")
    if any(kind == "orders" for kind, _ in ask.facts.missing):
        return Act("fallback", ask.index, "source.down", rule_id="source.unavailable")
    if ask.segment.intent == "oos.unclear":
        return Act("ask", ask.index, "unclear", rule_id="unclear")
    return Act("fallback", ask.index, "not_found", {"about": ask.segment.text}, rule_id="knowledge.miss")


def _without_small_talk(acts: list[Act]) -> list[Act]:
    """Every segment keeps its act; acknowledgements are marked silent beside a real answer."""
    real = [act for act in acts if not act.rule_id.startswith(("talk.", "greet."))]
    if not real or len(real) == len(acts):
        return acts
    return [
        Act(act.type, act.segment, "silent", {}, act.sources, act.rule_id)
        if act.rule_id.startswith(("talk.ack", "talk.chat.thanks", "greet.", "talk.chat.bye"))
        else act
        for act in acts
    ]


def _after(situation: Situation, acts: tuple[Act, ...]) -> Decision:
    """Hand over when the bot is unsure once too often in a row."""
    unsure = [act for act in acts if act.type == "fallback" or act.template == "unclear"]
    if unsure and len(unsure) == len(acts) and situation.unsure + 1 >= situation.limits.unsure_tries:
        return handoff.hand_over(situation, Handoff("low_confidence", "tries.unsure"))
    return Decision(acts=acts)
