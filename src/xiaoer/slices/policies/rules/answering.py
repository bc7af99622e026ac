"""What answers one segment (一问一答): the order in which its rules are asked, the same for every segment.

The matter that was asked about, haggling, an order that is named, what everybody may be told before an order, a matter
that begins, money, what is asked before buying, small talk, the buyer's orders and parcels, a knowledge entry of the
very product, the catalogue, general knowledge. Nothing found means saying so.
"""

from msgspec.structs import replace

from xiaoer.kernel.decision import Act, Need
from xiaoer.slices.policies.rules import (
    arrival,
    attributes,
    bargaining,
    bulk,
    buying,
    cards,
    choices,
    delivery,
    entries,
    likelier,
    mishaps,
    named_offers,
    nearest,
    nearness,
    needs,
    numbers,
    offers,
    orders,
    own_sums,
    picking,
    presale,
    prices,
    products,
    quotes,
    selling,
    stacking,
    talk,
    wishes,
)
from xiaoer.slices.policies.rules.entries import Said
from xiaoer.slices.policies.rules.follow_ups import NEED
from xiaoer.slices.policies.rules.matters import choosing, run, small
from xiaoer.slices.policies.sides import matching
from xiaoer.slices.policies.types import Ask, Move

_OF_GOODS = ("product.", "oos.", "chat.", "promo.gift")  # what a sheet may answer
_NO_PICK = ("recommend.none_such", "recommend.none_safe")
_PLAIN_PICKS = ("recommend.picks", "recommend.picks_first")
_LISTED = 5  # orders of the buyer's that are told to choose from
_TELLS = 0.3  # below this, what looks like talk is not taken for talk
_SURE_ENTRY = 0.9
_BY_NAME = 0.9  # how likely at least a fact answers whose name stands in the question
_UNSURE_OF_ORDER = 0.6  # below this, who named goods and has no order asks about the goods
_VERY_WORDS = 0.9  # an entry as near as this is the shop's own question, whatever it sounds like
_SURE = 0.5  # below this, an intent alone decides little: a good knowledge hit comes before the catalogue


def answer_segment(ask: Ask) -> Move:
    """One segment: an open matter first, then a new one, then an answer that needs no more turns."""
    asked = run.answer_asked(ask)
    if asked is not None:
        resumed = run.proven(ask, asked)
        if resumed is None:
            return asked
        if not resumed.segment.entities.order_no:
            return asked
        again = answer_segment(resumed)
        return replace(again, memory=again.memory or resumed.memory)
    card = cards.sent_card(ask)
    if card is not None:
        return card
    if (here := talk.let_go(ask) or talk.keep_here(ask)) is not None:
        return Move(here)
    bargain = bargaining.say_bargain(ask)
    if bargain is not None:
        return likelier.instead(ask, Move(bargain))
    if (quoted := bulk.answer(ask) or quotes.for_haggling(ask) or stacking.tell(ask)) is not None:
        return quoted
    if not _is_own(_hit(ask)) and (offer := named_offers.answer(ask)) is not None:
        return offer
    ask = numbers.as_meant(ask)
    looking_up = numbers.look_up(ask)
    if looking_up is not None:
        return looking_up
    ask = numbers.as_goods(ask)
    foreign = _foreign(ask)
    if foreign is not None:
        resumed = run.proven(ask, foreign)
        if resumed is None:
            return foreign
        again = answer_segment(resumed)
        return replace(again, memory=again.memory or resumed.memory)
    if (absent := selling.not_sold(ask)) is not None and not _is_own(_hit(ask)):
        return Move(absent)
    named = tuple(need for need in needs.needs_of_named(ask) if need not in ask.facts.asked)
    if named:
        return Move(needs=named)
    if (mishap := mishaps.tell(ask)) is not None:
        return mishap
    if presale.is_before_any_order(ask) and (own := buying.tell_own_return(ask)) is not None:
        return Move(own)
    goods = choices.tell(ask) or products.fact_by_name(ask)
    if goods is not None:
        return likelier.instead(ask, Move(goods))
    if ask.segment.by == NEED:
        return nearest.tell_for_need(ask)
    if (there := delivery.answer(ask)) is not None:
        return there
    if (meant := nearest.tell_meant(ask)) is not None:
        return meant
    return likelier.instead(
        ask,
        _before_any_order(ask)
        or own_sums.answer(ask)
        or _with_entry(ask, run.begin(ask))
        or prices.answer_prices(ask)
        or arrival.before_buying(ask)
        or buying.buy_again(ask)
        or _plain(ask),
    )


def _with_entry(ask: Ask, move: Move | None) -> Move | None:
    """The move, with what likely answers told before an order's number is asked for; the matter stays remembered."""
    asks_number = move is not None and move.act is not None and move.act.template in wishes.ASKS_NUMBER
    told = nearest.tell_first(ask) if asks_number else None
    return replace(move, act=told) if move is not None and told is not None else move


def _before_any_order(ask: Ask) -> Move | None:
    """What everybody may be told, before an order's number is asked for."""
    if not presale.is_before_any_order(ask):
        return None
    named = Need("named", ask.index, ask.segment.text)
    if ask.product_id is None and named not in ask.facts.asked:
        return Move(needs=(named,))
    if (eta := arrival.before_buying(ask)) is not None:
        return eta
    if more := _needs_of_near(ask):
        return Move(needs=more)
    hit = _hit(ask)
    if not _is_own(hit) and (policy := buying.tell_after_sales(ask)) is not None:
        return Move(policy)
    if hit is not None:
        return small.with_number(ask, entries.say(ask, hit))
    if closer := needs.closer(ask):
        return Move(needs=closer)
    if not presale.may_be_of_goods(ask.segment):
        return None
    if presale.would_buy(ask.segment):
        return Move(_nothing_told(ask))
    told = products.fact_asked(ask)
    told = told or products.fact_written(ask)
    of_goods = ask.segment.confidence < _UNSURE_OF_ORDER or presale.asks_whether(ask.segment)
    if told is None and ask.product_id in ask.facts.products and of_goods:
        told = _nothing_told(ask)  # 修枝剪左手能用吗: of the goods, though it sounds like a repair
    return Move(told) if told is not None else None


def _plain(ask: Ask) -> Move:
    """An answer that needs no more turns; where an order number is wanted, what it is wanted for is remembered."""
    if more := _needs_of_near(ask):
        return Move(needs=more)
    if (chosen := products.chosen_variant(ask)) is not None:
        return Move(chosen)
    if needs.names_goods_only(ask.segment) and (bare := cards.bare_goods(ask)) is not None:
        return bare
    act = _answer(ask)
    if act.rule_id in ("knowledge.miss", "order.ask_number") and (closer := needs.closer(ask)):
        return Move(needs=closer)
    if wishes.may_be_one(act, ask):  # 换灯泡够不着: heard as nothing, but goods may help
        if (wanted := Need("recommend", ask.index)) not in ask.facts.asked:
            return Move(needs=(wanted,))
        if ask.facts.picks.get(ask.index):
            wish = wishes.wished(ask.segment)
            told = selling.say_picks(replace(ask, segment=wish))
            perhaps = told is not None and told.template in _PLAIN_PICKS
            told = replace(told, template="recommend.perhaps") if told is not None and perhaps else told
            return Move(told, memory=wishes.kept(wish, ask))
    if act.rule_id == "order.ask_number":
        return _with_entry(ask, small.ask_order_no(ask)) or Move(act)
    return replace(small.with_number(ask, act), beside=orders.tell_others(ask, act))


def _needs_of_near(ask: Ask) -> tuple[Need, ...]:
    return tuple(need for hit in nearness.near(ask) for need in entries.needs_of_entry(ask, hit))


def _answer(ask: Ask) -> Act:
    picked = selling.say_picks(ask)
    hit = _hit(ask)
    if picked is not None and picked.template in _NO_PICK and ask.product_id in ask.facts.products and hit is None:
        return products.fact_asked(ask) or nearest.tell(ask) or picked  # 侧着睡买哪种: of the variants of what is shown
    if picked is not None and ask.segment.by == "wish" and (same := nearest.tell_of_same(ask, picked)) is not None:
        return same
    if picked is not None and (hit is None or selling.is_better(picked, ask, hit)):
        return picked
    spoken = talk.answer_talk(ask)
    if spoken is not None and hit is not None and hit.hit.score >= _VERY_WORDS:
        return entries.say(ask, hit)
    if spoken is not None:
        guessed = ask.segment.confidence < _TELLS and spoken.rule_id not in ("talk.foreign", "talk.scolded")
        if hit is None and guessed and spoken.rule_id.startswith("talk."):
            return nearest.tell(ask) or Act("ask", ask.index, "unclear", rule_id="unclear")
        surely = ask.segment.confidence >= _SURE and not ask.segment.intent.startswith("oos.")
        talks = surely or spoken.rule_id == "talk.haste"
        return spoken if talks or hit is None else entries.say(ask, hit)
    own_words = _is_own(hit)
    found = None if own_words else buying.tell_after_sales(ask) or buying.tell_insurance(ask)
    found = found or buying.tell_refund_route(ask) or buying.tell_how_to_buy(ask) or orders.answer_from_orders(ask)
    if found is None and ask.segment.intent == "product.compare" and (not own_words or ask.memory.choices):
        found = products.compare(ask)
    if found is not None:
        return found
    if hit is not None and not _live(ask) and _in_sheet_and_entry(ask):
        return _nearer(ask, hit)
    if hit is not None and not _live(ask) and (hit.hit.product_id == ask.product_id or ask.segment.confidence < _SURE):
        return entries.say(ask, hit)
    if hit is not None and own_words and not _live(ask):
        return entries.say(ask, hit)  # the shop has written what it wants said
    found = products.answer_from_catalogue(ask)
    if found is None and _live(ask) and not own_words:
        found = cards.products_wanted(ask)
    if found is None and hit is not None:
        return entries.say(ask, hit)
    return found or offers.answer_from_offers(ask) or cards.products_wanted(ask) or _not_found(ask)


def _in_sheet_and_entry(ask: Ask) -> bool:
    """Whether the sheet of the goods in focus may answer as well as an entry."""
    return ask.product_id in ask.facts.products and ask.segment.intent.startswith(_OF_GOODS)


def _nearer(ask: Ask, hit: Said) -> Act:
    """The entry or the fact of the product, whichever likelier answers; the entry when it asks just this."""
    product = ask.facts.products[ask.product_id or ""]
    if _is_own(hit):
        return entries.say(ask, hit)
    facts = attributes.facts_for(product, ask.segment.intent, ask.segment.text)
    of_fact = matching.sure_of(matching.ranked(product, ask.segment.text, facts[0]), facts[0]) if facts else 0.0
    of_entry = nearness.chances(ask)[hit.hit.id].sure
    by_name = {key for key, _ in facts} & set(attributes.keys_in(product, ask.segment.text))
    if of_entry >= _SURE_ENTRY and not by_name:
        return entries.say(ask, hit)  # what the shop wrote to be said, before a line of the sheet
    ruled = facts[:1] == attributes.by_rules(product, "", ask.segment.text)[:1] and of_fact >= matching.STATED
    if by_name or ruled:
        of_fact = max(of_fact, _BY_NAME)
    return (products.answer_from_catalogue(ask) if of_fact > of_entry else None) or entries.say(ask, hit)


def _foreign(ask: Ask) -> Move | None:
    """An order number that is not among the buyer's: proof first, in the same words whether it exists or not."""
    number = ask.segment.entities.order_no
    if number and ask.facts.verified.get(number) == "ok" and number not in ask.memory.verified:
        return Move(memory=ask.memory.knowing(number))
    if not number or ask.facts.orders is None or any(picking.is_number_of(order, number) for order in ask.facts.orders):
        return None
    return small.ask_proof(ask, number)


def _hit(ask: Ask) -> Said | None:
    """The best of the near entries of which something can be said now."""
    return next((said for hit in nearness.near(ask) if (said := entries.say_entry(ask, hit))), None)


def _is_own(hit: Said | None) -> bool:
    """Whether the shop has written what it wants said of just this."""
    return hit is not None and hit.hit.score >= nearness.OWN_WORDS


def _live(ask: Ask) -> bool:
    """Whether the question is about figures that change, which only the live systems may answer."""
    live = ask.segment.intent in ("product.stock", "product.restock", "price.query", "product.size_advice")
    return live and ask.segment.confidence >= _SURE


def _not_found(ask: Ask) -> Act:
    if needs.wants_orders(ask.segment, ask.situation.turn) and ask.facts.orders is not None:
        if len(ask.facts.orders) == 1 and not ask.is_guess:
            return Act("ask", ask.index, "order.one_own", {"order": ask.facts.orders[0]})
        if ask.facts.orders and not ask.is_guess:
            return Act("ask", ask.index, "order.which_own", {"options": choosing.titles(ask.facts.orders[:_LISTED])})
        return Act("ask", ask.index, "order.which", {"asks": "order_no"}, rule_id="order.ask_number")
    if any(kind == "orders" for kind, _ in ask.facts.missing):
        return Act("fallback", ask.index, "source.down", rule_id="source.unavailable")
    if ask.segment.intent == "oos.unclear" or ask.is_guess:
        return nearest.tell(ask) or Act("ask", ask.index, "unclear", rule_id="unclear")
    return _nothing_told(ask)


def _nothing_told(ask: Ask) -> Act:
    """What the sheet has of the very words, else what comes nearest, else that nothing is known."""
    written = products.fact_written(ask) or nearest.tell(ask)
    if written is not None:
        return written
    return Act("fallback", ask.index, "not_found", {"about": ask.segment.text}, rule_id="knowledge.miss")
