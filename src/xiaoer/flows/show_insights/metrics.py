"""Values of metrics from cells (指标取数): one way to read them, for cards, agents, teams and reports."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from xiaoer.flows.show_insights.page import Card, Drill
from xiaoer.flows.show_insights.view import Days, Pair, View
from xiaoer.slices.insights.rules.measures import BUCKETS, read_from_flags
from xiaoer.slices.insights.types import Formula


def kept_sums(view: View, days: Days, by: str = "", agent: str = "") -> dict[str, dict[str, Pair]]:
    """(n, v) of every metric that has cells of its own, by `by` (b for agents, channel) or under "" for the whole."""
    found: dict[str, dict[str, Pair]] = defaultdict(dict)
    if not by and not (agent or view.agent):
        done = view.pairs("refund.t", days=days)
        found[""] = {f.name: done[f.of] for f in view.formulas if f.kind == "refunds" and f.of in done}
    only = agent or view.agent
    for a, b, channel, n, v in view.cube("kpi", days):
        if only in ("", b):
            mine = found[{"b": b, "channel": channel}.get(by, "")]
            old = mine.get(a, (0, 0))
            mine[a] = (old[0] + n, old[1] + v)
    return found


def flag_sums(view: View, days: Days, by: str = "", agent: str = "") -> dict[str, dict[str, int]]:
    """Amounts of every mark, by agent or channel or for the whole; the whole has the days of visitors beside."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if not by and not (agent or view.agent or view.product):
        found[""] = {a: n for a, (n, _) in view.pairs("shop", days=days).items()}
    only = agent or view.agent
    for a, b, channel, _, v in view.cube("flag", days):
        if only in ("", b):
            mine = found[{"b": b, "channel": channel}.get(by, "")]
            mine[a] = mine.get(a, 0) + v
    return found


def value_of(formula: Formula, kept: Mapping[str, Pair], flags: Mapping[str, int]) -> tuple[float | None, int]:
    """(value as shown, of how many): ratios 0 to 1, seconds, yuan."""
    if read_from_flags(formula):
        over = flags.get(formula.over, 0) if formula.over else 1
        amount: float = flags.get(formula.of, 0)
        count = over if formula.over else int(amount)
    else:
        count, amount = kept.get(formula.name, (0, 0))
        over = count
    if not over:
        return None, 0
    if formula.show == "seconds":
        amount /= 1000
    elif formula.show == "hours":
        amount /= 3_600_000
    elif formula.show == "yuan":
        amount /= 100
    return round(amount / over, 4), count


def cards_of(view: View, formulas: Sequence[Formula]) -> list[Card]:
    """The metrics as cards with their comparison."""
    now_kept, now_flags = kept_sums(view, view.days).get("", {}), flag_sums(view, view.days).get("", {})
    old_kept, old_flags = kept_sums(view, view.before).get("", {}), flag_sums(view, view.before).get("", {})
    cards = []
    for formula in formulas:
        value, count = value_of(formula, now_kept, now_flags)
        before, _ = value_of(formula, old_kept, old_flags)
        note = f"{count} 个" if formula.show in ("ratio", "seconds", "hours") and count else ""
        note = "看平台后台" if formula.kind == "elsewhere" else note
        cards.append(
            Card(
                formula.id,
                formula.title,
                value,
                formula.show,
                before,
                formula.good,
                note,
                formula.target,
                formula.name,
                _behind(formula),
            )
        )
    return cards


def _behind(formula: Formula) -> Drill | None:
    match formula.kind:
        case "refunds":
            return Drill("refund.t", formula.of, kind="refund")
        case "days" | "elsewhere":
            return None
    return Drill("flag", formula.of) if read_from_flags(formula) else Drill("kpi", formula.name)


def percentile(
    view: View, who: str, share: float, days: Days | None = None, agents: str = "", channel: str | None = None
) -> float | None:
    """Seconds within which this share of rounds was answered, from the histogram of waits (right to 5 %).

    `agents` are joined by `|`, empty for all.
    """
    bucket = _bucket_of(_waits(view, who, days or view.days, agents, channel), share)
    return None if bucket is None else round(BUCKETS[min(bucket, len(BUCKETS) - 1)] / 1000, 1)


def buckets_from(view: View, who: str, share: float) -> list[str]:
    """The names of the waits that are as long as the percentile or longer."""
    counts = _waits(view, who, view.days, "", None)
    first = _bucket_of(counts, share)
    return [f"{who}:{bucket:03d}" for bucket in sorted(counts) if first is not None and bucket >= first]


def _waits(view: View, who: str, days: Days, agents: str, channel: str | None) -> dict[int, int]:
    """Rounds by bucket of their wait."""
    counts: dict[int, int] = defaultdict(int)
    only = agents or view.agent
    some = frozenset(only.split("|"))
    for a, b, c, n, _ in view.cube("wait", days):
        name, _, number = a.partition(":")
        if name == who and (not only or b in some) and channel in (None, c):
            counts[int(number)] += n
    return counts


def _bucket_of(counts: Mapping[int, int], share: float) -> int | None:
    """The bucket within which this share of rounds lies; None without any."""
    total, seen = sum(counts.values()), 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= share * total:
            return bucket
    return None
