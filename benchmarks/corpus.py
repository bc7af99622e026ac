"""Questions and entries for benchmarks: the pack's own utterances, multiplied where more are wanted."""

import random
from pathlib import Path

import xiaoer

_INTENTS = Path(xiaoer.__file__).parent / "packs" / "ecommerce" / "intents"
_THINGS = [
    "外套",
    "连衣裙",
    "面霜",
    "口红",
    "坚果",
    "咖啡",
    "四件套",
    "枕头",
    "纸尿裤",
    "奶瓶",
    "耳机",
    "充电宝",
    "键盘",
    "猫粮",
    "台灯",
    "加湿器",
    "跑鞋",
    "毛巾",
    "水杯",
    "书桌",
]
_PLACES = ["北京", "上海", "广州", "成都", "杭州", "武汉", "西安", "沈阳", "昆明", "兰州"]


def utterances() -> list[str]:
    """Every utterance of the pack, shuffled by a fixed seed."""
    lines = [
        line.strip()
        for path in sorted(_INTENTS.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    random.Random(7).shuffle(lines)
    return lines


def entries(count: int) -> list[dict[str, object]]:
    """Knowledge rows: questions with three similar ones each."""
    lines, draw = utterances(), random.Random(11)
    rows: list[dict[str, object]] = []
    for number in range(count):
        base = lines[number % len(lines)]
        mark = "" if number < len(lines) else f"{draw.choice(_THINGS)}{draw.choice(_PLACES)}{number}"
        similar = [f"{mark}{lines[(number * 7 + k * 131) % len(lines)]}" for k in (1, 2, 3)]
        rows.append(
            {"id": f"B{number}", "question": f"{mark}{base}", "answer": f"这是第 {number} 条答案。", "similar": similar}
        )
    return rows
