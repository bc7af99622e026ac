"""Reading and playing the haggling dialogues (see dialogues/README.md)."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.flows.selling.conftest import SalesWorld

FOLDER = Path(__file__).parent / "dialogues"
_MARK = re.compile(r"([@%#~!])(\S+)\s*")


class Step(NamedTuple):
    """One thing that happens."""

    account: str
    channel: str
    message_id: str
    wait_h: float
    events: tuple[str, ...]
    text: str


def read_family(name: str) -> tuple[str, list[list[list[Step]]]]:
    """The terms of a family, and its dialogues: rounds of steps that happen at the same moment."""
    head, *lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    dialogues = [[[_step(part) for part in round_.split(" & ")] for round_ in line.split(" / ")] for line in lines]
    return head.removeprefix("# terms: "), dialogues


def _step(part: str) -> Step:
    account, channel, message_id, wait, events = "me", "api", "", 0.0, []
    while found := _MARK.match(part):
        sign, value = found.groups()
        part = part[found.end() :]
        match sign:
            case "@":
                account = value
            case "%":
                channel = value
            case "#":
                message_id = value
            case "~":
                wait = float(value.removesuffix("h"))
            case _:
                events.append(value)
    return Step(account, channel, message_id, wait, tuple(events), part.strip())


class Player:
    """Plays one dialogue with accounts of its own; two workers take turns."""

    def __init__(self, worlds: tuple[SalesWorld, SalesWorld], number: int) -> None:
        self._worlds, self._number = worlds, number
        self.accounts: dict[str, str] = {}
        self.answers: list[dict[str, Any]] = []

    async def play(self, rounds: list[list[Step]]) -> None:
        for round_ in rounds:
            for step in round_:
                self._worlds[0].clock.advance(timedelta(hours=step.wait_h, seconds=20))
                await self._prepare(step)
            said = [(i, step) for i, step in enumerate(round_) if step.text]
            self.answers += await asyncio.gather(*(self._say(self._worlds[i % 2], step) for i, step in said))

    async def _prepare(self, step: Step) -> None:
        world = self._worlds[0]
        if step.account not in self.accounts:
            buyer = self.accounts[step.account] = f"{step.account}-{self._number}"
            if step.account.startswith("a"):
                await world.account(buyer, f"13{self._number:09d}")
        for event in step.events:
            await _happen(world, event, list(self.accounts.values()))

    async def _say(self, world: SalesWorld, step: Step) -> dict[str, Any]:
        buyer = self.accounts[step.account]
        message_id = f"{step.message_id}" if step.message_id else ""
        return await world.say(buyer, step.text, channel=step.channel, message_id=message_id)


async def _happen(world: SalesWorld, event: str, buyers: list[str]) -> None:
    promotions, now = world.product.promotions, world.clock.now()
    if event in ("use", "return"):
        for buyer in buyers:
            for coupon in await promotions.held(world.shop, buyer):  # type: ignore[arg-type]
                if event == "use" and coupon.state == "claimed" and coupon.valid_to and coupon.valid_to > now:
                    await promotions.use(world.shop, coupon.id, buyer, f"o-{coupon.id}")  # type: ignore[arg-type]
                if event == "return" and coupon.state == "used" and coupon.valid_to and coupon.valid_to > now:
                    await promotions.give_back(world.shop, coupon.id, buyer)  # type: ignore[arg-type]
        return
    level = {"activity": "shop_activity", "cross": "platform", "coupon": "shop_coupon", "item": "item"}[event]
    data: dict[str, Any] = {
        "id": f"p-{event}",
        "name": event,
        "level": level,
        "benefit": "amount_off",
        "starts_at": (now - timedelta(days=1)).isoformat(),
        "ends_at": (now + timedelta(days=30)).isoformat(),
        "threshold": "amount",
        "tiers": [{"threshold": "1.00", "benefit": "20.00"}],
    }
    if event in ("activity", "cross"):
        data |= {"repeat": True, "tiers": [{"threshold": "100.00", "benefit": "12.00"}]}
    if event == "coupon":
        data["coupon"] = {"code": "SHOP20"}
    await promotions.save(world.shop, data)
    if event == "coupon":
        for buyer in (*buyers, "nobody"):  # who never haggles, as the measure
            await promotions.issue(world.shop, "p-coupon", buyer)  # type: ignore[arg-type]


async def tidy(world: SalesWorld) -> None:
    """End what the dialogue started, and let so much time pass that budgets are whole again."""
    for promotion in await world.product.promotions.all(world.shop):
        if promotion.id.startswith("p-") and promotion.enabled:
            await world.product.promotions.set_enabled(world.shop, promotion.id, False)
    world.clock.advance(timedelta(days=40))
