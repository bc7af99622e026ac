"""Cards and goods to choose from (卡片): what a card without words shows, and which product is meant."""

import re
from typing import Any

from xiaoer.kernel.decision import Act, Need
from xiaoer.kernel.turn import OrderContent, ProductContent
from xiaoer.slices.policies.rules import needs, orders, stock, wish_words
from xiaoer.slices.policies.rules.asked_words import MADE_OF
from xiaoer.slices.policies.rules.matters import small
from xiaoer.slices.policies.rules.sources import product_source
from xiaoer.slices.policies.types import Ask, Move

_ALLERGIC = re.compile(r"对(?P<stuff>[\u4e00-\u9fff]{1,6}?)(?:类|制品|成分|面料)?(?:有点|严重)?过敏")
_MADE_OF = re.compile("|".join((*MADE_OF, "配料", "原料", "填充")))


def sent_card(ask: Ask) -> Move | None:
    """A product or order card without words: show what it is and offer the next step."""
    content = ask.situation.turn.messages[-1].content
    if ask.segment.intent != "oos.unclear" or not isinstance(content, (ProductContent, OrderContent)):
        return None
    if isinstance(content, ProductContent):
        shown = show_goods(ask, content.product_id)
        return Move(shown or Act("ask", ask.index, "product.unknown", rule_id="card.product"))
    own = [order for order in ask.facts.orders or () if order.id == content.order_id]
    found = orders.answer_from_orders(ask) if own else None
    return Move(found) if found else small.ask_proof(ask, content.order_id)


def show_goods(ask: Ask, product_id: str = "") -> Act | None:
    """What a product is and costs, with the offer to tell more; None when it is not known."""
    product = ask.facts.products.get(product_id or ask.product_id or "")
    if product is None:
        return None
    variants = ask.facts.variants.get(product.id, ())
    price = min((v.pays for v in variants), default=None)
    slots = {"product": product, "price": price, "title": product.title}
    return Act("answer", ask.index, "product.card", slots, (product_source(product),), "card.product")


def bare_goods(ask: Ask) -> Move | None:
    """那个壳, and nothing else: the goods are shown, and stay what is talked of."""
    named = Need("named", ask.index, ask.segment.text)
    if named not in ask.facts.asked:
        return Move(needs=(named,))
    only = ask.facts.recommended.get(ask.index, ())
    if len(only) == 1 and (
        missing := tuple(n for n in needs.of_goods(ask.index, only[0].id) if n not in ask.facts.asked)
    ):
        return Move(needs=missing)
    act = show_goods(ask) or choose_goods(ask)
    return Move(act) if act is not None else None


def choose_goods(ask: Ask) -> Act | None:
    """Goods to choose from, where the words fit several; None where they fit none."""
    named = ask.facts.recommended.get(ask.index, ())
    if not named:
        return None
    if (avoid := _to_avoid(ask)) is not None:
        return avoid
    if len(named) == 1:
        return show_goods(ask, named[0].id)
    slots: dict[str, Any] = {"products": [[one.id, one.title] for one in named], "intent": "product.detail"}
    return Act("ask", ask.index, "product.which_of", slots, tuple(map(product_source, named)))


def _to_avoid(ask: Ask) -> Act | None:
    """我对羊毛过敏, of no goods in sight: which hold it by title or sheet; None where no such word is told."""
    found = _ALLERGIC.search(ask.segment.text)
    if found is None:
        return None
    stuff = found["stuff"]
    holding = [
        one
        for one in ask.facts.recommended.get(ask.index, ())
        if stuff in one.title or any(stuff in value for key, value in one.attributes.items() if _MADE_OF.search(key))
    ]
    if not holding:
        return None
    slots: dict[str, Any] = {"stuff": stuff, "products": [[one.id, one.title] for one in holding]}
    return Act("answer", ask.index, "allergy.avoid", slots, tuple(map(product_source, holding)), "allergy.avoid")


def products_wanted(ask: Ask) -> Act | None:
    """Ask which product is meant when the answer depends on it and none is in sight."""
    if not needs.wants_product(ask.segment) or ask.product_id in ask.facts.products:
        return None
    if ask.is_guess:
        return None
    if (avoid := _to_avoid(ask)) is not None:
        return avoid
    if ask.segment.intent == "product.recommend" and wish_words.asks_what_to_do(ask.segment.text):
        return None
    if ask.segment.intent == "product.recommend":
        return Act("ask", ask.index, "recommend.ask")
    named = ask.facts.recommended.get(ask.index, ())
    sources = tuple(product_source(one) for one in named)
    shown = [[one.id, one.title] for one in named] or [list(one) for one in ask.memory.choices]
    thing = stock.thing_of_its_own(ask.segment.text) if ask.segment.intent == "product.stock" else ""
    if not shown and thing:
        return Act("ask", ask.index, "product.none_called", {"thing": thing, "intent": ask.segment.intent})
    if not shown:
        return Act("ask", ask.index, "product.which", {"intent": ask.segment.intent})
    slots: dict[str, Any] = {"products": shown, "intent": ask.segment.intent}
    return Act("ask", ask.index, "product.which_of", slots, sources)
