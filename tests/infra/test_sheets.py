"""Every format of the contract gives the same rows; what cannot be read is refused with a reason."""

import io
from contextlib import suppress
from datetime import datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.infra.sheets import BadRow, BrokenSheet, GoodRow, Sheet, read_sheet

TEXT = "编号,标题\nP1,防晒外套\nP2,遮阳帽\n"
ROWS = [GoodRow(2, {"编号": "P1", "标题": "防晒外套"}), GoodRow(3, {"编号": "P2", "标题": "遮阳帽"})]


def workbook(table: list[list[object]]) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for line, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(line, column, cell, date)
            elif cell is not None:
                sheet.write(line, column, cell)
    book.close()
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "a.csv"),
        (TEXT.encode("utf-8-sig"), "a.csv"),
        (TEXT.encode("gb18030"), "a.csv"),
        (TEXT.encode("utf-16"), "a.csv"),
        (TEXT.replace("\n", "\r\n").encode(), "a.csv"),
        (TEXT.replace(",", "\t").encode(), "a.txt"),
        (TEXT.replace(",", ";").encode(), "a.csv"),
        (workbook([["编号", "标题"], ["P1", "防晒外套"], ["P2", "遮阳帽"]]), "a.xlsx"),
        (workbook([["编号", "标题"], ["P1", "防晒外套"], ["P2", "遮阳帽"]]), "a.csv"),
        ('\n{"编号":"P1","标题":"防晒外套"}\n{"编号":"P2","标题":"遮阳帽"}\n'.encode(), "a.jsonl"),
        ('\n[[x]]\n编号="P1"\n标题="防晒外套"'.replace("编号", '"编号"').replace("标题", '"标题"').encode(), "a.toml"),
    ],
    ids=["utf8", "bom", "gb18030", "utf16", "crlf", "tabs", "semicolons", "xlsx", "xlsx-named-csv", "jsonl", "toml"],
)
def test_every_format_gives_the_same_rows(data: bytes, name: str) -> None:
    sheet = read_sheet(data, name)
    assert sheet.headers == ("编号", "标题")
    assert sheet.rows == (ROWS[:1] if name == "a.toml" else ROWS)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.csv", "empty_file"),
        (b" \r\n \n", "a.csv", "empty_file"),
        (b"id,title\n1,\xff\xfe\xfd", "a.csv", "bad_encoding"),
        ("编号,标题\nP1,防晒外套很好穿".encode()[:-1], "a.csv", "bad_encoding"),
        (b"id\x00,title\n", "a.csv", "not_text"),
        (b'id,title\n1,"open\n2,b\n', "a.csv", "broken_csv"),
        (b"id,id\n1,2\n", "a.csv", "duplicate_column"),
        (b"PK\x03\x04 not a workbook", "a.xlsx", "broken_workbook"),
        (workbook([["id"], ["1"]])[:-300], "a.xlsx", "broken_workbook"),
        (b"id,title\n", "a.xlsx", "broken_workbook"),
        (b'{"id": 1', "a.json", "bad_json"),
        (b"[[promotions]\nid = 1", "a.toml", "bad_toml"),
        (b"hello", "a.pdf", "unknown_format"),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value else "",
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(BrokenSheet) as caught:
        read_sheet(data, name)
    assert caught.value.reason == reason
    assert any("一" <= character <= "鿿" for character in caught.value.detail)


def test_a_bad_row_does_not_take_its_neighbours_along() -> None:
    sheet = read_sheet(b'id,title\n1,"a"b\n2,c\n3,d,e\n\n4,"f\ng"\n5,h\n', "a.csv")
    assert [(row.line, isinstance(row, BadRow)) for row in sheet.rows] == [
        (2, True),
        (3, False),
        (4, True),
        (6, False),
        (8, False),
    ]
    lines = read_sheet(b'{"id":1}\n{"id":\n[2]\n{"id":"\\ud800"}\n{"id":3,"a":4}\n', "a.jsonl")
    assert [(row.line, isinstance(row, BadRow)) for row in lines.rows] == [
        (1, False),
        (2, True),
        (3, True),
        (4, True),
        (5, False),
    ]
    assert lines.headers == ("id", "a")


def test_a_workbook_keeps_row_numbers_numbers_and_dates() -> None:
    at = datetime(2026, 6, 18, 20, 0)
    sheet = read_sheet(workbook([[None], ["id", "at", "price"], [None], ["x", at, 39.9]]), "a.xlsx")
    assert sheet == Sheet(("id", "at", "price"), [GoodRow(4, {"id": "x", "at": at, "price": 39.9})])


def test_promotions_are_found_with_their_lines() -> None:
    toml = b'mode = "x"\n\n[[promotions]]\nid = "A"\n\n[[promotions.tiers]]\nt = 1\n\n[[promotions]]\nid = "B"\n'
    assert [row.line for row in read_sheet(toml, "promotions.toml").rows] == [3, 9]
    for text in (b'{"promotions": [{"id": "A"}]}', b'[{"id": "A"}]', b'{"id": "A", "tiers": [{"t": 1}]}'):
        (row,) = read_sheet(text, "promotions.json").rows
        assert isinstance(row, GoodRow)
        assert row.cells["id"] == "A"


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".csv", ".xlsx", ".jsonl", ".json", ".toml"]))
def test_any_bytes_are_read_or_refused(data: bytes, suffix: str) -> None:
    with suppress(BrokenSheet):
        assert all(row.line >= 1 for row in read_sheet(data, "a" + suffix).rows)
