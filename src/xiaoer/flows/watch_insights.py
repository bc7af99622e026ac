"""Watching for what wants a person (巡查): spikes of questions, buyers at risk, and whether a change worked."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf, log
from typing import Any, Protocol

from sqlalchemy import Connection

from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.commerce import Product
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.catalog import store as catalog
from xiaoer.slices.conversations import told
from xiaoer.slices.insights import alerts, store
from xiaoer.slices.insights import api as insights
from xiaoer.slices.insights.rules import spikes
from xiaoer.slices.insights.rules.days import as_date, day_of, hour_of, micros
from xiaoer.slices.insights.types import Alert
from xiaoer.slices.policies.rules.attributes import facts_for
from xiaoer.slices.privacy import api as privacy

_BACK = 28
_WEEK = "一二三四五六日"
_TITLE = 13
_WORDS = 24
_FURIOUS = 0.85
_EXAMPLES = 3
_LEAST_RATE = 0.05  # an hour: of a topic that nobody asked about before


def _last_words(connection: Connection, shop: ShopId, conversation_id: str) -> str:
    """What the buyer said last, masked; enough of it to know what it is about."""
    lines = told.messages_of(connection, shop, [conversation_id]).get(conversation_id, ())
    words = next((line.text for line in reversed(lines) if line.author == "buyer" and line.text.strip()), "")
    shown = privacy.mask_text(" ".join(words.split()))
    return shown if len(shown) <= _WORDS else f"{shown[: _WORDS - 1]}…"


class Answers(Protocol):
    """Looks into the shop's knowledge: (question, answer) or None. `ready` is awaited before."""

    async def ready(self, shop: ShopId) -> None: ...

    def find(self, shop: ShopId, question: str, product_id: str, now: datetime) -> tuple[str, str] | None: ...


class WatchInsights:
    """Raises alerts."""

    def __init__(self, db: Database, clock: Clock, intents: Mapping[str, str], answers: Answers) -> None:
        self._db = db
        self._clock = clock
        self._intents = intents
        self._answers = answers

    async def find_spikes(self, shop: ShopId) -> list[Alert]:
        """Look at the hours that have just ended; return the alerts that are new."""
        now = self._clock.now()
        end = shop_hour(now)  # this hour is not over yet
        seen = await self._db.read_long(lambda c: self._spikes(c, shop, end))
        if not seen:
            return []
        await self._answers.ready(shop)
        found = await self._db.read(lambda c: [self._alert(c, shop, spike, hours, end, now) for spike, hours in seen])
        return await self._db.write(lambda c: alerts.raise_new(c, shop, found))

    @staticmethod
    def _spikes(connection: Connection, shop: ShopId, end: int) -> list[tuple[spikes.Spike, Mapping[int, int]]]:
        """Spikes with the counts of their topic by hour."""
        day = end // 24
        counts = hourly_counts(connection, shop, (day - _BACK - 2, day))
        first = min((hour for hours in counts.values() for hour in hours), default=end)
        found: dict[str, spikes.Spike] = {}
        for hours in spikes.WINDOWS_H:
            windows = window_counts(counts, end, hours, min(_BACK, max(0, (end - first) // 24)))
            for spike in spikes.find_spikes(windows.now, windows.history, windows.days, hours):
                if spike.topic not in found or spike.p < found[spike.topic].p:
                    found[spike.topic] = spike
        return [(spike, counts[spike.topic]) for spike in found.values()]

    def _alert(
        self,
        connection: Connection,
        shop: ShopId,
        spike: spikes.Spike,
        hours: Mapping[int, int],
        end: int,
        now: datetime,
    ) -> Alert:
        intent, _, product_id = spike.topic.partition("|")
        product = catalog.get_product(connection, shop, product_id) if product_id else None
        name = self._intents.get(intent, intent)
        since = onset(hours, end, spike.usual / spike.hours, spike.times)
        date = as_date(since // 24)
        ago = end // 24 - since // 24
        when = "今天" if not ago else f"周{_WEEK[date.weekday()]}" if ago < 7 else f" {date.month}/{date.day} "
        what = f"「{_short(product.title) if product else '没说哪款'}」的{name}问题" if product_id else f"{name}问题"
        much = f"{spike.hours} 小时 {spike.seen} 次，往常{_about(spike.usual)}"
        title = f"{what}从{when} {since % 24} 点起涨到 {spike.times:g} 倍（{much}）"
        asked = self._asked(connection, shop, intent, product_id, end // 24)
        facts: dict[str, Any] = {
            "intent": intent,
            "product_id": product_id,
            "count": spike.seen,
            "usual": spike.usual,
            "times": spike.times,
            "hours": spike.hours,
            "p": spike.p,
            "since_hour": since,
            "asked": [text for text, _ in asked[:_EXAMPLES]],
        }
        text = self._proposal(shop, product, intent, asked, now)
        level = "high" if spike.times >= 4 else "normal"
        return Alert(new_id(), "spike", f"spike:{spike.topic}", level, now, title, text, facts=facts)

    @staticmethod
    def _asked(connection: Connection, shop: ShopId, intent: str, product_id: str, day: int) -> list[tuple[str, int]]:
        """How buyers put it and how often, the most frequent wording first."""
        rows = store.sums(connection, shop, "q", (day - 1, day), ("a",), b=product_id, limit=200)
        texts = store.texts_of(connection, shop, [row[0] for row in rows])
        return [(texts[id_][1], n) for id_, n, _ in rows if id_ in texts and texts[id_][0] == intent]

    def _proposal(
        self, shop: ShopId, product: Product | None, intent: str, asked: list[tuple[str, int]], now: datetime
    ) -> str:
        """What to do, with the text to put on the page where the shop's own facts or knowledge have one."""
        question = asked[0][0] if asked else self._intents.get(intent, intent)
        said = f"多数人问：「{question}」。" if asked else ""
        if product and (fact := fitting_attribute(product, intent, asked or [(question, 1)])):
            return f"{said}详情页建议把这句写到显眼处：「{fact}」。改好后点「已改」，两天后看效果。"
        answer = self._answers.find(shop, question, product.id if product else "", now)
        if answer is not None:
            return f"{said}知识库里有答案，建议写进详情页：「{answer[1][:120]}」。改好后点「已改」，两天后看效果。"
        where = f"「{_short(product.title)}」的详情页" if product else "相关商品的详情页"
        return f"{said}{where}和知识库都没有写。先问清楚答案，在「知识」里补一条，再写进详情页。"

    async def risks(self, shop: ShopId, conversation_id: str, anger: float, complaint: bool) -> Alert | None:
        """Tell supervisors at once that a buyer may write a bad review or complain."""
        now = self._clock.now()
        said = await self._db.read(lambda c: _last_words(c, shop, conversation_id))
        why = "提到投诉" if complaint else "很生气" if anger >= _FURIOUS else "生气了"
        title = f"买家可能给差评（{why}）" + (f"：「{said}」" if said else "")
        advice = "先道歉，说清下一步和时间；需要补偿时按权限给方案。回放会话看他在气什么。"
        alert = Alert(
            new_id(), "risk", f"risk:{conversation_id}", "high", now, title, advice, conversation_id=conversation_id
        )

        def change(connection: Connection) -> Alert | None:
            if not alerts.raise_new(connection, shop, [alert]):
                return None
            told = {"alert_id": alert.id, "title": title, "advice": advice}
            fact = Event(shop, new_id(), "alert.raised", now, conversation_id, "", told)
            insights.append(connection, shop, [fact])  # open workbenches of supervisors hear of it
            return alert

        return await self._db.write(change)

    def effect(self, connection: Connection, shop: ShopId, alert: Alert, now: datetime) -> dict[str, Any] | None:
        """Whether the change that an alert led to worked; None while it is too early or nothing was changed.

        Whole days are compared: those of the spike before the day of the change (that day itself when it began on it)
        with those after it that are over; and the same days of products with which nothing was done.
        """
        if alert.kind != "spike" or alert.changed_at is None:
            return None
        changed = day_of(micros(alert.changed_at))
        today = day_of(micros(now))
        start = int(alert.facts.get("since_hour", 0)) // 24
        first = max(start + (start < changed - 1), changed - 14)  # of several days the one of the onset is no whole one
        before = (min(first, changed), max(changed - 1, min(first, changed)))
        after = (changed + 1, min(today - 1, changed + 14))
        if after[1] < after[0]:
            return None
        intent, product = str(alert.facts["intent"]), str(alert.facts["product_id"])
        listed = alerts.listed(connection, shop, (), "spike", 200)
        touched = {str(one.facts.get("product_id")) for one in listed if one.changed_at is not None} | {product, ""}

        def counts(days: tuple[int, int]) -> tuple[int, int]:
            rows = store.sums(connection, shop, "ask.d", days, ("b",), a=intent)
            return sum(n for b, n, _ in rows if b == product), sum(n for b, n, _ in rows if b not in touched)

        (old, control_old), (new, control_new) = counts(before), counts(after)
        days_before, days_after = before[1] - before[0] + 1, after[1] - after[0] + 1
        found = spikes.effect_of(old, days_before, new, days_after, control_old, control_new)
        if found is None:
            return None
        verb = "有效" if found.works else "没起作用，问的更多了" if found.low > 1 else "还看不出效果"
        drop = f"每天 {round(found.before, 1):g} 次 → {round(found.after, 1):g} 次"
        same = f"同期没改的商品变成 {found.control:.0%}" if control_old >= 20 else "没改的商品问得太少，没法对照"
        text = (
            f"改动{verb}：{drop}，{same}；算下来是原来的 {found.times:.0%}（95% 区间 {found.low:.0%}–{found.high:.0%}）"
        )
        return {**found._asdict(), "text": text, "days_after": days_after}


def fitting_attribute(product: Product, intent: str, asked: Sequence[tuple[str, int]]) -> str:
    """The product's own fact that answers most of what was asked (wording, how often), such as `续航：8 小时`; else "".

    Found as the bot finds it when a buyer asks.
    """
    votes: Counter[tuple[str, str]] = Counter()
    for question, count in asked:
        for fact in facts_for(product, intent, question)[:1]:
            votes[fact] += count
    return "：".join(votes.most_common(1)[0][0]) if votes else ""


def _about(count: float) -> str:
    return "不到 1 次" if count < 1 else f" {count:.0f} 次左右"


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"


class Windows:
    """Counts of one window of hours, now and on the days before."""

    def __init__(self, now: dict[str, int], history: dict[str, list[int]], days: int) -> None:
        self.now, self.history, self.days = now, history, days


def hourly_counts(connection: Connection, shop: ShopId, days: tuple[int, int]) -> dict[str, dict[int, int]]:
    """Asks by topic (`intent|product`) and shop hour since 1970; a product-less topic is the intent alone."""
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for day, hour, a, b, n, _ in store.sums(connection, shop, "ask", days, ("day", "hour", "a", "b")):
        if not a.startswith(("chat.", "oos.")):
            counts[f"{a}|{b}"][day * 24 + hour] = n
    return counts


def window_counts(counts: Mapping[str, Mapping[int, int]], end: int, hours: int, days: int) -> Windows:
    """The window of `hours` before hour `end`, and the same hours of each of the `days` before."""
    now: dict[str, int] = {}
    history: dict[str, list[int]] = {}
    for topic, by_hour in counts.items():
        past = [0] * days
        for hour, n in by_hour.items():
            back, rest = divmod(end - 1 - hour, 24)
            if hours == 24:
                rest = 0
            if rest >= hours or back < 0:
                continue
            if back == 0:
                now[topic] = now.get(topic, 0) + n
            elif back <= days:
                past[back - 1] += n
        history[topic] = past
    return Windows(now, history, days)


def onset(hours: Mapping[int, int], end: int, usual_per_hour: float, times: float) -> int:
    """The shop hour since which the counts are best explained by `times` the usual rate, at most a week back."""
    usual, times = max(usual_per_hour, _LEAST_RATE), max(times, 2.0)
    total, best, highest = 0, end - 1, -inf
    for back in range(1, 7 * 24):
        here = hours.get(end - back, 0)
        total += here
        likely = total * log(times) - usual * (times - 1) * back  # against the usual rate, Poisson
        if here and likely > highest:
            best, highest = end - back, likely
    return best


def shop_hour(at: datetime) -> int:
    """The shop hour since 1970 of an instant."""
    return day_of(micros(at)) * 24 + hour_of(micros(at))
