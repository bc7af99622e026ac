"""Sentences about time and workers, for races:

clock ticks 30s                     nothing happens meanwhile
the jobs run · another worker runs the jobs
lin types to b1
"""

from datetime import timedelta

from tests.flows.desk.script import Play, step

from xiaoer.infra.job_runner import Jobs
from xiaoer.slices.desk import api as desk


@step(r"(\w+) types to (b\d)")
async def _types(play: Play, name: str, buyer: str) -> None:
    talk = await play.talk(buyer)
    now = play.clock.now()
    await play.product.db.write(lambda c: desk.save_mark(c, play.shop, name, talk.id, typed_at=now))


@step(r"clock ticks (\d+)s")
async def _ticks(play: Play, seconds: str) -> None:
    play.clock.advance(timedelta(seconds=int(seconds)))


@step(r"(the jobs run|another worker runs the jobs)")
async def _jobs(play: Play, which: str) -> None:
    runner = play.product.jobs
    if which != "the jobs run":
        runner = Jobs(play.product.db, play.clock)
        runner.handle(desk.DRAFT_JOB, play.product.desk.send_draft)
    await runner.run_due()
