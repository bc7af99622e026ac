"""Selling over HTTP: what would reach a buyer broken is refused while it is written; a lost answer may be repeated."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.test_staff_api import log_in

BASE = "/api/v1/selling"


def journey(trigger: str, say: str) -> dict[str, Any]:
    return {"rule": {"title": "t", "trigger": trigger, "steps": [{"after_min": 5, "say": say}]}, "enabled": False}


@pytest.mark.parametrize(
    ("path", "body", "unknown"),
    [
        (
            "greetings",
            {"rule": {"title": "t", "texts": ["您好，{商品}", "{昵称}{活动名}"]}, "enabled": False},
            "{活动名}",
        ),
        ("journeys", journey("order_unpaid", "订单{订单尾号}，{现价}元"), "{现价}"),
        ("journeys", journey("coupon_expiring", "{劵}快到期"), "{劵}"),
    ],
)
def test_a_variable_that_nothing_fills_is_refused(
    server: TestClient, path: str, body: dict[str, Any], unknown: str
) -> None:
    owner = log_in(server, "owner")
    refused = server.post(f"{BASE}/{path}", json=body, headers=owner)
    assert refused.status_code == 422 and unknown in refused.json()["detail"]


def test_a_coupon_is_used_once_and_the_same_order_may_say_so_again(server: TestClient) -> None:
    owner, buyer = log_in(server, "owner"), f"u-{uuid4().hex[:8]}"
    body = {"promotion_id": "PM04", "buyer_id": buyer, "request_id": uuid4().hex}
    coupon = server.post(f"{BASE}/coupons/issue", json=body, headers=owner).json()["id"]

    def use(order: str, by: str) -> int:
        moved = {"action": "use", "buyer_id": by, "order_id": order}
        return int(server.post(f"{BASE}/coupons/{coupon}/move", json=moved, headers=owner).status_code)

    assert use("O1", "somebody") == 409
    assert [use("O1", buyer), use("O1", buyer), use("O2", buyer), use("O1", "somebody")] == [204, 204, 409, 409]


def test_who_changed_what_sells_is_in_the_audit_without_its_content(server: TestClient) -> None:
    owner, id_ = log_in(server, "owner"), f"t-{uuid4().hex[:8]}"
    rule = {"title": "t", "products": ["none"], "floor": "131.37", "buyer_budget": "1", "day_budget": "1"}
    kept = server.post(f"{BASE}/bargaining", json={"id": id_, "rule": rule, "enabled": False}, headers=owner)
    assert kept.status_code == 200
    assert server.delete(f"{BASE}/bargaining/{id_}", headers=owner).status_code == 204
    found = server.get("/api/v1/audit", params={"thing": id_}, headers=owner)
    lines = found.json()["items"]
    assert [line["action"] for line in lines] == ["selling.remove", "selling.keep"]
    assert all(line["who"] for line in lines)
    assert [line["detail"] for line in lines] == [
        {"kind": "bargaining"},
        {"kind": "bargaining", "enabled": False, "new": True},
    ]


def test_a_coupon_given_by_hand_is_in_the_audit(server: TestClient) -> None:
    owner, buyer = log_in(server, "owner"), f"u-{uuid4().hex[:8]}"
    body = {"promotion_id": "PM04", "buyer_id": buyer, "request_id": uuid4().hex}
    coupon = server.post(f"{BASE}/coupons/issue", json=body, headers=owner).json()["id"]
    lines = server.get("/api/v1/audit", params={"thing": coupon}, headers=owner).json()["items"]
    assert [(line["action"], line["detail"]["buyer"]) for line in lines] == [("coupon.issue", buyer)]


def test_a_coupon_for_first_purchases_is_not_given_to_who_has_bought(server: TestClient) -> None:
    owner = log_in(server, "owner")

    def give(buyer: str) -> tuple[int, str]:
        body = {"promotion_id": "PM12", "buyer_id": buyer, "request_id": uuid4().hex}
        given = server.post(f"{BASE}/coupons/issue", json=body, headers=owner)
        return given.status_code, given.json().get("detail", "")

    assert give(f"u-{uuid4().hex[:8]}")[0] == 200
    status, detail = give("b-demo")
    assert status == 409 and ": audience" in detail


def test_a_journey_is_previewed_as_buyers_would_read_it(server: TestClient) -> None:
    body = {"rule": journey("price_drop", "「{商品}」从{原价}降到{现价}")["rule"], "product_id": "P1017"}
    seen = server.post(f"{BASE}/journeys/preview", json=body, headers=log_in(server, "supervisor"))
    (step,) = seen.json()["steps"]
    assert step["after_min"] == 5 and "围巾" in step["text"] and "{" not in step["text"]
    assert step["text"].startswith("【") and "退订" in step["text"]


@pytest.mark.parametrize("words", ["保温杯", "bwb", "baowenbei", "P1310", "316不锈钢保"])
def test_goods_are_found_by_name_pinyin_initials_and_id(server: TestClient, words: str) -> None:
    found = server.get(f"{BASE}/goods", params={"q": words}, headers=log_in(server, "operator")).json()["items"]
    assert "P1310" in [item["id"] for item in found]


def test_goods_get_their_names_by_id_and_what_is_gone_is_left_out(server: TestClient) -> None:
    asked = {"ids": "P1310,NONE,P1001"}
    found = server.get(f"{BASE}/goods", params=asked, headers=log_in(server, "operator")).json()["items"]
    assert [item["id"] for item in found] == ["P1310", "P1001"] and all(item["title"] for item in found)
    assert server.get(f"{BASE}/goods", headers=log_in(server, "agent")).status_code == 403


def test_the_box_hears_a_need_as_a_talk_does(server: TestClient) -> None:
    body = {"text": "屋里太干了，嗓子疼"}
    tried = server.post(f"{BASE}/scenes/try", json=body, headers=log_in(server, "operator")).json()
    assert any("加湿器" in pick and " 元：" in pick for pick in tried["picks"])


def test_the_box_shows_the_scene_with_its_name_and_all_that_comes_with_it(server: TestClient) -> None:
    operator = log_in(server, "operator")
    rule = {
        "title": "登山专区",
        "words": ["冰爪"],
        "say": "装备都在这里：",
        "url": "https://shop.example/climb",
        "show": ["P1310"],
    }
    kept = server.post(f"{BASE}/scenes", json={"rule": rule, "enabled": True, "version": 0}, headers=operator)
    assert kept.status_code in (200, 201), kept.text
    tried = server.post(f"{BASE}/scenes/try", json={"text": "冰爪能寄到拉萨吗"}, headers=operator).json()
    assert (tried["title"], tried["say"], tried["url"]) == ("登山专区", "装备都在这里：", "https://shop.example/climb")
    assert len(tried["shown"]) == 1 and "保温杯" in tried["shown"][0]


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ({}, "最低能到多少还没填"),
        ({"categories": ["服装"], "buyer_budget": "50", "day_budget": "300"}, "最低能到多少还没填"),
        ({"floor": "180"}, "预算还没填"),
        ({"floor_ratio": 9_000, "buyer_budget": "50"}, "预算还没填"),
        ({"max_off": "0", "gifts": [{"kind": "small_gift", "title": "袋子", "cost": "3"}]}, "预算还没填"),
    ],
)
def test_terms_say_what_is_missing(server: TestClient, rule: dict[str, Any], missing: str) -> None:
    body = {"rule": {"title": "新条款"} | rule, "enabled": False}
    refused = server.post(f"{BASE}/bargaining", json=body, headers=log_in(server, "owner"))
    assert refused.status_code == 422 and missing in refused.json()["detail"]


def test_terms_of_the_whole_shop_say_so_and_a_floor_alone_leaves_room(server: TestClient) -> None:
    owner, id_ = log_in(server, "owner"), f"t-{uuid4().hex[:8]}"
    rule = {"title": "全店", "floor": "80", "buyer_budget": "50", "day_budget": "300"}
    kept = server.post(f"{BASE}/bargaining", json={"id": id_, "rule": rule, "enabled": False}, headers=owner).json()
    assert "全店" in kept["warnings"][0]
    tried = {"product_id": "P1001", "lines": ["便宜点"], "terms": rule}
    steps = server.post(f"{BASE}/bargaining/rehearse", json=tried, headers=owner).json()["steps"]
    assert steps[0]["outcome"] == "counter"
    assert server.delete(f"{BASE}/bargaining/{id_}", headers=owner).status_code == 204


def test_a_scene_that_would_never_come_up_says_what_is_missing(server: TestClient) -> None:
    body = {"rule": {"title": "新场景", "say": "看这里"}, "enabled": False}
    refused = server.post(f"{BASE}/scenes", json=body, headers=log_in(server, "owner"))
    assert refused.status_code == 422 and "关键词" in refused.json()["detail"]
