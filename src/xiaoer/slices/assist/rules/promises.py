"""What an agent promised (承诺): 「我帮您问仓库，明天上午回复」 becomes a task with a time, so that nobody forgets it.

A promise is a clause of the agent in which he will do something for the buyer and names when; a sentence that names
two times holds two. Facts about parcels (「预计明天到」) and offers to choose from (「您看明天可以吗」) are none. Times
are of the shop's zone; a part of a day stands for its end, 「稍后」 for an hour.
"""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from xiaoer.kernel.clock import SHOP_ZONE

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]?")
_WILL = re.compile(
    r"(?:我|我们|这边|小二|同事|仓库|师傅)[^，。]{0,8}(?:帮|给|为|跟|去|来|会|马上|再|让|安排|联系|催|问|查|核实|跟进)|"
    r"(?:补?寄|补发|打|发|退|回)(?:个)?(?:电话|消息|款|钱)?(?:给|到)您|回您|给您(?:处理|办|查|核实|安排|解决|开|登记)|(?:给|跟|向)您(?:回复|答复|回电|消息|结果|补发|寄|退|发)|(?:回复|答复|通知|联系|告诉)您|(?:安排|为您|帮您)(?:补发|寄出|退款|发出|换货|加急)"
)
_DOES = re.compile(
    r"回复|答复|回电|回您|通知|联系|告诉|消息|结果|补发|寄|退款|打款|退给|发出|核实|查|问|跟进|反馈|加急|处理|登记|换货|上门"
)
_ASKS = re.compile(r"[？?]|可以吗|好吗|行吗|方便吗|您看|预计|一般|通常|大概率|如果|要是|的话")
_IN = re.compile(r"(\d+|[一二两三四五六七八九十半])\s*个?(分钟|小时|天|工作日)(?:之?内|以内|左右|后)?")
_AT = re.compile(
    r"(上午|中午|下午|晚上|今晚|明早)?\s*(\d{1,2}|二?十[一二三四五六七八九]?|[一二两三四五六七八九])\s*(?:点(?!货|击|进|开)|:|：)钟?(半|\d{2})?"
)
_CLAUSE = re.compile(r"[^，,]+[，,]?")
_WEEKDAY = re.compile(r"(下+)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])")
_DATE = re.compile(r"(?<![\d尾])(\d{1,2}|[二三]?十[一二三四五六七八九]?)[号日](?![楼店线单码色机院仓门])")
_DAYS = {"今天": 0, "今晚": 0, "今日": 0, "当天": 0, "明天": 1, "明早": 1, "明日": 1, "后天": 2}
_PARTS = {"早上": 11, "上午": 12, "明早": 11, "中午": 13, "下午": 18, "晚上": 22, "今晚": 22, "下班前": 18}
_SOON = {"稍后": 60, "一会": 60, "待会": 60, "尽快": 120, "第一时间": 120}
_NUMBERS = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
_LONGEST = 120
_SAFE_DAY = 28  # every month has it; a later one is left to the agent


class Promise(Struct, frozen=True):
    """What was promised, in the agent's words, and until when."""

    text: str
    due_at: datetime


def find_promises(text: str, now: datetime) -> tuple[Promise, ...]:
    """The promises of one message, in their order; at most three."""
    found = []
    for match in _SENTENCE.finditer(text):
        if _ASKS.search(match.group()):
            continue
        for said in _parts(match.group().strip(), now):
            due = due_of(said, now)
            if due is not None and _WILL.search(said) and _DOES.search(said):
                found.append(Promise(said.rstrip("，,。！!；;")[:_LONGEST], due))
    return tuple(found[:3])


def owed_s(text: str, now: datetime) -> int:
    """Seconds until the first promise of a message is due; 0 when it promises nothing."""
    return min((max(1, round((p.due_at - now).total_seconds())) for p in find_promises(text, now)), default=0)


def _parts(sentence: str, now: datetime) -> list[str]:
    """The sentence, cut where a second deed has a time of its own: 五点前回您电话，｜明天把赠品寄给您."""
    parts = [""]
    for clause in _CLAUSE.findall(sentence):
        is_deed = _DOES.search(clause) is not None and due_of(clause, now) is not None
        if is_deed and due_of(parts[-1], now) is not None and _DOES.search(parts[-1]):
            parts.append("")
        parts[-1] += clause
    return parts


def due_of(sentence: str, now: datetime) -> datetime | None:
    """The instant that a sentence names; None when it names none."""
    local = now.astimezone(SHOP_ZONE)
    within = _IN.search(sentence)
    if within:
        amount = 0.5 if within[1] == "半" else float(_NUMBERS.get(within[1], 0) or within[1])
        unit = {"分钟": timedelta(minutes=1), "小时": timedelta(hours=1)}.get(within[2], timedelta(days=1))
        return now + amount * unit
    day = next((ahead for word, ahead in _DAYS.items() if word in sentence), None) or _days_ahead(sentence, local)
    at = _AT.search(sentence)
    if at:
        hour = _number(at[2])
        hour += 12 if (at[1] or "") in ("下午", "晚上", "今晚") and hour < 12 else 0
        if hour > 23:
            return None
        minute = 30 if at[3] == "半" else int(at[3] or 0)
        due = local.replace(hour=hour, minute=min(minute, 59), second=0, microsecond=0) + timedelta(days=day or 0)
        return due if due > local else due + timedelta(days=1)
    part = next((hour for word, hour in _PARTS.items() if word in sentence), None)
    if day is not None or part is not None:
        due = local.replace(hour=part or 18, minute=0, second=0, microsecond=0) + timedelta(days=day or 0)
        return due if due > local else local.replace(hour=23, minute=59) if (day or 0) == 0 else due
    minutes = next((minutes for word, minutes in _SOON.items() if word in sentence), None)
    return now + timedelta(minutes=minutes) if minutes else None


def _days_ahead(sentence: str, local: datetime) -> int | None:
    """Days until the weekday (周五, 下周一) or the day of the month (25号) that is named; None when none is."""
    if named := _WEEKDAY.search(sentence):
        wanted = "一二三四五六日".index(named[2].replace("天", "日"))
        ahead = wanted - local.weekday() + 7 * len(named[1] or "")
        return ahead if ahead >= 0 else ahead + 7
    if (dated := _DATE.search(sentence)) and 1 <= (number := _number(dated[1])) <= _SAFE_DAY:
        ahead = number - local.day
        return (
            ahead
            if ahead >= 0
            else (local.replace(day=1) + timedelta(days=32)).replace(day=number).toordinal() - local.toordinal()
        )
    return None


def _number(said: str) -> int:
    """十一 is 11, 二十 is 20."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (_NUMBERS.get(tens, 1) * 10 if ten else 0) + _NUMBERS.get(ones, 0)
