"""A talk ends or goes back to the bot (结束与转回): filed, the buyer told, a rating asked for when that is decent."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import InvalidBody, NotFound
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.reply import CsatCard, ReplyPart
from xiaoer.kernel.turn import TextContent
from xiaoer.slices.conversations import api as conversations
from xiaoer.slices.conversations import owners
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import closing, ownership, words
from xiaoer.slices.desk.rules.closing import Talk
from xiaoer.slices.desk.types import Case, WrapUp
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal
from xiaoer.slices.tickets import api as tickets

_QUESTION = "这次服务您还满意吗？点几颗星告诉我们就好。"


class CloseConversation:
    """Close, return, and close what has fallen silent."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def close(
        self, who: Principal, conversation_id: str, wrap_up: str, note: str, *, invite: bool
    ) -> Conversation:
        """End the talk under a wrap-up code.

        Raises:
            NotFound: no such conversation. Conflict: closed, or a colleague's. InvalidBody: an unknown code.
        """
        if not closing.is_wrap_up(wrap_up):
            raise InvalidBody(f"Wrap-up code {wrap_up[:40]} is not known. Ask GET /api/v1/desk/wrap-ups.")
        now = self._clock.now()

        def change(connection: Connection) -> Conversation:
            current = _existing(connection, who.shop, conversation_id)
            ownership.check_pass_on(current.id, current.state, current.assigned_to, who.staff_id, who.role.value)
            if note:
                desk.note(connection, who.shop, current.id, current.last_seq, (who.staff_id, who.name), note, now)
            return _close(connection, current, wrap_up, "agent", now, invite=invite)

        return await self._db.write(change)

    async def give_to_bot(self, who: Principal, conversation_id: str) -> Conversation:
        """Let the bot go on with a clean slate.

        Raises:
            NotFound: no such conversation. Conflict: closed, or a colleague's.
        """
        now = self._clock.now()

        def change(connection: Connection) -> Conversation:
            current = _existing(connection, who.shop, conversation_id)
            ownership.check_pass_on(current.id, current.state, current.assigned_to, who.staff_id, who.role.value)
            if current.state == "bot":
                return current
            text = words.returned()
            conversations.say(connection, who.shop, current.id, "event", "", [ReplyPart(TextContent(text), text)], now)
            returned = owners.give_to_bot(connection, who.shop, current.id, now)
            case = desk.get_case(connection, who.shop, current.id)
            if case is not None:
                left = msgspec.structs.replace(
                    case, queued_at=None, assigned_at=None, told_position=0, tried=(), helpers=()
                )
                desk.save_case(connection, who.shop, left)
            data = {"by": "agent", "agent_id": who.staff_id}
            fact = desk.fact(who.shop, "conversation.returned", now, current.id, current.buyer_id, **data)
            insights.append(connection, who.shop, [fact])
            return returned

        return await self._db.write(change)

    async def suggest(self, who: Principal, conversation_id: str) -> WrapUp:
        """The wrap-up code that fits best."""

        def query(connection: Connection) -> Talk:
            return _talk(connection, _existing(connection, who.shop, conversation_id))

        return closing.suggest_wrap_up(await self._db.read(query))

    async def idle(self, shop: ShopId) -> list[str]:
        """Close what people hold and the buyer has left; return the ids."""
        now = self._clock.now()

        def query(connection: Connection) -> list[str]:
            settings = desk.get_settings(connection, shop)
            limit = timedelta(seconds=settings.idle_close_s)
            held = [c for c in owners.of_state(connection, shop, "agent", 5_000) if now - c.last_at > limit]
            glances = owners.glances(connection, shop, [c.id for c in held])
            return [
                str(c.id)
                for c in held
                if closing.may_close_idle(c.state, glances[c.id].last_author, now - c.last_at, limit)
            ]

        silent = await self._db.read(query)

        def change(connection: Connection) -> list[str]:
            settings = desk.get_settings(connection, shop)
            limit = timedelta(seconds=settings.idle_close_s)
            done = []
            for conversation_id in silent:
                current = _existing(connection, shop, conversation_id)
                if current.state == "agent" and now - current.last_at > limit:
                    _close(connection, current, "buyer_left", "idle", now, invite=False)
                    done.append(conversation_id)
            return done

        return await self._db.write(change) if silent else []


def _close(
    connection: Connection, current: Conversation, wrap_up: str, by: str, now: datetime, *, invite: bool
) -> Conversation:
    shop = current.shop
    case = desk.get_case(connection, shop, current.id) or Case(shop, current.id, "")
    text = words.closed()
    parts = [ReplyPart(TextContent(text), text)]
    conversations.say(connection, shop, current.id, "event", "", parts, now)
    talk = msgspec.structs.replace(_talk(connection, current), wrap_up=wrap_up)
    invited = invite and closing.refuse_invite(talk, now) is None
    if invited:
        card = ReplyPart(CsatCard(_QUESTION), _QUESTION)
        conversations.say(connection, shop, current.id, "bot", "", [card], now)
    closed = owners.close(connection, shop, current.id, now)
    kept = msgspec.structs.replace(
        case,
        queued_at=None,
        told_position=0,
        helpers=(),
        wrap_up=wrap_up,
        invited_at=now if invited else case.invited_at,
    )
    desk.save_case(connection, shop, kept)
    data = {"by": by, "wrap_up": wrap_up, "agent_id": current.assigned_to, "invited": invited, "owner": current.state}
    facts = [desk.fact(shop, "conversation.closed", now, current.id, current.buyer_id, **data)]
    if invited:
        facts.append(desk.fact(shop, "csat.invited", now, current.id, current.buyer_id, agent_id=current.assigned_to))
    insights.append(connection, shop, facts)
    return closed


def _talk(connection: Connection, current: Conversation) -> Talk:
    shop = current.shop
    _, messages = conversations.transcript(connection, shop, current.id)
    turn = owners.last_turn(connection, shop, current.id)
    heard = (turn.trace.get("heard") if turn else None) or {}
    feeling = heard.get("sentiment", {})
    own = [c.id for c in owners.of_buyer(connection, shop, current.buyer_id, 50)]
    spoken = [m for m in messages if m.author != "event"]
    return Talk(
        answers=sum(m.author in ("agent", "bot") for m in messages),
        last_author=spoken[-1].author if spoken else "",
        anger=float(feeling.get("anger", 0.0)),
        score=float(feeling.get("score", 0.0)),
        rated=current.csat is not None,
        invited_at=desk.last_invited_at(connection, shop, own),
        open_tickets=sum(
            t.conversation_id == current.id for t in tickets.open_of_buyer(connection, shop, current.buyer_id)
        ),
        intents=tuple(segment.get("intent", "") for segment in heard.get("segments", ())),
    )


def _existing(connection: Connection, shop: ShopId, conversation_id: str) -> Conversation:
    found = conversations.get(connection, shop, conversation_id)
    if found is None:
        raise NotFound("Conversation", conversation_id)
    return found
