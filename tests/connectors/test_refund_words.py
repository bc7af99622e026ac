"""After-sales of other systems keep their own stage: nothing is called paid back before the platform says so, and no
line is worth more than was paid for it."""

import pytest

from xiaoer.connectors.erp.jushuitan.mapping import to_refund as from_jushuitan
from xiaoer.connectors.shops.douyin.mapping import to_order as from_douyin
from xiaoer.connectors.shops.jd.mapping import to_order as from_jd
from xiaoer.connectors.shops.weixin_shop.mapping import to_refund as from_weixin


@pytest.mark.parametrize(
    ("erp", "shop", "word", "over"),
    [
        ("Confirmed", "", "商家已确认，退款处理中", False),
        ("Confirmed", "WAIT_BUYER_RETURN_GOODS", "待买家退货", False),
        ("Confirmed", "SUCCESS", "退款成功", True),
        ("WaitConfirm", "NOT_APPLY", "待商家处理", False),
        ("Cancelled", "", "退款关闭", True),
        ("Somewhere", "", "Somewhere", False),
    ],
)
def test_a_claim_that_the_erp_confirmed_is_not_yet_money(erp: str, shop: str, word: str, over: bool) -> None:
    claim = from_jushuitan({"as_id": 1, "so_id": "5003", "type": "仅退款", "status": erp, "shop_status": shop})
    assert (claim.status, claim.is_over) == (word, over)


@pytest.mark.parametrize(
    ("type_", "kind"), [("0", "return_refund"), ("1", "refund_only"), ("2", "refund_only"), ("3", "exchange")]
)
def test_douyin_tells_an_exchange_from_a_refund(type_: str, kind: str) -> None:
    claim = {"refund_status": 1, "after_sale_type": type_, "after_sale_id": "7001"}
    order = {
        "order_id": "5003",
        "order_status": 5,
        "create_time": 1772679600,
        "sku_order_list": [{"after_sale_info": claim}],
    }
    assert [refund.kind for refund in from_douyin(order).refunds] == [kind]


@pytest.mark.parametrize(
    ("type_", "kind"), [("RETURN", "return_refund"), ("REFUND", "refund_only"), ("EXCHANGE", "exchange")]
)
def test_weixin_tells_an_exchange_from_a_refund(type_: str, kind: str) -> None:
    assert from_weixin({"after_sale_order_id": "7001", "type": type_, "status": "MERCHANT_PROCESSING"}).kind == kind


def test_a_jd_coupon_on_the_whole_order_lowers_what_every_line_was_paid() -> None:
    lines = [
        {"skuId": sku, "skuName": sku, "itemTotal": "1", "jdPrice": price}
        for sku, price in (("A", "100.00"), ("B", "50.00"), ("C", "33.33"))
    ]
    coupons = [{"skuId": "A", "couponPrice": "10.00"}, {"skuId": "", "couponPrice": "20.00"}]
    told = {
        "orderId": "1",
        "orderState": "FINISHED_L",
        "orderStartTime": "2026-03-01 10:00:00",
        "orderPayment": "153.33",
    }
    order = from_jd({**told, "itemInfoList": lines, "couponDetailList": coupons})
    paid = [item.pay_amount.yuan for item in order.items]
    assert paid == ["79.62", "44.23", "29.48"]
    assert sum(item.pay_amount.fen for item in order.items) == order.pay_amount.fen == 15_333
