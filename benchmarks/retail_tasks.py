"""How many expected actions of a public benchmark's tasks are done right, through the real message path.

    python benchmarks/retail_tasks.py WORLD [--tasks FILE] [--show]

WORLD is a folder of ECom-Bench (see examples/map_retail_world.py); it is imported into an empty shop, and each
expected action or look-up of each task is asked for in plain words by a scripted buyer, who answers what the bot asks
back: the order, a reason, a picture, 「确认」. The words are the same for every task of a kind, none is taken from the
tasks. Then the shop is looked at: a cancelled order, a new address, a request, a ticket of the right kind with the
right order, or a reply that holds the parcel, the text or the goods that it was asked for. The clock stands a day after
the last parcel of the buyer came, since the world's orders are older than the law's seven days.

What no front desk can do here (place an order, pay with a card, register a cash-back) counts as right when it is
handed to people with a ticket, or when the bot says what to do instead and claims nothing.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from retail_judge import RIGHT, judge

from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId
from xiaoer.kernel.terms import AutoActions, Terms
from xiaoer.kernel.turn import ImageContent, TextContent, TurnContext
from xiaoer.slices.conversations.types import Incoming

Row = dict[str, Any]
_MAPPER = Path(__file__).parent.parent / "examples" / "map_retail_world.py"
_ROUNDS = 6
_TAX_NO = "91330106MA2CFX7U57"  # a made-up number with the right check digit
_PICTURE = ImageContent("https://example.cn/proof.jpg")

_ASKED = {
    ("manage_order", "取消"): "帮我取消订单{order_id}，不想要了",
    ("manage_order", "修改"): "订单{order_id}改一下收货地址，改成{address}{phone}",
    ("manage_order", "查询"): "订单{order_id}现在什么状态，发货了吗",
    ("manage_order", "增加"): "我要买{title}，帮我下单",
    ("manage_urgent", ""): "订单{order_id}帮我加急，快点送",
    ("manage_invoice", ""): "订单{order_id}开个发票，{invoice}",
    ("manage_return", ""): "订单{order_id}我要退货退款，东西有质量问题",
    ("manage_exchange", "换货"): "订单{order_id}的商品想换成{other}",
    ("manage_exchange", "查询"): "订单{order_id}的商品可以换货吗",
    ("schedule_service", ""): "订单{order_id}帮我预约{service_type}，{service_time}上门，联系电话{phone_number}",
    ("register_cashback_by_review", "返现"): "订单{order_id}已经晒单好评了，帮我登记返现",
    ("register_cashback_by_review", "查询"): "订单{order_id}有没有返现记录",
    ("manage_ecard", "退款"): "退款退到京东E卡余额里",
    ("manage_ecard", "余额使用"): "用京东E卡付款",
    ("manage_ecard", "余额查询"): "我的京东E卡还有多少余额",
    ("manage_ecard", "信息查询"): "京东E卡怎么用",
    ("get_logistics_info", ""): "订单{order_id}的物流到哪了",
    ("get_installation_service_info", ""): "这款怎么安装",
    ("get_auxiliary_materials_info", ""): "安装要哪些辅材",
    ("get_repair_info", ""): "这个怎么维修",
    ("get_gift_info", ""): "这款有什么赠品",
    ("get_fault_code_info", ""): "显示{fault_code}是什么故障",
    ("get_product_info", ""): "这款多少钱，介绍一下",
    ("get_discount_info", ""): "现在有什么优惠活动",
    ("compare_products_info", ""): "{titles}，这几个有什么区别",
}


class Buyer:
    """One buyer with one wish, answering what is asked back."""

    def __init__(self, product: Wiring, wish: Row, asked: str, world: "World") -> None:
        self.product, self.wish, self.asked, self.world = product, wish, asked, world
        self.buyer = BuyerId(str(wish["user_id"]))
        self.channel = f"task-{uuid4().hex[:8]}"
        self.lines: list[str] = []
        self.last: Row = {}

    async def say(self, content: Any) -> None:
        product_id = self.wish.get("product_id") if self.wish["name"].startswith("get_") else None
        context = {"entry": "product", "product_id": product_id} if product_id else {}
        page = msgspec.convert(context, TurnContext)
        incoming = Incoming(self.buyer, self.channel, content, page, external_id=uuid4().hex)
        self.last = msgspec.json.decode(await self.product.take_message(DEFAULT_SHOP, incoming))
        said = content.text if isinstance(content, TextContent) else "[图片]"
        self.lines += [f"    买家：{said}", *(f"    小二：{part['text']}" for part in self.last["replies"])]

    async def play(self) -> None:
        await self.say(TextContent(self.asked))
        for _ in range(_ROUNDS):
            answer = self._answer()
            if answer is None:
                return
            await self.say(answer)

    def _answer(self) -> Any:
        """The buyer's word to the last question; None when nothing is asked."""
        acts = [act for act in self.last["turn"]["acts"] if act["type"] == "ask"]
        if not acts:
            return None
        template, wish = acts[-1]["template"], self.wish
        words = {
            "which": f"订单{wish.get('order_id', '')}", "confirm": "确认", "reason": "质量有问题", "goal": "退货",
            "wish": wish.get("other", "换同款"), "title": wish.get("title", "个人"), "tax_no": f"税号{_TAX_NO}",
            "look": "都问过了，没有", "in_time": "要，帮我催一下", "no_promise": "要，帮我催一下", "sealed": "没拆",
            "address": wish.get("address", ""), "item": self.world.title(wish.get("original_product_id", "")),
        }  # fmt: skip
        part = template.rsplit(".", 1)[-1]
        if part == "photo":
            return _PICTURE
        found = next((word for name, word in words.items() if part.startswith(name)), "")
        return TextContent(found) if found else None

    @property
    def text(self) -> str:
        return "\n".join(line for line in self.lines if "小二：" in line)


class World:
    """The benchmark's rows, by id."""

    def __init__(self, folder: Path) -> None:
        self.products = {row["商品ID"]: row for row in self._rows(folder, "products")}
        self.others = {
            other["商品ID"]: other["商品描述"]
            for row in self.products.values()
            for other in row.get("可换货商品") or ()
        }
        self.parcels = {row["订单ID"]: row for row in self._rows(folder, "logistics")}
        self.orders = {row["订单ID"]: row for row in self._rows(folder, "orders")}

    @staticmethod
    def _rows(folder: Path, name: str) -> list[Row]:
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]

    def title(self, product_id: str) -> str:
        return str(self.products.get(product_id, {}).get("商品名称") or self.others.get(product_id, ""))

    def now_for(self, buyer: str) -> datetime:
        """A day after the last thing that happened to the buyer's parcels."""
        times = [
            step["时间"]
            for order_id, row in self.orders.items()
            if row["用户ID"] == buyer and order_id in self.parcels
            for step in self.parcels[order_id]["物流轨迹"]
        ]
        return datetime.fromisoformat(f"{max(times, default='2025-06-10 12:00:00')}+08:00") + timedelta(days=1)


def wishes(task: Row, world: World) -> list[tuple[Row, str]]:
    """What the task expects to be done or looked up, each with the words that ask for it."""
    found: dict[str, tuple[Row, str]] = {}
    for row in (*task["metadata"]["searches"], *task["metadata"]["actions"]):
        name = row["name"].removesuffix("_tool")
        wish = {**row["arguments"], "name": name, "user_id": task["user_id"]}
        action = str(wish.get("action", ""))
        goods = [one["product_id"] for one in wish.get("product_info_list", ())] or wish.get("product_ids", ())
        phone = f"，电话{wish['phone_number']}" if wish.get("phone_number") else ""
        company = wish.get("invoice_type") == "企业发票"
        wish["title"] = wish.get("title", "") if company else "个人"
        wish["other"] = world.title(wish.get("exchange_product_id", "")) or "大一点的"
        shown = {
            **{"order_id": "", "service_type": "", "service_time": "", "phone_number": "", "fault_code": ""}, **wish,
            "phone": phone, "invoice": f"抬头{wish['title']}" if company else "个人",
            "title": world.title(goods[0]) if goods else "", "titles": "、".join(map(world.title, goods)),
        }  # fmt: skip
        pattern = _ASKED.get((name, action)) or _ASKED[(name, "")]
        found[json.dumps([name, action, wish.get("order_id"), wish.get("product_id")])] = (
            wish,
            pattern.format(**shown),
        )
    return list(found.values())


async def main(folder: Path, tasks_file: Path, show: bool) -> None:
    """Import, play, count."""
    world = World(folder)
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        settings, out, tasks = prepare(folder, Path(temporary), tasks_file)
        await stock(settings, out)
        for number, task in enumerate(tasks):
            home = Path(temporary) / f"task-{number}"
            shutil.copytree(settings.home, home)  # every task finds the shop as it was imported
            await play(Settings(home=home, log_level="error"), task, world, counts, show)
    report(counts)


async def stock(settings: Settings, out: Path) -> None:
    """Import the world into the empty shop."""
    product = Wiring(settings, ManualClock(datetime.fromisoformat("2025-01-01T00:00:00+08:00")))
    await product.shops.ensure_shop(DEFAULT_SHOP, "热水器小店")
    runs = await product.importer.import_folder(DEFAULT_SHOP, out, by="benchmark")
    assert all(run.status == "done" for run in runs), [(run.kind, run.status) for run in runs]
    auto = AutoActions(refund_limit="10000.00")
    await product.answering.terms.save(DEFAULT_SHOP, Terms(auto=auto), "benchmark")
    await product.stop()


async def play(settings: Settings, task: Row, world: World, counts: dict[str, Counter[str]], show: bool) -> None:
    """Ask for everything that one task expects, a day after the last thing that happened to the buyer's parcels."""
    product = Wiring(settings, ManualClock(world.now_for(task["user_id"])))
    await product.knowledge.ensure_loaded(DEFAULT_SHOP)
    for wish, asked in wishes(task, world):
        buyer = Buyer(product, wish, asked, world)
        order_id = str(wish.get("order_id", ""))
        before = await product.orders.order(DEFAULT_SHOP, order_id) if order_id else None
        await buyer.play()
        verdict = await judge(product, wish, buyer.text, buyer.last, world.products, before)
        kind = f"{wish['name']} {wish.get('action', '')}".strip()
        counts.setdefault(kind, Counter())[verdict] += 1
        if show and verdict not in RIGHT:
            state = before.status if before else "-"
            print(f"{task['task_id']} {kind}: {verdict} (order {state})", *buyer.lines, sep="\n")
    await product.stop()


def prepare(folder: Path, place: Path, tasks_file: Path) -> tuple[Settings, Path, list[Row]]:
    """An empty shop, the files to import, and the tasks."""
    home, out = place / "home", place / "import"
    subprocess.run([sys.executable, _MAPPER, folder, out], check=True, capture_output=True)
    settings = Settings(home=home, log_level="error")
    home.mkdir()
    upgrade(settings.url)
    lines = tasks_file.read_text(encoding="utf-8").splitlines()
    return settings, out, [json.loads(line) for line in lines if line.strip()]


def report(counts: dict[str, Counter[str]]) -> None:
    """One line a kind, then the sum."""
    right = everything = 0
    for kind, verdicts in sorted(counts.items()):
        good, total = sum(verdicts[word] for word in RIGHT), sum(verdicts.values())
        right, everything = right + good, everything + total
        print(f"{kind:40} {good:3}/{total:<3} {dict(verdicts)}")
    print(f"{'all':40} {right:3}/{everything:<3} {right / max(1, everything):.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", type=Path)
    parser.add_argument("--tasks", type=Path, help="default: WORLD/tasks_dev.jsonl")
    parser.add_argument("--show", action="store_true", help="print every dialogue that went wrong")
    given = parser.parse_args()
    asyncio.run(main(given.world, given.tasks or given.world / "tasks_dev.jsonl", given.show))
