"""Stored promotions: snapshot, import, and coupons that never go above their budget."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct

from xiaoer.infra.clock import ManualClock
from xiaoer.infra.db import Database
from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.errors import NotFound
from xiaoer.kernel.ids import BuyerId, ShopId
from xiaoer.kernel.money import Money
from xiaoer.slices.promotions import store
from xiaoer.slices.promotions.direct import DirectPrices
from xiaoer.slices.promotions.service import CouponRefused, Promotions, PromotionSink
from xiaoer.slices.promotions.types import BuyerFacts, Cart, CartLine
from xiaoer.slices.promotions.views import view_quote

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
BUYER = BuyerId("b-1")
AB = Cart((CartLine("A", 1, Money(29_900)), CartLine("B", 1, Money(15_900))))


@pytest.fixture
def service(db: Database, clock: ManualClock) -> Promotions:
    return Promotions(db, clock)


def cut(id: str = "cut", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": "满400减50",
        "level": "shop_activity",
        "benefit": "amount_off",
        "starts_at": "2026-06-01 00:00",
        "ends_at": "2026-07-01 00:00",
        "tiers": [{"threshold": "400.00", "benefit": "50.00"}],
        **more,
    }


def ticket(id: str = "t", **more: Any) -> dict[str, Any]:
    tiers = [{"threshold": "300.00", "benefit": "20.00"}]
    return cut(id, **{"name": "券满300减20", "level": "shop_coupon", "tiers": tiers, "coupon": {"code": "JUN"}, **more})


async def test_a_saved_promotion_counts_at_once_and_for_its_shop_only(service: Promotions, shop: ShopId) -> None:
    assert (await service.quote(shop, AB)).payable.yuan == "458.00"
    await service.save(shop, cut())
    assert (await service.quote(shop, AB)).payable.yuan == "408.00"
    assert (await service.quote(ShopId(f"{shop}-2"), AB)).payable.yuan == "458.00"
    await service.set_enabled(shop, "cut", False)
    assert (await service.quote(shop, AB)).payable.yuan == "458.00"
    with pytest.raises(NotFound):
        await service.set_enabled(shop, "none", True)


async def test_what_a_piece_costs_everybody_follows_the_promotions_in_force(
    service: Promotions, clock: ManualClock, shop: ShopId
) -> None:
    direct, product = DirectPrices(service, clock), Product("P", "衬衫", "服装")
    shirts = [Variant(id, "P", Money(10_000), stock=5) for id in ("A", "B")]

    async def told() -> list[str]:
        return [variant.pays.yuan for variant in await direct(shop, product, shirts)]

    tiers = [{"threshold": "1", "benefit": 9000}]
    off = {
        "level": "item",
        "benefit": "percent_off",
        "threshold": "none",
        "tiers": tiers,
        "ends_at": "2026-06-19 00:00",
    }
    clock.advance(NOW - clock.now())
    assert await told() == ["100.00", "100.00"]
    await service.save(shop, cut(**off, scope={"skus": ["A"]}))
    assert await told() == ["90.00", "100.00"]
    await service.save(shop, cut(**off | {"tiers": [{"threshold": "1", "benefit": 8000}]}))
    assert await told() == ["80.00", "80.00"]
    clock.advance(timedelta(days=1))
    assert await told() == ["100.00", "100.00"]


async def test_a_stored_promotion_reads_back_as_it_was(service: Promotions, shop: ShopId) -> None:
    written = cut(scope={"categories": ["服装"]}, audience={"kind": "tag", "tags": ["x"]}, cap="9.90", budget_left=100)
    saved, warnings = await service.save(shop, written)
    assert (await service.get(shop, "cut"), warnings) == (saved, [])


async def test_the_mode_is_the_channels_unless_named(service: Promotions, shop: ShopId) -> None:
    tiers = [{"threshold": "400.00", "benefit": "100.00"}]
    await service.save(shop, cut(tiers=tiers))
    await service.save(shop, ticket(tiers=[{"threshold": "380.00", "benefit": "20.00"}]))
    await service.issue(shop, "t", BUYER)
    buyer = BuyerFacts(BUYER)
    assert (await service.quote(shop, AB, buyer=buyer)).payable.yuan == "338.00"
    assert (await service.quote(shop, AB, buyer=buyer, channel="jd")).payable.yuan == "358.00"
    assert (await service.quote(shop, AB, buyer=buyer, channel="jd", mode="parallel")).payable.yuan == "338.00"


async def test_named_coupons_are_used_and_no_others(service: Promotions, shop: ShopId) -> None:
    await service.save(shop, ticket())
    await service.issue(shop, "t", BUYER)
    buyer = BuyerFacts(BUYER)
    assert (await service.quote(shop, AB, buyer=buyer, coupons=())).payable.yuan == "458.00"
    assert (await service.quote(shop, AB, buyer=buyer, coupons=("JUN",))).payable.yuan == "438.00"
    assert (await service.quote(shop, AB, coupons=("JUN",))).payable.yuan == "438.00"
    unknown = await service.quote(shop, AB, coupons=("NOPE",))
    assert (unknown.payable.yuan, [m.reason for m in unknown.not_applied if m.coupon_id]) == (
        "458.00",
        ["coupon_unknown"],
    )


class Row(Struct, frozen=True):
    id: str
    data: dict[str, Any]


async def test_an_import_replaces_by_id_and_moves_the_revision(service: Promotions, db: Database, shop: ShopId) -> None:
    sink, row = PromotionSink(), Row("cut", cut())
    assert sink.check(row) is None
    assert "level：只能是" in (sink.check(Row("cut", cut(level="vip"))) or "")
    await db.write(lambda c: sink.upsert(c, shop, [(row, "h1")], NOW))
    assert await db.read(lambda c: sink.existing_hashes(c, shop, ["cut", "other"])) == {"cut": "h1"}
    before = await db.read(lambda c: store.revision(c, shop))
    tiers = [{"threshold": "400.00", "benefit": "60.00"}]
    await db.write(lambda c: sink.upsert(c, shop, [(Row("cut", cut(tiers=tiers)), "h2")], NOW))
    assert await db.read(lambda c: store.revision(c, shop)) == before + 1
    assert (await service.quote(shop, AB)).payable.yuan == "398.00"


async def test_offers_name_what_runs_for_a_product(service: Promotions, shop: ShopId) -> None:
    await service.save(shop, cut(title="全店满400减50"))
    await service.save(shop, cut("sku", scope={"skus": ["V1"]}, priority=1))
    await service.save(shop, cut("over", ends_at="2026-06-18 20:00"))
    offers = await service.offers(shop, product_id="P1", variant_ids=["V1"])
    assert [offer.id for offer in offers] == ["sku", "cut"]
    assert [offer.title for offer in await service.offers(shop, product_id="P2", variant_ids=["V2"])] == [
        "全店满400减50"
    ]


async def _try_issue(service: Promotions, shop: ShopId, buyer: str, **more: Any) -> str:
    try:
        await service.issue(shop, "t", BuyerId(buyer), **more)
    except CouponRefused as refused:
        return refused.reason
    return "issued"


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"budget_left": "250.00"}, "budget_exhausted"), ({"coupon": {"total": 12}}, "sold_out")],
    ids=["money", "number"],
)
async def test_many_issuers_never_go_above_the_budget(
    service: Promotions,
    open_db: Callable[[], Database],
    clock: ManualClock,
    shop: ShopId,
    limits: dict[str, Any],
    reason: str,
) -> None:
    await service.save(shop, ticket(**limits))
    twin = Promotions(open_db(), clock)  # as a second process: a writer of its own
    outcomes = await asyncio.gather(*(_try_issue(service if i % 2 else twin, shop, f"b-{i}") for i in range(80)))
    assert sorted(set(outcomes)) == sorted({"issued", reason})
    assert outcomes.count("issued") == 12
    if "budget_left" in limits:
        assert (await service.get(shop, "t")).budget_left == Money(1_000)


async def test_one_buyer_in_many_windows_gets_his_share_once(
    service: Promotions, open_db: Callable[[], Database], clock: ManualClock, shop: ShopId
) -> None:
    await service.save(shop, ticket(per_user_limit=1))
    twin = Promotions(open_db(), clock)
    outcomes = await asyncio.gather(*(_try_issue(service if i % 2 else twin, shop, "b-1") for i in range(30)))
    assert (outcomes.count("issued"), outcomes.count("user_limit")) == (1, 29)


async def test_a_repeated_request_issues_one_coupon(service: Promotions, shop: ShopId) -> None:
    await service.save(shop, ticket(budget_left="40.00"))
    first = await service.issue(shop, "t", BUYER, coupon_id="req-1")
    assert await service.issue(shop, "t", BUYER, coupon_id="req-1") == first
    assert (await service.get(shop, "t")).budget_left == Money(2_000)
    with pytest.raises(CouponRefused, match="id_taken"):
        await service.issue(shop, "t", BuyerId("b-2"), coupon_id="req-1")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (ticket(ends_at="2026-06-18 20:00"), "ended"),
        (ticket(coupon={"valid_to": "2026-06-18 20:00"}), "ended"),
        (ticket(enabled=False), "disabled"),
        (cut("t"), "not_a_coupon"),
        (ticket(benefit="percent_off", tiers=[["300", 9000]], budget_left="99.00"), "cost_unknown"),
        (ticket("other"), "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_cannot_be_issued_is_refused(
    service: Promotions, shop: ShopId, written: dict[str, Any], reason: str
) -> None:
    await service.save(shop, written)
    assert await _try_issue(service, shop, "b-1") == reason


async def test_a_coupon_is_claimed_used_once_and_given_back(
    service: Promotions, shop: ShopId, clock: ManualClock
) -> None:
    await service.save(shop, ticket())
    made = await service.issue(shop, "t", BUYER, claimed=False)
    buyer = BuyerFacts(BUYER)
    assert (await service.quote(shop, AB, buyer=buyer)).payable.yuan == "458.00"
    await service.claim(shop, made.id, BUYER)
    assert (await service.quote(shop, AB, buyer=buyer)).payable.yuan == "438.00"
    with pytest.raises(CouponRefused):
        await service.use(shop, made.id, BuyerId("b-2"), "O1")
    outcomes = await asyncio.gather(
        *(service.use(shop, made.id, BUYER, f"O{i}") for i in range(5)), return_exceptions=True
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    used = await service.quote(shop, AB, buyer=buyer)
    assert (used.payable.yuan, [m.reason for m in used.not_applied]) == ("458.00", ["coupon_used"])
    await service.give_back(shop, made.id, BUYER)
    assert (await service.quote(shop, AB, buyer=buyer)).payable.yuan == "438.00"
    clock.advance(timedelta(days=30))
    with pytest.raises(CouponRefused):
        await service.use(shop, made.id, BUYER, "O9")


async def test_what_expires_unused_gives_its_budget_back(service: Promotions, shop: ShopId, clock: ManualClock) -> None:
    await service.save(shop, ticket(budget_left="60.00"))
    kept = await service.issue(shop, "t", BUYER)
    await service.issue(shop, "t", BUYER, valid_to=NOW + timedelta(days=1))
    await service.issue(shop, "t", BUYER, valid_to=NOW + timedelta(days=1))
    assert (await service.get(shop, "t")).budget_left == Money(0)
    clock.advance(timedelta(days=1))
    assert await service.expire(shop) == 2
    assert await service.expire(shop) == 0
    assert (await service.get(shop, "t")).budget_left == Money(4_000)
    assert [c.id for c in await service.held(shop, BUYER) if c.state == "claimed"] == [kept.id]


async def test_the_api_sees_yuan_as_decimal_strings(service: Promotions, shop: ShopId) -> None:
    await service.save(shop, cut())
    await service.save(shop, ticket(tiers=[{"threshold": "500.00", "benefit": "60.00"}]))
    got = view_quote(await service.quote(shop, AB, coupons=("t",)))
    assert (got.payable, got.freight, got.source, got.mode) == ("408.00", "0.00", "engine", "parallel")
    assert [(x.base, x.paid) for x in got.lines] == [("299.00", "266.36"), ("159.00", "141.64")]
    assert [(x.promotion_id, x.amount, x.level) for x in got.applied] == [("cut", "50.00", "shop_activity")]
    assert [(x.promotion_id, x.reason, x.gap) for x in got.not_applied] == [("t", "below_threshold", "42.00")]
    assert [(x.promotion_id, x.gap, x.saving) for x in got.next_steps] == [("t", "42.00", "60.00")]
