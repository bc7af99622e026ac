"""What is to be done at once, by what the buyer tells; nothing for what harms nobody's body."""

import pytest

from xiaoer.slices.policies.first_aid import first_aid


@pytest.mark.parametrize(
    ("red_line", "text", "told"),
    [
        ("injury", "孩子吃了几颗，嘴唇肿起来，喘不上气了", "120"),
        ("injury", "我家猫吃了两天一直吐，喘得厉害", "兽医"),
        ("injury", "小孙子把纽扣电池吞了", "催吐"),
        ("injury", "闺女误吞了一颗珠子", "催吐"),
        ("injury", "卸妆油滴进眼里了，看不清", "清水冲"),
        ("injury", "被电热毯烫伤了，起了水泡", "凉水冲"),
        ("danger", "充电宝放着放着烫手还鼓包", "断开电源"),
        ("injury", "热水壶外壳漏电，摸一下麻手", "断电"),
        ("injury", "开箱被刀口划破手，血止不住", "止血"),
        ("injury", "敷完整张脸红肿发痒", "停用"),
        ("food", "坚果里爬出来一条虫", "包装留着"),
        ("threat", "你们这样逼我，我真的不想活了", "12356"),
        ("complaint", "我要去12315投诉", ""),
        ("threat", "再不处理我就砸了你们店", ""),
        ("fake", "这就是假货", ""),
    ],
)
def test_the_first_minute_has_its_own_advice(red_line: str, text: str, told: str) -> None:
    said = first_aid(red_line, text)
    assert told in said if told else said == ""
