"""Knowledge is filled fast (快速建库): texts, documents and old chats become candidates that a person reviews.

Reading and clustering run in a thread, so that buyers are answered meanwhile; nothing becomes an entry here.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Protocol

import msgspec
from msgspec import Struct

from xiaoer.infra.db import Database
from xiaoer.infra.documents import Block, BrokenDocument, read_document, read_text
from xiaoer.infra.idgen import new_id
from xiaoer.infra.sheets import BrokenSheet, decode_text
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.heard import Heard, TextForms
from xiaoer.kernel.ids import BuyerId, ConversationId, MessageId, ShopId
from xiaoer.kernel.turn import BuyerMessage, TextContent, Turn
from xiaoer.slices.conversations import past
from xiaoer.slices.conversations.types import Conversation, Message
from xiaoer.slices.imports.types import ImportRun
from xiaoer.slices.knowledge.candidates import mining
from xiaoer.slices.knowledge.candidates.chatlog import ChatLine, Talk, parse_chatlog
from xiaoer.slices.knowledge.candidates.rules import find_questions
from xiaoer.slices.knowledge.candidates.service import Candidates
from xiaoer.slices.knowledge.candidates.types import Earlier, Evidence, Origin, Proposal, Proposed
from xiaoer.slices.privacy import api as privacy

_SHEETS = (".csv", ".tsv", ".xlsx", ".jsonl", ".ndjson")
_READ = 200  # conversations of one read
_MOST_TALKS = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Tell = Callable[[int, int], None]  # hears (conversations understood, of how many); may be called in a thread


def _silent(done: int, total: int) -> None:
    """Nobody watches."""


class Understands(Protocol):
    """Understanding, as this flow needs it."""

    def understand(self, turn: Turn) -> Heard: ...
    def forms(self, text: str) -> TextForms: ...
    def intent_of(self, text: str, /) -> str: ...


class ImportsFiles(Protocol):
    """The importer, which keeps old conversations."""

    async def import_file(
        self, shop: ShopId, source: bytes, *, name: str = "", kind: str = "", by: str = ""
    ) -> ImportRun: ...


class Filled(Struct, frozen=True):
    """What an intake found: candidates in all, new ones, ones known before; conversations read; what to know."""

    batch: str
    kind: str
    found: int
    added: int
    known: int
    conversations: int = 0
    warnings: tuple[str, ...] = ()
    earlier: Earlier | None = None


class FillKnowledge:
    """Turns what a shop has at hand into candidates of a `batch`; `tell` hears how far it is."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        understanding: Understands,
        candidates: Candidates,
        importer: ImportsFiles,
        questions: Mapping[str, str],
    ) -> None:
        self._db = db
        self._clock = clock
        self._understanding = understanding
        self._candidates = candidates
        self._importer = importer
        self._questions = questions

    async def from_text(
        self, shop: ShopId, text: str, name: str, by: str, *, batch: str = "", tell: Tell = _silent
    ) -> Filled:
        """Questions and answers of a pasted text; a pasted chat is taken as one.

        Raises:
            BrokenDocument: there is no text, or too much.
        """
        if not text.strip():
            raise BrokenDocument("no_text", "没有文字，请先粘贴内容。")
        talks = await asyncio.to_thread(parse_chatlog, text, name or "粘贴的聊天")
        if _is_chat(talks):
            return await self._from_talks(shop, talks, by, 1, batch, tell)
        blocks = await asyncio.to_thread(read_text, text, ".md")
        return await self._from_blocks(shop, blocks, name or "粘贴的文字", "text", by, batch)

    async def from_file(
        self, shop: ShopId, data: bytes, name: str, by: str, *, batch: str = "", tell: Tell = _silent
    ) -> Filled:
        """Questions and answers of a document, a chat export or a file of dialogues, told apart by their content.

        Raises:
            BrokenDocument: it cannot be read, and why.
        """
        suffix = PurePath(name.lower()).suffix
        if suffix in _SHEETS:
            return await self._from_dialogues(shop, data, name, by, batch, tell)
        if suffix in ("", ".txt", ".log", ".md", ".html", ".htm"):
            talks = await asyncio.to_thread(_chat_of, data, name)
            if talks:
                return await self._from_talks(shop, talks, by, 2, batch, tell)
        blocks = await asyncio.to_thread(read_document, data, name)
        return await self._from_blocks(shop, blocks, name, "document", by, batch)

    async def from_conversations(
        self, shop: ShopId, days: int, by: str, least: int = 2, *, batch: str = "", tell: Tell = _silent
    ) -> Filled:
        """Questions that people answered in the shop's closed conversations of the last `days` days."""
        since = self._clock.now() - timedelta(days=days)
        talks: list[Talk] = []
        after = ""
        while len(talks) < _MOST_TALKS:
            part = await self._db.read(lambda c, after=after: past.with_people(c, shop, since, after, _READ))  # type: ignore[misc]
            talks += [_talk(conversation, lines) for conversation, lines in part]
            if len(part) < _READ:
                break
            after = part[-1][0].id
        return await self._mined(shop, talks, by, least, (), batch, tell)

    async def _from_blocks(
        self, shop: ShopId, blocks: Sequence[Block], name: str, origin: Origin, by: str, batch: str
    ) -> Filled:
        found = await asyncio.to_thread(find_questions, blocks, origin, name[:200], self._question_of)
        batch = batch or new_id()
        kept = await self._candidates.propose(shop, found, by, batch)
        warnings = () if found else ("没有找到问答。可以在原文里写成“问：…答：…”，或给每段加一个标题。",)
        return _filled(batch, origin, kept, 0, warnings)

    async def _from_talks(
        self, shop: ShopId, talks: Sequence[Talk], by: str, least: int, batch: str, tell: Tell
    ) -> Filled:
        """A chat export: kept as closed conversations when it tells times, and mined."""
        rows = [
            {
                "id": talk.id, "at": line.at, "buyer_id": talk.buyer_id[:128], "author": line.author,
                "agent": line.name[:100] if line.author != "buyer" else "", "text": line.text,
            }
            for talk in talks
            for line in talk.lines
            if line.at is not None
        ]  # fmt: skip
        kept = talks
        warnings: tuple[str, ...] = ()
        if rows:
            data = b"\n".join(map(msgspec.json.encode, rows))
            await self._importer.import_file(shop, data, name="dialogues.jsonl", kind="dialogues", by=by)
            kept = [msgspec.structs.replace(talk, id=past.conversation_id_of(talk.id)) for talk in talks]
        else:
            warnings = ("聊天里没有日期，只用来找问答，没有存成历史会话。",)
        return await self._mined(shop, kept, by, least if len(talks) > 1 else 1, warnings, batch, tell, bool(rows))

    async def _from_dialogues(self, shop: ShopId, data: bytes, name: str, by: str, batch: str, tell: Tell) -> Filled:
        run = await self._importer.import_file(shop, data, name=name, kind="dialogues", by=by)
        if run.status != "done":
            raise BrokenDocument(run.error_code or "broken_file", run.error or "这个文件没有导入成功。")
        filled = await self.from_conversations(shop, 36_500, by, batch=batch, tell=tell)
        refused = (f"有 {run.refused} 行没有导入：{run.refusals[0].text}",) if run.refusals else ()
        return msgspec.structs.replace(filled, warnings=(*filled.warnings, *refused))

    async def _mined(
        self,
        shop: ShopId,
        talks: Sequence[Talk],
        by: str,
        least: int,
        warnings: tuple[str, ...],
        batch: str,
        tell: Tell,
        are_kept: bool = True,
    ) -> Filled:
        found: tuple[Proposal, ...] = await asyncio.to_thread(
            mining.mine,
            talks,
            self._understand(shop),
            self._understanding,
            privacy.mask_text,
            least_conversations=least,
            tell=tell,
        )
        if not are_kept:
            found = tuple(msgspec.structs.replace(one, evidence=_unlinked(one.evidence)) for one in found)
        batch = batch or new_id()
        kept = await self._candidates.propose(shop, found, by, batch)
        if not found:
            warnings = (*warnings, "没有找到两段以上会话都问过、并且有人工回答的问题。")
        return _filled(batch, "chat", kept, len(talks), warnings)

    def _question_of(self, sentence: str) -> str:
        return self._questions.get(self._understanding.intent_of(sentence), "")

    def _understand(self, shop: ShopId) -> Callable[[Sequence[str]], list[tuple[str, str]]]:
        def understand(texts: Sequence[str]) -> list[tuple[str, str]]:
            burst = tuple(BuyerMessage(MessageId(str(n)), TextContent(text), _EPOCH) for n, text in enumerate(texts))
            turn = Turn(shop, ConversationId(""), BuyerId(""), past.CHANNEL, burst)
            return [(segment.text, segment.intent) for segment in self._understanding.understand(turn).segments]

        return understand


def _filled(batch: str, kind: str, kept: Proposed, talks: int, warnings: tuple[str, ...]) -> Filled:
    earlier = kept.earlier if not kept.added else None
    return Filled(batch, kind, kept.added + kept.known, kept.added, kept.known, talks, warnings, earlier)


def _unlinked(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Evidence from talks that were not kept: there is nothing to open."""
    return tuple(msgspec.structs.replace(one, conversation_id="") for one in evidence)


def _is_chat(talks: Sequence[Talk]) -> bool:
    """Whether a text is a chat: somebody of the shop answers somebody else."""
    lines = sum(len(talk.lines) for talk in talks)
    return lines >= 2 and any({"buyer", "agent"} <= {line.author for line in talk.lines} for talk in talks)


def _chat_of(data: bytes, name: str) -> tuple[Talk, ...]:
    try:
        talks = parse_chatlog(decode_text(data), PurePath(name).stem[:60])
    except BrokenSheet:
        return ()
    return talks if _is_chat(talks) else ()


def _talk(conversation: Conversation, lines: Sequence[Message]) -> Talk:
    said = tuple(
        ChatLine(line.author, line.author_name, line.text, line.at)
        for line in lines
        if line.author in ("buyer", "agent", "bot") and line.text
    )
    return Talk(str(conversation.id), str(conversation.buyer_id), said, conversation.context.product_id or "")
