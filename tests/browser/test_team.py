"""The owner sets up the team and the hours in the console; the new colleague works at once."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Open, SampleShop, call
from tests.browser.test_workbench import picture

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])


def console(open_page: Open, path: str, *, phone: bool) -> Page:
    page = open_page(f"/console/login?to={path}", phone=phone)
    page.get_by_label("账号").fill("owner")
    page.get_by_label("密码", exact=True).fill("xiaoer-owner")
    page.get_by_role("button", name="登录", exact=True).click()
    return page


@SIZES
def test_a_new_member_is_added_and_logs_in_to_the_workbench(open_page: Open, phone: bool) -> None:
    page, username = console(open_page, "/team", phone=phone), f"mei{uuid4().hex[:6]}"
    page.get_by_role("button", name="加成员").click()
    drawer = page.get_by_role("dialog", name="加成员")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer.get_by_role("alert")).to_have_text("登录名、名字和密码都要填")
    drawer.get_by_label("登录名").fill(username)
    drawer.get_by_label("名字").fill("小美")
    drawer.get_by_label("密码", exact=True).fill("xiaoer-mei")
    drawer.get_by_text("售后", exact=True).click()
    picture(page, "console-member" + ("-phone" if phone else ""))
    drawer.get_by_role("button", name="保存").click()
    expect(page.locator("button.row", has_text=username)).to_contain_text("售后")
    picture(page, "console-team" + ("-phone" if phone else ""))
    bench = open_page("/workbench/", phone=phone)
    bench.get_by_label("账号").fill(username)
    bench.get_by_label("密码", exact=True).fill("xiaoer-mei")
    bench.get_by_role("button", name="登录", exact=True).click()
    expect(bench.get_by_role("region", name="会话列表")).to_be_visible()


@SIZES
def test_a_day_off_is_planned_and_taken_back(open_page: Open, sample_shop: SampleShop, phone: bool) -> None:
    page = console(open_page, "/team/hours", phone=phone)
    monday = page.get_by_role("radiogroup", name="周一")
    monday.get_by_text("休息").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("保存好了")).to_be_visible()
    picture(page, "console-hours" + ("-phone" if phone else ""))
    assert hours(sample_shop)["weekly"] == {"0": None}
    page.reload()
    expect(monday.get_by_role("radio", name="休息")).to_be_checked()
    monday.get_by_text("和平常一样").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("保存好了")).to_be_visible()
    assert hours(sample_shop)["weekly"] == {}


@SIZES
def test_the_limits_of_the_desk_are_kept(open_page: Open, phone: bool) -> None:
    page = console(open_page, "/team/desk", phone=phone)
    alarm = page.get_by_role("spinbutton", name="买家等多久提醒客服（秒）")
    expect(alarm).to_have_value("100")
    alarm.fill("90")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("保存好了")).to_be_visible()
    picture(page, "console-desk" + ("-phone" if phone else ""))
    page.reload()
    expect(alarm).to_have_value("90")
    alarm.fill("100")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("保存好了")).to_be_visible()


def hours(shop: SampleShop) -> dict[str, Any]:
    body = {"username": "owner", "password": "xiaoer-owner"}
    token = call(shop, "POST", "/api/v1/auth/login", body)["access_token"]
    found: dict[str, Any] = call(shop, "GET", "/api/v1/desk/settings", None, token)["hours"]
    return found
