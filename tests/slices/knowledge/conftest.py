"""A shop's knowledge on a real in-memory database, with a small real text analyser."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import opencc
import pytest
from pypinyin import lazy_pinyin

from xiaoer.infra.db import Database, metadata
from xiaoer.kernel.heard import TextForms
from xiaoer.slices.knowledge.api import Knowledge
from xiaoer.slices.knowledge.service import EntryService

_TO_SIMPLIFIED = opencc.OpenCC("t2s").convert


class PlainAnalyser:
    """Width aside, what every analyser does: simplified script, lower case, no punctuation, toneless sounds."""

    def forms(self, text: str) -> TextForms:
        normal = re.sub(r"[^0-9a-z\u3400-\u9fff]+", " ", _TO_SIMPLIFIED(text.lower())).strip()
        compact = normal.replace(" ", "")
        han = "".join(re.findall(r"[\u3400-\u9fff]", compact))
        return TextForms(normal, compact, " ".join(lazy_pinyin(han)))


class SteppedClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 18, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def step(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def analyser() -> PlainAnalyser:
    return PlainAnalyser()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    opened = Database("sqlite://")
    with opened.transaction() as connection:
        metadata.create_all(connection)
    yield opened
    await opened.close()


@pytest.fixture
def entries(database: Database, clock: SteppedClock) -> EntryService:
    return EntryService(database, clock)


@pytest.fixture
def open_worker(database: Database, analyser: PlainAnalyser) -> Callable[[], Knowledge]:
    """Every call is another worker with its own memory."""
    return lambda: Knowledge(database, analyser)


@pytest.fixture
def knowledge(open_worker: Callable[[], Knowledge]) -> Knowledge:
    return open_worker()
