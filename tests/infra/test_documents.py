"""Documents are read into blocks, and what cannot be read is refused with a reason a merchant understands."""

import io
import zipfile

import pytest
from pypdf import PdfWriter

from xiaoer.infra.documents import BrokenDocument, read_document
from xiaoer.infra.page_text import plain_characters, spaced_out

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str) -> bytes:
    """A Word file with this body."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {_NS}><w:body>{body}</w:body></w:document>")
    return target.getvalue()


def paragraph(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(*pages: str) -> bytes:
    """A PDF with one line of Latin text a page; an empty one has no text at all."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects) + 2} 0 R "
            "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    data += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    return data


def test_a_word_file_gives_headings_paragraphs_and_table_rows() -> None:
    table = "<w:tbl><w:tr><w:tc>" + paragraph("材质") + "</w:tc><w:tc>" + paragraph("纯棉") + "</w:tc></w:tr></w:tbl>"
    blocks = read_document(docx(paragraph("发货", "Heading1") + paragraph("48 小时内发出。") + table), "说明.docx")
    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "发货"),
        ("text", "48 小时内发出。"),
        ("row", "材质 纯棉"),
    ]
    assert blocks[2].cells == ("材质", "纯棉")


def test_a_pdf_gives_its_text_with_the_page() -> None:
    blocks = read_document(pdf("How to wash?", "By hand."), "manual.pdf")
    assert [(block.text, block.place) for block in blocks] == [("How to wash?", "第 1 页"), ("By hand.", "第 2 页")]


def test_radicals_of_a_pdf_are_read_as_the_characters_that_they_look_like() -> None:
    assert plain_characters("梅⾬天放⼀包在琴盒⾥，⻓⻋ 2 ⽶") == "梅雨天放一包在琴盒里，长车 2 米"


def test_a_page_gives_text_without_scripts_and_styles() -> None:
    html = "<html><head><title>x</title><style>p{}</style></head><body><h2>退货</h2><p>7 天<b>内</b>可退</p>"
    html += "<script>alert(1)</script><footer>版权所有</footer><table><tr><th>问题</th><th>答案</th></tr><tr><td>包邮吗</td><td>包</td></tr></table>"
    blocks = read_document(html.encode(), "page.html")
    assert [block.text for block in blocks] == ["退货", "7 天内可退", "问题 答案", "包邮吗 包"]
    assert blocks[0].kind == "heading"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    blocks = read_document("问：多久发货\n答：两天内".encode(encoding), "问答.txt")
    assert [block.text for block in blocks] == ["问：多久发货", "答：两天内"]


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (70 * 1_048_576))
    return target.getvalue()


def _locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document/>'


def _declared() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", _LAUGHS)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "empty_file"),
        (b"  \n ", "a.txt", "empty_file"),
        (b"\x00\x01\x02\xff\xfe", "a.txt", "bad_encoding"),
        (b"\xff\xff\xff\xff", "a.md", "bad_encoding"),
        (b"%PDF-1.7 cut off", "a.pdf", "broken_file"),
        (pdf(""), "scan.pdf", "no_text"),
        (b"not a pdf", "a.pdf", "broken_file"),
        (b"PK\x03\x04 cut off", "a.docx", "broken_file"),
        (docx("<w:p>")[:-40], "a.docx", "broken_file"),
        (docx("<w:p>"), "a.docx", "broken_file"),
        (docx(""), "a.docx", "no_text"),
        (b"\xd0\xcf\x11\xe0old", "a.doc", "old_format"),
        (b"\x89PNG....", "a.png", "unknown_format"),
        (b"x" * (21 * 1_048_576), "a.txt", "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(BrokenDocument) as refused:
        read_document(data, name)
    assert refused.value.reason == reason


@pytest.mark.parametrize(("make", "reason"), [(_bomb, "too_large"), (_locked, "locked"), (_declared, "broken_file")])
def test_traps_are_refused(make, reason: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BrokenDocument) as refused:
        read_document(make(), "")
    assert refused.value.reason == reason


def test_blanks_that_a_layout_puts_between_chinese_characters_are_no_text() -> None:
    assert spaced_out("问 ： 紫 砂 壶 怎 么 开 壶 ？ 用 2 L 水 abc def") == "问：紫砂壶怎么开壶？用 2 L 水 abc def"
