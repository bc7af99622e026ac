"""Old conversations are imported (历史会话): lines become closed talks with the same event facts as live ones.

Exports differ in what `id` means. Where lines share an id it names the talk; where every line has its own, the lines
of one buyer belong together until nothing was said for `_PAUSE`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.flows.import_data.parse import ParsedRow
from xiaoer.flows.import_data.rows import DialogueRow
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.assist import api as assist
from xiaoer.slices.conversations import past
from xiaoer.slices.conversations.past import PastLine
from xiaoer.slices.insights import api as insights

_PAUSE = timedelta(hours=6)


def join_lines(rows: list[ParsedRow]) -> list[ParsedRow]:
    """Number the lines of each talk; tell talks apart where every line has an id of its own."""
    pairs = [(parsed, parsed.row) for parsed in rows if isinstance(parsed.row, DialogueRow)]
    if len({row.dialogue_id for _, row in pairs}) == len(pairs) and any(row.buyer_id for _, row in pairs):
        pairs = _by_buyer(pairs)
    numbers: dict[str, int] = {}
    for _, row in pairs:
        numbers[row.dialogue_id] = numbers.get(row.dialogue_id, 0) + 1
    total, numbers = numbers, {}
    joined = []
    for parsed, row in pairs:
        number = numbers[row.dialogue_id] = numbers.get(row.dialogue_id, 0) + 1
        line = replace(row, number=number, is_last=number == total[row.dialogue_id])
        joined.append(ParsedRow(parsed.line, parsed.id, parsed.hash, line))
    return joined


def _by_buyer(pairs: list[tuple[ParsedRow, DialogueRow]]) -> list[tuple[ParsedRow, DialogueRow]]:
    found: list[tuple[ParsedRow, DialogueRow]] = []
    for parsed, row in sorted(pairs, key=lambda pair: (pair[1].buyer_id, pair[1].at, pair[0].line)):
        before = found[-1][1] if found else None
        same = before is not None and row.buyer_id == before.buyer_id != "" and row.at - before.at <= _PAUSE
        found.append((parsed, replace(row, dialogue_id=before.dialogue_id) if same and before else row))
    return found


class DialogueIntake:
    """Takes lines of old talks into the shop's conversations."""

    def existing_hashes(self, connection: Connection, shop: ShopId, ids: Sequence[str], /) -> dict[str, str]:
        return past.hashes(connection, shop, ids)

    def upsert(
        self,
        connection: Connection,
        shop: ShopId,
        rows: Sequence[tuple[Any, str]],
        now: datetime,
        keep: Collection[str] = (),
        /,
    ) -> None:
        lines = [(_line(row, hash_), row.is_last) for row, hash_ in rows]
        past.keep(connection, shop, [line for line, _ in lines])
        insights.append_new(connection, shop, [fact for line, ends in lines for fact in _facts(shop, line, ends)])


def _line(row: DialogueRow, hash_: str) -> PastLine:
    return PastLine(
        row.id, row.dialogue_id, row.number, row.at, row.buyer_id, row.author, row.agent, row.text, hash_
    )  # fmt: skip


def _facts(shop: ShopId, line: PastLine, ends: bool) -> list[Event]:
    talk, buyer = past.conversation_id_of(line.dialogue_id), past.buyer_id_of(line)

    def fact(type_: str, **data: Any) -> Event:
        what = {"channel": past.CHANNEL, "imported": True, **data}
        return Event(shop, f"import:{type_}:{talk}:{line.number}", type_, line.at, talk, buyer, what)

    facts = [fact("conversation.opened", entry=None)] if line.number == 1 else []
    if line.author == "buyer":
        facts.append(fact("message.received", state="agent"))
    else:
        flags = [finding.rule_id for finding in assist.check_text(line.text)] if line.author == "agent" else []
        leaves = insights.leaves_of(line.text) if line.author == "agent" else ""
        said = {"agent_id": line.author_name, "chars": len(line.text), "flags": flags, "leaves": leaves}
        if line.author == "agent":
            said["offers"] = insights.offers_of(line.text)
            said["owes_s"] = assist.owed_s(line.text, line.at)
        facts.append(fact("message.sent", author=line.author, count=1, **said))
    return [*facts, fact("conversation.closed", by="import")] if ends else facts
