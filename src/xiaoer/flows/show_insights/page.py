"""A page of insight as data (洞察页): what it found, the figures, charts and tables, and how each was computed.

Console, exports and reports all draw the same page, so a figure cannot differ between them. `drill` names the
family and place of a figure; `GET /api/v1/insights/drill` lists the conversations or refunds behind it.
"""

from typing import Any

from msgspec import Struct, structs

from xiaoer.slices.insights.types import Formula


class Drill(Struct, frozen=True, omit_defaults=True):
    """Where a figure comes from: units of `kind` that gave to `family` at `a` · `b`, several names joined by `|`.

    `b` is one name unless `some` of several may be it. `day` (ISO) and `channel` narrow the page's own filters.
    """

    family: str
    a: str = ""
    b: str = ""
    kind: str = "talk"
    some: bool = False
    day: str = ""
    channel: str = ""


class Card(Struct, frozen=True, omit_defaults=True):
    """One number, null without data. `show`: number, ratio, seconds, yuan, minutes; `good`: up, down or none."""

    id: str
    title: str
    value: float | None
    show: str = "number"
    before: float | None = None
    good: str = "none"
    note: str = ""
    target: float | None = None
    how: str = ""
    drill: Drill | None = None


class Series(Struct, frozen=True, omit_defaults=True):
    """One line or bar of a chart. `tone` names a house colour: bot, people, buyer, good, bad, now, before, other."""

    name: str
    values: tuple[float | None, ...]
    tone: str = ""


class Chart(Struct, frozen=True, omit_defaults=True):
    """A chart that says its finding in the title. Of a heat map `y` are rows and `cells` are (x, y, value)."""

    id: str
    title: str
    kind: str
    x: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    show: str = "number"
    unit: str = ""
    y: tuple[str, ...] = ()
    cells: tuple[tuple[int, int, float], ...] = ()
    drills: tuple[Drill | None, ...] = ()
    note: str = ""


class Column(Struct, frozen=True, omit_defaults=True):
    """One column. `show` as of a card, or text, change, trend (a list), badge."""

    key: str
    title: str
    show: str = "text"


class Table(Struct, frozen=True, omit_defaults=True):
    """Rows by column key; a row's `drill` leads to what is behind it."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    note: str = ""
    empty: str = ""


class How(Struct, frozen=True, omit_defaults=True):
    """How a figure is computed."""

    name: str
    title: str
    text: str
    window: str = ""


class Period(Struct, frozen=True):
    """Days of the shop, both included, as ISO dates, and the period that it is compared with."""

    first: str
    last: str
    before_first: str
    before_last: str


class Page(Struct, frozen=True, omit_defaults=True):
    """A page. `finding` is the sentence on top; `empty` tells what will appear, and how, when nothing is there.

    `waiting` conversations are not counted yet: the figures grow until it is 0. `begins` is the first day with
    records (ISO) when the period before is not whole: then nothing is compared with it. With `sampled` the narrowed
    figures are estimated from so many conversations, because there are too many to measure all. `until` is the time
    of day (`14:30`) that today has come to when it is in the period: the period before counts only as far.
    """

    id: str
    title: str
    finding: str
    period: Period
    cards: tuple[Card, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    how: tuple[How, ...] = ()
    advice: tuple[str, ...] = ()
    empty: str = ""
    waiting: int = 0
    sampled: int = 0
    begins: str = ""
    until: str = ""


_COMPARED = frozenset({"before", "change"})


def without_comparison(page: Page, begins: str) -> Page:
    """A page whose period before was not recorded whole: what grew 57-fold in it did nothing of the kind."""
    cards = tuple(structs.replace(card, before=None) for card in page.cards)
    tables = tuple(
        structs.replace(table, columns=tuple(column for column in table.columns if column.key not in _COMPARED))
        for table in page.tables
    )
    return structs.replace(page, cards=cards, tables=tables, begins=begins)


def notes_of(page: Page) -> str:
    """What a reader of a file must know of its figures: that some are estimated, that today is not over; else ""."""
    notes = []
    if page.sampled:
        notes.append(
            f"估算：符合条件的会话太多，没有现成汇总的数字按均匀抽取的 {page.sampled:,} 个估算，不是逐个数出来的。"
        )
    if page.until:
        notes.append(f"今天还没过完：上期最后一天也只算到 {page.until}（按那天的会话进度折算）。")
    return "".join(notes)


def how_of(formula: Formula) -> How:
    """A formula as it is explained beside its figure."""
    first, last = formula.window
    window = "" if formula.window == (0, 1440) else f"{first // 60}:{first % 60:02d}–{last // 60}:{last % 60:02d}"
    return How(formula.name, formula.title, formula.how, window)


def row_of(value: Struct) -> dict[str, Any]:
    """A struct as a table row."""
    return structs.asdict(value)
