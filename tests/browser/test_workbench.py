"""The workbench as an agent uses it, with a buyer in another browser."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import call

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
CHAT = "/chat?shop=default&entry=product&product_id=P1001"


class Shop(Protocol):
    """The server of the sample shop."""

    @property
    def url(self) -> str: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="输入你的问题").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".xc-from-buyer", has_text=text)).to_have_count(1)


def ask_for_a_person(open_page: Open) -> tuple[Page, str]:
    """A buyer with an unmistakable question who wants a person; the question to find the talk by."""
    question = f"暗号{uuid4().hex[:8]}，这件衣服会缩水吗"
    buyer = open_page(CHAT)
    expect(buyer.locator(".xc-from-bot").first).to_be_visible()
    say(buyer, question)
    expect(buyer.locator(".xc-delivery.xc-sent")).to_have_count(1)
    buyer.get_by_role("button", name="转人工").click()
    return buyer, question


def log_in(page: Page, name: str) -> None:
    """A member of the sample shop's team logs in at the page."""
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码", exact=True).fill(f"xiaoer-{name}")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("region", name="会话列表")).to_be_visible()


def look_at(page: Page, question: str) -> None:
    """Find the talk by its words and look at it without having it."""
    talks = page.get_by_role("region", name="会话列表")
    with page.expect_response(lambda answer: quote(question[:10]) in answer.url):
        talks.get_by_role("searchbox").fill(question[:10])
    row = talks.locator(".row-button")
    expect(row).to_have_count(1)
    row.click()
    expect(page.get_by_role("log").get_by_text(question)).to_be_visible()


def open_talk(page: Page, question: str) -> None:
    """Find the talk by its words and have it."""
    look_at(page, question)
    reply, take = field(page), page.locator(".head .button.first")
    expect(reply.or_(take).first).to_be_visible()
    if take.is_visible():
        take.click()
    expect(reply).to_be_visible()


def picture(page: Page, name: str) -> None:
    """Keep what is seen for docs/images; only with XIAOER_SHOTS."""
    folder = os.environ.get("XIAOER_SHOTS")
    if folder:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}.png")


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="回复买家")


def answer(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


@SIZES
def test_the_agent_logs_in_and_sees_who_waits(open_page: Open, phone: bool) -> None:
    page = open_page("/workbench/", phone=phone)
    log_in(page, "supervisor")
    expect(page.get_by_role("button", name=re.compile("^排队中"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^我的状态"))).to_be_in_viewport()


def test_buyer_and_agent_talk_and_the_agent_starts_from_the_summary(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    expect(page.get_by_role("region", name="前情提要")).to_be_visible()
    answer(page, "您好，机洗选轻柔档，不会缩水的。")
    expect(buyer.locator(".xc-from-agent")).to_contain_text("机洗选轻柔档")
    say(buyer, "那能用烘干机吗")
    expect(page.get_by_role("log").get_by_text("那能用烘干机吗")).to_be_visible()
    expect(page.locator(".row-button.current .unread")).to_have_count(0)


def test_a_suggested_reply_is_taken_with_tab_and_can_be_changed(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    say(buyer, "你们一般多久发货")
    card = page.get_by_role("region", name="建议回复")
    expect(card).to_contain_text("发")
    field(page).press("Tab")
    expect(field(page)).not_to_have_value("")
    field(page).press("End")
    page.keyboard.type("谢谢您！")
    page.keyboard.press("Enter")
    expect(buyer.locator(".xc-from-agent").last).to_contain_text("谢谢您！")


def test_a_private_note_stays_in_the_house(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.keyboard.press("Alt+Shift+M")
    page.get_by_role("textbox", name="备注").fill("这位买家上次也问过缩水")
    page.keyboard.press("Enter")
    expect(page.locator(".note")).to_contain_text("这位买家上次也问过缩水")
    answer(page, "在的，您说。")
    expect(buyer.locator(".xc-from-agent")).to_contain_text("在的，您说。")
    expect(buyer.get_by_text("这位买家上次也问过缩水")).to_have_count(0)


def test_a_canned_reply_is_found_by_its_initials_and_comes_filled_in(
    open_page: Open, desk: Callable[..., Page], sample_shop: Shop, tokens: dict[str, Any]
) -> None:
    reply = {
        "scope": "own",
        "folder": "洗护",
        "title": "洗涤说明",
        "text": "我是{客服}，洗涤请看水洗标。",
        "code": "xd",
    }
    call(sample_shop, "POST", "/api/v1/desk/canned", reply, tokens["access_token"])
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    field(page).press_sequentially("/xdsm")
    expect(page.get_by_role("option", name=re.compile("洗涤说明"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value(f"我是{tokens['staff']['name']}，洗涤请看水洗标。")


def test_risky_words_are_held_back_and_can_be_mended(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "您加我微信聊吧")
    page.get_by_role("button", name="回去改").click()
    expect(field(page)).to_have_value("您加我微信聊吧")
    answer(page, "您在这里说就行。")
    expect(buyer.locator(".xc-from-agent")).to_contain_text("您在这里说就行。")
    expect(buyer.get_by_text("微信")).to_have_count(0)


def test_a_draft_is_kept_over_another_talk_and_a_reload(open_page: Open, desk: Callable[..., Page]) -> None:
    _, first = ask_for_a_person(open_page)
    _, second = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, first)
    field(page).fill("写到一半的话")
    open_talk(page, second)
    expect(field(page)).to_have_value("")
    open_talk(page, first)
    expect(field(page)).to_have_value("写到一半的话")
    page.reload()
    expect(field(page)).to_have_value("写到一半的话")


def test_what_is_sent_while_the_server_is_away_arrives_once(
    open_page: Open, desk: Callable[..., Page], sample_shop: Shop
) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    sample_shop.stop()
    answer(page, "断网时写的这句也要到。")
    expect(page.get_by_text("网络断了，恢复后自动重发")).to_be_visible()
    sample_shop.start()
    expect(buyer.locator(".xc-from-agent", has_text="断网时写的这句也要到。")).to_have_count(1, timeout=60_000)
    expect(page.get_by_text("网络断了，恢复后自动重发")).to_have_count(0)


def test_a_ticket_is_opened_from_the_talk_and_found_in_the_list(open_page: Open, desk: Callable[..., Page]) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.keyboard.press("Alt+t")
    dialog = page.get_by_role("dialog", name="建工单")
    dialog.locator(".types label", has_text="发票").click()
    dialog.get_by_role("button", name="建工单").click()
    expect(page.get_by_text(re.compile("工单 T[0-9]+-[0-9]+ 建好了"))).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="工单").click()
    expect(page.locator("tbody tr").first).to_contain_text("发票")


def test_a_talk_is_ended_with_what_it_was_about(open_page: Open, desk: Callable[..., Page]) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "处理好了，祝您生活愉快。")
    page.keyboard.press("Alt+e")
    dialog = page.get_by_role("dialog", name=re.compile("结束和"))
    dialog.get_by_text("已解决", exact=True).click()
    dialog.get_by_role("button", name="结束会话").click()
    expect(page.locator(".head")).to_contain_text("已结束")


def test_on_a_phone_one_pane_shows_at_a_time(open_page: Open, desk: Callable[..., Page]) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk(phone=True)
    open_talk(page, question)
    expect(field(page)).to_be_in_viewport()
    expect(page.get_by_role("region", name="会话列表")).not_to_be_visible()
    page.get_by_role("button", name="客户、订单和话术").click()
    expect(page.get_by_role("tab", name="订单")).to_be_in_viewport()
    page.get_by_role("button", name="回到会话", exact=True).click()
    answer(page, "我问下仓库，明天上午给您回复")
    page.get_by_role("link", name="回到会话列表").click()
    expect(page.get_by_role("region", name="会话列表")).to_be_visible()
    strip = page.get_by_role("button", name=re.compile("承诺 1 条"))
    expect(strip).to_be_visible()
    expect(page.get_by_role("button", name="账号")).to_be_in_viewport(ratio=1)
    strip.click()
    page.get_by_role("button", name="做到了").click()
    expect(strip).to_have_count(0)


def test_a_promise_becomes_a_task_that_is_ticked_off(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "我帮您问下仓库，明天上午给您回复")
    expect(buyer.get_by_text("明天上午给您回复")).to_be_visible()
    strip = page.get_by_role("button", name=re.compile("承诺 1 条"))
    strip.click()
    expect(page.get_by_text(re.compile("最晚 .*12:00"))).to_be_visible()
    picture(page, "workbench-promises")
    page.get_by_role("button", name="做到了").click()
    expect(strip).to_have_count(0)


def test_what_the_bot_should_have_said_is_kept_and_not_shown_to_the_buyer(
    open_page: Open, desk: Callable[..., Page]
) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.locator(".message.bot .line").last.hover()
    page.get_by_role("button", name="应该这样答").last.click()
    page.get_by_placeholder("写下正确的答法").fill("羊毛混纺，冷水手洗不缩水")
    picture(page, "workbench-correct")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("记下了，买家看不到")).to_be_visible()
    expect(buyer.get_by_text("冷水手洗不缩水")).to_have_count(0)


def test_the_owner_sees_how_often_the_bot_would_have_said_the_same(open_page: Open, sample_shop: Shop) -> None:
    body = {"username": "owner", "password": "xiaoer-owner"}
    found = call(sample_shop, "POST", "/api/v1/auth/login", body)
    for phone in (True, False):
        page = open_page("/console/login", phone=phone)
        page.evaluate("kept => localStorage.setItem('xiaoer.staff', kept)", json.dumps(found))
        page.goto(page.url.replace("/console/login", "/console/modes"))
        expect(page.get_by_role("heading", name="接待模式")).to_be_visible()
        expect(page.get_by_role("radio", name=re.compile("全自动"))).to_be_checked()
        picture(page, "console-modes" + ("-phone" if phone else ""))
