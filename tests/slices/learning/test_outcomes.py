"""How two outcomes of a turn differ: what a buyer would notice, and nothing else."""

import pytest
from msgspec import structs

from xiaoer.slices.learning.rules.outcomes import differences
from xiaoer.slices.learning.types import Outcome

SAID = Outcome("130 元给您定下来了，券码 EPP98J62RB89，明天前有效", ("promo.bargain",), "", "", (), True, (13_000,))


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({}, ()),
        ({"text": "130 元给您定下来了，券码 27UAA6BM8NRA，\n明天前有效"}, ()),
        ({"text": "130 元给您定下来了，券码27UAA6BM8NRA，后天前有效"}, ("answer",)),
        ({"text": "没有券", "prices": ()}, ("price", "answer")),
        ({"handoff": "requested", "answered": False}, ("handoff", "lost")),
        ({"entries": ("K1",)}, ("source",)),
    ],
    ids=["same", "another-code", "another-day", "no-price", "handed-over", "another-source"],
)
def test_only_what_a_buyer_notices_is_a_difference(after: dict[str, object], found: tuple[str, ...]) -> None:
    assert differences(SAID, structs.replace(SAID, **after)) == found
