"""Speed of a turn with three look-ups: engine time on the shop's own rows, and waiting time on slow systems.

    python benchmarks/lookups.py [TURNS]

The turn asks for a parcel, a price with stock, and a refund at once. On the own rows the processor's time of the
process is told, from the message at the door to the stored answer: everything that the product does, less what other
work on the machine takes. Then a shop system that answers every request after 100 ms is connected for orders, goods
and stock over a loopback port; there the clock is told, because what counts is that the look-ups wait together. A
third line tells how long the same look-ups take one after the other.
"""

import asyncio
import json
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import msgspec

from xiaoer.app.demo.generate import generate, write_folder
from xiaoer.app.server import settle_memory
from xiaoer.app.wiring import Wiring
from xiaoer.infra.clock import ManualClock
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId, ShopId
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.conversations.types import Incoming

_NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
_SAID = "我的快递到哪了？这款黑色L码还有货吗？退款到哪一步了"
_SLOW_S = 0.1
_WARM = 20

_ORDERS = [
    {"id": "900100200301", "buyer_id": "b-1", "status": "shipped", "created_at": "2026-06-16T10:00:00+08:00",
     "pay_amount": "99.00", "phone": "13800138000", "address": "浙江省杭州市西湖区文三路1号",
     "items": [{"variant_id": "R-1", "title": "抗皱衬衫", "quantity": 1, "price": "99.00"}],
     "shipments": [{"waybill_no": "YT990001", "carrier": "圆通速递",
                    "traces": [{"at": "2026-06-17T20:00:00+08:00", "text": "到达【杭州转运中心】"}]}]},
    {"id": "900100200302", "buyer_id": "b-1", "status": "refunding", "created_at": "2026-06-10T10:00:00+08:00",
     "pay_amount": "59.00", "items": [{"variant_id": "R-1", "title": "抗皱衬衫", "quantity": 1, "price": "59.00"}],
     "refunds": [{"id": "R1", "kind": "return_refund", "status": "waiting_receipt", "amount": "59.00"}]},
]  # fmt: skip
_PRODUCT = {"id": "R", "title": "抗皱衬衫 男女同款", "category": "衬衫"}
_VARIANTS = [{"id": "R-1", "product_id": "R", "price": "99.00", "stock": 5, "spec": {"颜色": "黑色", "尺码": "L"}}]


class _Slow(BaseHTTPRequestHandler):
    """The generic contract, each answer after `_SLOW_S`."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet; in two, the second waits 40 ms for the first one's receipt

    def do_GET(self) -> None:
        time.sleep(_SLOW_S)
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        found: Any = {
            "/orders": {"items": _ORDERS}, "/products/R": _PRODUCT, "/products/R/variants": {"items": _VARIANTS},
            "/products": {"items": [_PRODUCT] if "ids" in query else []}, "/variants/R-1": _VARIANTS[0],
        }.get(path)  # fmt: skip
        body = json.dumps(found or {"error": "not found"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


async def _say(product: Wiring, shop: ShopId, buyer: str, page: str) -> dict[str, Any]:
    context = TurnContext(entry="product", product_id=page)
    incoming = Incoming(BuyerId(buyer), f"c-{uuid4().hex[:8]}", TextContent(_SAID), context, external_id=uuid4().hex)
    return dict(msgspec.json.decode(await product.take_message(shop, incoming)))


async def embedded(product: Wiring, turns: int) -> list[float]:
    """Processor seconds of each turn on the shop's own rows."""
    orders = [msgspec.json.decode(json.dumps(row)) for row in _ORDERS]
    shop = ShopId("own")
    await product.shops.ensure_shop(shop, "自有数据")
    kinds: dict[str, list[dict[str, Any]]] = {"products": [_PRODUCT], "variants": _VARIANTS, "orders": []}
    kinds |= {"order_items": [], "shipments": [], "refunds": []}
    for row in orders:
        kinds["orders"].append({k: v for k, v in row.items() if k not in ("items", "shipments", "refunds")})
        lines = enumerate(row["items"])
        kinds["order_items"] += [{**item, "id": f"{row['id']}-{n}", "order_id": row["id"]} for n, item in lines]
        for name in ("shipments", "refunds"):
            kinds[name] += [{**one, "order_id": row["id"]} for one in row.get(name, ())]
    for kind, rows in kinds.items():
        data = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        await product.importer.import_file(shop, data, name=f"{kind}.jsonl")
    spent = []
    for number in range(turns + _WARM):
        began = time.process_time()
        answer = await _say(product, shop, "b-1", "R")
        if number >= _WARM:
            spent.append(time.process_time() - began)
        else:
            _check(answer)
    return sorted(spent)


def _check(answer: dict[str, Any]) -> None:
    acts = [act["template"] for act in answer["turn"]["acts"]]
    if len(acts) != 3 or any(act in ("not_found", "source.down", "order.which") for act in acts):
        raise SystemExit(f"The three look-ups were not answered: {acts}")


async def remote(product: Wiring, turns: int) -> tuple[list[float], float]:
    """Seconds of each turn over the slow system, and of the same look-ups one after the other."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {"base_url": f"http://127.0.0.1:{server.server_port}", "secret": "s"}
    spent = []
    for number in range(turns + 1):  # a shop of its own each time: no answer is kept from the turn before
        shop = ShopId(f"slow-{number}")
        await product.shops.ensure_shop(shop, "慢系统")
        await product.systems.save(
            shop, "benchmark", id_="", connector="generic", title="", ports=("orders", "products", "stock"),
            settings=settings, enabled=True,
        )  # fmt: skip
        await product.understanding.refresh(shop)
        await product.knowledge.ensure_loaded(shop)
        product.systems.web.forget("generic:")
        began = time.perf_counter()
        answer = await _say(product, shop, "b-1", "R")
        if number:  # the first turn loads the web client, as a server's first minute does
            spent.append(time.perf_counter() - began)
        else:
            settle_memory()  # as a server process does when it has started
        _check(answer)
    product.systems.web.forget("generic:")
    (one,) = await product.systems.serving(shop, "orders")
    began = time.perf_counter()
    await one.source.orders_of(shop, "b-1")
    await one.source.product(shop, "R")
    await one.source.variants(shop, "R")
    alone = time.perf_counter() - began
    server.shutdown()
    return sorted(spent), alone


async def main(turns: int) -> None:
    """Print both."""
    os.environ.setdefault("XIAOER_LOG_LEVEL", "error")
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), log_level="error", gather_timeout_ms=5_000)
        upgrade(settings.url)
        product = Wiring(settings, ManualClock(_NOW))
        folder = Path(home) / "sample"
        folder.mkdir()
        write_folder(generate(_NOW), folder)
        await product.shops.ensure_shop(DEFAULT_SHOP, "示例店")
        own = await embedded(product, turns)
        slow, alone = await remote(product, max(10, turns // 20))
        await product.stop()
    print(
        f"own rows, processor   p50 {own[len(own) // 2] * 1e3:6.1f} ms   p99 {own[int(len(own) * 0.99)] * 1e3:6.1f} ms"
    )
    print(f"100 ms systems, clock p50 {slow[len(slow) // 2] * 1e3:6.1f} ms   most {slow[-1] * 1e3:6.1f} ms")
    print(f"one after the other       {alone * 1e3:6.1f} ms")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
