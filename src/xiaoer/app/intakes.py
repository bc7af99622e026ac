"""Filling the knowledge base in the background (快速建库): an upload is kept, a job reads it, people watch.

Every intake is an import run (`slices/imports`) and a durable job with the same id, which is also the batch of its
candidates. A restart takes the job up again; candidates know their fingerprint, so reading twice adds nothing.
"""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import structlog
from msgspec.structs import replace
from sqlalchemy import Connection

from xiaoer.flows.fill_knowledge import Filled, FillKnowledge, Tell
from xiaoer.infra import jobs
from xiaoer.infra.db import Database
from xiaoer.infra.documents import BrokenDocument
from xiaoer.infra.idgen import new_id
from xiaoer.infra.job_runner import Jobs
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.imports import store as runs
from xiaoer.slices.imports.types import ImportRun, Refusal

_log = structlog.get_logger(__name__)
_KIND = "knowledge.intake"
PREFIX = "intake_"  # begins the kind of such a run; what was found ends it: text, document, chat
_TOLD_S = 0.5  # how often those who watch hear of progress
_TIDY, _LONGEST = timedelta(hours=1), timedelta(hours=2)  # no import takes that long
KNOWN_BEFORE = "known_before"  # the reason of an intake that found nothing new
How = Literal["text", "file", "chats"]


class Intakes:
    """Orders and does intakes."""

    def __init__(self, db: Database, clock: Clock, fill: FillKnowledge, runner: Jobs, folder: Path) -> None:
        self._db = db
        self._clock = clock
        self._fill = fill
        self._folder = folder
        runner.handle(_KIND, self._do)
        runner.every("imports.tidy", _TIDY, self._tidy)

    async def order(
        self, shop: ShopId, how: How, by: str, *, data: bytes = b"", name: str = "", days: int = 0, least: int = 2
    ) -> str:
        """Keep what was sent and order its reading; return the id to watch it under."""
        id_, now = new_id(), self._clock.now()
        if data:
            await asyncio.to_thread(self._keep, id_, data)
        run = ImportRun(id_, f"{PREFIX}{how}", name[:255], "running", False, now, by)
        payload = {"how": how, "name": name, "by": by, "days": days, "least": least}

        def change(connection: Connection) -> None:
            runs.add(connection, shop, run)
            jobs.enqueue(connection, shop, _KIND, payload, at=now, id_=id_)

        await self._db.write(change)
        return id_

    async def _tidy(self, job: jobs.Job) -> None:
        """Say of imports whose process died that they stopped; intakes are taken up again instead."""
        now = self._clock.now()
        await self._db.write(lambda c: runs.fail_unfinished(c, job.shop, now - _LONGEST, now, but=PREFIX))

    def _keep(self, id_: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / id_).write_bytes(data)

    async def _do(self, job: jobs.Job) -> None:
        run = await self._db.read(lambda c: runs.get(c, job.shop, job.id))
        if run is None or run.status != "running":
            return
        far = [0, 0]

        def tell(done: int, total: int) -> None:
            far[:] = done, total

        watching = asyncio.create_task(self._tell(job, far))
        try:
            found = await self._read(job, tell)
            kind, talks = f"{PREFIX}{found.kind}", found.conversations
            counts = {"done": talks, "total": talks, "added": found.added, "unchanged": found.known}
            run = replace(run, status="done", kind=kind, warnings=found.warnings, refusals=_known(found), **counts)
        except BrokenDocument as error:
            run = replace(run, status="refused", error=error.detail, error_code=error.reason)
        except Exception:
            _log.exception("intake_failed", shop=job.shop, intake=job.id)
            text = "读的时候出错停下了，没有改动知识。再试一次；一直不行就看服务器日志。"
            run = replace(run, status="failed", error=text, error_code="intake_failed")
        finally:
            watching.cancel()
        ended = replace(run, finished_at=self._clock.now())
        await self._db.write(lambda c: runs.save(c, job.shop, ended))
        await asyncio.to_thread((self._folder / job.id).unlink, missing_ok=True)

    async def _tell(self, job: jobs.Job, far: list[int]) -> None:
        told = [0, 0]
        while True:
            await asyncio.sleep(_TOLD_S)
            if far != told:
                told = list(far)
                await self._db.write(partial(runs.set_done, shop=job.shop, run_id=job.id, done=told[0], total=told[1]))

    async def _read(self, job: jobs.Job, tell: Tell) -> Filled:
        how, name, by = (str(job.payload[key]) for key in ("how", "name", "by"))
        if how == "chats":
            days, least = int(job.payload["days"]), int(job.payload["least"])
            return await self._fill.from_conversations(job.shop, days, by, least, batch=job.id, tell=tell)
        try:
            data = await asyncio.to_thread((self._folder / job.id).read_bytes)
        except OSError:
            raise BrokenDocument("file_gone", "上传的文件不在这台机器上了，请重新上传。") from None
        if how == "text":
            return await self._fill.from_text(job.shop, data.decode(), name, by, batch=job.id, tell=tell)
        return await self._fill.from_file(job.shop, data, name, by, batch=job.id, tell=tell)


def _known(found: Filled) -> tuple[Refusal, ...]:
    """That nothing in it is new, and in which intake (`column`) it was found before."""
    if (earlier := found.earlier) is None:
        return ()
    on = earlier.at.astimezone(SHOP_ZONE)
    what = "这份文档" if found.kind == "document" else "这些内容"
    text = f"{what} {on.month} 月 {on.day} 日已经导入过，{earlier.found} 条候选里 {earlier.decided} 条已处理。"
    return (Refusal(0, earlier.batch, KNOWN_BEFORE, text),)
