"""What comes by itself at the workbench: read marks, warnings, notices; and replies that come from a file."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Open, SampleShop, call
from tests.browser.test_workbench import answer, ask_for_a_person, log_in, open_talk, picture

pytestmark = pytest.mark.browser

Desk = Callable[..., Page]


def test_the_agent_sees_that_the_buyer_types_and_has_read(open_page: Open, desk: Desk) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "您稍等，我看一下。")
    expect(page.locator(".receipt")).to_have_text("已读")
    buyer.get_by_role("textbox", name="输入你的问题").press_sequentially("那我")
    expect(page.get_by_role("log")).to_contain_text("正在输入")


def test_what_the_agent_takes_back_goes_from_the_buyers_open_window(open_page: Open, desk: Desk) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "这件是纯棉的，放心。")
    expect(buyer.locator(".xc-from-agent")).to_contain_text("这件是纯棉的")
    page.locator(".message.agent", has_text="这件是纯棉的").hover()
    page.get_by_role("button", name="撤回").click()
    expect(buyer.locator(".xc-from-agent").get_by_text("这件是纯棉的")).to_have_count(0)


def test_a_supervisor_is_warned_of_a_bad_review_and_opens_the_talk(open_page: Open, sample_shop: SampleShop) -> None:
    page = open_page("/workbench/")
    log_in(page, "supervisor")
    words = f"太过分了 {uuid4().hex[:6]}，我要投诉你们，给差评"
    body = {"channel": "api", "buyer_id": f"angry-{uuid4().hex[:6]}", "content": {"type": "text", "text": words}}
    call(sample_shop, "POST", "/api/v1/messages", body, "browser-tests")
    warning = page.get_by_role("alert", name="差评风险").locator("article").last
    expect(warning).to_contain_text("可能给差评")
    picture(page, "workbench-risk")
    warning.get_by_role("button", name="看会话").click()
    expect(page.get_by_role("log").get_by_text(words)).to_be_visible()


def test_canned_replies_come_from_a_file_and_what_was_not_taken_is_told(open_page: Open, desk: Desk) -> None:
    _, question = ask_for_a_person(open_page)
    page, title = desk(), f"来自表格{uuid4().hex[:6]}"
    open_talk(page, question)
    page.get_by_role("tab", name="话术").click()
    file = {"name": "话术.csv", "mimeType": "text/csv", "buffer": f"标题,内容\n{title},好的\n,缺标题\n".encode()}
    page.locator("input[type=file][accept='.csv,.xlsx']").set_input_files([file])
    told = page.get_by_role("dialog", name="导入话术")
    expect(told).to_contain_text("加了 1 条")
    expect(told).to_contain_text("第 3 行：标题和内容都要写，已跳过")
    told.get_by_role("button", name="知道了").click()
    expect(page.get_by_role("tabpanel", name="话术").get_by_text(title)).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_colleagues_change_of_a_ticket_one_follows_is_told_and_leads_there(
    open_page: Open, desk: Desk, sample_shop: SampleShop, tokens: dict[str, Any], phone: bool
) -> None:
    body = {"type": "callback", "buyer_id": f"b-{uuid4().hex[:6]}", "fields": {"about": "很长很长的一件事情" * 4}}
    ticket = call(sample_shop, "POST", "/api/v1/tickets", body, tokens["access_token"])
    page = desk(phone=phone)
    expect(page.get_by_role("button", name=re.compile("^排队中"))).to_be_visible()
    log_in = {"username": "supervisor", "password": "xiaoer-supervisor"}
    other = call(sample_shop, "POST", "/api/v1/auth/login", log_in)["access_token"]
    call(sample_shop, "PATCH", f"/api/v1/tickets/{ticket['id']}", {"state": "doing"}, other)
    notice = page.locator(".notice", has_text=ticket["no"])
    expect(notice).to_be_in_viewport(ratio=1)
    notice.click()
    drawer = page.locator(".el-drawer__body")
    expect(drawer.get_by_label("写一句进展")).to_be_visible()
    assert drawer.evaluate("element => element.scrollWidth <= element.clientWidth")
    picture(page, "workbench-ticket" + ("-phone" if phone else ""))
