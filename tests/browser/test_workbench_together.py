"""Several people at one talk, keys, and many tickets at once."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Open, SampleShop, call
from tests.browser.test_workbench import answer, ask_for_a_person, field, log_in, look_at, open_talk, picture

pytestmark = pytest.mark.browser

Desk = Callable[..., Page]
TYPES = ("return", "invoice", "install")


@pytest.fixture
def supervisor(open_page: Open, sample_shop: SampleShop) -> Page:
    """The workbench of a supervisor who is online."""
    token = call(sample_shop, "POST", "/api/v1/auth/login", {"username": "supervisor", "password": "xiaoer-supervisor"})
    call(sample_shop, "PUT", "/api/v1/desk/me", {"status": "online", "skills": ["vip"]}, token["access_token"])
    page = open_page("/workbench/")
    log_in(page, "supervisor")
    return page


def more(page: Page, what: str) -> None:
    page.get_by_role("button", name="更多").click()
    page.get_by_role("menuitem", name=re.compile(what)).click()


def test_a_supervisor_listens_in_whispers_and_steps_in(open_page: Open, desk: Desk, supervisor: Page) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "您好，我看一下。")
    look_at(supervisor, question)
    expect(page.locator(".looks")).to_contain_text("也在看")
    supervisor.get_by_role("button", name="写备注").click()
    whisper = "缩水可以答应换一件"
    supervisor.get_by_role("textbox", name=re.compile("备注")).fill(whisper)
    supervisor.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text(whisper)
    more(supervisor, "插话")
    answer(supervisor, "您好，我是主管，这件给您换。")
    expect(buyer.locator(".xc-from-agent", has_text="我是主管")).to_be_visible()
    picture(supervisor, "workbench-barge")
    answer(page, "我来给您登记换货。")
    expect(buyer.locator(".xc-from-agent", has_text="登记换货")).to_be_visible()
    expect(buyer.get_by_text(whisper)).to_have_count(0)


def test_a_colleague_who_was_asked_in_may_write_and_the_talk_stays(
    open_page: Open, desk: Desk, supervisor: Page
) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "您稍等。")
    more(page, "邀请同事")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio").first.check()
    dialog.get_by_role("button", name="要主管确认").click()
    picture(page, "workbench-invite")
    dialog.get_by_role("button", name="邀请", exact=True).click()
    expect(page.get_by_text("已邀请，会话还在你手上")).to_be_visible()
    look_at(supervisor, question)
    expect(supervisor.get_by_role("log")).to_contain_text("要主管确认")
    answer(supervisor, "可以换，不收运费。")
    expect(buyer.locator(".xc-from-agent", has_text="不收运费")).to_be_visible()
    expect(page.locator(".head")).to_contain_text("我在接待")


def test_keys_open_what_they_name(open_page: Open, desk: Desk) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.keyboard.press("Control+r")
    expect(page.get_by_role("dialog", name=re.compile("转接"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name=re.compile("转接"))).to_have_count(0)
    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog", name=re.compile("快捷键"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Alt+Shift+m")
    expect(page.get_by_role("textbox", name=re.compile("备注"))).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+f")
    expect(page.get_by_role("tab", name="商品", selected=True)).to_be_visible()
    page.keyboard.press("Alt+r")
    expect(page.get_by_role("tab", name="优惠", selected=True)).to_be_visible()


def test_a_talk_is_passed_on_with_a_reason_and_the_buyer_hears_to_whom(
    open_page: Open, desk: Desk, supervisor: Page
) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.keyboard.press("Control+r")
    dialog = page.get_by_role("dialog", name=re.compile("转接"))
    dialog.get_by_role("radiogroup", name="同事").get_by_role("radio").first.check()
    dialog.get_by_role("button", name="问题要更懂的同事处理").click()
    dialog.get_by_role("button", name="转接", exact=True).click()
    expect(buyer.get_by_text(re.compile("已转给.*前面的情况都转过去了"))).to_be_visible()
    look_at(supervisor, question)
    expect(supervisor.get_by_role("log")).to_contain_text("问题要更懂的同事处理")
    expect(field(supervisor)).to_be_visible()


def _tickets(shop: SampleShop, token: str) -> tuple[str, list[str]]:
    mark = f"bulk{uuid4().hex[:6]}"
    numbers = []
    for type_ in TYPES:
        body = {"type": type_, "title": f"{mark}{type_}", "buyer_id": mark, "fields": {}}
        numbers.append(call(shop, "POST", "/api/v1/tickets", body, token)["no"])
    return mark, numbers


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_many_tickets_are_changed_exported_merged_and_seen_on_the_board(
    desk: Desk, sample_shop: SampleShop, tokens: dict[str, Any], phone: bool, tmp_path: Path
) -> None:
    mark, numbers = _tickets(sample_shop, tokens["access_token"])
    page = desk("/workbench/", phone=phone)
    page.goto(page.url.split("/workbench/")[0] + "/workbench/tickets")
    page.get_by_role("textbox", name="搜工单").fill(mark)
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("checkbox", name="全选").check()
    page.get_by_role("button", name="改急缓").click()
    page.get_by_role("menuitem", name="紧急").click()
    expect(page.get_by_text("改好了 3 张")).to_be_visible()
    expect(page.locator("tbody tr", has_text="紧急")).to_have_count(3)
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV").click()
    path = tmp_path / "tickets.csv"
    download.value.save_as(path)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert {number for row in rows for number in row if number in numbers} == set(numbers)
    page.get_by_role("button", name="看板").click()
    expect(page.locator(".board")).to_contain_text(mark)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"workbench-board-{'phone' if phone else 'desktop'}")
    page.get_by_role("button", name="列表", exact=True).click()
    page.locator("tbody tr", has_text=f"{mark}{TYPES[0]}").locator(".what").click()
    drawer = page.get_by_role("dialog", name=re.compile(numbers[0]))
    drawer.get_by_role("combobox").first.focus()
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.locator("tbody tr", has_text=f"{mark}{TYPES[0]}").locator(".what").click()
    drawer.locator("p", has_text=numbers[1]).get_by_role("button", name="并入这张").click()
    page.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_text(f"已并入 {numbers[1]}")).to_be_visible()
    page.locator("tbody tr", has_text=f"{mark}{TYPES[1]}").locator(".what").click()
    expect(page.get_by_role("dialog", name=re.compile(numbers[1]))).to_contain_text(numbers[0])


def test_a_ticket_goes_into_that_of_another_account_by_its_number(
    desk: Desk, sample_shop: SampleShop, tokens: dict[str, Any]
) -> None:
    mark, numbers = _tickets(sample_shop, tokens["access_token"])
    _, others = _tickets(sample_shop, tokens["access_token"])
    page = desk("/workbench/")
    page.goto(page.url.split("/workbench/")[0] + "/workbench/tickets")
    page.get_by_role("textbox", name="搜工单").fill(mark)
    page.locator("tbody tr", has_text=f"{mark}{TYPES[0]}").locator(".what").click()
    drawer = page.get_by_role("dialog", name=re.compile(numbers[0]))
    drawer.get_by_role("textbox", name="并入的单号").fill(others[0].lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="合并工单")).to_contain_text("确认是同一个人")
    page.get_by_role("button", name="合并", exact=True).click()
    expect(page.get_by_text(f"已并入 {others[0]}")).to_be_visible()
