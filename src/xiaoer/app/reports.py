"""Reports in this process (报告): composed on demand or by schedule, delivered by mail and group robots.

A schedule is ordered as a job in the shop's own time; each target is a job of its own, so that one robot that is away
does not make another hear the report twice.
"""

import asyncio
import contextlib
import hashlib
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from xiaoer.app.insights import Choice, Insights, date_of
from xiaoer.app.sheets_out import report_xlsx
from xiaoer.connectors.robots import mapping
from xiaoer.flows.show_insights.report.compose import Report, write_report
from xiaoer.flows.show_insights.report.html import html_of, text_of
from xiaoer.flows.show_insights.report.pdf import CannotPrint, pdf_of
from xiaoer.infra import jobs, mail
from xiaoer.infra.db import Database
from xiaoer.infra.job_runner import Jobs
from xiaoer.infra.vault import Vault
from xiaoer.infra.web import Call, Web, WebPolicy
from xiaoer.kernel.clock import SHOP_ZONE, Clock
from xiaoer.kernel.errors import InvalidBody, NotFound, SourceUnavailable
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import store
from xiaoer.slices.shops.service import Shops

_HOURLY = timedelta(hours=1)
_KEEP = "••••••"
_PLACE = "report-target"
_SENT = "report-sent:"
_HTTP_ERROR = 400
Kind = Literal["week", "month"]


class Target(Struct, frozen=True):
    """Where a report goes. `kind`: wecom, dingtalk, feishu, webhook (`url`, `secret`) or mail (`to`)."""

    kind: Literal["wecom", "dingtalk", "feishu", "webhook", "mail"]
    url: str = ""
    secret: str = ""
    to: tuple[str, ...] = ()


class Delivery(Struct, frozen=True):
    """What became of the last report to a target: it was taken (ok), refused (`why`, its own words), or it was away."""

    at: datetime
    state: Literal["ok", "refused", "away"]
    why: str = ""


class Schedule(Struct, frozen=True):
    """When reports are sent: weekly on `weekday` (0 Monday) and monthly on the first, at `hour` of the shop's day.

    `delivered` tells what became of the last report to each target, in their order; it is read, never given.
    """

    weekly: bool = False
    monthly: bool = False
    weekday: int = 0
    hour: int = 9
    targets: tuple[Target, ...] = ()
    smtp: mail.MailServer | None = None
    link: str = ""
    delivered: tuple[Delivery | None, ...] = ()


class NotTaken(SourceUnavailable):
    """A robot answered that it did not take the report; `why` are its words."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The robot did not take the report: {why}.")
        self.why = why


class Reports:
    """Composes and delivers."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        shops: Shops,
        insights: Insights,
        vault: Vault,
        runner: Jobs,
        font: str = "",
        web: Web | None = None,
    ) -> None:
        self._font = font
        self._db = db
        self._clock = clock
        self._shops = shops
        self._insights = insights
        self._vault = vault
        self._web = web or Web(clock, WebPolicy(attempt_s=8.0, total_s=20.0))
        runner.every("report.order", _HOURLY, self._order)
        runner.handle("report.send", self._send)

    async def close(self) -> None:
        await self._web.close()

    async def compose(self, shop: ShopId, kind: Kind, last: str = "", patience_s: float | None = None) -> Report:
        """The report of the seven days, or of the calendar month, that end with `last` (without it: yesterday).

        Conversations that are not counted after `patience_s` are not in it; without it all are waited for.

        Raises:
            InvalidBody: `last` is no date.
        """
        now = self._clock.now().astimezone(SHOP_ZONE)
        end = date_of(last) if last else (now - timedelta(days=1)).date()
        if kind == "week":
            first = end - timedelta(days=6)
        else:
            end = end if last else now.date().replace(day=1) - timedelta(days=1)
            first = end.replace(day=1)
        name = (await self._shops.shop(shop)).name
        made = f"{now:%Y-%m-%d %H:%M}"
        choice = Choice(first.isoformat(), end.isoformat())
        await self._insights.up_to_date(shop, patience_s)
        return await self._insights.look(shop, choice, lambda view: write_report(view, name, kind, made))

    def file_of(self, report: Report, form: str) -> tuple[bytes, str, str]:
        """(bytes, file name, media type) of a report as html, pdf or xlsx.

        Raises:
            InvalidBody: another form. CannotPrint: the PDF needs something that is not there.
        """
        name = f"{report.title}-{report.first}-{report.last}.{form}"
        match form:
            case "html":
                return html_of(report).encode(), name, "text/html"
            case "pdf":
                return pdf_of(report, self._font), name, "application/pdf"
            case "xlsx":
                kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                return report_xlsx(report), name, kind
        raise InvalidBody("A report is html, pdf or xlsx.")

    def schedule(self, connection: Connection, shop: ShopId) -> Schedule:
        """The shop's schedule, its secrets opened."""
        kept = store.setting(connection, shop, "schedule")
        if not kept:
            return Schedule()
        value = msgspec.convert(kept, Schedule)
        targets = tuple(msgspec.structs.replace(t, secret=self._opened(shop, t.secret)) for t in value.targets)
        smtp = value.smtp
        if smtp is not None:
            smtp = msgspec.structs.replace(smtp, password=self._opened(shop, smtp.password))
        sent = store.settings_like(connection, shop, _SENT)
        delivered = tuple(
            msgspec.convert(sent[name], Delivery) if (name := _SENT + _mark(target)) in sent else None
            for target in targets
        )
        return msgspec.structs.replace(value, targets=targets, smtp=smtp, delivered=delivered)

    def _opened(self, shop: ShopId, sealed: str) -> str:
        return self._vault.open(shop, _PLACE, sealed) if sealed else ""

    def _sealed(self, shop: ShopId, text: str) -> str:
        return self._vault.seal(shop, _PLACE, text) if text else ""

    def keep_schedule(self, connection: Connection, shop: ShopId, value: Schedule) -> Schedule:
        """Keep a schedule; `••••••` stands for a secret that stays as it is."""
        before = self.schedule(connection, shop)
        known = {(t.kind, t.url): t.secret for t in before.targets}
        targets = tuple(
            msgspec.structs.replace(t, secret=known.get((t.kind, t.url), "") if t.secret == _KEEP else t.secret)
            for t in value.targets
        )
        smtp = value.smtp
        if smtp is not None and smtp.password == _KEEP:
            smtp = msgspec.structs.replace(smtp, password=before.smtp.password if before.smtp else "")
        value = msgspec.structs.replace(value, targets=targets, smtp=smtp, delivered=())
        sealed_targets = tuple(msgspec.structs.replace(t, secret=self._sealed(shop, t.secret)) for t in targets)
        sealed_smtp = smtp and msgspec.structs.replace(smtp, password=self._sealed(shop, smtp.password))
        sealed = msgspec.structs.replace(value, targets=sealed_targets, smtp=sealed_smtp)
        store.save_setting(connection, shop, "schedule", msgspec.to_builtins(sealed))
        return hidden(self.schedule(connection, shop))

    async def _order(self, job: jobs.Job) -> None:
        """Order what is due by this hour of the shop's day, once per target and period; a server that was away at the
        hour does it as soon as it is back on that day, and a target that was away is tried again each hour of it."""
        now = self._clock.now().astimezone(SHOP_ZONE)
        plan = await self._db.read(lambda c: self.schedule(c, job.shop))
        wanted: list[Kind] = []
        wanted += ["week"] if plan.weekly and now.weekday() == plan.weekday and now.hour >= plan.hour else []
        wanted += ["month"] if plan.monthly and now.day == 1 and now.hour >= plan.hour else []
        for kind in wanted:
            await self.send_all(job.shop, kind, plan, now)
            await self._try_again(job.shop, kind, plan, now)

    async def send_all(self, shop: ShopId, kind: Kind, plan: Schedule, now: datetime, again: str = "") -> int:
        """Order a delivery to every target; the same day again orders nothing unless `again` names a new reason."""

        def change(connection: Connection) -> int:
            return sum(self._enqueue(connection, shop, kind, target, now, again) for target in plan.targets)

        return await self._db.write(change)

    async def _try_again(self, shop: ShopId, kind: Kind, plan: Schedule, now: datetime) -> None:
        """Order anew what a target that was away did not get today in all its tries."""

        def change(connection: Connection) -> None:
            for target, last in zip(plan.targets, plan.delivered, strict=True):
                orders = ("", *(f":{hour}" for hour in range(plan.hour, now.hour + 1)))
                tried = [jobs.status(connection, shop, _job_id(kind, target, now, again)) for again in orders]
                if last and last.state == "away" and all(job.state == "failed" for job in tried if job):
                    self._enqueue(connection, shop, kind, target, now, orders[-1])

        await self._db.write(change)

    def _enqueue(
        self, connection: Connection, shop: ShopId, kind: Kind, target: Target, now: datetime, again: str
    ) -> bool:
        what = {"kind": kind, "target": _mark(target)}
        id_ = _job_id(kind, target, now, again)
        return jobs.enqueue(connection, shop, "report.send", what, at=self._clock.now(), id_=id_)

    async def _send(self, job: jobs.Job) -> None:
        plan = await self._db.read(lambda c: self.schedule(c, job.shop))
        for target in plan.targets:
            if _mark(target) == job.payload["target"]:
                report = await self.compose(job.shop, job.payload["kind"])
                try:
                    await self.deliver(report, target, plan)
                except NotTaken as refused:
                    await self._note(job.shop, target, "refused", refused.why)
                    raise
                except SourceUnavailable:
                    await self._note(job.shop, target, "away")
                    raise
                await self._note(job.shop, target, "ok")
                return
        raise NotFound("Target", str(job.payload["target"]), "It was taken out of the schedule.")

    async def _note(self, shop: ShopId, target: Target, state: Literal["ok", "refused", "away"], why: str = "") -> None:
        told = msgspec.to_builtins(Delivery(self._clock.now(), state, why[:200]))
        await self._db.write(lambda c: store.save_setting(c, shop, _SENT + _mark(target), told))

    async def deliver(self, report: Report, target: Target, plan: Schedule) -> None:
        """Send one report to one target.

        Raises:
            SourceUnavailable: it was not taken. InvalidBody: mail without a server.
        """
        text = text_of(report, plan.link)
        if target.kind == "mail":
            if plan.smtp is None:
                raise InvalidBody("Mail needs a server: Console > 洞察 > 报告 > 邮件服务器.")
            files = []
            for form in ("xlsx", "pdf"):
                with contextlib.suppress(CannotPrint):
                    files.append(mail.File(*_named(await asyncio.to_thread(self.file_of, report, form))))
            await asyncio.to_thread(mail.send, plan.smtp, target.to, report.title, html_of(report), text, files)
            return
        now_ms = int(self._clock.now().timestamp() * 1000)
        said = text.removeprefix(f"【{report.title}】")  # each robot shows the title in its own way
        message = mapping.compose(target.kind, target.url, target.secret, report.title, said, now_ms)
        body = msgspec.json.encode(message.body)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = await self._web.call(Call("POST", message.url, headers=headers, body=body))
        why = f"HTTP {answer.status}" if answer.status >= _HTTP_ERROR else ""
        if not why and target.kind != "webhook":
            why = mapping.refusal(target.kind, answer.document())
        if why:
            raise NotTaken(why)


def _mark(target: Target) -> str:
    return hashlib.sha256(f"{target.kind}{target.url}{target.to}".encode()).hexdigest()[:16]


def _job_id(kind: Kind, target: Target, day: datetime, again: str) -> str:
    return f"report:{kind}:{day:%Y-%m-%d}:{_mark(target)}{again}"


def hidden(value: Schedule) -> Schedule:
    """A schedule without its secrets, for the console."""
    targets = tuple(msgspec.structs.replace(t, secret=_KEEP if t.secret else "") for t in value.targets)
    smtp = value.smtp and msgspec.structs.replace(value.smtp, password=_KEEP if value.smtp.password else "")
    return msgspec.structs.replace(value, targets=targets, smtp=smtp)


def _named(file: tuple[bytes, str, str]) -> tuple[Any, ...]:
    return file[1], file[0], file[2]
