"""Dialogues played on the real product (场景): one per entry of the YAML files beside this one.

`given`: orders, rules and the page; `talk`: what the buyer says and what must come of it: `acts` (templates, in order),
`mentions` and `never` (words of the reply), `state`, `tickets` (types opened so far), `order` (its state in the shop).
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.scenarios.shop import Stage

from xiaoer.app.wiring import Wiring

_FILES = sorted(Path(__file__).parent.glob("*.yaml"))
_SCENARIOS = [(path.stem, entry) for path in _FILES for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    "scenario", [entry for _, entry in _SCENARIOS], ids=[f"{stem}: {entry['name']}" for stem, entry in _SCENARIOS]
)
@pytest.mark.asyncio(loop_scope="session")
async def test_scenario(product: Wiring, scenario: dict[str, Any]) -> None:
    stage = Stage(product, scenario.get("given") or {})
    await stage.set_up()
    for number, step in enumerate(scenario["talk"], start=1):
        if "wait" in step:
            product.clock.advance(timedelta(minutes=step["wait"]))  # type: ignore[attr-defined]
        if "meanwhile" in step:
            await meanwhile(stage, step["meanwhile"])
        answer = await stage.say(step["say"])
        await check(stage, answer, step.get("expect") or {}, f"step {number}: {step['say']}")


async def meanwhile(stage: Stage, changes: dict[str, dict[str, Any]]) -> None:
    """Something happens in the shop between two messages."""
    from sqlalchemy import update

    from xiaoer.slices.orders.tables import orders

    for name, values in changes.items():
        statement = update(orders).where(orders.c.id == stage.id_of(name)).values(**values)
        await stage.product.db.write(lambda c, s=statement: c.execute(s))


async def check(stage: Stage, answer: dict[str, Any], expect: dict[str, Any], where: str) -> None:
    """Compare one answer with what is expected of it."""
    text = "\n".join(part["text"] for part in answer["replies"])
    templates = [act["template"].removesuffix("_away") for act in answer["turn"]["acts"]]  # the clock runs on
    shown = (
        f"{where}\nheard: {[(s['text'], s['intent']) for s in answer['turn']['segments']]}\nacts: {templates}\n{text}"
    )
    covered = {act["segment"] for act in answer["turn"]["acts"]}
    assert covered == set(range(len(answer["turn"]["segments"]))), shown
    if "acts" in expect:
        assert [t for t in templates if t != "silent"] == expect["acts"], shown
    for word in expect.get("mentions", ()):
        assert stage.words(str(word)) in text, f"{word!r} is missing\n{shown}"
    for word in (*expect.get("never", ()), "None", "{", "系统"):
        assert stage.words(str(word)) not in text, f"{word!r} must not be said\n{shown}"
    assert answer["state"] == expect.get("state", "bot"), shown
    if "tickets" in expect:
        assert [ticket["type"] for ticket in await stage.tickets()] == expect["tickets"], shown
    for name, wanted in (expect.get("order") or {}).items():
        order = await stage.order(name)
        for field, value in wanted.items():
            found = order.refunds[-1].kind if field == "refund" else getattr(order, field)
            assert str(found) == str(value), f"{name}.{field} is {found}\n{shown}"
