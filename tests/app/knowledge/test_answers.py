"""An entry as the buyer hears it: filled, in the words of the channel, for those whom it concerns, while it holds."""

import re
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient
from tests.app.knowledge.conftest import Ask, Import, Keep


def text_of(answer: dict) -> str:  # type: ignore[type-arg]
    return "\n".join(part["text"] for part in answer["replies"])


def test_a_variable_is_filled_from_the_buyers_own_order(keep: Keep, ask: Ask, take_file: Import) -> None:
    later = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
    now = datetime.now(UTC).isoformat()
    take_file(
        "orders.csv",
        "id,buyer_id,status,created_at,paid_at,promise_ship_at,pay_amount\n"
        f"KV10001,kv-buyer,paid,{now},{now},{later},99\n",
    )
    entry = keep("紫藤礼盒打包用什么绳子", "紫藤礼盒用麻绳捆好。您的最晚{承诺发货时间}寄出。")
    mine = ask("紫藤礼盒打包用什么绳子", "kv-buyer", entry="home")
    stranger = ask("紫藤礼盒打包用什么绳子", entry="home")
    assert re.search(r"最晚[明后]天（\d+月\d+日）\d\d:\d\d前寄出", text_of(mine))
    assert {"order", "knowledge"} <= {source["kind"] for source in mine["turn"]["sources"]}
    assert entry["id"] in {source["id"] for source in mine["turn"]["sources"]}
    assert "{" not in text_of(stranger)
    assert "用麻绳捆好" in text_of(stranger)
    assert "最晚" not in text_of(stranger)


def test_the_shops_own_words_stand_in_where_no_fact_is_at_hand(client: TestClient, keep: Keep, ask: Ask) -> None:
    client.put("/api/v1/knowledge/variables/截单时间", json={"value": "每天{下班点}"})
    assert client.put("/api/v1/knowledge/variables/下班点", json={"value": "16 点"}).status_code == 200
    assert client.put("/api/v1/knowledge/variables/截单时间", json={"value": "每天{下班点}"}).status_code == 200
    keep("琥珀手串截止几点算当天单", "琥珀手串{截单时间}之前付款算当天。")
    assert "琥珀手串每天16 点之前付款算当天。" in text_of(ask("琥珀手串截止几点算当天单"))
    client.put("/api/v1/knowledge/variables/下班点", json={"value": "18 点"})
    assert "每天18 点之前" in text_of(ask("琥珀手串截止几点算当天单"))
    refused = client.delete("/api/v1/knowledge/variables/下班点")
    assert refused.status_code == 409


def test_coupons_are_named_from_the_promotions_that_run(keep: Keep, ask: Ask) -> None:
    keep("孔雀绿披肩的典故出自哪", "出自敦煌壁画。现在可领：{优惠券}。")
    said = ask("孔雀绿披肩的典故出自哪")
    assert "出自敦煌壁画。现在可领：" in text_of(said)
    assert "promotion" in {source["kind"] for source in said["turn"]["sources"]}


def test_an_unknown_or_cyclic_variable_is_refused_by_name(client: TestClient) -> None:
    unknown = client.post("/api/v1/knowledge", json={"question": "几时寄", "answer": "{寄件钟点}寄"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_variable")
    assert "寄件钟点" in unknown.json()["detail"]
    itself = client.put("/api/v1/knowledge/variables/回环", json={"value": "见{回环}"})
    assert (itself.status_code, itself.json()["code"]) == (422, "cyclic_variable")


def test_each_channel_hears_its_own_words(keep: Keep, ask: Ask) -> None:
    keep("玳瑁眼镜架送镜布吗", "玳瑁眼镜架送一块镜布。", channel_answers={"web": "玳瑁眼镜架在官网买送两块镜布。"})
    assert "送一块镜布" in text_of(ask("玳瑁眼镜架送镜布吗"))
    assert "送两块镜布" in text_of(ask("玳瑁眼镜架送镜布吗", channel="web"))


def test_an_entry_for_members_is_told_to_members_only(keep: Keep, ask: Ask, take_file: Import) -> None:
    take_file("buyers.csv", "id,nick,level,tags\nkv-gold,阿金,黑金会员,\nkv-plain,阿平,普通会员,\n")
    keep("朱雀香炉会员能便宜吗", "朱雀香炉黑金会员专享九五折。", audience="黑金会员")
    assert "九五折" in text_of(ask("朱雀香炉会员能便宜吗", "kv-gold"))
    assert "九五折" not in text_of(ask("朱雀香炉会员能便宜吗", "kv-plain"))
    assert "九五折" not in text_of(ask("朱雀香炉会员能便宜吗", "kv-nobody"))


def test_an_entry_for_a_state_of_the_order_waits_for_it(keep: Keep, ask: Ask, take_file: Import) -> None:
    now = datetime.now(UTC).isoformat()
    take_file("orders.csv", f"id,buyer_id,status,created_at,pay_amount\nKV20001,kv-done,completed,{now},10\n")
    keep("翡翠纸镇怎么写评价", "翡翠纸镇收到后在订单里点评价。", order_state="delivered|completed")
    assert "点评价" in text_of(ask("翡翠纸镇怎么写评价", "kv-done"))
    assert "点评价" not in text_of(ask("翡翠纸镇怎么写评价"))


def test_an_entry_for_a_category_holds_on_its_products_only(keep: Keep, ask: Ask, take_file: Import) -> None:
    take_file("products.csv", "id,title,category\nKVP1,青瓷碗,家居/餐具\nKVP2,竹马甲,服装\n")
    keep("摔坏了能补寄一个么", "餐具碎了拍照给我们，补寄一个。", product_category="餐具")
    assert "补寄一个。" in text_of(ask("摔坏了能补寄一个么", entry="product", product_id="KVP1"))
    assert "补寄一个。" not in text_of(ask("摔坏了能补寄一个么", entry="product", product_id="KVP2"))


def test_cards_links_and_pictures_go_with_the_answer(keep: Keep, ask: Ask, take_file: Import) -> None:
    take_file("products.csv", "id,title,category\nKVP3,银杏书签,文具\n")
    keep(
        "银杏书签怎么保养呢",
        "银杏书签避开水和阳光。",
        attachments=[
            {"type": "link", "url": "https://shop.example/care", "title": "保养说明"},
            {"type": "image", "url": "/care.jpg"},
            {"type": "product", "product_id": "KVP3"},
        ],
    )
    said = ask("银杏书签怎么保养呢")
    kinds = [part["content"]["type"] for part in said["replies"]]
    assert kinds[:3] == ["text", "image", "product_card"]
    assert "保养说明：https://shop.example/care" in said["replies"][0]["text"]


def test_an_entry_is_never_said_before_or_after_its_time(client: TestClient, keep: Keep, ask: Ask) -> None:
    now = datetime.now(UTC)
    entry = keep("鹿角梳子包邮不", "鹿角梳子今晚包邮。", valid_to=(now + timedelta(hours=1)).isoformat())
    assert "今晚包邮" in text_of(ask("鹿角梳子包邮不"))
    for window in (
        {"valid_from": None, "valid_to": (now - timedelta(seconds=1)).isoformat()},
        {"valid_from": (now + timedelta(minutes=5)).isoformat(), "valid_to": None},
    ):
        entry = client.patch(f"/api/v1/knowledge/{entry['id']}", json={"version": entry["version"], **window}).json()
        assert "今晚包邮" not in text_of(ask("鹿角梳子包邮不"))


def test_markup_in_an_answer_is_said_as_text(keep: Keep, ask: Ask) -> None:
    keep("蓝印花布能机洗不", "<script>alert(1)</script>蓝印花布请<b>手洗</b>。")
    assert "<script>alert(1)</script>蓝印花布请<b>手洗</b>。" in text_of(ask("蓝印花布能机洗不"))


def test_the_hour_until_which_orders_ship_the_same_day_is_filled_from_the_shops_terms(
    client: TestClient, keep: Keep, ask: Ask
) -> None:
    terms = client.get("/api/v1/terms").json()
    keep("珊瑚手链几点截止算当天发", "珊瑚手链{截单时间}前付款当天寄。")
    client.put("/api/v1/terms", json={**terms, "ship_cutoff": "17:30"})
    try:
        assert "珊瑚手链17:30前付款当天寄" in text_of(ask("珊瑚手链几点截止算当天发"))
    finally:
        client.put("/api/v1/terms", json=terms)
