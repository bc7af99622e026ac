"""What short words about recommended goods mean (换一批, 太贵了, 哪个更适合送礼), whatever the talk before."""

import re

from xiaoer.kernel.heard import Segment

_OTHERS = re.compile(
    r"^(?:那|那么|就)?(?:还有|有没有|有木有|还有没有|有|换|看看|要)(?:点|个|一?些)?(?:别的|其他|其它|另外|便宜)(?:的|款|点|些|一点|一些)*(?:么|吗|没|不|呢|推荐|看看|的|[?？])*$"
)
MORE = re.compile(
    r"^(?:那|嗯|好)?(?:还有(?:没有)?(?:么|吗|没|嘛|不)?|就这些(?:么|吗)?|没(?:有)?(?:别的|其他)(?:的)?了?(?:么|吗)|再来(?:几个|点|一批))[?？。]*$"
)
SORTS = re.compile(
    r"东西|好物|好货|礼|用品|(?:[个款只背]|双肩|斜挎|手提)包(?!装|邮|裹|子)|包包|护肤|化妆|彩妆|零食|吃的|喝的|穿的|用的|玩的|戴的|玩具|好吃|衣服|家电|数码|好的"
)
_VAGUE = re.compile(r"东西|好物|好货|好的|礼品|礼物|礼盒|礼")  # sorts that say nothing of the goods
_DISLIKES = re.compile(
    r"太(?:老气|老土|土|贵|花哨?|素|普通|一般|小|大|重|丑|艳|暗|简单|便宜|幼稚|成熟|俗|单调|常见)|不(?:太|怎么|是很)?(?:喜欢|好看|合适|实用|想要|要这)"
    r"|看不上|没(?:有)?(?:看上|相中|中意)|换(?:个|一?批|几个|别的|点)|拿不出手"
)
_WHICH = re.compile(
    r"哪(?:一)?(?:个|款|件|种|样)[^，。]{0,3}(?:更|比较|最)?(?:适合|合适|好|推荐|值得|实用|划算|拿得出手)"
)
_FILLER = re.compile(
    r"推荐|随便|爆款|热卖|有没有|有吗|有么|什么|啥|哪个|哪款|一款|一个|几款|几个|几样|好点|好的|好用|合适|适合|给我|帮我|麻烦|看看|想买|想要|我要|求|来点|买点|东西|好物|店里|你们|还有|别的|其他|其它|不错|最近|根据|按照|结合|以前|之前|上次|上回|平时|买过|购买记录|购买历史|历史订单|老顾客|老客户|回头客|那些|一起用|呗|咱|搭|配|"
    r"[吗呢吧呀啊么嘛的了点些个款下想要买我你有给挑选看送一卖店]"
)
# goods that are cheaper, not a lower price of these (有便宜点的吗)
_CHEAPER_GOODS = re.compile(
    r"(?:有|来|换|看).{0,4}便宜(?:点儿?|些|一点)的|便宜(?:点儿?|些|一点)的(?:有|呢|吗|么|推荐|看看)|(?:再|更)便宜(?:点儿?|些|一点)的$"
    r"|便宜(?:点儿?|些|一点)的(?!话|价|吧|啊|呀|呗|嘛)[\u4e00-\u9fff]{2,4}$"
)
# 卖不卖电饭煲, 有狗粮吗: whether the shop sells such things at all
_SOLD = re.compile(
    r"^(?:请问|你们家?|你家|店里|这里|咱家|这)*(?:有没有|有木有|有|卖不卖|有卖|卖)(?:卖)?(?P<what>[\u4e00-\u9fff]{2,8}?)(?:卖)?(?<!色)(?<!码)(?<!款)(?:的)?(?:吗|么|没有|没|不)?[?？]*$"
)
_NO_GOODS = re.compile(
    r"货|库存|优惠|活动|券|红包|赠|礼品|发票|运费|保险|修|质保|店|客服|人$|链接|图|视频|说明|[色码号尺折味]|差价|消息|快递|物流|结果|问题|效果|电话|微信|群|会员|积分|包装|盒|袋|贺卡|时间|没有|这|那|别的|其他|便宜|大的|小的|的$|了$"
)

# 便宜的吉他有吗, 有没有好用的蓝牙耳机, 想要粉色的杯子, 要红色的背包有吗: goods of a sort, described
_DESCRIBED = re.compile(
    r"^(?:请问|你们家?|店里|我)*(?:有没有|有木有|有|想要?|要|找|买|想买)?(?:个|条|款|件|双|点)?(?:(?:便宜|实惠|平价|好用|好看|耐用|高档|轻便|入门|性价比高|质量好)(?:点儿?|些|一点)?|[红橙黄绿青蓝紫黑白灰粉棕米咖驼卡杏藏深浅墨]{1,2}色?)的(?!吗|么|没|有)(?P<what>[\u4e00-\u9fff]{1,6}?)(?:有吗|有没有|有么|有不|有|吗|么|没有?|推荐.{0,3}|怎么选)?[?？。！!]*$"
)
_CHEAP = re.compile(r"(?<![太不别])便宜|实惠|平价|划算|性价比|最低价")
_THAN = re.compile(r"比(?P<what>.{1,10}?)(?:再|更)?(?:便宜|实惠)(?:点|些|一点)?的|比(?P<which>.{1,10}?)(?:再|更)便宜")
# a wish of its own turn made cheaper (最好便宜点), no haggling
_RATHER_CHEAP = re.compile(
    r"^(?:最好|尽量|要|希望)(?:是|能)?(?:便宜|实惠|划算|平价)(?:点儿?|些|一点)?的?(?:吧|哈|呗|啊)?[。.!！]*$"
)

_BESIDE = re.compile(r"(?:怎么|咋)(?:搭|配)|(?:搭配?|配)(?:[点个条双件])?(?:什么|啥|哪)|有什么搭|搭配|配套|一起买")
_BESIDE_WHAT = re.compile(
    r"[搭配](?:[点个条双件])?(?:什么|啥|哪(?:[种个款条双件]))(?:样|颜色|款式)?的?(?!好|合适|比较|呢|啊|呀|吧)(?P<what>[\u4e00-\u9fff]{1,4}?)(?=好|合适|比较|搭|[穿戴呢啊呀吧]|\W|$)"
)
# what she bought before is to lead to what else she may like (根据我以前买的推荐几样, 买过的那些还能搭点啥)
_BY_OWN = re.compile(
    r"(?:根据|按照?|照着|结合|看看?|凭).{0,4}(?:我|咱)?.{0,4}(?:买过|买的|购买|订单|历史)"
    r"|(?:我|咱).{0,4}(?:以前|之前|上次|上回|平时|曾经)?(?:买过|买的|买了)(?:的)?(?:那些|这些|东西|几样|啥)"
    r"|购买(?:记录|历史)|(?:老顾客|老客户|回头客|老主顾)"
)
_PUTS_FORWARD = re.compile(r"推荐|搭|配|一起用|适合我|还(?:能|可以)?(?:买|用)(?:点|些)?(?:啥|什么|哪)")
_MEDICINE = re.compile(
    r"药(?:物|品|膏|片|水)?(?=$|[吗么呢有没推能可，。,.!！?？\s])|(?:治疗?|根治|医好)[^，。,]{0,6}(?:病|压|糖|疹|炎|癌|风|癣|疮|失眠|抑郁|便秘|痔)|降(?:血)?[压糖脂]的"
)
# 夏天遮阳的帽子有吗
_HAVE_SUCH = re.compile(
    r"^[\u4e00-\u9fff\d]{1,10}的(?P<what>[\u4e00-\u9fff]{1,5}?)(?:有吗|有没有|有么|有不|有没|有木有)[?？]*$"
)

_GIVES_BACK = re.compile(r"(?:不想?要了|[要想]退掉?|退了吧?)\W*$")


def is_described(text: str) -> bool:
    """Whether goods of a sort are asked for by a quality or a colour (便宜的吉他有吗)."""
    found = _DESCRIBED.match(text.strip()) or _HAVE_SUCH.match(text.strip())
    return found is not None and not _NO_GOODS.search(found["what"])


def than_another(text: str) -> bool:
    """Whether something cheaper than the goods that are named or in sight is wanted (有比这款便宜的吗)."""
    return _THAN.search(text) is not None


def than_what(text: str) -> str:
    """What it shall be cheaper than (比洁面乳便宜的: 洁面乳)."""
    found = _THAN.search(text)
    return (found["what"] or found["which"]) if found else ""


def wants_cheap(text: str) -> bool:
    """Whether what costs least is to come first."""
    return _CHEAP.search(text) is not None


def is_modest(text: str) -> bool:
    """Whether it should not cost much, whatever it is (别太贵)."""
    return wants_cheap(text) or re.search(r"[别不](?:要|能)?太贵", text) is not None


def rather_cheap(text: str) -> bool:
    """Whether these words only say that what is wished should not cost much."""
    return _RATHER_CHEAP.match(text.strip()) is not None


def is_only_a_no(text: str) -> bool:
    """太普通了 and 还有吗 say nothing about the goods that are wanted; 换个红的 does."""
    plain = text.strip()
    return _OTHERS.match(plain) is not None or MORE.match(plain) is not None or plain.startswith(("太", "不好看"))


def is_specific(segment: Segment) -> bool:
    """Whether these words say enough to look for goods: then nothing found is an answer too."""
    told = segment.entities.relation or segment.entities.audience or is_alike(segment.text)
    if by_own_orders(segment.text) and not told:
        return False  # what she bought says what she wants, or nothing does
    return bool(told or SORTS.search(_VAGUE.sub("", segment.text)) or len(left_of(segment.text)) > 1)


def left_of(text: str) -> str:
    """What the words say beyond that something is to be recommended (推荐一款口红: 口红)."""
    return re.sub(r"[^\u4e00-\u9fff]", "", _FILLER.sub("", text))


def asks_beside(text: str) -> bool:
    """Whether something to go with the product in sight is wanted (怎么搭配, 配什么裤子好看)."""
    return _BESIDE.search(text) is not None


def by_own_orders(text: str) -> bool:
    """Whether goods are wanted by what she bought before."""
    return _BY_OWN.search(text) is not None and _PUTS_FORWARD.search(text) is not None


def beside_what(text: str) -> str:
    """The sort of goods that is to go with the product in sight (配什么裤子好看: 裤子); empty when none is named."""
    found = _BESIDE_WHAT.search(text)
    return found["what"] if found else ""


def asks_what_to_do(text: str) -> bool:
    """Whether help is wanted, by goods or without (没电了进不去家门咋办): that there are no such goods is no help."""
    return re.search(r"(?:怎么|咋|如何)(?:办|整|弄|处理|解决)\W*$", text) is not None


def asks_which(text: str) -> bool:
    """Whether one of several is to be named (这两个哪个更适合送礼)."""
    return _WHICH.search(text) is not None


def is_alike(text: str) -> bool:
    """Whether goods like the one in sight are wanted (有类似的吗)."""
    return re.search(r"(?:类似|相似|相近|差不多|平替|同类)(?:[，,]?但是?[^，。]{1,6})?(?:的|款|型)", text) is not None


def asks_about_it(text: str) -> bool:
    """Whether these words ask if the product in sight is good for somebody (送女朋友合适吗)."""
    return re.search(r"(?:送|给).{1,8}?(?:合适|可以|适合|行|好不好|拿得出手)(?:吗|不|么|嘛)", text) is not None


def asks_medicine(text: str) -> bool:
    """Whether something against an illness is wanted (安神的药, 治高血压的), which only medicines may be told to be."""
    return _MEDICINE.search(text) is not None


def is_too_dear(text: str) -> bool:
    """Whether what was shown costs too much for her (太贵了, 有便宜点的吗)."""
    return than_another(text) or re.search(r"(?<![别能要想])太贵|贵了|便宜(?:点|些|一点)", text) is not None


def says_no(text: str) -> bool:
    """Whether these words want something else than what was shown."""
    plain = text.strip()
    others = _OTHERS.match(plain) is not None or MORE.match(plain) is not None
    return others or _DISLIKES.search(text) is not None


def wants_cheaper_goods(text: str) -> bool:
    """Whether other goods are wanted for less, not these at a lower price (便宜点的有吗)."""
    return _CHEAPER_GOODS.search(text) is not None


def asks_if_sold(text: str) -> bool:
    """Whether these words only ask if the shop sells a sort of thing (卖不卖电饭煲)."""
    found = _SOLD.match(text.strip())
    return found is not None and not _NO_GOODS.search(found["what"])


def gives_back(text: str) -> bool:
    """Whether the words end in that the goods are not wanted any more (掉毛掉得厉害，我不想要了)."""
    return _GIVES_BACK.search(text) is not None
