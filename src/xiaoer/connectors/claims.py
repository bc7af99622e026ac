"""The states of a claim at Taobao in its own words; 聚水潭 hands them on (`shop_status`)."""

TAOBAO_CLAIMS = {
    "WAIT_SELLER_AGREE": "待商家处理",
    "WAIT_BUYER_RETURN_GOODS": "待买家退货",
    "WAIT_SELLER_CONFIRM_GOODS": "待商家收货",
    "SELLER_REFUSE_BUYER": "商家已拒绝",
    "CLOSED": "退款关闭",
    "SUCCESS": "退款成功",
}
