"""Deciding a turn (决策): what to do for every segment, and which facts that takes.

`decide` is pure. Called without facts it returns the needs of the turn, or the hand-over that must come
first; called with them it returns one act per segment. The order in which a segment may be answered is
the same everywhere: the matter that was asked about, a matter that begins (`rules/matters`), money (`rules/prices.py`),
small talk, the buyer's orders and parcels, a knowledge entry of the very product, the catalogue, general knowledge.
Nothing found means saying so. What must be read or done before a segment can be answered comes back as `needs` or
`todos`; the caller gathers or does it and decides again with the outcome.
"""

from typing import Any

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, Decision, Facts, Handoff, Need, Todo
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.turn import Turn
from xiaoer.slices.policies.rules import (
    arrival,
    attributes,
    bargaining,
    buying,
    cards,
    entries,
    focus,
    handoff,
    looking,
    nearness,
    needs,
    numbers,
    offers,
    orders,
    presale,
    prices,
    products,
    regret,
    remarks,
    reproach,
    selling,
    talk,
    trying,
    wish_words,
    wishes,
)
from xiaoer.slices.policies.rules.entries import Said
from xiaoer.slices.policies.rules.matters import choosing, run, small
from xiaoer.slices.policies.situations import tells_situation
from xiaoer.slices.policies.types import Ask, Move, Situation

wish_told = wishes.told
wish_says_no = wish_words.says_no
wish_is_too_dear = wish_words.is_too_dear
wish_is_alike = wish_words.is_alike
wish_asks_about_it = wish_words.asks_about_it
wish_asks_which = wish_words.asks_which
NEAR, NEAR_FOR_TALK = nearness.NEAR, nearness.NEAR_FOR_TALK
_LISTED = 5  # orders of the buyer's that are told to choose from
_TELLS = 0.3  # below this, what looks like talk is not taken for talk
_ASKS_FOR_PEOPLE = 0.6  # from this, a call for a person that no red line names still reaches one
_WISH_YIELDS = 0.75  # where no goods fit: an entry as near as this is what was asked for
_SURE = 0.5  # below this, an intent alone decides little: a good knowledge hit comes before the catalogue


def decide(situation: Situation, facts: Facts | None = None) -> Decision:
    """Decide one turn; see the module docstring. Never raises for any turn."""
    opted_out = selling.say_opt_out(situation)
    if opted_out is not None:
        return opted_out
    stop = handoff.stop_for_people(situation) or _asked_for_people(situation)
    if stop is not None:
        return handoff.hand_over(situation, stop)
    if facts is None and (wanted := _needs(situation)):
        return Decision(needs=wanted)
    known, memory = facts or Facts(), situation.turn.memory
    stuck = bargaining.wants_people(known.bargains)
    if stuck is not None:
        return handoff.hand_over(situation, Handoff("bargain_exhausted", f"bargain.{stuck.reason}", "sales"), stuck)
    acts: list[Act] = []
    more: list[Need] = []
    todos: list[Todo] = []
    owners: list[str] = []
    asking = spoken_for = told_of = ""
    carried: str | None = None
    for index, segment in enumerate(situation.heard.segments):
        product = _meant(index, segment, situation, known, carried)
        if product != needs.product_of(segment, situation.turn) or segment.entities.product_ids:
            carried = product
        if spoken_for and run.is_part(segment) and (memory.asked is None or memory.asked.id != spoken_for):
            move = Move(_part(index))
        else:
            move = _move(Ask(index, segment, situation, known, product, memory, told_of))
        more += move.needs
        todos += [move.todo] if move.todo else []
        memory = move.memory or memory
        act = _naming(move.act, product, situation, known) if move.act else _part(index)
        if not move.matter and any(act.template == one.template and act.slots == one.slots for one in acts):
            act = _part(index)  # the same answer once
        for earlier, owner in enumerate(owners):
            if owner and owner == move.matter:
                acts[earlier] = _part(earlier)
        acts.append(act)
        owners.append(move.matter)
        spoken_for = move.matter or spoken_for
        if "asks" in act.slots:
            asking = memory.asking
        if "cart" in act.slots:
            memory = replace(memory, cart=act.slots["cart"])
        if isinstance(order := act.slots.get("order"), Order):
            memory, told_of = replace(memory, order_id=order.id), order.id
        topic = product if product in known.products else None
        intent = segment.intent if act.template.startswith("product.which") else ""
        memory = focus.keep(memory, situation.turn, topic, act, intent)
        if segment.intent == "product.recommend":
            wish = wishes.told(segment, situation.turn)
            memory = replace(memory, wish=replace(wish, shown=(*wish.shown, *(id_ for id_, _ in focus.shown_by(act)))))
    if more:
        return Decision(needs=tuple(dict.fromkeys(more)))
    if todos:
        return Decision(todos=tuple({todo.id: todo for todo in todos}.values()))
    also = None if asking else run.still_open(memory, acts)
    acts, asking = ([*acts, also[0]], also[1]) if also else (acts, asking)
    again = trying.tried(situation, tuple(acts))
    if trying.is_enough(again, situation):
        return handoff.hand_over(situation, Handoff("unsatisfied", "tries.asked_again"))
    decision = _after(situation, selling.with_more(tuple(_without_small_talk(acts)), known))
    decision = decision if decision.handoff else replace(decision, regret=regret.say_regret(situation, decision.acts))
    memory = replace(memory, asking=asking, tried=again)
    return replace(decision, memory=memory if memory != situation.turn.memory else None)


def _naming(act: Act, product: str | None, situation: Situation, known: Facts) -> Act:
    """The act with the title of its product when that is neither on the buyer's screen nor what was just talked of."""
    about = known.products.get(product or "")
    if about is None or product == situation.turn.product_in_focus:
        return act
    return replace(act, slots={**act.slots, "it": about.title})


def _part(index: int) -> Act:
    """A segment that belongs to what another segment of the turn is answered with."""
    return Act("answer", index, "silent", rule_id="matter.part")


def look_again(heard: Heard, turn: Turn) -> Heard:
    """What was heard, with the intents that explicit wordings name and the products that were picked from a list."""
    heard = reproach.hear_reproach(heard, turn)
    again = (remarks.read(looking.look_again(segment), turn) for segment in heard.segments)
    segments = wishes.gather(tuple(wishes.read(s, turn, tells_situation(s.text)) for s in again))
    segments = tuple(focus.choose(segment, turn) for segment in segments)
    return heard if segments == heard.segments else replace(heard, segments=segments)


def _meant(index: int, segment: Segment, situation: Situation, known: Facts, carried: str | None) -> str | None:
    """The product that a segment is about: the only one that its words name, else the one that the turn named before
    it (卫衣有货吗，有的话多少钱), else the one in sight."""
    named = known.recommended.get(index, ()) if segment.intent != "product.recommend" else ()
    if named:
        return named[0].id if len(named) == 1 else None
    if carried and (needs.may_be_of(carried, segment, situation.turn) or presale.may_go_on(segment, known.orders)):
        return carried
    return needs.product_of(segment, situation.turn)


def _asked_for_people(situation: Situation) -> Handoff | None:
    """A call for a person in words that no red line lists (问不出来，换个人)."""
    calls = any(s.intent == "service.human" and s.confidence >= _ASKS_FOR_PEOPLE for s in situation.heard.segments)
    return Handoff("requested", "intent.human") if calls else None


def _needs(situation: Situation) -> tuple[Need, ...]:
    turn = situation.turn
    wanted = [n for i, segment in enumerate(situation.heard.segments) for n in needs.needs_of(i, segment, turn)]
    if turn.memory.matters:
        wanted.append(Need("orders", 0))
    haggling = [need for need in wanted if need.kind == "bargain"]  # one answer about the price a turn
    return tuple(need for need in dict.fromkeys(wanted) if need not in haggling[1:])


def _move(ask: Ask) -> Move:
    """One segment: an open matter first, then a new one, then an answer that needs no more turns."""
    asked = run.answer_asked(ask)
    if asked is not None:
        resumed = run.proven(ask, asked)
        if resumed is None:
            return asked
        if not resumed.segment.entities.order_no:
            return asked
        again = _move(resumed)
        return replace(again, memory=again.memory or resumed.memory)
    card = cards.sent_card(ask)
    if card is not None:
        return card
    if (here := talk.keep_here(ask)) is not None:
        return Move(here)
    bargain = bargaining.say_bargain(ask)
    if bargain is not None:
        return Move(bargain)
    looking_up = numbers.look_up(ask)
    if looking_up is not None:
        return looking_up
    ask = numbers.as_goods(ask)
    foreign = _foreign(ask)
    if foreign is not None:
        resumed = run.proven(ask, foreign)
        if resumed is None:
            return foreign
        again = _move(resumed)
        return replace(again, memory=again.memory or resumed.memory)
    named = tuple(need for need in needs.needs_of_named(ask) if need not in ask.facts.asked)
    if named:
        return Move(needs=named)
    goods = products.fact_by_name(ask)
    if goods is not None:
        return Move(goods)
    return (
        _before_any_order(ask)
        or run.begin(ask)
        or prices.answer_prices(ask)
        or arrival.before_buying(ask)
        or buying.buy_again(ask)
        or _plain(ask)
    )


def _before_any_order(ask: Ask) -> Move | None:
    """What everybody may be told, before an order's number is asked for."""
    if not presale.is_before_any_order(ask):
        return None
    named = Need("named", ask.index, ask.segment.text)
    if ask.product_id is None and named not in ask.facts.asked:
        return Move(needs=(named,))
    if (eta := arrival.before_buying(ask)) is not None:
        return eta
    if more := tuple(need for hit in nearness.near(ask) for need in entries.needs_of_entry(ask, hit)):
        return Move(needs=more)
    if (hit := _hit(ask)) is not None:
        return Move(_knowledge(ask, hit))
    if closer := needs.closer(ask):
        return Move(needs=closer)
    told = products.fact_asked(ask) if presale.may_be_of_goods(ask.segment) else None
    return Move(told) if told is not None else None


def _plain(ask: Ask) -> Move:
    """An answer that needs no more turns; where an order number is wanted, what it is wanted for is remembered."""
    more = tuple(need for hit in nearness.near(ask) for need in entries.needs_of_entry(ask, hit))
    if more:
        return Move(needs=more)
    act = _answer(ask)
    if act.rule_id in ("knowledge.miss", "order.ask_number") and (closer := needs.closer(ask)):
        return Move(needs=closer)
    return small.ask_order_no(ask) if act.rule_id == "order.ask_number" else Move(act)


def _answer(ask: Ask) -> Act:
    picked = selling.say_picks(ask)
    hit = _hit(ask)
    if picked is not None and (hit is None or _is_better(picked, ask, hit)):
        return picked
    spoken = talk.answer_talk(ask)
    if spoken is not None:
        guessed = ask.segment.confidence < _TELLS and spoken.rule_id not in ("talk.foreign", "talk.scolded")
        if hit is None and guessed and spoken.rule_id.startswith("talk."):
            return Act("ask", ask.index, "unclear", rule_id="unclear")
        surely = ask.segment.confidence >= _SURE and not ask.segment.intent.startswith("oos.")
        talks = surely or spoken.rule_id == "talk.haste"
        return spoken if talks or hit is None else _knowledge(ask, hit)
    found = buying.tell_refund_route(ask) or buying.tell_how_to_buy(ask) or orders.answer_from_orders(ask)
    if (
        found is None
        and ask.segment.intent == "product.compare"
        and (hit is None or hit.hit.score < nearness.OWN_WORDS)
    ):
        found = products.compare(ask)
    if found is not None:
        return found
    if hit is not None and not _live(ask) and (hit.hit.product_id == ask.product_id or ask.segment.confidence < _SURE):
        return _knowledge(ask, hit) if hit.hit.score >= nearness.OWN_WORDS else _fact_named(ask) or _knowledge(ask, hit)
    found = products.answer_from_catalogue(ask)
    if found is None and _live(ask) and (hit is None or hit.hit.score < nearness.OWN_WORDS):
        found = cards.products_wanted(ask)
    if found is None and hit is not None:
        return _knowledge(ask, hit)
    return found or offers.answer_from_offers(ask) or cards.products_wanted(ask) or _not_found(ask)


def _is_better(picked: Act, ask: Ask, hit: Said) -> bool:
    """Whether what was picked answers better than an entry: also than one in the buyer's own words, when these name
    goods and it does not (推荐一款口红, an entry 帮我推荐一款)."""
    if ask.segment.by == "wish":  # 充电器坐飞机让带不 only sounds like one
        return picked.type == "recommend" or hit.hit.score < _WISH_YIELDS
    if picked.type != "recommend":
        return picked.template != "recommend.none_such" and hit.hit.score < nearness.OWN_WORDS
    named = wish_words.left_of(ask.segment.text)
    told = f"{hit.hit.question}{hit.hit.answer}"
    shares = any(named[at : at + 2] in told for at in range(len(named) - 1))
    return hit.hit.score < nearness.OWN_WORDS or (len(named) > 1 and not shares)


def _fact_named(ask: Ask) -> Act | None:
    """The fact of the product whose very name stands in the question."""
    product = ask.facts.products.get(ask.product_id or "")
    named = product is not None and attributes.keys_in(product, ask.segment.text)
    return products.answer_from_catalogue(ask) if named else None


def _foreign(ask: Ask) -> Move | None:
    """An order number that is not among the buyer's: proof first, in the same words whether it exists or not."""
    number = ask.segment.entities.order_no
    if number and ask.facts.verified.get(number) == "ok" and number not in ask.memory.verified:
        return Move(memory=ask.memory.knowing(number))
    if not number or ask.facts.orders is None or any(order.id == number for order in ask.facts.orders):
        return None
    return small.ask_proof(ask, number)


def _hit(ask: Ask) -> Said | None:
    """The best of the near entries of which something can be said now."""
    return next((said for hit in nearness.near(ask) if (said := entries.say_entry(ask, hit))), None)


def _live(ask: Ask) -> bool:
    """Whether the question is about figures that change, which only the live systems may answer."""
    live = ask.segment.intent in ("product.stock", "product.restock", "price.query", "product.size_advice")
    return live and ask.segment.confidence >= _SURE


def _knowledge(ask: Ask, said: Said) -> Act:
    slots: dict[str, Any] = {"answer": said.answer}
    if said.values:
        slots["values"] = said.values
    if said.cards:
        slots["cards"] = said.cards
    return Act("answer", ask.index, "knowledge", slots, said.sources, "knowledge.hit")


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
        return Act("ask", ask.index, "unclear", rule_id="unclear")
    return Act("fallback", ask.index, "not_found", {"about": ask.segment.text}, rule_id="knowledge.miss")


def _without_small_talk(acts: list[Act]) -> list[Act]:
    """Every segment keeps its act; acknowledgements are marked silent beside a real answer."""
    real = [act for act in acts if act.template != "silent" and not act.rule_id.startswith(("talk.", "greet."))]
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
        said_no = situation.heard.satisfied is False or situation.unsatisfied > 0
        return handoff.hand_over(situation, Handoff("unsatisfied" if said_no else "low_confidence", "tries.unsure"))
    return Decision(acts=acts)
