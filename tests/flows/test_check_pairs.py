"""Entries held against each other: what meets, and how far the check is."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xiaoer
from xiaoer.flows.check_knowledge.pairs import compare_all
from xiaoer.kernel.ids import EntryId
from xiaoer.slices.knowledge.health.kinds import read_kinds
from xiaoer.slices.knowledge.health.meeting import Reading, read_goods, read_wording
from xiaoer.slices.knowledge.health.news import read_news
from xiaoer.slices.knowledge.health.sayings import Reader
from xiaoer.slices.knowledge.retrieval.vectors import direction_of
from xiaoer.slices.knowledge.types import Entry, EntryDraft
from xiaoer.slices.policies.sides.space import space_of
from xiaoer.slices.understanding.api import Understanding

_PACK = Path(xiaoer.__file__).parent / "packs" / "ecommerce"
_WORDS = Understanding.shipped()
_NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)


def _rows(path: str) -> dict[str, Any]:
    return tomllib.loads((_PACK / path).read_text(encoding="utf-8"))


def _reader() -> Reader:
    goods = read_goods(_rows("knowledge/goods.toml")["words"])
    kinds = read_kinds(_rows("knowledge/kinds.toml"), _rows("lexicons/entities.toml"))
    reading = Reading(
        kinds, read_wording(_rows("knowledge/asking.toml")), read_news(_rows("knowledge/news.toml")), *goods
    )
    return Reader(reading, lambda text: direction_of(_WORDS.forms(text)), space_of("matters").place)


def _entries(*said: tuple[str, str]) -> list[Entry]:
    return [Entry(EntryId(f"K{n}"), EntryDraft(*each), 1, "", _NOW, "店长") for n, each in enumerate(said)]


def test_a_check_tells_how_far_it_is_up_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    live = _entries(
        ("帽子可以机洗吗", "可以机洗。"), ("遮阳帽能丢洗衣机洗么", "不能机洗，手洗。"), ("帽子多重", "80克。")
    )
    found = compare_all(live, _NOW, _WORDS, _reader(), lambda done, total: told.append((done, total)))
    assert [one.kind for one in found] == ["conflict"]
    assert told == sorted(told)
    assert told[-1] == (6, 6)


def test_entries_about_two_models_are_not_offered_to_be_merged() -> None:
    live = _entries(("电饭煲A16会掉漆吗", "不会掉漆。"), ("电饭煲A616会掉漆吗", "不会掉漆。"))
    assert compare_all(live, _NOW, _WORDS, _reader()) == []
