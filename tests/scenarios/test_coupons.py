"""A coupon is claimed in a talk: after a yes, once, and only what the shop's own system confirmed is the buyer's."""

from datetime import timedelta
from typing import Any

import pytest
from tests.connectors.world import World
from tests.scenarios.remote import Talk, Wire

from xiaoer.app.wiring import Wiring
from xiaoer.kernel.ids import BuyerId
from xiaoer.kernel.terms import AutoActions

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def offered(talk: Talk, **terms: Any) -> None:
    """Everybody may claim 20 off from 199 on."""
    now = talk.product.clock.now()
    row = {
        "id": "C-20", "name": "满199减20", "level": "shop_coupon", "benefit": "amount_off",
        "starts_at": (now - timedelta(days=1)).isoformat(), "ends_at": (now + timedelta(days=9)).isoformat(),
        "tiers": [{"threshold": "199.00", "benefit": "20.00"}], "coupon": {"code": "LESS20"}, "per_user_limit": 1,
    }  # fmt: skip
    await talk.product.promotions.save(talk.shop, row | terms)


async def claims(talk: Talk) -> list[str]:
    """What is answered to the wish, the yes and a second yes."""
    return [await talk.say(words) for words in ("帮我领一张优惠券", "确认", "确认")]


@pytest.mark.parametrize("connected", [True, False], ids=["in-the-shop's-system", "in-the-own-rows"])
async def test_a_coupon_is_claimed_after_a_yes_and_once(
    product: Wiring, served: tuple[str, World], wire: Wire, connected: bool
) -> None:
    talk = Talk(product)
    await talk.open(served[0], *(("actions",) if connected else ("parcels",)), auto=AutoActions(coupon=True))
    await offered(talk)
    asked, told, _ = await claims(talk)
    assert "满199减20" in asked and "确认" in asked
    assert "领好了" in told
    (held,) = await product.promotions.held(talk.shop, BuyerId("2001"))
    assert (held.promotion_id, held.state) == ("C-20", "claimed")
    assert (await talk.done(), await talk.tickets()) == ([("issue_coupon", "done")], [])
    assert wire.posted == connected


@pytest.mark.parametrize(
    ("trouble", "terms", "posted"),
    [("refuses", {}, 1), ("loses", {}, 3), ("", {"scope": {"items": ["1001"]}}, 0)],
    ids=["refused", "answer-lost", "terms-no-system-knows"],
)
async def test_a_coupon_that_the_shop_does_not_confirm_is_not_the_buyers(
    product: Wiring, served: tuple[str, World], wire: Wire, trouble: str, terms: dict[str, Any], posted: int
) -> None:
    if trouble:
        setattr(wire, trouble, True)
    talk = Talk(product)
    await talk.open(served[0], "actions", auto=AutoActions(coupon=True))
    await offered(talk, **terms)
    _, told, _ = await claims(talk)
    assert "领好了" not in told and "工单" in told
    assert await product.promotions.held(talk.shop, BuyerId("2001")) == (), "no quote counts on it"
    assert (await talk.tickets(), wire.posted) == (["callback"], posted)


async def test_of_a_coupon_that_is_gone_nothing_is_promised(product: Wiring, served: tuple[str, World]) -> None:
    talk = Talk(product)
    await talk.open(served[0], "parcels", auto=AutoActions(coupon=True))
    await offered(talk, budget_left="10.00")
    _, told, _ = await claims(talk)
    assert "领完" in told
    assert await talk.tickets() == []


@pytest.mark.parametrize("words", ["优惠券在哪领", "领过的券怎么用", "有什么券可以领"])
async def test_who_only_asks_about_coupons_claims_none(product: Wiring, served: tuple[str, World], words: str) -> None:
    talk = Talk(product)
    await talk.open(served[0], "parcels", auto=AutoActions(coupon=True))
    await offered(talk)
    assert "确认" not in await talk.say(words)
