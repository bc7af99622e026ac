"""Searching as people do, seeing why an entry is chosen, finding what is wrong, confirming default rules."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.app.knowledge.conftest import Ask, Import, Keep, log_in

from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.knowledge.health import store
from xiaoer.slices.knowledge.health.types import Far
from xiaoer.slices.knowledge.types import EntryDraft


def _search(client: TestClient, q: str, **query: Any) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/knowledge/search", params={"q": q, **query}).json()["items"])


@pytest.mark.parametrize(
    ("words", "by", "marked"),
    [
        ("绿檀木梳", "text", "绿檀木梳"),
        ("木梳 防静电", "text", "木梳"),
        ("lvtanmushu", "pinyin", "绿檀木梳"),
        ("ltms", "initials", "绿檀木梳"),
        ("绿坛木疏防静电", "pinyin", "绿檀木梳防静电"),
        ("lvtanmushu 防静垫", "pinyin", "绿檀木梳"),
        ("lvtanmusuh", "pinyin", "绿檀木梳"),
        ("lvtnmushu", "pinyin", "绿檀木梳"),
        ("lvtanmuushu", "pinyin", "绿檀木梳"),
        ("绿檀子做的梳头家伙什", "sense", "绿"),
        ("每梳一下都顺", "text", ""),
    ],
    ids=[
        "piece",
        "two-words",
        "pinyin",
        "initials",
        "homophones",
        "two-kinds",
        "swapped",
        "left-out",
        "too-many",
        "sense",
        "in-the-answer",
    ],
)
def test_an_entry_is_found_the_way_people_type(
    client: TestClient, keep: Keep, words: str, by: str, marked: str
) -> None:
    if all(hit["question"] != "绿檀木梳防静电吗" for hit in _search(client, "绿檀木梳防静电吗")):
        keep("绿檀木梳防静电吗", "防静电，每梳一下都顺。")
    hit = _search(client, words)[0]
    assert (hit["question"], hit["by"]) == ("绿檀木梳防静电吗", by)
    spans = [hit["question"][a:b] for a, b in hit["question_spans"]]
    assert not marked or spans[0].startswith(marked)
    if by == "text" and not marked:
        assert [hit["snippet"][a:b] for a, b in hit["snippet_spans"]] == [words]


def test_a_change_is_found_at_once_and_what_is_archived_is_not(client: TestClient, keep: Keep) -> None:
    entry = keep("犀角杯能喝茶吗", "仿的，能。", status="draft")
    assert _search(client, "犀角杯")[0]["id"] == entry["id"]
    assert entry["id"] not in {hit["id"] for hit in _search(client, "犀角杯", live=True)}
    client.patch(f"/api/v1/knowledge/{entry['id']}", json={"version": 1, "question": "牛角杯能喝茶吗"})
    assert "text" not in {hit["by"] for hit in _search(client, "犀角杯")}
    assert _search(client, "牛角杯")[0]["id"] == entry["id"]
    client.delete(f"/api/v1/knowledge/{entry['id']}")
    assert entry["id"] not in {hit["id"] for hit in _search(client, "牛角杯")}


def test_trying_a_sentence_tells_what_matched(client: TestClient, keep: Keep) -> None:
    entry = keep("铜火锅怎么除锈", "用醋擦。")
    tried = client.post("/api/v1/knowledge/try", json={"text": "铜火锅怎么除绣"}).json()
    best = tried["hits"][0]
    assert (best["id"], best["said"], tried["answerable"]) == (entry["id"], True, True)
    assert "铜火锅怎么除" in best["reason"]["words"]
    assert best["reason"]["sounds"] == ["xiu"]
    assert best["score"] >= tried["needed"]
    far = client.post("/api/v1/knowledge/try", json={"text": "量子纠缠的观测者效应"}).json()
    assert not far["answerable"]


def test_trying_shows_what_a_buyer_would_read(client: TestClient, keep: Keep) -> None:
    keep("纸灯笼退货要几天内", "签收后 {退货天数} 天内都可以。单号是 {运单号}。")
    tried = client.post("/api/v1/knowledge/try", json={"text": "纸灯笼退货要几天内"}).json()
    assert (tried["hits"][0]["said"], tried["hits"][0]["missing"]) == (True, ["运单号"])
    assert "签收后 7 天内都可以。" in tried["reply"]
    assert "{" not in tried["reply"] and "单号是" not in tried["reply"]
    keep("走马灯笼到哪了", "现在{物流状态}。")
    nothing = client.post("/api/v1/knowledge/try", json={"text": "走马灯笼到哪了"}).json()
    best = next(hit for hit in nothing["hits"] if hit["question"] == "走马灯笼到哪了")
    assert (best["said"], "{" in nothing["reply"]) == (False, False)


def test_an_entry_is_tried_before_it_is_saved(client: TestClient, keep: Keep, ask: Ask) -> None:
    kept = keep("竹编篮能装几斤", "三斤。")
    edit = {"question": "竹编篮能装几斤", "answer": "改过的，能装五斤。"}
    body = {"text": "竹编篮能装几斤", "entry": edit, "id": kept["id"]}
    tried = client.post("/api/v1/knowledge/try", json=body).json()
    assert (tried["hits"][0]["id"], tried["hits"][0]["said"]) == (kept["id"], True)
    assert "五斤" in tried["reply"]
    assert "三斤" in str(ask("竹编篮能装几斤")["replies"])
    refused = client.post("/api/v1/knowledge/try", json={**body, "entry": {**edit, "answer": "{篮子重量}"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_variable")


def _findings(client: TestClient, kind: str) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/knowledge/health", params={"kind": kind, "page_size": 200}).json()["items"])


def _about(client: TestClient, kind: str, *entry_ids: str) -> dict[str, Any]:
    """The finding about all of these entries; other tests leave entries of theirs in the shop."""
    return next(
        item for item in _findings(client, kind)
        if set(entry_ids) <= {(item["entry"] or {}).get("id"), (item["other"] or {}).get("id")}
    )  # fmt: skip


def test_what_is_wrong_is_found_and_mended_by_one_click(client: TestClient, keep: Keep) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    old = keep("鲁班锁几天能拼好", "一般 2 天拼好。")
    new = keep("鲁班锁要几天拼好", "大概 5 天拼好。")
    twin = keep("八音盒上发条几圈", "顺时针上 20 圈，别硬拧，拧不动就停。")
    other = keep("八音盒发条上几圈", "顺时针上 20 圈，别硬拧，拧不动就停。")
    leaving = keep("风铃挂哪", "挂门口。", valid_to=soon)
    wrong = keep("泥塑能退不", "支持 15 天无理由退货。")
    promised = keep("泥塑满多少减", "满 877 减 366。")
    assert client.post("/api/v1/knowledge/health/check").json()["found"] >= 5
    conflict = _about(client, "conflict", old["id"], new["id"])
    assert conflict["entry"]["id"] == new["id"]
    assert "时间说得不一样" in conflict["says"]
    mend = {"mending": conflict["mendings"][0]}
    assert client.post(f"/api/v1/knowledge/health/{conflict['id']}/mend", json=mend).json()["state"] == "mended"
    assert client.get(f"/api/v1/knowledge/{old['id']}").json()["status"] == "archived"
    duplicate = _about(client, "duplicate", twin["id"])
    client.post(f"/api/v1/knowledge/health/{duplicate['id']}/mend", json={"mending": "merge"})
    assert client.get(f"/api/v1/knowledge/{other['id']}").json()["similar"] == ["八音盒上发条几圈"]
    expiring = _about(client, "expiring", leaving["id"])
    client.post(f"/api/v1/knowledge/health/{expiring['id']}/mend", json={"mending": "extend"})
    assert client.get(f"/api/v1/knowledge/{leaving['id']}").json()["valid_to"] > soon
    assert "店铺规则是 7 天" in _about(client, "contradiction", wrong["id"])["says"]
    said = _about(client, "contradiction", promised["id"])
    assert "满 877 减 366" in said["says"]
    client.post(f"/api/v1/knowledge/health/{said['id']}/mend", json={"mending": "dismiss"})
    client.post("/api/v1/knowledge/health/check")
    assert said["id"] not in {item["id"] for item in _findings(client, "contradiction")}
    assert conflict["id"] not in {item["id"] for item in _findings(client, "conflict")}
    client.delete(f"/api/v1/knowledge/{wrong['id']}")


def test_a_product_that_denies_its_entry_is_named(client: TestClient, keep: Keep, take_file: Import) -> None:
    take_file("products.csv", "id,title\nKVP11,皮影灯\nKVP12,走马灯\n")
    take_file("variants.csv", "id,product_id,price,stock\nKVV11,KVP11,99,0\nKVV12,KVP12,59,3\n")
    stock = keep("皮影灯有没有", "现货充足，今天发。", product_id="KVP11")
    price = keep("走马灯多少钱", "走马灯 39 元。", product_id="KVP12")
    take_file("knowledge.csv", "id,question,answer,product_id\nKV-gone,纸鸢多大,一米二。,KVP-gone\n")
    client.post("/api/v1/knowledge/health/check")
    assert "库存是 0" in _about(client, "contradiction", stock["id"])["says"]
    assert "39 元" in _about(client, "contradiction", price["id"])["says"]
    assert _about(client, "gone_product", "KV-gone")["mendings"][0] == "archive"


def test_an_entry_tells_its_uses_and_what_a_product_lacks_is_shown(
    client: TestClient, keep: Keep, ask: Ask, take_file: Import
) -> None:
    take_file("products.csv", "id,title,category\nKVP21,唐三彩马,摆件\n")
    entry = keep("唐三彩马怎么打理", "软毛刷扫一扫。")
    for _ in range(3):
        ask("唐三彩马怎么打理")
    for _ in range(2):
        ask("底座带不带感应灯光", entry="product", product_id="KVP21")
    client.post("/api/v1/knowledge/health/check")
    usage = client.get("/api/v1/knowledge/usage", params={"ids": f"{entry['id']},nowhere"}).json()["usage"]
    assert usage[entry["id"]]["uses"] == 3
    assert "nowhere" not in usage
    lacking = next(item for item in _findings(client, "uncovered") if item["product_id"] == "KVP21")
    done = client.post(
        f"/api/v1/knowledge/health/{lacking['id']}/mend", json={"mending": lacking["mendings"][0]}
    ).json()
    draft = client.get(f"/api/v1/knowledge/{done['entry_id']}").json()
    assert (done["state"], draft["status"], draft["product_id"]) == ("mended", "draft", "KVP21")


def test_default_rules_are_off_until_confirmed_and_carry_their_article(client: TestClient, ask: Ask) -> None:
    packs = {pack["id"]: pack for pack in client.get("/api/v1/knowledge/packs").json()["packs"]}
    assert {pack["on"] for pack in packs.values()} == {0}
    assert all(rule["article"] for pack in packs.values() for rule in pack["rules"])
    done = client.post("/api/v1/knowledge/packs/law/switch", json={"on": True, "rules": ["presale-deposit"]}).json()
    assert done["changed"] == ["presale-deposit"]
    said = ask("付了定金不想要了，定金能退吗")
    assert "定金双倍返还" in said["replies"][0]["text"]
    entry = client.get("/api/v1/knowledge/pack.presale-deposit").json()
    assert entry["source"]["article"] == "民法典 第586、587条"
    refused = client.post("/api/v1/knowledge/packs/promises/switch", json={"on": True}).json()
    assert len({"price-protect", "no-price-protect"} & refused["refused"].keys()) == 1
    assert "价保" in "".join(refused["refused"].values())
    client.post("/api/v1/knowledge/packs/promises/switch", json={"on": False})
    client.post("/api/v1/knowledge/packs/law/switch", json={"on": False})
    assert client.get("/api/v1/knowledge/pack.presale-deposit").json()["status"] == "archived"
    again = client.post("/api/v1/knowledge/packs/law/switch", json={"on": True, "rules": ["presale-deposit"]}).json()
    assert again["changed"] == ["presale-deposit"]
    client.post("/api/v1/knowledge/packs/law/switch", json={"on": False})


def test_agents_search_and_try_but_do_not_mend(server: TestClient) -> None:
    agent = log_in(server, "agent")
    assert server.get("/api/v1/knowledge/search", params={"q": "发货"}, headers=agent).json()["items"]
    for path in ("health/check", "health/x/mend", "packs/law/switch"):
        assert server.post(f"/api/v1/knowledge/{path}", json={}, headers=agent).status_code == 403


def test_a_thumb_counts_for_the_entry_that_it_is_about(
    client: TestClient, server: TestClient, keep: Keep, ask: Ask
) -> None:
    entry = keep("铜铃铛响声大吗", "声音清脆，隔一间屋也听得见。")
    vote = client.app.state.wiring.vote  # type: ignore[attr-defined]
    for buyer, thumbs in (("thumb-1", [False]), ("thumb-2", [False, True]), ("thumb-3", [])):
        talk = ask("铜铃铛响声大吗", buyer=buyer)["conversation_id"]
        said = server.get(f"/api/v1/desk/conversations/{talk}", headers=log_in(server, "agent")).json()["messages"][-1][
            "id"
        ]
        for is_good in thumbs:
            client.portal.call(partial(vote, DEFAULT_SHOP, buyer, said, is_good=is_good))  # type: ignore[union-attr]
    client.post("/api/v1/knowledge/health/check")
    used = client.get("/api/v1/knowledge/usage", params={"ids": entry["id"]}).json()["usage"][entry["id"]]
    assert (used["uses"], used["rated"], used["satisfied"]) == (3, 2, 1)
    client.delete(f"/api/v1/knowledge/{entry['id']}")


@pytest.mark.parametrize(
    ("one", "other", "about"),
    [
        (("绒布熊是什么材质", "绒布熊是纯棉的。"), ("绒布熊什么面料的", "100% 涤纶，不易皱。"), "材质"),
        (("琉璃灯发什么快递", "发顺丰。"), ("琉璃灯用哪家快递", "统一发中通。"), "快递"),
        (("木鱼会掉色吗", "不掉色，放心。"), ("木鱼掉不掉色", "深色会掉色，要擦干。"), "是否"),
        (("漆盒能开发票吗", "可以开。"), ("漆盒可以开发票吗", "抱歉，这款不能开发票。"), "是否"),
    ],
    ids=["material", "courier", "colour-fast", "invoice"],
)
def test_two_entries_that_say_otherwise_in_other_words_are_a_conflict(
    client: TestClient, keep: Keep, one: tuple[str, str], other: tuple[str, str], about: str
) -> None:
    kept = [keep(question, answer) for question, answer in (one, other)]
    client.post("/api/v1/knowledge/health/check")
    assert f"{about}说得不一样" in _about(client, "conflict", kept[0]["id"])["says"]
    for entry in kept:
        client.delete(f"/api/v1/knowledge/{entry['id']}")


def test_who_asks_during_a_check_hears_of_what_was_written_meanwhile(client: TestClient) -> None:
    health, entries = (product := client.app.state.wiring).brain.health, product.entries  # type: ignore[attr-defined]

    async def ask_twice() -> tuple[str, str]:
        first = asyncio.create_task(health(DEFAULT_SHOP))
        one = await entries.create(DEFAULT_SHOP, EntryDraft("竹蜻蜓飞多高", "三米左右。", status="published"), "t")
        while not first.done() and (await health.page(DEFAULT_SHOP)).far is None:
            pass  # until every process hears that a check is under way
        other = await entries.create(DEFAULT_SHOP, EntryDraft("竹蜻蜓能飞多高", "十米左右。", status="published"), "t")
        await health(DEFAULT_SHOP)
        assert (await health.page(DEFAULT_SHOP)).far is None
        return str(one.id), str(other.id)

    assert client.portal is not None
    assert "尺寸说得不一样" in _about(client, "conflict", *client.portal.call(ask_twice))["says"]


def test_a_check_waits_for_the_one_that_another_process_is_at(client: TestClient) -> None:
    product = client.app.state.wiring  # type: ignore[attr-defined]

    async def check() -> tuple[bool, int]:
        now = product.clock.now()
        await product.db.write(lambda c: store.tell_far(c, DEFAULT_SHOP, Far(3, 10), now))
        mine = asyncio.create_task(product.brain.health(DEFAULT_SHOP))
        waited = not (await asyncio.wait([mine], timeout=0.5))[0]
        assert (await product.brain.health.page(DEFAULT_SHOP)).far == Far(3, 10)
        await product.db.write(lambda c: store.end_check(c, DEFAULT_SHOP))
        return waited, await mine

    assert client.portal is not None
    assert client.portal.call(check)[0]
