"""The timers of runs (定时): one job a step, ordered with its cause and cancelled with its run."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from xiaoer.infra import jobs
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.outreach import store
from xiaoer.slices.outreach.rules.steps import before_quiet
from xiaoer.slices.outreach.store import Run
from xiaoer.slices.outreach.types import Caps, Journey

KIND = "outreach.step"
_APART = timedelta(hours=1)  # a step that is late or moved before the quiet hours comes no sooner after another


def order_step(
    connection: Connection, shop: ShopId, run: Run, journey: Journey, step: int, caps: Caps, now: datetime
) -> None:
    """Order the timer of a step, if there is one; what ends (`ends_at` of the run) before outlasting quiet hours.

    After a downtime the steps that are late do not come in one breath: each keeps half its distance, at most an hour.
    Whether it is still of use is counted from when it was due.
    """
    if step < len(journey.steps):
        due = at = run.started_at + timedelta(minutes=journey.steps[step].after_min)
        if step:
            apart = timedelta(minutes=journey.steps[step].after_min - journey.steps[step - 1].after_min)
            at = max(due, now + min(apart / 2, _APART))
        if ends_at := run.values.get("ends_at"):
            at = before_quiet(at, datetime.fromisoformat(ends_at), caps, now + (_APART if step else timedelta()))
        payload = {"run": run.id, "step": step} | ({"due": due.isoformat()} if at > due else {})
        jobs.enqueue(connection, shop, KIND, payload, at=at, id_=f"{run.id}:{step}"[:200], subject=run.subject)


def stop_subject(connection: Connection, shop: ShopId, subject: str, reason: str, journey_id: str = "") -> None:
    """End the runs about a subject (of one journey), with their timers."""
    for run_id in store.stop_subject(connection, shop, subject, reason, journey_id):
        jobs.cancel_prefix(connection, shop, KIND, f"{run_id}:", subject)


def stop_buyer(
    connection: Connection,
    shop: ShopId,
    buyer_id: str,
    reason: str,
    *,
    service: bool = True,
    keeps: Callable[[str], bool] = lambda _: False,
) -> None:
    """End all runs of a buyer, or only the marketing ones, with their timers; not of subjects that it `keeps`."""
    for subject in store.stop_buyer(connection, shop, buyer_id, reason, service=service, keeps=keeps):
        jobs.cancel(connection, shop, subject=subject, kind=KIND)
