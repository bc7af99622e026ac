"""The stage of a parcel is what its last scan says; arrival is an honest estimate or none."""

from datetime import UTC, datetime, timedelta

import pytest

from xiaoer.kernel.commerce import Shipment, TraceStep
from xiaoer.kernel.parcels import Stage, stage_of
from xiaoer.slices.policies.rules.parcels import arrival_of, city_of, is_stuck

_NOW = datetime(2026, 6, 18, 4, tzinfo=UTC)


def _parcel(*scans: tuple[int, str]) -> Shipment:
    """Scans as (hours ago, text), oldest first."""
    return Shipment("YT1", "1", "圆通", tuple(TraceStep(_NOW - timedelta(hours=h), text) for h, text in scans))


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("【杭州市】已揽收", Stage.PICKED_UP),
        ("快件到达【杭州转运中心】", Stage.MOVING),
        ("【上海】快递员张*正在派送", Stage.DELIVERING),
        ("您的快件已签收，签收人：本人", Stage.SIGNED),
        ("已到菜鸟驿站，请凭取件码领取", Stage.STATION),
        ("收件人拒收，快件退回中", Stage.RETURNING),
        ("快件异常，地址不详", Stage.TROUBLE),
        ("已签收，签收人凭取货码签收", Stage.SIGNED),
        ("您的快件已由【3号楼物业】代收", Stage.SIGNED),
        ("快件已由【杭州转运中心】发往【上海转运中心】", Stage.MOVING),
        ("快件已到达【文三路代收点】，请凭取件码及时领取", Stage.STATION),
        ("快件已由【菜鸟驿站】代收，请凭8-2-1002取件码取件", Stage.STATION),
        ("【上海】正在派送，请签收人准备好身份证", Stage.DELIVERING),
    ],
)
def test_the_last_scan_tells_the_stage(text: str, stage: Stage) -> None:
    assert stage_of(_parcel((30, "已揽收"), (1, text))) is stage


@pytest.mark.parametrize(
    ("state", "text", "stage"),
    [
        ("delivered", "客户已收货，感谢使用", Stage.SIGNED),
        ("in_locker", "已投递，服务电话95338", Stage.STATION),
        ("exception", "收方客户改了时间", Stage.TROUBLE),
        ("returned", "已签收，签收人：寄件人", Stage.RETURNING),
        ("awaiting_pickup", "商家已通知快递员上门", Stage.NO_SCAN),
        ("in_transit", "快件滞留，等待中转", Stage.TROUBLE),
        ("in_transit", "已签收", Stage.MOVING),
        ("", "已签收", Stage.SIGNED),
    ],
)
def test_the_carrier_s_code_settles_what_it_names(state: str, text: str, stage: Stage) -> None:
    scans = (TraceStep(_NOW - timedelta(hours=30), "已揽收"), TraceStep(_NOW, text, state))
    assert stage_of(Shipment("YT1", "1", "圆通", scans)) is stage


def test_a_parcel_without_scans_has_no_stage_and_no_arrival() -> None:
    assert stage_of(_parcel()) is Stage.NO_SCAN
    assert arrival_of(_parcel(), _NOW) is None


def test_two_days_without_a_scan_is_stuck_unless_it_has_arrived() -> None:
    assert is_stuck(_parcel((48, "快件到达【杭州转运中心】")), _NOW)
    assert not is_stuck(_parcel((47, "快件到达【杭州转运中心】")), _NOW)
    assert not is_stuck(_parcel((90, "已签收")), _NOW)


def test_out_for_delivery_arrives_today_and_in_the_city_tomorrow() -> None:
    assert arrival_of(_parcel((20, "已揽收"), (1, "正在派送")), _NOW) == _NOW
    near = _parcel((40, "已揽收"), (2, "快件到达【杭州转运中心】"))
    assert arrival_of(near, _NOW, "杭州") == _NOW + timedelta(hours=22)


def test_no_date_is_promised_for_a_stuck_parcel() -> None:
    assert arrival_of(_parcel((72, "快件到达【杭州转运中心】")), _NOW, "杭州") is None


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("浙江省杭州市西湖区文三路1号", "杭州"),
        ("上海市浦东新区", "上海"),
        ("广西壮族自治区南宁市", "南宁"),
        ("火星", ""),
    ],
)
def test_the_city_is_read_from_the_address(address: str, city: str) -> None:
    assert city_of(address) == city
