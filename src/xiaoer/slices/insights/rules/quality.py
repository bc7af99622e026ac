"""Automatic quality review (自动质检) of one talk: eight items, a hundred points, every deduction with its reason.

The same sheet is used by people who review a sample, so that the two can be compared.
"""

from typing import NamedTuple

from xiaoer.slices.insights.rules.feelings import anger_of
from xiaoer.slices.insights.rules.figures import is_complaint, is_inquiry
from xiaoer.slices.insights.rules.rounds import Round, find_rounds, human_wait
from xiaoer.slices.insights.types import AGENT, BUYER, Talk

_PER_DENIED = 10  # points of twenty: a second wrong statement leaves none
_FAST_MS, _LATE_MS = 60_000, 180_000
_OFFERS = frozenset({"quote", "offer_coupon", "counter_offer", "recommend", "answer", "lookup", "ask"})
_HANDED = frozenset({"handoff"})


class Item(NamedTuple):
    """An item of the sheet."""

    name: str
    title: str
    points: int


SHEET = (
    Item("response", "响应及时", 25),
    Item("accuracy", "答得对、有依据", 20),
    Item("missed", "没有漏答", 15),
    Item("banned", "没有违规用语", 15),
    Item("polite", "语气得当", 10),
    Item("promise", "承诺有落实", 5),
    Item("offer", "没错过推荐", 5),
    Item("red_line", "红线处理正确", 5),
)
FINDINGS = {
    "slow": "有一轮超过 3 分钟才答",
    "unanswered": "买家最后一句没人答",
    "no_source": "回答没有依据",
    "denied": "和知识或店铺数据说得不一样",
    "missed": "有问题没答上",
    "banned": "用了违规词或违规承诺",
    "rude": "语气生硬",
    "promise": "答应的时间没有回复，或说了会处理却没开工单",
    "no_offer": "问了优惠，没给任何方案",
    "red_line": "买家很生气或要投诉，没有转人工，也没有道歉、登记或跟进",
}
_COURTESY = frozenset({"chat.thanks", "chat.praise", "chat.ack", "chat.bye"})
_BREATH_MS = 120_000  # 「好的，您稍等」 right after it is part of the promise
_GRACE_MS = 600_000  # a promise kept ten minutes late is kept
_RUDE, _OWED = "tone.blame", "promise.forever"


class Score(NamedTuple):
    """`points` 0 to 100, `items` by name, `findings` are keys of FINDINGS."""

    points: int
    items: dict[str, int]
    findings: tuple[str, ...]


def review(talk: Talk) -> Score:
    """Score a talk."""
    items = {item.name: item.points for item in SHEET}
    found: list[str] = []
    rounds = [*find_rounds(talk.beats, "rsa")]
    if rounds and rounds[-1].end < 0 and _only_courtesy(talk, rounds[-1].start):
        rounds.pop()  # 好的谢谢 waits for nobody
    wait = human_wait(talk)
    if wait and any(step.what == "handoff" for step in talk.steps):  # the bot's good-bye is no answer of a person
        rounds.append(Round(wait[0], wait[1]))
    answered = [r.took for r in rounds if r.end >= 0]
    if rounds:
        worth = [1.0 if 0 <= r.took <= _FAST_MS else 0.6 if 0 <= r.took <= _LATE_MS else 0.0 for r in rounds]
        items["response"] = round(25 * sum(worth) / len(worth))
        if any(took > _LATE_MS for took in answered):
            found.append("slow")
        if rounds[-1].end < 0:
            found.append("unanswered")
            items["missed"] -= 8
    if talk.asks:
        sourced = sum(ask.sourced for ask in talk.asks) / len(talk.asks)
        items["accuracy"] = round(20 * sourced)
        found += ["no_source"] if sourced < 1 else []
        missed = sum(not ask.answered and not _HANDED & set(ask.acts) for ask in talk.asks)
        again = max(_asked_again(talk), sum(step.what == "left_out" for step in talk.steps))
        if missed := missed + again:
            items["missed"] = max(0, items["missed"] - 4 * missed)
            found.append("missed")
    if denied := sum(step.what == "denied" for step in talk.steps):
        items["accuracy"] = max(0, items["accuracy"] - _PER_DENIED * denied)
        found.append("denied")
    flags = [flag for beat in talk.beats if beat.who == AGENT for flag in beat.flags]
    hard = [flag for flag in flags if flag != _RUDE]
    if hard:
        items["banned"] = max(0, 15 - 8 * len(hard))
        found.append("banned")
    if _RUDE in flags:
        items["polite"] = 0
        found.append("rude")
    if _broke_promise(talk) or (_OWED in flags and not any(step.what == "ticket" for step in talk.steps)):
        items["promise"] = 0
        found.append("promise")
    wanted = [a for a in talk.asks if any(i.startswith(("promo.", "price.")) for i in a.intents)]
    if is_inquiry(talk) and wanted and not any(set(ask.acts) & _OFFERS for ask in wanted) and _offers_nothing(talk):
        items["offer"] = 0
        found.append("no_offer")
    if (anger_of(talk) >= 0.75 or is_complaint(talk)) and not _taken_up(talk):
        items["red_line"] = 0
        found.append("red_line")
    return Score(sum(items.values()), items, tuple(dict.fromkeys(found)))


def _only_courtesy(talk: Talk, since: int) -> bool:
    """Whether all that the buyer said from there on is thanks, praise or good-bye."""
    last = [ask for ask in talk.asks if ask.at >= since]
    return bool(last) and all(ask.intents and set(ask.intents) <= _COURTESY for ask in last)


def _asked_again(talk: Talk) -> int:
    """Questions that the buyer asked in the same words after a person had spoken: they were not answered."""
    found, asked = 0, dict[str, int]()
    for ask in talk.asks:
        for word, intent in zip(ask.words, ask.intents, strict=False):
            since = asked.get(word)
            if intent.startswith("chat."):
                continue
            found += since is not None and any(b.who == AGENT and since < b.at < ask.at for b in talk.beats)
            asked[word] = ask.at
    return found


def _taken_up(talk: Talk) -> bool:
    """Whether an angry buyer was handed on or, where he was with people, heard regret, a question, or what follows."""
    if any(step.what in ("handoff", "transferred", "ticket") for step in talk.steps):
        return True
    return any(beat.who == AGENT and beat.leaves for beat in talk.beats)


def _broke_promise(talk: Talk) -> bool:
    """Whether nobody had spoken to the buyer by the hour that an agent had named: the clock told it (`watch_promises`),
    or the buyer came back and was the first to speak."""
    if any(step.what == "broken" for step in talk.steps):
        return True
    for promise in talk.beats:
        if promise.owes:
            breath = promise.at + min(_BREATH_MS, (promise.owes - promise.at) // 2)
            later = [beat for beat in talk.beats if beat.at > breath]
            kept = any(beat.who != BUYER and beat.at <= promise.owes + _GRACE_MS for beat in later)
            back = any(beat.who == BUYER and beat.at > promise.owes + _GRACE_MS for beat in later)
            if back and not kept:
                return True
    return False


def _offers_nothing(talk: Talk) -> bool:
    """Whether nobody made an offer: no person had the talk, or none of his messages holds one."""
    said = [beat.offers for beat in talk.beats if beat.who == AGENT]
    return not _by_people(talk) or (bool(said) and all(offers == 0 for offers in said))


def _by_people(talk: Talk) -> bool:
    return any(b.who == AGENT for b in talk.beats) or any(s.what == "handoff" for s in talk.steps)
