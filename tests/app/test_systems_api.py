"""Systems over HTTP: owners connect, secrets never come back, forged pushes are refused."""

from starlette.testclient import TestClient
from tests.app.test_staff_api import log_in

SYSTEM = {
    "connector": "generic",
    "title": "我们的 ERP",
    "ports": ["parcels"],
    "settings": {"base_url": "http://127.0.0.1:9/none", "secret": "very-secret"},
}


def test_a_system_is_connected_shown_without_secrets_and_disconnected(server: TestClient) -> None:
    owner = log_in(server, "owner")
    made = server.post("/api/v1/systems", json=SYSTEM, headers=owner)
    assert made.status_code == 201
    listed = server.get("/api/v1/systems", headers=owner)
    assert "very-secret" not in listed.text + made.text
    assert len(listed.json()["connectors"]) >= 15
    tried = server.post(f"/api/v1/systems/{made.json()['id']}/test", headers=owner)
    assert tried.json()["ports"]["parcels"] != "ok"
    assert server.get(made.json()["push_path"]).status_code == 404  # this system's platform asks no address check
    forged = server.post(made.json()["push_path"], content=b'{"events":[]}')
    assert (forged.status_code, forged.json()["code"]) == (401, "unauthorised")
    assert server.delete(f"/api/v1/systems/{made.json()['id']}", headers=owner).status_code == 204
    assert server.post(made.json()["push_path"], content=b"{}").status_code == 404
    lines = server.get("/api/v1/audit?action=system.", headers=owner).json()["items"]
    assert [line["action"] for line in lines[:2]] == ["system.disconnect", "system.connect"]


def test_an_agent_may_not_see_or_change_systems(server: TestClient) -> None:
    agent = log_in(server, "agent")
    assert server.get("/api/v1/systems", headers=agent).status_code == 403
    assert server.post("/api/v1/systems", json=SYSTEM, headers=agent).status_code == 403
    assert server.get("/api/v1/audit", headers=agent).status_code == 403


def test_a_missing_setting_and_an_unknown_connector_are_named(server: TestClient) -> None:
    owner = log_in(server, "owner")
    bare = server.post("/api/v1/systems", json={**SYSTEM, "settings": {}}, headers=owner)
    assert (bare.status_code, "base_url" in bare.json()["detail"]) == (422, True)
    odd = server.post("/api/v1/systems", json={**SYSTEM, "connector": "nowhere"}, headers=owner)
    assert (odd.status_code, "taobao" in odd.json()["detail"]) == (404, True)
