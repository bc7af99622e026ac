"""What an agent promised (承诺): 「我帮您问仓库，明天上午回复」 becomes a task with a time, so that nobody forgets it.

A promise is a clause of the agent in which he will do something for the buyer and names when. Facts about
parcels (「预计明天到」) and offers to choose from (「您看明天可以吗」) are none. Times are of the shop's zone; a part
of a day stands for its end, 「稍后」 for an hour.
"""

import re
from datetime import datetime, timedelta

from msgspec import Struct

from xiaoer.kernel.clock import SHOP_ZONE

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;\n]?")
_WILL = re.compile(
    r"(?:我|我们|这边|小二|同事|仓库|师傅)[^，。]{0,8}(?:帮|给|为|跟|去|来|会|马上|再|让|安排|联系|催|问|查|核实|跟进)|"
    r"(?:给|跟|向)您(?:回复|答复|回电|消息|结果|补发|寄|退|发)|(?:回复|答复|通知|联系|告诉)您|(?:安排|为您|帮您)(?:补发|寄出|退款|发出|换货|加急)"
)
_DOES = re.compile(
    r"回复|答复|回电|回您|通知|联系|告诉|消息|结果|补发|寄|退款|退给|发出|核实|查|问|跟进|反馈|加急|处理|登记|换货|上门"
)
_ASKS = re.compile(r"[？?]|可以吗|好吗|行吗|方便吗|您看|预计|一般|通常|大概率|如果|要是|的话")
_IN = re.compile(r"(\d+|[一二两三四五六七八九十半])\s*个?(分钟|小时|天|工作日)(?:之?内|以内|左右|后)?")
_AT = re.compile(r"(上午|中午|下午|晚上|今晚|明早)?\s*(\d{1,2})\s*(?:点|:|：)(半|\d{2})?")
_DAYS = {"今天": 0, "今晚": 0, "今日": 0, "当天": 0, "明天": 1, "明早": 1, "明日": 1, "后天": 2}
_PARTS = {"早上": 11, "上午": 12, "明早": 11, "中午": 13, "下午": 18, "晚上": 22, "今晚": 22, "下班前": 18}
_SOON = {"稍后": 60, "一会": 60, "待会": 60, "尽快": 120, "第一时间": 120}
_NUMBERS = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
_LONGEST = 120


class Promise(Struct, frozen=True):
    """What was promised, in the agent's words, and until when."""

    text: str
    due_at: datetime


def find_promises(text: str, now: datetime) -> tuple[Promise, ...]:
    """The promises of one message, in their order; at most three."""
    found = []
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        if not (_WILL.search(sentence) and _DOES.search(sentence)) or _ASKS.search(sentence):
            continue
        due = due_of(sentence, now)
        if due is not None:
            found.append(Promise(sentence.rstrip("。！!；;")[:_LONGEST], due))
    return tuple(found[:3])


def due_of(sentence: str, now: datetime) -> datetime | None:
    """The instant that a sentence names; None when it names none."""
    local = now.astimezone(SHOP_ZONE)
    within = _IN.search(sentence)
    if within:
        amount = 0.5 if within[1] == "半" else float(_NUMBERS.get(within[1], 0) or within[1])
        unit = {"分钟": timedelta(minutes=1), "小时": timedelta(hours=1)}.get(within[2], timedelta(days=1))
        return now + amount * unit
    day = next((ahead for word, ahead in _DAYS.items() if word in sentence), None)
    at = _AT.search(sentence)
    if at:
        hour = int(at[2]) + (12 if (at[1] or "") in ("下午", "晚上", "今晚") and int(at[2]) < 12 else 0)
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
