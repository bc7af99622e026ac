"""The pairs of this folder, the shops that serve as background, and the reader that the product uses."""

import csv
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from msgspec import Struct, convert

from xiaoer.app.brain import reading_of
from xiaoer.slices.knowledge.health.sayings import Reader, Saying
from xiaoer.slices.knowledge.retrieval.vectors import direction_of
from xiaoer.slices.policies.sides.space import space_of
from xiaoer.slices.understanding.api import Understanding

HERE = Path(__file__).parent
SHOPS = (HERE.parent / "shops" / "dev", HERE.parents[1] / "tests" / "trades")
FITTED = ("fit-1", "fit-2", "fit-3")
NEAR = 8  # entries of a shop that each is held against
WORDS = Understanding.shipped()


class Pair(Struct):
    """Two entries as somebody wrote them; `kind` is what the writer had in mind."""

    trade: str
    q1: str
    a1: str
    q2: str
    a2: str
    conflict: bool
    kind: str


def pairs_of(name: str) -> list[Pair]:
    """The pairs of one file."""
    return [convert(json.loads(line), Pair) for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()]


def new_reader() -> Reader:
    """Reads as the product does."""
    pack = Path(str(resources.files("xiaoer.packs") / "ecommerce"))
    return Reader(reading_of(pack), lambda text: direction_of(WORDS.forms(text)), space_of("matters").place)


def read(reader: Reader, pair: Pair) -> tuple[Saying, Saying]:
    """Both entries, read."""
    return reader.read(pair.q1, pair.a1), reader.read(pair.q2, pair.a2)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shops() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Shops whose entries do not contradict each other: (question, answer, product) of each entry."""
    for folder in SHOPS:
        for path in sorted(folder.glob("*/knowledge.csv")):
            rows = [(row["标准问"], row["答案"], row.get("商品ID") or "") for row in _table(path)]
            yield path.parent.name, rows
    demo = resources.files("xiaoer.app.demo") / "data" / "knowledge.jsonl"
    lines = [json.loads(line) for line in demo.read_text("utf-8").splitlines()]
    yield "sample", [(row["question"], row["answer"], row["product_id"] or "") for row in lines]


def asked_alike() -> list[Pair]:
    """Each entry of the shops with one of its other wordings: one question, one answer."""
    found = []
    for folder in SHOPS:
        for path in sorted(folder.glob("*/knowledge.csv")):
            for row in _table(path):
                other = (row.get("相似问") or "").partition("|")[0]
                found += [Pair(path.parent.name, row["标准问"], row["答案"], other, row["答案"], False, "same")] * bool(
                    other
                )
    return found


def near_in_shops(reader: Reader) -> list[Pair]:
    """Pairs of entries of one shop that look most alike, each harmless."""
    found = []
    for shop, entries in shops():
        said = [reader.read(question, answer) for question, answer, _ in entries]
        for at, (_, _, product) in enumerate(entries):
            of_one = [n for n, other in enumerate(entries) if n != at and other[2] == product]
            like = {n: float(said[at].direction @ said[n].direction + said[at].side @ said[n].side) for n in of_one}
            for n in sorted(like, key=lambda n: -like[n])[:NEAR]:
                found.append((shop, min(at, n), max(at, n), entries))
    kept = {(shop, at, n): entries for shop, at, n, entries in found}
    return [Pair(shop, *entries[at][:2], *entries[n][:2], False, "shop") for (shop, at, n), entries in kept.items()]
