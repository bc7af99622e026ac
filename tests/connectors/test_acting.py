"""Changing orders elsewhere: nothing is called done that the order does not show, and a lost answer is looked up."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace
from tests.connectors.world import WORLD

from xiaoer.connectors.acting import act_on, split_address
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import OrderAction

PAID = WORLD.orders["5002"]
CANCEL = OrderAction("a", "cancel", PAID.id, {"reason": "不想要"})


class Shop:
    """An order behind a slow or lying system: `shows_after` reads until a change is seen."""

    def __init__(self, answer: Outcome | Exception | None, *, changes: bool, shows_after: int = 0) -> None:
        self.order, self.reads, self.writes, self.paused = PAID, 0, 0, 0.0
        self._answer, self._changes, self._left = answer, changes, shows_after

    async def read(self) -> Order:
        self.reads += 1
        if self.writes and self._changes:
            if self._left == 0:
                return replace(self.order, status="closed")
            self._left -= 1
        return self.order

    async def write(self, _: Order) -> Outcome | None:
        self.writes += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    async def pause(self, seconds: float) -> None:
        self.paused += seconds

    async def act(self) -> Outcome | None:
        return await act_on(self.read, self.write, CANCEL, self.pause)


@pytest.mark.parametrize(
    ("shop", "state"),
    [
        (lambda: Shop(Outcome("done"), changes=True), "done"),
        (lambda: Shop(Outcome("done"), changes=True, shows_after=2), "done"),
        (lambda: Shop(SourceUnavailable("lost"), changes=True), "done"),
        (lambda: Shop(Outcome("refused"), changes=False), "people"),
        (lambda: Shop(Outcome("done"), changes=False), "unavailable"),
        (lambda: Shop(SourceUnavailable("lost"), changes=False), "unavailable"),
        (lambda: Shop(None, changes=False), "people"),
    ],
    ids=["at-once", "in-the-background", "answer-lost", "refused", "said-but-not-shown", "down", "cannot"],
)
async def test_what_is_told_is_what_the_order_shows(shop: Callable[[], Shop], state: str) -> None:
    opened = shop()
    try:
        told = await opened.act()
        found = told.state if told else "people"
    except SourceUnavailable:
        found = "unavailable"
    assert (found, opened.writes) == (state, 1)
    assert opened.paused <= 1.0


async def test_a_state_without_a_word_is_never_acted_on() -> None:
    odd = replace(PAID, status="unknown", raw_status="HOLD")

    async def read() -> Order:
        return odd

    def write(_: Order) -> Awaitable[Outcome | None]:
        raise AssertionError("nothing may be written")

    with pytest.raises(SourceUnavailable):
        await act_on(read, write, CANCEL)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("浙江省杭州市西湖区文三路 1 号", ("浙江省", "杭州市", "西湖区文三路1号")),
        ("上海市浦东新区世纪大道100号", ("上海市", "", "浦东新区世纪大道100号")),
        ("新疆维吾尔自治区乌鲁木齐市天山区1号", ("新疆维吾尔自治区", "乌鲁木齐市", "天山区1号")),
        ("威海市环翠区2号", ("", "威海市", "环翠区2号")),
        ("幸福小区 3 栋 501", ("", "", "幸福小区3栋501")),
        ("", ("", "", "")),
    ],
)
def test_an_address_is_split_without_losing_a_letter(address: str, parts: tuple[str, str, str]) -> None:
    assert split_address(address) == parts
    assert "".join(parts) == "".join(address.split())
