"""The goods of a quote carried on (接着算): 「A 和 B 一起买」, then 「再加一件 C 呢」, 「第一个要两件」.

A cart is written `variant*count,…`, as the price needs have it. Words that neither add nor change stand for themselves.
"""

import re

from xiaoer.kernel.commerce import Variant
from xiaoer.kernel.counting import PIECE
from xiaoer.slices.policies.rules.spec_words import pieces_in
from xiaoer.slices.policies.rules.specs import matching
from xiaoer.slices.policies.types import Ask

_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_COUNT = r"[一二两三四五六1-9]"
_ADDS = re.compile(r"再(?:加|来|拿|买|拍|要)|加上|加(?:多)?一|另外(?:加|再)|还(?:要|想加)|多(?:加|拿|拍)")
_NTH = re.compile(rf"第({_COUNT})(?:个|件|款|样)")
_MANY = re.compile(rf"(?:要|拍|买|来|换成|改成|变成)({_COUNT}){PIECE}")
_COUNTED = re.compile(rf"(?<!第)[一二两俩三四五六七八九十\d]{PIECE}(?![套装入组])")
_SUM = re.compile(r"一共|总共|加起来|合计|一起|一块")
_AND = re.compile(r"[\u4e00-\u9fff](?:[和跟与、+＋]|加上?)(?!运费|邮费|快递|安装|税|包装)[\u4e00-\u9fff]{2}")
_DROPS = re.compile(r"不要|去掉|删掉|不买|减掉|拿掉")
_MOST = 20  # lines of a cart that is talked about


def counts_several(text: str) -> bool:
    """Whether pieces are counted more than once (两件防晒衣一件T恤), so that one number holds for none alone."""
    return len(_COUNTED.findall(text)) > 1


def sums_up(text: str) -> bool:
    """Whether the sum of several goods is asked (车子加头盔一共多少), so that the price of one of them is no answer."""
    return _SUM.search(text) is not None and _AND.search(text) is not None


def adds(ask: Ask) -> bool:
    """Whether the words go on with the goods that were priced just before."""
    return bool(ask.memory.cart) and bool(_ADDS.search(ask.segment.text) or _NTH.search(ask.segment.text))


def named_now(ask: Ask) -> str:
    """The pieces that the words name, as `variant*count` joined by commas; empty when a product is not in sight."""
    goes_on = adds(ask)
    in_sight = (ask.product_id,) if ask.product_id and not goes_on else ()
    together = {one.product.id: one.count for one in ask.facts.together.get(ask.index, ())}
    ids = tuple(together) or tuple(dict.fromkeys((*in_sight, *ask.segment.entities.product_ids)))
    parts: list[str] = []
    for number, product_id in enumerate(ids):
        variants = ask.facts.variants.get(product_id, ())
        chosen = matching(variants, ask.segment.entities, ask.segment.text) if number == 0 else variants
        ready = [v for v in (chosen or variants) if v.stock > 0] or list(chosen or variants)
        if not ready:
            return ""
        count = together.get(product_id) or ((ask.segment.entities.quantity or 1) if len(ids) == 1 else 1)
        if (packed := _packed(ready, count)) is not None:
            ready, count = [packed], 1
        parts.append(f"{min(ready, key=lambda v: (v.price, v.id)).id}*{min(max(count, 1), 999)}")
    return carried(ask, ",".join(parts)) if goes_on else ",".join(parts)


def _packed(variants: list[Variant], count: int) -> Variant | None:
    """The variant that is just so many pieces (1L×12盒 of 12 boxes, 双机套装 of two)."""
    told = {number: v for v in variants for number in pieces_in(" ".join(v.spec.values()))}
    return told.get(count) if count > 1 else None


def names_one_variant(ask: Ask) -> bool:
    """Whether the words name a variant of the product in sight, so that their numbers are of its spec (六瓶一箱)."""
    variants = ask.facts.variants.get(ask.product_id or "", ())
    return 0 < len(matching(variants, ask.segment.entities, ask.segment.text)) < len(variants)


def counted_before(ask: Ask, named: str) -> str:
    """The cart that this very message, or the talk just before it, reckoned, for words that name no goods
    (还差多少到下一档) or only ones of it; else empty."""
    cart, just_now = ask.memory.cart, ask.memory.cart != ask.situation.turn.memory.cart
    if (
        not cart
        or ask.segment.entities.product_ids
        or any(named_by.get(ask.index) for named_by in (ask.facts.together, ask.facts.recommended))
    ):
        return ""
    held = {part.partition("*")[0] for part in cart.split(",")}
    mine = not named or {part.partition("*")[0] for part in named.split(",")} <= held
    return cart if just_now or mine else ""


def carried(ask: Ask, named: str) -> str:
    """The cart of before with what the words change; `named` are the pieces that they name, may be empty."""
    text, parts = ask.segment.text, ask.memory.cart.split(",")
    nth, many = _NTH.search(text), _MANY.search(text)
    place = _number(nth.group(1)) - 1 if nth else -1
    if 0 <= place < len(parts):
        if _DROPS.search(text):
            return ",".join(parts[:place] + parts[place + 1 :])
        if many:
            parts[place] = f"{parts[place].partition('*')[0]}*{_number(many.group(1))}"
            return ",".join(parts)
    held = {part.partition("*")[0]: int(part.partition("*")[2]) for part in parts}
    for part in filter(None, named.split(",")):
        variant_id, _, count = part.partition("*")
        held[variant_id] = held.get(variant_id, 0) + int(count)
    return ",".join(f"{variant_id}*{min(count, 999)}" for variant_id, count in list(held.items())[:_MOST])


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)
