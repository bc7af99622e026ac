"""Words that end all proactive messages (退订): a stop word, or a sentence that is nothing but a wish for no more."""

import re
import unicodedata

_KIND = r"(?:营销|促销|推销|推广|垃圾|骚扰|活动|优惠|任何|这种|这些|那些|所有|什么|你们|的)*"
_NEWS = r"(?:短信|消息|信息|广告|推送|提醒|通知|订阅)"
_OFTEN = r"(?:再|老是?|总是?|天天|一直|乱|要|想|给我|向我|跟我|往我手机)*"
_CLAUSES = (
    r"(?:回复?)?(?:td?)?退订",
    r"(?:回复?)?td",
    r"t|tuiding|unsubscribe|取消订阅",
    rf"(?:别|不要|不用|勿|不许|不准|停止|少){_OFTEN}(?:发|推送|打扰|骚扰|催)(?:我|点|些|付款)*(?:{_KIND}{_NEWS})*",
    rf"(?:别|不|拒绝|拒|停止){_OFTEN}(?:收到?|接收|接到|看到){_KIND}{_NEWS}",
    rf"(?:取消|屏蔽|关闭|关掉|停掉|停止){_KIND}{_NEWS}+",
    r"(?:把|给)?我?(?:拉黑|屏蔽)我?",
)
_ASKED = r"(?:请|麻烦|求你们?|帮我|以后|今后|我|你们|亲)*"
_STOP = re.compile(rf"(?:{_ASKED}(?:{'|'.join(_CLAUSES)})[了吧啊呀呢哈好吗行谢]*)+")
# The same with a word of temper beside it (别给我发营销短信了，烦死了).
_STOP_WITHIN = re.compile(
    r"(?:别|不要|不用|勿|不许|不准|停止|少)(?:老是?|总是?|再|天天|一直)*(?:给我|向我|跟我|往我手机)?(?:乱)?(?:发|推送|推)(?:点|些)?(?:这种|这些|那些|什么)?"
    r"(?:营销|促销|推销|推广|垃圾|骚扰|活动|优惠|广告)*(?:短信|消息|信息|广告|推送)|(?:(?:营销|推销|促销|推广|垃圾|骚扰)(?:短信|消息|信息)|广告(?!词))[^?？吗]{0,8}(?:关掉|取消|停掉|屏蔽|退掉|别再?发)"
)
_SHORT_STOP = 24
_CURSES = re.compile(r"tmd?(?=[\u4e00-\u9fff])|特么的?|他[妈娘]的?|尼玛", re.IGNORECASE)  # 别tm给我发广告了
_PAUSES = re.compile(r"[\s,，.。!！]+")


def is_opt_out(text: str) -> bool:
    """Whether a message, as a whole, is a stop word, or says in few words that no more messages are wanted."""
    bare = _CURSES.sub("", _PAUSES.sub("", unicodedata.normalize("NFKC", text).lower()))
    asks = bare.endswith(("?", "？", "吗", "么")) and not bare.rstrip("?？").endswith(("好吗", "行吗", "可以吗"))
    if len(bare) > _SHORT_STOP:
        return False
    return _STOP.fullmatch(bare) is not None or (not asks and _STOP_WITHIN.search(bare) is not None)
