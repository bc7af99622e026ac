"""Passing signs at the desk (谁在看, 正在输入, 已读): told to every workbench, also those of other processes.

Nothing is kept: who looks at a talk is told anew every quarter of a minute and forgotten when a process falls
silent; a lost "is typing" is followed by the next. Between processes they travel on the bus.
"""

import time
from collections import defaultdict
from typing import Any

from xiaoer.app.desk_feed import DeskFeed
from xiaoer.app.live import Live
from xiaoer.infra.bus import Hint
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.conversations.types import Conversation

_PREFIX = "desk."
_FORGET_S = 40.0  # a process that has said nothing for so long is gone


class Signals:
    """Tells and hears passing signs."""

    def __init__(self, feed: DeskFeed, live: Live) -> None:
        self._feed = feed
        self._live = live
        self._process = new_id()
        # Viewers of a talk by process, each with the moment at which they are forgotten.
        self._seen: defaultdict[tuple[str, str], dict[str, tuple[float, list[Any]]]] = defaultdict(dict)
        self._told: dict[tuple[str, str], list[Any]] = {}

    async def join(self) -> None:
        """Hear what every process tells; call it when the bus is there."""
        await self._live.attach(_PREFIX, self._hear)

    def show_viewers(self, shop: ShopId, conversation_id: str, *, asks: bool = False) -> None:
        """Tell who looks at this talk here; `asks` the other processes to tell the same."""
        listeners = self._feed.listeners(shop)
        viewers = [view for one in listeners if (view := one.viewer(conversation_id)) is not None]
        self._tell(shop, "viewers", conversation_id, viewers=viewers, process=self._process, asks=asks)

    def buyer_types(self, conversation: Conversation) -> None:
        """The buyer is writing; the sign fades by itself."""
        self._tell(conversation.shop, "typing", conversation.id, assigned_to=conversation.assigned_to)

    def buyer_read(self, conversation: Conversation, seq: int) -> None:
        """The buyer has read this far."""
        self._tell(conversation.shop, "read", conversation.id, assigned_to=conversation.assigned_to, seq=seq)

    def viewers(self, shop: str, conversation_id: str) -> list[Any]:
        """Who looks at this talk, in all processes; one person once."""
        now, by_process = time.monotonic(), self._seen.get((shop, conversation_id), {})
        fresh = [viewer for until, viewers in by_process.values() if until > now for viewer in viewers]
        return list({viewer["id"]: viewer for viewer in fresh}.values())

    def _tell(self, shop: ShopId, kind: str, conversation_id: str, **values: Any) -> None:
        payload = {"shop": shop, "kind": kind, "conversation_id": conversation_id, **values}
        self._live.tell(f"{_PREFIX}{shop}", payload)

    def _hear(self, hint: Hint) -> None:
        told = hint.payload
        shop, talk = ShopId(told["shop"]), told["conversation_id"]
        match told["kind"]:
            case "viewers":
                self._hear_viewers(shop, talk, told)
            case "typing":
                self._pass(shop, told, {"type": "typing", "conversation_id": talk, "on": True, "author": "buyer"})
            case "read":
                self._pass(shop, told, {"type": "read", "conversation_id": talk, "seq": told["seq"]})

    def _hear_viewers(self, shop: ShopId, talk: str, told: dict[str, Any]) -> None:
        key, process = (str(shop), talk), told["process"]
        if told["viewers"]:
            self._seen[key][process] = (time.monotonic() + _FORGET_S, told["viewers"])
        else:
            self._seen[key].pop(process, None)
        viewers = self.viewers(shop, talk)
        if viewers != self._told.get(key, []):
            for listener in self._feed.listeners(shop):
                listener.signal({"type": "presence", "conversation_id": talk, "viewers": viewers})
        if viewers:
            self._told[key] = viewers
        else:
            self._told.pop(key, None)
            self._seen.pop(key, None)
        if told["asks"] and process != self._process and self._process in self._seen.get(key, {}):
            self.show_viewers(shop, talk)

    def _pass(self, shop: ShopId, told: dict[str, Any], frame: dict[str, Any]) -> None:
        for listener in self._feed.listeners(shop):
            if listener.reads(told["conversation_id"], told["assigned_to"]):
                listener.signal(frame)
