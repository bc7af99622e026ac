# ruff: noqa: E501  patterns read better unbroken
"""Short remarks (短话): what a few words mean at this point of the talk.

「那算了不要了」 after haggling is leaving, not the cancelling of an order; 「那M呢」 after a question about the cloth, which
is the same in every size, asks whether there is an M; 「还有别的吗」 after a list wants another list.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.heard import Segment
from xiaoer.kernel.turn import Turn

_LEAVES = re.compile(
    r"^(?:那|那就|还是|哎|唉|行吧?|好吧|嗯)*(?:算了|不要了|不买了|不考虑了?|不需要了?|再(?:看看|想想|考虑|说|转转|逛逛)|我?先看看|看看再说|买不起)+"
    r"(?:吧|了|啊|哦|呗|罢|我|太贵|不要|不买|别家|去|看看|再说|谢谢|拜拜|再见|[,。.!~ ，！])*$"
)
# What every variant of a product shares: asked with a size or colour, it is the variant itself that is meant.
_SHARED = frozenset({"product.quality", "product.material", "product.usage", "product.authenticity", "product.detail",
                     "product.warranty", "product.package", "product.safety"})  # fmt: skip
_BARE_VARIANT = re.compile(
    r"^(?:那|那么|还|有没?有?|有木有|要|换|的|码|号|色|款|个|这|件|呢|吗|么|嘛|不|没|[?？\s]|〔〕)*$"
)
_OTHERS = re.compile(
    r"^(?:那|那么|就)?(?:还有|有没有|有木有|还有没有|有|换|看看|要)(?:点|个|一?些)?(?:别的|其他|其它|另外|便宜)(?:的|款|点|些|一点|一些)*(?:么|吗|没|不|呢|推荐|看看|的|[?？])*$"
)
_BEFORE_BUYING = ("product.", "promo.", "price.", "ship.fee")


def read(segment: Segment, turn: Turn) -> Segment:
    """The segment as this point of the talk makes it; unchanged when its words say enough by themselves."""
    text = segment.text.strip()
    if _LEAVES.match(text) and _last_matter(turn).startswith(_BEFORE_BUYING):
        return replace(segment, intent="chat.bye", confidence=0.9, by="wording")
    named = [word for word in (segment.entities.size, segment.entities.color) if word]
    if segment.by == "context" and segment.intent in _SHARED and named and _is_bare(text, named):
        return replace(segment, intent="product.stock", confidence=0.8, by="wording")
    return segment


def is_others(text: str) -> bool:
    """Whether these words want other products than those shown."""
    return _OTHERS.match(text.strip()) is not None


def _last_matter(turn: Turn) -> str:
    """The business that the buyer asked about last; "" when there was none."""
    said = (code for past in reversed(turn.history) if past.author == "buyer" for code in reversed(past.intents))
    return next((code for code in said if not code.startswith(("chat.", "oos."))), "")


def _is_bare(text: str, named: list[str]) -> bool:
    for word in named:
        text = re.sub(re.escape(word.removesuffix("色")), "", text, flags=re.IGNORECASE)
    return bool(_BARE_VARIANT.match(text))
