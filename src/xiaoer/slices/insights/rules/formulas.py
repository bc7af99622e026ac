"""The calculations behind the metrics (口径): a formula of a profile applied to one talk gives (hits, of how many).

Sums of these over talks are the metric: ratio = hits ÷ of, mean = amount ÷ of. Nothing here reads a clock: a round
that is still open counts as missed until its answer comes, and the roll-up corrects it then.
"""

import tomllib
from collections.abc import Mapping, Sequence
from hashlib import blake2s
from typing import NamedTuple

from msgspec import json, structs

from xiaoer.slices.insights.rules.days import second_of_day
from xiaoer.slices.insights.rules.rounds import find_rounds, human_wait
from xiaoer.slices.insights.types import BUYER, Formula, Talk


class Count(NamedTuple):
    """`n` of how many, `v` hits or the amount, for the agent `who` answered ("" for nobody or the bot)."""

    n: int
    v: int
    who: str = ""


def load_formulas(text: str, own: str = "") -> tuple[Formula, ...]:
    """Read profiles; `own` is what a shop's owner changed in them, a table with `id` and the fields that differ.

    Raises:
        KeyError, TypeError: a metric lacks a field or has one that no formula knows, or `own` changes an unknown one.
    """
    changes = {row["id"]: row for row in tomllib.loads(own).get("metric", ())}
    rows = [row | changes.pop(row["id"], {}) for row in tomllib.loads(text)["metric"]]
    if changes:
        raise KeyError(f"No metric is called {', '.join(sorted(changes))}.")
    return tuple(Formula(**{**row, "window": tuple(row.get("window", (0, 1440)))}) for row in rows)


def fingerprint(formulas: Sequence[Formula]) -> str:
    """Tells whether the figures were made by these formulas; what is only shown of them does not count."""
    plain = [structs.replace(f, title="", how="", good="", target=None) for f in formulas]
    return blake2s(json.encode(plain), digest_size=12).hexdigest()


def apply(formula: Formula, talk: Talk, flags: Mapping[str, int], agent: str) -> list[Count]:
    """What `talk` gives to `formula`; `flags` are those of `figures.flags_of`, `agent` gets the credit."""
    match formula.kind:
        case "rounds_within":
            return _rounds_within(formula, talk)
        case "mean_round":
            return _mean_round(formula, talk)
        case "talks_within":
            return _talks_within(formula, talk)
        case "first_wait":
            wait = human_wait(talk)
            return [Count(1, wait[1] - wait[0], wait[2])] if wait and wait[1] >= 0 else []
        case "buyer_days":
            return _buyer_days(formula, talk)
        case "flags":
            if not _inside(formula, talk, 0):
                return []
            over = flags.get(formula.over, 0) if formula.over else 1
            value = flags.get(formula.of, 0)
            return [Count(over, value, agent)] if over or value else []
        case "refunds" | "days" | "elsewhere":  # not made from talks
            return []
    raise ValueError(f"Metric {formula.id}: no calculation is called “{formula.kind}”.")


def _inside(formula: Formula, talk: Talk, at_ms: int) -> bool:
    first, last = formula.window
    return first * 60 <= second_of_day(talk.opened + at_ms * 1000) < last * 60


def _rounds_within(formula: Formula, talk: Talk) -> list[Count]:
    if formula.on_duty_only and talk.off_duty:
        return []
    rounds = find_rounds(talk.beats, formula.counts, talk.steps, formula.scope)
    limit = formula.limit_s * 1000
    return [Count(1, int(0 <= r.took <= limit), r.agent) for r in rounds if _inside(formula, talk, r.start)]


def _mean_round(formula: Formula, talk: Talk) -> list[Count]:
    if formula.on_duty_only and talk.off_duty:
        return []
    rounds = find_rounds(talk.beats, formula.counts, talk.steps, formula.scope)
    return [Count(1, r.took, r.agent) for r in rounds if r.end >= 0 and _inside(formula, talk, r.start)]


def _talks_within(formula: Formula, talk: Talk) -> list[Count]:
    if formula.on_duty_only and talk.off_duty:
        return []
    if formula.gap_min == 10 and 0 <= talk.around.since_last_s <= 600:  # the same session of JD
        return []
    wait = human_wait(talk)
    if wait is None or not _inside(formula, talk, wait[0]):
        return []
    start, reply, agent = wait
    return [Count(1, int(reply >= 0 and reply - start <= formula.limit_s * 1000), agent)]


def _buyer_days(formula: Formula, talk: Talk) -> list[Count]:
    """One count per buyer and day, given by the first talk of the day with the rounds of all."""
    if not talk.around.first_today:
        return []
    first, last = formula.window
    mine = [
        (second_of_day(talk.opened + r.start * 1000), r.took)
        for r in find_rounds(talk.beats, formula.counts, talk.steps, formula.scope)
    ]
    kept = talk.around.day_rounds if formula.scope == "all" else talk.around.people_rounds
    others = [(second, took_s * 1000 if took_s >= 0 else -1) for second, took_s in kept]
    counted = [took for second, took in (*mine, *others) if first * 60 <= second < last * 60]
    if not counted:
        return []
    return [Count(1, int(all(0 <= took <= formula.limit_s * 1000 for took in counted)))]


def first_ask(talk: Talk) -> int:
    """When the buyer first spoke, milliseconds since the opening; -1 for never."""
    return next((beat.at for beat in talk.beats if beat.who == BUYER), -1)
