"""Needs that are told (说情况): 我怕热, 我家猫挑食, 她喜欢花香, 不要太亮, of who looks at goods.

Nothing is asked, and an answer is expected: what the sheet of the goods in sight says of it. Pure patterns.
"""

import re

from xiaoer.kernel.asking import QUESTION

_LONGEST = 16  # characters
_WHO = (
    r"(?:我|俺|咱|本人|他|她|它|(?:我|俺|咱|她|他)?(?:们)?家?(?:里|的)?(?:有)?(?:个|只|条)?(?:宝宝|娃|孩子|小孩|儿子|女儿|闺女|老人|老公|老婆|媳妇|爸妈?|妈|爷爷|奶奶|婆婆|公公|男朋友|女朋友|对象|"
    r"室友|同事|朋友|闺蜜|弟弟?|妹妹?|哥哥?|姐姐?|猫|狗|狗狗|猫咪|主子|毛孩子)|我家|俺家|咱家|家里|家|宿舍|客厅|卧室|阳台|厨房|书房|房子|办公室|屋里?|房间|我们?这边?|这边|平时|经常)"
)
_STATE = (
    r"(?:有点|比较|特别|很|太|挺|最|就|老是?|总是?|经常|平时|容易|一直|都|也|会|还)*"
    r"(?:经常|老是|总是|容易|一直|天天|每天|半夜|晚上|(?:才|刚|快|已经|都|就|有)?(?:[\d一二三四五六七八九十两俩仨半]+)(?:口|个|只|条|周)?(?:多|半)?(?:人|岁|月|斤|公斤|猫|狗|娃)|怕|爱(?!你)|喜欢|讨厌|嫌|受不了|不(?:爱|吃|喝|会|能|太|怎么|喜欢|习惯|方便)|没(?!有?(?:货|优惠|活动|收到|发))|有(?!没有|货|吗|优惠|活动)|是(?!不是|正品)|在(?!吗|不)|对.{1,6}过敏|"
    r"皮肤|肤色|嘴唇?|唇|嗓子|后背|屁股|头发|脸|手|脚|胃|牙|眼睛?|耳朵|鼻子|腰|颈椎|膝盖|睡|过敏|血[糖压脂]|挑|吃|用|住|开|骑|跑|出汗|出差|加班|熬夜|掉|胖|瘦|高|矮|小|大|潮|干|热|冷|吵|黑|白|黄|油|敏感|扁平足|近视|怀孕|地方|面积|空间|喂奶|带娃|做饭|爬楼)"
)
_TELLS = re.compile(rf"{_WHO}{_STATE}.{{0,10}}")
_WISHES = re.compile(
    r"(?:最好|希望|要|得|必须|想要|就怕|怕|别|不要|不能|不想要?)(?:能|是|太|会)?[\u4e00-\u9fff]{1,6}(?:的|点|些)?(?:那种|就行|就好)?"
)
_GIVES = re.compile(rf"(?:我|想|要|是)*送(?:给)?{_WHO}(?:的)?(?:[\s,，].{{1,8}})?")
_BED = re.compile(r"(?:我|我家|家里|是|用|睡)*(?:一米[二五八]|[12]\.[0258]米?|两米|1米[258])的?床")
_FOR_WHOM = re.compile(
    rf"(?:是|就是|主要)?(?:给)?{_WHO}(?:自己)?(?:要|来)?(?:睡|用|穿|吃|喝|戴|玩|骑|坐|铺|盖|背|抹|擦)的?"
)
_CAN = re.compile(r"[\u4e00-\u9fff]{2,6}(?:也|都|还)(?:能|可以)[\u4e00-\u9fff]{1,3}的")
_HAS = re.compile(
    r"(?:我|俺|她|他)(?:的|用的|家的)?(?:手机|车)?(?:是)?(?:苹果|iphone|华为|小米|红米|荣耀|oppo|vivo|三星|一加|安卓)[\w\s]{0,10}",
    re.I,
)
# What is wanted of the shop, said of the shop, or of goods that came, is no need.
_NO_NEED = re.compile(
    r"[买拍退换订付寄发催查改加]|下单|收到|到了|知道|明白|客服|你们|店|快递|物流|订单|发票|坏|破|裂|质量|服务|谢|好评|再看|再想|考虑|等|不要了|不要紧|算了|不用|没事|没问题|没有了|喜欢(?:这|你)|好看|很好|不错|满意|放心|辛苦|推荐|链接|便宜|价|钱|贵|优惠|券"
)


def is_need(text: str) -> bool:
    """Whether the words only tell a need or a situation, by which goods are judged."""
    plain = text.strip(" ,，。.!！~")
    if not 2 < len(plain) <= _LONGEST or QUESTION.search(plain) or _NO_NEED.search(plain):
        return False
    if (
        _GIVES.fullmatch(plain)
        or _BED.fullmatch(plain)
        or _CAN.fullmatch(plain)
        or _FOR_WHOM.fullmatch(plain)
        or _HAS.fullmatch(plain)
    ):
        return True
    return _TELLS.fullmatch(plain) is not None or _WISHES.fullmatch(plain) is not None
