"""Deciding a turn (决策): what to do for every segment, and which facts that takes.

`decide` is pure. Called without facts it returns the needs of the turn, or the hand-over that must come
first; called with them it returns one act per segment (`rules/answering.py`). What must be read or done
before a segment can be answered comes back as `needs` or `todos`; the caller gathers or does it and decides again
with the outcome.
"""

import re
from collections.abc import Callable

from msgspec.structs import replace

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.decision import Act, BargainAnswer, Decision, Facts, Handoff, Need, Todo
from xiaoer.kernel.heard import Heard, Segment
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.turn import TextContent, Turn
from xiaoer.slices.policies.rules import (
    answering,
    attributes,
    bargaining,
    bulk,
    delivery,
    focus,
    follow_ups,
    handoff,
    looking,
    nearness,
    needs,
    other_money,
    presale,
    regret,
    remarks,
    reproach,
    selling,
    talk,
    telling,
    trying,
    wish_terms,
    wish_words,
    wishes,
)
from xiaoer.slices.policies.rules.matters import apart, asunder, run
from xiaoer.slices.policies.situations import tells_preference, tells_situation
from xiaoer.slices.policies.types import Ask, Move, Situation

wish_told = wish_terms.told
wish_says_no = wish_words.says_no
wish_is_too_dear = wish_words.is_too_dear
wish_is_modest = wish_words.is_modest
wish_wants_dearer = wish_words.wants_dearer
wish_points_by_price = wish_words.points_by_price
wish_than_what = wish_words.than_what
wish_than_another = wish_words.than_another
wish_is_alike = wish_words.is_alike
wish_asks_others = wish_words.asks_others
wish_asks_beside = wish_words.asks_beside
wish_by_own_orders = wish_words.by_own_orders
wish_beside_what = wish_words.beside_what
wish_asks_about_it = wish_words.asks_about_it
wish_asks_if_sold = wish_words.asks_if_sold
wish_asks_medicine = wish_words.asks_medicine
wish_asks_which = wish_words.asks_which
NEAR_FOR_TALK = nearness.NEAR_FOR_TALK
_ASKS_FOR_PEOPLE = 0.6  # from this, a call for a person that no red line names still reaches one
_EXCUSED = "人工"  # always a red line unless it is something else (人工培育的钻石)
# 转接头有吗, 人工钻石项链有吗: goods, whatever they sound like
_OF_GOODS = re.compile(r"^(?!.*(?:客服|真人|服务|有人|人工有)).*(?:有(?:没有|货|卖)?(?:吗|么|没|不)\W*$|多少钱|怎么卖)")
_TRIED = {"source.down": "tries.source_down", "order.other_money": "tries.other_money"}


def decide(situation: Situation, facts: Facts | None = None) -> Decision:
    """Decide one turn; see the module docstring. Never raises for any turn."""
    if facts is None and (first := _before_facts(situation)) is not None:
        return first
    known, memory = facts or Facts(), situation.turn.memory
    stuck = bargaining.wants_people(known.bargains)
    if stuck is not None and stuck.reason != "bulk":
        return handoff.hand_over(situation, Handoff("bargain_exhausted", f"bargain.{stuck.reason}", "sales"), stuck)
    acts: list[Act] = []
    more: list[Need] = []
    todos: list[Todo] = []
    owners: list[str] = []
    beside: list[Act] = []
    asking = spoken_for = ""
    told_of = _only_number(situation.heard)
    carried: str | None = None
    shown: list[str] = []
    for index, segment in enumerate(situation.heard.segments):
        product = _meant(index, segment, situation, known, carried)
        if product != needs.product_of(segment, situation.turn) or segment.entities.product_ids:
            carried = product
        of_shown = (
            shown and segment.intent.startswith(("product.", "price.")) and not _names_goods(index, segment, known)
        )
        of_shown = of_shown and segment.intent != "product.recommend"
        if of_shown and len(shown) == 1:  # 想买双鞋给俺娘，她脚宽有么: of the only one just shown
            product = shown[0]
        about_it = segment.intent == "after.freight" or memory.asked is None or memory.asked.id != spoken_for
        part = (spoken_for and about_it and run.is_part(segment)) or run.is_told(segment, acts)
        if part or (of_shown and len(shown) > 1 and segment.intent == "price.query"):
            move = Move(_part(index))
        elif segment.by == focus.BEYOND:
            move = Move(focus.say_beyond(index, memory))
        else:
            move = other_money.in_yuan(
                answering.answer_segment(Ask(index, segment, situation, known, product, memory, told_of)), index, known
            )
        more += move.needs
        todos += [move.todo] if move.todo else []
        beside += move.beside
        memory = move.memory or memory
        act = _naming(move.act, product, situation, known) if move.act else _part(index)
        if not move.matter and any(act.template == one.template and act.slots == one.slots for one in acts):
            act = _part(index)  # the same answer once
        if act.template == "product.nearest" and _is_told(act, acts):
            act = _part(index)  # 承重：10千克, which was just told, is nearest to the rest of the message too
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
        shown = [id_ for id_, _ in focus.shown_by(act)] if act.template.startswith("recommend.picks") else shown
        topic = product if product in known.products else None
        intent = segment.intent if act.template.startswith("product.which") else ""
        memory = focus.keep(memory, situation.turn, topic, act, intent)
        if segment.intent == "product.recommend":
            wish = wish_terms.told(segment, situation.turn)
            memory = replace(memory, wish=replace(wish, shown=(*wish.shown, *(id_ for id_, _ in focus.shown_by(act)))))
    if not (asking or more or todos) and acts:
        last = Ask(len(acts) - 1, situation.heard.segments[-1], situation, known, None, memory)
        taken_up = run.take_up(last, situation.turn.memory, acts) or Move()
        more += taken_up.needs
        todos += [taken_up.todo] if taken_up.todo else []
        memory = taken_up.memory or memory
        beside += [taken_up.act] if taken_up.act else []
        asking = memory.asking if taken_up.act and "asks" in taken_up.act.slots else ""
    if more:
        return Decision(needs=tuple(dict.fromkeys(more)))
    if todos:
        return Decision(todos=tuple({todo.id: todo for todo in todos}.values()))
    acts = apart.naming(acts + beside)
    if bulk.wants_people(acts) or (stuck is not None and not bulk.has_quoted(acts)):
        return _with_quote(situation, acts, memory, stuck)
    also = None if asking else run.still_open(memory, acts)
    acts, asking = ([*acts, also[0]], also[1]) if also else (acts, asking)
    again = trying.tried(situation, tuple(acts))
    if trying.is_enough(again, situation) or trying.demands(acts):
        return handoff.hand_over(situation, Handoff("unsatisfied", "tries.asked_again"))
    decision = _after(situation, selling.with_more(tuple(talk.without_small_talk(acts)), known))
    decision = decision if decision.handoff else replace(decision, regret=regret.say_regret(situation, decision.acts))
    memory = replace(memory, asking=asking, tried=again)
    return replace(decision, memory=memory if memory != situation.turn.memory else None)


def _before_facts(situation: Situation) -> Decision | None:
    """What comes before any answer: the end of messages, a person, what must be read; facts change none of it."""
    opted_out = selling.say_opt_out(situation)
    if opted_out is not None:
        return opted_out
    stop = handoff.stop_for_people(situation) or _asked_for_people(situation)
    if stop is not None:
        return handoff.hand_over(situation, stop)
    wanted = _needs(situation)
    return Decision(needs=wanted) if wanted else None


def _with_quote(situation: Situation, acts: list[Act], memory: Memory, stuck: BargainAnswer | None) -> Decision:
    """The quote for many pieces, and people who go on from there."""
    told = [act for act in acts if not act.rule_id.startswith("bargain.")]
    handed = handoff.hand_over(situation, Handoff("bargain_exhausted", "bargain.bulk", "sales"), stuck)
    quoted = tuple(act for act in told if act.template != "bulk.people")
    memory = replace(memory, asking="")
    return replace(
        handed, acts=(*quoted, handed.acts[0]) if len(quoted) >= len(acts) else (*handed.acts, *quoted), memory=memory
    )


def _only_number(heard: Heard) -> str:
    """The order number that the message names, if it names just one: it counts for the parts that name no order."""
    said = {segment.entities.order_no for segment in heard.segments} - {None}
    return said.pop() or "" if len(said) == 1 else ""


def _names_goods(index: int, segment: Segment, known: Facts) -> bool:
    return bool(segment.entities.product_ids or known.recommended.get(index) or known.together.get(index))


def _naming(act: Act, product: str | None, situation: Situation, known: Facts) -> Act:
    """The act with the title of its product when that is neither on the buyer's screen nor what was just talked of."""
    about = known.products.get(product or "")
    if about is None or product == situation.turn.product_in_focus:
        return act
    return replace(act, slots={**act.slots, "it": about.title})


def _is_told(nearest: Act, acts: list[Act]) -> bool:
    """Whether what comes nearest was told as an answer to an earlier part of the message."""
    told = {f"{key}：{value}" for act in acts for key, value in act.slots.get("facts", ())}
    return bool(told) and told.issuperset(nearest.slots["nearest"].split("；"))


def _part(index: int) -> Act:
    """A segment that belongs to what another segment of the turn is answered with."""
    return Act("answer", index, "silent", rule_id="matter.part")


def look_again(heard: Heard, turn: Turn) -> Heard:
    """What was heard, with the intents that explicit wordings name and the products that were picked from a list."""
    heard = reproach.hear_reproach(heard, turn)
    again = telling.put_together(
        tuple(follow_ups.read(remarks.read(looking.look_again(one), turn), turn) for one in heard.segments)
    )
    again = delivery.carry(again, turn)
    segments = wishes.gather(tuple(wishes.read(s, turn, tells_situation(s.text)) for s in again), tells_preference)
    said = ["，".join(one.text for one in segments[:at]) for at in range(len(segments))]
    segments = tuple(
        focus.choose(bulk.read(segment, turn, before), turn) for segment, before in zip(segments, said, strict=True)
    )
    return heard if segments == heard.segments else replace(heard, segments=segments)


def may_speak_of_several(situation: Situation) -> bool:
    """Whether the message may want something of several own goods: then the buyer's orders are read first."""
    return not situation.hits and asunder.may_be(situation.turn, situation.heard.segments)


def hear_apart(situation: Situation, orders: tuple[Order, ...], understand: Callable[[Turn], Heard]) -> Situation:
    """The situation with each part heard by itself, where the message speaks of several of the buyer's own goods."""
    turn, heard = situation.turn, situation.heard

    def hear(text: str) -> tuple[Segment, ...]:
        message = replace(turn.messages[-1], content=TextContent(text))
        alone = replace(turn, messages=(message,))
        return look_again(understand(alone), alone).segments

    segments = asunder.hear_apart(turn, heard.segments, orders, hear)
    return situation if segments == heard.segments else replace(situation, heard=replace(heard, segments=segments))


def _meant(index: int, segment: Segment, situation: Situation, known: Facts, carried: str | None) -> str | None:
    """The product that a segment is about: the only one that its words name, else the one that the turn named before
    it (卫衣有货吗，有的话多少钱), else the one in sight."""
    named = known.recommended.get(index, ()) if segment.intent != "product.recommend" else ()
    if named:
        if any(one.id == carried for one in named):
            return carried
        only = named[0] if len(named) == 1 else attributes.only_told(named, segment.text)
        return only.id if only else None
    if carried and (needs.may_be_of(carried, segment, situation.turn) or presale.may_go_on(segment, known.orders)):
        return carried
    return needs.product_of(segment, situation.turn)


def _asked_for_people(situation: Situation) -> Handoff | None:
    """A call for a person in words that no red line lists (问不出来，换个人)."""
    calls = any(
        s.intent == "service.human"
        and s.confidence >= _ASKS_FOR_PEOPLE
        and not _OF_GOODS.search(s.text)
        and _EXCUSED not in s.text
        for s in situation.heard.segments
    )
    return Handoff("requested", "intent.human") if calls else None


def _needs(situation: Situation) -> tuple[Need, ...]:
    turn = situation.turn
    wanted = [n for i, segment in enumerate(situation.heard.segments) for n in needs.needs_of(i, segment, turn)]
    if turn.memory.matters:
        wanted.append(Need("orders", 0))
    haggling = [need for need in wanted if need.kind == "bargain"]  # one answer about the price a turn
    return tuple(need for need in dict.fromkeys(wanted) if need not in haggling[1:])


def _after(situation: Situation, acts: tuple[Act, ...]) -> Decision:
    """Hand over when the bot is unsure once too often in a row."""
    unsure = [act for act in acts if act.type == "fallback" or act.template == "unclear"]
    if unsure and len(unsure) == len(acts) and situation.unsure + 1 >= situation.limits.unsure_tries:
        said_no = situation.heard.satisfied is False or situation.unsatisfied > 0
        rule = (
            _TRIED.get(unsure[0].template, "tries.unsure")
            if len({one.template for one in unsure}) == 1
            else "tries.unsure"
        )
        return handoff.hand_over(situation, Handoff("unsatisfied" if said_no else "low_confidence", rule))
    return Decision(acts=acts)
