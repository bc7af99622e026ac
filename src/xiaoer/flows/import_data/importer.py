"""Importing files (导入): read and check the whole file, then write what is new or changed, in small steps.

A file that is refused changes nothing: writing begins only after the last row has been read and checked.
Each step writes at most `_CHUNK` rows through the group commit, so that buyers are answered in between.
Rows are compared by content hash, so the same file again writes nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.flows.import_data.cells import BadCell
from xiaoer.flows.import_data.dialogues import DialogueIntake, join_lines
from xiaoer.flows.import_data.kinds import KINDS, Kind, Reference, kind_of_stem
from xiaoer.flows.import_data.parse import Parsed, ParsedRow, bad_cell, parse_sheet
from xiaoer.flows.import_data.ports import Check, Guard, KnowsSame, Sink, Vet
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.sheets import BrokenSheet, read_sheet
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.buyers.store import BuyerSink
from xiaoer.slices.catalog.store import ProductSink, VariantSink
from xiaoer.slices.imports import store as runs
from xiaoer.slices.imports.types import ImportRun, Refusal
from xiaoer.slices.orders.store.sinks import order_line_sink, order_sink, parcel_sink, refund_sink

T = TypeVar("T")
Progress = Callable[[int, int], None]

_CHUNK = 400  # rows of one write: 10 to 15 ms on one core, so that buyers are answered in between
_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".jsonl", ".ndjson", ".json", ".toml"})
_MAX_BYTES = 268_435_456


OWN_SINKS: Mapping[str, Sink] = {
    "buyers": BuyerSink(),
    "products": ProductSink(),
    "variants": VariantSink(),
    "orders": order_sink,
    "order_items": order_line_sink,
    "shipments": parcel_sink,
    "refunds": refund_sink,
    "dialogues": DialogueIntake(),
}


class Importer:
    """Imports files into one database.

    `sinks` adds the kinds that other slices keep (knowledge, promotions). `checks` may refuse a
    typed row of a kind before anything is written: None is fine, else the reason, which ends the sentence
    「第 37 行：…，已跳过」.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sinks: Mapping[str, Sink] | None = None,
        checks: Mapping[str, Check] | None = None,
        max_bytes: int = _MAX_BYTES,
    ) -> None:
        self._db = db
        self._clock = clock
        self._sinks = {**OWN_SINKS, **(sinks or {})}
        self._checks = dict(checks or {})
        self._max_bytes = max_bytes
        self.guards: dict[str, Guard] = {}
        self.vets: dict[str, Vet] = {}

    async def import_folder(
        self, shop: ShopId, folder: Path, *, strict: bool = False, by: str = "", progress: Progress | None = None
    ) -> list[ImportRun]:
        """Import every file of a folder, what is referred to first; `progress` starts again with each file."""
        order = list(KINDS)
        files: list[tuple[int, str, Path]] = []
        for path in await asyncio.to_thread(lambda: list(folder.iterdir())):
            if path.suffix.lower() in _SUFFIXES and path.is_file() and not path.name.startswith((".", "~")):
                kind = kind_of_stem(path.stem)
                files.append((order.index(kind.name) if kind else len(order), path.name, path))
        return [
            await self.import_file(shop, path, strict=strict, by=by, progress=progress) for _, _, path in sorted(files)
        ]

    async def begin(self, shop: ShopId, name: str, *, kind: str = "", strict: bool = False, by: str = "") -> ImportRun:
        """Keep a run that is about to begin, so that it can be watched from now on."""
        found, file = _kind_of(name, kind), PurePath(name).name[:255]
        run = ImportRun(new_id(), found.name if found else "", file, "running", strict, self._clock.now(), by)
        await self._db.write(lambda c: runs.add(c, shop, run))
        return run

    async def import_file(
        self,
        shop: ShopId,
        source: Path | bytes,
        *,
        name: str = "",
        kind: str = "",
        strict: bool = False,
        by: str = "",
        progress: Progress | None = None,
        begun: ImportRun | None = None,
        override: str = "",
    ) -> ImportRun:
        """Import one file and return the finished run, which is also kept in the shop's history.

        `name` is the file's name when `source` is bytes; its stem tells the kind when `kind` is empty.
        `progress` hears (rows done, rows in all); reading and writing count half each. `strict` refuses
        the file at its first bad row. `begun` is what `begin` kept before. `override` is for the kind's guard.
        """
        name = name or (source.name if isinstance(source, Path) else "")
        found = _kind_of(name, kind)
        run = begun or await self.begin(shop, name, kind=kind, strict=strict, by=by)
        if found is None:
            names = "、".join(kind.label for kind in KINDS.values())
            return await self._end(shop, _refused(run, "unknown_kind", f"看不出这个文件是什么，请指明种类：{names}。"))
        if found.name not in self._sinks:
            return await self._end(shop, _refused(run, "kind_not_kept", f"现在还不能导入“{found.label}”。"))
        try:
            return await self._import(shop, run, found, source, name, progress, override)
        except Exception:
            text = "写入时出错停下了，已经写入的部分还在，再导入一次同样的文件就能补全。"
            await self._end(shop, replace(run, status="failed", error=text, error_code="write_failed"))
            raise

    async def _import(
        self,
        shop: ShopId,
        run: ImportRun,
        kind: Kind,
        source: Path | bytes,
        name: str,
        progress: Progress | None,
        override: str,
    ) -> ImportRun:
        tell = progress or (lambda done, total: None)
        loop = asyncio.get_running_loop()

        def report(read: int, total: int) -> None:
            loop.call_soon_threadsafe(tell, read // 2, total)

        try:
            parsed, total = await asyncio.to_thread(self._parse, kind, source, name, run.strict, report)
        except BrokenSheet as error:
            return await self._end(shop, _refused(run, error.reason, error.detail))
        await self._check_references(shop, kind, parsed, run.strict)
        await self._vet(shop, kind, parsed, run.strict)
        run = replace(
            run,
            total=total,
            refused=parsed.refused,
            refusals=tuple(parsed.refusals),
            warnings=tuple(parsed.warnings),
        )
        if parsed.error_code:
            return await self._end(shop, _refused(run, parsed.error_code, parsed.error))
        guard = self.guards.get(kind.name)
        if guard is not None:
            try:
                await guard(shop, [(row.row, row.hash) for row in parsed.rows], parsed.keep, run.by, override)
            except Conflict as error:
                return await self._end(shop, _refused(run, error.code, error.detail))
        run = await self._write(shop, run, kind, parsed, tell)
        tell(total, total)
        return await self._end(shop, replace(run, status="done", done=total))

    def _parse(self, kind: Kind, source: Path | bytes, name: str, strict: bool, report: Progress) -> tuple[Parsed, int]:
        """Runs in a thread: only reading and checking."""
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > self._max_bytes:
            raise BrokenSheet("too_large", f"文件超过了 {self._max_bytes >> 20} MB，请拆成几个文件分别导入。")
        sheet = read_sheet(source.read_bytes() if isinstance(source, Path) else source, name)
        parsed = parse_sheet(sheet, kind, strict, self._clock.now(), report)
        if kind.name == "dialogues":
            parsed.rows = join_lines(parsed.rows)
        check = self._checks.get(kind.name)
        if check is not None and not parsed.error_code:
            _apply_check(parsed, check, strict)
        return parsed, len(sheet.rows)

    async def _vet(self, shop: ShopId, kind: Kind, parsed: Parsed, strict: bool) -> None:
        """Refuse rows that do not fit this shop (a variable that it does not have)."""
        vet = self.vets.get(kind.name)
        if vet is None or parsed.error_code:
            return
        reasons = await vet(shop, [row.row for row in parsed.rows])
        for row in (row for row in parsed.rows if row.id in reasons):
            column, code, text = reasons[row.id]
            if not parsed.refuse(Refusal(row.line, column, code, f"第 {row.line} 行：{text}，已跳过"), strict):
                return
        parsed.rows = [row for row in parsed.rows if row.id not in reasons]

    async def _check_references(self, shop: ShopId, kind: Kind, parsed: Parsed, strict: bool) -> None:
        """Refuse rows that name something which the shop does not have, or warn about them."""
        for reference in kind.references:
            sink = self._sinks.get(reference.kind)
            if sink is None or parsed.error_code:
                continue
            asked = list(dict.fromkeys(getattr(row.row, reference.field) for row in parsed.rows))
            known: set[str] = {""}
            for part in _chunks(asked):
                known.update(await self._known(sink, shop, part))
                await asyncio.sleep(0)
            lost = [row for row in parsed.rows if getattr(row.row, reference.field) not in known]
            if lost and not reference.refuses:
                label = KINDS[reference.kind].label
                parsed.warnings.append(f"有 {len(lost)} 行写的{label}还没有导入，等{label}导入后才会用上。")
            elif lost:
                _refuse_lost(parsed, kind, reference, lost, strict)

    async def _write(self, shop: ShopId, run: ImportRun, kind: Kind, parsed: Parsed, tell: Progress) -> ImportRun:
        """Write the rows whose hash is new; return the run with its counts."""
        sink, done = self._sinks[kind.name], run.total - len(parsed.rows)
        added = changed = unchanged = 0
        for part in _chunks(parsed.rows):
            known = await self._known(sink, shop, [row.id for row in part])
            fresh = [row for row in part if known.get(row.id) != row.hash]
            if fresh and isinstance(sink, KnowsSame):
                pairs = [(row.row, row.hash) for row in fresh if row.id in known]
                same = await self._db.read(partial(sink.same, shop=shop, rows=pairs, keep=parsed.keep))
                fresh = [row for row in fresh if row.id not in same]
            done += len(part)
            if fresh:
                change = _change(sink, shop, run, fresh, self._clock.now(), parsed.keep, done)
                await self._db.write(change)
            else:
                await asyncio.sleep(0)
            added += sum(row.id not in known for row in fresh)
            changed += sum(row.id in known for row in fresh)
            unchanged += len(part) - len(fresh)
            tell((run.total + done) // 2, run.total)
        return replace(run, added=added, changed=changed, unchanged=unchanged)

    async def _known(self, sink: Sink, shop: ShopId, ids: Sequence[str]) -> dict[str, str]:
        return await self._db.read(lambda c: sink.existing_hashes(c, shop, ids))

    async def _end(self, shop: ShopId, run: ImportRun) -> ImportRun:
        ended = replace(run, finished_at=self._clock.now())
        await self._db.write(lambda c: runs.save(c, shop, ended))
        return ended


def _change(
    sink: Sink,
    shop: ShopId,
    run: ImportRun,
    rows: Sequence[ParsedRow],
    now: datetime,
    keep: frozenset[str],
    done: int,
) -> Callable[[Connection], None]:
    pairs = [(row.row, row.hash) for row in rows]

    def change(connection: Connection) -> None:
        sink.upsert(connection, shop, pairs, now, keep)
        runs.set_done(connection, shop, run.id, done, run.total)

    return change


def _kind_of(name: str, kind: str) -> Kind | None:
    return KINDS.get(kind) if kind else kind_of_stem(PurePath(name).stem)


def _refused(run: ImportRun, code: str, text: str) -> ImportRun:
    return replace(run, status="refused", error_code=code, error=text)


def _chunks(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]


def _apply_check(parsed: Parsed, check: Check, strict: bool) -> None:
    kept: list[ParsedRow] = []
    for row in parsed.rows:
        reason = check(row.row)
        if reason is None:
            kept.append(row)
        elif not parsed.refuse(Refusal(row.line, "", "bad_row", f"第 {row.line} 行：{reason}，已跳过"), strict):
            return
    parsed.rows = kept


def _refuse_lost(parsed: Parsed, kind: Kind, reference: Reference, lost: Sequence[ParsedRow], strict: bool) -> None:
    column = next(column for column in kind.columns if column.field == reference.field)
    error = BadCell(f"unknown_{reference.field.removesuffix('_id')}", f"不在已导入的{KINDS[reference.kind].label}里")
    for row in lost:
        if not parsed.refuse(bad_cell(row.line, column, getattr(row.row, reference.field), error), strict):
            return
    gone = {row.line for row in lost}
    parsed.rows = [row for row in parsed.rows if row.line not in gone]
