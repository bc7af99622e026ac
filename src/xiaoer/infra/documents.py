"""Documents that people upload: DOCX, PDF, HTML, Markdown and plain text read into blocks of text.

A block is a heading, a paragraph or the row of a table; its place (page, line) lets a reader find it again. Reasons
for a refusal are Chinese, because the person who made the file reads them. Files are not trusted: sizes are bounded
before unpacking, XML with declarations of its own is refused, scripts and styles are dropped.
"""

import io
import re
import zipfile
import zlib
from html.parser import HTMLParser
from pathlib import PurePath
from typing import Literal
from xml.etree import ElementTree

from msgspec import Struct

from xiaoer.infra.page_text import plain_characters, spaced_out
from xiaoer.infra.sheets import BrokenSheet, decode_text
from xiaoer.kernel.errors import XiaoerError

BlockKind = Literal["heading", "text", "row"]
SUFFIXES = (".docx", ".pdf", ".html", ".htm", ".md", ".markdown", ".txt")
MAX_BYTES = 20 * 1_048_576
_MAX_UNPACKED = 64 * 1_048_576  # of one part of a DOCX
_MAX_PAGES = 1_000
_MAX_CHARS = 3_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_STYLE = re.compile(r"(heading|title|标题|\d)$|^(heading|title|标题)", re.IGNORECASE)


class BrokenDocument(XiaoerError):
    """The document cannot be read. `reason` tells programs why."""

    code = "broken_document"
    status = 422

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Block(Struct, frozen=True):
    """One piece of a document. `cells` are those of a table row; `place` is 「第 3 页」 or 「第 12 行」."""

    kind: BlockKind
    text: str
    place: str = ""
    cells: tuple[str, ...] = ()


def read_document(data: bytes, name: str) -> list[Block]:
    """Read a document; the format is told by the content first and the name second.

    Raises:
        BrokenDocument: empty, too large, damaged, of an unknown kind, or without any text (a scanned PDF).
    """
    if len(data) > MAX_BYTES:
        raise BrokenDocument("too_large", f"文件超过了 {MAX_BYTES >> 20} MB，请拆成几份再上传。")
    if not data.strip():
        raise BrokenDocument("empty_file", "文件是空的，没有可以读的内容。")
    suffix = PurePath(name.lower()).suffix
    if data[:1_024].lstrip().startswith(b"%PDF"):
        blocks = _read_pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        blocks = _read_docx(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BrokenDocument("old_format", "这是旧版的 .doc 或 .xls 文件，请在 Word 里另存为 .docx 再上传。")
    elif suffix in (".docx", ".pdf"):
        raise BrokenDocument("broken_file", f"这个文件打不开，它不是完整的 {suffix[1:].upper()} 文件，请重新导出再试。")
    elif suffix and suffix not in SUFFIXES:
        raise BrokenDocument("unknown_format", "只能读 DOCX、PDF、HTML、MD 和 TXT 文件。")
    else:
        blocks = read_text(_text(data), suffix)
    if not any(block.text for block in blocks):
        raise BrokenDocument("no_text", "没有读到文字，请检查文件里是不是只有图片。")
    return blocks


def read_text(text: str, suffix: str = ".txt") -> list[Block]:
    """Blocks of pasted text; `suffix` tells HTML and Markdown."""
    if len(text) > _MAX_CHARS:
        raise BrokenDocument("too_large", "文字太多了，请拆成几份再上传。")
    if suffix in (".html", ".htm") or (not suffix and text.lstrip()[:9].lower().startswith(("<!doctype", "<html"))):
        return _read_html(text)
    return _read_lines(text)


def _text(data: bytes) -> str:
    try:
        return decode_text(data)
    except BrokenSheet as error:
        raise BrokenDocument(error.reason, "看不懂文件的文字编码，请另存为 UTF-8 再上传。") from None


def _read_pdf(data: bytes) -> list[Block]:
    broken = BrokenDocument("broken_file", "这个 PDF 打不开，可能损坏了或没有传完整，请重新导出再试。")
    from pypdf import PdfReader  # noqa: PLC0415  an eighth of the server's start, for a file that few upload
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BrokenDocument("locked", "这个 PDF 设了密码，请去掉密码后再上传。")
        if len(reader.pages) > _MAX_PAGES:
            raise BrokenDocument(
                "too_large", f"这个 PDF 有 {len(reader.pages)} 页，最多 {_MAX_PAGES} 页，请拆开再上传。"
            )
        blocks, size = list[Block](), 0
        for number, page in enumerate(reader.pages, start=1):
            text = spaced_out(plain_characters(page.extract_text()))
            size += len(text)
            if size > _MAX_CHARS:
                raise BrokenDocument("too_large", "这个 PDF 里的文字太多了，请拆开再上传。")
            blocks += _of_lines(_joined_lines(text), f"第 {number} 页")
    except BrokenDocument:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError, EOFError,
            NotImplementedError, ArithmeticError, AssertionError, MemoryError):  # fmt: skip
        raise broken from None
    if not any(block.text.strip() for block in blocks):
        raise BrokenDocument(
            "no_text", "这个 PDF 里没有文字，多半是扫描件或图片。请先做文字识别（OCR），或上传 Word 版。"
        )
    return blocks


def _joined_lines(text: str) -> list[str]:
    """Lines of a page, with sentences that the page width cut put together again."""
    lines: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if (
            lines
            and line
            and len(lines[-1]) >= 24
            and not re.search(r"[。！？!?；;：:]$", lines[-1])
            and not _starts(line)
        ):
            lines[-1] += line
        else:
            lines.append(line)
    return lines


_BULLET = re.compile(
    r"^([0-9一二三四五六七八九十]+[、.．)）]|第[0-9一二三四五六七八九十]+[章节条]|[QA问答][:：.、]|[-*•●·])"
)


def _starts(line: str) -> bool:
    return bool(_BULLET.match(line))


def _read_docx(data: bytes) -> list[Block]:
    broken = BrokenDocument("broken_file", "这个 Word 文件打不开，可能损坏了或没有传完整，请重新另存一份再试。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "word/document.xml" not in archive.namelist():
                raise BrokenDocument(
                    "unknown_format", "这不是 Word 文件。表格请用“导入”页，其他文件请存成 DOCX 或 PDF。"
                )
            with archive.open("word/document.xml") as part:
                xml = part.read(_MAX_UNPACKED + 1)
        if len(xml) > _MAX_UNPACKED:
            raise BrokenDocument("too_large", "这个 Word 文件解开后太大，请拆成几份再上传。")
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise broken
        body = ElementTree.fromstring(xml).find(f"{_WORD}body")  # noqa: S314 (no declarations, see above)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, OSError, EOFError, NotImplementedError, RuntimeError,
            ValueError, zlib.error):  # fmt: skip
        raise broken from None
    blocks: list[Block] = []
    for number, element in enumerate(body if body is not None else (), start=1):
        if element.tag == f"{_WORD}p":
            blocks += _paragraph(element, number)
        elif element.tag == f"{_WORD}tbl":
            for row in element.iter(f"{_WORD}tr"):
                cells = tuple(_words(cell) for cell in row.iter(f"{_WORD}tc"))
                if any(cells):
                    blocks.append(Block("row", " ".join(filter(None, cells)), f"第 {number} 段的表格", cells))
    return blocks


def _paragraph(part: ElementTree.Element, number: int) -> list[Block]:
    text = _words(part)
    if not text:
        return []
    style = part.find(f"{_WORD}pPr/{_WORD}pStyle")
    named = style.get(f"{_WORD}val", "") if style is not None else ""
    level = part.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    is_heading = level is not None or (bool(named) and bool(_HEADING_STYLE.search(named)) and len(text) <= 60)
    return [Block("heading" if is_heading else "text", text, f"第 {number} 段")]


def _words(part: ElementTree.Element) -> str:
    pieces = []
    for node in part.iter():
        if node.tag == f"{_WORD}t":
            pieces.append(node.text or "")
        elif node.tag in (f"{_WORD}br", f"{_WORD}cr", f"{_WORD}tab"):
            pieces.append("\n" if node.tag != f"{_WORD}tab" else " ")
        elif node.tag == f"{_WORD}p" and pieces:
            pieces.append("\n")
    return "".join(pieces).strip()


class _Html(HTMLParser):
    """Takes text out of a page: headings, paragraphs, list items and table rows; no scripts, styles, menus or feet."""

    _BREAKS = frozenset(
        {"p", "div", "li", "br", "section", "article", "tr", "table", "ul", "ol", "dt", "dd", "blockquote"}
    )
    _DROPPED = frozenset({"script", "style", "noscript", "template", "head", "nav", "footer", "svg", "iframe"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._dropping = 0
        self._heading = False
        self._cells: list[str] | None = None
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._DROPPED:
            self._dropping += 1
        elif re.fullmatch(r"h[1-6]|summary|dt", tag):
            self.flush()
            self._heading = True
        elif tag == "tr":
            self.flush()
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._pieces, self._in_cell = [], True
        elif tag in self._BREAKS:
            self._pieces.append("\n") if self._in_cell else self.flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in self._DROPPED:
            self._dropping = max(0, self._dropping - 1)
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(" ".join("".join(self._pieces).split()))
            self._pieces, self._in_cell = [], False
        elif tag == "tr" and self._cells is not None:
            cells, self._cells = tuple(self._cells), None
            if any(cells):
                self.blocks.append(Block("row", " ".join(filter(None, cells)), f"第 {self.getpos()[0]} 行", cells))
        elif tag in self._BREAKS or re.fullmatch(r"h[1-6]|summary|dt", tag):
            self._pieces.append("\n") if self._in_cell else self.flush()

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._pieces.append(data)

    def flush(self) -> None:
        """End the running block."""
        text = " ".join("".join(self._pieces).split())
        self._pieces = []
        if text:
            self.blocks.append(Block("heading" if self._heading else "text", text, f"第 {self.getpos()[0]} 行"))
        self._heading = False


def _read_html(text: str) -> list[Block]:
    parser = _Html()
    parser.feed(text)
    parser.close()
    parser.flush()
    return parser.blocks


def _read_lines(text: str) -> list[Block]:
    return _of_lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), "")


def _of_lines(lines: list[str], place: str) -> list[Block]:
    """Blocks of plain or Markdown lines: `#` headings, `|` tables, everything else a text a line."""
    blocks = []
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        where = place or f"第 {number} 行"
        if "|" in line and re.fullmatch(r"[\s|:\-]+", line):
            continue  # the rule under a table's header
        if not line or re.fullmatch(r"[\s|:\-=*_]+", line):
            blocks.append(Block("text", "", where))
        elif line.startswith("#") and line.lstrip("#").strip():
            blocks.append(Block("heading", line.lstrip("#").strip().rstrip("#").strip(), where))
        elif line.startswith("|") and line.count("|") >= 2:
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            blocks.append(Block("row", " ".join(filter(None, cells)), where, cells))
        else:
            blocks.append(Block("text", re.sub(r"\*\*|__|`", "", line), where))
    return blocks
