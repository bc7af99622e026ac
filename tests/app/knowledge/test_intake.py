"""What a shop has at hand becomes candidates; a person decides; what was decided stays decided."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import update
from starlette.testclient import TestClient
from tests.app.knowledge.conftest import Ask, log_in

from xiaoer.app.wiring import Wiring
from xiaoer.infra.jobs import jobs
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import ShopId
from xiaoer.slices.imports import store as runs

_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _docx(*lines: str) -> bytes:
    target = io.BytesIO()
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {_NS}><w:body>{body}</w:body></w:document>")
    return target.getvalue()


def _read(client: TestClient, answer: Response) -> dict[str, Any]:
    """What an intake found, when it is done."""
    assert answer.status_code == 202, answer.text
    path = f"/api/v1/knowledge/intake/{answer.json()['id']}"
    while (found := dict(client.get(path).json()))["status"] == "running":
        client.portal.call(client.app.state.wiring.jobs.run_due)  # type: ignore[union-attr, attr-defined]
    return found


def _upload(client: TestClient, name: str, data: bytes) -> dict[str, Any]:
    return _read(client, client.post("/api/v1/knowledge/intake/file", files={"file": (name, data)}))


def _fill(client: TestClient, how: str, body: dict[str, Any]) -> dict[str, Any]:
    return _read(client, client.post(f"/api/v1/knowledge/intake/{how}", json=body))


def _open(client: TestClient, batch: str, **query: str) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/knowledge/candidates", params={"batch": batch, **query}).json()["items"])


def test_a_word_file_is_reviewed_and_answers(client: TestClient, ask: Ask) -> None:
    data = _docx(
        "问：青金石吊坠会褪色吗", "答：天然青金石不褪色，避开香水。", "问：青金石吊坠送盒子吗", "答：送绒布盒。"
    )
    filled = _upload(client, "青金石手册.docx", data)
    assert (filled["found"], filled["added"], filled["kind"]) == (2, 2, "document")
    first, second = _open(client, filled["id"])
    edited = {**{k: first["draft"][k] for k in ("question", "answer")}, "answer": "不褪色，避开香水和汗。"}
    verdicts = [
        {"id": first["id"], "decision": "accept", "entry": edited},
        {"id": second["id"], "decision": "reject", "note": "不送盒子了"},
    ]
    done = client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": verdicts}).json()
    entry = client.get(f"/api/v1/knowledge/{done['entries'][first['id']]}").json()
    assert entry["source"]["kind"] == "document"
    assert "避开香水" in entry["source"]["passage"]
    assert "不褪色，避开香水和汗。" in ask("青金石吊坠会褪色吗")["replies"][0]["text"]
    again = _upload(client, "青金石手册（新）.docx", data)
    assert (again["added"], again["known"]) == (0, 2)
    assert _open(client, filled["id"]) == []
    twice = client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": verdicts}).json()
    assert set(twice["refused"]) == {first["id"], second["id"]}
    counts = client.get("/api/v1/knowledge/candidates", params={"batch": filled["id"]}).json()["counts"]
    assert counts == {"accepted": 1, "rejected": 1}


def test_a_chat_export_gives_what_people_answered_and_is_kept_as_conversations(client: TestClient) -> None:
    talk = (
        "--------------------\n消息对象：{buyer}\n--------------------\n"
        "{buyer} (2026-05-0{day} 10:00:01): {question}\n云朵旗舰店:小林 (2026-05-0{day} 10:01:00): {answer}\n"
    )
    text = talk.format(buyer="kv_a", day=1, question="岫玉镯子会变色吗", answer="亲，岫玉是天然的，不会变色")
    text += talk.format(buyer="kv_b", day=2, question="岫玉镯子时间长了变色吗", answer="岫玉是天然的，不会变色")
    text += talk.format(buyer="kv_c", day=3, question="岫玉镯子里面有棉吗", answer="有一点点絮，正常")
    filled = _upload(client, "千牛导出.txt", text.encode("gb18030"))
    assert (filled["kind"], filled["conversations"], filled["found"]) == ("chat", 3, 1)
    candidate = _open(client, filled["id"])[0]
    assert candidate["draft"]["answer"] == "岫玉是天然的，不会变色"
    assert (candidate["conversations"], candidate["buyers"]) == (2, 2)
    evidence = candidate["evidence"][0]
    kept = client.get(f"/api/v1/conversations/{evidence['conversation_id']}").json()
    assert kept["state"] == "closed"
    assert kept["messages"][0]["text"] in evidence["buyer"]
    again = _fill(client, "conversations", {"days": 3_650})
    assert again["known"] >= 1


def test_what_many_asked_is_expected_to_be_answered_so_once_it_is_accepted(client: TestClient) -> None:
    talk = (
        "--------------------\n消息对象：{buyer}\n--------------------\n"
        "{buyer} (2026-05-0{day} 10:00:01): {question}\n云朵旗舰店:小林 (2026-05-0{day} 10:01:00): {answer}\n"
    )
    asked = ("南红手串会掉色吗", "南红手串掉色吗", "南红手串掉不掉色", "黄龙玉能刻字吗")
    said = ("天然的，不会掉色",) * 3 + ("能刻，两三个字",)
    text = "".join(
        talk.format(buyer=f"nh_{day}", day=day, question=question, answer=answer)
        for day, (question, answer) in enumerate(zip(asked, said, strict=True), start=1)
    )
    filled = _upload(client, "千牛导出二.txt", text.encode("gb18030"))
    verdicts = [{"id": one["id"], "decision": "accept"} for one in _open(client, filled["id"])]
    made = client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": verdicts}).json()["entries"].values()
    golden = [one for one in client.get("/api/v1/learning/golden").json()["items"] if one["entry_id"] in made]
    assert [(one["origin"], one["answer"]) for one in golden] == [("approved", "天然的，不会掉色")]
    assert client.delete(f"/api/v1/learning/golden/{golden[0]['id']}").status_code == 204


def test_a_candidate_like_an_entry_is_merged_into_it(client: TestClient, ask: Ask) -> None:
    body = {"question": "砗磲手串保养方法", "answer": "别碰酸和汗，擦干收好。"}
    entry = client.post("/api/v1/knowledge", json=body).json()
    text = {"text": "问：砗磲手串怎么保养方法\n答：别碰酸。"}
    filled = _fill(client, "text", text)
    candidate = _open(client, filled["id"])[0]
    assert candidate["near"]["id"] == entry["id"]
    verdict = {"id": candidate["id"], "decision": "merge"}
    done = client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": [verdict]}).json()
    assert done["entries"] == {candidate["id"]: entry["id"]}
    now = client.get(f"/api/v1/knowledge/{entry['id']}").json()
    assert (now["similar"], now["answer"]) == (["砗磲手串怎么保养方法"], body["answer"])


def test_a_text_that_was_read_before_says_so_and_leads_there(client: TestClient) -> None:
    text = {"text": "问：沉香怎么存\n答：密封避光。\n问：沉香怕潮么\n答：怕，放干燥处。"}
    first = _fill(client, "text", text)
    verdict = {"id": _open(client, first["id"])[0]["id"], "decision": "accept"}
    client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": [verdict]})
    again = _fill(client, "text", text)
    assert (again["added"], again["known"], again["earlier"]["batch"]) == (0, 2, first["id"])
    assert "2 条候选里 1 条已处理" in again["earlier"]["says"]
    assert first["earlier"] is None


def test_accepted_ones_may_wait_as_drafts_and_unfit_ones_are_refused(client: TestClient) -> None:
    text = "问：蜜蜡会碎么\n答：会，轻拿轻放。\n问：蜜蜡{某数}克\n答：{某数}克。"
    filled = _fill(client, "text", {"text": text})
    items = _open(client, filled["id"])
    verdicts = [{"id": item["id"], "decision": "accept"} for item in items]
    done = client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": verdicts, "publish": False}).json()
    entry = client.get(f"/api/v1/knowledge/{next(iter(done['entries'].values()))}").json()
    assert entry["status"] == "draft"
    assert "某数" in next(iter(done["refused"].values()))
    assert len(_open(client, filled["id"])) == 1


def test_under_review_what_is_accepted_waits_for_a_second_person(client: TestClient, ask: Ask) -> None:
    owner = log_in(client, "owner")
    assert client.put("/api/v1/knowledge/review", json={"on": True}, headers=owner).status_code == 200
    try:
        filled = _fill(client, "text", {"text": "问：鸡血石印章怎么刻\n答：寄样稿给我们，三天刻好。"})
        verdict = {"id": _open(client, filled["id"])[0]["id"], "decision": "accept"}
        done = client.post("/api/v1/knowledge/candidates/decide", json={"verdicts": [verdict], "publish": True}).json()
        entry = client.get(f"/api/v1/knowledge/{done['entries'][verdict['id']]}").json()
        assert entry["status"] == "review"
        assert "三天刻好" not in str(ask("鸡血石印章怎么刻")["replies"])
    finally:
        client.put("/api/v1/knowledge/review", json={"on": False}, headers=owner)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("scan.pdf", b"%PDF-1.4 nothing", "PDF"),
        ("a.docx", b"PK\x03\x04 cut", "Word"),
        ("a.exe", b"MZ\x90", "DOCX"),
        ("dialogues.csv", "id,text\n1,在吗\n".encode(), "缺少"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    client: TestClient, name: str, data: bytes, says: str
) -> None:
    refused = _upload(client, name, data)
    assert refused["status"] == "refused"
    assert says in refused["error"]


@pytest.mark.parametrize(("how", "body"), [("text", {"text": " \n"}), ("text", {}), ("conversations", {"days": 0})])
def test_what_cannot_be_read_at_all_is_refused_at_once(client: TestClient, how: str, body: dict[str, Any]) -> None:
    assert client.post(f"/api/v1/knowledge/intake/{how}", json=body).status_code == 422
    assert client.post("/api/v1/knowledge/intake/file", files={"file": ("a.txt", b"")}).status_code == 422


def test_intakes_are_listed_newest_first(client: TestClient) -> None:
    found = _upload(client, "石头.txt", "问：孔雀石重吗\n答：偏重。".encode())
    listed = client.get("/api/v1/knowledge/intake").json()["items"]
    assert listed[0] == found
    assert (found["name"], found["found"], found["error"]) == ("石头.txt", 1, "")
    assert client.get("/api/v1/knowledge/intake/none").status_code == 404


async def test_an_intake_that_a_dead_process_left_is_taken_up_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    upgrade(settings.url)
    shop, texts = ShopId("s1"), "问：孔雀石重吗\n答：偏重。"
    product = Wiring(settings)
    await product.shops.ensure_shop(shop, "店")
    id_ = await product.intakes.order(shop, "file", "me", data=texts.encode(), name="石头.txt")
    left = {"state": "running", "lease": "dead", "lease_until": product.clock.now() - timedelta(seconds=1)}
    await product.db.write(lambda c: c.execute(update(jobs).where(jobs.c.shop == shop).values(**left)))
    await product.stop()
    product = Wiring(settings)
    await product.jobs.run_due()
    run = await product.db.read(lambda c: runs.get(c, shop, id_))
    assert run is not None
    assert (run.status, run.kind, run.added) == ("done", "intake_document", 1)
    assert list((tmp_path / "intakes").iterdir()) == []
    await product.stop()


def test_agents_may_look_but_not_fill(server: TestClient) -> None:
    agent = log_in(server, "agent")
    assert server.get("/api/v1/knowledge/candidates", headers=agent).status_code == 200
    refused = server.post("/api/v1/knowledge/intake/text", json={"text": "问：x\n答：y"}, headers=agent)
    assert refused.status_code == 403
