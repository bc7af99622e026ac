"""Beside the words: stars with reasons, and an order changed from the side pane."""

import base64
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import SampleShop, call
from tests.browser.test_workbench import answer, ask_for_a_person, field, open_talk, picture, say

pytestmark = pytest.mark.browser

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Open = Callable[..., Page]


def test_the_buyer_gives_stars_with_reasons_and_the_agent_sees_them(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "机洗选轻柔档就行。")
    expect(buyer.locator(".xc-from-agent")).to_contain_text("轻柔档")
    page.keyboard.press("Alt+e")
    page.get_by_role("dialog").get_by_text("已解决").click()
    page.get_by_role("button", name="结束会话", exact=True).click()
    buyer.get_by_role("radio", name="不满意", exact=True).click()
    expect(buyer.get_by_role("button", name="提交评价")).to_be_in_viewport(ratio=1)
    buyer.get_by_role("button", name="等太久").click()
    picture(buyer, "widget-csat")
    buyer.get_by_role("button", name="提交评价").click()
    expect(buyer.get_by_text("谢谢你的评价 · 不满意")).to_be_visible()
    buyer.reload()
    expect(buyer.get_by_text("谢谢你的评价 · 不满意")).to_be_visible()
    again = f"暗号{uuid4().hex[:8]}，还有一件事"
    say(buyer, again)
    expect(buyer.locator(".xc-from-bot").last).to_be_visible()
    expect(buyer.locator(".xc-delivery.xc-sent")).to_have_count(1)
    open_talk(page, again)
    expect(page.get_by_role("tabpanel", name="客户")).to_contain_text("评价：等太久")
    expect(page.get_by_role("tabpanel", name="客户")).to_contain_text("评了 2 星")


def test_an_order_is_changed_from_the_side_pane_after_a_confirmation(
    open_page: Open, desk: Callable[..., Page], sample_shop: SampleShop
) -> None:
    question = f"暗号{uuid4().hex[:8]}，想改个备注"
    body = {"channel": "api", "buyer_id": "b-demo", "content": {"type": "text", "text": question}}
    call(sample_shop, "POST", "/api/v1/messages", body, "browser-tests")
    page = desk()
    open_talk(page, question)
    page.get_by_role("tab", name="订单").click()
    order = page.get_by_role("tabpanel", name="订单").locator("article", has_text="待付款").first
    order.get_by_role("button", name="改备注").click()
    dialog = page.get_by_role("dialog", name="改备注")
    dialog.get_by_label("备注").fill("送货前先打电话")
    picture(page, "workbench-order")
    dialog.get_by_role("button", name="确认改备注").click()
    expect(field(page)).to_have_value(re.compile("备注改好了"))
    order.get_by_text("办理记录").click()
    expect(order).to_contain_text("办好了")


def test_pictures_of_a_ticket_come_from_the_talk_and_from_the_agent(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    buyer.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.get_by_role("log").locator("img[src*='uploads']")).to_have_count(1)
    page.keyboard.press("Alt+t")
    dialog = page.get_by_role("dialog", name="建工单")
    dialog.locator(".types label", has_text="退货").click()
    photos = dialog.get_by_role("group", name="图片")
    expect(photos.locator("a img")).to_have_count(1)
    photos.get_by_role("button", name="去掉这张图片").click()
    photos.get_by_role("button", name="加上买家发的这张图").click()
    upload = {"name": "b.png", "mimeType": "image/png", "buffer": PNG}
    photos.locator("input[type=file]").set_input_files(upload)
    expect(photos.locator("a img")).to_have_count(2)
    picture(page, "workbench-ticket-photos")
    dialog.get_by_role("button", name="建工单").click()
    expect(page.get_by_text(re.compile("工单 T[0-9]+-[0-9]+ 建好了"))).to_be_visible()
    page.get_by_role("tab", name="工单").click()
    page.get_by_role("tabpanel", name="工单").get_by_text("退货").first.click()
    expect(page.get_by_role("dialog").get_by_role("group", name="图片").locator("a img")).to_have_count(2)


def test_a_draft_goes_out_by_itself_and_not_while_the_agent_types(
    open_page: Open, desk: Callable[..., Page], sample_shop: SampleShop
) -> None:
    logged_in = call(sample_shop, "POST", "/api/v1/auth/login", {"username": "owner", "password": "xiaoer-owner"})
    modes = {"default": "assist", "intents": {}, "auto_send_s": 4}
    call(sample_shop, "PUT", "/api/v1/desk/modes", modes, logged_in["access_token"])
    try:
        question = f"暗号{uuid4().hex[:8]}，你们一般多久发货"
        buyer = open_page("/chat?shop=default&entry=product&product_id=P1001")
        expect(buyer.locator(".xc-from-bot").first).to_be_visible()
        greeted = buyer.locator(".xc-from-bot").count()
        say(buyer, question)
        page = desk()
        open_talk(page, question)
        field(page).press_sequentially("我看一下，马上回您，请稍等", delay=500)
        expect(buyer.locator(".xc-from-bot")).to_have_count(greeted)
        expect(buyer.locator(".xc-from-bot")).to_have_count(greeted + 1)
        expect(page.locator(".message.bot").last).to_contain_text("发")
    finally:
        call(
            sample_shop,
            "PUT",
            "/api/v1/desk/modes",
            {**modes, "default": "auto", "auto_send_s": None},
            logged_in["access_token"],
        )
