"""axe-core over the pages that people look at all day: no serious finding, in light and in dark.

axe-core comes with the web pages' development packages (`hatch_build.py ci`); without them the tests are skipped.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import SampleShop, call
from tests.browser.test_workbench import CHAT, ask_for_a_person, open_talk

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
_AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = ("serious", "critical")
CONSOLE = (
    "today",
    "conversations",
    "knowledge",
    "imports",
    "red-lines",
    "wording",
    "modes",
    "terms",
    "systems",
    "audit",
    "team",
    "team/hours",
    "team/desk",
)


def findings(page: Page) -> list[str]:
    """Serious findings of axe-core, each with its first place."""
    if not _AXE.is_file():
        pytest.skip("axe-core is not installed: run `make web-check` once.")
    page.add_script_tag(path=_AXE)
    found: dict[str, Any] = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
    )
    return [
        f"{one['id']} ×{len(one['nodes'])}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:200]}"
        for one in found["violations"]
        if one["impact"] in _SERIOUS
    ]


@pytest.fixture(scope="module")
def log_in(sample_shop: SampleShop) -> Callable[[Page, str], None]:
    """Log in as somebody of the staff, as after the form."""
    kept: dict[str, str] = {}

    def as_(page: Page, name: str) -> None:
        if name not in kept:
            body = {"username": name, "password": f"xiaoer-{name}"}
            kept[name] = json.dumps(call(sample_shop, "POST", "/api/v1/auth/login", body))
        page.evaluate("kept => localStorage.setItem('xiaoer.staff', kept)", kept[name])

    return as_


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_the_chat_window(open_page: Open, phone: bool) -> None:
    page = open_page(CHAT, phone=phone)
    expect(page.locator(".xc-from-bot").first).to_be_visible()
    page.get_by_role("textbox", name="输入你的问题").fill("170 穿什么码，什么时候发货")
    page.keyboard.press("Enter")
    expect(page.locator(".xc-from-bot").nth(1)).to_be_visible()
    assert findings(page) == []


def test_the_workbench(open_page: Open, log_in: Callable[[Page, str], None], sample_shop: SampleShop) -> None:
    _, question = ask_for_a_person(open_page)
    page = open_page("/workbench/login")
    log_in(page, "supervisor")
    page.goto(f"{sample_shop.url}/workbench/")
    expect(page.get_by_role("region", name="会话列表").locator(".row-button").first).to_be_visible()
    open_talk(page, question)
    found = {}
    for tab in ("客户", "订单", "商品", "优惠", "话术", "知识", "工单"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tabpanel", name=tab)).to_be_visible()
        found[tab] = findings(page)
    assert found == {tab: [] for tab in found}


def test_the_tickets(open_page: Open, log_in: Callable[[Page, str], None], sample_shop: SampleShop) -> None:
    page = open_page("/workbench/login")
    assert findings(page) == []
    log_in(page, "supervisor")
    page.goto(f"{sample_shop.url}/workbench/tickets")
    expect(page.get_by_role("heading", name="工单")).to_be_visible()
    assert findings(page) == []


@pytest.mark.parametrize("path", CONSOLE)
def test_the_console(open_page: Open, log_in: Callable[[Page, str], None], sample_shop: SampleShop, path: str) -> None:
    page = open_page("/console/login")
    log_in(page, "owner")
    page.goto(f"{sample_shop.url}/console/{path}")
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert findings(page) == []
