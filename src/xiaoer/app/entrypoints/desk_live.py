"""The workbench's live line (WebSocket): a snapshot or what was missed, then everything as it happens.

Frames may be doubled, never lost: each line remembers the last message number it sent of every conversation
and reads what lies between when it sees a gap.
"""

import asyncio
import contextlib
import itertools
from collections import OrderedDict
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from msgspec import Struct

from xiaoer.app.desk_feed import DeskFeed, News, encode
from xiaoer.app.entrypoints.agents import colleagues
from xiaoer.app.entrypoints.desk import groups_of, show_typing
from xiaoer.app.http import read_frame, receive_frame
from xiaoer.app.wiring import Wiring
from xiaoer.flows.show_desk.rows import marked
from xiaoer.flows.show_desk.views import MessageView, Row, agent_view, message_view
from xiaoer.kernel.errors import InvalidBody, Unauthorised, XiaoerError
from xiaoer.slices.conversations import owners
from xiaoer.slices.desk import api as desk
from xiaoer.slices.desk.types import DeskSettings
from xiaoer.slices.shops.types import Principal, Role

router = APIRouter(prefix="/api/v1/desk")
_log = structlog.get_logger(__name__)
_PING_S = 25.0
_TICK_S = 1.0  # how often the slow-reply alarm is looked at
_ALIVE_EVERY = 15  # ticks between signs of life
_BACKLOG = 5_000  # frames that a slow browser may leave unread before it must connect again
_MAX_FRAME = 8_192
_SUPERVISORS = (Role.OWNER, Role.SUPERVISOR)  # who is told of buyers that may write a bad review
_WATCHED = 50  # open conversations a workbench, the oldest is let go


class Frame(Struct, frozen=True):
    """One frame from the workbench."""

    type: str
    conversation_id: str = ""
    after_seq: int = 0
    seq: int = 0
    on: bool = True


class Line:
    """One open workbench."""

    def __init__(self, socket: WebSocket, product: Wiring, who: Principal) -> None:
        self._socket = socket
        self._product = product
        self._feed: DeskFeed = product.desk.feed
        self._who = who
        self.staff_id = who.staff_id
        self.name = who.name
        self._show_presence = partial(product.desk.signals.show_viewers, who.shop)
        self._watched, self._typing = OrderedDict[str, int](), set[str]()
        self._mine, self._sent = dict[str, Row](), dict[str, int]()
        self._frames: asyncio.Queue[dict[str, Any] | News | None] = asyncio.Queue(_BACKLOG)
        self._alarmed: tuple[Any, ...] = ()

    def reads(self, conversation_id: str, assigned_to: str) -> bool:
        return conversation_id in self._watched or assigned_to == self.staff_id

    def offer(self, news: News) -> None:
        self.signal(news)

    def signal(self, frame: dict[str, Any] | News) -> None:
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self._frames.get_nowait()
            self._frames.put_nowait(None)  # too slow: hang up, the browser connects again and resumes

    def viewer(self, conversation_id: str) -> dict[str, Any] | None:
        """How others see me in a conversation."""
        if conversation_id not in self._watched:
            return None
        return {"id": self.staff_id, "name": self.name, "typing": conversation_id in self._typing}

    async def run(self, after: str) -> None:
        """Serve until either side hangs up."""
        self._feed.join(self._who.shop, self)
        beside: list[asyncio.Task[None]] = []
        try:
            await self._hello(after)
            beside = [asyncio.create_task(self._guarded(work)) for work in (self._write(), self._tick())]
            await self._read()
        finally:
            for task in beside:
                task.cancel()
            self._feed.leave(self._who.shop, self)
            for conversation_id in self._watched:
                self._show_presence(conversation_id)
            self._feed.ring(self._who.shop)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the reader; when it fails the line is hung up, and the browser resumes on a new one."""
        try:
            await work
        except (WebSocketDisconnect, RuntimeError):
            return  # the reader notices as well
        except Exception:
            _log.exception("workbench_line_failed", staff=self.staff_id)
            with contextlib.suppress(RuntimeError):
                await self._socket.close(1011)

    async def _hello(self, after: str) -> None:
        shop = self._who.shop
        me = await self._product.desk.agents.appear(self._who)
        about: dict[str, Any] = {
            "me": agent_view(me, connected=True),
            "agents": await colleagues(self._product, self._who),
        }
        if after and self._feed.may_resume(after):
            await self._send(type="resumed", revision=after, **about)
            missed = await self._feed.since(shop, after)
            own = await self._product.desk.rows.groups(shop, self.staff_id)
            self._mine = {row.id: row for row in own["mine"]}
            if missed is not None:
                await self._tell(missed)
            return
        found = await groups_of(self._product, self._who)
        self._mine = {row.id: row for row in found.groups["mine"]}
        self._sent = {row.id: row.last_seq for row in found.groups["mine"]}
        await self._send(type="snapshot", revision=found.revision, **about, groups=found.groups, counts=found.counts)

    async def _write(self) -> None:
        while True:
            frame = await self._frames.get()
            if frame is None:
                await self._socket.close(4408)
                return
            if isinstance(frame, News):
                await self._tell(frame)
            else:
                await self._send(**frame)

    async def _tell(self, news: News) -> None:
        for shared in news.rows:
            mark = news.marks.get((self.staff_id, shared.row.id))
            row = marked(shared, mark)
            mine = row.state == "agent" and row.assigned_to == self.staff_id
            if mine:
                if row.id not in self._mine:
                    self._sent.setdefault(row.id, max(0, row.last_seq - 1))
                self._mine[row.id] = row
            else:
                self._mine.pop(row.id, None)
            if self.reads(row.id, row.assigned_to):
                await self._tell_messages(row.id, news)
            changed: dict[str, Any] = {"type": "conversation.changed", "revision": news.revision, "row": row}
            await self._socket.send_text(encode(changed) if mark else news.frame(f"row {row.id}", **changed))
        for conversation_id, message in news.again:
            if conversation_id in self._watched or conversation_id in self._mine:
                await self._message(conversation_id, message, news)
            if message.author == "note" and f"@{self.name}" in message.text and message.author_name != self.name:
                by, text = message.author_name, message.text
                await self._send(type="mention", conversation_id=conversation_id, by=by, text=text)
        for risk in news.risks if self._who.role in _SUPERVISORS else ():
            await self._send(type="risk", item=risk)
        for ticket in news.tickets:
            await self._send(type="ticket", item=ticket, mine=self.staff_id in ticket.to)
        if news.agents:
            await self._check_session()
            await self._socket.send_text(news.frame("agents", type="agents", items=news.agents))

    async def _check_session(self) -> None:
        """Hang up when the account was switched off, or has another role or password by now."""
        if not await self._product.shops.is_live(self._who.shop, self._who.session_id):
            await self._socket.close(4401)
            raise WebSocketDisconnect(4401)

    async def _tell_messages(self, conversation_id: str, news: News) -> None:
        newest = news.messages.get(conversation_id, ())
        after = self._sent.get(conversation_id, 0)
        if newest and newest[0].seq > after + 1:
            found = await self._product.db.read(
                lambda c: owners.messages_between(c, self._who.shop, conversation_id, after, newest[0].seq)
            )
            newest = (*(message_view(message) for message in found), *newest)
        for message in newest:
            if message.seq > after:
                await self._message(conversation_id, message, news)
                self._sent[conversation_id] = message.seq

    async def _message(self, conversation_id: str, message: MessageView, news: News) -> None:
        about: dict[str, Any] = {"revision": news.revision, "conversation_id": conversation_id, "message": message}
        await self._socket.send_text(news.frame(f"message {message.id}", type="message", **about))

    async def _tick(self) -> None:
        """Once a second: the alarm; now and then: a sign of life, the queue."""
        queue = (0, 0)
        for number in itertools.count(1):
            await asyncio.sleep(_TICK_S)
            settings = await self._product.desk.settings(self._who.shop)
            await self._alarm(settings, number)
            if number % 3 == 0:
                found = await self._feed.queue(self._who.shop)
                if found != queue:
                    queue = found
                    await self._send(type="queue", waiting=queue[0], longest_s=queue[1])
            if number % _ALIVE_EVERY == 0:
                await self._check_session()
                await self._product.desk.agents.appear(self._who)
                for conversation_id in self._watched:
                    self._show_presence(conversation_id)
            if number % int(_PING_S) == 0:
                await self._send(type="ping")

    async def _alarm(self, settings: DeskSettings, number: int) -> None:
        now = self._product.clock.now()
        late = sorted(
            (row.waiting_since, row.id, row.buyer_name)
            for row in self._mine.values()
            if row.waiting_since and row.waiting_since <= now - timedelta(seconds=settings.alarm_of(row.channel))
        )
        told = (settings.alarm_s, settings.alarm_by_channel, *(id_ for _, id_, _ in late))
        if told == self._alarmed and not (late and number % 10 == 0):
            return
        self._alarmed = told
        items = [
            {"conversation_id": id_, "buyer_name": name, "waiting_s": int((now - since).total_seconds())}
            for since, id_, name in late
        ]
        await self._send(type="alarm", threshold_s=told[0], by_channel=told[1], items=items)

    async def _read(self) -> None:
        while True:
            raw = await receive_frame(self._socket)
            try:
                await self._take(read_frame(raw, Frame, _MAX_FRAME))
            except XiaoerError as error:
                self.signal({"type": "error", "code": error.code, "detail": error.detail})

    async def _take(self, frame: Frame) -> None:
        id_ = frame.conversation_id
        match frame.type:
            case "watch" if id_:
                await self._watch(id_, max(0, min(frame.after_seq, 2**31 - 1)))
            case "unwatch" if id_:
                self._watched.pop(id_, None)
                self._typing.discard(id_)
                self._show_presence(id_)
            case "typing" if id_:
                (self._typing.add if frame.on else self._typing.discard)(id_)
                await show_typing(self._product, self._who, id_, on=frame.on)
                self._show_presence(id_)
            case "read" if id_:
                seq = max(0, min(frame.seq, 2**31 - 1))
                await self._product.desk.existing(self._who.shop, id_)
                await self._product.db.write(
                    lambda c: desk.save_mark(c, self._who.shop, self.staff_id, id_, read_seq=seq)
                )
            case "pong":
                return
            case _:
                raise InvalidBody(f"A frame of type {frame.type[:20]} is not known, or lacks its fields.")

    async def _watch(self, id_: str, after: int) -> None:
        await self._product.desk.existing(self._who.shop, id_)
        self._watched[id_] = after
        self._watched.move_to_end(id_)
        if len(self._watched) > _WATCHED:
            self._watched.popitem(last=False)
        self._sent[id_] = after
        found = await self._product.db.read(lambda c: owners.messages_between(c, self._who.shop, id_, after, 2**31 - 1))
        about = {"type": "message", "revision": self._feed.revision(self._who.shop), "conversation_id": id_}
        for message in found:
            self.signal({**about, "message": message_view(message)})
            self._sent[id_] = max(self._sent[id_], message.seq)
        self._show_presence(id_, asks=True)

    async def _send(self, **frame: Any) -> None:
        await self._socket.send_text(encode(frame))


@router.websocket("/ws")
async def live(socket: WebSocket, token: str = "", after: str = "") -> None:
    """The workbench's live line."""
    product: Wiring = socket.app.state.wiring
    await socket.accept()
    try:
        who = await product.shops.staff_principal(token)
    except Unauthorised as error:
        await socket.send_text(encode({"type": "error", "code": error.code, "detail": error.detail}))
        await socket.close(4401)
        return
    try:
        await Line(socket, product, who).run(after)
    except (WebSocketDisconnect, RuntimeError):
        _log.debug("workbench_left", shop=who.shop)
