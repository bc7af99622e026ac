"""Nothing live changes unseen: review by a second person, and golden questions that files, packs and rules may break."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from tests.app.knowledge.conftest import Ask, Import, Keep
from tests.app.test_staff_api import log_in

ROOT = "/api/v1/knowledge"


@pytest.fixture
def reviewed(server: TestClient) -> Iterator[dict[str, str]]:
    """The sample shop with review on; gives the owner's header."""
    owner = log_in(server, "owner")
    assert server.put(f"{ROOT}/review", json={"on": True}, headers=owner).json()["on"] is True
    yield owner
    server.put(f"{ROOT}/review", json={"on": False}, headers=owner)


def test_an_edit_waits_for_approval_while_buyers_hear_the_old_answer(
    server: TestClient, keep: Keep, ask: Ask, reviewed: dict[str, str]
) -> None:
    thing = uuid4().hex[:6]
    made = keep(f"{thing}怎么洗", "手洗。")
    assert made["status"] == "review"
    assert server.post(f"{ROOT}/{made['id']}/approve", headers=reviewed).json()["status"] == "published"
    agent, operator = log_in(server, "agent"), log_in(server, "operator")
    change = {"version": 2, "answer": "机洗，水温三十度。"}
    waiting = server.patch(f"{ROOT}/{made['id']}", json=change, headers=agent).json()
    assert (waiting["answer"], waiting["version"]) == ("手洗。", 2)
    assert [(one["field"], one["after"]) for one in waiting["waiting"]["changes"]] == [("answer", change["answer"])]
    assert "手洗" in str(ask(f"{thing}怎么洗")["replies"])
    listed = server.get(f"{ROOT}?status=review&q={thing}", headers=operator).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert server.post(f"{ROOT}/{made['id']}/approve", headers=agent).status_code == 403
    done = server.post(f"{ROOT}/{made['id']}/approve", headers=operator)
    assert (done.status_code, done.json()["waiting"]) == (200, None)
    assert "三十度" in str(ask(f"{thing}怎么洗")["replies"])


def test_deleting_merging_and_files_wait_under_review(
    server: TestClient, keep: Keep, reviewed: dict[str, str], take_file: Import
) -> None:
    operator = log_in(server, "operator")
    ids = [keep(f"{uuid4().hex[:6]}多重", "三斤。")["id"] for _ in range(3)]
    for id_ in ids:
        server.post(f"{ROOT}/{id_}/approve", headers=reviewed)
    before = server.get(f"{ROOT}/review", headers=operator).json()["waiting"]
    gone = server.delete(f"{ROOT}/{ids[0]}", headers=operator)
    assert (gone.status_code, gone.json()["status"]) == (202, "published")
    assert [one["after"] for one in gone.json()["waiting"]["changes"]] == ["archived"]
    bulk = server.post(f"{ROOT}/bulk", json={"ids": ids[1:2], "action": "archive"}, headers=operator).json()
    assert bulk["waiting"] == ids[1:2]
    take_file("knowledge.csv", f"id,question,answer,status\n{ids[2]},多重,三斤,archived\n")
    assert [server.get(f"{ROOT}/{id_}", headers=operator).json()["status"] for id_ in ids] == ["published"] * 3
    assert server.get(f"{ROOT}/review", headers=operator).json()["waiting"] == before + 3
    for id_ in ids:
        assert server.post(f"{ROOT}/{id_}/approve", headers=reviewed).json()["status"] == "archived"


def test_a_file_that_breaks_a_golden_question_is_refused_as_a_whole(
    client: TestClient, keep: Keep, take_file: Import
) -> None:
    thing = uuid4().hex[:6]
    made = keep(f"{thing}怎么用", "按一下开关。")
    golden = client.post("/api/v1/learning/golden", json={"question": f"{thing}怎么用", "must_contain": ["按一下"]})
    rows = f"id,question,answer\nN-{thing},{thing}配几个垫子,两个。\n{made['id']},{thing}怎么用,拧两圈。\n"
    refused = take_file("knowledge.csv", rows)
    assert (refused.status, refused.error_code, refused.added) == ("refused", "golden_broken", 0)
    assert f"{thing}怎么用" in refused.error
    assert client.get(f"{ROOT}/N-{thing}").status_code == 404
    files = {"file": ("knowledge.csv", rows.encode())}
    run = client.post("/api/v1/imports?override=换了新款", files=files).json()["id"]
    while (state := client.get(f"/api/v1/imports/{run}").json())["status"] not in ("done", "refused", "failed"):
        pass
    assert (state["status"], state["added"], state["changed"]) == ("done", 1, 1)
    assert client.delete(f"/api/v1/learning/golden/{golden.json()['id']}").status_code == 204


def test_a_red_line_that_breaks_a_golden_question_takes_a_reason(client: TestClient, server: TestClient) -> None:
    owner, thing = log_in(server, "owner"), uuid4().hex[:6]
    entry = client.post(ROOT, json={"question": f"{thing}怎么装", "answer": "四颗螺丝拧上。"}).json()
    golden = client.post("/api/v1/learning/golden", json={"question": f"{thing}怎么装", "must_contain": ["螺丝"]})
    book = {"own": [{"title": "试", "words": [f"{thing}怎么装"]}]}
    refused = server.put("/api/v1/rules/red-lines", json=book, headers=owner)
    assert (refused.status_code, refused.json()["code"]) == (409, "golden_broken")
    assert server.put("/api/v1/rules/red-lines?override=合规要求", json=book, headers=owner).status_code == 200
    server.put("/api/v1/rules/red-lines", json={}, headers=owner)
    assert client.delete(f"/api/v1/learning/golden/{golden.json()['id']}").status_code == 204
    assert client.delete(f"{ROOT}/{entry['id']}").status_code == 204


def test_rules_of_a_pack_are_switched_together_or_not_at_all(client: TestClient) -> None:
    pack = next(one for one in client.get(f"{ROOT}/packs").json()["packs"] if not one["on"])
    free = [rule for rule in pack["rules"] if not rule["blocked"]]
    kept = [
        client.post("/api/v1/learning/golden", json={"question": one["question"], "must_not_contain": [one["answer"]]})
        for one in free
    ]
    switch, wanted = f"{ROOT}/packs/{pack['id']}/switch", {"on": True, "rules": [rule["id"] for rule in free]}
    refused = client.post(switch, json=wanted)
    assert (refused.status_code, refused.json().get("code")) == (409, "golden_broken")
    after = next(one for one in client.get(f"{ROOT}/packs").json()["packs"] if one["id"] == pack["id"])
    assert after["on"] == 0
    done = client.post(f"{switch}?override=法律要求", json=wanted)
    assert done.status_code == 200 and len(done.json()["changed"]) == len(free)
    client.post(f"{switch}?override=试完了", json={**wanted, "on": False})
    for golden in kept:
        assert client.delete(f"/api/v1/learning/golden/{golden.json()['id']}").status_code == 204
