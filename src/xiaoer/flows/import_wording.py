"""A file of a shop's own words (词表导入): every row is a lesson, kept or refused with the reason.

Columns by name: 词 and 意思 teach a word; 意图 and 说法 (one or several sentences, with ；or lines between) teach
what buyers say for an intent, with 名称 for one of the shop's own. What is taught already is changed, not doubled.
"""

import re
from collections import defaultdict
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.infra.sheets import GoodRow, Sheet
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.wording import api as wording
from xiaoer.slices.wording.rules import WordingRefused
from xiaoer.slices.wording.types import Wording

_WORD = ("词", "词语", "本店的词", "word", "text")
_MEANS = ("意思", "平常叫什么", "含义", "means")
_INTENT = ("意图", "意图代码", "intent")
_SAYS = ("说法", "例句", "买家说法", "examples", "example")
_TITLE = ("名称", "名字", "title")
_BETWEEN = re.compile(r"[；;\n|]+")
_MOST_ROWS = 10_000


class RowProblem(Struct, frozen=True):
    """A line of the file that was not taken; `text` tells a person why."""

    line: int
    text: str


class Learnt(Struct, frozen=True):
    """What a file changed."""

    added: int
    changed: int
    unchanged: int
    problems: tuple[RowProblem, ...]


def import_wording(connection: Connection, shop: ShopId, sheet: Sheet, known: tuple[str, ...]) -> Learnt:
    """Keep every lesson that the rules allow; `known` are the pack's intent codes.

    Raises:
        InvalidBody: no column names a word or an intent, or the file has too many rows.
    """
    if not any(_is(header, _WORD + _INTENT) for header in sheet.headers):
        raise InvalidBody("The file has neither a column 词 nor a column 意图.")
    if len(sheet.rows) > _MOST_ROWS:
        raise InvalidBody(f"The file has {len(sheet.rows)} rows, at most {_MOST_ROWS} are taken at once.")
    lessons, problems = _lessons(sheet)
    counts: defaultdict[str, int] = defaultdict(int)
    before = {
        (one.kind, one.text if one.kind == "word" else one.intent): one for one in wording.all_of(connection, shop)
    }
    for line, lesson in lessons:
        same = before.get((lesson.kind, lesson.text if lesson.kind == "word" else lesson.intent))
        wanted = _joined(same, lesson)
        if same is not None and wanted == same:
            counts["unchanged"] += 1
            continue
        try:
            wording.keep(connection, shop, wanted, known)
            counts["changed" if same else "added"] += 1
        except WordingRefused as error:
            problems.append(RowProblem(line, error.told))
    problems.sort(key=lambda problem: problem.line)
    return Learnt(counts["added"], counts["changed"], counts["unchanged"], tuple(problems))


def _lessons(sheet: Sheet) -> tuple[list[tuple[int, Wording]], list[RowProblem]]:
    """Lessons with the line that they begin on; sentences of one intent belong together."""
    found: dict[tuple[str, str], tuple[int, Wording]] = {}
    problems = []
    for row in sheet.rows:
        if not isinstance(row, GoodRow):
            problems.append(RowProblem(row.line, "这一行读不出来，已跳过"))
            continue
        word, intent = _cell(row, _WORD), _cell(row, _INTENT)
        if intent:
            says = tuple(part.strip() for part in _BETWEEN.split(_cell(row, _SAYS)) if part.strip())
            line, known = found.get(("intent", intent), (row.line, Wording("", "intent", "", "", intent)))
            title = _cell(row, _TITLE) or known.text
            found["intent", intent] = line, Wording("", "intent", title, "", intent, (*known.examples, *says))
        elif word:
            if ("word", word) in found:
                problems.append(RowProblem(row.line, f"「{word}」前面已经写过，已跳过"))
                continue
            found["word", word] = row.line, Wording("", "word", word[:100], _cell(row, _MEANS)[:100])
        else:
            problems.append(RowProblem(row.line, "没有写词，也没有写意图，已跳过"))
    return list(found.values()), problems


def _joined(same: Wording | None, lesson: Wording) -> Wording:
    """The lesson as it shall be: a word's new meaning, an intent's sentences added to those it has."""
    if same is None:
        return lesson
    examples = tuple(dict.fromkeys((*same.examples, *lesson.examples)))
    return Wording(same.id, same.kind, lesson.text or same.text, lesson.means, same.intent, examples)


def _cell(row: GoodRow, names: tuple[str, ...]) -> str:
    for header, value in row.cells.items():
        if _is(header, names) and value is not None:
            return "；".join(str(part) for part in value) if isinstance(value, list) else str(value).strip()
    return ""


def _is(header: Any, names: tuple[str, ...]) -> bool:
    return str(header).strip().lower() in names
