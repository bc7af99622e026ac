"""Nobody comes (没人接): the question is kept as a ticket with a promise, and the bot goes on.

What the buyer asked while he waited was answered in drafts that nobody sent. Those that the bot is sure of are said
now, each with the words that it answers; the rest is the ticket's, and so is whatever called for people in the first
place. Said once: what was said is no open draft any more, and the same answer does not come again.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from xiaoer.kernel.commerce import Order
from xiaoer.kernel.events import Event
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.memory import Memory
from xiaoer.kernel.reply import ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.kernel.worktime import BusinessHours
from xiaoer.slices.assist.rules import opening
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation, Message, StoredTurn
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import words
from xiaoer.slices.desk.types import Case, LeaveTicket
from xiaoer.slices.insights import api as insights
from xiaoer.slices.policies.rules.handoff import AWAY
from xiaoer.slices.policies.rules.picking import order_told
from xiaoer.slices.tickets import api as tickets
from xiaoer.slices.tickets.rules import filling
from xiaoer.slices.tickets.types import Draft, Form

_LOOK_BACK = 5  # turns of the talk that a ticket tells, and whose drafts are said
_ASKED_FOR = "requested"  # the buyer only wanted a person; every other reason names a matter that is theirs


def leave_ticket(
    connection: Connection,
    conversation: Conversation,
    case: Case,
    route: LeaveTicket,
    orders: tuple[Order, ...],
    hours: BusinessHours,
    forms: dict[str, Form],
    now: datetime,
) -> None:
    """Take the question as a ticket, give the talk back to the bot, and say what it can answer of what was asked."""
    shop, id_ = conversation.shop, conversation.id
    turns = owners.recent_turns(connection, shop, id_, _LOOK_BACK)
    _, recent = conversations.load_recent(connection, shop, id_)
    is_told = _is_told(turns, recent)
    text, segments = _asked(turns)
    intents = [segment.intent for segment in segments]
    type_ = "complaint" if case.skill == "complaints" else filling.form_for(forms, intents)
    about = conversation.memory.order_in_focus(conversation.context.order_id)
    order = order_told(orders, segments, about, now) or (orders[0] if len(orders) == 1 else None)
    fields = filling.prefill(forms[type_], segments, text, order) | ({"about": text} if text else {})
    matter = next((s.text for s in segments if s.intent in forms[type_].intents), "")
    draft = Draft(
        type_,
        conversation.buyer_id,
        id_,
        order.id if order else "",
        title=filling.title_of(forms[type_], fields, filling.goods_of(order), matter),
        fields=fields,
        note=text,
    )
    opened = tickets.open_ticket(connection, shop, forms, draft, hours, now)
    said = words.left_as_ticket(opened.ticket.no, route.opens_at, opened.ticket.due_at, now, is_told=is_told)
    conversations.say(connection, shop, id_, "bot", "", [ReplyPart(TextContent(said), said)], now)
    owners.give_to_bot(connection, shop, id_, now)
    desk.save_case(connection, shop, msgspec.structs.replace(case, queued_at=None, told_position=0))
    data = {"ticket_id": opened.ticket.id, "type": type_, "appended": opened.appended}
    facts = [
        _fact(shop, "ticket.appended" if opened.appended else "ticket.opened", now, conversation, **data),
        _fact(shop, "conversation.returned", now, conversation, by="nobody_on_duty"),
    ]
    facts += _answer_meanwhile(connection, conversation, _unanswered(turns, recent, case), now)
    insights.append(connection, shop, facts)


def _is_told(turns: list[StoredTurn], recent: tuple[Message, ...]) -> bool:
    """Whether the answer to the buyer's last message told already that it is noted, and when people are back."""
    if not turns:
        return False
    asked = next((str(m.id) for m in reversed(recent) if m.author == "buyer"), "")
    acts = turns[0].trace.get("acts") or ()
    return asked in turns[0].message_ids and any(template.endswith(AWAY) for _, _, template, _ in acts)


def _answer_meanwhile(
    connection: Connection,
    conversation: Conversation,
    unanswered: dict[str, list[tuple[StoredTurn, str]]],
    now: datetime,
) -> list[Event]:
    """Say each answer once, with all the words that it answers."""
    shop, facts = conversation.shop, []
    for asked in unanswered.values():
        turn = asked[-1][0]
        draft: dict[str, Any] = turn.trace["draft"]
        lead = words.meanwhile([text for _, text in asked])
        parts = [ReplyPart(TextContent(lead), lead), *msgspec.convert(draft["parts"], list[ReplyPart])]
        memory = msgspec.convert(draft["memory"], Memory) if draft.get("memory") else None
        meta = {**draft["meta"], "by": "nobody_on_duty"}
        owners.send_draft(connection, shop, conversation, turn.id, parts, meta, memory, now)
        said = {"author": "bot", "turn_id": turn.id, "count": len(parts), "mode": "auto"}
        facts.append(_fact(shop, "message.sent", now, conversation, **said))
    return facts


def _unanswered(
    turns: list[StoredTurn], recent: tuple[Message, ...], case: Case
) -> dict[str, list[tuple[StoredTurn, str]]]:
    """The drafts that the bot is sure of, since anybody spoke: by their text, the turns with the buyer's words."""
    spoken = max((m.seq for m in recent if m.author in ("agent", "bot")), default=0)
    open_ = {str(m.id): m.text for m in recent if m.seq > spoken and m.author == "buyer"}
    said = {m.text for m in recent if m.author == "bot"}
    theirs = set() if case.reason == _ASKED_FOR else set(case.intents)
    found: dict[str, list[tuple[StoredTurn, str]]] = {}
    for turn in reversed(turns):
        asked = [open_[id_] for id_ in turn.message_ids if id_ in open_]
        draft = turn.trace.get("draft") or {}
        if not asked or not draft.get("is_sure") or draft["text"] in said:
            continue
        intents = draft["meta"]["intents"]
        if opening.is_matter(intents) and not theirs & set(intents):
            found.setdefault(draft["text"], []).append((turn, " ".join(asked)))
    return found


def _asked(turns: list[StoredTurn]) -> tuple[str, list[Segment]]:
    """What the buyer asked in these turns (newest first), in his order, and its segments, newest first.

    「转人工」 alone is no question: what was asked before it is.
    """
    heard: list[dict[str, Any]] = [turn.trace.get("heard") or {} for turn in turns]
    read = [(str(one.get("normal", "")), msgspec.convert(one.get("segments", []), list[Segment])) for one in heard]
    asked = [(text, segments) for text, segments in read if opening.is_matter([s.intent for s in segments])] or read[:1]
    text = "；".join(dict.fromkeys(text for text, _ in reversed(asked) if text))
    return text, [segment for _, segments in asked for segment in segments]


def _fact(shop: ShopId, type_: str, now: datetime, conversation: Conversation, **data: object) -> Event:
    return desk.fact(shop, type_, now, conversation.id, conversation.buyer_id, **data)
