"""What an agent makes his own: keys, canned replies with pictures, the strip of figures."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_workbench import ask_for_a_person, field, open_talk, picture

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
# One grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501"
    "0127bfd10a0000000049454e44ae426082"
)


def test_keys_are_chosen_and_a_clash_is_named(open_page: Open, desk: Callable[..., Page]) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.keyboard.press("Control+Slash")
    keys = page.get_by_role("dialog", name="快捷键")
    keys.get_by_role("button", name="转接这条会话").click()
    page.keyboard.press("Alt+j")
    expect(keys.get_by_role("alert")).to_have_text("Alt J 已经用来「接待这位买家」，先给它换一个")
    picture(page, "workbench-keys")
    page.keyboard.press("Alt+q")
    expect(keys.get_by_role("button", name="转接这条会话：Alt Q")).to_be_visible()
    page.get_by_role("button", name="Close").or_(page.get_by_role("button", name="关闭此对话框")).click()
    expect(keys).to_be_hidden()
    page.keyboard.press("Alt+q")
    expect(page.get_by_role("dialog")).to_contain_text("转接")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("button", name="快捷键", exact=True)).to_be_visible()
    page.keyboard.press("Control+Slash")
    expect(keys.get_by_role("button", name="转接这条会话：Alt Q")).to_be_visible()
    keys.get_by_role("button", name="全部恢复默认").click()
    expect(keys.get_by_role("button", name="转接这条会话：Ctrl R")).to_be_visible()


def test_a_canned_reply_brings_its_picture_and_both_reach_the_buyer(open_page: Open, desk: Callable[..., Page]) -> None:
    buyer, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    title = f"尺码表{uuid4().hex[:6]}"
    page.get_by_role("tab", name="话术").click()
    page.get_by_role("button", name="新增话术").click()
    form = page.locator("form.form")
    form.get_by_label("标题").fill(title)
    form.get_by_label("内容").fill("尺码都在这张表上")
    form.locator("input[type=file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    expect(form.get_by_alt_text("话术里的图片")).to_be_visible()
    form.get_by_role("button", name="保存").click()
    field(page).press_sequentially(f"/{title}")
    expect(page.get_by_role("option", name=title)).to_contain_text("图 1")
    page.keyboard.press("Enter")
    expect(page.get_by_alt_text("要发的图片")).to_be_visible()
    picture(page, "workbench-canned")
    page.keyboard.press("Enter")
    expect(buyer.locator(".xc-from-agent").filter(has_text="尺码都在这张表上")).to_be_visible()
    expect(buyer.locator(".xc-from-agent img").last).to_be_visible()
    expect(page.get_by_alt_text("要发的图片")).to_have_count(0)


def test_the_strip_tells_what_the_buyers_of_today_ordered(open_page: Open, desk: Callable[..., Page]) -> None:
    page = desk()
    figures = page.get_by_label("今日数据")
    for name in ("今日接待", "未下单", "未付款", "已付款", "3分钟响应", "平均响应", "满意度", "询单转化"):
        expect(figures.get_by_text(name).first).to_be_attached()
    shown = figures.locator("div", has_text="未下单").locator("dd")
    expect(shown).not_to_have_text("–")


def test_canned_replies_are_put_in_order_by_dragging(open_page: Open, desk: Callable[..., Page]) -> None:
    _, question = ask_for_a_person(open_page)
    page = desk()
    open_talk(page, question)
    page.get_by_role("tab", name="话术").click()
    folder = f"排序{uuid4().hex[:6]}"
    for title in ("甲", "乙", "丙"):
        page.get_by_role("button", name="新增话术").click()
        form = page.locator("form.form")
        form.get_by_label("标题").fill(f"{folder}{title}")
        form.get_by_label("内容").fill(title)
        form.get_by_label("文件夹").fill(folder)
        form.get_by_role("button", name="保存").click()
        expect(form).to_have_count(0)
    page.get_by_role("button", name=folder, exact=True).click()
    titles = page.locator("article.reply b")
    expect(titles).to_have_text([f"{folder}{title}" for title in ("甲", "乙", "丙")])
    page.locator("article.reply").nth(2).drag_to(page.locator("article.reply").nth(0))
    expect(titles).to_have_text([f"{folder}{title}" for title in ("丙", "甲", "乙")])
    page.locator("article.reply").nth(0).drag_to(page.locator("article.reply").nth(1))
    expect(titles).to_have_text([f"{folder}{title}" for title in ("甲", "丙", "乙")])
