"""Look-ups in connected systems wait together: a turn with three of them asks once each, all at the same time."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
from tests.connectors.fakes.generic import order_payload
from tests.connectors.world import WORLD

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.turn import TextContent, TurnContext
from xiaoer.slices.conversations.types import Incoming

_TOGETHER = 3


@pytest.fixture
def meeting() -> Iterator[tuple[str, list[str]]]:
    """A shop that answers nobody before three questions are in: who asks one after the other waits in vain."""
    gate, asked = threading.Barrier(_TOGETHER, timeout=20), []
    mine = [order_payload(order) for order in WORLD.orders.values() if order.buyer_id == "2001"]
    stock = [
        {"id": v.id, "product_id": v.product_id, "price": v.price.yuan, "stock": v.stock, "spec": v.spec}
        for v in WORLD.variants_of("1001")
    ]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            asked.append(self.path)
            found: dict[str, Any] = {
                "/orders": {"items": mine}, "/products/1001": {"id": "1001", "title": "轻薄羽绒服 女款"},
                "/products/1001/variants": {"items": stock},
            }  # fmt: skip
            try:
                gate.wait()
                body = found.get(path)
            except threading.BrokenBarrierError:
                body = None
            self.send_response(200 if body else 503)
            self.end_headers()
            self.wfile.write(json.dumps(body or {}).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    gate.abort()
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.mark.asyncio(loop_scope="session")
async def test_three_look_ups_wait_together_and_each_is_asked_once(
    product: Wiring, meeting: tuple[str, list[str]]
) -> None:
    base, asked = meeting
    shop = ShopId(f"slow-{uuid4().hex[:8]}")
    await product.shops.ensure_shop(shop, "慢系统小店")
    await product.systems.save(
        shop, "店主", id_="", connector="generic", title="", ports=("orders", "products", "stock"),
        settings={"base_url": base, "secret": "s"}, enabled=True,
    )  # fmt: skip
    said = TextContent("我的快递到哪了？这款黑色M码还有货吗？")
    page = TurnContext(entry="product", product_id="1001")
    incoming = Incoming(BuyerId("2001"), "api", said, page, external_id=uuid4().hex)
    answer: dict[str, Any] = msgspec.json.decode(await product.take_message(shop, incoming))
    assert [act["template"] for act in answer["turn"]["acts"]] == ["ship.stuck", "stock.yes"], answer
    assert sorted(urlsplit(one).path for one in asked) == ["/orders", "/products/1001", "/products/1001/variants"]
