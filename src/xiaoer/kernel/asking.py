"""Words that ask (问句): whether something is asked at all, and the thing asked for by name in 有竹笛吗, 有没有儿童款.
Pure; the words as they were typed."""

import re
from functools import lru_cache

# words that ask, of any matter
QUESTION = re.compile(
    r"[?？]|[吗嘛么不没否](?:\W|$)|(.)[不没]\1|能不能|可不可以|怎么|咋|如何|多[久长高重大宽远粗深厚]|几(?![百十千乎])|哪|啥|什么|多少|谁|还是"
)
# words that ask, point or join, and tell nothing of what is asked
SAYS_NOTHING = re.compile(
    r"请问|你们|店里|帮我|给我|怎么样|怎么|怎样|咋样|咋|为什么|什么|啥|哪[个种款些里儿]?|多少|多久|多大|多长|几|"
    r"能不能|会不会|是不是|有没有|可不可以|可以|应该|这[个款种件样]?|那[个款种件样]?|一下|一点|自己|东西|时候|问题|知道|"
    r"[的了吗呢吧啊呀不没能会要有无是我你您他她它咱用到在和跟与还都也就再得着过给把被让起来去上下里外出点啦么嘛哦噢哈嗯吧第于以及或者很太好最更但而且]"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BEFORE = r"^(?:请问|你们?家?|咱家|店里|那|还|这[款个件]?)*"
_THING = r"([\u4e00-\u9fff]{2,6}?)(?:款|版)?"
_IS_THERE = (
    re.compile(rf"{_BEFORE}(?:有没有|有木有|有卖|有|卖){_THING}(?:卖)?(?:吗|没有?|不|么|卖)(?:\W|$)"),
    re.compile(rf"{_BEFORE}(?:有没有|有木有|卖不卖){_THING}(?:卖|啊|呀|呢)*\W*$"),
    re.compile(rf"{_BEFORE}{_THING}(?:有没有|有木有|卖不卖)(?:卖|啊|呀|呢)*\W*$"),
)

# What goods have, prove or do, and what no shop sells by itself: papers, tests, functions.
_OF_GOODS = re.compile(
    r"(?:证书?|许可|执照|批文|批号|备案号?|资质|专利|报告|检测|检验|测试|质检|标准|标识|成分表|功能|功效|效果|作用|设计|性能|"
    r"异味|味道|气味|噪音|副作用|色差|弹性|质保|保修|保质期)$"
)


# somebody wants goods, or asks whether there are any: 有没有, 想买, 推荐个, 来双
_WANTED = re.compile(
    r"有没有|有木有|有冇|有没得|有得|有卖|[有卖].{0,12}[吗么没不]|卖不卖|(?:想|要|我要|想要)买|想要|我要|买[个双条件台]|推荐|求|"
    r"[来要][个双条件台]|[给帮]我?找|找[个双条件台]"
)


def wants_goods(text: str) -> bool:
    """Whether the words may want goods of some kind, or ask if there are any."""
    return _WANTED.search(text) is not None


@lru_cache(maxsize=64)  # asked of one question by many rules
def telling_letters(text: str) -> frozenset[str]:
    """The Han characters of a question that tell what it is about."""
    return frozenset(_HAN.findall(SAYS_NOTHING.sub(" ", text)))


def thing_asked_for(text: str) -> str:
    """The thing whose being there is asked; empty when the text asks something else. 「有纯棉的吗」 gives 纯棉的."""
    asked = _asked(text)
    return "" if _OF_GOODS.search(asked) else asked


def asks_of_goods(text: str) -> bool:
    """Whether it is asked if goods have something that is no goods itself (有没有防水认证): a fact, not stock."""
    return bool(_OF_GOODS.search(_asked(text)))


def _asked(text: str) -> str:
    found = next((one for pattern in _IS_THERE if (one := pattern.match(text.strip()))), None)
    return found[1] if found else ""
