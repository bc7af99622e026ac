"""Keeping entries over HTTP: roles, parts, many at once, files out and in again."""

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.app.knowledge.conftest import Import, Keep, log_in

from xiaoer.kernel.clock import SHOP_ZONE

FULL = {
    "similar": ["红泥炉要预热多久|分钟", "[炉子]热多久"],
    "category": "使用",
    "product_id": "KVP9",
    "product_category": "家居|茶具",
    "channel": "api|web",
    "channel_answers": {"web": "=SUM(1) 官网说明书第 3 页。", "douyin": "看视频\n第二段"},
    "audience": "老客",
    "order_state": "paid|shipped",
    "valid_from": "2026-06-18T12:00:01Z",
    "valid_to": "2090-06-18T12:00:00Z",
    "attachments": [{"type": "link", "url": "https://shop.example/a?b=1", "title": "说明"}],
    "source": {"kind": "document", "name": "手册.pdf", "passage": "预热十分钟"},
    "status": "review",
}


@pytest.mark.parametrize("form", ["jsonl", "xlsx"])
def test_an_export_imports_back_and_changes_nothing(
    client: TestClient, keep: Keep, take_file: Import, form: str
) -> None:
    take_file("products.csv", "id,title\nKVP9,红泥炉\n")
    full = keep("红泥炉预热多久", "=1+1 先预热\n\n10 分钟。", **FULL)
    data = client.get("/api/v1/knowledge/export", params={"format": form}).content
    run = take_file(f"knowledge.{form}", data)
    assert (run.status, run.added, run.changed, run.refused) == ("done", 0, 0, 0), run.refusals
    again = client.get(f"/api/v1/knowledge/{full['id']}").json()
    assert again == full
    client.delete(f"/api/v1/knowledge/{full['id']}")


def test_an_export_fills_an_empty_shop_with_every_field(client: TestClient, keep: Keep, take_file: Import) -> None:
    take_file("products.csv", "id,title\nKVP9,红泥炉\n")
    full = keep("红泥炉能煮粥么", "能。", **FULL)
    rows = client.get("/api/v1/knowledge/export").text.splitlines()
    row = next(json.loads(line) for line in rows if json.loads(line)["id"] == full["id"])
    moved = {**row, "id": "KV-copy"}
    assert take_file("knowledge.jsonl", json.dumps(moved, ensure_ascii=False)).added == 1
    copy = client.get("/api/v1/knowledge/KV-copy").json()
    own = ("id", "version", "updated_at", "updated_by")
    assert {k: v for k, v in copy.items() if k not in own} == {k: v for k, v in full.items() if k not in own}
    client.post("/api/v1/knowledge/bulk", json={"ids": ["KV-copy", full["id"]], "action": "archive"})


def test_a_file_without_a_column_leaves_that_field_alone(client: TestClient, keep: Keep, take_file: Import) -> None:
    entry = keep("红泥炉多重", "三斤。", similar=["炉子重吗"], category="参数")
    run = take_file("knowledge.csv", f"id,标准问,答案\n{entry['id']},红泥炉多重,三斤二两。\n")
    assert run.changed == 1
    now = client.get(f"/api/v1/knowledge/{entry['id']}").json()
    assert (now["answer"], now["similar"], now["category"]) == ("三斤二两。", ["炉子重吗"], "参数")


def test_agents_draft_and_operators_publish(server: TestClient) -> None:
    agent, operator = log_in(server, "agent"), log_in(server, "operator")
    draft = {"question": "锡壶能上明火吗", "answer": "不能，会变形。"}
    assert server.post("/api/v1/knowledge", json=draft, headers=agent).status_code == 403
    made = server.post("/api/v1/knowledge", json={**draft, "status": "review"}, headers=agent).json()
    live = server.patch(f"/api/v1/knowledge/{made['id']}", json={"version": 1, "status": "published"}, headers=agent)
    assert live.status_code == 403
    live = server.patch(f"/api/v1/knowledge/{made['id']}", json={"version": 1, "status": "published"}, headers=operator)
    assert live.json()["status"] == "published"
    touched = server.patch(f"/api/v1/knowledge/{made['id']}", json={"version": 2, "answer": "能。"}, headers=agent)
    assert touched.status_code == 403
    history = server.get(f"/api/v1/knowledge/{made['id']}/history", headers=agent).json()["versions"]
    assert [change["field"] for change in history[0]["changes"]] == ["status"]
    assert len({version["by"] for version in history}) == 2


def test_many_entries_are_changed_at_once_each_by_itself(client: TestClient, keep: Keep) -> None:
    ids = [keep(f"锡壶第{n}款容量", f"{n}00 毫升。", status="draft")["id"] for n in range(1, 4)]
    done = client.post("/api/v1/knowledge/bulk", json={"ids": [*ids, "nowhere"], "action": "publish"}).json()
    assert set(done["changed"]) == set(ids)
    assert list(done["refused"]) == ["nowhere"]
    body: dict[str, Any] = {"ids": ids, "action": "set", "category": "锡壶", "valid_to": "2080-01-01T00:00:00+08:00"}
    client.post("/api/v1/knowledge/bulk", json=body)
    page = client.get("/api/v1/knowledge", params={"category": "锡壶"}).json()
    assert page["total"] == 3
    assert {row["status"] for row in page["items"]} == {"published"}
    body = {"ids": ids, "action": "set", "valid_from": "2081-01-01T00:00:00+08:00"}
    assert set(client.post("/api/v1/knowledge/bulk", json=body).json()["refused"]) == set(ids)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"valid_from": "2026-06-02T00:00:00Z", "valid_to": "2026-06-01T00:00:00Z"}, 422),
        ({"answer": "  "}, 422),
        ({"answer": "长" * 350_000}, 422),
        ({"answer": "长" * 1_000_000}, 422),
        ({"answer": "长" * 3_000_000}, 413),
        ({"attachments": [{"type": "link", "url": "javascript:alert(1)", "title": "x"}]}, 422),
        ({"attachments": [{"type": ["image"]}]}, 422),
        ({"order_state": "lost"}, 422),
        ({"valid_from": "0001-01-01T00:00:00Z"}, 422),
        ({"source": {"kind": "x" * 20_000}}, 422),
        ({"version": 9, "answer": "好"}, 409),
    ],
)
def test_an_unfit_change_is_refused_with_a_problem(
    client: TestClient, keep: Keep, change: dict[str, Any], status: int
) -> None:
    entry = keep("锡壶保修多久", "一年。")
    body = {"question": entry["question"], "answer": entry["answer"], "version": 1, **change}
    refused = client.put(f"/api/v1/knowledge/{entry['id']}", json=body)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"]
    client.delete(f"/api/v1/knowledge/{entry['id']}")


def test_an_id_with_a_slash_can_be_opened_and_changed(client: TestClient, take_file: Import) -> None:
    take_file("knowledge.csv", "id,question,answer\n售后/退货-1,锡壶能退么,能。\n")
    entry = client.get("/api/v1/knowledge/售后/退货-1").json()
    assert entry["question"] == "锡壶能退么"
    assert len(client.get("/api/v1/knowledge/售后/退货-1/history").json()["versions"]) == 1
    assert client.delete("/api/v1/knowledge/售后/退货-1").status_code == 204


def test_a_workbook_that_cannot_hold_an_answer_says_so(client: TestClient, keep: Keep) -> None:
    entry = keep("锡壶全部问法", "见下。", similar=[f"{n}" + "问" * 400 for n in range(120)])
    refused = client.get("/api/v1/knowledge/export", params={"format": "xlsx"})
    assert refused.status_code == 422
    assert entry["id"] in refused.json()["detail"]
    assert client.get("/api/v1/knowledge/export", params={"format": "jsonl"}).status_code == 200
    client.delete(f"/api/v1/knowledge/{entry['id']}")
    assert io.BytesIO(client.get("/api/v1/knowledge/export", params={"format": "xlsx"}).content).read(2) == b"PK"


@pytest.mark.parametrize(
    ("fields", "code", "name"),
    [
        ({"product_id": "KVP-none"}, "unknown_product", "KVP-none"),
        ({"channel": "web|飞书"}, "unknown_channel", "飞书"),
        ({"channel_answers": {"飞书": "去飞书看"}}, "unknown_channel", "飞书"),
        ({"audience": "新客|外星人"}, "unknown_audience", "外星人"),
        ({"valid_to": "改天"}, "invalid_body", "改天"),
    ],
    ids=["product", "channel", "words-of-a-channel", "audience", "date"],
)
def test_what_an_entry_names_must_exist(client: TestClient, fields: dict[str, Any], code: str, name: str) -> None:
    refused = client.post("/api/v1/knowledge", json={"question": "竹帘怎么挂", "answer": "钉两颗钉子。", **fields})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert name in refused.json()["detail"]


def test_groups_of_buyers_are_those_of_the_shop(client: TestClient, keep: Keep, take_file: Import) -> None:
    groups = client.get("/api/v1/knowledge/audiences").json()["audiences"]
    assert groups[:2] == ["新客", "老客"]
    assert "竹帘常客" not in groups
    rows = "id,question,answer,人群\nKV-aud1,竹帘常客减多少,减 5 元。,竹帘常客\nKV-aud2,竹帘老客减多少,减 3 元。,老客\n"
    run = take_file("knowledge.csv", rows)
    assert (run.added, run.refused) == (1, 1)
    assert "竹帘常客" in run.refusals[0].text
    assert "新客" in run.refusals[0].text
    take_file("buyers.csv", "id,nick,tags\nKVB1,竹友,竹帘常客\n")
    assert take_file("knowledge.csv", rows).added == 1
    refused = client.post("/api/v1/knowledge/bulk", json={"ids": ["KV-aud1"], "action": "set", "audience": "竹帘新客"})
    assert refused.json()["code"] == "unknown_audience"


def test_channels_may_be_named_as_people_call_them(client: TestClient, keep: Keep) -> None:
    made = keep("竹帘能剪短吗", "能。", channel="抖音|天猫", channel_answers={"官网": "看说明书。"})
    assert (made["channel"], made["channel_answers"]) == ("douyin|taobao", {"web": "看说明书。"})
    set_ = {"ids": [made["id"]], "action": "set", "channel": "小红书"}
    assert client.post("/api/v1/knowledge/bulk", json=set_).json()["changed"] == [made["id"]]
    assert client.get(f"/api/v1/knowledge/{made['id']}").json()["channel"] == "xhs"


def test_dates_are_taken_in_words_by_the_api_and_by_files(client: TestClient, keep: Keep, take_file: Import) -> None:
    tonight = datetime.now(SHOP_ZONE).replace(hour=20, minute=0, second=0, microsecond=0)
    made = keep("竹帘今天打折吗", "今晚八点前九折。", valid_to="今晚8点")
    assert datetime.fromisoformat(made["valid_to"]) == tonight
    changed = client.patch(f"/api/v1/knowledge/{made['id']}", json={"version": 1, "valid_to": "明天中午12点半"}).json()
    noon = (tonight + timedelta(days=1)).replace(hour=12, minute=30)
    assert datetime.fromisoformat(changed["valid_to"]) == noon
    take_file("knowledge.csv", "id,question,answer,失效时间\nKV-tonight,竹帘几折,九折。,今晚8点30分15秒\n")
    kept = client.get("/api/v1/knowledge/KV-tonight").json()["valid_to"]
    assert datetime.fromisoformat(kept) == tonight.replace(minute=30, second=15)


def test_a_row_with_an_unknown_variable_is_refused_by_line_and_name(client: TestClient, take_file: Import) -> None:
    rows = "id,question,answer\nKV-v1,竹帘多重,三斤。\nKV-v2,竹帘多宽,{竹帘宽度}。\n"
    run = take_file("knowledge.csv", rows)
    assert (run.status, run.added, run.refused) == ("done", 1, 1)
    assert run.refusals[0].text == "第 3 行：答案里的变量{竹帘宽度}不存在，已跳过"
    assert client.get("/api/v1/knowledge/KV-v2").status_code == 404
    client.put("/api/v1/knowledge/variables/竹帘宽度", json={"value": "九十厘米"})
    assert take_file("knowledge.csv", rows).added == 1


def test_rows_of_a_file_name_channels_as_people_call_them_and_unknown_ones_are_refused(
    client: TestClient, take_file: Import
) -> None:
    rows = (
        '{"id": "KC-1", "question": "竹帘渠道一", "answer": "好", "channel": "抖音|淘宝", "channel_answers": {"京东": "行"}}\n'
        '{"id": "KC-2", "question": "竹帘渠道二", "answer": "好", "channel": "火星"}\n'
        '{"id": "KC-3", "question": "竹帘渠道三", "answer": "好", "channel_answers": {"火星": "行"}}\n'
    )
    run = take_file("knowledge.jsonl", rows)
    assert [(one.column, one.code) for one in run.refusals] == [
        ("渠道", "unknown_channel"),
        ("渠道答案", "unknown_channel"),
    ]
    kept = client.get("/api/v1/knowledge/KC-1").json()
    assert (kept["channel"], kept["channel_answers"]) == ("douyin|taobao", {"jd": "行"})
    client.delete("/api/v1/knowledge/KC-1")
