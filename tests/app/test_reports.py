"""Reports: what they say, how they are signed, and that every target hears each exactly once."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from rich.console import Console
from sqlalchemy import text, update
from starlette.testclient import TestClient

from xiaoer.app.demo.start import prepare_demo
from xiaoer.app.reports import Reports, Schedule, Target
from xiaoer.app.wiring import Wiring
from xiaoer.connectors.robots.mapping import compose, sign_dingtalk, sign_feishu
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.jobs import Job, jobs
from xiaoer.infra.mail import MailServer
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.infra.vault import Vault
from xiaoer.infra.web import Web, WebPolicy
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import DEFAULT_SHOP, ShopId

NOW = datetime(2026, 6, 22, 1, 5, tzinfo=UTC)  # Monday, 9:05 in the shop


class Robots:
    """The three platforms' robots, as their pages describe them; each checks the signature."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.away = False

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        if self.away:
            return httpx2.Response(503)
        if request.url.host == "ding":
            query = dict(request.url.params)
            told = f"{query['timestamp']}\nSECret"
            right = base64.b64encode(hmac.new(b"SECret", told.encode(), hashlib.sha256).digest()).decode()
            if query["sign"] != right:
                return httpx2.Response(200, json={"errcode": 310000, "errmsg": "sign not match"})
        if request.url.host == "feishu":
            key = f"{body['timestamp']}\nSECret".encode()
            if body["sign"] != base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode():
                return httpx2.Response(200, json={"code": 19021, "msg": "sign match fail"})
        self.heard.append((str(request.url.host), body))
        return httpx2.Response(200, json={"errcode": 0, "code": 0})


@pytest.fixture
def robots() -> Robots:
    return Robots()


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Wiring]:
    settings = Settings(home=tmp_path, demo=True)
    upgrade(settings.url)
    await prepare_demo(settings, Console(quiet=True))
    wiring = Wiring(settings)
    yield wiring
    await wiring.stop()


def reports(product: Wiring, robots: Robots) -> Reports:
    clock = ManualClock(NOW)
    web = Web(clock, WebPolicy(), httpx2.MockTransport(robots))
    return Reports(product.db, clock, product.shops, product.insights, Vault("s"), product.jobs, web=web)


def test_signatures_follow_the_platforms_own_rule() -> None:
    assert (
        sign_dingtalk("SECret", 1_700_000_000_000)
        == base64.b64encode(hmac.new(b"SECret", b"1700000000000\nSECret", hashlib.sha256).digest()).decode()
    )
    assert (
        sign_feishu("SECret", 1_700_000_000)
        == base64.b64encode(hmac.new(b"1700000000\nSECret", b"", hashlib.sha256).digest()).decode()
    )


def test_a_long_report_is_cut_at_a_line_to_what_a_robot_takes() -> None:
    text = "\n".join("一二三四五六七八九十" for _ in range(400))
    message = compose("wecom", "https://wecom/x", "", "周报", text, 0)
    content = message.body["markdown"]["content"]
    assert len(content.encode()) < 4096
    assert content.endswith("……")


async def test_the_report_of_the_sample_shop_names_findings_owners_and_dates(product: Wiring) -> None:
    await product.insights.roll_up(DEFAULT_SHOP)
    found = await product.reports.compose(DEFAULT_SHOP, "week")
    assert 3 <= len(found.findings) <= 5
    assert all(f.action and f.owner and f.due > found.last for f in found.findings)
    html, name, _ = product.reports.file_of(found, "html")
    assert found.findings[0].text.split("「")[0].encode() in html
    assert b"<script" not in html
    assert name.endswith(".html")
    xlsx, _, _ = product.reports.file_of(found, "xlsx")
    assert xlsx.startswith(b"PK")


async def test_a_pdf_carries_its_own_letters(product: Wiring) -> None:
    pytest.importorskip("fpdf")
    from xiaoer.flows.show_insights.report.pdf import CannotPrint, find_font

    try:
        find_font()
    except CannotPrint:
        pytest.skip("no Chinese font on this machine")
    await product.insights.roll_up(DEFAULT_SHOP)
    data, _, _ = product.reports.file_of(await product.reports.compose(DEFAULT_SHOP, "week"), "pdf")
    assert data.startswith(b"%PDF")
    assert b"/FontFile" in data


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (Target("wecom", "https://wecom/cgi-bin/webhook/send?key=k"), "wecom"),
        (Target("dingtalk", "https://ding/robot/send?access_token=t", "SECret"), "ding"),
        (Target("feishu", "https://feishu/open-apis/bot/v2/hook/h", "SECret"), "feishu"),
        (Target("webhook", "https://own/report"), "own"),
    ],
    ids=["wecom", "dingtalk", "feishu", "webhook"],
)
async def test_each_robot_takes_the_report(product: Wiring, robots: Robots, target: Target, host: str) -> None:
    mine = reports(product, robots)
    await mine.deliver(await product.reports.compose(DEFAULT_SHOP, "week"), target, Schedule())
    assert [place for place, _ in robots.heard] == [host]
    assert "周报" in json.dumps(robots.heard[0][1], ensure_ascii=False)
    await mine.close()


async def test_a_wrong_secret_is_told_and_not_taken_for_success(product: Wiring, robots: Robots) -> None:
    mine = reports(product, robots)
    report = await product.reports.compose(DEFAULT_SHOP, "week")
    with pytest.raises(SourceUnavailable, match="310000"):
        await mine.deliver(report, Target("dingtalk", "https://ding/robot/send?access_token=t", "other"), Schedule())
    await mine.close()


async def test_a_schedule_sends_once_in_its_hour_and_again_only_where_it_failed(
    product: Wiring, robots: Robots
) -> None:
    mine = reports(product, robots)
    targets = (Target("wecom", "https://wecom/a"), Target("feishu", "https://feishu/b", "SECret"))
    plan = Schedule(weekly=True, weekday=0, hour=9, targets=targets)
    await product.db.write(lambda c: mine.keep_schedule(c, DEFAULT_SHOP, plan))
    for _ in range(3):
        await mine._order(Job(DEFAULT_SHOP, "x", "report.order", NOW))
    robots.away = True
    await product.jobs.run_due()
    assert robots.heard == []
    robots.away = False
    await product.db.write(lambda c: c.execute(update(jobs).where(jobs.c.state == "waiting").values(due_at=NOW)))
    await product.jobs.run_due()
    assert sorted(host for host, _ in robots.heard) == ["feishu", "wecom"]
    await mine.close()


async def test_a_server_that_was_away_at_the_hour_sends_when_it_is_back_that_day(
    product: Wiring, robots: Robots
) -> None:
    mine = reports(product, robots)
    plan = Schedule(weekly=True, weekday=0, hour=7, targets=(Target("wecom", "https://wecom/a"),))
    await product.db.write(lambda c: mine.keep_schedule(c, DEFAULT_SHOP, plan))
    for _ in range(2):
        await mine._order(Job(DEFAULT_SHOP, "x", "report.order", NOW))
        await product.jobs.run_due()
    assert len(robots.heard) == 1
    await mine.close()


async def test_a_target_that_was_away_for_an_hour_hears_the_report_once_it_is_back(
    product: Wiring, robots: Robots
) -> None:
    mine = reports(product, robots)
    targets = (Target("wecom", "https://wecom/a"), Target("dingtalk", "https://ding/b?x=1", "other"))
    plan = Schedule(weekly=True, weekday=0, hour=9, targets=targets)
    await product.db.write(lambda c: mine.keep_schedule(c, DEFAULT_SHOP, plan))
    due = update(jobs).where(jobs.c.state == "waiting").values(due_at=NOW)
    tries = []
    for hour in range(4):
        robots.away = hour < 2  # two hours long; then 钉钉 refuses the signature
        mine._clock.advance(timedelta(hours=hour > 0))  # type: ignore[attr-defined]
        await mine._order(Job(DEFAULT_SHOP, "x", "report.order", NOW))
        tries.append(0)
        while ran := await product.jobs.run_due():
            tries[-1] += ran
            await product.db.write(lambda c: c.execute(due))
    assert [host for host, _ in robots.heard] == ["wecom"]
    assert tries == [12, 12, 7, 0]
    await mine.close()


async def test_what_became_of_each_delivery_is_shown(product: Wiring, robots: Robots) -> None:
    mine = reports(product, robots)
    targets = (Target("wecom", "https://wecom/a"), Target("dingtalk", "https://ding/b?x=1", "other"))
    plan = Schedule(targets=targets)
    assert (await product.db.write(lambda c: mine.keep_schedule(c, DEFAULT_SHOP, plan))).delivered == (None, None)

    async def told() -> list[tuple[str, str]]:
        await mine.send_all(DEFAULT_SHOP, "week", plan, NOW, again=f":{robots.away}")
        await product.jobs.run_due()
        kept = await product.db.read(lambda c: mine.schedule(c, DEFAULT_SHOP))
        return [(one.state, one.why) for one in kept.delivered if one]

    assert await told() == [("ok", ""), ("refused", "310000 sign not match")]
    robots.away = True
    assert await told() == [("away", ""), ("away", "")]
    await mine.close()


async def test_mail_carries_the_report_and_its_workbook(product: Wiring, robots: Robots) -> None:
    got: list[bytes] = []

    async def smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                while (part := await reader.readline()) != b".\r\n":
                    got.append(part)
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(smtp, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    plan = Schedule(smtp=MailServer("127.0.0.1", port, "none", sender="desk@shop.example"))
    mine = reports(product, robots)
    report = await product.reports.compose(DEFAULT_SHOP, "week")
    await mine.deliver(report, Target("mail", to=("boss@shop.example",)), plan)
    server.close()
    whole = b"".join(got)
    assert b"To: boss@shop.example" in whole
    assert b"spreadsheetml" in whole
    assert b"Date: " in whole and b"@shop.example>" in whole.partition(b"Message-ID: ")[2].partition(b"\n")[0]
    await mine.close()


def test_secrets_are_kept_sealed_and_never_shown(client: TestClient) -> None:
    body = {
        "weekly": True,
        "targets": [{"kind": "dingtalk", "url": "https://ding.example/x", "secret": "SEC-very-secret"}],
    }
    kept = client.put("/api/v1/insights/reports/schedule", json=body)
    assert kept.status_code == 200
    assert "very-secret" not in kept.text
    again = {**body, "targets": [{**body["targets"][0], "secret": "••••••"}]}  # type: ignore[dict-item, index]
    assert client.put("/api/v1/insights/reports/schedule", json=again).status_code == 200
    wiring = client.app.state.wiring  # type: ignore[attr-defined]
    with wiring.db.reader_engine.connect() as connection:
        assert wiring.reports.schedule(connection, ShopId("default")).targets[0].secret == "SEC-very-secret"
        rows = connection.execute(text("SELECT value FROM insight_settings WHERE name = 'schedule'")).scalar()
        assert "very-secret" not in rows


@pytest.mark.parametrize(
    ("path", "status"),
    [("reports?kind=year", 422), ("reports?to=soon", 422), ("reports/file?format=doc", 422), ("reports", 200)],
)
def test_what_is_no_report_is_refused(client: TestClient, path: str, status: int) -> None:
    assert client.get(f"/api/v1/insights/{path}").status_code == status
