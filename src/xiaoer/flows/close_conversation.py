"""A talk ends or goes back to the bot (结束与转回): filed, the buyer told, a rating asked for when that is decent."""

from collections.abc import Sequence
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
from xiaoer.slices.conversations.glances import Glance, glances
from xiaoer.slices.conversations.spoken import STARS
from xiaoer.slices.conversations.types import Conversation
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.rules import closing, ownership, words
from xiaoer.slices.desk.rules.closing import Talk
from xiaoer.slices.desk.types import Case, DeskSettings
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Principal
from xiaoer.slices.tickets import api as tickets

_LOOKED_AT = 500  # silent talks of each owner that one round looks at
_AT_ONCE = 20  # closed in one write, so that no buyer's message waits long behind them
_ASKED_WITHIN = timedelta(hours=12)  # after that a buyer has forgotten what he would rate
_FELT = 5  # newest turns whose feeling still counts
_QUESTION = "这次服务您还满意吗？点几颗星告诉我们就好。"


class SuggestedWrapUp(msgspec.Struct, frozen=True):
    """A wrap-up code; `no_invite` is why no rating would be asked for: "off" by the shop, else `InviteRefusal`."""

    code: str
    label: str
    no_invite: str | None


class CloseConversation:
    """Close, return, and close what has fallen silent."""

    def __init__(self, db: Database, clock: Clock, bot_idle: timedelta) -> None:
        self._db = db
        self._clock = clock
        self._bot_idle = bot_idle

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
                by = (who.staff_id, who.name)
                kept = desk.note(connection, who.shop, current.id, current.last_seq, by, note, now)
                insights.append(connection, who.shop, [desk.noted(kept, who.shop, current.buyer_id)])
            asks = invite and desk.get_settings(connection, who.shop).csat
            return _close(connection, current, wrap_up, "agent", now, invite=asks)

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

    async def suggest(self, who: Principal, conversation_id: str) -> SuggestedWrapUp:
        """The wrap-up code that fits best, and why the buyer would not be asked for a rating."""
        now = self._clock.now()

        def query(connection: Connection) -> SuggestedWrapUp:
            talk = _talk(connection, _existing(connection, who.shop, conversation_id))
            best = closing.suggest_wrap_up(talk)
            asks = desk.get_settings(connection, who.shop).csat
            return SuggestedWrapUp(best.code, best.label, closing.refuse_invite(talk, now) if asks else "off")

        return await self._db.read(query)

    async def idle(self, shop: ShopId) -> list[str]:
        """Close what people hold and the buyer has left, and what the bot has answered; return the ids.

        Only a talk that the bot alone had ends with the question for a rating: an agent asks when he closes.
        """
        now = self._clock.now()

        def query(connection: Connection) -> list[str]:
            settings, silent = desk.get_settings(connection, shop), []
            for state in ("agent", "bot"):
                limit = self._limit(state, settings)
                longest = owners.longest_silent(connection, shop, state, _LOOKED_AT)
                silent += [(c, limit) for c in longest if now - c.last_at > limit]
            seen = glances(connection, shop, [c.id for c, _ in silent])
            return [
                str(c.id)
                for c, limit in silent
                if closing.may_close_idle(c.state, _left_by(seen[c.id]), now - c.last_at, limit)
            ]

        silent = await self._db.read(query)
        done: list[str] = []
        for first in range(0, len(silent), _AT_ONCE):
            some = silent[first : first + _AT_ONCE]
            done += await self._db.write(lambda c, some=some: self._close_silent(c, shop, some, now))  # type: ignore[misc]
        return done

    def _limit(self, state: str, settings: DeskSettings) -> timedelta:
        return self._bot_idle if state == "bot" else timedelta(seconds=settings.idle_close_s)

    def _close_silent(self, connection: Connection, shop: ShopId, ids: Sequence[str], now: datetime) -> list[str]:
        settings, done = desk.get_settings(connection, shop), []
        for current in owners.by_ids(connection, shop, ids):
            silent_for = now - current.last_at
            if current.state in ("agent", "bot") and silent_for > self._limit(current.state, settings):
                asks = settings.csat_bot and current.state == "bot" and silent_for < _ASKED_WITHIN
                _close(connection, current, "" if current.state == "bot" else "buyer_left", "idle", now, invite=asks)
                done.append(str(current.id))
        return done


def _close(
    connection: Connection, current: Conversation, wrap_up: str, by: str, now: datetime, *, invite: bool
) -> Conversation:
    shop = current.shop
    case = desk.get_case(connection, shop, current.id) or Case(shop, current.id, "")
    if current.state != "bot":  # nobody said goodbye to the bot, so nothing is said
        text = words.closed()
        parts = [ReplyPart(TextContent(text), text)]
        conversations.say(connection, shop, current.id, "event", "", parts, now)
    talk = msgspec.structs.replace(_talk(connection, current), wrap_up=wrap_up)
    invited = invite and closing.refuse_invite(talk, now) is None
    if invited:
        card = ReplyPart(CsatCard(_QUESTION), _QUESTION)
        conversations.say(connection, shop, current.id, "bot", "", [card], now, f"{STARS}{current.id}")
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
    heard = [turn.trace.get("heard") or {} for turn in owners.recent_turns(connection, shop, current.id, _FELT)]
    anger, score = closing.lasting_feeling(heard)
    own = [c.id for c in owners.of_buyer(connection, shop, current.buyer_id, 50)]
    spoken = [m for m in messages if m.author != "event"]
    answered = {intent for m in messages if m.author == "bot" for intent in m.meta.get("intents", ())}
    is_bot = current.state == "bot"
    return Talk(
        answers=sum(m.author in ("agent", "bot") for m in messages),
        last_author=spoken[-1].author if spoken else "",
        anger=anger,
        score=score,
        rated=current.csat is not None,
        invited_at=desk.last_invited_at(connection, shop, own),
        open_tickets=sum(
            t.conversation_id == current.id for t in tickets.open_of_buyer(connection, shop, current.buyer_id)
        ),
        intents=tuple(segment.get("intent", "") for segment in (heard[0] if heard else {}).get("segments", ())),
        awaits_buyer=bool(spoken) and spoken[-1].author == "agent" and closing.awaits_answer(spoken[-1].text),
        is_open=current.state == "queued"  # he still waits for somebody
        or (is_bot and bool(current.memory.matters or current.unsatisfied or current.unsure)),
        is_small_talk=is_bot and all(intent.startswith("chat.") for intent in answered),
    )


def _existing(connection: Connection, shop: ShopId, conversation_id: str) -> Conversation:
    found = conversations.get(connection, shop, conversation_id)
    if found is None:
        raise NotFound("Conversation", conversation_id)
    return found


def _left_by(glance: Glance) -> str:
    """Who spoke last; nobody where the buyer's last words ask for nothing (好的谢谢)."""
    return glance.last_author if glance.open_asks or glance.last_author != "buyer" else ""
