"""A language model where one is set up: it puts drafts better, and every call is in the shop's costs."""

import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from xiaoer.app.insights import Choice
from xiaoer.app.wiring import Wiring
from xiaoer.flows.show_insights.drill import list_behind
from xiaoer.flows.show_insights.page import Page
from xiaoer.flows.show_insights.value import SETTING
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.insights import store
from xiaoer.slices.learning.store import gaps
from xiaoer.slices.learning.types import Gap, GapAnswer

SHOP, OTHER = ShopId("s1"), ShopId("s2")


class Scripted(HTTPServer):
    """A model on this machine that says what it is told to say."""

    says: Any = "付款后 48 小时内发货。"
    status = 200
    heard: list[dict[str, Any]]


class Speaks(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append({**body, "path": self.path, "key": self.headers["Authorization"]})
        usage = {"prompt_tokens": 200, "completion_tokens": 30}
        answer = {"model": "script-1", "choices": [{"message": {"content": self.server.says}}], "usage": usage}
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(answer if self.server.status == 200 else {}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[Scripted]:
    server = Scripted(("127.0.0.1", 0), Speaks)
    server.heard = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def product(tmp_path: Path, model: Scripted) -> AsyncIterator[Wiring]:
    settings = Settings(
        home=tmp_path, llm_url=f"http://127.0.0.1:{model.server_port}/v1", llm_key="sk-test", llm_model="script"
    )
    upgrade(settings.url)
    wiring = Wiring(settings)
    for shop in (SHOP, OTHER):
        await wiring.shops.ensure_shop(shop, "店")
    yield wiring
    await wiring.stop()


async def draft(product: Wiring) -> str:
    """The answer proposed for a gap that an agent answered."""
    now = product.clock.now()
    answer = GapAnswer("亲亲，一般付款以后48小时内就给您发出去了哦", 2, 1, "c1")
    gap = Gap("g1", "ship.when", "多久发货", (), now, now, answers=(answer,))
    await product.db.write(lambda c: gaps.add_gaps(c, SHOP, [gap]))
    return (await product.learning.decide.draft(SHOP, "g1")).answer


async def value(product: Wiring, shop: ShopId) -> Page:
    await product.insights.roll_up(shop)
    return await product.insights.page(shop, "value", Choice())


def spent(page: Page) -> tuple[float | None, str]:
    card = next(card for card in page.cards if card.id == "llm")
    return card.value, card.note


async def test_a_draft_is_put_better_and_its_cost_is_the_shops(product: Wiring, model: Scripted) -> None:
    prices = {"model_in_yuan": 2.0, "model_out_yuan": 8.0}
    await product.db.write(lambda c: store.save_setting(c, SHOP, SETTING, prices))
    assert await draft(product) == "付款后 48 小时内发货。"
    assert model.heard[0]["path"] == "/v1/chat/completions"
    assert model.heard[0]["key"] == "Bearer sk-test"
    page = await value(product, SHOP)
    row = page.tables[0].rows[0]
    assert (row["purpose"], row["model"], row["count"]) == ("润色知识草稿", "script-1", 1)
    assert row["yuan"] == pytest.approx((200 * 2 + 30 * 8) / 1_000_000)
    assert spent(page)[1] == "调用 1 次"
    assert "输入 200、输出 30 词元" in page.tables[0].note
    assert spent(await value(product, OTHER)) == (0.0, "没有调用大模型")


async def test_a_figure_that_the_model_changed_is_not_taken(product: Wiring, model: Scripted) -> None:
    model.says = "付款后 24 小时内发货。"
    assert "48小时" in await draft(product)


@pytest.mark.parametrize(("status", "says"), [(500, ""), (401, ""), (200, None), (200, "")])
async def test_a_model_that_is_away_leaves_the_draft_as_it_is(
    product: Wiring, model: Scripted, status: int, says: Any
) -> None:
    model.status, model.says = status, says
    assert "48小时" in await draft(product)
    note = (await value(product, SHOP)).tables[0].note
    assert ("1 次没成功" in note) == (status != 200)


async def test_calls_are_listed_behind_the_spend_and_made_again_from_the_facts(product: Wiring) -> None:
    await draft(product)
    await product.insights.roll_up(SHOP)

    def query(connection: Connection) -> Any:
        return store.all_cells(connection, SHOP)

    before = await product.db.read(query)
    await product.insights.roll_up.rebuild(SHOP)
    assert await product.db.read(query) == before
    behind = await product.insights.look(SHOP, Choice(), lambda view: list_behind(view, "call", "llm", "", "", 0, 10))
    assert [(item["said"], item["blocker"]) for item in behind.items] == [("润色知识草稿", "输入 200、输出 30 词元")]


async def test_without_a_model_nothing_is_asked_and_the_page_says_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    upgrade(settings.url)
    wiring = Wiring(settings)
    await wiring.shops.ensure_shop(SHOP, "店")
    assert "48小时" in await draft(wiring)
    table = (await value(wiring, SHOP)).tables[0]
    assert (table.rows, table.empty[:11]) == ((), "这段时间没有调用大模型")
    await wiring.stop()
