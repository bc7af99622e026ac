# ruff: noqa: E501  patterns read better unbroken
"""A message that only says the last answer was no help (答非所问, 你理解错了, 说重点, 👎): it asks nothing itself.

Without this, 「不对」 would be looked up as if it were a question about the matter before. A no to something that the bot
has asked (地址对吗？— 不对) is an answer and stays one.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.heard import Heard
from xiaoer.kernel.turn import Turn

_ONLY_A_REPROACH = re.compile(
    r"^(?:你们?|这|都|我|是|说了|可是|但是|拜托|哎|唉|晕|还是|根本|完全|又|老是|总是?|能不能|请|怎么|是不是|机器人?|客服|[,，。!！?？~\s])*"
    r"(?:答非所问|文不对题|牛头不对马嘴|驴唇不对马嘴|鸡同鸭讲|(?:理解|搞|弄|听|看|回答|回|答)错|"
    r"(?:没有?|不)(?:在)?(?:回答|答|听懂|看懂|听明白|理解|明白|懂)(?:到|对|上)?我?(?:的|问的|说的)?(?:问题|意思|话|点上)?|"
    r"不(?:是|对)(?:这个|这样|那个)?(?:意思|问题)?|不是(?:在)?问(?:你)?(?:这个|那个|这些)|(?:听|看|读)不懂(?:人话|中文|我说的|我的话)?|"
    r"说重点|讲重点|等于没(?:说|答)|跟没(?:说|答)一样|废话|没用|没(?:能|有)?帮(?:上|到)(?:我|什么|任何)*忙?|(?:回?答|说)[得的]?(?:都|也)?不对|白问|白说|(?:👎|\[弱\]|\[踩\])+)"
    r"(?:吗|吧|啊|呀|了|的|啦|呢|嘛|哦|[,，。!！?？~\s])*$"
)
# These may as well answer what the bot has asked.
_A_NO = re.compile(r"不(?:是|对)|没用|错")


def hear_reproach(heard: Heard, turn: Turn) -> Heard:
    """The turn as one unsatisfied remark when it is nothing else; a bare no after a question of the bot is its answer."""
    bot = next((past for past in reversed(turn.history) if past.author != "event"), None)
    said = [segment.text.strip() for segment in heard.segments]
    if bot is None or bot.author != "bot" or not said or not all(_ONLY_A_REPROACH.match(text) for text in said):
        return heard
    has_asked = bool(turn.memory.asking) or "ask" in bot.act_types
    if has_asked and any(_A_NO.search(text) for text in said):
        return heard
    first = replace(heard.segments[0], intent="chat.ack", confidence=0.9, by="wording")
    return replace(heard, segments=(first,), satisfied=False)
