"""Text exports of chats (聊天记录导出) read into talks: 千牛, 飞鸽 and what people paste by hand.

Exports differ in where name and time stand; a line that carries a time (or a plain 买家：/客服：) begins a message,
lines after it go on with it. A time without a day begins one too, where names speak in turns (上班 9:00 does not); such
messages have no instant. Who is the shop is told by the name (a sub-account 店铺:小林, 旗舰店, 客服), else by being
in most talks, else by not having spoken first. Pure; a text without any message gives no talks.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from xiaoer.kernel.clock import SHOP_ZONE, to_utc

_PAUSE = timedelta(hours=6)  # a silence after which the same buyer's lines are another talk
_MOST_LINES = 200_000
_BARE = 4  # one head in so many must be nothing but a name
_LONGEST_NAME = 40

_DAY = r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?"
_HOUR = r"\d{1,2}:\d{2}(?::\d{2})?"
_SPOKEN_DAY = r"(?:昨天|今天|前天|(?:星期|周)[一二三四五六日天]|\d{1,2}(?:[-/.]|\s?月\s?)\d{1,2}日?)"
_PART_OF_DAY = r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上)"
_AT = rf"(?P<at>{_DAY}[ T\u3000]*{_HOUR}|(?:{_SPOKEN_DAY}\s*)?{_PART_OF_DAY}?\s*{_HOUR}(?:\s?[AaPp][Mm])?)"
_NAME_THEN_TIME = re.compile(rf"^(?P<who>[^\n]{{1,60}}?)\s*[\[(（【]?\s*{_AT}\s*[\])）】]?\s*[:：]?\s*(?P<text>.*)$")
_TIME_THEN_NAME = re.compile(rf"^[\[(（【]?\s*{_AT}\s*[\])）】]?\s*(?P<rest>.+)$")
_SUB_ACCOUNT = re.compile(
    r"^(?P<who>[^:：\s]{1,30}(?:店|官方|客服|公司)[:：][^:：\s]{1,20})(?:\s*[:：]\s*(?P<text>.*))?$"
)
_NAMED = re.compile(r"^(?P<who>[^:：\n]{1,40}?)\s*[:：]\s*(?P<text>.*)$")
_BY_ROLE = re.compile(
    r"^(?P<who>(?:买家|顾客|客户|用户|客服|卖家|商家|坐席|机器人|人工客服|智能客服)[^:：\n]{0,12})[:：]\s*(?P<text>.*)$"
)
_ONLY_DAY = re.compile(rf"^[\s\-=*—]*(?P<day>{_DAY})[\s\-=*—]*$")
_ONLY_TIME = re.compile(rf"^\s*[\[(（【]?\s*{_AT}\s*[\])）】]?\s*$")
_RULE = re.compile(r"^[\s\-=*_—#]{3,}$")
_TITLE = re.compile(
    r"^[\s\-=*#【]*(?:消息对象|聊天对象|会话|对话|买家(?:昵称|账号)|用户昵称)\s*[:：]\s*(?P<who>[^\s】]{1,60}).*$"
)
_SESSION = re.compile(r"^[\s\-=*#【]*(?:会话|对话)\s?(?:ID|id|编号|号)\s*[:：].*$")  # begins a talk, and names nobody
_RECORD_OF = re.compile(
    r"^[\s\-=*#【]*与?\s*[「“\"]?(?P<who>[^\s「」“”\"]{1,60}?)[」”\"]?\s*的(?:聊天记录|会话记录|对话记录|会话|聊天)[\s\-=*#】]*$"
)
_BOT = re.compile(r"机器人|智能客服|自动回复|小蜜|AI", re.IGNORECASE)
_SHOP = re.compile(r"(旗舰店|专营店|专卖店|官方店?|客服|卖家|商家|坐席|售前|售后|店小二|小店)|.+[:：].+")
_BUYER = re.compile(r"^[【\[(（<]?(买家|顾客|客户|用户|会员)")


class ChatLine(Struct, frozen=True):
    """One message. `at` is None when the export has no time."""

    author: str
    name: str
    text: str
    at: datetime | None = None


class Talk(Struct, frozen=True):
    """One conversation of an export: its buyer and its lines, oldest first."""

    id: str
    buyer_id: str
    lines: tuple[ChatLine, ...]
    product_id: str = ""


class _Raw(Struct):
    who: str
    at: datetime | None
    text: str


def parse_chatlog(text: str, name: str) -> tuple[Talk, ...]:
    """The talks of an export called `name`; pictures and empty messages are left out."""
    sections = [section for section in _sections(text) if section[1]]
    shop = _shop_names(sections)
    talks: list[Talk] = []
    for title, section in sections:
        for buyer, part in _by_buyer(section, shop, title):
            lines = tuple(
                ChatLine(_author(raw.who, shop, buyer), raw.who, raw.text.strip(), raw.at)
                for raw in part
                if raw.text.strip() and not re.fullmatch(r"\[?(图片|表情|语音|视频|文件)\]?", raw.text.strip())
            )
            if lines:
                began = next((line.at for line in lines if line.at), None)
                talks.append(Talk(f"{name}/{buyer}/{began.isoformat() if began else len(talks)}"[:120], buyer, lines))
    return tuple(talks)


def _sections(text: str) -> Iterable[tuple[str, list[_Raw]]]:
    """(buyer named in the title, messages) of each part between rules and titles."""
    title, messages, day = "", list[_Raw](), ""
    lines = _lines(text)
    heads = _heads(lines)
    speakers = _speakers(lines, heads)
    for line in lines:
        named = _TITLE.match(line) or _RECORD_OF.match(line)
        session = _SESSION.match(line)
        if named or session or _RULE.match(line):
            if messages:
                yield title, messages
                messages = []
            if named or session:
                title = named["who"] if named else ""
            continue
        only_day = _ONLY_DAY.match(line)
        if only_day:
            day = only_day["day"]
            continue
        raw = _message(line.strip(), day, speakers, heads)
        if raw is not None:
            messages.append(raw)
        elif messages and line.strip():
            messages[-1].text = f"{messages[-1].text}\n{line.strip()}".strip()
    yield title, messages


def _lines(text: str) -> list[str]:
    """The lines of a text; one of nothing but a time joins the next, which then names who speaks."""
    found: list[str] = []
    clock = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]:
        if _ONLY_TIME.match(line):
            clock = line.strip(" \t[]()（）【】")
        else:
            found.append(f"{clock} {line.strip()}" if clock else line)
            clock = ""
    return found


def _heads(lines: Sequence[str]) -> frozenset[str]:
    """What is all name though a colon is in it (琴行:小蔡), where names stand on lines of their own."""
    heads = [found["rest"].strip() if (found := _TIME_THEN_NAME.match(line.strip())) else "" for line in lines]
    bare = sum(1 for head in heads if head and not re.search(r"[:：\t]", head))
    if _BARE * bare < sum(map(bool, heads)):
        return frozenset()
    below = zip([*lines[1:], ""], [*heads[1:], ""], strict=True)
    return frozenset(
        head for head, (text, beside) in zip(heads, below, strict=True)
        if 0 < len(head) <= _LONGEST_NAME and not beside and text.strip()
    )  # fmt: skip


def _speakers(lines: Iterable[str], heads: frozenset[str]) -> frozenset[str]:
    """Names that stand beside times without a day, when they are people's: some come again, or are the shop's."""
    names: Counter[str] = Counter()
    for line in lines:
        raw = _timed(line.strip(), heads)
        if raw is not None:
            names[raw[0]] += 1
    again = sum(1 for count in names.values() if count >= 2)
    plain = [name for name in names if _SHOP.search(name) or _BOT.search(name) or _BUYER.match(name)]
    return (
        frozenset(names)
        if len(names) >= 2 and (again or plain) and 3 * len(names) <= 2 * names.total() + 2
        else frozenset()
    )


def _timed(line: str, heads: frozenset[str]) -> tuple[str, str, str] | None:
    """(name, time, text) of a line that names a speaker and a time, in either order."""
    found = _TIME_THEN_NAME.match(line)
    if found:
        rest = found["rest"].strip()
        if rest in heads:
            return rest, found["at"], ""
        if "\t" in rest:
            name, _, text = rest.partition("\t")
            return name.strip(" :："), found["at"], text.strip()
        named = _SUB_ACCOUNT.match(rest) or _NAMED.match(rest)
        if named:
            return named["who"].strip(), found["at"], named["text"] or ""
        return (rest, found["at"], "") if len(rest) <= 40 else None
    found = _NAME_THEN_TIME.match(line)
    if found and not re.search(r"[，。！？,!?]", found["who"]):
        return found["who"].strip(" :：\t"), found["at"], found["text"]
    return None


def _message(line: str, day: str, speakers: frozenset[str], heads: frozenset[str]) -> _Raw | None:
    """The message that begins on this line; None when the line goes on with the one before."""
    found = _timed(line, heads)
    if found is not None:
        name, at, text = found
        instant = _instant(at, day)
        if instant is not None or name in speakers:
            return _Raw(name, instant, text)
    by_role = _BY_ROLE.match(line)
    return _Raw(by_role["who"], None, by_role["text"]) if by_role else None


def _instant(text: str, day: str) -> datetime | None:
    """The instant of a time with a day, the line's own or the last one before it; None without one."""
    has_day = re.match(_DAY, text)
    numbers = [int(part) for part in re.findall(r"\d+", text if has_day else f"{day} {text}")]
    if len(numbers) < 5 or not (has_day or (day and re.fullmatch(_HOUR, text.strip()))):
        return None
    try:
        return to_utc(datetime(*numbers[:6], tzinfo=SHOP_ZONE))  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _shop_names(sections: list[tuple[str, list[_Raw]]]) -> frozenset[str]:
    """Names that are the shop's though they do not look it: those in most of several talks."""
    names = Counter(who for _, section in sections for who in {raw.who for raw in section})
    titles = {title for title, _ in sections}
    often = {name for name, count in names.items() if count >= 2 and 2 * count > len(sections) and name not in titles}
    return frozenset(often)


def _by_buyer(section: list[_Raw], shop: frozenset[str], title: str) -> Iterable[tuple[str, list[_Raw]]]:
    """A section cut where another buyer comes, or after a long silence."""
    unknown = [raw.who for raw in section if not _is_shop(raw.who, shop)]
    buyer = title or (unknown[0] if unknown else "")
    explicit = any(_is_shop(raw.who, shop) for raw in section)
    part: list[_Raw] = []
    for raw in section:
        silence = bool(part) and raw.at is not None and part[-1].at is not None and raw.at - part[-1].at > _PAUSE
        other = explicit and not title and not _is_shop(raw.who, shop) and raw.who != buyer
        if part and (silence or other):
            yield buyer, part
            part = []
        if other:
            buyer = raw.who
        part.append(raw)
    if part:
        yield buyer, part


def _is_shop(who: str, shop: frozenset[str]) -> bool:
    return who in shop or (bool(_SHOP.search(who) or _BOT.search(who)) and not _BUYER.match(who))


def _author(who: str, shop: frozenset[str], buyer: str) -> str:
    if _BOT.search(who):
        return "bot"
    if _is_shop(who, shop) or (buyer and who != buyer and not _BUYER.match(who)):
        return "agent"
    return "buyer"
