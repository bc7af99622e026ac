"""The chat as a buyer uses it, on a phone and on a desktop."""

import re
from base64 import b64decode
from collections.abc import Callable
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SIZES = pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
CHAT = "/chat?shop=default&entry=product&product_id=P1001"
PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


class Restartable(Protocol):
    """The server of the sample shop."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def say(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="输入你的问题").fill(text)
    page.keyboard.press("Enter")


def from_bot(page: Page) -> Locator:
    return page.locator(".xc-from-bot")


def own(page: Page, text: str) -> Locator:
    return page.locator(".xc-from-buyer", has_text=text)


@SIZES
def test_a_buyer_is_greeted_and_gets_an_answer(open_page: Open, phone: bool) -> None:
    page = open_page(CHAT, phone=phone)
    expect(from_bot(page).first).to_be_visible()
    greeted = from_bot(page).count()
    say(page, "你们一般多久发货")
    expect(own(page, "多久发货")).to_have_count(1)
    expect(from_bot(page).nth(greeted)).to_contain_text("发")
    expect(page.locator(".xc-delivery.xc-sent")).to_have_count(1)
    expect(page.locator(".xc-ai").first).to_have_text("AI")


@SIZES
def test_a_chip_under_the_greeting_asks_its_question(open_page: Open, phone: bool) -> None:
    page = open_page(CHAT, phone=phone)
    chip = page.locator(".xc-chip").first
    question = chip.inner_text()
    answers = from_bot(page).count()
    chip.click()
    expect(own(page, question)).to_have_count(1)
    expect(from_bot(page)).not_to_have_count(answers)


@SIZES
def test_a_person_is_one_tap_away(open_page: Open, phone: bool) -> None:
    page = open_page(CHAT, phone=phone)
    button = page.get_by_role("button", name="转人工")
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.locator(".xw-title p")).to_have_text(re.compile("正在转人工|为你服务"))
    expect(button).to_have_count(0)
    expect(page.locator(".xc-ai").first).to_be_visible()


@SIZES
def test_nothing_is_lost_or_doubled_over_a_restart_of_the_server(
    open_page: Open, sample_shop: Restartable, phone: bool
) -> None:
    page = open_page(CHAT, phone=phone)
    say(page, "你们一般多久发货")
    expect(own(page, "多久发货").locator(".xc-sent")).to_have_count(1)
    expect(from_bot(page).last).to_contain_text("发")
    sample_shop.stop()
    expect(page.get_by_text("暂时连不上客服")).to_be_visible()
    say(page, "可以开发票吗")
    expect(own(page, "可以开发票吗").locator(".xc-sending")).to_have_count(1)
    sample_shop.start()
    expect(own(page, "可以开发票吗").locator(".xc-sent")).to_have_count(1, timeout=60_000)
    expect(from_bot(page).last).to_contain_text("发票")
    expect(own(page, "多久发货")).to_have_count(1)
    expect(own(page, "可以开发票吗")).to_have_count(1)
    page.reload()
    expect(own(page, "多久发货")).to_have_count(1)
    expect(own(page, "可以开发票吗")).to_have_count(1)


def test_the_button_on_a_product_page_opens_the_chat_and_escape_closes_it(open_page: Open) -> None:
    page = open_page("/item/P1001")
    launcher = page.get_by_role("button", name="咨询客服")
    launcher.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="客服聊天")).to_be_visible()
    expect(page.get_by_role("textbox", name="输入你的问题")).to_be_focused()
    page.keyboard.type("你们一般多久发货")
    page.keyboard.press("Enter")
    expect(own(page, "多久发货")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()


def test_the_chat_fills_a_phone_and_keeps_field_and_header_in_view(open_page: Open) -> None:
    page = open_page("/item/P1001", phone=True)
    page.get_by_role("button", name="咨询客服").click()
    chat = page.get_by_role("dialog", name="客服聊天")
    chat.evaluate("chat => Promise.all(chat.getAnimations().map(sliding => sliding.finished))")
    # Chromium gives fractions of a pixel: 843.9999985694885 of 844.
    assert chat.bounding_box() == pytest.approx({"x": 0, "y": 0, **(page.viewport_size or {})}, abs=0.5)
    expect(page.get_by_role("textbox", name="输入你的问题")).to_be_in_viewport()
    expect(page.get_by_role("button", name="转人工")).to_be_in_viewport()


def test_a_picture_is_sent_and_shown(open_page: Open) -> None:
    page = open_page(CHAT)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(page.locator(".xc-from-buyer .xc-picture img")).to_be_visible()
    expect(page.locator(".xc-from-buyer .xc-sent")).to_have_count(1)


def test_a_file_that_is_no_picture_is_refused_with_the_reason(open_page: Open) -> None:
    page = open_page(CHAT)
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"})
    expect(page.get_by_role("alert")).to_contain_text("只能发")
    expect(page.locator(".xc-from-buyer")).to_have_count(0)


def test_a_lost_network_is_said_and_what_was_written_goes_out_later(open_page: Open) -> None:
    page = open_page(CHAT)
    expect(from_bot(page).first).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("网络断开了")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("网络断开了")).to_have_count(0)
    say(page, "你们一般多久发货")
    expect(own(page, "多久发货").locator(".xc-sent")).to_have_count(1)
