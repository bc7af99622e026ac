"""After-sales of other systems keep their own stage: nothing is called paid back before the platform says so."""

import pytest

from xiaoer.connectors.erp.jushuitan.mapping import to_refund as from_jushuitan
from xiaoer.connectors.shops.douyin.mapping import to_order as from_douyin
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
