"""The sample shop's buyers: nicknames, levels and where they have parcels sent.

Everyone is invented. Phone numbers lie in one block (1390000xxxx) so that a reader sees at once
that they are not real people's.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from xiaoer.app.demo.dates import write_time
from xiaoer.app.demo.shelf import Row, read_data

DEMO_BUYER = "b-demo"
BUYER_COUNT = 150


def is_sample_buyer(buyer_id: str) -> bool:
    """Whether this is the id of a buyer that we made up; only those may be played on the demo's pages."""
    return buyer_id == DEMO_BUYER or (buyer_id[:2] == "b-" and len(buyer_id) == 6 and buyer_id[2:].isdigit())


@dataclass(frozen=True)
class Place:
    """A delivery area: the hub its parcels pass, the local branch and an address in it."""

    city: str
    hub: str
    branch: str
    address: str
    # Hours on the road from the eastern warehouses to the hub, and the hub in between, if any.
    road_hours: int
    via: str | None = None


@dataclass(frozen=True)
class Person:
    """A buyer with the place their parcels go to."""

    buyer_id: str
    level: str
    receiver: str
    phone: str
    place: Place


def invite_buyers(now: datetime, random: Random) -> tuple[list[Row], list[Person]]:
    """Make the buyers' import rows and, in the same order, the people behind them."""
    book = tomllib.loads(read_data("people.toml"))
    places = [Place(**place) for place in book["places"]]
    given_names, tags = book["given_names"].split(), book["tags"].split()
    rows: list[Row] = []
    people: list[Person] = []
    for number, nick in enumerate(book["nicks"].split()[:BUYER_COUNT]):
        first = number == 0
        person = Person(
            buyer_id=DEMO_BUYER if first else f"b-{number:04d}",
            level="金卡" if first else _pick_level(random),
            receiver="周晓雯" if first else random.choice(book["surnames"]) + random.choice(given_names),
            phone=f"1390000{1000 + number * 7:04d}",
            place=places[0] if first else random.choice(places),
        )
        traits = ["宝妈", "回头客"] if first else random.sample(tags, random.randint(0, 3))
        joined_at = now - timedelta(days=random.randint(75, 700), minutes=random.randint(0, 1439))
        rows.append(
            {
                "id": person.buyer_id,
                "nick": nick,
                "level": person.level,
                "tags": traits,
                "phone": person.phone,
                "created_at": write_time(joined_at),
            }
        )
        people.append(person)
    return rows, people


def _pick_level(random: Random) -> str:
    return random.choices(("普通", "银卡", "金卡", "黑金"), (92, 36, 16, 5))[0]
