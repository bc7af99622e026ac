"""How an agent's message leaves the matter (悬而未决): settled, as far as it says, or with something still to happen.

Three ways of leaving it open are told apart, the first that fits: `asks` (the buyer is to tell something, to try, or to
go somewhere else: nothing is solved before he does), `later` (somebody will look into it and come back), `sorry`
(an apology and no more). Words are those of the trade, not of any one shop; the benchmark on real dialogues tells how
well they do.
"""

import re
from collections.abc import Sequence

from xiaoer.kernel.heard import COURTESY, THANKS

LEAVES = ("asks", "later", "sorry")
_ASKS = re.compile(
    "私信|私聊|提供(一?下)?.{0,12}(号|单|地址|信息|联系|截图|照片|视频|型号|版本|邮箱|电话|姓名)|(发|留)(一?下|给我们)?.{0,6}"
    "(号码|单号|截图|照片|图片|邮箱|电话|联系方式)|(请|麻烦|烦请)您?.{0,8}(联系|拨打|致电|咨询|反馈|详细描述|说明|前往|到.{0,8}(店|厅|中心))"
    "|(什么|哪个|哪款|哪里|哪家|多少|怎样|怎么|如何|是否|有没有|能否|方便).{0,14}[?？]|[吗呢么][?？]?\\s*$|[?？]\\s*$"
)
_LATER = re.compile(
    "(会|将|正在|马上|立即|尽快|尽早|已经?).{0,10}(反馈|转达|转交|上报|反映|核实|核查|查询|处理|跟进|跟踪|安排|催促|联系您|回复|回电|记录|改进)"
    "|(稍后|稍候|稍等|耐心等|请等|后续|届时|第一时间|工作日内|小时内|个工作日)|(有了?(结果|进展|消息))"
)
_SORRY = re.compile("抱歉|对不起|不好意思|见谅|谅解|歉意|遗憾")


def leaves_of(text: str) -> str:
    """One of LEAVES, or "" when the message leaves nothing open."""
    said = text.strip()
    if _ASKS.search(said):
        return "asks"
    if _LATER.search(said):
        return "later"
    return "sorry" if _SORRY.search(said) and len(said) < 60 else ""


_OFFERS = re.compile(
    "满\\s*\\d+.{0,3}减|立减|减\\s*\\d+|便宜\\s*\\d+|\\d\\s*折|(?<!没)(?<!没有)(?:领|送|发|给|用|有)[^，。！!？?没不]{0,6}(?:券|红包|优惠|赠品|礼品|返现)"
    "|(?<!不)(?<!没有)包邮|推荐|凑单|到手价?\\s*\\d|活动价|会员价|(?:看看|试试|考虑)[^，。]{0,6}(?:这款|这个|那款|套装)"
)


def offers_of(text: str) -> bool:
    """Whether an agent's words hold an offer: something off, something given, or something else to buy."""
    return bool(_OFFERS.search(text))


def asks_for_nothing(intents: Sequence[str], answer: str) -> bool:
    """Whether a buyer's words of these intents end the matter after `answer`, the last words of a person.

    Thanks and a goodbye do. A bare 好的 does not where the answer asked something or promised to come back: then it
    says yes, and he waits.
    """
    said = set(intents)
    if not said or not said <= THANKS | COURTESY:
        return False
    return said != {"chat.ack"} or leaves_of(answer) not in ("asks", "later")
