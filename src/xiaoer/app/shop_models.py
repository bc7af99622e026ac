"""Models of shops (店铺模型): each made in a process of its own, kept in versions, in force in every worker.

The files lie under `<home>/models/<shop>/`: `<number>.bin` per version and `current` with the number in force. A
version that reads the pack's regression lines worse is never written. Going back is one line in `current`.
"""

import asyncio
import json
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.jobs import Job
from xiaoer.kernel.errors import NotFound, XiaoerError
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.knowledge.service import EntryService
from xiaoer.slices.understanding.model import Model, ModelUnreadable, read_model, write_model
from xiaoer.slices.understanding.pack import shipped_model
from xiaoer.slices.wording import api as wording

LEARN = "understanding.learn"
_log = structlog.get_logger(__name__)
_KEPT = 5  # versions of a shop
_ASKS = 10_000  # questions of the shop's knowledge that are learnt
_PROGRAM = "xiaoer.slices.understanding.training.shop"
_NAME = re.compile(r"[^A-Za-z0-9_-]")


class LearningFailed(XiaoerError):
    """The training process ended without an outcome."""

    code = "learning_failed"
    status = 500


class Lesson(Struct, frozen=True):
    """The outcome: shares of regression lines read rightly `before` and `after`; `version` 0 when it was refused."""

    accepted: bool
    before: float
    after: float
    lines: int
    seconds: float
    version: int = 0


class Version(Struct, frozen=True):
    """A kept version of a shop's model."""

    version: int
    made_at: datetime
    in_use: bool


class ShopModels:
    """Makes and finds the models of shops."""

    def __init__(self, db: Database, home: Path, jobs: Jobs, entries: EntryService) -> None:
        self._db = db
        self._entries = entries
        self._home = home / "models"
        jobs.handle(LEARN, self.work)

    def version(self, shop: ShopId) -> int:
        """The version in force; 0 is the one that came with the program."""
        try:
            return int((self._folder(shop) / "current").read_text())
        except (OSError, ValueError):
            return 0

    def versions(self, shop: ShopId) -> list[Version]:
        """The versions that are kept, newest first."""
        current, paths = self.version(shop), self._folder(shop).glob("*.bin")
        found = [Version(int(path.stem), _made_at(path), int(path.stem) == current) for path in paths]
        return sorted(found, key=lambda one: -one.version)

    def check(self, shop: ShopId, version: int) -> None:
        """
        Raises:
            NotFound: there is no such version of the shop's model.
        """
        if version and not (self._folder(shop) / f"{version}.bin").exists():
            raise NotFound("Model version", str(version), "Ask GET /api/v1/wording/models.")

    def last_lesson(self, shop: ShopId) -> Lesson | None:
        """The outcome of the newest training, also of one that was refused."""
        try:
            return msgspec.json.decode((self._folder(shop) / "last.json").read_bytes(), type=Lesson)
        except (OSError, msgspec.MsgspecError):
            return None

    def model(self, shop: ShopId, version: int | None = None) -> Model:
        """A version, else the model in force; the one that came with the program where that is of an older format."""
        version = self.version(shop) if version is None else version
        path = self._folder(shop) / f"{version}.bin"
        if not version or not path.exists():
            return shipped_model()
        try:
            return read_model(path.read_bytes())
        except ModelUnreadable:  # made by an older program: `xiaoer train` makes a new one
            _log.warning("model_unreadable", shop=shop, version=version)
            return shipped_model()

    def use(self, shop: ShopId, version: int) -> None:
        """Put a version in force; 0 goes back to the one that came with the program."""
        folder = self._folder(shop)
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / "current.new"
        fresh.write_text(str(version))
        fresh.replace(folder / "current")

    async def learn(self, shop: ShopId, *, hold: bool = False) -> Lesson:
        """Train on the pack, on what the shop taught and on the questions of its knowledge; in force unless worse,
        or with `hold` a version that waits to be rehearsed.

        Raises:
            LearningFailed: the training process died.
        """
        lessons = await self._db.read(lambda c: wording.all_of(c, shop))
        rows: list[dict[str, Any]] = [
            {"text": text, "intent": lesson.intent} for lesson in lessons for text in lesson.examples
        ]
        rows += [{"asks": asks} for asks in await self._asks(shop)]
        folder = self._folder(shop)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="xiaoer-learn-") as place:
            sentences, current, new = (Path(place) / name for name in ("rows.jsonl", "current.bin", "new.bin"))
            sentences.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
            await asyncio.to_thread(lambda: current.write_bytes(write_model(self.model(shop))))  # seconds of packing
            outcome = msgspec.json.decode(await _run(sentences, current, new), type=Lesson)
            if not outcome.accepted:
                return self._told(shop, outcome)
            version = max((int(path.stem) for path in folder.glob("*.bin")), default=0) + 1
            (folder / f"{version}.bin").write_bytes(new.read_bytes())
        if not hold:
            self.use(shop, version)
        serving = self.version(shop)
        for old in sorted(folder.glob("*.bin"), key=lambda path: int(path.stem))[:-_KEPT]:
            if int(old.stem) != serving:
                old.unlink()
        return self._told(shop, msgspec.structs.replace(outcome, version=version))

    def _told(self, shop: ShopId, lesson: Lesson) -> Lesson:
        (self._folder(shop) / "last.json").write_bytes(msgspec.json.encode(lesson))
        return lesson

    async def _asks(self, shop: ShopId) -> list[list[str]]:
        """The questions of each published entry that has similar ones, at most `_ASKS` questions in all."""
        found: list[list[str]] = []
        left = _ASKS
        async for entry in self._entries.every(shop):
            if entry.draft.status == "published" and entry.draft.similar and left > 0:
                found.append([entry.draft.question, *entry.draft.similar][:left])
                left -= len(found[-1])
        return found

    async def work(self, job: Job) -> None:
        """The job of kind `LEARN`; a second run learns the same."""
        lesson = await self.learn(job.shop, hold=bool(job.payload.get("hold")))
        _log.info("learnt", shop=job.shop, version=lesson.version, before=lesson.before, after=lesson.after)

    def _folder(self, shop: ShopId) -> Path:
        return self._home / _NAME.sub("_", shop)


def _made_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


async def _run(*paths: Path) -> bytes:
    program = [sys.executable, "-m", _PROGRAM, *map(str, paths)]
    process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    if process.returncode:
        raise LearningFailed(f"Training ended with code {process.returncode}. Its messages stand above in the log.")
    return said
