"""Carriers: who carries a number, what a code means, and how the query services want to be asked."""

import json
from datetime import timedelta
from urllib.parse import parse_qsl

import httpx2
import pytest
from tests.connectors.fakes import kuaidi100
from tests.connectors.subjects import WorldHints, web_over
from tests.connectors.world import NOW, SHOP, WORLD

from xiaoer.connectors.logistics.carriers import find_carrier, name_of, phone_of
from xiaoer.connectors.logistics.kdniao.mapping import to_shipment as from_kdniao
from xiaoer.connectors.logistics.kdniao.mapping import to_state as kdniao_state
from xiaoer.connectors.logistics.kuaidi100.mapping import to_shipment as from_kuaidi100
from xiaoer.connectors.logistics.kuaidi100.mapping import to_state as kuaidi100_state
from xiaoer.connectors.registry import build
from xiaoer.connectors.spec import Around, NoHints, ParcelHint
from xiaoer.infra.clock import ManualClock
from xiaoer.kernel.errors import SourceUnavailable
from xiaoer.kernel.ids import ShopId


class _SfHints(NoHints):
    async def parcel(self, shop: ShopId, waybill_no: str) -> ParcelHint | None:
        return ParcelHint("顺丰", "5001", "13800138000")


@pytest.mark.parametrize(
    ("name", "number", "carrier"),
    [
        ("圆通速递", "123456789012", "圆通速递"), ("圆通", "123456789012", "圆通速递"), ("yuantong", "1", "圆通速递"),
        ("YTO", "1", "圆通速递"), ("韵达快运", "1", "韵达快递"), ("", "SF1234567890123", "顺丰速运"),
        ("", "JDVB01234567890", "京东快递"), ("", "EA123456789CN", "EMS"), ("", "773123456789012", None),
        ("", "", None), ("自提", "1", None),
    ],
)  # fmt: skip
def test_the_carrier_is_told_by_name_or_by_the_letters_of_the_number(
    name: str, number: str, carrier: str | None
) -> None:
    found = find_carrier(name, number)
    assert (found.name if found else None) == carrier


def test_codes_have_one_meaning_and_unknown_ones_none() -> None:
    assert (name_of("yuantong"), name_of("SF"), name_of("newcarrier")) == ("圆通速递", "顺丰速运", "newcarrier")
    assert (kuaidi100_state("304"), kuaidi100_state("5"), kuaidi100_state("99")) == (
        "in_locker", "out_for_delivery", "unknown",
    )  # fmt: skip
    assert (kdniao_state("211"), kdniao_state("407"), kdniao_state("")) == ("in_locker", "returning", "unknown")


async def test_a_number_is_not_asked_twice_within_half_an_hour() -> None:
    platform, clock = kuaidi100.platform(WORLD), ManualClock(NOW)  # this platform locks a number asked twice
    web = web_over(httpx2.ASGITransport(platform.app), clock)
    source = build("kuaidi100", platform.settings, Around(web, clock, WorldHints()))
    first = await source.track(SHOP, "YT1234567890123")
    clock.advance(timedelta(minutes=29))
    assert await source.track(SHOP, "YT1234567890123") == first
    clock.advance(timedelta(minutes=1))
    with pytest.raises(SourceUnavailable):
        await source.track(SHOP, "YT1234567890123")


async def test_a_carrier_that_nobody_knows_is_not_guessed() -> None:
    platform = kuaidi100.platform(WORLD)
    for name in ("kuaidi100", "kdniao"):
        settings = {"business_id": "1", "app_key": "k"} if name == "kdniao" else platform.settings
        web = web_over(httpx2.ASGITransport(platform.app))
        source = build(name, settings, Around(web, ManualClock(NOW), NoHints()))
        with pytest.raises(SourceUnavailable, match="carrier"):
            await source.track(SHOP, "773123456789012")


async def test_a_carrier_that_asks_for_the_phone_gets_it() -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        form = dict(parse_qsl(request.content.decode()))
        asked.append(json.loads(form.get("param") or form["RequestData"]))
        return httpx2.Response(200, json={"result": False, "returnCode": "500", "Success": True, "State": "0"})

    for name, settings in (
        ("kuaidi100", {"customer": "c", "key": "k"}),
        ("kdniao", {"business_id": "1", "app_key": "k"}),
    ):
        source = build(name, settings, Around(web_over(httpx2.MockTransport(answer)), ManualClock(NOW), _SfHints()))
        assert await source.track(SHOP, "SF1234567890123") is None
    assert asked[0]["phone"] == "13800138000"
    assert asked[1]["CustomerName"] == "8000"


async def test_subscribing_asks_for_pushes_and_says_a_refusal() -> None:
    platform = kuaidi100.platform(WORLD)
    around = Around(web_over(httpx2.ASGITransport(platform.app)), ManualClock(NOW), WorldHints())
    source = build("kuaidi100", platform.settings, around)
    assert await source.subscribe("YT1", "圆通", "13800138000", "https://shop.example/push") is None
    refused = build("kuaidi100", {**platform.settings, "key": "another"}, around)
    with pytest.raises(SourceUnavailable, match="601"):
        await refused.subscribe("YT1", "圆通", "13800138000", "https://shop.example/push")
    with pytest.raises(SourceUnavailable, match="carrier"):
        await source.subscribe("1", "自提", "", "https://shop.example/push")


_SCANS = [
    {"time": "2026-03-04 11:00:00", "context": "客户已收货"},
    {"time": "2026-03-03 18:00:00", "context": "已揽收"},
]


@pytest.mark.parametrize(
    ("state", "scan_code", "word"),
    [("3", "", "delivered"), ("304", "", "in_locker"), ("3", "501", "in_locker"), ("777", "", ""), ("", "", "")],
    ids=["state", "finer state", "the scan's own code", "nobody described it", "none"],
)
def test_the_state_of_a_parcel_stands_at_its_newest_scan(state: str, scan_code: str, word: str) -> None:
    scans = [{**_SCANS[0], "statusCode": scan_code}, _SCANS[1]]
    by_100 = from_kuaidi100({"nu": "YT1", "com": "yuantong", "state": state, "data": scans})
    assert [step.state for step in by_100.traces] == ["", word]


@pytest.mark.parametrize(
    ("state", "finer", "action", "word"),
    [
        ("3", "", "", "delivered"),
        ("2", "202", "", "out_for_delivery"),
        ("2", "2", "211", "in_locker"),
        ("9", "", "", ""),
    ],
)
def test_kdniao_states_stand_at_the_newest_scan(state: str, finer: str, action: str, word: str) -> None:
    steps = [{"AcceptTime": row["time"], "AcceptStation": row["context"]} for row in reversed(_SCANS)]
    steps[-1]["Action"] = action
    parcel = from_kdniao(
        {"LogisticCode": "YT1", "ShipperCode": "YTO", "State": state, "StateEx": finer, "Traces": steps}
    )
    assert [step.state for step in parcel.traces] == ["", word]


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("13800138000", "13800138000"),
        ("138****8000", "8000"),
        ("", ""),
        ("~AgAAAAOwdPsDEtQUA0F8000~", ""),
        ("$$cipher$$8000", ""),
    ],
)
def test_a_hidden_phone_is_asked_by_its_last_digits_and_ciphertext_never(kept: str, told: str) -> None:
    assert phone_of(kept) == told
