"""The console as a shop owner uses it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
FILE = "标准问,答案,分类\n浏览器测试能收到吗,能收到，收到后会尽快处理。,测试\n,没有问题的答案,测试\n"


def log_in(page: Page, password: str = "xiaoer-owner") -> None:
    page.get_by_label("账号").fill("owner")
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name).click()


def test_a_wrong_password_is_told_and_lets_nobody_in(open_page: Open) -> None:
    page = open_page("/console/")
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对，再核对一下")


@SIZES
def test_the_owner_logs_in_and_sees_the_day(open_page: Open, phone: bool) -> None:
    page = open_page("/console/", phone=phone)
    log_in(page)
    expect(page.get_by_role("heading", name="今日")).to_be_visible()
    expect(page.get_by_role("link", name="知识")).to_be_in_viewport()


def test_a_page_asked_for_before_the_log_in_opens_after_it(open_page: Open) -> None:
    page = open_page("/console/knowledge")
    log_in(page)
    expect(page.get_by_role("heading", name="知识")).to_be_visible()


@SIZES
def test_an_import_reports_what_came_in_and_which_line_did_not(open_page: Open, phone: bool) -> None:
    page = open_page("/console/imports", phone=phone)
    log_in(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "knowledge.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    refused = page.locator(".report .el-table__row")
    expect(refused).to_have_count(1)
    expect(refused.first).to_contain_text("3")


def test_an_edited_answer_is_kept_and_used(open_page: Open) -> None:
    page = open_page("/console/knowledge")
    log_in(page)
    page.get_by_role("button", name="新增知识").click()
    page.get_by_role("textbox", name="标准问", exact=True).fill("店里的暗号是什么")
    page.get_by_role("textbox", name="答案", exact=True).fill("暗号是青石板。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已新增")).to_be_visible()

    with page.expect_response(re.compile("/knowledge/usage")):  # a click while the list is drawn anew may be lost
        page.get_by_placeholder("搜问题或答案").fill("店里的暗号")
    page.get_by_role("button", name="店里的暗号是什么").click()
    page.get_by_role("textbox", name="答案", exact=True).fill("暗号是油纸伞。")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    row = page.locator(".el-table__row").filter(has_text="店里的暗号是什么")
    expect(row).to_contain_text("暗号是油纸伞。")

    page.get_by_role("button", name="试一句").click()
    page.get_by_role("textbox", name="边写边试").fill("店里的暗号是什么")
    expect(page.locator(".hit.said")).to_contain_text("暗号是油纸伞。")


def test_a_conversation_shows_why_the_bot_answered_so(open_page: Open) -> None:
    chat = open_page("/chat?shop=default&entry=product&product_id=P1001")
    chat.get_by_role("textbox", name="输入你的问题").fill("你们一般多久发货呀")
    chat.keyboard.press("Enter")
    expect(chat.locator(".xc-from-buyer .xc-sent")).to_have_count(1)
    expect(chat.locator(".xc-from-bot").last).to_contain_text("发")

    page = open_page("/console/conversations")
    log_in(page)
    page.locator(".el-table__row .open").first.click()
    page.get_by_role("button", name="为什么这样答").last.click()
    expect(page.locator(".trace")).to_contain_text("你们一般多久发货呀")
    expect(page.locator(".trace")).to_contain_text(re.compile("依据"))


def test_logging_out_leads_back_to_the_log_in(open_page: Open) -> None:
    page = open_page("/console/")
    log_in(page)
    page.get_by_role("button", name=re.compile("账号")).click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录小二控制台")).to_be_visible()
