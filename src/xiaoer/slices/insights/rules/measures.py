"""What a unit gives to the cells (汇总口径). Pure, so that a cell can always be made again from its units.

Family and what its `a` and `b` are (n counts, v is an amount); `*` is kept by the hour, others by the day:
load*      a mark of the hour (talks, messages, handed, angry …)     flag      a mark · agent (v the amount)
ask*       intent · product      ask.d  intent · product      ask.t     intent         clock   weekday:hour
q          question · product    q.d    question
page       intent · entry                                            campaign  intent · campaign
kpi        metric@version · agent (n of how many, v hits)            wait      human/bot:bucket · agent
mood*      neg, neu, pos                                             course    first>last mood
trigger    what set anger off · product (v settled)                  gap       question · product (open asks)
funnel     stage · handled by                                        blocker   blocker · product
score      auto · agent (v points)                                   finding   finding · agent
refund     reason · product (v fen)       refund.d  reason/detail · product    refund.s  reason/detail · product/size
refund.v   reason · variant   refund.c  reason · courier   refund.b  reason · batch   refund.p  reason · claim
refund.w   what was said · product
llm        purpose · model (v microyuan)  llm.t     in, out, failed · model (n tokens or calls)
refund.t   kind done (v ms)               shop      visited, silent, paid …    sold  product · variant (n pieces)
"""

from bisect import bisect_left
from collections.abc import Sequence

from xiaoer.slices.insights.rules import blockers, feelings
from xiaoer.slices.insights.rules.days import day_of, hour_of, instant, weekday_of
from xiaoer.slices.insights.rules.figures import flags_of, handled_by, main_agent
from xiaoer.slices.insights.rules.formulas import apply
from xiaoer.slices.insights.rules.quality import review
from xiaoer.slices.insights.rules.rounds import find_rounds
from xiaoer.slices.insights.types import BuyerDay, Formula, Gift, Key, ModelCall, RefundFacts, Row, Talk

# Upper bounds of response times in milliseconds, each a tenth above the one before: a percentile is right to 5 %.
BUCKETS = tuple(round(100 * 1.1**step) for step in range(140))
_WHOLE_DAY = (0, 1440)
_SMALL_TALK = ("chat.",)
DAILY = -1
VERSION = "8"  # of what is given; a new one has all figures made anew from the facts


def read_from_flags(formula: Formula) -> bool:
    """Whether a metric is kept as plain marks, because neither a window nor a limit is in it."""
    return formula.kind == "days" or (formula.kind == "flags" and formula.window == _WHOLE_DAY)


def row_of_talk(talk: Talk) -> Row:
    """The talk with the columns that questions filter by."""
    stage = blockers.stages_of(talk)[-1]
    return Row(
        "talk",
        talk.id,
        day_of(talk.opened),
        instant(talk.opened),
        talk,
        talk.buyer_id,
        talk.channel,
        main_agent(talk),
        talk.product,
        handled_by(talk),
        stage,
        blockers.blocker_of(talk),
        round(100 * feelings.estimate(talk)),
        review(talk).points,
        flags_of(talk).get("sales_net_fen", 0),
    )


def row_of_refund(refund: RefundFacts) -> Row:
    """The refund with its columns: `stage` is the reason, `mark` the sub-reason."""
    return Row(
        "refund",
        refund.id,
        day_of(refund.at),
        instant(refund.at),
        refund,
        refund.buyer_id,
        refund.channel,
        refund.agent,
        refund.product,
        handled=refund.kind,
        stage=refund.reason,
        mark=refund.detail,
        value_fen=refund.amount,
    )


def row_of_day(day: BuyerDay) -> Row:
    id_ = f"{day.day}/{day.buyer_id}"
    return Row("day", id_, day.day, instant(day.at), day, day.buyer_id, value_fen=day.paid)


def row_of_call(call: ModelCall) -> Row:
    """The call with its columns: `stage` is the purpose, `mark` the model."""
    fen = round(call.microyuan / 10_000)
    at = instant(call.at)
    return Row("call", call.id, day_of(call.at), at, call, stage=call.purpose[:16], mark=call.model[:64], value_fen=fen)


def gifts_of(row: Row, formulas: Sequence[Formula]) -> list[Gift]:
    """Everything that a unit gives."""
    match row.facts:
        case Talk():
            return _of_talk(row.facts, formulas)
        case RefundFacts():
            return _of_refund(row.facts)
        case BuyerDay():
            return _of_day(row.facts)
        case ModelCall():
            return _of_call(row.facts)


def _of_talk(talk: Talk, formulas: Sequence[Formula]) -> list[Gift]:
    channel, day, hour = talk.channel, day_of(talk.opened), hour_of(talk.opened)
    out: list[Gift] = []

    def give(family: str, a: str, b: str = "", n: int = 1, v: int = 0) -> None:
        out.append(Gift(Key(family, day, DAILY, channel, a, b), n, v))

    def by_hour(family: str, at_ms: int, a: str, b: str = "", v: int = 0) -> None:
        us = talk.opened + at_ms * 1000
        out.append(Gift(Key(family, day_of(us), hour_of(us), channel, a, b), 1, v))

    flags, agent, handled = flags_of(talk), main_agent(talk), handled_by(talk)
    for name, value in flags.items():
        give("flag", name, agent, v=value)
    for name in ("talks", "handed", "bot_only", "wanted_people", "solved_strict"):
        if flags.get(name):
            out.append(Gift(Key("load", day, hour, channel, name, ""), 1, 0))
    for formula in formulas:
        if not read_from_flags(formula):
            for count in apply(formula, talk, flags, agent):
                give("kpi", formula.name, count.who, count.n, count.v)
    for who, counts, scope in (("human", "a", "people"), ("bot", "r", "all")):
        for found in find_rounds(talk.beats, counts, talk.steps, scope):
            if found.end >= 0:
                give("wait", f"{who}:{bisect_left(BUCKETS, found.took):03d}", found.agent, v=found.took)
    for ask in talk.asks:
        product = ask.product or talk.product
        by_hour("mood", ask.at, feelings.mood_word(ask.mood), v=round(100 * ask.mood))
        words = ask.words or ("",) * len(ask.intents)
        for intent, word in zip(ask.intents, words, strict=False):
            if intent.startswith(_SMALL_TALK):
                continue
            by_hour("ask", ask.at, intent, product)
            asked = talk.opened + ask.at * 1000
            day_asked, clock = day_of(asked), f"{weekday_of(day_of(asked))}:{hour_of(asked):02d}"
            for family, a, b in (("ask.d", intent, product), ("ask.t", intent, ""), ("clock", clock, "")):
                out.append(Gift(Key(family, day_asked, DAILY, channel, a, b), 1, 0))
            give("page", intent, talk.entry or "none")
            if talk.campaign:
                give("campaign", intent, talk.campaign)
            if word:
                give("q", word, product)
                give("q.d", word)
                if not ask.answered and "handoff" not in ask.acts:
                    give("gap", word, product)
    if course := feelings.course_of(talk):
        give("course", course)
    if trigger := feelings.trigger_of(talk):
        give("trigger", trigger, talk.product, v=int(feelings.is_settled(talk)))
        out.append(Gift(Key("load", day, hour, channel, "angry", ""), 1, 0))
    if feelings.is_at_risk(talk):
        give("flag", "at_risk", agent, v=1)
        give("flag", "at_risk_settled", agent, v=int(feelings.is_settled(talk)))
    for stage in blockers.stages_of(talk):
        give("funnel", stage, handled)
    if blocker := blockers.blocker_of(talk):
        give("blocker", blocker, talk.product)
    score = review(talk)
    give("score", "auto", agent if handled in ("people", "both") else "", v=score.points)
    for finding in score.findings:
        give("finding", finding, agent)
    return out


def _of_refund(refund: RefundFacts) -> list[Gift]:
    day, fen = day_of(refund.at), refund.amount
    detail = f"{refund.reason}/{refund.detail}" if refund.detail else refund.reason
    places = [
        ("refund", refund.reason, refund.product),
        ("refund.d", detail, refund.product),
        ("refund.v", refund.reason, refund.variant),
        ("refund.c", refund.reason, refund.courier),
        ("refund.b", refund.reason, f"{refund.product}|{refund.batch}"),
    ]
    if refund.size:
        places.append(("refund.s", detail, f"{refund.product}|{refund.size}"))
    if refund.said_key:
        places.append(("refund.w", refund.said_key, refund.product))
    if refund.claim:
        places.append(("refund.p", refund.reason, f"{refund.product}|{refund.claim}"))
    out = [Gift(Key(family, day, DAILY, refund.channel, a, b), 1, fen) for family, a, b in places]
    if refund.done_in_s >= 0:
        out.append(Gift(Key("refund.t", day, DAILY, refund.channel, refund.kind, ""), 1, 1000 * refund.done_in_s))
    return out


def _of_call(call: ModelCall) -> list[Gift]:
    def give(family: str, a: str, n: int, v: int = 0) -> Gift:
        return Gift(Key(family, day_of(call.at), DAILY, "", a, call.model), n, v)

    out = [give("llm", call.purpose, 1, call.microyuan)]
    out += [give("llm.t", "in", call.tokens_in), give("llm.t", "out", call.tokens_out)] if call.ok else []
    return out if call.ok else [*out, give("llm.t", "failed", 1)]


def _of_day(facts: BuyerDay) -> list[Gift]:
    def give(family: str, a: str, b: str = "", n: int = 1, v: int = 0) -> Gift:
        return Gift(Key(family, facts.day, DAILY, "", a, b), n, v)

    out = []
    if facts.viewed:
        out.append(give("shop", "visited"))
        out += [] if facts.consulted else [give("shop", "visited_silent")]
    if facts.paid:
        out.append(give("shop", "paid", v=facts.paid))
        if not facts.consulted:
            out.append(give("shop", "paid_silent", v=facts.paid))
            out += [give("shop", "paid_silent_seen")] if facts.viewed else []
    out += [give("sold", product, variant, n=pieces) for product, variant, pieces in facts.sold]
    return out
