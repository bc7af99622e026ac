"""The demo's first start: the sample shop through the product's own importer, and its accounts."""

import hashlib
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection

from xiaoer.app.demo.generate import DemoShop, generate, write_folder
from xiaoer.app.demo.history import remember
from xiaoer.app.demo.selling import write_rules
from xiaoer.app.demo.shelf import list_goods, stock_shelf
from xiaoer.app.wiring import Wiring, running
from xiaoer.infra.clock import SystemClock
from xiaoer.infra.db import Database
from xiaoer.infra.settings import Settings
from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.kernel.errors import Conflict
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.kernel.terms import Terms
from xiaoer.kernel.worktime import BusinessHours, minutes_of
from xiaoer.slices.canned import api as canned
from xiaoer.slices.canned.types import Canned, Reader
from xiaoer.slices.conversations import told
from xiaoer.slices.imports import store as import_runs
from xiaoer.slices.insights import api as insights
from xiaoer.slices.shops.types import Role, Shop

_TERMS = Terms(
    return_address="浙江省嘉兴市海宁市许村镇荡湾路 18 号 小满生活馆售后组（收），电话 0573-8700 1234",
    freight_insurance=True,
    refund_only_limit="30.00",
    price_protect_days=15,
    invoice_within_hours=24,
    ship_within_hours=48,
)
_BY = "示例数据"
_MARK = "demo-sample"
_DATA = Path(__file__).parent / "data"
LOG_INS = (
    ("店主", "owner", Role.OWNER, "xiaoer-owner", "周店长"),
    ("运营", "operator", Role.OPERATOR, "xiaoer-operator", "小夏"),
    ("主管", "supervisor", Role.SUPERVISOR, "xiaoer-supervisor", "陈姐"),
    ("坐席", "agent", Role.AGENT, "xiaoer-agent", "小林"),
)


async def prepare_demo(settings: Settings, out: Console) -> list[tuple[str, str, str]]:
    """Bring the sample shop up to date (relative dates move on) and return the log-ins to print.

    Done once a day: "yesterday" is the same day until midnight, and a second start shall be quick.
    """
    mark, is_today = settings.home / _MARK, f"{_today()} {_edition(settings)}"
    if mark.exists() and mark.read_text() == is_today and await _has_sample(settings):
        return _log_ins()
    async with running(settings) as product:
        await _accounts(product, settings.demo_hours)
        await product.answering.terms.save(DEFAULT_SHOP, _TERMS, _BY)
        with tempfile.TemporaryDirectory(prefix="xiaoer-demo-") as folder, out.status("正在准备示例店铺…"):
            now = product.clock.now()
            sample = generate(now)
            write_folder(sample, Path(folder))
            runs = await product.importer.import_folder(DEFAULT_SHOP, Path(folder), by=_BY)
            await _remember(product, sample, now)
            await write_rules(product, DEFAULT_SHOP, now)
        await _canned(product)
        refused = sum(run.refused for run in runs)
        if refused or any(run.status != "done" for run in runs):
            out.print(f"[yellow]示例数据有 {refused} 行没有导入[/]")
        else:
            mark.write_text(is_today)
    return _log_ins()


def _log_ins() -> list[tuple[str, str, str]]:
    return [(label, name, password) for label, name, _, password, _ in LOG_INS]


def _today() -> str:
    return SystemClock().now().astimezone(SHOP_ZONE).date().isoformat()


def _edition(settings: Settings) -> str:
    """What the sample is made of: its sources and the settings that it depends on."""
    digest = hashlib.sha256(f"{settings.url} {settings.demo_hours}".encode())
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".toml", ".jsonl"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


async def _has_sample(settings: Settings) -> bool:
    """Whether this database holds the sample; it may have been emptied since."""
    database = Database(settings.url)
    try:
        return await database.read(lambda c: import_runs.has_done(c, DEFAULT_SHOP, _BY))
    finally:
        await database.close()


async def _remember(product: Wiring, sample: DemoShop, now: datetime) -> None:
    """Write the talks of the weeks before, at the first start only."""
    if await product.db.read(lambda c: told.count(c, DEFAULT_SHOP)):
        return
    buyer_of = {row["id"]: row["buyer_id"] for row in sample.orders}
    item_of = {row["order_id"]: row["variant_id"] for row in sample.order_items}
    refunds = [
        row | {"buyer_id": buyer_of[row["order_id"]], "variant_id": item_of.get(row["order_id"], "")}
        for row in sample.refunds
    ]
    goods = list_goods(stock_shelf(now))
    talks = remember(now, goods, [row["id"] for row in sample.buyers], refunds)

    def change(connection: Connection) -> None:
        told.add_whole(
            connection,
            DEFAULT_SHOP,
            [talk.conversation for talk in talks],
            [message for talk in talks for message in talk.messages],
            [turn for talk in talks for turn in talk.turns],
        )
        insights.append_new(connection, DEFAULT_SHOP, [fact for talk in talks for fact in talk.facts])

    await product.db.write(change)


async def _canned(product: Wiring) -> None:
    """Write the shop's canned replies, at the first start only."""
    rows = tomllib.loads((_DATA / "canned.toml").read_text(encoding="utf-8"))["reply"]

    def change(connection: Connection) -> None:
        if canned.visible(connection, DEFAULT_SHOP, Reader("")):
            return
        for place, row in enumerate(rows):
            canned.create(connection, DEFAULT_SHOP, Canned("", "shop", "", **row, position=place))

    await product.db.write(change)


async def _accounts(product: Wiring, hours: str) -> None:
    facts = tomllib.loads((_DATA / "shop.toml").read_text(encoding="utf-8"))
    opens, closes = map(minutes_of, (hours or facts["agent_hours"]).split("-"))
    shop = Shop(DEFAULT_SHOP, facts["name"], "/demo/images/logo.svg", BusinessHours(opens, closes))
    await product.shops.save_shop(DEFAULT_SHOP, shop)
    for _, name, role, password, called in LOG_INS:
        try:
            await product.shops.add_staff(DEFAULT_SHOP, name, called, role, password)
        except Conflict:
            continue
