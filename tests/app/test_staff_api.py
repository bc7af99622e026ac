"""Log-in, roles, knowledge editing and imports, as the console uses them."""

import time

import pytest
from starlette.testclient import TestClient

_HEADERS: dict[tuple[int, str], dict[str, str]] = {}


def log_in(server: TestClient, name: str) -> dict[str, str]:
    """Headers of a sample account; one log-in a server, since log-ins are limited."""
    if (id(server), name) not in _HEADERS:
        _HEADERS[id(server), name] = _logged_in(server, name)
    return _HEADERS[id(server), name]


def _logged_in(server: TestClient, name: str) -> dict[str, str]:
    body = {"username": name, "password": f"xiaoer-{name}"}
    tokens = server.post("/api/v1/auth/login", json=body).json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


@pytest.fixture(scope="session")
def owner(server: TestClient) -> dict[str, str]:
    return log_in(server, "owner")


@pytest.fixture(scope="session")
def agent(server: TestClient) -> dict[str, str]:
    return log_in(server, "agent")


def test_a_wrong_password_is_refused_without_saying_which_part(server: TestClient) -> None:
    wrong = server.post("/api/v1/auth/login", json={"username": "owner", "password": "nope-nope"})
    absent = server.post("/api/v1/auth/login", json={"username": "nobody", "password": "nope-nope"})
    assert wrong.status_code == absent.status_code == 401
    assert wrong.json()["detail"] == absent.json()["detail"]


def test_a_refresh_token_works_once_and_its_second_use_ends_the_session(server: TestClient) -> None:
    tokens = server.post("/api/v1/auth/login", json={"username": "operator", "password": "xiaoer-operator"}).json()
    first = server.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert first.status_code == 200
    stolen = server.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert stolen.status_code == 401
    again = server.post("/api/v1/auth/refresh", json={"refresh_token": first.json()["refresh_token"]})
    assert again.status_code == 401


def test_logging_out_ends_the_session(server: TestClient) -> None:
    head = log_in(server, "supervisor")
    assert server.get("/api/v1/today", headers=head).status_code == 200
    assert server.post("/api/v1/auth/logout", headers=head).status_code == 204
    assert server.get("/api/v1/today", headers=head).status_code == 401


def test_an_edited_entry_answers_at_once_and_a_stale_edit_is_refused(server: TestClient, owner: dict[str, str]) -> None:
    draft = {"question": "门口能停自行车吗", "answer": "可以，停左边车棚。", "similar": ["自行车停哪里"]}
    made = server.post("/api/v1/knowledge", json=draft, headers=owner)
    assert made.status_code == 201
    entry = made.json()
    search = {"queries": ["自行车可以停门口吗"]}
    hit = server.post("/api/v1/knowledge/search", json=search, headers=owner).json()["results"][0]["hits"][0]
    assert (hit["id"], hit["answer"]) == (entry["id"], "可以，停左边车棚。")
    changed = {**draft, "answer": "可以，停右边车棚。", "version": entry["version"]}
    assert server.put(f"/api/v1/knowledge/{entry['id']}", json=changed, headers=owner).status_code == 200
    stale = server.put(f"/api/v1/knowledge/{entry['id']}", json=changed, headers=owner)
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    hit = server.post("/api/v1/knowledge/search", json=search, headers=owner).json()["results"][0]["hits"][0]
    assert hit["answer"] == "可以，停右边车棚。"
    history = server.get(f"/api/v1/knowledge/{entry['id']}/history", headers=owner).json()["versions"]
    assert [version["version"] for version in history] == [2, 1]
    assert server.delete(f"/api/v1/knowledge/{entry['id']}", headers=owner).status_code == 204


def test_an_agent_may_read_knowledge_but_not_change_it(server: TestClient, agent: dict[str, str]) -> None:
    assert server.get("/api/v1/knowledge?q=发货", headers=agent).json()["total"] > 0
    refused = server.post("/api/v1/knowledge", json={"question": "问", "answer": "答"}, headers=agent)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert server.post("/api/v1/imports", files={"file": ("k.csv", b"x")}, headers=agent).status_code == 403


@pytest.mark.parametrize(
    "entry",
    [
        {"question": "", "answer": "答"},
        {"question": "问", "answer": ""},
        {"question": "问", "answer": "大" * 1_000_000},
        {"question": "问", "answer": "答", "valid_from": "2026-02-01T00:00:00Z", "valid_to": "2026-01-01T00:00:00Z"},
        {"question": "问", "answer": "见{不存在的变量}"},
    ],
    ids=["no-question", "no-answer", "1MB", "dates", "variable"],
)
def test_an_entry_that_cannot_be_said_is_refused(
    server: TestClient, owner: dict[str, str], entry: dict[str, str]
) -> None:
    refused = server.post("/api/v1/knowledge", json=entry, headers=owner)
    assert refused.status_code in (413, 422)
    assert refused.json()["detail"]


def test_a_file_is_imported_in_the_background_with_its_report(server: TestClient, owner: dict[str, str]) -> None:
    rows = "标准问,答案,相似问\n蛋糕当天能送吗,同城当天能送。,蛋糕今天送得到吗\n没有答案的行,,\n".encode("gb18030")
    started = server.post("/api/v1/imports?kind=knowledge", files={"file": ("知识.csv", rows)}, headers=owner)
    assert started.status_code == 202
    run = _finished(server, started.json()["id"], owner)
    assert (run["status"], run["added"], run["refused_count"]) == ("done", 1, 1)
    assert "第 3 行" in run["refused"][0]["reason"]
    again = server.post("/api/v1/imports?kind=knowledge", files={"file": ("知识.csv", rows)}, headers=owner)
    assert _finished(server, again.json()["id"], owner)["unchanged"] == 1
    assert server.get("/api/v1/imports", headers=owner).json()["total"] >= 2


def _finished(server: TestClient, run_id: str, head: dict[str, str]) -> dict[str, object]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        response = server.get(f"/api/v1/imports/{run_id}", headers=head)
        assert response.status_code == 200, "a run can be watched from the moment its id is known"
        if response.json()["status"] != "running":
            return response.json()  # type: ignore[no-any-return]
    raise AssertionError("the import did not end")


def test_today_counts_what_was_asked(server: TestClient, owner: dict[str, str]) -> None:
    today = server.get("/api/v1/today", headers=owner).json()
    assert today["asked"] >= today["solved_by_bot"]
    assert today["messages"] >= today["asked"]


def test_guessing_is_stopped_and_a_right_password_clears_the_count(server: TestClient) -> None:
    def tried(name: str, password: str) -> int:
        return server.post("/api/v1/auth/login", json={"username": name, "password": password}).status_code

    assert [tried("operator", "wrong-guess") for _ in range(9)] == [401] * 9
    assert tried("operator", "xiaoer-operator") == 200
    assert [tried("guessed", "wrong-guess") for _ in range(11)] == [401] * 10 + [429]
