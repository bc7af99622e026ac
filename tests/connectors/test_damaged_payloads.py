"""A payload with one damaged field is read, or refused with the one error; nothing else escapes."""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.connectors.fakes import (
    douyin,
    generic,
    jd,
    jushuitan,
    pinduoduo,
    shopify,
    taobao,
    wangdian,
    weixin_shop,
    youzan,
)
from tests.connectors.world import WORLD

from xiaoer.connectors.erp.jushuitan.mapping import to_order as from_jushuitan
from xiaoer.connectors.erp.wangdian.mapping import to_order as from_wangdian
from xiaoer.connectors.payload import reading
from xiaoer.connectors.shops.douyin.mapping import to_order as from_douyin
from xiaoer.connectors.shops.generic.mapping import to_order as from_generic
from xiaoer.connectors.shops.jd.mapping import to_order as from_jd
from xiaoer.connectors.shops.pinduoduo.mapping import to_order as from_pinduoduo
from xiaoer.connectors.shops.shopify.mapping import to_order as from_shopify
from xiaoer.connectors.shops.taobao.mapping import to_order as from_taobao
from xiaoer.connectors.shops.weixin_shop.mapping import to_order as from_weixin
from xiaoer.connectors.shops.youzan.mapping import to_order as from_youzan
from xiaoer.kernel.commerce import Order
from xiaoer.kernel.errors import SourceUnavailable

_WRITERS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Order]]] = {
    "taobao": (taobao.order_payload, from_taobao),
    "jd": (jd.order_payload, from_jd),
    "pinduoduo": (pinduoduo.order_payload, from_pinduoduo),
    "douyin": (douyin.order_payload, from_douyin),
    "weixin_shop": (weixin_shop.order_payload, from_weixin),
    "youzan": (
        youzan.order_payload,
        lambda p: from_youzan({**p["full_order_info"], "refund_order": p["refund_order"]}),
    ),
    "shopify": (shopify.order_payload, from_shopify),
    "generic": (generic.order_payload, from_generic),
    "jushuitan": (jushuitan.order_payload, from_jushuitan),
    "wangdian": (wangdian.order_payload, lambda p: from_wangdian(p, "5003")),
}
_JUNK = st.sampled_from(
    [
        None,
        "",
        "十块",
        "NaN",
        -1,
        1e300,
        "9" * 400,
        [],
        {},
        [None],
        [[]],
        {"a": []},
        True,
        "2026-13-45",
        "\ud800",
        10**30,
    ]
)


def _places(payload: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inner = payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    for key, value in inner:
        yield from _places(value, (*path, key))


@pytest.mark.parametrize("name", _WRITERS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_one_damaged_field_gives_an_order_or_the_one_error(name: str, data: st.DataObject) -> None:
    write, read = _WRITERS[name]
    payload = copy.deepcopy(write(WORLD.orders[data.draw(st.sampled_from(["5002", "5003", "5006"]))]))
    *way, last = data.draw(st.sampled_from(list(_places(payload))))
    target = payload
    for step in way:
        target = target[step]
    target[last] = data.draw(_JUNK)
    refused, order = "", None
    try:
        with reading(name):
            order = read(payload)
    except SourceUnavailable as problem:
        refused = problem.detail
    assert name in refused if order is None else order.created_at.tzinfo is not None


_AMOUNT = re.compile(r"^\d+\.\d{2}$")


def _drifted(value: Any) -> Any:
    """The payload with every amount as a system sends it that computes in floating point (158.99999999999)."""
    if isinstance(value, dict):
        return {name: _drifted(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_drifted(one) for one in value]
    if isinstance(value, str) and _AMOUNT.match(value):
        return float(value) - 1e-11
    return value


@pytest.mark.parametrize("name", _WRITERS)
@pytest.mark.parametrize("order_id", ["5002", "5003", "5004", "5006"])
def test_amounts_that_drifted_in_floating_point_read_to_the_same_fen(name: str, order_id: str) -> None:
    write, read = _WRITERS[name]
    payload = write(WORLD.orders[order_id])
    assert read(_drifted(copy.deepcopy(payload))) == read(payload)


@pytest.mark.parametrize("name", _WRITERS)
def test_a_state_that_nobody_described_is_kept_raw_and_never_guessed(name: str) -> None:
    write, read = _WRITERS[name]
    found = read(write(WORLD.orders[WORLD.odd_order]))
    assert found.status == "unknown"
    assert found.raw_status, "agents see the platform's own word"
