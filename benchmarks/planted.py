"""Planted spikes, return causes, sub-reasons and blockers: how many are found, and how often chance cries.

    python benchmarks/planted.py [--seeds 3] [--topics 200]

Topics follow a daily and weekly rhythm with overdispersed counts; 20 of them grow to three to six times their usual
for two days. The product's own watch looks every hour. Causes and blockers are planted as words and asks and read back
through the product's own rules.
"""

import argparse
from collections import defaultdict
from random import Random

from xiaoer.app.simulation.rhythm import HOURS, draw_count
from xiaoer.flows.watch_insights import window_counts
from xiaoer.slices.insights.rules.blockers import blocker_of
from xiaoer.slices.insights.rules.reasons import name_reason
from xiaoer.slices.insights.rules.spikes import WINDOWS_H, find_spikes
from xiaoer.slices.insights.rules.themes import Said, count_pieces, find_themes
from xiaoer.slices.insights.types import Ask, Beat, Talk

DAYS = 35
WATCHED = 5


def spikes(seed: int, topics: int) -> tuple[int, int, int]:
    """(found, planted, false alarms in the watched days)."""
    dice = Random(seed)
    usual = {f"t{n}|P": dice.paretovariate(1.1) * 0.35 for n in range(topics)}
    frequent = [topic for topic, mean in usual.items() if mean * 24 >= 8]
    planted = dict.fromkeys(dice.sample(frequent, min(20, len(frequent))), 0)
    for topic in planted:
        planted[topic] = (DAYS - WATCHED + dice.randrange(WATCHED - 2)) * 24 + dice.randrange(8, 20)
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for topic, mean in usual.items():
        times = dice.uniform(3, 6)
        for hour in range(DAYS * 24):
            rate = mean * HOURS[hour % 24] * (1.2 if hour // 24 % 7 >= 5 else 1.0)
            if topic in planted and planted[topic] <= hour < planted[topic] + 48:
                rate *= times
            if n := draw_count(dice, rate, 0.15):
                counts[topic][hour] = n
    told: dict[str, int] = {}
    false = 0
    for end in range((DAYS - WATCHED) * 24, DAYS * 24):
        known = {topic: {h: n for h, n in hours.items() if h < end} for topic, hours in counts.items()}
        for hours in WINDOWS_H:
            seen = window_counts(known, end, hours, 28)
            for spike in find_spikes(seen.now, seen.history, seen.days, hours):
                if end - told.get(spike.topic, -999) < 24:
                    continue
                told[spike.topic] = end
                start = planted.get(spike.topic)
                false += start is None or not start < end <= start + 72
    found = sum(topic in told for topic in planted)
    return found, len(planted), false


CAUSES = {
    ("size", "too_small"): ("尺码", ["M码太小了穿不上", "腰这里好紧", "偏小一码"]),
    ("quality", "pilling"): ("质量问题", ["洗一次就起球", "掉毛严重"]),
    ("not_as_described", "color"): ("与描述不符", ["颜色和图片不一样", "有色差"]),
    ("damaged", "crushed"): ("其他", ["收到盒子压扁里面碎了", "外壳裂了"]),
    ("missing", "missing_part"): ("少件", ["少发了一个配件", "赠品没发"]),
    ("quality", "not_working"): ("不想要了", ["开不了机", "充不进电"]),
    ("courier", "stuck"): ("其他", ["物流一直不动退了吧", "快递太慢"]),
    ("late", ""): ("未按约定时间发货", ["一直不发货", "等太久了"]),
}


def causes(seed: int) -> tuple[int, int]:
    """Products whose planted cause (40 to 70 % of their returns) is ranked first."""
    dice, right = Random(seed), 0
    wanted = list(CAUSES)
    for _ in range(60):
        cause = dice.choice(wanted)
        tally: dict[tuple[str, str], int] = defaultdict(int)
        for _ in range(dice.randint(20, 60)):
            real = cause if dice.random() < dice.uniform(0.4, 0.7) else dice.choice(wanted)
            form, said = CAUSES[real]
            talked = [dice.choice(said)] if dice.random() < 0.6 else []
            picked = form if dice.random() < 0.7 else dice.choice(["不想要了", "其他", "7天无理由"])
            tally[name_reason(picked, talked, [])] += 1
        named = {key: n for key, n in tally.items() if key[0] not in ("unwanted", "other")}
        right += max(named, key=lambda key: named[key])[0] == cause[0]
    return right, 60


SAID = {
    "quality": {
        "起球": ("洗一次就起球", "起球太厉害了", "才穿两天袖口就起球", "毛衣起球严重想退"),
        "扎": ("面料好扎", "穿着扎人", "贴身穿很扎皮肤", "扎脖子受不了"),
        "开线": ("腋下开线了", "收到就开线", "裤裆那里开线", "袖子开线了给换吗"),
        "味道": ("味道太大了", "味道刺鼻散不掉", "有股很重的味道", "洗了三遍味道还在"),
    },
    "size": {
        "太小": ("M码太小穿不进去", "腰那里太小了", "拍了L还是太小", "太小了勒得慌"),
        "太长": ("裤腿太长拖地", "袖子太长了", "衣服太长显矮", "太长了要改"),
    },
    "unwanted": {
        "朋友": ("朋友送了一个不要了", "朋友买重了", "朋友说不好看", "给朋友的她不要"),
        "等": ("等太久不想等了", "等了一周不要了", "等不及去实体店买了", "不等了退了吧"),
    },
}  # fmt: skip


def themes(seed: int) -> tuple[int, int, float]:
    """(planted sub-reasons that came out by themselves, planted, share of refunds that stand with their own kind)."""
    dice, texts = Random(seed), dict[str, list[tuple[str, str]]]()
    for reason, kinds in SAID.items():
        names = list(kinds)
        drawn = dice.choices(names, [1 / (at + 1) for at in range(len(names))], k=60)
        texts[reason] = [(kind, dice.choice(kinds[kind])) for kind in drawn]
    said = {r: [Said(f"{r}{at}", 1, text) for at, (_, text) in enumerate(rows)] for r, rows in texts.items()}
    found = right = placed = 0
    for reason, rows in said.items():
        others = count_pieces(one for other, them in said.items() if other != reason for one in them)
        kind_of = {one.key: kind for one, (kind, _) in zip(rows, texts[reason], strict=True)}
        majorities = set()
        for theme in find_themes(rows, others):
            tally: dict[str, int] = defaultdict(int)
            for key in theme.keys:
                tally[kind_of[key]] += 1
            majorities.add(max(tally, key=lambda kind: tally[kind]))
            right, placed = right + max(tally.values()), placed + len(theme.keys)
        found += len(majorities)
    return found, sum(map(len, SAID.values())), right / placed


BLOCKERS = {
    "price": ["price.query", "promo.bargain", "promo.discount"],
    "stock": ["product.stock", "product.restock"],
    "delivery": ["ship.when", "ship.eta"],
    "size": ["product.size_advice", "product.size_chart"],
    "after_sales": ["product.warranty", "product.quality", "after.return"],
    "no_answer": ["product.detail"],
}


def blockers(seed: int) -> tuple[int, int]:
    """Lost talks whose planted blocker, the last concern before leaving, is named."""
    dice, right = Random(seed), 0
    for _ in range(600):
        label = dice.choice(list(BLOCKERS))
        before = [
            dice.choice(["product.detail", "product.material", "price.query", "ship.when"])
            for _ in range(dice.randrange(3))
        ]
        asked = [*before, dice.choice(BLOCKERS[label])]
        beats, asks = [], []
        for place, intent in enumerate(asked):
            last = place == len(asked) - 1
            beats.append(Beat(place * 60_000, "b", owner="bot"))
            answered = not (last and label == "no_answer")
            asks.append(Ask(place * 60_000, (intent,), answered=answered))
            if answered or dice.random() < 0.5:
                beats.append(Beat(place * 60_000 + 900, "r"))
        if label != "no_answer" and dice.random() < 0.3:
            beats += [Beat(400_000, "b", owner="bot"), Beat(401_000, "r")]
            asks.append(Ask(400_000, (dice.choice(["chat.ack", "chat.thanks", "chat.bye"]),)))
        right += blocker_of(Talk("c", "b", "web", 0, beats=tuple(beats), asks=tuple(asks))) == label
    return right, 600


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--topics", type=int, default=200)
    options = parser.parse_args()
    found = planted = false = 0
    for seed in range(options.first, options.first + options.seeds):
        one = spikes(seed, options.topics)
        found, planted, false = found + one[0], planted + one[1], false + one[2]
    watched = options.seeds * WATCHED
    print(f"spikes: {found}/{planted} found, {false / watched:.2f} false alarms a day over {options.topics} topics")
    print("causes ranked first: {}/{}".format(*causes(options.first + 1)))
    drawn = [themes(options.first + seed) for seed in range(10)]
    print(f"sub-reasons found: {sum(d[0] for d in drawn)}/{sum(d[1] for d in drawn)}, "
          f"{sum(d[2] for d in drawn) / len(drawn):.0%} of refunds with their own kind")  # fmt: skip
    print("blockers named: {}/{}".format(*blockers(options.first + 1)))
