"""Questions and answers found in a text (拆分问答), each with the passage that it comes from.

Surest first: tables with a question and an answer column, lines marked 问/答 or Q/A, a line that asks followed by
lines that do not, a heading with what stands under it. What is left, plain prose, is taken sentence by sentence: the
question is then guessed from what the sentence is about (`question_of`) and the candidate says so.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from xiaoer.slices.knowledge.candidates.types import Evidence, Origin, Proposal
from xiaoer.slices.knowledge.types import EntryDraft

GUESSED = "原文没有问句，标准问是按内容猜的，请看一眼。"
_MOST = 2_000  # candidates of one document
_LONGEST_ANSWER = 4_000
_LONGEST_ASK = 60
_SHORTEST_PROSE = 8

_QUESTION_HEAD = re.compile(r"^(问题?|标准问题?|常见问题|提问|question|q|faq)$", re.IGNORECASE)
_ANSWER_HEAD = re.compile(r"^(答案?|回答|回复|标准答案|话术|answer|a)$", re.IGNORECASE)
_HEAD = re.compile(
    r"^(尺[寸码]|[型编货]号|规格|名称|品名|商品|产品|款式|颜色|类[别型]|地区|省份|快递|等级|会员|部位|情况|月份|日期)\S{0,2}$"
)
_ONLY_TELLS = re.compile(r"^(说明|内容|值|参数|详情|备注|介绍|描述)$")
_NUMBER = re.compile(
    r"^\s*(第?[0-9一二三四五六七八九十]{1,3}\s*[、.．)）条节章]\s*|[（(][0-9一二三四五六七八九十]{1,3}[)）]\s*|[-*•●·]\s+)"
)
_ASKED = re.compile(r"^\s*(?:Q\s*\d*|问题?\s*\d*|提问)\s*[:：.、]\s*(?P<text>.+)$", re.IGNORECASE)
_ANSWERED = re.compile(r"^\s*(?:A\s*\d*|答案?\s*\d*|回答|回复)\s*[:：.、]\s*(?P<text>.*)$", re.IGNORECASE)
_BOTH = re.compile(
    r"^\s*(?:Q\s*\d*|问题?)\s*[:：]\s*(?P<ask>.+?)\s*(?:A\s*\d*|答案?)\s*[:：]\s*(?P<answer>.+)$", re.IGNORECASE
)
_TITLED = re.compile(r"^(?P<ask>[^：:，,。；;]{3,30})[：:]\s*(?P<answer>\S.{3,})$")  # 提手烫吗：会烫，用手套
_BRACKETED = re.compile(r"^\s*【([^】]{1,24})】\s*$")
_ASKING = re.compile(
    r"[?？]\s*$|^(怎么|怎样|如何|为什么|为何|什么|哪|谁|几|多久|多少|能不能|可不可以|是不是|有没有|是否|可以|能否)"
    r"|(吗|呢|么|怎么办|怎么[用弄开退换买查算]|多久|多少钱?|是什么|有哪些|在哪里?|能不能|行不行)\s*$"
)
_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")


class PassageLike(Protocol):
    """A block of a document: `heading`, `text` (empty between paragraphs) or `row` with its cells."""

    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def cells(self) -> tuple[str, ...]: ...


# 鱼粮怎么保存 asks by itself.
_HOW = re.compile(
    r"怎么|怎样|如何|为什么|什么|多少|多久|哪|是否|能否|能不能|可不可以|几[个件次岁度层片包瓶天号点年月人]"
)


_EITHER = re.compile(r"(?!时不时|动不动)(.)[不没]\1|有没有|多[大长高重宽厚远]")  # 要不要松开, 多大开始合适
_ANY = re.compile(r"[都也就随]|无论|不管|不论|任何")  # 多久都行 tells
_MARK = re.compile(r"[，。；：、！,;:!]")
_LONGEST_TITLE = 24


def asks(text: str) -> bool:
    """Whether a line reads as a question."""
    plain = _NUMBER.sub("", text).strip()
    return len(text) <= _LONGEST_ASK and bool(_ASKING.search(plain) or _is_title(plain))


def _is_title(line: str) -> bool:
    """Whether a short line without any mark asks, as a heading does: 学琴多大开始合适."""
    short = len(line) <= _LONGEST_TITLE and not _MARK.search(line) and not _ANY.search(line)
    return short and bool(_EITHER.search(line) or _HOW.search(line))


def find_questions(
    blocks: Sequence[PassageLike], origin: Origin, name: str, question_of: Callable[[str], str]
) -> tuple[Proposal, ...]:
    """Proposals from a document called `name`, in reading order, at most 2,000; equal questions once.

    `question_of` names the standard question that a sentence answers, or "" when it cannot tell.
    """
    found: dict[str, Proposal] = {}
    for ask, said, place, note in _pairs(blocks, question_of):
        question, answer = _NUMBER.sub("", ask).strip(), said.strip()[:_LONGEST_ANSWER]
        if not question or not answer or question == answer or question in found:
            continue
        source = {"kind": origin, "name": name, "place": place, "passage": answer[:1_500]}
        draft = EntryDraft(question[:500], answer, source={key: value for key, value in source.items() if value})
        found[question] = Proposal(draft, origin, (Evidence(f"{ask}\n{answer}"[:2_000], place),), note=note)
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def _pairs(blocks: Sequence[PassageLike], question_of: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """(question, answer, place, note) of every kind of finding."""
    for section in _sections(blocks):
        if section[0].kind == "row":
            yield from _of_table(section)
        else:
            yield from _of_prose(section, question_of)


def _sections(blocks: Iterable[PassageLike]) -> Iterator[list[PassageLike]]:
    """Tables by themselves; between them a heading with all that stands under it."""
    section: list[PassageLike] = []
    for block in blocks:
        changes = bool(section) and (block.kind == "row") != (section[0].kind == "row")
        if section and (changes or _heading(block)):
            yield section
            section = []
        if section or block.text:
            section.append(block)
    if section:
        yield section


def _heading(block: PassageLike) -> str:
    """The heading that a block is, "" for none; a line in brackets is one."""
    if block.kind == "heading":
        return block.text
    bracketed = _BRACKETED.match(block.text) if block.kind != "row" else None
    return bracketed[1] if bracketed else ""


def _both(line: str) -> tuple[str, str] | None:
    """Question and answer of a line that holds both."""
    if found := _BOTH.match(line):
        return found["ask"], found["answer"]
    titled = _TITLED.match(line)
    return (titled["ask"], titled["answer"]) if titled and asks(titled["ask"]) else None


def _of_table(rows: Sequence[PassageLike]) -> Iterator[tuple[str, str, str, str]]:
    head = [cell.strip() for cell in rows[0].cells]
    ask = next((at for at, cell in enumerate(head) if _QUESTION_HEAD.match(cell)), None)
    answer = next((at for at, cell in enumerate(head) if _ANSWER_HEAD.match(cell)), None)
    if ask is not None and answer is not None:
        for row in rows[1:]:
            if len(row.cells) > max(ask, answer):
                yield row.cells[ask], row.cells[answer], row.place, ""
        return
    for row in rows:
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if len(cells) == 2 and len(cells[0]) <= _LONGEST_ASK:
            name, value = cells
            if asks(name):
                yield name, value, row.place, ""
            elif len(value) > 1 and row is not rows[0]:
                yield (*_told_by_row(head, name, value), row.place, "")


def _told_by_row(head: Sequence[str], name: str, value: str) -> tuple[str, str]:
    """(question, answer) of a row of two cells, in the words of the head where that says what stands below."""
    if len(head) == 2 and _HEAD.match(head[0]) and not _ONLY_TELLS.match(head[1]):
        return f"{name}的{head[1]}是什么", f"{head[0]}{name}：{head[1]} {value}"
    return f"{name}是什么", f"{name}：{value}"


def _of_prose(section: Sequence[PassageLike], question_of: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    heading = _heading(section[0])
    lines = section[1:] if heading else section
    under: list[PassageLike] = []
    ask, answer, place = "", list[str](), ""
    for line in lines:
        text = _NUMBER.sub("", line.text)
        both, asked, answered = _both(text), _ASKED.match(text), _ANSWERED.match(text)
        begins = both or asked or (asks(line.text) and not answered)
        if begins and ask and answer:
            yield ask, "\n".join(answer), place, ""
            ask, answer = "", []
        if both:
            yield *both, line.place, ""
            ask, answer = "", []
        elif asked or (asks(line.text) and not answered and not ask):
            ask, answer, place = (asked["text"] if asked else line.text), [], line.place
        elif ask and line.text:
            answer.append(answered["text"] if answered else line.text)
        elif not ask:
            under.append(line)
    if ask and answer:
        yield ask, "\n".join(answer), place, ""
    if heading and any(line.text for line in under):
        body = "\n".join(line.text for line in under if line.text)
        title = _NUMBER.sub("", heading).strip("：: ")
        yield (
            (title if asks(title) or _HOW.search(title) or _EITHER.search(title) else f"{title}是怎样的"),
            body,
            section[0].place,
            "",
        )
    elif not heading:
        yield from _guessed(under, question_of)


def _guessed(lines: Sequence[PassageLike], question_of: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """Sentences that speak of one thing belong together; what nobody can name goes with the one before it."""
    question, said, place = "", list[str](), ""
    for line in lines:
        for part in _SENTENCES.findall(line.text):
            sentence = _NUMBER.sub("", part).strip()
            if not sentence:
                continue
            about = question_of(sentence) if len(sentence) >= _SHORTEST_PROSE else ""
            if about and about != question:
                if question and said:
                    yield question, "".join(said), place, GUESSED
                question, said, place = about, [], line.place
            if question:
                said.append(sentence)
    if question and said:
        yield question, "".join(said), place, GUESSED
