"""Every segment is answered, asked back or named as handed over: no reply covers less than it was asked."""

import random
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.shop import Stage

import xiaoer
from xiaoer.app.wiring import Wiring

_INTENTS = Path(xiaoer.__file__).parent / "packs" / "ecommerce" / "intents"
_GIVEN: dict[str, Any] = {
    "orders": [
        {"id": "A", "status": "paid", "items": ["V100702*1"], "promise": "+20h"},
        {"id": "B", "status": "shipped", "items": ["V101303*1"], "placed": "-60h",
         "traces": [["-30h", "【嘉兴】已揽收"], ["-3h", "到达【武汉转运中心】"]]},
        {"id": "C", "status": "delivered", "items": ["V150102*1"], "placed": "-99h", "delivered": "-30h"},
    ],
    "context": {"entry": "product", "product_id": "P1001"},
}  # fmt: skip
_QUIET = ("talk.", "greet.", "matter.part")


def _utterances(count: int, seed: int) -> list[list[str]]:
    """Compounds of two or three utterances of different groups, drawn from the pack's own files."""
    draw = random.Random(seed)
    lines = {
        path.stem: [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted(_INTENTS.glob("*.txt"))
        if not path.stem.startswith(("chat.", "oos.", "service."))
    }
    usable = {
        code: [x for x in rows if 4 <= len(x) <= 30 and "\t" not in x and "|" not in x] for code, rows in lines.items()
    }
    codes = [code for code, rows in usable.items() if rows]
    return [[draw.choice(usable[code]) for code in draw.sample(codes, draw.choice((2, 3)))] for _ in range(count)]


@pytest.mark.asyncio(loop_scope="session")
async def test_no_compound_is_answered_in_part(product: Wiring) -> None:
    for number, parts in enumerate(_utterances(210, seed=7)):
        stage = Stage(product, _GIVEN)
        await stage.set_up()
        said = "，".join(parts) if number % 2 else "？".join(parts)
        answer = await stage.say(said)
        turn, replies = answer["turn"], answer["replies"]
        text = replies[0]["text"] if replies else ""
        told = f"{said}\n{[(s['text'], s['intent']) for s in turn['segments']]}\n{turn['acts']}\n{text}"
        assert {act["segment"] for act in turn["acts"]} == set(range(len(turn["segments"]))), told
        spoken = {act["segment"] for act in turn["acts"] if act["template"] != "silent"}
        left = [act for act in turn["acts"] if act["segment"] not in spoken and not act["rule_id"].startswith(_QUIET)]
        assert not left, told
        assert spoken and text, told
        if turn["handoff"] is None:  # each different answer stands in the text: one line or more an answer
            answers = {(act["template"], act["rule_id"]) for act in turn["acts"] if act["template"] != "silent"}
            assert len(text.splitlines()) >= len(answers), told
