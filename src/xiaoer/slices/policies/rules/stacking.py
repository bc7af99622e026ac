"""Whether offers go together (能叠加吗, 两张券能一起用不): the engine's own rules, of the kinds that were named."""

import re

from xiaoer.kernel.decision import Source
from xiaoer.kernel.shop_facts import OfferKind, Stacking
from xiaoer.slices.policies.rules.matters.moves import say
from xiaoer.slices.policies.rules.quotes import want
from xiaoer.slices.policies.types import Ask, Move

_INTENTS = ("promo.", "price.", "oos.", "order.pay")
_STACKS = re.compile(
    r"叠|累加|同享|并用|混用|一[起块并道]儿?(?:使|用|享|减)|同时(?:再|也)?(?:使|用|享|减|参加)|(?:还|也)(?:能|可以|可)不?(?:能|可以)?再?(?:用|使|享|减|领|打折)|用[几两俩二三多2-9]张"
)
_KINDS: tuple[tuple[OfferKind, re.Pattern[str]], ...] = (
    ("platform", re.compile(r"跨店|平台(?:的)?(?:券|满减|优惠)|官方立减|购物津贴")),
    ("coupon", re.compile(r"(?<!平台)(?<!平台的)券|优惠码|折扣码")),
    ("activity", re.compile(r"(?<!跨店)满\d*[减折送赠]|第[二2]件|任选|活动(?!价)")),
    ("direct", re.compile(r"直降|秒杀|特价|限时|折扣价|活动价")),
    ("member", re.compile(r"会员|vip|VIP|金卡|黑金|老客")),
    ("asset", re.compile(r"红包|淘金币|京豆")),
)
_SEVERAL = re.compile(r"[两俩二三四五几多2-9](?:张|个(?!月))|每张|都(?:能|可以)?用")
_BESIDE: tuple[OfferKind, ...] = ("coupon", "activity")  # what is told when one kind alone is named


def tell(ask: Ask) -> Move | None:
    """The rules of the kinds named; None when it is another question, or nothing of these kinds is in force."""
    text = ask.segment.text
    if not ask.segment.intent.startswith(_INTENTS) or not _STACKS.search(text):
        return None
    kinds = [kind for kind, words in _KINDS if words.search(text)]
    if not kinds:
        return None
    if ask.facts.stackings is None:
        return want(ask, "stackings")
    told = [one for one in ask.facts.stackings if _is_asked(one, kinds, several=bool(_SEVERAL.search(text)))]
    if not told:
        return None
    rows = [[one.first, one.second, list(one.together[:1]), list(one.apart[:1])] for one in told]
    source = Source("policy", "stacking", "优惠叠加")
    return Move(say(ask, "stacking.told", sources=(source,), rule="promo.stacking", stacking=rows))


def _is_asked(one: Stacking, kinds: list[OfferKind], *, several: bool) -> bool:
    pair = {one.first, one.second}
    if several and len(kinds) == 1:
        return pair == set(kinds)
    if len(kinds) == 1:
        return kinds[0] in pair and pair <= {kinds[0], *_BESIDE}
    return one.first != one.second and pair <= set(kinds)
