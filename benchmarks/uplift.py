"""Do the uplift figures tell the truth? A planted effect must lie within its interval in at least 93 of 100 runs.

    python benchmarks/uplift.py [--runs 100] [--buyers 4000] [--hold-out 1000]

Every run is a shop of its own: its buyers are assigned by the product's stable hash, pay by chance (reached ones more
often, and more each), give part of it back, and the product's own estimators compare the arms. The orders' amounts are
log-normal, as a shop's are. At the end one shop goes through the real tables: events, timers, messages, refunds,
report.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from xiaoer.app.simulation.planted import PAYS, PAYS_REACHED, RETURNS, draw_fen, mean_fen, run_planted
from xiaoer.slices.outreach.rules.steps import arm_of
from xiaoer.slices.outreach.rules.uplift import Outcomes, measure_conversion, measure_revenue

LEAST = 93


def one_run(seed: int, buyers: int, hold_out: int) -> tuple[Outcomes, Outcomes]:
    """The outcomes of one shop: reached and held out."""
    dice = Random(seed)
    fens: dict[str, list[int]] = {"treated": [], "held_out": []}
    payers = {"treated": 0, "held_out": 0}
    for number in range(buyers):
        arm = arm_of(f"shop-{seed}", "journey:pay", f"b-{number}", hold_out)
        fen = 0
        if dice.random() < (PAYS_REACHED if arm == "treated" else PAYS):
            payers[arm] += 1
            fen = draw_fen(dice)
            fen = 0 if dice.random() < RETURNS else fen
        fens[arm].append(fen)
    return tuple(Outcomes(tuple(fens[arm]), payers[arm]) for arm in ("treated", "held_out"))  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--buyers", type=int, default=4_000)
    parser.add_argument("--hold-out", type=int, default=1_000, help="basis points")
    parser.add_argument("--first-seed", type=int, default=1)
    options = parser.parse_args()
    conversion, revenue = PAYS_REACHED - PAYS, (PAYS_REACHED - PAYS) * (1 - RETURNS) * mean_fen()
    hits = [0, 0]
    began = time.perf_counter()
    for seed in range(options.first_seed, options.first_seed + options.runs):
        treated, held = one_run(seed, options.buyers, options.hold_out)
        for place, (found, planted) in enumerate(
            ((measure_conversion(treated, held), conversion), (measure_revenue(treated, held), revenue))
        ):
            hits[place] += found is not None and found.low <= planted <= found.high
    print(f"{options.runs} shops of {options.buyers} buyers, {options.hold_out / 100:.0f} % held out, "
          f"{time.perf_counter() - began:.1f} s")  # fmt: skip
    print(f"conversion: planted {conversion:+.3f}, within the interval in {hits[0]}/{options.runs} runs")
    print(
        f"revenue:    planted {revenue / 100:+.2f} yuan a buyer, within the interval in {hits[1]}/{options.runs} runs"
    )
    with tempfile.TemporaryDirectory(prefix="xiaoer-uplift-") as folder:
        start = datetime(2026, 3, 2, 2, tzinfo=UTC)
        report = asyncio.run(run_planted(Path(folder), 2_000, start, seed=7, span=timedelta(hours=4)))
    found = report.conversion
    assert found is not None
    print(f"through the real tables: {report.treated.buyers} reached, {report.held_out.buyers} held out, "
          f"{found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f}), planted {conversion:+.3f}")  # fmt: skip
    told = min(hits) * 100 >= LEAST * options.runs and found.low <= conversion <= found.high
    print("the figures tell the truth" if told else "TOO OFTEN OUTSIDE")
    raise SystemExit(0 if told else 1)


if __name__ == "__main__":
    main()
