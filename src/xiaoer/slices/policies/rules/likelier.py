"""What gives way to a likelier answer (让位): little was understood, and the sheet and the entries are looked at again.

A guess, small talk, an estimate of the trade, or a fact that only a rule of words names is told in good faith; the
likelihoods of `sides` know better when they point elsewhere by far.
"""

import re
from typing import NamedTuple

from xiaoer.kernel.asking import telling_letters
from xiaoer.slices.policies.rules import attributes, nearest, needs, products
from xiaoer.slices.policies.sides import matching
from xiaoer.slices.policies.types import Ask, Move

_ALWAYS = 1.1


class _Yields(NamedTuple):
    """From which likelihood on something told gives way to the sheet or an entry, of a question about the goods and of
    words about anything; and how sure what was heard may be."""

    sure: float
    blind: float
    heard: float = _ALWAYS


_YIELDS = {  # what is told where little was understood, by its template
    "unclear": _Yields(matching.NEAREST, matching.NEAREST),
    "product.card": _Yields(0.15, 0.1),
    "quote.which_goods": _Yields(0.2, 0.15),
    "chat.smalltalk": _Yields(0.3, 0.3),
    "oos.other": _Yields(0.2, 0.2, 0.9),
    "oos.platform": _Yields(0.2, 0.2, 0.9),
    "eta.road": _Yields(0.5, 0.5),
    "bargain.firm": _Yields(0.5, 0.5),
    "restock.unknown": _Yields(0.3, 0.2, nearest.HEARD),
    "stock.yes": _Yields(0.3, 0.2, nearest.HEARD),
    "price.each": _Yields(0.3, 0.2, nearest.HEARD),
}
_TELLS_DAYS = re.compile(r"[\d一二两三四五六七八九十]\s*(?:天|小时|个?工作日)|当[天日]|次日|隔天|第二天")
_OF_SHOP = ("ship.", "order.", "promo.", "after.")
_LEANS = 0.12  # less likely than this, a fact that was told yields to
_MORE = 2.0  # what is so many times as likely


def instead(ask: Ask, move: Move) -> Move:
    """The move, or what likelier answers where little was understood: a guess, talk, a fact that a rule names."""
    act = move.act
    if act is None or len(telling_letters(ask.segment.text)) < nearest.SAYS:
        return move
    if act.template == "product.facts":
        return _likelier(ask, move)
    least = _YIELDS.get(act.template)
    if least is None or ask.segment.confidence >= least.heard or needs.tells_own(ask.segment.text):
        return move
    of_goods = ask.segment.intent.startswith("product.")
    found = nearest.likely(ask)
    if act.template == "eta.road":
        if act.slots["parcels"]:  # the days of the shop's own parcels to that place
            return move
        found = [one for one in found if one.hit is not None and _TELLS_DAYS.search(one.hit.answer)]
    best = next((o for o in found if (o.sure >= least.sure if of_goods else o.chance.blind >= least.blind)), None)
    if best is None:
        return move
    if best.hit is not None and best.sure >= matching.STATED:
        return nearest.say_entry(ask, best.hit) or move
    product = ask.facts.products.get(ask.product_id or "")
    if best.fact is not None and best.sure >= matching.STATED and product is not None:
        return Move(products.say_facts(ask, product, (best.fact,)))
    told = nearest.tell(ask)
    return Move(told) if told is not None else move


def _likelier(ask: Ask, move: Move) -> Move:
    """The move that tells facts, or the nearest where these are unlikely and others are likelier by far."""
    product = ask.facts.products.get(ask.product_id or "")
    if product is None or move.act is None:
        return move
    told = [(key, value) for key, value in move.act.slots["facts"]]
    sure_rule = set(attributes.by_measure_told(product, ask.segment.text))
    if sure_rule & set(told) or told[0] not in product.attributes.items():
        return move
    ranked = matching.ranked(product, ask.segment.text)
    sure, found = max(matching.sure_of(ranked, pair) for pair in told), nearest.likely(ask)
    best = found[0] if found else None
    of_shop = ask.segment.intent.startswith(_OF_SHOP)
    if best is not None and best.hit is not None and of_shop and best.sure >= max(matching.STATED, sure):
        return (
            nearest.say_entry(ask, best.hit) or move
        )  # 买两件包邮不, of which the sheet tells only what is in the box
    if sure >= _LEANS or not found or found[0].sure < max(matching.NEAREST, sure * _MORE):
        return move
    nearer = nearest.tell(ask)
    return Move(nearer) if nearer is not None else move
