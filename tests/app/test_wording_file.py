"""Own words from a file: kept, told by line what was not, and the same file twice changes nothing."""

from typing import Any
from uuid import uuid4

from starlette.testclient import TestClient

FILE = """词,意思,意图,说法
薅薅节{n},活动,,
短,什么,,
只有词{n},,,
,,ship.when,啥时候到手呀{n}；几号走货{n}
,,ship.when,货啥时候动身{n}
,,no.such,随便
,,,
"""


def send(client: TestClient, name: str, data: bytes) -> Any:
    return client.post("/api/v1/wording/import", files={"file": (name, data)})


def test_a_file_teaches_and_tells_what_it_could_not(client: TestClient) -> None:
    number = uuid4().hex[:6]
    text = FILE.replace("{n}", number)
    first = send(client, "词表.csv", text.encode("utf-8-sig"))
    assert first.status_code == 200, first.text
    told = first.json()
    assert told["added"] + told["changed"] == 2
    assert [problem["line"] for problem in told["problems"]] == [3, 4, 7]
    assert "太短" in told["problems"][0]["text"]
    items = client.get("/api/v1/wording").json()["items"]
    assert [item["means"] for item in items if item["text"] == f"薅薅节{number}"] == ["活动"]
    (asked,) = [item for item in items if item["intent"] == "ship.when"]
    assert {f"啥时候到手呀{number}", f"几号走货{number}", f"货啥时候动身{number}"} <= set(asked["examples"])
    again = send(client, "词表.csv", text.encode("utf-8-sig")).json()
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)
    changed = send(client, "词表.csv", f"词,意思\n薅薅节{number},大促\n".encode()).json()
    assert (changed["added"], changed["changed"]) == (0, 1)
    for item in items:  # the shop is shared with other tests
        if number in item["text"] or item["intent"] == "ship.when":
            client.delete(f"/api/v1/wording/{item['id']}")


def test_a_file_without_such_columns_is_refused(client: TestClient) -> None:
    assert send(client, "a.csv", b"a,b\n1,2\n").status_code == 422
    assert send(client, "a.xlsx", b"PK\x03\x04 no workbook").status_code == 422
    assert client.post("/api/v1/wording/import", data={"x": "1"}).status_code == 422
