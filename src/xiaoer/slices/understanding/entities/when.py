"""Dates and times (时间) as the buyer names them, in plain words: 今晚8点 → 今天 20:00, 礼拜三 → 周三.

Nothing is resolved against a calendar here: what day 后天 is depends on when it was said.
"""

import re
from typing import Any

from xiaoer.slices.understanding.phrases import PhraseTable

_MONTH_DAY = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*[月./]\s*(3[01]|[12]\d|0?[1-9])\s*([日号])?(?!\d|[./]\d)")
_WEEKDAY = re.compile(
    r"((?:下下?个?|上个?|这个?|本)?)(?:周|星期|礼拜)([一二三四五六日天末1-7])(?!年|期|岁|边|围|到|转|长|更|内)"
)
_DAY_OF_MONTH = re.compile(
    r"(?<![\d.月])(?<![大小])(?<![大小]了)((?:下个?月|这个?月|本月|上个?月)?)(3[01]|[12]\d|[1-9])\s*[号日](?!\d|[楼线院门店库仓码色机链接电池口站台])(?=[^\d]|$)"
)
_WORDS = re.compile(
    r"(大前天|大后天|前天|昨天|今天|明天|后天|今晚|明晚|昨晚|今早|明早|当天|月底前|月底|月初|月中|年底前|年底|年前|年后|下个?周末|这个?周末|周末|下个?周|上个?周|这个?周|本周|下个?月底|下个?月|上个?月|这个?月|本月|去年|明年|过年前|下午|上午)"
)
_BEFORE_NEW_YEAR = re.compile(r"过?年[前后]")
_TONIGHT = {"今晚": "今天", "明晚": "明天", "昨晚": "昨天", "今早": "今天", "明早": "明天"}
_PART_OF_DAY = re.compile(r"凌晨|清晨|早上|早晨|今早|明早|早|上午|中午|下午|傍晚|晚上|今晚|明晚|昨晚|晚|夜里")
_CLOCK = re.compile(
    r"(?<![\d.:])([01]?\d|2[0-4])\s*(?:点钟?|时(?!间|候|效|不时|常|长|段))(?:(半)|([0-5]?\d)\s*分?|(一刻))?(?!\s*[\d%几])"
)
_COLON = re.compile(r"(?<![\d.:])([01]?\d|2[0-4]):([0-5]\d)(?!\d|:\d)")


def read_when(text: str, found: dict[str, Any], festivals: PhraseTable) -> str:
    """Adds date and time; returns the text without them."""
    text = _clock(text, found)
    return _date(text, found, festivals)


def _clock(text: str, found: dict[str, Any]) -> str:
    match = _COLON.search(text)
    if match:
        hour, minute = int(match.group(1)), int(match.group(2))
    else:
        match = _CLOCK.search(text)
        if match is None or re.search(r"[差第有]\s*$", text[: match.start()]):
            return text
        hour = int(match.group(1))
        minute = 30 if match.group(2) else 15 if match.group(4) else int(match.group(3) or 0)
    parts = _PART_OF_DAY.findall(text[: match.start()])
    part = parts[-1] if parts else ""
    if part in ("下午", "傍晚", "晚上", "今晚", "明晚", "昨晚", "晚", "夜里") and 1 <= hour < 12:
        hour += 12
    if part == "中午" and 1 <= hour <= 2:
        hour += 12
    found["time"] = f"{hour % 24 if hour < 24 else 0:02d}:{minute:02d}"
    return f"{text[: match.start()]} {text[match.end() :]}"


def _date(text: str, found: dict[str, Any], festivals: PhraseTable) -> str:
    match = _MONTH_DAY.search(text)
    if match and (match.group(3) or "月" in match.group()) and not re.search(r"\d\s*个$", text[: match.start()]):
        found["date"] = f"{int(match.group(1))}月{int(match.group(2))}日"
        return f"{text[: match.start()]} {text[match.end() :]}"
    match = _BEFORE_NEW_YEAR.search(text)
    if match:
        found["date"] = match.group()
        return f"{text[: match.start()]} {text[match.end() :]}"
    festival = next(iter(festivals.find(text)), None)
    if festival is not None:
        found["date"] = festival.value
        return f"{text[: festival.start]} {text[festival.end :]}"
    match = _WEEKDAY.search(text)
    if match and not (
        match.group(2) in "1234567" and not match.group(0).startswith(("周", "星", "礼", "下", "上", "这", "本"))
    ):
        day = match.group(2).replace("天", "日")
        day = "一二三四五六日"[int(day) - 1] if day.isdigit() else day
        found["date"] = (
            f"{match.group(1).replace('个', '').replace('这', '').replace('本', '')}周{day}"
            if day != "末"
            else f"{match.group(1).replace('个', '')}周末"
        )
        return f"{text[: match.start()]} {text[match.end() :]}"
    for match in _WORDS.finditer(text):
        word = match.group(1)
        if word in ("上午", "下午"):
            continue
        found["date"] = _TONIGHT.get(word, word.replace("个周", "周"))
        return f"{text[: match.start()]} {text[match.end() :]}"
    match = _DAY_OF_MONTH.search(text)
    if match:
        found["date"] = f"{match.group(1).replace('个', '')}{int(match.group(2))}号"
        return f"{text[: match.start()]} {text[match.end() :]}"
    return text
