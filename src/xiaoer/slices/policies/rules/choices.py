"""What there is to choose from (有什么颜色, 都有哪些尺码): asked so plainly that no entry answers better."""

import re
from collections.abc import Sequence

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.decision import Act
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask

_ASKS = re.compile(
    r"(?:请问|老板|那|这[款个件条双]?|它|你们?|都|还|现在|一共|总共|\W)*(?:有|出|做|分)?(?:些)?(?:什么|啥|哪些|哪几|几)[种个款样]?"
    r"(?P<axis>颜色|花色|色号|色|口味|味道|香型|尺码|码数|码|规格|型号|款式|尺寸)(?:可以选|可选|能选|选|的|呢|啊|呀|吗|\W)*"
)
_AXES = {
    "颜色": "色",
    "花色": "色",
    "色": "色",
    "味道": "味",
    "口味": "味",
    "香型": "香",
    "尺码": "码",
    "码数": "码",
    "码": "码",
}
_MOST = 12  # values that are told


def tell(ask: Ask) -> Act | None:
    """The values of the axis that is asked, of the goods in focus; None where something else is asked, or they have no
    such axis."""
    product, asked = ask.facts.products.get(ask.product_id or ""), _ASKS.fullmatch(ask.segment.text.strip())
    if product is None or asked is None:
        return None
    word = _AXES.get(asked["axis"], asked["axis"])
    variants = ask.facts.variants.get(product.id, ())
    return say(ask, product, variants, word)


def say(ask: Ask, product: Product, variants: Sequence[Variant], *axes: str) -> Act | None:
    """The values of the axes that hold one of these words, those of which there is none left told as such."""
    named = [(value, v.stock > 0) for v in variants for axis, value in v.spec.items() if any(w in axis for w in axes)]
    ready = list(dict.fromkeys(value for value, is_there in named if is_there))
    out = [value for value in dict.fromkeys(value for value, _ in named) if value not in ready]
    if not named:
        return None
    slots = {"title": product.title, "colors": (ready or out)[:_MOST], "sold_out": out if ready else []}
    template = "product.colors" if ready else "product.colors_out"
    return Act("answer", ask.index, template, slots, (product_source(product),))
