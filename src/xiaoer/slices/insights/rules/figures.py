"""What one talk amounts to (会话要素): yes-or-no marks and amounts from which the plain metrics are made."""

from xiaoer.slices.insights.rules.days import day_of
from xiaoer.slices.insights.rules.rounds import human_wait
from xiaoer.slices.insights.types import AGENT, ASSIST, BOT, BUYER, Ask, Deal, Step, Talk

_PRESALE = ("product.", "price.", "promo.")
_PRESALE_ALSO = frozenset({"order.how_to_buy"})
_BUYING = frozenset({"product.stock", "product.restock"})  # asked to buy, whether or not one has it already
_DAY_US = 86_400_000_000
_GOOD, _LOW, _BAD = 4, 3, 2
_THINK_MS = 120_000  # a person's time for one reply is at most this; longer gaps are other work


def is_inquiry(talk: Talk) -> bool:
    """Whether the buyer asked about goods before having paid for them (询单); after-sales only is none."""
    return any(_is_presale(intent, ask, talk) for ask in talk.asks for intent in ask.intents)


def _is_presale(intent: str, ask: Ask, talk: Talk) -> bool:
    if not (intent.startswith(_PRESALE) or intent in _PRESALE_ALSO):
        return False
    if not intent.startswith("product.") or intent in _BUYING:
        return True
    product, at = ask.product or talk.product, talk.opened + ask.at * 1000
    return not any(product in deal.products and 0 < deal.paid <= at for deal in talk.deals)


def _is_done_in_a_day(talk: Talk, opened: Step) -> bool:
    """Whether the ticket that this step opened was dealt with within 24 hours, by the shop itself."""
    return any(
        step.what == "ticket_state" and step.more == opened.more and step.by in ("done", "closed")
        and step.at - opened.at <= _DAY_US // 1000
        for step in talk.steps
    )  # fmt: skip


def handled_by(talk: Talk) -> str:
    """bot, people, both or none."""
    bot = any(b.who in (BOT, ASSIST) for b in talk.beats)
    people = any(b.who == AGENT for b in talk.beats)
    if bot and people:
        return "both"
    return "bot" if bot else "people" if people else "none"


def main_agent(talk: Talk) -> str:
    """The agent with most messages, or the last who was given the talk."""
    said = [b.agent for b in talk.beats if b.who == AGENT]
    if said:
        return max(said, key=lambda agent: (said.count(agent), agent))
    return next((s.by for s in reversed(talk.steps) if s.what == "assigned"), "")


def bought(talk: Talk, within_days: int, *, by: str = "paid") -> list[Deal]:
    """Orders that came after the talk began: `within_days` 0 means the same day of the shop."""
    last_day = day_of(talk.opened) + within_days
    return [d for d in talk.deals if (at := getattr(d, by)) >= talk.opened and day_of(at) <= last_day]


def handle_ms(talk: Talk) -> int:
    """Milliseconds of people's work: from what came before to each reply of theirs, long pauses cut."""
    total, before = 0, 0
    for beat in sorted(talk.beats, key=lambda b: b.at):
        if beat.who == AGENT:
            total += min(beat.at - before, _THINK_MS)
        before = beat.at
    return total


def is_complaint(talk: Talk) -> bool:
    return any("service.complaint" in ask.intents for ask in talk.asks) or any(
        s.what == "handoff" and "complain" in s.more for s in talk.steps
    )


def flags_of(talk: Talk) -> dict[str, int]:
    """Every mark and amount that is not zero."""
    marks = _service(talk) | _ratings(talk) | _sales(talk)
    return {name: int(value) for name, value in marks.items() if value}


def _service(talk: Talk) -> dict[str, int]:
    wanted = human_wait(talk) is not None
    replied = any(b.who == AGENT for b in talk.beats)
    bot_talk = any(b.who == BOT for b in talk.beats)
    bot_only = bot_talk and not wanted and not replied
    bad = 0 < talk.rating <= _BAD
    open_end = any(not ask.answered for ask in talk.asks) or any(ask.satisfied is False for ask in talk.asks)
    again = 0 <= talk.around.again_in_s <= _DAY_US // 1_000_000
    buyer = sum(b.who == BUYER for b in talk.beats)
    tickets = [step for step in talk.steps if step.what == "ticket"]
    return {
        "talks": 1,
        "messages": len(talk.beats),
        "buyer_messages": buyer,
        "wanted_people": wanted,
        "received": wanted and (replied or any(s.what == "assigned" for s in talk.steps)),
        "replied": replied,
        "transferred": any(s.what == "transferred" for s in talk.steps),
        "no_service": wanted and not replied,
        "off_duty": wanted and talk.off_duty,
        "bot_talks": bot_talk,
        "bot_only": bot_only,
        "handed": bot_talk and wanted,
        "solved_lax": bot_only and not bad,
        "solved_strict": bot_only and not bad and not open_end and not again,
        "recontact": again,
        "agent_messages": sum(b.who == AGENT for b in talk.beats),
        "buyer_messages_people": buyer if replied else 0,
        "agent_chars": sum(b.chars for b in talk.beats if b.who == AGENT),
        "length_ms": max((b.at for b in talk.beats), default=0) - min((b.at for b in talk.beats), default=0),
        "handle_ms": handle_ms(talk),
        "complaint": is_complaint(talk),
        "tickets": len(tickets),
        "tickets_in_a_day": sum(_is_done_in_a_day(talk, step) for step in tickets),
        "asks": len(talk.asks),
        "open_asks": sum(not ask.answered for ask in talk.asks),
    }


def _ratings(talk: Talk) -> dict[str, int]:
    rated, first = talk.rating > 0, talk.around.first_today
    good, bad = talk.rating >= _GOOD, 0 < talk.rating <= _BAD
    return {
        "invited": talk.invited,
        "invited_or_rated": talk.invited or rated,
        "rated": rated,
        "rated_good": good,
        "rated_low": 0 < talk.rating <= _LOW,
        "rated_bad": bad,
        "rated_first": rated and first,
        "rated_good_first": good and first,
        "rated_bad_first": bad and first,
    }


def _sales(talk: Talk) -> dict[str, int]:
    marks: dict[str, int] = {}
    if is_inquiry(talk) and talk.around.first_inquiry_today:
        same_day, ordered = bought(talk, 0), bought(talk, 3, by="created")
        marks = {
            "inquiry_buyers": 1,
            "inquiry_paid_day": bool(same_day),
            "inquiry_paid_next": bool(bought(talk, 1)),
            "inquiry_paid_final": bool(bought(talk, 7)),
            "inquiry_ordered": bool(ordered),
            "inquiry_shipped": any(deal.shipped for deal in ordered),
            "inquiry_fen_day": sum(d.amount for d in same_day),
        }
    won = [d for d in talk.deals if d.id in talk.around.mine]
    marks["sales_fen"] = sum(d.amount for d in won)
    marks["sales_refunded_fen"] = sum(d.refunded for d in won)
    marks["sales_net_fen"] = marks["sales_fen"] - marks["sales_refunded_fen"]
    if won and handled_by(talk) == "bot":
        marks["night_orders"] = sum(d.off_hours for d in won)
        marks["night_fen"] = sum(d.amount - d.refunded for d in won if d.off_hours)
    return marks
