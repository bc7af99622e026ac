"""What a rehearsal asks a source twice, it asks once."""

from typing import Any

from xiaoer.app.rehearsing import Remembered


class Shelf:
    """A source that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def prices(self, *ids: Any, among: Any = ()) -> int:
        self.asked += 1
        return self.asked


async def test_the_same_arguments_are_asked_for_once_lists_and_sets_too() -> None:
    shelf = Shelf()
    known = Remembered(shelf)
    first = await known.prices(["P1", ["P2"]], among={"a", "b"})
    assert await known.prices(["P1", ["P2"]], among={"b", "a"}) == first
    assert await known.prices(["P1", ["P3"]], among={"a", "b"}) != first
    assert shelf.asked == 2
