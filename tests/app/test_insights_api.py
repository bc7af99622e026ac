"""The pages of insight over HTTP, on the sample shop with a few talks."""

import json
from typing import Any

import pytest
from sqlalchemy import text as sql
from starlette.testclient import TestClient

PAGES = ("hot-questions", "after-sales", "funnel", "sentiment", "service", "quality", "gaps", "value")


def say(client: TestClient, buyer: str, *texts: str) -> str:
    """Talk as a buyer on a product's page; return the conversation's id."""
    for text in texts:
        body = {
            "channel": "api",
            "buyer_id": buyer,
            "content": {"type": "text", "text": text},
            "context": {"entry": "product", "product_id": "P1001"},
        }
        answer = client.post("/api/v1/messages", json=body).json()
    return str(answer["conversation_id"])


@pytest.fixture(scope="module")
def talk(client: TestClient) -> str:
    say(client, "insight-1", "这件什么时候发货", "多少钱")
    found = say(client, "insight-2", "这件什么时候发货呀", "转人工")
    client.portal.call(client.app.state.wiring.insights.roll_up, "default")  # type: ignore[union-attr, attr-defined]
    return found


def cards(page: dict[str, Any]) -> dict[str, Any]:
    return {card["id"]: card for card in page["cards"]}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_its_finding_and_how_it_was_computed(client: TestClient, talk: str, name: str) -> None:
    page = client.get(f"/api/v1/insights/{name}").json()
    assert page["id"] == name
    assert page["finding"]
    assert page["how"] and all(entry["text"] for entry in page["how"])
    assert {"first", "last", "before_first", "before_last"} <= set(page["period"])


def test_a_talk_is_in_the_figures_at_once_and_is_found_behind_them(client: TestClient, talk: str) -> None:
    found: list[str] = []
    for _ in range(60):  # a page shows what is ready and never waits long
        behind = client.get("/api/v1/insights/drill?family=ask&a=ship.when").json()
        found = [item["conversation_id"] for item in behind["items"]]
        if talk in found:
            break
    assert talk in found
    page = client.get("/api/v1/insights/hot-questions").json()
    assert any(row["intent"] == "ship.when" and row["count"] >= 2 for row in page["tables"][0]["rows"])


def test_a_figure_of_a_whole_family_leads_to_all_of_it(client: TestClient, talk: str) -> None:
    since = "from=2026-01-01"
    for page, card in (("hot-questions", "asked"), ("after-sales", "refunds")):
        shown = cards(client.get(f"/api/v1/insights/{page}?{since}").json())[card]
        assert shown["value"] and not shown["drill"].get("a")
        behind = client.get("/api/v1/insights/drill", params={"from": "2026-01-01", **shown["drill"]}).json()["items"]
        assert len(behind) == 50 or len(behind) == shown["value"], page
    assert client.get(f"/api/v1/insights/drill?{since}").json()["items"]


def test_the_service_page_shows_a_waiting_talk_as_not_answered(client: TestClient, talk: str) -> None:
    rows = client.get("/api/v1/insights/service").json()["tables"][0]["rows"]
    douyin = next(row for row in rows if row["id"] == "douyin.reply_3min@1")
    assert douyin["title"] == "飞鸽3分钟人工回复率"
    assert "180 秒" in douyin["how"]


@pytest.mark.parametrize(("format", "start"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_pages_export(client: TestClient, format: str, start: bytes) -> None:
    for name in PAGES:
        answer = client.get(f"/api/v1/insights/{name}/export?format={format}")
        assert answer.status_code == 200
        assert answer.content.startswith(start)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("service?from=yesterday", 422),
        ("service?from=2026-06-09&to=2026-06-01", 422),
        ("service?from=0001-01-01&to=0001-01-02", 422),
        ("service?from=2001-01-01&to=2026-01-01", 422),
        ("service?from=2026-06-01x&to=2026-06-09", 422),
        ("service?from=2026-06-01T08:00:00%2B08:00&to=2026-06-09T23:30:00Z", 200),
        ("service?compare=never", 422),
        ("service?compare=", 200),
        ("nothing", 404),
        ("service/export?format=pdf", 422),
        ("service/export?format=csv&table=x", 404),
        ("ask?by=colour", 422),
        ("drill?kind=x", 422),
        ("drill?after=-1", 200),
        ("questions/none", 404),
    ],
)
def test_what_cannot_be_shown_is_said(client: TestClient, path: str, status: int) -> None:
    assert client.get(f"/api/v1/insights/{path}").status_code == status


def test_anything_can_be_counted_by_anything(client: TestClient, talk: str) -> None:
    answer = client.get("/api/v1/insights/ask?by=channel,handled&channel=api").json()
    assert answer["total"] >= 2
    assert {row["channel"] for row in answer["rows"]} == {"api"}


def test_a_courtesy_rests_on_nothing_and_claims_nothing(client: TestClient) -> None:
    first = say(client, "insight-bare", "这件是什么材质的")
    say(client, "insight-bare", "好的，我拍了，谢谢")
    wiring = client.app.state.wiring  # type: ignore[attr-defined]
    told = "SELECT data FROM events WHERE type = 'turn.decided' AND conversation_id = :talk ORDER BY id"
    with wiring.db.reader_engine.connect() as connection:
        facts = [json.loads(row) for row in connection.scalars(sql(told), {"talk": first})]
    assert [(fact["sourced"], bool(fact["sources"])) for fact in facts] == [(True, True), (True, False)]


def test_agents_do_not_see_the_shops_figures(client: TestClient) -> None:
    body = {"username": "agent", "password": "xiaoer-agent", "shop": "default"}
    token = client.post("/api/v1/auth/login", json=body).json()["access_token"]
    answer = client.get("/api/v1/insights/service", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_sub_reasons_are_what_buyers_said_and_lead_to_their_refunds(client: TestClient) -> None:
    client.portal.call(client.app.state.wiring.insights.roll_up, "default")  # type: ignore[union-attr, attr-defined]
    page = client.get("/api/v1/insights/after-sales?from=2026-01-01").json()
    said = next(table for table in page["tables"] if table["id"] == "said")["rows"]
    assert said
    for row in said[:5]:
        drill = row["drill"]
        behind = client.get("/api/v1/insights/drill", params={"from": "2026-01-01", **drill}).json()["items"]
        assert len(behind) == min(row["count"], 50)
        word = row["name"].strip("「」").split("、")[0]
        telling = set(word) - set(
            "了怎么办"
        )  # wordings that differ by these are one question, shown as it was first said
        assert all(telling <= set(item["said"]) for item in behind)


def test_times_in_tables_are_the_shops(client: TestClient) -> None:
    page = client.get("/api/v1/insights/sentiment?from=2026-01-01").json()
    rows = next(table for table in page["tables"] if table["id"] == "risky")["rows"]
    assert rows
    assert all(row["at"].endswith("+08:00") for row in rows)


# What buyers who never wrote did, what people judged, settings: no conversation is behind these.
_NOTHING_BEHIND = {"silent", "reviewed", "agree", "gap", "rank", "llm"}


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_and_every_day_of_a_chart_leads_to_what_is_behind_it(client: TestClient, name: str) -> None:
    client.portal.call(client.app.state.wiring.insights.roll_up, "default")  # type: ignore[union-attr, attr-defined]
    since = {"from": "2026-01-01"}
    page = client.get(f"/api/v1/insights/{name}", params=since).json()
    for card in page["cards"]:
        if card["value"] and card["id"] not in _NOTHING_BEHIND:
            narrower = {"from": card["drill"]["day"]} if "day" in card["drill"] else since
            assert client.get("/api/v1/insights/drill", params={**narrower, **card["drill"]}).json()["items"], card
    for chart in page.get("charts", ()):
        points = chart.get("cells") or chart["x"]
        assert len(chart.get("drills", ())) == len(points), chart["id"]


def test_a_day_of_a_chart_leads_to_that_day_only(client: TestClient) -> None:
    page = client.get("/api/v1/insights/service?from=2026-01-01").json()
    split = next(chart for chart in page["charts"] if chart["id"] == "split")
    talks = [sum(series["values"][place] for series in split["series"]) for place in range(len(split["x"]))]
    busiest = talks.index(max(talks))
    drill = dict(split["drills"][busiest])
    day = drill.pop("day")
    behind = client.get("/api/v1/insights/drill", params={**drill, "from": day, "to": day}).json()
    assert len(behind["items"]) == min(50, max(talks))


def test_a_team_leads_to_the_talks_of_all_its_people(client: TestClient) -> None:
    page = client.get("/api/v1/insights/service?from=2026-01-01").json()
    team = next(table for table in page["tables"] if table["id"] == "teams")["rows"][0]
    assert team["p95"] > 0
    drill = {**team["drill"], "some": "1", "from": "2026-01-01"}
    items, after = 0, "0"
    while after:
        found = client.get("/api/v1/insights/drill", params={**drill, "after": after}).json()
        items, after = items + len(found["items"]), found["next"]
    assert items == team["talks"]


@pytest.mark.parametrize(("format", "start"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_what_is_behind_a_figure_is_a_file_too(client: TestClient, format: str, start: bytes) -> None:
    asked = {"from": "2026-01-01", "family": "refund", "kind": "refund", "format": format}
    answer = client.get("/api/v1/insights/drill/export", params=asked)
    assert answer.content.startswith(start)
    if format == "csv":
        head, *rows = answer.content.decode("utf-8-sig").splitlines()
        shown = cards(client.get("/api/v1/insights/after-sales?from=2026-01-01").json())["refunds"]
        assert (len(rows), head.split(",")[0]) == (shown["value"], "时间")


def test_a_file_says_its_units_and_whole_titles(client: TestClient) -> None:
    file = "/api/v1/insights/{}/export?from=2026-01-01&format=csv&table={}"
    agents = client.get(file.format("service", "agents")).content.decode("utf-8-sig").splitlines()
    assert "首次响应时长（秒）" in agents[0] and "客服销售额（净）（元）" in agents[0]
    assert "%" in agents[1]
    metrics = client.get(file.format("service", "metrics")).content.decode("utf-8-sig")
    assert any("咚咚平均响应时长" in line and " 秒" in line for line in metrics.splitlines())
    products = client.get(file.format("after-sales", "products")).content.decode("utf-8-sig")
    assert "…" not in products
