"""One suite per port. Every source passes it: the shop's own rows, each connector, each real shop.

Differences are declared in `Subject.lacks` (the connector's own `lacks`), and a declared lack is tested too.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.connectors.world import SHOP, World

from xiaoer.kernel.commerce import Order, Variant
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.shop_facts import Outcome
from xiaoer.slices.orders.types import OrderAction

ODD_IDS = ["", " ", "../admin", "1 or 1=1", "５００１", "a" * 200, "5001\n", "?*#&="]


@dataclass
class Subject:
    """A source under test and what is true behind it."""

    source: Any
    world: World
    lacks: frozenset[str] = frozenset()
    close: Callable[[], Awaitable[None]] | None = None
    secrets: tuple[str, ...] = field(default=())
    take: Callable[[str], str] | None = None  # gives an order in this state that no other test changes


def _facts(order: Order, lacks: frozenset[str]) -> dict[str, Any]:
    """The parts of an order that answers are built from, less what the platform does not tell."""
    facts: dict[str, Any] = {
        "id": order.id,
        "pay_amount": order.pay_amount,
        "created_at": order.created_at.replace(microsecond=0),
        "items": sorted((i.variant_id, i.title, i.quantity, i.price) for i in order.items),
        "waybills": sorted(parcel.waybill_no for parcel in order.shipments),
    }
    if "line_shares" not in lacks:
        facts["paid"] = sorted((i.variant_id, i.pay_amount) for i in order.items)
    if "buyer_of_order" not in lacks:
        facts["buyer_id"] = order.buyer_id
    if "refunds" not in lacks:
        facts["refunds"] = sorted((refund.order_id, refund.status, refund.amount) for refund in order.refunds)
    return facts


class OrderSourceContract:
    async def test_every_order_comes_back_exactly(self, subject: Subject) -> None:
        for expected in subject.world.orders.values():
            found = await subject.source.order(SHOP, expected.id)
            assert found is not None, expected.id
            lacks = subject.lacks
            assert _facts(found, lacks) == _facts(expected, lacks)
            assert found.status == subject.world.status_of.get(expected.id, expected.status), expected.id

    async def test_an_unknown_order_is_none(self, subject: Subject) -> None:
        assert await subject.source.order(SHOP, subject.world.unknown_order) is None

    @pytest.mark.parametrize("order_id", ODD_IDS)
    async def test_an_odd_order_number_finds_nothing(self, subject: Subject, order_id: str) -> None:
        assert await subject.source.order(SHOP, order_id) is None

    async def test_a_state_nobody_described_is_kept_raw_and_not_guessed(self, subject: Subject) -> None:
        if not subject.world.odd_order:
            pytest.skip("this shop has no such state")
        found = await subject.source.order(SHOP, subject.world.odd_order)
        assert found is not None
        assert (found.status, bool(found.raw_status)) == ("unknown", True)

    async def test_a_buyer_s_orders_come_newest_first_and_only_theirs(self, subject: Subject) -> None:
        buyer_id = next(iter(subject.world.orders.values())).buyer_id
        mine = [order for order in subject.world.orders.values() if order.buyer_id == buyer_id]
        expected = [order.id for order in sorted(mine, key=lambda order: order.created_at)][
            ::-1
        ]  # of one second, the later made first
        if "orders_of" in subject.lacks:
            with pytest.raises(SourceUnavailable):
                await subject.source.orders_of(SHOP, buyer_id)
            return
        assert [order.id for order in await subject.source.orders_of(SHOP, buyer_id)] == expected
        assert [order.id for order in await subject.source.orders_of(SHOP, buyer_id, 2)] == expected[:2]
        assert await subject.source.orders_of(SHOP, subject.world.unknown_buyer) == ()

    async def test_the_phone_ending_opens_an_order_and_nothing_else_does(self, subject: Subject) -> None:
        expected = next(iter(subject.world.orders.values()))
        ending = expected.phone[-4:]
        found = await subject.source.order_with_phone(SHOP, expected.id, ending)
        if "phone" in subject.lacks:
            assert found is None
            return
        assert found is not None
        assert found.id == expected.id
        for wrong in ("0001", "", "8", "*" * 4, ending[1:], f"0{ending}", "８０００"):
            assert await subject.source.order_with_phone(SHOP, expected.id, wrong) is None
        assert await subject.source.order_with_phone(SHOP, subject.world.unknown_order, ending) is None


class ProductSourceContract:
    async def test_products_are_known_by_id(self, subject: Subject) -> None:
        for expected in subject.world.products.values():
            found = await subject.source.product(SHOP, expected.id)
            assert found is not None
            assert (found.id, found.title) == (expected.id, expected.title)
        assert await subject.source.product(SHOP, subject.world.unknown_product) is None

    async def test_several_come_in_the_order_asked_for_without_the_unknown(self, subject: Subject) -> None:
        ids = list(reversed(subject.world.products))
        found = await subject.source.products(SHOP, [ids[0], subject.world.unknown_product, *ids[1:]])
        assert [product.id for product in found] == ids
        assert await subject.source.products(SHOP, []) == ()

    async def test_words_find_the_product_they_stand_in(self, subject: Subject) -> None:
        words, expected = subject.world.search
        if "find" in subject.lacks:
            with pytest.raises(SourceUnavailable):
                await subject.source.find(SHOP, words)
            return
        found = await subject.source.find(SHOP, words)
        assert found[0].product.id == expected
        assert 0 < found[0].score <= 1
        assert len(await subject.source.find(SHOP, words, 1)) == 1
        assert await subject.source.find(SHOP, "  ") == ()


class StockSourceContract:
    def _facts(self, variant: Variant, lacks: frozenset[str]) -> tuple[object, ...]:
        spec = () if "spec_names" in lacks else tuple(sorted(variant.spec.items()))
        return (variant.id, variant.product_id, variant.price, variant.stock, spec)

    async def test_variants_of_a_product_carry_price_stock_and_spec(self, subject: Subject) -> None:
        for product_id in subject.world.products:
            found = await subject.source.variants(SHOP, product_id)
            expected = subject.world.variants_of(product_id)
            assert sorted(self._facts(v, subject.lacks) for v in found) == sorted(
                self._facts(v, subject.lacks) for v in expected
            )
        assert await subject.source.variants(SHOP, subject.world.unknown_product) == ()

    async def test_one_variant_is_known_by_id_and_a_sold_out_one_has_no_stock(self, subject: Subject) -> None:
        for expected in subject.world.variants.values():
            found = await subject.source.variant(SHOP, expected.id)
            assert found is not None
            assert self._facts(found, subject.lacks) == self._facts(expected, subject.lacks)
        assert await subject.source.variant(SHOP, subject.world.unknown_variant) is None


class ShipmentSourceContract:
    async def test_a_parcel_has_its_traces_oldest_first(self, subject: Subject) -> None:
        for expected in subject.world.parcels.values():
            found = await subject.source.track(SHOP, expected.waybill_no)
            assert found is not None
            assert (found.waybill_no, found.carrier) == (expected.waybill_no, expected.carrier)
            if "traces" not in subject.lacks:
                told = [(step.at, step.text) for step in found.traces]
                assert told == [(step.at, step.text) for step in expected.traces]

    async def test_an_unknown_waybill_is_none(self, subject: Subject) -> None:
        assert await subject.source.track(SHOP, subject.world.unknown_waybill) is None


class CustomerSourceContract:
    async def test_buyers_are_known_by_id(self, subject: Subject) -> None:
        for expected in subject.world.buyers.values():
            found = await subject.source.buyer(SHOP, expected.id)
            assert found is not None
            assert (found.id, found.nick, found.phone) == (expected.id, expected.nick, expected.phone)
        assert await subject.source.buyer(SHOP, subject.world.unknown_buyer) is None

    async def test_buyers_are_found_by_the_end_of_their_phone(self, subject: Subject) -> None:
        expected = next(iter(subject.world.buyers.values()))
        ending = expected.phone[-4:]
        if "buyers_by_phone_ending" in subject.lacks:
            with pytest.raises(SourceUnavailable):
                await subject.source.buyers_by_phone_ending(SHOP, ending)
            return
        assert [buyer.id for buyer in await subject.source.buyers_by_phone_ending(SHOP, ending)] == [expected.id]
        assert await subject.source.buyers_by_phone_ending(SHOP, "0001") == ()


class OrderActionsContract:
    """What a buyer confirmed holds afterwards, or is told as it is; the source is an `OrderSource` as well."""

    async def _order(self, subject: Subject, order_id: str) -> Order:
        found = await subject.source.order(SHOP, order_id)
        assert found is not None
        return found  # type: ignore[no-any-return]

    def _take(self, subject: Subject, status: str) -> str:
        assert subject.take is not None
        return subject.take(status)

    async def _needs(self, subject: Subject, kind: str) -> None:
        if kind not in await subject.source.supported(SHOP):
            pytest.skip(f"declared: this system cannot do {kind}")

    async def test_a_paid_order_is_cancelled_once_with_its_money(self, subject: Subject) -> None:
        order_id = self._take(subject, "paid")
        before = await self._order(subject, order_id)
        wanted = OrderAction("a-1", "cancel", order_id, {"reason": "不想要"})
        told = await subject.source.act(SHOP, wanted)
        assert (told.state, told.amount) == ("done", before.pay_amount)
        after = await self._order(subject, order_id)
        assert after.status in ("closed", "refunding", "refunded")
        assert sum(refund.amount.fen for refund in after.refunds) in (0, before.pay_amount.fen)
        again = await subject.source.act(SHOP, wanted)
        assert again.state in ("done", "already")
        assert len((await self._order(subject, order_id)).refunds) == len(after.refunds)
        other = await subject.source.act(SHOP, OrderAction("a-2", "cancel", order_id, {"reason": "不想要"}))
        assert other.state == "already"

    @pytest.mark.parametrize("kind", ["cancel", "change_address", "change_note"])
    async def test_a_shipped_order_is_too_late_and_stays_as_it_is(self, subject: Subject, kind: str) -> None:
        order_id = self._take(subject, "shipped")
        before = await self._order(subject, order_id)
        data = {"address": "浙江省杭州市西湖区文三路 9 号", "note": "放门口", "reason": "不想要"}
        told = await subject.source.act(SHOP, OrderAction(f"b-{kind}", kind, order_id, data))  # type: ignore[arg-type]
        assert told.state == "too_late"
        assert await self._order(subject, order_id) == before

    async def test_a_new_address_is_read_back(self, subject: Subject) -> None:
        await self._needs(subject, "change_address")
        order_id = self._take(subject, "paid")
        data = {"address": "上海市浦东新区世纪大道 100 号 2 楼", "receiver": "李明", "phone": "13712345678"}
        wanted = OrderAction("c-1", "change_address", order_id, data)
        assert (await subject.source.act(SHOP, wanted)).state == "done"
        after = await self._order(subject, order_id)
        assert "".join(after.address.split()).endswith("浦东新区世纪大道100号2楼")
        assert (after.receiver, after.phone[-4:], after.status) == ("李明", "5678", "paid")
        assert (await subject.source.act(SHOP, wanted)).state in ("done", "already")

    async def test_a_note_is_read_back(self, subject: Subject) -> None:
        await self._needs(subject, "change_note")
        order_id = self._take(subject, "paid")
        wanted = OrderAction("d-1", "change_note", order_id, {"note": "请放门卫，勿打电话"})
        assert (await subject.source.act(SHOP, wanted)).state == "done"
        assert "请放门卫，勿打电话" in (await self._order(subject, order_id)).note
        assert (await subject.source.act(SHOP, wanted)).state in ("done", "already")
        assert (await self._order(subject, order_id)).note.count("请放门卫") == 1

    async def test_a_return_is_requested_once(self, subject: Subject) -> None:
        await self._needs(subject, "open_after_sale")
        order_id = self._take(subject, "completed")
        data = {"kind": "return_refund", "reason": "尺码", "amount_fen": "31800", "variant_id": "10021"}
        told = await subject.source.act(SHOP, OrderAction("e-1", "open_after_sale", order_id, data))
        assert (told.state, told.status) == ("done", "pending_review")
        mine = [refund for refund in (await self._order(subject, order_id)).refunds if not refund.is_over]
        assert [(refund.id, refund.kind) for refund in mine] == [(told.no, "return_refund")]
        other = await subject.source.act(SHOP, OrderAction("e-2", "open_after_sale", order_id, data))
        assert (other.state, other.no) == ("already", told.no)
        if "withdraw_after_sale" in await subject.source.supported(SHOP):
            gone = await subject.source.act(SHOP, OrderAction("e-3", "withdraw_after_sale", order_id, {}))
            assert gone.state == "done"
            assert all(refund.is_over for refund in (await self._order(subject, order_id)).refunds)

    async def test_a_coupon_is_issued_once(self, subject: Subject) -> None:
        await self._needs(subject, "issue_coupon")
        data = {
            "buyer_id": next(iter(subject.world.buyers)), "code": "XE-SORRY-1", "title": "满300减20", "off_fen": "2000",
            "least_fen": "30000", "valid_to": "2027-06-30T15:59:59+00:00",
        }  # fmt: skip
        wanted = OrderAction("f-1", "issue_coupon", "", data)
        told = await subject.source.act(SHOP, wanted)
        assert (told.state, told.no) == ("done", "XE-SORRY-1")
        assert (await subject.source.act(SHOP, wanted)).state in ("done", "already")

    async def test_an_order_that_is_not_there_is_refused(self, subject: Subject) -> None:
        for order_id in (subject.world.unknown_order, *ODD_IDS):
            told = await subject.source.act(SHOP, OrderAction("g-1", "cancel", order_id, {}))
            assert told == Outcome("refused"), order_id

    async def test_what_it_cannot_do_is_left_to_people(self, subject: Subject) -> None:
        kinds = await subject.source.supported(SHOP)
        assert kinds
        order_id = self._take(subject, "paid")
        data = {"kind": "refund_only", "reason": "其他", "amount_fen": "100", "note": "x", "address": "x"}
        for kind in {"open_after_sale", "withdraw_after_sale", "issue_coupon"} - kinds:
            assert await subject.source.act(SHOP, OrderAction(f"h-{kind}", kind, order_id, data)) is None  # type: ignore[arg-type]
