"""Filling, reviewing, searching and mending knowledge as an operator does, with mouse and with keys alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import SampleShop, call

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
NOTES = "问：浏览器木鱼会裂吗\n答：不会，用的是老料。\n\n问：浏览器木鱼送槌子吗\n答：送一根。\n\n问：浏览器木鱼多重\n答：三两。"


def log_in(page: Page) -> None:
    page.get_by_label("账号").fill("owner")
    page.get_by_label("密码", exact=True).fill("xiaoer-owner")
    page.get_by_role("button", name="登录", exact=True).click()


def test_pasted_notes_are_reviewed_by_keys_alone_and_found_by_initials(open_page: Open) -> None:
    page = open_page("/console/knowledge/intake")
    log_in(page)
    page.get_by_role("textbox", name="粘贴文字").fill(NOTES)
    page.get_by_role("button", name="找出问答").click()
    expect(page.get_by_text("找到 3 条，3 条是新的")).to_be_visible()
    page.get_by_role("button", name="去确认").first.click()
    cards = page.locator("article.card")
    expect(cards).to_have_count(3)
    page.keyboard.press("a")
    expect(cards).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(cards).to_have_count(1)
    page.keyboard.press("e")
    page.get_by_role("textbox", name="答案", exact=True).fill("送两根。")
    page.get_by_role("button", name="采用", exact=True).click()
    expect(page.get_by_text("没有要确认的了")).to_be_visible()

    page.get_by_role("link", name="知识", exact=True).first.click()
    page.get_by_placeholder("搜问题或答案").fill("llqmy")
    rows = page.locator(".el-table__row")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="浏览器木鱼送槌子吗")).to_contain_text("送两根。")
    expect(rows.first.locator("mark").first).to_have_text("浏览器木鱼")
    rows.filter(has_text="浏览器木鱼送槌子吗").locator("button.open").click()
    preview = page.locator(".hit.said")
    expect(preview).to_contain_text("浏览器木鱼送槌子吗")
    expect(preview).to_contain_text("相同的字")


def test_a_conflict_is_shown_and_mended_with_one_click(open_page: Open) -> None:
    page = open_page("/console/knowledge")
    log_in(page)
    for question, answer in (("浏览器陶埙几天能学会", "3 天能学会。"), ("浏览器陶埙要几天学会", "9 天能学会。")):
        page.get_by_role("button", name="新增知识").click()
        page.get_by_role("textbox", name="标准问", exact=True).fill(question)
        page.get_by_role("textbox", name="答案", exact=True).fill(answer)
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_text("已新增").last).to_be_visible()
        expect(page.get_by_role("textbox", name="答案", exact=True)).to_be_hidden()
    page.get_by_role("link", name="体检").click()
    page.get_by_role("button", name="现在查一遍").click()
    finding = page.locator("article.finding").filter(has_text="浏览器陶埙")
    expect(finding).to_contain_text("时间说得不一样")
    finding.get_by_role("button", name="留新的，停用旧的").click()
    expect(finding).to_have_count(0)


def test_a_default_rule_is_switched_on_after_reading_it(open_page: Open) -> None:
    page = open_page("/console/knowledge/packs")
    log_in(page)
    rule = page.locator("article").filter(has_text="预售定金能退吗")
    expect(rule).to_contain_text("民法典 第586、587条")
    rule.locator(".el-switch").click()
    expect(page.get_by_text("改好了，马上生效")).to_be_visible()
    expect(rule.get_by_role("link", name="改成自己的话")).to_be_visible()


def test_a_word_of_the_shop_is_rehearsed_on_real_talks_before_it_is_taught(
    open_page: Open, sample_shop: SampleShop
) -> None:
    asked = {"channel": "api", "buyer_id": "rehearsed", "content": {"type": "text", "text": "浏览器周几时发"}}
    call(sample_shop, "POST", "/api/v1/messages", asked, "browser-tests")
    page = open_page("/console/wording")
    log_in(page)
    expect(page.get_by_role("heading", name="本店的模型")).to_be_visible()
    page.get_by_role("button", name="加一个词").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_placeholder("比如：薅薅节").fill("浏览器周")
    dialog.get_by_placeholder("比如：活动").fill("优惠活动")
    dialog.get_by_role("button", name="先预演").click()
    run = page.locator("article.run").first
    expect(run.locator(".head")).to_contain_text("浏览器周 → 优惠活动")
    expect(run).to_contain_text("看完再定", timeout=60_000)
    expect(run.locator(".pair")).to_contain_text("浏览器周几时发")
    run.get_by_role("button", name="发布这些改动").click()
    expect(run).to_contain_text("已发布")
    page.get_by_role("link", name="规则", exact=True).click()
    page.get_by_role("link", name="词与意图").click()
    expect(page.get_by_text("→ 优惠活动")).to_be_visible()
