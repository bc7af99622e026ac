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
_APART = timedelta(hours=1)  # a step that is moved before the quiet hours comes no sooner after the one before


def order_step(
    connection: Connection, shop: ShopId, run: Run, journey: Journey, step: int, caps: Caps, now: datetime
) -> None:
    """Order the timer of a step, if there is one; what ends (`ends_at` of the run) before outlasting quiet hours."""
    if step < len(journey.steps):
        at = run.started_at + timedelta(minutes=journey.steps[step].after_min)
        if ends_at := run.values.get("ends_at"):
            at = before_quiet(at, datetime.fromisoformat(ends_at), caps, now + (_APART if step else timedelta()))
        payload = {"run": run.id, "step": step}
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
