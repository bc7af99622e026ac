"""Words about one buyer's case never become knowledge; words for every buyer do, also when they name an order."""

import pytest

from xiaoer.slices.knowledge.candidates.cases import is_about_one_case, without_stalling


@pytest.mark.parametrize(
    "text",
    [
        "您这单昨天下午发出了，单号YT8812345678901",
        "亲，您的包裹已经到杭州中转站了",
        "已经帮您登记了，会有专员联系您",
        "给您备注好了",
        "这边帮您申请退款了，退您12.5元",
        "您的订单显示还在打包",
        "王女士您好，今天给您补发",
        "收货人：张三 已核对",
        "查到您的物流还在广州",
        "昨天发的，尾号8812",
        "这边帮您备注加急",
        "您订单里有个压缩袋，开不了",
        "给您按最快的方式办了，到账会有短信",
        "帮您加急好了",
        "您的包裹明天到，请注意查收",
        "快递明天就到了",
        "预计后天送到",
        "已经发出了",
        "今晚给您发出去",
        "您那边周三能到",
        "您这单下午发",
        "退款我这边已经通过了，注意查收",
        "已经帮您登记，今天内给您答复",
        "售后申请已同意了",
    ],
)
def test_words_about_one_order_are_a_case(text: str) -> None:
    assert is_about_one_case(text)


@pytest.mark.parametrize(
    "text",
    [
        "付款后48小时内发货，节假日顺延",
        "今天下单明天发货",
        "如果已经发货了就改不了地址",
        "周一到周五正常发货",
        "已发货的订单不能改地址",
        "您的订单签收后7天内可以无理由退货",
        "如果您的包裹显示已签收但没收到，联系我们补发",
        "这款是纯棉的，不会掉色",
        "女士款有S到XL码",
        "发货后可以在订单里查到单号",
        "今天下午四点前付款当天发出",
        "退货运费由买家承担，质量问题我们承担",
        "付款后48小时内给您安排发货",
        "收到破损的话拍照给我们，给您补发",
        "一般会退到您的支付宝，1到3天到账",
        "退款通过后1到3天到账",
        "给您登记后24小时内答复",
    ],
)
def test_words_for_every_buyer_are_none(text: str) -> None:
    assert not is_about_one_case(text)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("帮您查一下", ""),
        ("稍等哦，这款是纯棉的", "这款是纯棉的"),
        ("请您稍等，我看一下", ""),
        ("麻烦提供一下订单号", ""),
        ("您好，我是人工客服，前面的记录我都看到了，马上帮您处理。", "您好"),
        ("您说的情况我看过了，这款不能机洗", "这款不能机洗"),
        ("48小时内发货，请问还有什么可以帮您", "48小时内发货"),
        ("可以的，支持七天无理由", "可以的，支持七天无理由"),
        ("您好，我是小程，帮您核实一下。", "您好"),
        ("我来处理，您稍等我看下订单", ""),
        ("您刚才问的我来处理，前面聊的我都看了，先核对一下，马上回您。", ""),
        ("给您添堵了，很抱歉，这件事我来跟到底。", "给您添堵了，很抱歉"),
        ("快递先核对一下再签收", "快递先核对一下再签收"),
        ("我是小程序下单的价格更低", "我是小程序下单的价格更低"),
    ],
)
def test_clauses_that_only_gain_time_are_left_out(said: str, left: str) -> None:
    assert without_stalling(said) == left
