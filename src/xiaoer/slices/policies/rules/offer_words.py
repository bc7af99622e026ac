"""Words about an offer of the shop (活动、券、会员价) and words that ask for less: the first never haggle by
themselves.

「新人是不是还能减10块」 and 「3件8折对吧」 ask what the shop offers to everybody; a lower price that nobody asked for
is money given away. Who says both (用了券还能便宜吗, 老客户了便宜点呗) asks for less.
"""

import re

_NUMBER = r"[\d一二两三四五六七八九十]"
_NAMES_OFFER = re.compile(
    r"新[人客用]|首[单次购]|第一[次单]|老[客顾]|会员|金卡|黑金|vip|券|满减|立减|直降|活动|叠加|同享|积分|津贴|补贴|国补|学生|以旧换新|定金|尾款|拼[单团购]|秒杀|"
    rf"直播|平台|双十[一二]|双1[12]|618|凑单|凑[到够]|(?:这个|那个|有啥|什么|哪些)优惠|满\s*{_NUMBER}+|{_NUMBER}[件个条双套盒包瓶支](?:是|打|就|能)*\s*{_NUMBER}+\s*折|第[二2三3][件个条双份]|(?:现在|今天|目前|已经|这次)(?:便宜|优惠|减|省)了?(?:多少|几)",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(r"(?:是不是|是否|真的假的|[对是真]的?[吧吗么嘛不]\W*$|是真的)")
_FIGURE = re.compile(rf"(?:减|便宜|优惠|折|半价|抵|{_NUMBER}(?:元|块))")
_OFFER_FIGURES = re.compile(r"(?:满\s*\d+\s*)?(?:立|直)?减\s*\d+(?:元|块)?")
_OF_MONEY = re.compile(r"便宜|优惠|[价折钱元块砍贵]|零头|抹零|送")
_LITTLE = r"(?:一?点儿?|一?些|一丢丢)"
_END = r"(?=[吧呗嘛吗么啊呀啦噻撒不可行好成]|我|就[买拍要下入拿收订付]|能不能|$|\W)"
_ASKS_LESS = re.compile(
    rf"(?:便宜|优惠|减|降|让|少){_LITTLE}(?:钱|价)?{_END}|(?:再|还能|还可以|能不能|可不可以)(?:给我?|帮我)?(?:便宜|少|降|低|让|砍|优惠)(?!多|的|货)|"
    r"抹(?:个|掉)?零|零头|凑整|砍(?:价|一刀)|底价|一口价|太贵|卖不卖|(?:元|块|块钱|折|半价|\d)\s*(?:我就|行不行|行[吗么]|卖[吗么不我]|可以吗|成[吗不]|成交|给我)|(?:按|给我|算我)\s*(?:打)?\s*[\d一二三四五六七八九.]+\s*(?:折|元|块)|"
    r"送(?:点|些)(?![给到])|送(?:我|个)(?=[^，。]{0,5}(?:礼|赠|吧|呗))"
)


def asks_less(text: str) -> bool:
    """Whether the words ask for a lower price or a favour, in so many words."""
    return _ASKS_LESS.search(text) is not None


def asks_less_money(text: str) -> bool:
    """The same where the words name money too: 料少点行吗 asks for less of something else."""
    return _OF_MONEY.search(text) is not None and asks_less(text)


def asks_of_offer(text: str) -> bool:
    """Whether the words are of an offer that the shop may have, or want a figure confirmed, and ask for no less."""
    rest = _OFFER_FIGURES.sub("", text)
    named = _NAMES_OFFER.search(text) or (_CONFIRMS.search(text) and _FIGURE.search(text))
    return named is not None and not asks_less(rest)
