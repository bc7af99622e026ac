"""What the agent has at hand beside the words: the price of a cart, a ticket's files, what leaders only may send; and
what the bot's part in a talk shows: its words in the alarm, its tries that did not help."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Open, SampleShop, call
from tests.browser.test_workbench import CHAT, answer, ask_for_a_person, field, log_in, look_at, open_talk, say

pytestmark = pytest.mark.browser

Desk = Callable[..., Page]


def fold_alarms(page: Page) -> None:
    """Fold the alarm whenever it comes: buyers of other tests wait meanwhile, and it lies over the side pane."""
    fold = page.get_by_role("alert", name="慢响应提醒").get_by_role("button", name="收起")
    page.add_locator_handler(fold, lambda shown: shown.click())


def test_a_cart_is_counted_in_the_side_pane_and_written_into_the_reply(open_page: Open, desk: Desk) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    fold_alarms(page)
    open_talk(page, question)
    page.get_by_role("tab", name="优惠").click()
    offers = page.get_by_role("tabpanel", name="优惠")
    expect(offers.get_by_role("button", name="算一下")).to_be_disabled()
    offers.locator(".found .pick:not([disabled])").first.click()
    offers.get_by_role("searchbox", name="搜要算的商品").fill("P1002")
    offers.locator(".found .pick:not([disabled])").first.click()
    expect(offers.locator(".line")).to_have_count(2)
    offers.get_by_role("button", name="算一下").click()
    counted = offers.get_by_role("status")
    both = counted.locator(".price").inner_text()
    offers.locator(".line").last.get_by_role("button", name="去掉").click()
    expect(counted).to_have_count(0)
    offers.get_by_role("button", name="算一下").click()
    expect(counted.locator(".price")).not_to_have_text(both)
    price = counted.locator(".price").inner_text()
    counted.get_by_role("button", name="写进回复").click()
    expect(field(page)).to_have_value(re.compile(f"帮您算好了：.*到手 {re.escape(price)}。", re.DOTALL))
    field(page).press("Enter")
    expect(buyer.locator(".xc-from-agent")).to_contain_text(f"到手 {price}")


def test_the_third_thumb_down_brings_a_person(open_page: Open, desk: Desk) -> None:
    question = f"暗号{uuid4().hex[:8]}，你们几天发货"
    buyer = open_page(CHAT)
    expect(buyer.locator(".xc-from-bot").first).to_be_visible()
    said = buyer.locator(".xc-from-bot")
    greeted = said.count()
    say(buyer, question)
    expect(said).to_have_count(greeted + 1)
    for thumbs in ("👎", "👎👎"):
        before = said.count()
        buyer.get_by_role("textbox", name="输入你的问题").fill(thumbs)
        buyer.keyboard.press("Enter")
        expect(said).to_have_count(before + 1)
        expect(said.last).to_contain_text("说「转人工」")
    buyer.get_by_role("textbox", name="输入你的问题").fill("👎👎👎")
    buyer.keyboard.press("Enter")
    expect(buyer.get_by_text("抱歉，我没能帮您解决好。已为您转给同事")).to_be_visible()
    page = desk()
    look_at(page, question)
    expect(page.get_by_text("多次没答到点上").first).to_be_visible()


def test_a_thumb_under_the_newest_answer_is_pressed_by_keyboard_and_seen_by_the_agent(
    open_page: Open, desk: Desk
) -> None:
    question = f"暗号{uuid4().hex[:8]}，你们发什么快递"
    buyer = open_page(CHAT)
    expect(buyer.locator(".xc-from-bot").first).to_be_visible()
    thumbs = buyer.get_by_role("group", name="这个回答怎么样")
    expect(thumbs).to_have_count(0)  # nobody judges a greeting
    say(buyer, question)
    up, down = (thumbs.get_by_role("button", name=name) for name in ("有帮助", "没帮上忙"))
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    page = desk()
    look_at(page, question)
    expect(page.get_by_role("log").get_by_text("买家：有帮助")).to_be_visible()
    down.focus()
    buyer.keyboard.press("Enter")
    expect(buyer.locator(".xc-from-buyer").last).to_contain_text("👎")
    expect(buyer.locator(".xc-from-bot").last).to_contain_text("说「转人工」")
    expect(buyer.get_by_role("log")).to_be_focused()
    expect(page.get_by_role("log").get_by_text("买家：没帮上忙")).to_be_visible()
    say(buyer, "转人工")
    page.reload()
    look_at(page, question)
    expect(page.get_by_text("机器人答（买家点了踩）").first).to_be_visible()
    expect(thumbs).to_have_count(0)  # a person has the talk, or will


def test_the_search_of_talks_is_one_key_away(desk: Desk) -> None:
    page = desk()
    search = page.get_by_role("region", name="会话列表").get_by_role("searchbox")
    expect(search).not_to_be_focused()
    page.keyboard.press("Control+f")
    expect(search).to_be_focused()


def test_a_file_is_put_with_a_ticket_in_its_drawer_and_comes_back(open_page: Open, desk: Desk) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.keyboard.press("Alt+t")
    dialog = page.get_by_role("dialog", name="建工单")
    dialog.locator(".types label", has_text="发票").click()
    dialog.get_by_role("button", name="建工单").click()
    expect(page.get_by_text(re.compile("工单 T[0-9]+-[0-9]+ 建好了"))).to_be_visible()
    page.get_by_role("tab", name="工单").click()
    page.get_by_role("tabpanel", name="工单").get_by_text("发票").first.click()
    drawer = page.get_by_role("dialog")
    content = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    upload = {"name": "开票资料.pdf", "mimeType": "application/pdf", "buffer": content}
    drawer.locator("section", has=page.get_by_role("heading", name="附件")).locator("input[type=file]").set_input_files(
        upload  # type: ignore[arg-type]
    )
    kept = drawer.get_by_role("button", name="开票资料.pdf")
    expect(kept).to_be_visible()
    with page.expect_download() as download:
        kept.click()
    assert download.value.suggested_filename == "开票资料.pdf"
    assert download.value.path().read_bytes() == content


def test_a_price_below_what_is_allowed_only_leaders_may_send_anyway(
    open_page: Open, sample_shop: SampleShop, desk: Desk
) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    answer(page, "这件 1 元给您，拍下就行。")
    held = page.get_by_role("dialog", name="这句话先别急着发")
    expect(held).to_contain_text("低于允许的价格")
    expect(held.get_by_role("button", name="仍然发送")).to_have_count(0)
    held.get_by_role("button", name="回去改").click()
    field(page).fill("")
    leader = open_page("/workbench/login")
    log_in(leader, "supervisor")
    look_at(leader, question)
    leader.locator(".head").get_by_role("button", name="接过来").click()
    leader.get_by_role("dialog", name="接过来吗").get_by_role("button", name="接过来").click()
    expect(field(leader)).to_be_visible()
    answer(leader, "这件 1 元给您，拍下就行。")
    leader.get_by_role("dialog", name="这句话先别急着发").get_by_role("button", name="仍然发送").click()
    expect(buyer.locator(".xc-from-agent")).to_contain_text("1 元给您")


def test_the_alarm_marks_what_the_bot_said_last_and_thanks_ring_none(
    open_page: Open, sample_shop: SampleShop, desk: Desk
) -> None:
    owner = call(sample_shop, "POST", "/api/v1/auth/login", {"username": "owner", "password": "xiaoer-owner"})
    settings = "/api/v1/desk/settings"
    call(sample_shop, "PATCH", settings, {"alarm_s": 10}, owner["access_token"])
    try:
        buyer, question = ask_for_a_person(open_page)
        page = desk()
        open_talk(page, question)
        alarm = page.get_by_role("alert", name="慢响应提醒")
        expect(alarm.locator("li", has_text="AI：").first).to_be_visible(timeout=60_000)
        answer(page, "机洗选轻柔档就行。")
        expect(buyer.locator(".xc-from-agent")).to_contain_text("轻柔档")
        say(buyer, "好的谢谢")
        expect(page.get_by_role("log")).to_contain_text("好的谢谢")
        expect(page.locator(".head .wait")).to_have_count(0)
    finally:
        call(sample_shop, "PATCH", settings, {"alarm_s": 100}, owner["access_token"])


def test_drafts_are_forgotten_when_the_agent_logs_out(open_page: Open) -> None:
    _, question = ask_for_a_person(open_page)
    page = open_page("/workbench/login")
    log_in(page, "agent")
    open_talk(page, question)
    field(page).fill("只有我该看到的半句话")
    page.reload()
    expect(field(page)).to_have_value("只有我该看到的半句话")
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert "只有我该看到的半句话" in page.evaluate(kept)
    assert "只有我该看到的半句话" not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="账号").click()
    page.get_by_role("menuitem", name="退出登录").click()
    expect(page.get_by_label("密码", exact=True)).to_be_visible()
    assert "只有我该看到的半句话" not in page.evaluate(kept)
    log_in(page, "supervisor")
    look_at(page, question)
    assert "只有我该看到的半句话" not in page.content()
